//! Objects and names in the lines of the report.

use std::fmt;

use super::parts::PrivilegeReport;
use crate::verify::Class;

/// How many objects are named in a line.
pub(super) const NAMED: usize = 10;

/// `a, b, c and 7 more`.
pub(super) fn some<T: fmt::Display>(names: &[T]) -> String {
    up_to(NAMED, names)
}

fn up_to<T: fmt::Display>(most: usize, names: &[T]) -> String {
    let shown = names.iter().take(most).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// `SELECT on shop.t1, shop.t2`, `USAGE on schema shop`; so many objects are named.
pub(super) fn what(change: &PrivilegeReport, most: usize) -> String {
    let (one, several) = match change.class {
        Class::Table => ("", ""),
        class => class.nouns(),
    };
    let noun = if change.objects.len() == 1 { one } else { several };
    let space = if noun.is_empty() { "" } else { " " };
    // Default privileges say it themselves.
    let on = if change.class.defaults_on().is_some() { "by" } else { "on" };
    format!("{} {on} {noun}{space}{}", change.privileges.join(", "), up_to(most, &change.objects))
}
