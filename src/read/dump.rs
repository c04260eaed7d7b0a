//! Globals from the text of a dump.

use std::fmt;
use std::io::Read;

use super::mask::mask;
use super::{Shows, abouts};
use crate::dump::{self, Marks, Part, Piece, Reader, Slice};
use crate::finding::{Action, Finding, Subject};
use crate::globals::collect::{self, Collected, Collector, Era, Kept, without_attributes};
use crate::globals::{Globals, Ledger};
use crate::name::Name;
use crate::place::Place;
use crate::sql::{self, Problem, Session, SettingValue, Statement};
use crate::version::Major;

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
    /// Which servers its statements are from; none where nothing in it tells.
    pub era: Option<Era>,
    /// Which settings it can have shown.
    pub shows: Shows,
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
    /// Places that are wrong.
    Mistakes {
        /// The first of them.
        mistakes: Vec<Mistake>,
        /// How many there are beside these.
        more: usize,
        /// Whether pg_dumpall's end marker is missing as well.
        truncated: bool,
    },
    /// pg_dumpall's end marker is missing.
    Truncated,
    /// It is, and has no statement about globals.
    TruncatedAtOnce,
    /// It was made by pg_dump, from one database.
    SingleDatabase,
    /// It has no statement about globals.
    NoGlobals,
    /// There are more statements and memberships than this.
    TooMuch(usize),
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

impl Failure {
    /// The command line that reads `file` all the same, where there is one.
    pub fn command(&self, file: &str) -> Option<String> {
        match self {
            Self::Dump(dump::Error::NotADump(what)) => what.command(file),
            _ => None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dump(error) => error.fmt(f),
            Self::Mistakes { mistakes, more, truncated } => {
                match mistakes.len() + more {
                    1 => f.write_str("1 mistake")?,
                    count => write!(f, "{count} mistakes")?,
                }
                if *truncated {
                    f.write_str(", and pg_dumpall's end marker is missing: make the dump again")?;
                }
                Ok(())
            }
            Self::Truncated => f.write_str(
                "the dump is truncated: pg_dumpall's end marker is missing, as when it failed half \
                 way; make it again, or give --accept-truncated to use what there is",
            ),
            Self::TruncatedAtOnce => f.write_str(
                "the dump ends before its first role, as when pg_dumpall was refused pg_authid: make it \
                 with --no-role-passwords, or as a role that may read verifiers",
            ),
            Self::SingleDatabase => f.write_str(
                "this is a dump of one database, made by pg_dump, and has no globals: make it with \
                 pg_dumpall --globals-only",
            ),
            Self::TooMuch(most) => write!(
                f,
                "there are more than {most} statements and memberships in it, which is more than any \
                 cluster has"
            ),
            Self::NoGlobals => f.write_str(
                "there is no statement about globals in it: make the dump with pg_dumpall --globals-only",
            ),
        }
    }
}

impl std::error::Error for Failure {}

impl From<dump::Fault> for Mistake {
    fn from(fault: dump::Fault) -> Self {
        // Masked with what stands in front: PASSWORD may be on an earlier line than its literal.
        let text = mask(&fault.text);
        let mut line = text.rsplit('\n').next().unwrap_or_default().to_owned();
        if let dump::Problem::MetaCommand(name) = &fault.problem {
            // Arguments of \c and \setenv can be passwords.
            let command = format!("\\{name}");
            let end = line.find(&command).map_or(0, |at| at + command.len());
            let hidden = line[end..].chars().map(|c| if c.is_whitespace() { c } else { '*' });
            line = line[..end].chars().chain(hidden).collect();
        }
        let message = fault.problem.to_string();
        Self { place: fault.place, message, line, help: fault.problem.help() }
    }
}

impl From<dump::Error> for Failure {
    fn from(error: dump::Error) -> Self {
        Self::Dump(error)
    }
}

/// How many statements and memberships there may be. It is more than any cluster has, and some 3 GB
/// in memory.
const MOST: usize = 12_000_000;

/// Reads all of a dump.
///
/// # Errors
/// When anything in it is not understood: everything that is wrong, not the first only.
pub fn read(input: impl Read, options: Options) -> Result<Reading, Failure> {
    read_up_to(MOST, input, options)
}

fn read_up_to(most: usize, input: impl Read, options: Options) -> Result<Reading, Failure> {
    let mut reader = Reader::new(input)?;
    let mut collector = Collector::default();
    let mut mistakes = Vec::new();
    let mut more = 0;
    let mut counts = Counts::default();
    // A script of ours is one even when nothing was left to write into it.
    let mut ours = false;
    // Of a server since 16, pg_dumpall says with each membership whether it inherits
    // (`dumpRoleMembership` in `src/bin/pg_dump/pg_dumpall.c`).
    let mut before_16 = false;
    // The last piece, where the dump may end in the middle of it.
    let mut last = None;
    loop {
        collector.set_dumped(reader.marks().headers > 0);
        let Some(piece) = reader.next()? else { break };
        let outcome = match piece {
            Piece::Fault(fault) if options.accept_truncated && fault.problem.is_open_end() => {
                last = Some(Last::Open(fault));
                continue;
            }
            Piece::Statement(Slice { text, place, part, ended: false })
                if options.accept_truncated =>
            {
                last = Some(Last::Statement(text.to_owned(), place, part));
                continue;
            }
            Piece::Fault(fault) => Err(fault.into()),
            Piece::Statement(slice) => statement(&slice, &mut collector, &mut counts, options),
        };
        match outcome {
            Ok(None) => {}
            Ok(Some(Signal::Encoding(name, line))) => reader
                .set_encoding(&name)
                .map_err(|error| dump::Error::UnknownEncoding(error, line))?,
            Ok(Some(Signal::StandardStrings(on))) => reader.set_standard_conforming_strings(on),
            Ok(Some(Signal::Name(name))) => reader.expect_name(&name),
            Ok(Some(Signal::Ours)) => ours = true,
            Err(mistake) if mistakes.len() < MOST_MISTAKES => mistakes.push(mistake),
            Err(_) => more += 1,
        }
        let Marks { headers, trailers, .. } = reader.marks();
        before_16 |= collector.was_silent_on_inherit() && headers > trailers;
        if collector.size() > most {
            return Err(Failure::TooMuch(most));
        }
    }
    let truncated = reader.marks().headers > reader.marks().trailers;
    let is_cut = last.is_some();
    match last {
        Some(ref last) if truncated => {
            let role = sql::altered_role(last.text());
            collector.cut_off(role.as_deref(), last.place().line);
        }
        Some(last) => mistakes.extend(last.read(&mut collector, &mut counts, options).err()),
        None => {}
    }
    counts.skipped += reader.skipped();
    counts.session += reader.meta_commands();
    let marks = reader.marks().clone();
    if marks.headers == 0 && marks.database_headers > 0 {
        return Err(Failure::SingleDatabase);
    }
    if !mistakes.is_empty() {
        return Err(Failure::Mistakes { mistakes, more, truncated });
    }
    let Collected { globals, ledger, mut findings, passwords, bare, era } =
        collector.finish(era(&marks));
    let is_empty = ledger.fates().next().is_none();
    if truncated && is_empty {
        return Err(Failure::TruncatedAtOnce);
    }
    if truncated && !options.accept_truncated {
        return Err(Failure::Truncated);
    }
    if marks.headers == 0 && !ours && is_empty {
        return Err(Failure::NoGlobals);
    }
    if truncated && !is_cut {
        findings.push(no_end_marker(bare.as_ref()));
    }
    let shows = shows(&globals, &marks);
    findings.extend(not_in_dump(shows));
    Ok(Reading {
        globals,
        ledger,
        findings,
        passwords,
        counts,
        marks,
        era: era.or(before_16.then_some(Era::Before16)),
        shows,
    })
}

/// Which servers it is for, as its comments tell.
fn era(marks: &Marks) -> Option<Era> {
    let (server, _) = marks.versions.as_ref()?;
    let mut numbers = server.split(|c: char| !c.is_ascii_digit());
    let number = numbers.next()?.parse().ok()?;
    Some(Era::of(Major::new(number)))
}

/// What a globals dump cannot have: since 11 the settings in one database stand with the databases,
/// and those of all roles nowhere. A script that somebody wrote has what it has.
fn shows(globals: &Globals, marks: &Marks) -> Shows {
    let is_dump = marks.headers > 0;
    let has_databases =
        marks.database_headers > 0 || globals.settings.keys().any(|key| key.database.is_some());
    Shows { databases: !is_dump || has_databases, everybody: !is_dump }
}

/// What is said of that.
fn not_in_dump(shows: Shows) -> Vec<Finding> {
    let finding = |name: &'static str, message: &str| {
        abouts::NOT_IN_DUMP.finding(Subject::Settings(name), Action::Dropped, message)
    };
    let mut findings = Vec::new();
    if !shows.databases {
        findings
            .push(finding("IN DATABASE", "settings of roles in one database are not in this dump"));
    }
    if !shows.everybody {
        findings.push(finding("ALTER ROLE ALL", "settings of all roles are in no dump"));
    }
    findings
}

/// The dump ends before it should, and between two statements.
fn no_end_marker(bare: Option<&Name>) -> Finding {
    let mut message = "it is missing at the end of the dump".to_owned();
    if let Some(role) = bare {
        message.push_str(": ");
        message.push_str(&without_attributes(role));
    }
    let object = Subject::statement("end marker");
    collect::abouts::TRUNCATED.finding(object, Action::Dropped, message)
}

/// A piece that has the end of the input behind it, and not its own end.
enum Last {
    Open(dump::Fault),
    Statement(String, Place, Part),
}

impl Last {
    fn text(&self) -> &str {
        match self {
            Self::Open(fault) => &fault.text,
            Self::Statement(text, ..) => text,
        }
    }

    fn place(&self) -> Place {
        match self {
            Self::Open(fault) => fault.place,
            Self::Statement(_, place, _) => *place,
        }
    }

    /// Takes it for what it is, since the dump does not claim to have more.
    fn read(
        self,
        collector: &mut Collector,
        counts: &mut Counts,
        options: Options,
    ) -> Result<(), Mistake> {
        match self {
            Self::Open(fault) => Err(fault.into()),
            Self::Statement(text, place, part) => {
                let slice = Slice { text: &text, place, part, ended: false };
                statement(&slice, collector, counts, options).map(drop)
            }
        }
    }
}

/// What a statement means for reading what follows it.
enum Signal {
    Encoding(String, u32),
    StandardStrings(bool),
    Name(String),
    Ours,
}

fn statement(
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

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(text: &str, options: Options) -> Vec<String> {
        match read(text.as_bytes(), options) {
            Ok(_) => Vec::new(),
            Err(Failure::Mistakes { mistakes, .. }) => mistakes
                .into_iter()
                .map(|m| format!("{}: {} | {}", m.place, m.message, m.line))
                .collect(),
            Err(failure) => vec![failure.to_string()],
        }
    }

    #[test]
    fn what_is_larger_than_any_cluster_is_refused() {
        let dump = "CREATE ROLE a; GRANT a TO b, c; ALTER ROLE a LOGIN;";
        let up_to = |most| read_up_to(most, dump.as_bytes(), Options::default());
        assert!(up_to(5).is_ok());
        assert_eq!(
            up_to(4).unwrap_err().to_string(),
            "there are more than 4 statements and memberships in it, which is more than any cluster \
             has"
        );
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
                "5:3: VALID UNTIL '1.2.2030' is not ISO and could be read in more than one way: dump \
                 again with PGDATESTYLE=ISO, or write it as YYYY-MM-DD HH:MM:SS+00 |   VALID UNTIL '1.2.2030'",
                "6:1: psql meta-command \\!: pg_dumpall does not write it, and a dump that carries it \
                 could run programs (CVE-2025-8714) | \\! **",
            ]
        );
    }

    #[test]
    fn a_semicolon_that_is_missing_hides_nothing() {
        assert_eq!(
            mistakes("GRANT ALL ON DATABASE x TO a\nCREATE ROLE b LOGIN;", Options::default()),
            ["2:1: the statement in front of this has lost its semicolon | CREATE ROLE b LOGIN"]
        );
    }

    #[test]
    fn only_what_gives_can_be_dropped() {
        let options = Options { drop_unknown: true, ..Options::default() };
        let dropped =
            |text: &str| mistakes(&format!("CREATE ROLE a;\n{text};"), options).is_empty();
        for text in ["CREATE TABLE t (a int)", "GRANT SELECT ON t TO a"] {
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
        assert_eq!(
            one("SET x TO 'y';"),
            "there is no statement about globals in it: make the dump with pg_dumpall --globals-only"
        );
        assert_eq!(
            one("-- nothing"),
            "there is no statement about globals in it: make the dump with pg_dumpall --globals-only"
        );
    }
}
