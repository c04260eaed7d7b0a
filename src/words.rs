//! Words and names on their way to people: counted, and such that they break neither a line nor a terminal.

use std::borrow::Cow;
use std::fmt::Display;

use crate::name::is_hidden;

/// `1 role`, `2 roles`, `2 indexes`, `2 policies`.
pub(crate) fn plural(count: impl TryInto<u64>, what: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    if count == 1 {
        return format!("1 {what}");
    }
    match what.strip_suffix('y') {
        Some(stem) => format!("{count} {stem}ies"),
        None if what.ends_with(['x', 's']) => format!("{count} {what}es"),
        None => format!("{count} {what}s"),
    }
}

/// `a, b`, or `a, b and 3 more`, of so many, of which `most` are named.
pub(crate) fn some<T: Display>(
    names: impl IntoIterator<Item = T>,
    most: usize,
    total: usize,
) -> String {
    let shown: Vec<_> = names.into_iter().take(most).map(|name| name.to_string()).collect();
    match total.saturating_sub(shown.len()) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// How many names are told where it does not matter which.
pub(crate) const NAMED: usize = 5;

/// `a, b`, or `a, b, c, d, e and 3 more`.
pub(crate) fn few<T: Display>(names: &[T]) -> String {
    some(names, NAMED, names.len())
}

/// `a, b and c`.
pub(crate) fn and(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `; did you mean b?`, of the names that there are; nothing where none is alike.
pub(crate) fn did_you_mean<T: Display>(typed: &str, known: impl IntoIterator<Item = T>) -> String {
    let typed = typed.to_lowercase();
    // The measure and its bound are clap's, which suggests so elsewhere.
    let similar = known.into_iter().map(|known| {
        let shown = known.to_string();
        (strsim::jaro(&typed, &shown.to_lowercase()), shown)
    });
    let best = similar
        .filter(|(how, _)| *how > 0.7)
        .max_by(|(one, a), (other, b)| one.total_cmp(other).then_with(|| b.cmp(a)));
    best.map(|(_, best)| format!("; did you mean {best}?")).unwrap_or_default()
}

/// Text that cannot end the line or comment that it stands in.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { ' ' } else { c }).collect()
}

/// Text with its control characters shown, so that it can neither break a line nor a terminal.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_hidden(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    Cow::Owned(shown)
}

/// The same for a text of several lines.
pub(crate) fn printable(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let counted = [(1, "index"), (2, "index"), (0, "policy"), (3, "event trigger")];
        let counted = counted.map(|(count, what)| plural(count, what));
        assert_eq!(counted, ["1 index", "2 indexes", "0 policies", "3 event triggers"]);
        assert_eq!(some(["a", "b"], 5, 2), "a, b");
        assert_eq!(some(["a", "b", "c"], 2, 3), "a, b and 1 more");
        assert_eq!(some(["a"], 5, 1_000), "a and 999 more");
        assert_eq!(and(&["a", "b", "c"].map(str::to_owned)), "a, b and c");
        let known = ["azure_pg_admin", "replication"];
        assert_eq!(did_you_mean("azure_pg_admn", known), "; did you mean azure_pg_admin?");
        assert_eq!(did_you_mean("Azure_PG_admin", known), "; did you mean azure_pg_admin?");
        assert_eq!(did_you_mean("x", known), "");
        assert_eq!(visible("a\nb\u{1b}"), "a\\nb\\u{1b}");
    }
}
