//! Names, bare and quoted, as the grammar has them in each place (`src/backend/parser/gram.y`).

use std::borrow::Cow;

use super::ast::Text;
use super::error::{Parsed, expected, invalid};
use super::keyword::{Category, category};
use super::lex::{peek_word, space};
use super::literal::{quoted, unicode_escapes};

/// A name: quoted, or a bare word that is no keyword above `highest`, folded to lower case.
fn name_up_to<'a>(
    highest: Option<Category>,
    what: &'static str,
) -> impl Fn(&'a str) -> Parsed<'a, Text<'a>> {
    move |text| name_of(peek_word(text), highest, what, text)
}

/// Such a name, of which the bare word is known already.
fn name_of<'a>(
    word: &'a str,
    highest: Option<Category>,
    what: &'static str,
    text: &'a str,
) -> Parsed<'a, Text<'a>> {
    if word.is_empty() {
        return quoted_name(text, what);
    }
    let folded = fold(word);
    let reserved = category(&folded) > highest && folded != "system_user";
    if reserved {
        return expected(text, what);
    }
    let (rest, ()) = space(&text[word.len()..])?;
    Ok((rest, folded))
}

/// A name where the grammar says `ColId`: settings, databases, tablespaces, granted roles.
pub(crate) fn column_name<'a>(what: &'static str) -> impl Fn(&'a str) -> Parsed<'a, Text<'a>> {
    name_up_to(Some(Category::ColumnName), what)
}

/// A name where the grammar says `NonReservedWord`: roles, providers.
pub(crate) fn non_reserved_word<'a>(
    what: &'static str,
) -> impl Fn(&'a str) -> Parsed<'a, Text<'a>> {
    name_up_to(Some(Category::TypeOrFunction), what)
}

/// The name of a role, which begins with the bare word `word`.
pub(crate) fn role_name<'a>(word: &'a str, text: &'a str) -> Parsed<'a, Text<'a>> {
    name_of(word, Some(Category::TypeOrFunction), "a role name", text)
}

/// The name of a granted role, which begins with the bare word `word`.
pub(crate) fn granted_role_name<'a>(word: &'a str, text: &'a str) -> Parsed<'a, Text<'a>> {
    name_of(word, Some(Category::ColumnName), "a role name", text)
}

/// The lower-case form of a bare word; only ASCII letters fold, as in every multibyte encoding.
pub(crate) fn fold(word: &str) -> Text<'_> {
    if word.bytes().fold(false, |upper, b| upper | b.is_ascii_uppercase()) {
        Cow::Owned(word.to_ascii_lowercase())
    } else {
        Cow::Borrowed(word)
    }
}

/// `"…"` or `U&"…" [UESCAPE 'c']`.
pub(crate) fn quoted_name<'a>(text: &'a str, what: &'static str) -> Parsed<'a, Text<'a>> {
    let (unicode, start) = match text.as_bytes() {
        [b'"', ..] => (false, text),
        [b'u' | b'U', b'&', b'"', ..] => (true, &text[2..]),
        _ => return expected(text, what),
    };
    let Some((name, rest)) = quoted(start, b'"', false) else {
        return invalid(start, "this quoted name does not end");
    };
    if name.is_empty() {
        return invalid(start, "a quoted name must not be empty");
    }
    let (rest, ()) = space(rest)?;
    if unicode { unicode_escapes(start, rest, &name) } else { Ok((rest, name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_as_the_server_does() {
        let read = |text: &str| match non_reserved_word("a name")(text) {
            Ok(("", name)) => Some(name.into_owned()),
            _ => None,
        };
        assert_eq!(read("Alice").as_deref(), Some("alice"));
        assert_eq!(read("\"Al\"\"ice\"").as_deref(), Some("Al\"ice"));
        assert_eq!(read("U&\"\\0073uperuser\"").as_deref(), Some("superuser"));
        assert_eq!(read("ÄÖ$1").as_deref(), Some("ÄÖ$1"));
        assert_eq!(read("authorization").as_deref(), Some("authorization"));
        assert_eq!(read("system_user").as_deref(), Some("system_user"));
        for text in ["user", "\"\"", "1a", "'a'", "", "\"a"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert!(column_name("a name")("authorization").is_err());
    }
}
