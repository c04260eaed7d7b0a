//! String literals in all their forms, and numbers (`src/backend/parser/scan.l`). Every parser here eats the white
//! space behind its token.

use std::borrow::Cow;

use memchr::{memchr, memchr2};
use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use super::ast::Text;
use super::error::{Parsed, expected, invalid};
use super::lex::{is_word_part, is_word_start, keyword, space};

/// The text between two `quote`s, doubled ones taken as one, and the text behind it.
/// With `backslashes`, a backslash protects the character behind it and both are kept.
pub(super) fn quoted(text: &str, quote: u8, backslashes: bool) -> Option<(Text<'_>, &str)> {
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
pub(super) fn unicode_escapes<'a>(
    start: &'a str,
    rest: &'a str,
    raw: &str,
) -> Parsed<'a, Text<'a>> {
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
    fn numbers_keep_their_text() {
        let cases = [("5", "5"), ("-1.50", "-1.50"), ("+ 3", "3"), (".5", ".5"), ("1e-3", "1e-3")];
        for (text, expected) in cases {
            assert_eq!(number(text), Ok(("", expected.into())), "{text}");
        }
        assert!(number("64MB").is_err());
        assert!(number(".").is_err());
    }
}
