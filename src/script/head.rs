//! How every script for psql begins, and its transaction.

use crate::sql::{Session, Statement, print};
use crate::version::Major;

/// What a script is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Server {
    /// Servers of one major version.
    Major(Major),
    /// One server, of this major version.
    One(Major),
    /// One server, whose version makes no difference.
    Any,
}

/// What the transaction relies on. Behind a pooler the session is used by others afterwards, so that
/// nothing is set for longer than the transaction; and what a database's owner may have set for everybody in
/// it would show verifiers to the terminal and to the server's log, or end the script.
const LOCAL: [&str; 9] = [
    "search_path = pg_catalog",
    "client_encoding = 'UTF8'",
    "standard_conforming_strings = on",
    "client_min_messages = notice",
    "debug_print_parse = off",
    "debug_print_rewritten = off",
    "debug_print_plan = off",
    "statement_timeout = 0",
    "lock_timeout = 0",
];

/// Begins the script and its transaction: psql stops at the first error, and nothing that stands in the
/// database is found in place of PostgreSQL's own.
pub(super) fn begin(server: Server, out: &mut String) {
    // A database can be read-only by default.
    out.push_str("\n\\set ON_ERROR_STOP on\nBEGIN READ WRITE;\n");
    set(LOCAL.iter(), "SET LOCAL ", out);
    let (major, creates) = match server {
        Server::Major(major) => {
            guard(&Statement::VersionGuard { major, one_server: false }, out);
            (major, true)
        }
        Server::One(major) => {
            guard(&Statement::VersionGuard { major, one_server: true }, out);
            (major, true)
        }
        Server::Any => (Major::new(0), false),
    };
    guard(&Statement::SetRoleGuard, out);
    if creates && major >= Major::new(16) {
        // Else creating a role could make the administrator a member of it.
        set(["createrole_self_grant = ''"].iter(), "SET LOCAL ", out);
    }
}

/// Begins a transaction that writes nothing.
pub(super) fn begin_reading(out: &mut String) {
    out.push_str("BEGIN READ ONLY;\n");
    set(LOCAL.iter(), "SET LOCAL ", out);
}

/// Begins one in a database that somebody else owns.
pub(super) fn begin_writing(out: &mut String) {
    out.push_str("BEGIN READ WRITE;\n");
    set(LOCAL.iter(), "SET LOCAL ", out);
}

/// Sets up what follows COMMIT, since no transaction can hold it, as the transaction was. A `.psqlrc` may have
/// switched off that each statement is a transaction of its own.
pub(super) fn outside(out: &mut String) {
    out.push_str("\\set AUTOCOMMIT on\n");
    out.push_str("SET default_transaction_read_only = off;\n");
    set(LOCAL[..3].iter(), "SET ", out);
}

/// Ends the transaction.
pub(super) fn commit(out: &mut String) {
    print(&Statement::Session(Session::Commit), out);
    out.push_str(";\n");
}

fn set<'a>(settings: impl Iterator<Item = &'a &'a str>, verb: &str, out: &mut String) {
    for setting in settings {
        for part in [verb, setting, ";\n"] {
            out.push_str(part);
        }
    }
}

fn guard(statement: &Statement<'_>, out: &mut String) {
    print(statement, out);
    out.push_str(";\n");
}
