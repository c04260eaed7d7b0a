//! What `pg_settings` says of a server.

use std::collections::BTreeMap;

use super::answer::Row;
use super::question::{Of, Question};

/// `pending_restart` is there since 9.5.
pub(super) const QUESTION: Question = Question {
    name: "pg_settings",
    of: Of::Both,
    sql: |_| {
        Some(
            "SELECT lower(name), setting, unit, vartype, context, source, boot_val, reset_val, \
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
pub(super) struct Setting {
    /// Its value, in its unit.
    pub(super) value: String,
    /// Its unit: `8kB`, `ms`; none where it has none.
    pub(super) unit: Option<String>,
    /// Its type: `bool`, `integer`, `real`, `enum`, `string`.
    pub(super) vartype: String,
    /// Who can set it: `postmaster`, `sighup`, `user` ….
    pub(super) context: String,
    /// Where its value comes from: `default`, `configuration file` ….
    pub(super) source: String,
    /// What it is where nobody sets it.
    pub(super) boot: Option<String>,
    /// What it is in a new session like this one.
    pub(super) reset: Option<String>,
    /// Whether the configuration says otherwise, which a restart will bring.
    pub(super) pending_restart: bool,
}

impl Setting {
    fn from_row(row: &Row) -> Self {
        let optional = |column| row.get(column).map(str::to_owned);
        Self {
            value: row.text(1).to_owned(),
            unit: optional(2).filter(|unit| !unit.is_empty()),
            vartype: row.text(3).to_owned(),
            context: row.text(4).to_owned(),
            source: row.text(5).to_owned(),
            boot: optional(6),
            reset: optional(7),
            pending_restart: row.flag(8),
        }
    }

    /// Its value as a number, where it is one.
    pub(super) fn number(&self) -> Option<i64> {
        self.value.parse().ok()
    }

    /// Its value with its unit, as people write it: `128MB`, `30s`.
    pub(super) fn shown(&self) -> String {
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
pub(super) fn of(rows: &[Row]) -> BTreeMap<String, Setting> {
    rows.iter().map(|row| (row.text(0).to_owned(), Setting::from_row(row))).collect()
}

/// One of them.
pub(super) fn find(rows: &[Row], name: &str) -> Option<Setting> {
    rows.iter().find(|row| row.text(0) == name).map(Setting::from_row)
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
