//! What `pg_settings` says of a server.

use std::collections::BTreeMap;

use super::answer::{Row, Unseen};
use super::question::{Of, Question};

/// `pending_restart` is there since 9.5.
pub(in crate::check) const QUESTION: Question = Question {
    name: "pg_settings",
    of: Of::Both,
    sql: |_| {
        Some(
            "SELECT lower(name) AS name, setting, unit, vartype, context, source, boot_val, reset_val, \
             pending_restart FROM pg_settings",
        )
    },
};

/// Units, how many of each make a larger one, and that.
const UNITS: [(&str, i64, &str); 8] = [
    ("B", 1024, "kB"),
    ("kB", 1024, "MB"),
    ("MB", 1024, "GB"),
    ("GB", 1024, "TB"),
    ("ms", 1000, "s"),
    ("s", 60, "min"),
    ("min", 60, "h"),
    ("h", 24, "d"),
];

/// A server parameter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::check) struct Setting {
    /// Its value, in its unit.
    pub(in crate::check) value: String,
    /// Its unit: `8kB`, `ms`; none where it has none.
    pub(in crate::check) unit: Option<String>,
    /// Its type: `bool`, `integer`, `real`, `enum`, `string`.
    pub(in crate::check) vartype: String,
    /// Who can set it: `postmaster`, `sighup`, `user` ….
    pub(in crate::check) context: String,
    /// Where its value comes from: `default`, `configuration file` ….
    pub(in crate::check) source: String,
    /// What it is where nobody sets it.
    pub(in crate::check) boot: Option<String>,
    /// What it is in a new session like this one.
    pub(in crate::check) reset: Option<String>,
    /// Whether the configuration says otherwise, which a restart will bring.
    pub(in crate::check) pending_restart: bool,
}

impl Setting {
    fn from_row(row: &Row) -> Result<Self, Unseen> {
        let optional = |column| Ok(row.get(column)?.map(str::to_owned));
        Ok(Self {
            value: row.text("setting")?.to_owned(),
            unit: optional("unit")?.filter(|unit| !unit.is_empty()),
            vartype: row.text("vartype")?.to_owned(),
            context: row.text("context")?.to_owned(),
            source: row.text("source")?.to_owned(),
            boot: optional("boot_val")?,
            reset: optional("reset_val")?,
            pending_restart: row.flag("pending_restart")?,
        })
    }

    /// Its value as a number, where it is one.
    pub(in crate::check) fn number(&self) -> Option<i64> {
        self.value.parse().ok()
    }

    /// Its value with its unit, as people write it: `128MB`, `30s`.
    pub(in crate::check) fn shown(&self) -> String {
        let Some((number, unit)) = self.number().zip(self.unit.as_deref()) else {
            return if self.value.is_empty() { "''".to_owned() } else { self.value.clone() };
        };
        if number <= 0 {
            return self.value.clone();
        }
        // A unit can have a factor: 8kB.
        let digits = unit.bytes().take_while(u8::is_ascii_digit).count();
        let factor: i64 = unit[..digits].parse().unwrap_or(1);
        let mut number = number.saturating_mul(factor);
        let mut unit = &unit[digits..];
        for (small, by, large) in UNITS {
            if unit == small && number % by == 0 {
                (number, unit) = (number / by, large);
            }
        }
        format!("{number}{unit}")
    }
}

/// All of them, by their names in lower case.
pub(in crate::check) fn of(rows: &[Row]) -> Result<BTreeMap<String, Setting>, Unseen> {
    rows.iter().map(|row| Ok((row.text("name")?.to_owned(), Setting::from_row(row)?))).collect()
}

/// One of them.
pub(in crate::check) fn find(rows: &[Row], name: &str) -> Result<Option<Setting>, Unseen> {
    for row in rows {
        if row.text("name")? == name {
            return Setting::from_row(row).map(Some);
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_people_write_them() {
        let shown = |value: &str, unit: Option<&str>| {
            let unit = unit.map(str::to_owned);
            let (vartype, context) = ("integer".to_owned(), "user".to_owned());
            let source = "default".to_owned();
            let value = value.to_owned();
            Setting {
                value,
                unit,
                vartype,
                context,
                source,
                boot: None,
                reset: None,
                pending_restart: false,
            }
            .shown()
        };
        assert_eq!(shown("16384", Some("8kB")), "128MB");
        assert_eq!(shown("4097", Some("kB")), "4097kB");
        assert_eq!(shown("30000", Some("ms")), "30s");
        assert_eq!(shown("86400", Some("s")), "1d");
        assert_eq!(shown("-1", Some("8kB")), "-1");
        assert_eq!(shown("0", Some("ms")), "0");
        assert_eq!(shown("100", None), "100");
        assert_eq!(shown("", None), "''");
    }
}
