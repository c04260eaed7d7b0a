//! Globals from the text of a dump.

mod failure;
mod options;
mod reading;
mod reason;
mod statement;

pub use failure::{Failure, Mistake};
pub use options::Options;
pub use reading::{Counts, Reading};

use std::io::Read;

use reading::{era, no_commit, no_end_marker, not_in_dump, shows};
use statement::{Signal, statement};

use crate::dump::{self, Marks, Part, Piece, Reader, Slice};
use crate::globals::Globals;
use crate::globals::collect::abouts::DATABASE_STATEMENT;
use crate::globals::collect::{Collected, Collector, Era, missing_attributes};
use crate::place::Place;
use crate::sql;

/// How many mistakes are described; the others are counted.
const MOST_MISTAKES: usize = 1_000;

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
        let Marks { headers, trailers, .. } = reader.marks();
        collector.set_dumped(*headers > 0, headers > trailers);
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
    before_16 |= collector.never_heard_of_bypassrls();
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
        let product = marks.product.filter(|product| product != "PostgreSQL");
        return Err(Failure::Mistakes { mistakes, more, truncated, product });
    }
    let Collected { globals, ledger, mut findings, passwords, bare, open, era } =
        collector.finish(era(&marks));
    let of_databases = findings.iter().filter(|it| *it.about == DATABASE_STATEMENT).count();
    let is_empty = ledger.fates().count() == of_databases;
    // With nothing to carry over there is nothing to accept.
    let Globals { roles, memberships, settings, tablespaces, parameters } = &globals;
    let has_nothing = roles.is_empty()
        && memberships.is_empty()
        && settings.is_empty()
        && tablespaces.is_empty()
        && parameters.is_empty();
    if truncated && has_nothing {
        return Err(Failure::TruncatedAtOnce);
    }
    if truncated && !options.accept_truncated {
        return Err(Failure::Truncated);
    }
    if open && !options.accept_truncated {
        return Err(Failure::OpenTransaction);
    }
    if marks.headers == 0 && !ours && is_empty {
        return Err(Failure::NoGlobals);
    }
    if let Some(role) = bare.as_ref().filter(|_| marks.headers > 0 && !truncated) {
        let created = globals.roles.get(role).and_then(|role| role.created);
        let line = created.and_then(|fact| ledger.line(fact.origin));
        findings.push(missing_attributes(role).at(line));
    }
    if truncated && !is_cut {
        findings.push(no_end_marker(bare.as_ref()));
    }
    if open && !truncated {
        findings.push(no_commit());
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
    fn what_proves_the_version_is_seen() {
        let era = |text: &str| {
            let text = format!(
                "-- PostgreSQL database cluster dump\n{text}\n-- PostgreSQL database cluster dump complete\n"
            );
            read(text.as_bytes(), Options::default()).unwrap().era
        };
        let role =
            "CREATE ROLE a;\nALTER ROLE a WITH NOSUPERUSER INHERIT CREATEROLE NOCREATEDB LOGIN";
        assert_eq!(era(&format!("{role};")), Some(Era::Before16));
        assert_eq!(era(&format!("{role} NOREPLICATION;")), Some(Era::Before16));
        assert_eq!(era(&format!("{role} NOREPLICATION NOBYPASSRLS;")), None);
        // Recipes strip NOSUPERUSER and NOBYPASSRLS.
        assert_eq!(
            era("CREATE ROLE a;\nALTER ROLE a WITH INHERIT CREATEROLE NOCREATEDB LOGIN;"),
            None
        );
        assert_eq!(
            era("CREATE ROLE a;\nCREATE ROLE b;\nGRANT a TO b GRANTED BY postgres;"),
            Some(Era::Before16)
        );
        assert_eq!(era("CREATE ROLE b;\nGRANT pg_create_subscription TO b;"), Some(Era::Since16));
        assert_eq!(
            era("-- Dumped from database version PostgreSQL 8.4.9\nCREATE ROLE b;"),
            Some(Era::Before16)
        );
        assert_eq!(era("-- Dumped from database version 17.2\nCREATE ROLE b;"), Some(Era::Since16));
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
