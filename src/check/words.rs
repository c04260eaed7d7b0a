//! Words for what was found.

use std::fmt::Display;

use super::asking::answer::{Row, Unseen};
use crate::name::{Name, is_hidden};
use crate::sql::push_identifier;

/// How many names are told where it does not matter which. Questions whose answers could be long
/// say `LIMIT 5` themselves.
pub(super) const NAMED: usize = 5;

/// `1 table`, `2 tables`, `2 indexes`, `2 policies`.
pub(super) fn count(count: usize, what: &str) -> String {
    if count == 1 {
        return format!("1 {what}");
    }
    match what.strip_suffix('y') {
        Some(stem) => format!("{count} {stem}ies"),
        None if what.ends_with(['x', 's']) => format!("{count} {what}es"),
        None => format!("{count} {what}s"),
    }
}

/// `a, b`, or `a, b and 3 more`, of so many.
pub(super) fn some<T: Display>(names: impl IntoIterator<Item = T>, total: usize) -> String {
    cut(names, NAMED, total)
}

/// The same, of all of them, and cut behind so many.
pub(super) fn list<T: Display>(all: &[T], most: usize) -> String {
    cut(all, most, all.len())
}

fn cut<T: Display>(names: impl IntoIterator<Item = T>, most: usize, total: usize) -> String {
    let shown: Vec<_> = names.into_iter().take(most).map(|name| name.to_string()).collect();
    match total.saturating_sub(shown.len()) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The elements of a parameter that is a list of names: `hstore, "pg_trgm"`.
pub(super) fn elements(value: &str) -> Vec<String> {
    let parts = value.split(',').map(|part| part.trim().trim_matches('"'));
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// `a, b and c`.
pub(super) fn and(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
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
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        assert_eq!(count(1, "index"), "1 index");
        assert_eq!(count(2, "index"), "2 indexes");
        assert_eq!(count(0, "policy"), "0 policies");
        assert_eq!(count(3, "event trigger"), "3 event triggers");
        assert_eq!(some(["a", "b"], 2), "a, b");
        assert_eq!(some(["a", "b", "c", "d", "e", "f"], 6), "a, b, c, d, e and 1 more");
        assert_eq!(some(["a"], 1_000), "a and 999 more");
        assert_eq!(and(&["a", "b", "c"].map(str::to_owned)), "a, b and c");
        assert_eq!(shown("a\nb\u{1b}"), "a\\nb\\u{1b}");
        assert_eq!(identifier(&Name::new("user")), "\"user\"");
    }
}
