//! Names and literals as SQL text. What is written here reads the same in every version.

use super::keyword::category;
use crate::name::{Name, is_hidden};

/// Appends `name` as an identifier: bare where every version reads it so, else quoted.
pub fn push_identifier(name: &str, out: &mut String) {
    if is_plain(name) {
        out.push_str(name);
    } else {
        out.push('"');
        push_doubling(name, b'"', out);
        out.push('"');
    }
}

/// A name in a statement that a message tells to run: as messages show it, where a character would not be
/// seen.
pub fn shown_identifier(name: &Name) -> String {
    if name.as_str().contains(is_hidden) {
        return name.to_string();
    }
    let mut out = String::new();
    push_identifier(name.as_str(), &mut out);
    out
}

/// Appends `text` as a string literal, for a session with `standard_conforming_strings` on.
pub fn push_literal(text: &str, out: &mut String) {
    out.push('\'');
    push_doubling(text, b'\'', out);
    out.push('\'');
}

/// A name that needs no quotes: lower-case letters, digits and underscores, and no keyword that is
/// reserved in some version or place.
fn is_plain(name: &str) -> bool {
    let bytes = name.as_bytes();
    let plain = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_';
    bytes.first().is_some_and(|b| plain(b) && !b.is_ascii_digit())
        && bytes.iter().all(plain)
        && category(name).is_none()
}

fn push_doubling(text: &str, quote: u8, out: &mut String) {
    let mut from = 0;
    for at in memchr::memchr_iter(quote, text.as_bytes()) {
        // Up to the quote, which the next piece begins with again.
        out.push_str(&text[from..=at]);
        from = at;
    }
    out.push_str(&text[from..]);
}
