//! What is done to a server after it was copied: statements about its roles, generated.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::source::{self, literal, quoted, try_each};
use crate::support::cluster::Cluster;
use crate::support::generate;

/// One statement, which the server may refuse.
#[derive(Clone, Debug)]
pub(super) enum Edit {
    Attributes(Index, String),
    Until(Index, &'static str),
    Limit(Index, i32),
    Password(Index, Option<String>),
    Set(Index, Option<&'static str>, &'static str),
    Reset(Index, Option<&'static str>, &'static str),
    ResetAll(Index),
    /// Of a database, or of all roles.
    SetForAll(&'static str),
    Grant(Index, Index, &'static str, Option<Index>),
    Revoke(Index, Index, &'static str, Option<Index>),
    GrantPredefined(&'static str, Index, &'static str),
    RevokePredefined(&'static str, Index),
    /// To or from a role or everybody, by the connected role or another.
    Parameter(&'static str, Option<Index>, Option<Index>),
    Comment(Index, Option<String>),
    Drop(Index),
    Rename(Index, String),
    Create(String, String),
}

/// Names that come again: under which a role is dropped here and created there.
const NAMES: [&str; 10] = [
    "app",
    "app_owner",
    "readers",
    "Zoë \"Z\"",
    "it's",
    "a\n-- b",
    "user",
    "$$x$$",
    "writers",
    "ops",
];

const ATTRIBUTES: [&str; 14] = [
    "LOGIN",
    "NOLOGIN",
    "INHERIT",
    "NOINHERIT",
    "CREATEDB",
    "NOCREATEDB",
    "CREATEROLE",
    "NOCREATEROLE",
    "SUPERUSER",
    "NOSUPERUSER",
    "REPLICATION",
    "NOREPLICATION",
    "BYPASSRLS",
    "NOBYPASSRLS",
];

const SETTINGS: [&str; 10] = [
    "work_mem TO '7MB'",
    "search_path TO a, \"B c\", ''",
    "search_path TO ''",
    "statement_timeout TO '9s'",
    "default_transaction_read_only TO on",
    "log_statement TO 'none'",
    "application_name TO 'x''y'",
    "DateStyle TO 'SQL, DMY'",
    "myapp.\"x y\" TO 'z'",
    "temp_tablespaces TO pg_default, ''",
];

const UNTIL: [&str; 5] = [
    "infinity",
    "2031-01-01 00:00:00+00",
    "2001-01-01",
    "-infinity",
    "2040-02-29 12:34:56.789+05:45",
];

const FOR_ALL: [&str; 6] = [
    "ALTER DATABASE postgres SET work_mem TO '3MB'",
    "ALTER DATABASE postgres SET search_path TO a, public",
    "ALTER DATABASE postgres RESET ALL",
    "ALTER DATABASE template1 SET lock_timeout TO '3s'",
    "ALTER ROLE ALL SET work_mem TO '5MB'",
    "ALTER ROLE ALL RESET ALL",
];

const WITH: [&str; 6] = [
    "",
    "",
    " WITH ADMIN OPTION",
    " WITH INHERIT FALSE",
    " WITH SET FALSE",
    " WITH INHERIT TRUE, SET FALSE",
];

const PREDEFINED: [&str; 5] = [
    "pg_monitor",
    "pg_read_all_stats",
    "pg_signal_backend",
    "pg_write_server_files",
    "pg_read_all_data",
];

const PARAMETERS: [&str; 9] = [
    "GRANT SET ON PARAMETER log_statement TO ",
    "GRANT SET ON PARAMETER log_statement, log_duration TO * WITH GRANT OPTION",
    "GRANT SET, ALTER SYSTEM ON PARAMETER log_duration TO ",
    "GRANT ALTER SYSTEM ON PARAMETER work_mem TO * WITH GRANT OPTION",
    "GRANT SET ON PARAMETER myapp.tenant TO ",
    "REVOKE SET ON PARAMETER log_statement FROM * CASCADE",
    "REVOKE GRANT OPTION FOR SET ON PARAMETER log_statement FROM * CASCADE",
    "REVOKE ALL ON PARAMETER log_duration FROM * CASCADE",
    "REVOKE ALL ON PARAMETER work_mem, myapp.tenant FROM * CASCADE",
];

fn index() -> impl Strategy<Value = Index> {
    any::<Index>()
}

fn attributes() -> impl Strategy<Value = String> {
    vec(select(ATTRIBUTES.to_vec()), 1..3).prop_map(|words| words.join(" "))
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        select(NAMES.to_vec()).prop_map(str::to_owned),
        generate::name().prop_map(|name| name.as_str().to_owned()),
    ]
}

/// Where a setting holds; the last is on no target.
fn database() -> impl Strategy<Value = Option<&'static str>> {
    prop::option::of(select(vec!["postgres", "template1", "not there"]))
}

fn by() -> impl Strategy<Value = Option<Index>> {
    prop::option::weighted(0.3, any::<Index>())
}

/// A new role.
fn creation() -> impl Strategy<Value = Edit> {
    (name(), attributes()).prop_map(|(name, words)| Edit::Create(name, words))
}

/// New roles.
pub(super) fn creations() -> impl Strategy<Value = Vec<Edit>> {
    vec(creation(), 4..8)
}

pub(super) fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let comment = prop::option::of(generate::text().prop_filter("none", |text| !text.is_empty()));
    let kinds = select(vec!["", "", "ADMIN OPTION FOR ", "INHERIT OPTION FOR ", "SET OPTION FOR "]);
    let with = || select(WITH.to_vec());
    let reset = select(vec!["work_mem", "search_path", "role", "log_statement", "ALL"]);
    let edit = prop_oneof![
        6 => (index(), attributes()).prop_map(|(at, words)| Edit::Attributes(at, words)),
        2 => (index(), select(UNTIL.to_vec())).prop_map(|(at, until)| Edit::Until(at, until)),
        2 => (index(), -1..50).prop_map(|(at, limit)| Edit::Limit(at, limit)),
        4 => (index(), prop::option::of(generate::secret()))
            .prop_map(|(at, to)| Edit::Password(at, to)),
        4 => (index(), database(), select(SETTINGS.to_vec()))
            .prop_map(|(at, database, setting)| Edit::Set(at, database, setting)),
        2 => (index(), database(), reset)
            .prop_map(|(at, database, setting)| Edit::Reset(at, database, setting)),
        1 => index().prop_map(Edit::ResetAll),
        1 => select(FOR_ALL.to_vec()).prop_map(Edit::SetForAll),
        8 => (index(), index(), with(), by())
            .prop_map(|(role, member, with, by)| Edit::Grant(role, member, with, by)),
        6 => (index(), index(), kinds, by())
            .prop_map(|(role, member, what, by)| Edit::Revoke(role, member, what, by)),
        1 => (select(PREDEFINED.to_vec()), index(), with())
            .prop_map(|(role, member, with)| Edit::GrantPredefined(role, member, with)),
        1 => (select(PREDEFINED.to_vec()), index())
            .prop_map(|(role, member)| Edit::RevokePredefined(role, member)),
        3 => (select(PARAMETERS.to_vec()), prop::option::weighted(0.8, index()), by())
            .prop_map(|(text, to, by)| Edit::Parameter(text, to, by)),
        3 => (index(), comment).prop_map(|(at, text)| Edit::Comment(at, text)),
        2 => index().prop_map(Edit::Drop),
        2 => (index(), name()).prop_map(|(at, to)| Edit::Rename(at, to)),
        2 => creation(),
    ];
    vec(edit, 1..16)
}

impl Edit {
    /// As a statement about these roles.
    fn statement(&self, names: &[String]) -> String {
        let role = |at: &Index| quoted(&names[at.index(names.len())]);
        let by = |by: &Option<Index>| {
            by.as_ref().map(|by| format!(" GRANTED BY {}", role(by))).unwrap_or_default()
        };
        let place = |database: Option<&str>| {
            database.map(|name| format!(" IN DATABASE {}", quoted(name))).unwrap_or_default()
        };
        match self {
            Self::Attributes(at, words) => format!("ALTER ROLE {} {words}", role(at)),
            Self::Until(at, until) => format!("ALTER ROLE {} VALID UNTIL '{until}'", role(at)),
            Self::Limit(at, limit) => format!("ALTER ROLE {} CONNECTION LIMIT {limit}", role(at)),
            Self::Password(at, None) => format!("ALTER ROLE {} PASSWORD NULL", role(at)),
            Self::Password(at, Some(to)) => {
                format!("ALTER ROLE {} PASSWORD {}", role(at), literal(to))
            }
            Self::Set(at, database, setting) => {
                format!("ALTER ROLE {}{} SET {setting}", role(at), place(*database))
            }
            Self::Reset(at, database, setting) => {
                format!("ALTER ROLE {}{} RESET {setting}", role(at), place(*database))
            }
            Self::ResetAll(at) => format!("ALTER ROLE {} RESET ALL", role(at)),
            Self::SetForAll(text) => (*text).to_owned(),
            Self::Grant(of, to, with, grantor) => {
                format!("GRANT {} TO {}{with}{}", role(of), role(to), by(grantor))
            }
            Self::Revoke(of, from, what, grantor) => {
                format!("REVOKE {what}{} FROM {}{} CASCADE", role(of), role(from), by(grantor))
            }
            Self::GrantPredefined(of, to, with) => format!("GRANT {of} TO {}{with}", role(to)),
            Self::RevokePredefined(of, from) => format!("REVOKE {of} FROM {} CASCADE", role(from)),
            Self::Parameter(text, to, by) => {
                let to = to.as_ref().map_or_else(|| "PUBLIC".to_owned(), role);
                let text = match text.split_once('*') {
                    Some((start, end)) => format!("{start}{to}{end}"),
                    None => format!("{text}{to}"),
                };
                match by {
                    Some(by) => format!(
                        "SET SESSION AUTHORIZATION {}; {text}; RESET SESSION AUTHORIZATION",
                        role(by)
                    ),
                    None => text,
                }
            }
            Self::Comment(at, None) => format!("COMMENT ON ROLE {} IS NULL", role(at)),
            Self::Comment(at, Some(text)) => {
                format!("COMMENT ON ROLE {} IS {}", role(at), literal(text))
            }
            // Privileges on parameters go with the first.
            Self::Drop(at) => format!("DROP OWNED BY {}; DROP ROLE {}", role(at), role(at)),
            Self::Rename(at, to) => format!("ALTER ROLE {} RENAME TO {}", role(at), quoted(to)),
            Self::Create(name, words) => format!("CREATE ROLE {} {words}", quoted(name)),
        }
    }
}

/// Changes a server as far as it lets itself be changed, but not these roles; gives the statements.
pub(super) fn make(
    server: &Cluster,
    user: &str,
    keep: &BTreeSet<String>,
    edits: &[Edit],
) -> Vec<String> {
    let names: Vec<_> = source::roles(server).difference(keep).cloned().collect();
    // Without roles there is nothing else to do.
    let possible =
        edits.iter().filter(|edit| !names.is_empty() || matches!(edit, Edit::Create(..)));
    let statements: Vec<_> = possible.map(|edit| edit.statement(&names)).collect();
    try_each(server, user, &statements);
    statements
}
