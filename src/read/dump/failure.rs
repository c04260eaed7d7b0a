//! Why a dump was not read.

use std::fmt::Write as _;

use crate::dump;
use crate::place::Place;
use crate::read::mask::mask;
use crate::words;

/// Why a dump was not read.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Reading had to end.
    #[error("{0}")]
    Dump(dump::Error),
    /// Places that are wrong.
    #[error("{}", mistakes_of(mistakes.len() + more, *truncated, product.as_deref()))]
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
    #[error(
        "the dump is truncated: pg_dumpall's end marker is missing, as when it failed half way; make it again, \
         or give --accept-truncated to use what there is"
    )]
    Truncated,
    /// It is, and has no statement about globals.
    #[error(
        "the dump ends before its first role, as when pg_dumpall was refused pg_authid: make it with \
         --no-role-passwords, or as a role that may read verifiers"
    )]
    TruncatedAtOnce,
    /// A transaction begins and does not end.
    #[error(
        "it ends inside a transaction, as when the end of a script is missing: without its COMMIT a server keeps \
         nothing of it; make it again, or give --accept-truncated to use what there is"
    )]
    OpenTransaction,
    /// It was made by pg_dump, from one database.
    #[error(
        "this is a dump of one database, made by pg_dump, and has no globals: make it with pg_dumpall \
         --globals-only"
    )]
    SingleDatabase,
    /// It has no statement about globals.
    #[error(
        "there is no statement about globals in it: make the dump with pg_dumpall --globals-only"
    )]
    NoGlobals,
    /// There are more statements and memberships than this.
    #[error(
        "there are more than {0} statements and memberships in it, which is more than any cluster has"
    )]
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

/// How many there are, and what else is wrong.
fn mistakes_of(count: usize, truncated: bool, product: Option<&str>) -> String {
    let mut text = words::plural(count, "mistake");
    if truncated {
        text.push_str(", and pg_dumpall's end marker is missing: make the dump again");
    }
    if let Some(product) = product {
        let _ = write!(
            text,
            "; the dump was made by {product}, which was made of PostgreSQL: take out of it what only {product} has"
        );
    }
    text
}

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
