//! Statements that are none of the subset.

use super::error::{Fault, Parsed, Problem, expected};
use super::lex::{peek_word, space};

/// Names the statement that `text` begins with by its first words.
pub(super) fn unsupported<T>(text: &str) -> Parsed<'_, T> {
    let first = peek_word(text);
    if first.is_empty() {
        return expected(text, "a statement");
    }
    let behind = space(&text[first.len()..]).map_or("", |(rest, ())| rest);
    let mut name = first.to_ascii_uppercase();
    let second = peek_word(behind);
    if !second.is_empty() {
        name.push(' ');
        name.push_str(&second.to_ascii_uppercase());
    }
    Err(nom::Err::Failure(Fault { rest: text, problem: Problem::Unsupported(name) }))
}
