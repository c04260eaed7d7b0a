//! Why a dump was not read.

use std::fmt;

use crate::dump;
use crate::place::Place;
use crate::read::mask::mask;

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
        /// What the dump's header calls the product, where that is not PostgreSQL.
        product: Option<String>,
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
            Self::Mistakes { mistakes, more, truncated, product } => {
                match mistakes.len() + more {
                    1 => f.write_str("1 mistake")?,
                    count => write!(f, "{count} mistakes")?,
                }
                if *truncated {
                    f.write_str(", and pg_dumpall's end marker is missing: make the dump again")?;
                }
                if let Some(product) = product {
                    write!(
                        f,
                        "; the dump was made by {product}, which was made of PostgreSQL: take out of it \
                         what only {product} has"
                    )?;
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
