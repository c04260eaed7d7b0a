//! One statement: taken into the globals, or wrong.

use super::reason::{
    Clause, Reason, foreign_clause, may_be_dropped, next_statement, reason, refusal_help,
};
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
            if matches!(error.problem, Problem::Unsupported(_)) && slice.part == Part::Database {
                counts.skipped += 1;
                return Ok(None);
            }
            if options.drop_unknown {
                if is_object_grant(&error.problem) && may_be_dropped(slice.text) {
                    collector.drop_object_grant(&shortened(&mask(slice.text)), line);
                    return Ok(None);
                }
                if let Some(clause) = foreign_clause(slice.text, error.offset)
                    && !clause.locks
                {
                    return without_clause(slice, &clause, collector, counts, options);
                }
                if may_be_dropped(slice.text) {
                    collector.drop_unknown(&first_words(&mask(slice.text)), line);
                    return Ok(None);
                }
            }
            let Reason { offset, message, help } = reason(slice.text, &error);
            return Err(mistake(slice, offset, message, help));
        }
    };
    if parsed == Statement::Database
        && slice.part == Part::Globals
        && let Some(offset) = next_statement(slice.text)
    {
        let message = "the statement in front of this has lost its semicolon".to_owned();
        return Err(mistake(slice, offset, message, None));
    }
    if parsed == Statement::Database && slice.part == Part::Globals {
        collector.database(&shortened(&mask(slice.text)), line);
        return Ok(None);
    }
    match collector.add(&parsed, line) {
        Ok(Kept::Globals) => {}
        Ok(Kept::Session) => counts.session += 1,
        Ok(Kept::Database) => counts.skipped += 1,
        Err(refusal) => {
            let offset = position(slice.text, refusal.clause);
            let help = refusal_help(&refusal.why);
            return Err(mistake(slice, offset, refusal.why, help));
        }
    }
    Ok(signal(&parsed, line))
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

/// The statement in one line, and not all of a long one.
fn shortened(text: &str) -> String {
    const MOST: usize = 100;
    let words: Vec<_> = text.trim_end_matches(';').split_whitespace().collect();
    let text = words.join(" ");
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn is_object_grant(problem: &Problem) -> bool {
    matches!(problem, Problem::Unsupported(what) if what.starts_with("GRANT … ON"))
}

/// Reads the statement without a clause that PostgreSQL does not have.
fn without_clause(
    slice: &Slice<'_>,
    clause: &Clause,
    collector: &mut Collector,
    counts: &mut Counts,
    options: Options,
) -> Result<Option<Signal>, Mistake> {
    let blank = " ".repeat(clause.range.len());
    let what = shortened(&slice.text[clause.range.clone()]);
    let text =
        [&slice.text[..clause.range.start], &blank, &slice.text[clause.range.end..]].concat();
    let line = slice.place.line;
    if let Ok(Statement::AlterRole { options, .. }) = sql::parse(&text)
        && options.is_empty()
    {
        collector.drop_clause(&what, line, true);
        return Ok(None);
    }
    let signal = statement(&Slice { text: &text, ..*slice }, collector, counts, options)?;
    collector.drop_clause(&what, line, false);
    Ok(signal)
}
