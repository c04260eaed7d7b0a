//! One statement: taken into the globals, or wrong.

use super::{Counts, Mistake, Options};
use crate::dump::{Part, Slice};
use crate::globals::collect::{Collector, Kept};
use crate::read::mask::mask;
use crate::sql::{self, Problem, Session, SettingValue, Statement};

/// What a statement means for reading what follows it.
pub(super) enum Signal {
    Encoding(String, u32),
    StandardStrings(bool),
    Name(String),
    Ours,
}

pub(super) fn statement(
    slice: &Slice<'_>,
    collector: &mut Collector,
    counts: &mut Counts,
    options: Options,
) -> Result<Option<Signal>, Mistake> {
    let line = slice.place.line;
    let parsed = match sql::parse(slice.text) {
        Ok(parsed) => parsed,
        Err(error) => {
            let unsupported = matches!(error.problem, Problem::Unsupported(_));
            if unsupported && slice.part == Part::Database {
                counts.skipped += 1;
                return Ok(None);
            }
            if options.drop_unknown && may_be_dropped(slice.text) {
                collector.drop_unknown(&first_words(&mask(slice.text)), line);
                return Ok(None);
            }
            let message = if is_message(slice.text) {
                "this is a message of pg_dumpall and no SQL".to_owned()
            } else {
                error.to_string()
            };
            return Err(mistake(slice, error.offset, message, help(slice.text, unsupported)));
        }
    };
    if parsed == Statement::Database
        && slice.part == Part::Globals
        && let Some(offset) = next_statement(slice.text)
    {
        let message = "the statement in front of this has lost its semicolon".to_owned();
        return Err(mistake(slice, offset, message, None));
    }
    match collector.add(&parsed, line) {
        Ok(Kept::Globals) => {}
        Ok(Kept::Session) => counts.session += 1,
        Ok(Kept::Database) => counts.skipped += 1,
        Err(refusal) => {
            let offset = position(slice.text, refusal.clause);
            return Err(mistake(slice, offset, refusal.why, None));
        }
    }
    Ok(signal(&parsed, line))
}

/// Where, on a line behind the first, another statement begins. Statements about databases are not
/// read to their end.
fn next_statement(text: &str) -> Option<usize> {
    const WORDS: [&str; 7] = ["CREATE", "ALTER", "DROP", "GRANT", "REVOKE", "COMMENT", "SECURITY"];
    let starts = memchr::memchr_iter(b'\n', text.as_bytes()).map(|newline| newline + 1);
    starts.into_iter().find(|&start| {
        let word = text[start..].split(|c: char| !c.is_ascii_alphabetic()).next();
        word.is_some_and(|word| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)))
    })
}

/// Where the words of a clause stand; the start where there are none, or spelled in another way.
fn position(text: &str, clause: &str) -> usize {
    let lengths = 0..=text.len().saturating_sub(clause.len());
    let is_here = |&at: &usize| {
        text.get(at..at + clause.len()).is_some_and(|words| words.eq_ignore_ascii_case(clause))
    };
    lengths.into_iter().find(is_here).unwrap_or(0)
}

fn signal(statement: &Statement<'_>, line: u32) -> Option<Signal> {
    match statement {
        Statement::VersionGuard { .. } => Some(Signal::Ours),
        Statement::CreateRole { name, .. } if name.contains(['\n', '\r']) => {
            Some(Signal::Name(name.as_ref().to_owned()))
        }
        Statement::Session(Session::Set { name, value: SettingValue::Values(values), .. }) => {
            let [value] = values.as_slice() else { return None };
            if name.eq_ignore_ascii_case("client_encoding") {
                Some(Signal::Encoding(value.as_ref().to_owned(), line))
            } else if name.eq_ignore_ascii_case("standard_conforming_strings") {
                let off = ["off", "false", "no", "0"];
                let on = !off.iter().any(|word| value.eq_ignore_ascii_case(word));
                Some(Signal::StandardStrings(on))
            } else {
                None
            }
        }
        _ => None,
    }
}

fn mistake(
    slice: &Slice<'_>,
    offset: usize,
    message: String,
    help: Option<&'static str>,
) -> Mistake {
    let text = mask(slice.text);
    // Masked text has as many characters, though not as many bytes.
    let characters = slice.text.get(..offset).unwrap_or(slice.text).chars().count();
    let offset = text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at);
    let place = slice.place.advanced(&text, offset);
    let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[offset..].find(['\n', '\r']).map_or(text.len(), |step| offset + step);
    let indent = if start == 0 { slice.place.column as usize - 1 } else { 0 };
    let line = " ".repeat(indent) + &text[start..end];
    Mistake { place, message, line, help }
}

/// The words that a statement begins with, two at most. Nothing else of it is named: a string could
/// be a password.
fn first_words(text: &str) -> String {
    let is_word = |word: &&str| word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
    let words: Vec<_> = text.split_ascii_whitespace().take(2).take_while(is_word).collect();
    words.join(" ")
}

/// Whether pg_dumpall's error messages went into the dump.
fn is_message(text: &str) -> bool {
    text.starts_with("pg_dumpall:")
}

fn help(text: &str, unsupported: bool) -> Option<&'static str> {
    if is_message(text) || text.contains("\npg_dumpall: ") {
        Some(if text.contains("pg_authid") {
            "it may not read passwords: dump again with --no-role-passwords, or as a superuser"
        } else {
            "pg_dumpall failed in the middle of its dump: make the dump again"
        })
    } else if !unsupported {
        None
    } else if may_be_dropped(text) {
        Some("--drop-unknown lists such statements as dropped instead")
    } else {
        Some(
            "not even --drop-unknown leaves it out, since that could give more rights than before: \
             take it out of the dump yourself",
        )
    }
}

/// Whether leaving a statement out that is not understood can only give less than it says.
/// What takes something away, or changes who acts, must not be left out; nor what is no statement
/// at all, or seems to be several of which one lost its semicolon.
fn may_be_dropped(text: &str) -> bool {
    // Not DO and SELECT: what a program or a function does cannot be told.
    const GIVING: [&str; 7] =
        ["CREATE", "GRANT", "COMMENT", "SECURITY", "INSERT", "COPY", "ANALYZE"];
    const ANY: [&str; 8] =
        ["CREATE", "ALTER", "DROP", "GRANT", "REVOKE", "COMMENT", "SECURITY", "SET"];
    let begins = |line: &str, words: &[&str]| {
        let word = line.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        words.iter().any(|known| word.eq_ignore_ascii_case(known))
    };
    begins(text, &GIVING) && !text.split('\n').skip(1).any(|line| begins(line.trim_start(), &ANY))
}
