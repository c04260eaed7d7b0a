//! The words of SQL: white space and comments, identifiers, string literals, numbers
//! (`src/backend/parser/scan.l`). Every parser here eats the white space behind its token.

use std::borrow::Cow;

use memchr::{memchr, memchr2};
use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use super::ast::Text;
use super::error::{Parsed, expected, invalid};
use super::keyword::{Category, category};

/// White space and comments, which may be none.
#[inline]
pub(crate) fn space(text: &str) -> Parsed<'_, ()> {
    // Nearly always it is one blank or nothing.
    let bytes = text.as_bytes();
    let at = usize::from(bytes.first() == Some(&b' '));
    match bytes.get(at) {
        Some(b'\0'..=b' ' | b'-' | b'/') => long_space(text),
        _ => Ok((&text[at..], ())),
    }
}

fn long_space(text: &str) -> Parsed<'_, ()> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        match &bytes[at..] {
            [b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c, ..] => at += 1,
            rest @ [b'-', b'-', ..] => {
                at += memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            }
            rest @ [b'/', b'*', ..] => match block_comment(rest) {
                Some(length) => at += length,
                None => return invalid(&text[at..], "this comment does not end"),
            },
            _ => return Ok((&text[at..], ())),
        }
    }
}

/// The length of the comment that `bytes` begins with; comments nest.
fn block_comment(bytes: &[u8]) -> Option<usize> {
    let mut depth = 1_u32;
    let mut at = 2;
    while depth > 0 {
        at += memchr2(b'*', b'/', &bytes[at..])?;
        match (bytes[at], bytes.get(at + 1)?) {
            (b'*', b'/') => (depth, at) = (depth - 1, at + 2),
            (b'/', b'*') => (depth, at) = (depth + 1, at + 2),
            _ => at += 1,
        }
    }
    Some(at)
}

fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_word_part(byte: u8) -> bool {
    WORD_PART[usize::from(byte)]
}

/// Whether a byte can stand in a bare word: looked up, since every byte of a dump is asked.
static WORD_PART: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    loop {
        table[byte as usize] =
            byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80;
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};

/// The bare word that `text` begins with, without the space behind it; empty when there is none.
pub(crate) fn peek_word(text: &str) -> &str {
    let bytes = text.as_bytes();
    if !bytes.first().copied().is_some_and(is_word_start) {
        return "";
    }
    let end = bytes.iter().position(|&b| !is_word_part(b)).unwrap_or(bytes.len());
    let word = &text[..end];
    // The prefix of a literal or of a quoted identifier is part of it, not a word.
    match (word, bytes.get(end)) {
        ("e" | "E" | "n" | "N" | "b" | "B" | "x" | "X", Some(b'\'')) => "",
        ("u" | "U", Some(b'&')) if matches!(bytes.get(end + 1), Some(b'\'' | b'"')) => "",
        _ => word,
    }
}

/// The keyword `word`, in any case.
pub(crate) fn keyword<'a>(word: &'static str) -> impl Fn(&'a str) -> Parsed<'a, ()> {
    move |text| {
        let found = peek_word(text);
        if found.eq_ignore_ascii_case(word) {
            space(&text[found.len()..])
        } else {
            expected(text, word)
        }
    }
}

/// Whether the keyword `word` is there. Unlike `opt(keyword(word))` it makes no error to throw away.
pub(crate) fn maybe<'a>(word: &'static str) -> impl Fn(&'a str) -> Parsed<'a, bool> {
    move |text| {
        let found = peek_word(text);
        if found.eq_ignore_ascii_case(word) {
            let (rest, ()) = space(&text[found.len()..])?;
            Ok((rest, true))
        } else {
            Ok((text, false))
        }
    }
}

/// The keywords of `words`, one after the other.
pub(crate) fn keywords<'a>(words: &'static [&'static str]) -> impl Fn(&'a str) -> Parsed<'a, ()> {
    move |mut text| {
        for word in words {
            (text, ()) = keyword(word)(text)?;
        }
        Ok((text, ()))
    }
}

/// A piece of punctuation.
pub(crate) fn symbol<'a>(sign: &'static str) -> impl Fn(&'a str) -> Parsed<'a, ()> {
    move |text| match text.strip_prefix(sign) {
        Some(rest) => space(rest),
        None => expected(text, sign),
    }
}

/// One or more of `item`, with commas between them.
pub(crate) fn list1<'a, T>(
    item: impl Fn(&'a str) -> Parsed<'a, T>,
) -> impl Fn(&'a str) -> Parsed<'a, Vec<T>> {
    move |text| {
        let (mut rest, first) = item(text)?;
        let mut all = vec![first];
        while let Some(behind) = rest.strip_prefix(',') {
            let (behind, ()) = space(behind)?;
            match item(behind) {
                Ok((behind, next)) => {
                    all.push(next);
                    rest = behind;
                }
                Err(nom::Err::Error(_)) => break,
                Err(failure) => return Err(failure),
            }
        }
        Ok((rest, all))
    }
}

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

/// The text between two `quote`s, doubled ones taken as one, and the text behind it.
/// With `backslashes`, a backslash protects the character behind it and both are kept.
fn quoted(text: &str, quote: u8, backslashes: bool) -> Option<(Text<'_>, &str)> {
    let bytes = text.as_bytes();
    let mut piece = 1;
    let mut value = String::new();
    let mut at = 1;
    loop {
        at += if backslashes {
            memchr2(quote, b'\\', &bytes[at..])?
        } else {
            memchr(quote, &bytes[at..])?
        };
        if bytes[at] == b'\\' {
            // Only ASCII is skipped blindly: what follows may be the start of a wide character.
            at += 1 + usize::from(bytes.get(at + 1)?.is_ascii());
        } else if bytes.get(at + 1) == Some(&quote) {
            value.push_str(&text[piece..=at]);
            at += 2;
            piece = at;
        } else {
            let last = &text[piece..at];
            let value = if value.is_empty() {
                Cow::Borrowed(last)
            } else {
                value.push_str(last);
                Cow::Owned(value)
            };
            return Some((value, &text[at + 1..]));
        }
    }
}

/// A string literal in any form: `'…'`, `E'…'`, `U&'…'`, `$tag$…$tag$`, continued on the next line.
pub(crate) fn string(text: &str) -> Parsed<'_, Text<'_>> {
    match text.as_bytes() {
        [b'\'', ..] => {
            let (rest, value) = continued(text, text, false)?;
            Ok((rest, value))
        }
        [b'e' | b'E', b'\'', ..] => {
            let (rest, raw) = continued(text, &text[1..], true)?;
            let Some(value) = backslash_escapes(&raw) else {
                return invalid(text, "this literal has an invalid escape");
            };
            Ok((rest, value))
        }
        [b'u' | b'U', b'&', b'\'', ..] => {
            let (rest, raw) = continued(text, &text[2..], false)?;
            let (rest, value) = unicode_escapes(text, rest, &raw)?;
            Ok((rest, value))
        }
        [b'$', ..] => dollar_quoted(text),
        _ => expected(text, "a string literal"),
    }
}

/// `start`, which begins with a quote, and the literals that continue it behind a line break.
fn continued<'a>(whole: &'a str, start: &'a str, backslashes: bool) -> Parsed<'a, Text<'a>> {
    let Some((mut value, mut rest)) = quoted(start, b'\'', backslashes) else {
        return invalid(whole, "this string literal does not end");
    };
    loop {
        let (after, ()) = space(rest)?;
        let gap = &rest[..rest.len() - after.len()];
        let continues = after.starts_with('\'') && gap.contains(['\n', '\r']);
        if !continues || gap.contains("/*") {
            return Ok((after, value));
        }
        let Some((more, behind)) = quoted(after, b'\'', backslashes) else {
            return invalid(after, "this string literal does not end");
        };
        value.to_mut().push_str(&more);
        rest = behind;
    }
}

fn dollar_quoted(text: &str) -> Parsed<'_, Text<'_>> {
    let tag = dollar_tag(text.as_bytes()).map(|length| &text[..length]);
    let Some(tag) = tag else {
        return expected(text, "a string literal");
    };
    let body = &text[tag.len()..];
    match memchr::memmem::find(body.as_bytes(), tag.as_bytes()) {
        Some(end) => {
            let (rest, ()) = space(&body[end + tag.len()..])?;
            Ok((rest, Cow::Borrowed(&body[..end])))
        }
        None => invalid(text, "this dollar-quoted string does not end"),
    }
}

/// The length of the `$tag$` that `bytes` begins with.
pub(crate) fn dollar_tag(bytes: &[u8]) -> Option<usize> {
    let name = bytes.get(1..)?;
    let length = name.iter().position(|&b| !is_word_part(b) || b == b'$')?;
    let valid = name[length] == b'$' && (length == 0 || is_word_start(name[0]));
    valid.then_some(length + 2)
}

/// The value of an `E'…'` literal.
fn backslash_escapes<'a>(raw: &Text<'a>) -> Option<Text<'a>> {
    if memchr(b'\\', raw.as_bytes()).is_none() {
        return Some(raw.clone());
    }
    let mut value = Vec::with_capacity(raw.len());
    let mut rest = raw.as_ref();
    while let Some(at) = memchr(b'\\', rest.as_bytes()) {
        value.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        let escaped = rest.chars().next()?;
        let behind = &rest[escaped.len_utf8()..];
        rest = match escaped {
            'b' => push(&mut value, 0x08, behind),
            'f' => push(&mut value, 0x0c, behind),
            'n' => push(&mut value, b'\n', behind),
            'r' => push(&mut value, b'\r', behind),
            't' => push(&mut value, b'\t', behind),
            'v' => push(&mut value, 0x0b, behind),
            '0'..='7' => {
                let digits = count(rest, 3, |c| c.is_digit(8));
                let byte = u32::from_str_radix(&rest[..digits], 8).ok()?;
                push(&mut value, u8::try_from(byte & 0xff).ok()?, &rest[digits..])
            }
            'x' if behind.starts_with(|c: char| c.is_ascii_hexdigit()) => {
                let digits = count(behind, 2, |c| c.is_ascii_hexdigit());
                let byte = u8::from_str_radix(&behind[..digits], 16).ok()?;
                push(&mut value, byte, &behind[digits..])
            }
            'u' | 'U' => {
                let (c, rest) = code_point(behind, if escaped == 'u' { 4 } else { 8 }, |rest| {
                    let low = rest.strip_prefix('\\')?;
                    let digits = if low.starts_with('u') { 4 } else { 8 };
                    Some((low.strip_prefix(['u', 'U'])?, digits))
                })?;
                value.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                rest
            }
            other => {
                value.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes());
                behind
            }
        };
    }
    value.extend_from_slice(rest.as_bytes());
    let value = String::from_utf8(value).ok()?;
    (!value.contains('\0')).then_some(Cow::Owned(value))
}

fn push<'a>(value: &mut Vec<u8>, byte: u8, rest: &'a str) -> &'a str {
    value.push(byte);
    rest
}

fn count(text: &str, most: usize, digit: impl Fn(char) -> bool) -> usize {
    text.chars().take(most).take_while(|&c| digit(c)).count()
}

/// `digits` hexadecimal digits as a character; `low` finds the second half of a surrogate pair.
fn code_point<'a>(
    text: &'a str,
    digits: usize,
    low: impl Fn(&'a str) -> Option<(&'a str, usize)>,
) -> Option<(char, &'a str)> {
    let number = |text: &'a str, digits: usize| {
        let hex = text.get(..digits)?;
        hex.bytes().all(|b| b.is_ascii_hexdigit()).then_some(())?;
        Some((u32::from_str_radix(hex, 16).ok()?, &text[digits..]))
    };
    let (high, rest) = number(text, digits)?;
    if !(0xd800..0xdc00).contains(&high) {
        return Some((char::from_u32(high).filter(|&c| c != '\0')?, rest));
    }
    let (rest, digits) = low(rest)?;
    let (low, rest) = number(rest, digits)?;
    (0xdc00..0xe000).contains(&low).then_some(())?;
    Some((char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))?, rest))
}

/// The value of `U&'…'` or `U&"…"`: `raw` with its escapes resolved, behind an optional `UESCAPE`.
fn unicode_escapes<'a>(start: &'a str, rest: &'a str, raw: &str) -> Parsed<'a, Text<'a>> {
    let (rest, custom) = opt(preceded(keyword("UESCAPE"), string)).parse(rest)?;
    let escape = match custom.as_deref() {
        None => '\\',
        Some(text) => {
            let mut characters = text.chars();
            match (characters.next(), characters.next()) {
                (Some(c), None)
                    if !(c.is_ascii_hexdigit()
                        || c.is_ascii_whitespace()
                        || matches!(c, '+' | '\'' | '"')) =>
                {
                    c
                }
                _ => return invalid(start, "this UESCAPE character is not allowed"),
            }
        }
    };
    match resolve_unicode(raw, escape) {
        Some(value) => Ok((rest, Cow::Owned(value))),
        None => invalid(start, "this literal has an invalid Unicode escape"),
    }
}

fn resolve_unicode(raw: &str, escape: char) -> Option<String> {
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(escape) {
        value.push_str(&rest[..at]);
        rest = &rest[at + escape.len_utf8()..];
        if let Some(behind) = rest.strip_prefix(escape) {
            value.push(escape);
            rest = behind;
            continue;
        }
        let digits = |text: &'_ str| if text.starts_with('+') { 6 } else { 4 };
        let hex = rest.strip_prefix('+').unwrap_or(rest);
        let (c, behind) = code_point(hex, digits(rest), |rest| {
            let low = rest.strip_prefix(escape)?;
            Some((low.strip_prefix('+').unwrap_or(low), digits(low)))
        })?;
        value.push(c);
        rest = behind;
    }
    value.push_str(rest);
    Some(value)
}

/// A number as the setting grammar takes it, with its sign, as text.
pub(crate) fn number(text: &str) -> Parsed<'_, Text<'_>> {
    let (digits, sign) = match text.as_bytes().first() {
        Some(b'-') => (space(&text[1..])?.0, "-"),
        Some(b'+') => (space(&text[1..])?.0, ""),
        _ => (text, ""),
    };
    let bytes = digits.as_bytes();
    let run = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut end = run(0);
    let mut any = end;
    if bytes.get(end) == Some(&b'.') {
        any += run(end + 1);
        end += 1 + run(end + 1);
    }
    if any == 0 {
        return expected(text, "a number");
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let signed = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if signed < bytes.len() && run(signed) > 0 {
            end = signed + run(signed);
        }
    }
    // `64MB` without quotes is a number and trailing junk to PostgreSQL as well.
    if bytes.get(end).is_some_and(|&b| is_word_part(b)) {
        return invalid(digits, "a value with a unit needs quotes");
    }
    let value = &digits[..end];
    let value =
        if sign.is_empty() { Cow::Borrowed(value) } else { Cow::Owned(format!("-{value}")) };
    let (rest, ()) = space(&digits[end..])?;
    Ok((rest, value))
}

/// A whole number, with its sign.
pub(crate) fn integer<'a>(what: &'static str) -> impl Fn(&'a str) -> Parsed<'a, i32> {
    move |text| {
        let Ok((rest, digits)) = number(text) else { return expected(text, what) };
        match digits.parse() {
            Ok(value) => Ok((rest, value)),
            Err(_) => expected(text, what),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<String> {
        match string(text) {
            Ok(("", value)) => Some(value.into_owned()),
            _ => None,
        }
    }

    #[test]
    fn reads_every_form_of_a_string_literal() {
        let cases = [
            ("'it''s'", "it's"),
            ("'a\\b'", "a\\b"),
            ("''", ""),
            (r"E'a\'b\\c\n\x41\101\u00e9\U0001F980'", "a'b\\c\nAAé🦀"),
            (r"e'\uD83E\uDD80'", "🦀"),
            (r"E'\xc3\xa9\q'", "éq"),
            (r"U&'d\0061t\+000061'", "data"),
            ("U&'d!0061t!!' UESCAPE '!'", "dat!"),
            ("$$a'b$$", "a'b"),
            ("$t$a$$b$t$", "a$$b"),
            ("'a'\n'b'", "ab"),
            ("'a' -- c\n  'b'", "ab"),
            ("E'a\\n'\n'\\t'", "a\n\t"),
            ("'日本'", "日本"),
        ];
        for (text, expected) in cases {
            assert_eq!(value(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_string_literal() {
        let cases = [
            "'a",
            "'a' 'b'",
            "E'\\u12'",
            "E'\\0'",
            "U&'\\00'",
            "U&'a' UESCAPE 'a'",
            "$1$x$1$",
            "$a$x",
            "N'a'",
            "B'1'",
            "\"a\"",
            "E'\\xff'",
            "U&'\\d83e'",
        ];
        for text in cases {
            assert_eq!(value(text), None, "{text}");
        }
    }

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

    #[test]
    fn space_knows_both_comments() {
        let rest = |text| space(text).map(|(rest, ())| rest).ok();
        assert_eq!(rest(" -- x\r\n/* a /* b */ ' */\t;"), Some(";"));
        assert_eq!(rest("/* a /* b */"), None);
        assert_eq!(rest("/*"), None);
        assert_eq!(rest("-- end"), Some(""));
    }

    #[test]
    fn numbers_keep_their_text() {
        let cases = [("5", "5"), ("-1.50", "-1.50"), ("+ 3", "3"), (".5", ".5"), ("1e-3", "1e-3")];
        for (text, expected) in cases {
            assert_eq!(number(text), Ok(("", expected.into())), "{text}");
        }
        assert!(number("64MB").is_err());
        assert!(number(".").is_err());
    }
}
