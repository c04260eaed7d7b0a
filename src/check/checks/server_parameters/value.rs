//! Whether two values are the same, whatever their units and spellings.

use std::cmp::Ordering;

use crate::check::prelude::*;

/// Compares the values of a parameter on both servers; values that have no order are equal or not.
pub(super) fn compare(name: &str, source: &Setting, target: &Setting) -> Option<Ordering> {
    if let (Some(source), Some(target)) = (number(source), number(target)) {
        return source.partial_cmp(&target);
    }
    let (source, target) = (spelled(name, source), spelled(name, target));
    match (source.as_str(), target.as_str()) {
        _ if source == target => Some(Ordering::Equal),
        ("off", "on") => Some(Ordering::Less),
        ("on", "off") => Some(Ordering::Greater),
        _ => None,
    }
}

/// The source's value as the target's configuration wants it: in the target's base unit.
pub(super) fn for_target(source: &Setting, target: &Setting) -> String {
    match number(source) {
        Some(value) if value > 0.0 && source.unit != target.unit => {
            (value / scale(target.unit.as_deref())).to_string()
        }
        _ => source.value.clone(),
    }
}

/// A value in bytes or milliseconds where it has such a unit.
fn number(setting: &Setting) -> Option<f64> {
    let value: f64 = setting.value.parse().ok()?;
    // -1 and 0 are words rather than numbers: off, default, without end.
    Some(if value <= 0.0 { value } else { value * scale(setting.unit.as_deref()) })
}

/// How many bytes or milliseconds a unit is; 1 where it is something else.
fn scale(unit: Option<&str>) -> f64 {
    let unit = unit.unwrap_or_default();
    let digits = unit.bytes().take_while(u8::is_ascii_digit).count();
    let factor: f64 = unit[..digits].parse().unwrap_or(1.0);
    let scale = match &unit[digits..] {
        "kB" => 1024.0,
        "MB" => 1024.0 * 1024.0,
        "GB" => 1024.0 * 1024.0 * 1024.0,
        "TB" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        "us" => 0.001,
        "s" => 1000.0,
        "min" => 60_000.0,
        "h" => 3_600_000.0,
        "d" => 86_400_000.0,
        _ => 1.0,
    };
    factor * scale
}

/// A value of text in one spelling.
fn spelled(name: &str, setting: &Setting) -> String {
    let value = setting.value.trim();
    if setting.vartype == "bool" {
        return match value.to_ascii_lowercase().as_str() {
            "on" | "true" | "yes" | "1" => "on".to_owned(),
            "off" | "false" | "no" | "0" => "off".to_owned(),
            other => other.to_owned(),
        };
    }
    if setting.vartype == "enum" {
        return value.to_ascii_lowercase();
    }
    match name {
        "timezone" if is_utc(value) => "utc".to_owned(),
        "timezone" => value.to_ascii_lowercase(),
        // The C library takes either: en_US.UTF-8, en_US.utf8.
        name if name.starts_with("lc_") => value.to_ascii_lowercase().replace("utf-8", "utf8"),
        "datestyle" | "search_path" | "session_preload_libraries" => {
            let parts: Vec<_> = value.split(',').map(str::trim).collect();
            let joined = parts.join(",");
            if name == "datestyle" { joined.to_ascii_lowercase() } else { joined }
        }
        "default_text_search_config" => {
            value.strip_prefix("pg_catalog.").unwrap_or(value).to_owned()
        }
        _ => value.to_owned(),
    }
}

fn is_utc(zone: &str) -> bool {
    const NAMES: [&str; 6] = ["utc", "etc/utc", "uct", "etc/uct", "universal", "zulu"];
    NAMES.iter().any(|name| zone.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(vartype: &str, value: &str, unit: &str) -> Setting {
        Setting {
            value: value.to_owned(),
            unit: Some(unit.to_owned()).filter(|unit| !unit.is_empty()),
            vartype: vartype.to_owned(),
            context: "user".to_owned(),
            source: "default".to_owned(),
            boot: None,
            reset: None,
            pending_restart: false,
        }
    }

    #[test]
    fn values_compare_whatever_their_units_and_spellings() {
        use Ordering::{Equal, Greater, Less};
        let of = |name, vartype, one: (&str, &str), other: (&str, &str)| {
            let (one, other) = (setting(vartype, one.0, one.1), setting(vartype, other.0, other.1));
            compare(name, &one, &other)
        };
        let cases = [
            ("shared_buffers", "integer", ("16384", "8kB"), ("128", "MB"), Some(Equal)),
            ("max_wal_size", "integer", ("64", "16MB"), ("1024", "MB"), Some(Equal)),
            ("work_mem", "integer", ("4096", "kB"), ("8192", "kB"), Some(Less)),
            ("statement_timeout", "integer", ("60000", "ms"), ("1", "min"), Some(Equal)),
            // One is an integer before 12, a real since.
            ("vacuum_cost_delay", "real", ("20", "ms"), ("20.0", "ms"), Some(Equal)),
            ("wal_writer_flush_after", "integer", ("-1", "8kB"), ("-1", "kB"), Some(Equal)),
            ("array_nulls", "bool", ("on", ""), ("true", ""), Some(Equal)),
            ("track_commit_timestamp", "bool", ("on", ""), ("off", ""), Some(Greater)),
            ("timezone", "string", ("UTC", ""), ("Etc/UTC", ""), Some(Equal)),
            ("timezone", "string", ("UTC", ""), ("Europe/Berlin", ""), None),
            ("lc_monetary", "string", ("en_US.UTF-8", ""), ("en_US.utf8", ""), Some(Equal)),
            ("datestyle", "string", ("ISO, MDY", ""), ("iso,mdy", ""), Some(Equal)),
            (
                "search_path",
                "string",
                ("\"$user\", public", ""),
                ("\"$user\",public", ""),
                Some(Equal),
            ),
            ("search_path", "string", ("\"A\"", ""), ("\"a\"", ""), None),
        ];
        for (name, vartype, one, other, expected) in cases {
            assert_eq!(of(name, vartype, one, other), expected, "{name} {one:?} {other:?}");
        }
        let (old, new) = (setting("integer", "64", "16MB"), setting("integer", "1024", "MB"));
        assert_eq!(for_target(&old, &new), "1024");
        assert_eq!(for_target(&setting("integer", "-1", "8kB"), &new), "-1");
        assert_eq!(for_target(&new, &new), "1024");
    }
}
