//! The script that takes a copy back.

use std::fmt::Write as _;

use super::{one_line, session};
use crate::globals::Change;
use crate::globals::script::Phase;
use crate::plan;
use crate::platform::Answers;
use crate::sql::{Object, Privileges, RoleSpec, Session, Statement, print, push_literal};

/// What a script takes back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Undo {
    /// A whole copy.
    Copy,
    /// What the connected role was granted to restore what others own.
    Grants,
}

/// The statements that make the target as it was: the changes from the state after to the state
/// before. Valid until the roles own or are granted anything.
pub fn render(what: Undo, changes: &[Change], answers: &Answers, target: &str) -> String {
    let inverse: Vec<Change> = changes.iter().filter_map(Change::inverse).collect();
    let lost = changes.len() - inverse.len();
    let mut out = String::new();
    let (version, target, user) =
        (env!("CARGO_PKG_VERSION"), one_line(target), one_line(answers.user.as_str()));
    let _ = match what {
        Undo::Copy => writeln!(
            out,
            "-- Takes back what pg_globals {version} is about to do on {target}.\n\
             -- Replay it with psql -f, as {user}. It holds until the roles own or are granted anything; then\n\
             -- it fails as a whole, and psql names what depends on them. Roles that are gone by then are\n\
             -- passed over."
        ),
        Undo::Grants => writeln!(
            out,
            "-- Takes back what pg_globals {version} grants to {user} on {target}, so that\n\
             -- it can restore what others own. Replay it with psql -f, as {user}, when that is done."
        ),
    };
    match lost {
        0 => {}
        1 => out.push_str(
            "-- The target does not show 1 password that is replaced: it cannot be given back.\n",
        ),
        _ => {
            let _ = writeln!(
                out,
                "-- The target does not show {lost} passwords that are replaced: they cannot be given back."
            );
        }
    }
    out.push_str(session::SETUP);
    let delta = plan::delta(&inverse, answers);
    let (mut inside, mut outside) = (String::new(), String::new());
    for (phase, _, statement) in delta.statements() {
        // No transaction takes these; their owners can be dropped only when they are gone.
        let part = if phase == Phase::Tablespaces { &mut outside } else { &mut inside };
        push(&statement, answers.user.as_str(), part);
    }
    out.push_str(&outside);
    out.push_str("BEGIN;\n");
    out.push_str(&inside);
    out.push_str("COMMIT;\n");
    out
}

/// A statement about roles that may be gone by then, or about their databases, is guarded.
fn push(statement: &Statement<'_>, user: &str, out: &mut String) {
    let (mut roles, database) = named(statement);
    // Whoever is connected is there.
    roles.retain(|role| *role != user);
    let mut text = String::new();
    print(statement, &mut text);
    if roles.is_empty() {
        let _ = writeln!(out, "{text};");
        return;
    }
    let mut guard = String::new();
    for (number, role) in roles.iter().enumerate() {
        guard.push_str(if number == 0 { "" } else { " AND " });
        guard.push_str(
            "EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) ",
        );
        push_literal(role, &mut guard);
        guard.push(')');
    }
    if let Some(database) = database {
        guard.push_str(
            " AND EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) ",
        );
        push_literal(database, &mut guard);
        guard.push(')');
    }
    // Names and comments may hold any tag.
    let mut tag = "$undo$".to_owned();
    let mut number = 0;
    while text.contains(&tag) || guard.contains(&tag) {
        number += 1;
        tag = format!("$undo{number}$");
    }
    let _ = writeln!(out, "DO {tag} BEGIN IF {guard} THEN\n  {text};\nEND IF; END {tag};");
}

/// The roles that must exist for a statement to succeed, and the database.
fn named<'a>(statement: &'a Statement<'_>) -> (Vec<&'a str>, Option<&'a str>) {
    fn add<'a>(specs: &'a [RoleSpec<'_>], roles: &mut Vec<&'a str>) {
        roles.extend(specs.iter().filter_map(|spec| match spec {
            RoleSpec::Name(name) => Some(name.as_ref()),
            _ => None,
        }));
    }
    let mut roles = Vec::new();
    let mut in_database = None;
    match statement {
        Statement::AlterRole { role, .. } => add(std::slice::from_ref(role), &mut roles),
        Statement::AlterSetting { role, database, .. } => {
            add(role.as_slice(), &mut roles);
            in_database = database.as_deref();
        }
        Statement::GrantRole { roles: granted, members, granted_by, .. }
        | Statement::RevokeRole { roles: granted, members, granted_by, .. } => {
            roles.extend(granted.iter().map(AsRef::as_ref));
            add(members, &mut roles);
            add(granted_by.as_slice(), &mut roles);
        }
        Statement::Grant { privileges: Privileges::Parameter(..), grantees, .. }
        | Statement::Revoke { privileges: Privileges::Parameter(..), grantees, .. } => {
            add(grantees, &mut roles);
        }
        Statement::Comment { object: Object::Role(name), .. }
        | Statement::SecurityLabel { object: Object::Role(name), .. } => {
            roles.push(name.as_ref());
        }
        Statement::Session(Session::Authorization(Some(name))) => roles.push(name.as_ref()),
        _ => {}
    }
    roles.sort_unstable();
    roles.dedup();
    (roles, in_database)
}
