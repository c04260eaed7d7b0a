//! The script that takes a copy back.

use std::fmt::Write as _;

use super::head::{self, Server};
use crate::globals::script::Phase;
use crate::globals::{Change, Grantee, Tablespace};
use crate::name::Name;
use crate::plan;
use crate::platform::Answers;
use crate::sql::{
    Object, Privileges, RoleSpec, Session, Statement, TablespaceChange, Text, print, push_literal,
};
use crate::words::one_line;

/// The statements that make the target as it was: the changes from the state after to the state
/// before. Valid until the roles own or are granted anything.
pub fn render(changes: &[Change], answers: &Answers, target: &str) -> String {
    let inverse: Vec<Change> = changes.iter().filter_map(Change::inverse).collect();
    let lost = changes.len() - inverse.len();
    let mut out = String::new();
    let (version, target, user) =
        (env!("CARGO_PKG_VERSION"), one_line(target), one_line(answers.user.as_str()));
    let _ = writeln!(
        out,
        "-- Takes back what pg_globals {version} is about to do on {target}.\n\
         -- Replay it with psql -f, as {user}. It holds until the roles own or are granted anything; then\n\
         -- it fails as a whole, and psql names what depends on them. Roles that are gone by then are\n\
         -- passed over."
    );
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
    if inverse.iter().any(|change| matches!(change, Change::DropTablespace { .. })) {
        out.push_str(
            "-- Where something uses a tablespace by then, nothing is done. They are dropped behind the\n\
             -- transaction, which cannot hold that.\n",
        );
    }
    head::begin(Server::Any, &mut out);
    let user = answers.user.as_str();
    for change in &inverse {
        if let Change::DropTablespace { name, tablespace } = change {
            release(name, tablespace, user, &mut out);
        }
    }
    let delta = plan::delta(&inverse, answers);
    let mut outside = String::new();
    for (phase, _, statement) in delta.statements() {
        let part = if phase == Phase::Tablespaces { &mut outside } else { &mut out };
        push(&statement, user, part);
    }
    head::commit(&mut out);
    if !outside.is_empty() {
        head::outside(&mut out);
        out.push_str(&outside);
    }
    out
}

/// A tablespace can be dropped in no transaction: it is taken from the roles that go, which its owner and
/// whom it names could not before, and dropped behind the transaction. One that is used stops everything.
fn release(name: &Name, tablespace: &Tablespace, user: &str, out: &mut String) {
    let text = Text::Borrowed(name.as_str());
    let mut if_used = String::from(
        "  IF EXISTS (SELECT FROM pg_catalog.pg_tablespace t, \
         pg_catalog.pg_tablespace_databases(t.oid) WHERE t.spcname OPERATOR(pg_catalog.=) ",
    );
    push_literal(name.as_str(), &mut if_used);
    if_used.push_str(") THEN\n    ");
    // Files of what was dropped stay until the next checkpoint: DROP TABLESPACE makes one for that.
    let mut body =
        format!("{if_used}CHECKPOINT;\n  END IF;\n{if_used}RAISE EXCEPTION USING MESSAGE = ");
    push_literal(
        &format!("this tablespace is not empty, and nothing is taken back: {name}"),
        &mut body,
    );
    body.push_str(";\n  END IF;\n  ");
    let change = TablespaceChange::Owner(RoleSpec::CurrentUser);
    print(&Statement::AlterTablespace { name: text.clone(), change }, &mut body);
    let mut guard = String::new();
    exists("pg_tablespace", "spcname", name.as_str(), &mut guard);
    block(&guard, &format!("{body};"), out);
    let mut grantees: Vec<_> = tablespace.grants.keys().map(|(grantee, _)| grantee).collect();
    grantees.dedup();
    for grantee in grantees {
        if let Grantee::Role(role) = grantee {
            let revoke = Statement::Revoke {
                privileges: Privileges::Tablespace(vec![text.clone()]),
                grantees: vec![RoleSpec::Name(Text::Borrowed(role.as_str()))],
                grant_option_only: false,
                granted_by: None,
                cascade: true,
            };
            push(&revoke, user, out);
        }
    }
}

/// A statement about roles that may be gone by then, or about their databases, is guarded.
fn push(statement: &Statement<'_>, user: &str, out: &mut String) {
    let (mut roles, database) = named(statement);
    // Whoever is connected is there.
    roles.retain(|role| *role != user);
    let mut text = String::from("  ");
    print(statement, &mut text);
    text.push(';');
    let mut guard = String::new();
    for role in roles {
        exists("pg_roles", "rolname", role, &mut guard);
    }
    if let Some(database) = database {
        exists("pg_database", "datname", database, &mut guard);
    }
    let of_tablespaces = match statement {
        Statement::Grant { privileges: Privileges::Tablespace(names), .. }
        | Statement::Revoke { privileges: Privileges::Tablespace(names), .. } => names.as_slice(),
        Statement::AlterTablespace { name, .. }
        | Statement::Comment { object: Object::Tablespace(name), .. }
        | Statement::SecurityLabel { object: Object::Tablespace(name), .. } => {
            std::slice::from_ref(name)
        }
        _ => &[],
    };
    for name in of_tablespaces {
        exists("pg_tablespace", "spcname", name, &mut guard);
    }
    if guard.is_empty() {
        let _ = writeln!(out, "{}", text.trim_start());
        return;
    }
    block(&guard, &text, out);
}

/// Adds the condition that something of this name is there.
fn exists(catalog: &str, column: &str, name: &str, guard: &mut String) {
    guard.push_str(if guard.is_empty() { "" } else { " AND " });
    let _ = write!(
        guard,
        "EXISTS (SELECT FROM pg_catalog.{catalog} WHERE {column} OPERATOR(pg_catalog.=) "
    );
    push_literal(name, guard);
    guard.push(')');
}

/// Statements that are run where the condition holds.
fn block(guard: &str, text: &str, out: &mut String) {
    // Names and comments may hold any tag.
    let mut tag = "$undo$".to_owned();
    let mut number = 0;
    while text.contains(&tag) || guard.contains(&tag) {
        number += 1;
        tag = format!("$undo{number}$");
    }
    let _ = writeln!(out, "DO {tag} BEGIN IF {guard} THEN\n{text}\nEND IF; END {tag};");
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
        Statement::Grant { grantees, .. } | Statement::Revoke { grantees, .. } => {
            add(grantees, &mut roles);
        }
        Statement::AlterTablespace { change: TablespaceChange::Owner(owner), .. } => {
            add(std::slice::from_ref(owner), &mut roles);
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
