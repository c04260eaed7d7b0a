//! Globals from the text of a dump.

use std::fmt;
use std::io::Read;

use super::mask::mask;
use crate::dump::{self, Marks, Part, Piece, Reader};
use crate::finding::Finding;
use crate::globals::collect::{Collected, Collector, Kept};
use crate::globals::{Globals, Ledger};
use crate::place::Place;
use crate::sql::{self, Problem, Session, SettingValue, Statement};

/// How many mistakes are described; the others are counted.
const MOST_MISTAKES: usize = 1_000;

/// What the user allows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Statements that are not understood are listed and left out, as far as that is safe.
    pub drop_unknown: bool,
    /// A dump without its end marker is read as far as it goes.
    pub accept_truncated: bool,
}

/// What was read.
#[derive(Debug)]
pub struct Reading {
    /// The globals.
    pub globals: Globals,
    /// What became of each statement so far.
    pub ledger: Ledger,
    /// What there was to say about them.
    pub findings: Vec<Finding>,
    /// Whether passwords were stated at all.
    pub passwords: bool,
    /// How many statements there were beside those in the ledger.
    pub counts: Counts,
    /// What the dump says of itself.
    pub marks: Marks,
}

impl Reading {
    /// What the dump shows of the server's version.
    pub fn server_version(&self) -> Option<String> {
        if let Some((server, _)) = &self.marks.versions {
            return Some(server.clone());
        }
        let mut memberships = self.globals.memberships.values();
        if memberships.any(|membership| membership.inherit.is_some()) {
            Some("16 or later".to_owned())
        } else if self.marks.parameter_section {
            Some("15 or later".to_owned())
        } else {
            None
        }
    }

    /// What the dump shows of the client's version.
    pub fn client_version(&self) -> Option<String> {
        if let Some((_, client)) = &self.marks.versions {
            return Some(format!("pg_dumpall {client}"));
        }
        let restrict = "a pg_dumpall of August 2025 or later";
        self.marks.restrict.then(|| restrict.to_owned())
    }
}

/// Statements that are not about the globals.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// They belong to a database.
    pub skipped: u64,
    /// They only set the session up, or are psql's.
    pub session: u64,
}

/// Why a dump was not read.
#[derive(Debug)]
pub enum Failure {
    /// Reading had to end.
    Dump(dump::Error),
    /// These places are wrong, and so many more.
    Mistakes(Vec<Mistake>, usize),
    /// pg_dumpall's end marker is missing.
    Truncated,
    /// It was made by pg_dump, from one database.
    SingleDatabase,
    /// It has no statement about globals.
    NoGlobals,
}

/// A place that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    /// Where it is.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// The line that it is in, with passwords masked.
    pub line: String,
    /// The way out, where there is one to name.
    pub help: Option<&'static str>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dump(error) => error.fmt(f),
            Self::Mistakes(mistakes, more) => match mistakes.len() + more {
                1 => f.write_str("1 statement cannot be read"),
                count => write!(f, "{count} statements cannot be read"),
            },
            Self::Truncated => f.write_str(
                "the dump is truncated: pg_dumpall's end marker is missing, as when it failed half \
                 way; make it again, or give --accept-truncated to use what there is",
            ),
            Self::SingleDatabase => f.write_str(
                "this is a dump of one database, made by pg_dump, and has no globals: make it with \
                 pg_dumpall --globals-only",
            ),
            Self::NoGlobals => f.write_str("there is no statement about globals in it"),
        }
    }
}

impl std::error::Error for Failure {}

impl From<dump::Error> for Failure {
    fn from(error: dump::Error) -> Self {
        Self::Dump(error)
    }
}

/// Reads all of a dump.
///
/// # Errors
/// When anything in it is not understood: everything that is wrong, not the first only.
pub fn read(input: impl Read, options: Options) -> Result<Reading, Failure> {
    let mut reader = Reader::new(input)?;
    let mut collector = Collector::default();
    let mut mistakes = Vec::new();
    let mut more = 0;
    let mut counts = Counts::default();
    while let Some(piece) = reader.next()? {
        let outcome = match piece {
            Piece::Fault(fault) => Err(Mistake {
                place: fault.place,
                message: fault.problem.to_string(),
                line: mask(&fault.line),
                help: None,
            }),
            Piece::Statement(slice) => statement(&slice, &mut collector, &mut counts, options),
        };
        match outcome {
            Ok(None) => {}
            Ok(Some(Signal::Encoding(name, line))) => reader
                .set_encoding(&name)
                .map_err(|error| dump::Error::UnknownEncoding(error, line))?,
            Ok(Some(Signal::StandardStrings(on))) => reader.set_standard_conforming_strings(on),
            Ok(Some(Signal::Name(name))) => reader.expect_name(&name),
            Err(mistake) if mistakes.len() < MOST_MISTAKES => mistakes.push(mistake),
            Err(_) => more += 1,
        }
    }
    counts.skipped += reader.skipped();
    counts.session += reader.meta_commands();
    let marks = reader.marks().clone();
    if marks.headers == 0 && marks.database_headers > 0 {
        return Err(Failure::SingleDatabase);
    }
    if !mistakes.is_empty() {
        return Err(Failure::Mistakes(mistakes, more));
    }
    if marks.headers > marks.trailers && !options.accept_truncated {
        return Err(Failure::Truncated);
    }
    let Collected { globals, ledger, findings, passwords } = collector.finish();
    if marks.headers == 0 && ledger.fates().next().is_none() {
        return Err(Failure::NoGlobals);
    }
    Ok(Reading { globals, ledger, findings, passwords, counts, marks })
}

/// What a statement means for reading what follows it.
enum Signal {
    Encoding(String, u32),
    StandardStrings(bool),
    Name(String),
}

fn statement(
    slice: &dump::Slice<'_>,
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
                let text = mask(slice.text);
                let words: Vec<_> = text.split_whitespace().take(2).collect();
                collector.drop_unknown(&words.join(" "), line);
                return Ok(None);
            }
            let help = help(slice.text, unsupported && may_be_dropped(slice.text));
            return Err(mistake(slice, error.offset, error.to_string(), help));
        }
    };
    match collector.add(&parsed, line) {
        Ok(Kept::Globals) => {}
        Ok(Kept::Session) => counts.session += 1,
        Ok(Kept::Database) => counts.skipped += 1,
        Err(refusal) => return Err(mistake(slice, 0, refusal.0, None)),
    }
    Ok(signal(&parsed, line))
}

fn signal(statement: &Statement<'_>, line: u32) -> Option<Signal> {
    match statement {
        Statement::CreateRole { name, .. } if name.contains('\n') => {
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
    slice: &dump::Slice<'_>,
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
    let line = format!("{:indent$}{}", "", &text[start..end]);
    Mistake { place, message, line, help }
}

fn help(text: &str, may_be_dropped: bool) -> Option<&'static str> {
    if text.starts_with("pg_dumpall:") || text.contains("\npg_dumpall: ") {
        Some("this is a message of pg_dumpall in the middle of its dump: make the dump again")
    } else if may_be_dropped {
        Some("--drop-unknown lists such statements as dropped instead")
    } else {
        None
    }
}

/// Whether leaving a statement out that is not understood can only give less than it says.
/// What takes something away, or changes who acts, must not be left out; nor what is no statement
/// at all, or seems to be several of which one lost its semicolon.
fn may_be_dropped(text: &str) -> bool {
    const GIVING: [&str; 9] =
        ["CREATE", "GRANT", "COMMENT", "SECURITY", "SELECT", "INSERT", "DO", "COPY", "ANALYZE"];
    const ANY: [&str; 8] =
        ["CREATE", "ALTER", "DROP", "GRANT", "REVOKE", "COMMENT", "SECURITY", "SET"];
    let begins = |line: &str, words: &[&str]| {
        let word = line.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        words.iter().any(|known| word.eq_ignore_ascii_case(known))
    };
    begins(text, &GIVING) && !text.split('\n').skip(1).any(|line| begins(line.trim_start(), &ANY))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(text: &str, options: Options) -> Vec<String> {
        match read(text.as_bytes(), options) {
            Ok(_) => Vec::new(),
            Err(Failure::Mistakes(mistakes, _)) => mistakes
                .into_iter()
                .map(|m| format!("{}: {} | {}", m.place, m.message, m.line))
                .collect(),
            Err(failure) => vec![failure.to_string()],
        }
    }

    #[test]
    fn every_mistake_is_listed_with_its_line() {
        let text = "CREATE ROLE a;\n  CREATE TABLE t (a int);\nALTER ROLE a PASSWORD 'x' é FROB;\n\
                    ALTER ROLE a\n  VALID UNTIL '1.2.2030';\n\\! ls\nCREATE ROLE b;";
        assert_eq!(
            mistakes(text, Options::default()),
            [
                "2:3: CREATE TABLE is not a statement of a globals dump |   CREATE TABLE t (a int)",
                "3:27: expected a role option | ALTER ROLE a PASSWORD *** é FROB",
                "4:1: VALID UNTIL '1.2.2030' is not ISO and could be read in more than one way: dump \
                 again with PGDATESTYLE=ISO, or write it as YYYY-MM-DD HH:MM:SS+00 | ALTER ROLE a",
                "6:1: psql meta-command \\!: pg_dumpall does not write it, and a dump that carries it \
                 could run programs (CVE-2025-8714) | \\! ls",
            ]
        );
    }

    #[test]
    fn only_what_gives_can_be_dropped() {
        let options = Options { drop_unknown: true, ..Options::default() };
        let dropped =
            |text: &str| mistakes(&format!("CREATE ROLE a;\n{text};"), options).is_empty();
        for text in [
            "CREATE TABLE t (a int)",
            "DO $$ BEGIN CREATE ROLE x; END $$",
            "GRANT SELECT ON t TO a",
        ] {
            assert!(dropped(text), "{text}");
        }
        for text in [
            "REVOKE SELECT ON t FROM a",
            "ALTER ROLE a FROB",
            "DROP TABLE t",
            "SET ROLE a",
            "ALTER ROLE a FROB 1",
            "pg_dumpall: error: x",
            "CREATE ROLE b\nALTER ROLE a NOLOGIN",
            "\\! ls",
            "ROLLBACK",
        ] {
            assert!(!dropped(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_whole_globals_dump_is_refused() {
        let header = "--\n-- PostgreSQL database cluster dump\n--\n";
        let trailer = "--\n-- PostgreSQL database cluster dump complete\n--\n";
        let one = |text: &str| mistakes(text, Options::default()).join("");
        assert!(one(&format!("{header}CREATE ROLE a;")).starts_with("the dump is truncated"));
        assert_eq!(one(&format!("{header}CREATE ROLE a;{trailer}")), "");
        assert_eq!(one(&format!("{header}CREATE ROLE a;\n{trailer}")), "");
        let options = Options { accept_truncated: true, ..Options::default() };
        assert!(mistakes(&format!("{header}CREATE ROLE a;"), options).is_empty());
        assert!(
            one("--\n-- PostgreSQL database dump\n--\nCREATE TABLE t ();")
                .starts_with("this is a dump of one")
        );
        assert_eq!(one("SET x TO 'y';"), "there is no statement about globals in it");
        assert_eq!(one("-- nothing"), "there is no statement about globals in it");
    }
}
