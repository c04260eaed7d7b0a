//! Words for what was found.

use std::fmt::Display;

use super::asking::answer::{Row, Unseen};
use crate::name::Name;
use crate::sql::push_identifier;
use crate::words;

pub(super) use crate::words::{and, plural as count};

/// How many names are told where it does not matter which. Questions whose answers could be long
/// say `LIMIT 5` themselves.
pub(super) const NAMED: usize = words::NAMED;

/// `a, b`, or `a, b and 3 more`, of so many.
pub(super) fn some<T: Display>(names: impl IntoIterator<Item = T>, total: usize) -> String {
    words::some(names, NAMED, total)
}

/// The same, of all of them, and cut behind so many.
pub(super) fn list<T: Display>(all: &[T], most: usize) -> String {
    words::some(all, most, all.len())
}

/// The elements of a parameter that is a list of names: `hstore, "pg_trgm"`.
pub(super) fn elements(value: &str) -> Vec<String> {
    let parts = value.split(',').map(|part| part.trim().trim_matches('"'));
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// A name as SQL.
pub(super) fn identifier(name: &Name) -> String {
    let mut out = String::new();
    push_identifier(name.as_str(), &mut out);
    out
}

/// What a row calls `schema`, and `name` in it, as SQL.
pub(super) fn qualified(row: &Row) -> Result<String, Unseen> {
    let mut out = String::new();
    push_identifier(row.text("schema")?, &mut out);
    out.push('.');
    push_identifier(row.text("name")?, &mut out);
    Ok(out)
}

/// The rows of a `total`, a `schema` and a `name`: `7 tables: a.b, a.c … and 2 more`; none where there
/// are none.
pub(super) fn listed(rows: &[Row], what: &str) -> Result<Option<String>, Unseen> {
    let Some(first) = rows.first() else { return Ok(None) };
    let total = first.number("total")?.unwrap_or(rows.len());
    let names = rows.iter().map(|row| Ok(shown(&qualified(row)?)));
    let names = names.collect::<Result<Vec<_>, Unseen>>()?;
    Ok(Some(format!("{}: {}", count(total, what), some(names, total))))
}

/// Text of the server, which can break neither a line nor a terminal.
pub(super) fn shown(text: &str) -> String {
    words::visible(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_as_sql() {
        assert_eq!(identifier(&Name::new("user")), "\"user\"");
    }
}
