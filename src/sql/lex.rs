//! The words of SQL: white space and comments, keywords, symbols, lists (`src/backend/parser/scan.l`). Every parser here eats the white space behind its token.

use memchr::memchr2;

use super::error::{Parsed, expected, invalid};

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

pub(super) fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

pub(super) fn is_word_part(byte: u8) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_knows_both_comments() {
        let rest = |text| space(text).map(|(rest, ())| rest).ok();
        assert_eq!(rest(" -- x\r\n/* a /* b */ ' */\t;"), Some(";"));
        assert_eq!(rest("/* a /* b */"), None);
        assert_eq!(rest("/*"), None);
        assert_eq!(rest("-- end"), Some(""));
    }
}
