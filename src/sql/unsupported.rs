//! Statements that are none of the subset.

use super::error::{Fault, Parsed, Problem, expected};
use super::lex::{peek_word, space};

/// How many letters of a word are shown; a name has 63 at most.
const LONGEST: usize = 63;

/// Names the statement that `text` begins with by its first words.
pub(super) fn unsupported<T>(text: &str) -> Parsed<'_, T> {
    let first = peek_word(text);
    if first.is_empty() {
        return expected(text, "a statement");
    }
    let behind = space(&text[first.len()..]).map_or("", |(rest, ())| rest);
    // A text that is no statement can be one long word.
    let shown = |word: &str| word.chars().take(LONGEST).collect::<String>().to_ascii_uppercase();
    let mut name = shown(first);
    let second = peek_word(behind);
    if !second.is_empty() {
        name.push(' ');
        name.push_str(&shown(second));
    }
    Err(nom::Err::Failure(Fault { rest: text, problem: Problem::Unsupported(name) }))
}
