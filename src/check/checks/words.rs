//! Words that several checks have in common.

use std::fmt::Display;

/// `1 role`, `2 roles`.
pub(super) fn count(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// `a, b, c and 17 more`.
pub(super) fn list<T: Display>(all: &[T], most: usize) -> String {
    let shown: Vec<_> = all.iter().take(most).map(ToString::to_string).collect();
    match all.len().saturating_sub(most) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The elements of a parameter that is a list of names: `hstore, "pg_trgm"`.
pub(super) fn elements(value: &str) -> Vec<String> {
    let parts = value.split(',').map(|part| part.trim().trim_matches('"'));
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}
