//! A live server by `pg_dumpall`: with the catalogs as its witness, or alone.

use std::fmt;
use std::time::Duration;

use super::live::Live;
use super::pg_dumpall::{Dump, Program, RunError, dump};
use super::witness::{Disagreements, Witness};
use super::{Failure, Options, read};
use crate::attribute::Attribute;
use crate::connect::Connection;
use crate::finding::{Finding, Subject};
use crate::globals::{Fact, Globals, Origin, Password};
use crate::name::Name;

/// Why a server was not read by `pg_dumpall`.
#[derive(Debug)]
pub enum ReaderError {
    /// There is no dump.
    Run(RunError),
    /// There is one that is not understood.
    Dump(Program, Failure),
    /// The catalogs show something else.
    Disagree(Disagreements),
}

/// Reads the server again by `pg_dumpall`, and compares: a new attribute would show there first. The
/// catalogs' globals stay, since they have more; the findings are what `pg_dumpall` warned of.
///
/// # Errors
/// When there is no dump, it is not understood, or the two disagree.
pub async fn both(
    connection: &Connection,
    live: Live,
    program: &Program,
    limit: Duration,
) -> Result<(Live, Vec<Finding>), ReaderError> {
    let passwords = live.answers.reads_verifiers;
    let dumped = text(connection, program, passwords, limit).await;
    let (globals, findings) = dumped.map_err(|error| error.explained(connection, &live))?;
    let witness = Witness { server: live.probe.major, program, passwords };
    let disagreements = witness.disagreements(&globals, &live.globals);
    if disagreements.0.is_empty() {
        Ok((live, findings))
    } else {
        Err(ReaderError::Disagree(disagreements))
    }
}

/// Reads the server by `pg_dumpall`, and only what that leaves out from the catalogs: settings in a
/// database, of databases and of all roles; roles called `pg_…`, and what such roles are to each other.
///
/// # Errors
/// When there is no dump, or it is not understood.
pub async fn pg_dumpall_alone(
    connection: &Connection,
    live: Live,
    program: &Program,
    limit: Duration,
) -> Result<(Live, Vec<Finding>), ReaderError> {
    let passwords = live.answers.reads_verifiers;
    let dumped = text(connection, program, passwords, limit).await;
    let (globals, findings) = dumped.map_err(|error| error.explained(connection, &live))?;
    let witness = Witness { server: live.probe.major, program, passwords };
    let globals = completed(globals, &live.globals, &witness);
    Ok((Live { globals, ..live }, findings))
}

/// What `pg_dumpall` writes.
async fn text(
    connection: &Connection,
    program: &Program,
    passwords: bool,
    limit: Duration,
) -> Result<(Globals, Vec<Finding>), ReaderError> {
    let dumped = dump(program, connection, passwords, limit).await;
    let Dump { text, warnings: mut findings } = dumped.map_err(ReaderError::Run)?;
    let reading = read(text.as_slice(), Options::default());
    let reading = reading.map_err(|failure| ReaderError::Dump(program.clone(), failure))?;
    // Nobody has the text that its lines are of; what is in no dump comes from the catalogs.
    let told = reading.findings.into_iter().filter(|it| !matches!(it.object, Subject::Settings(_)));
    findings.extend(told.map(|finding| Finding { line: None, ..finding }));
    Ok((reading.globals, findings))
}

/// The globals of the text with what it leaves out.
fn completed(mut globals: Globals, catalogs: &Globals, witness: &Witness<'_>) -> Globals {
    for (key, setting) in &catalogs.settings {
        let is_hidden = |role: &Name| role.as_str().starts_with("pg_");
        if key.database.is_some() || key.role.as_ref().is_none_or(is_hidden) {
            globals.settings.entry(key.clone()).or_insert_with(|| setting.clone());
        }
    }
    // What pg_dumpall takes for the server's own, whoever made it.
    let is_reserved = |name: &Name| name.as_str().starts_with("pg_");
    for (name, role) in catalogs.roles.iter().filter(|(name, _)| is_reserved(name)) {
        globals.roles.entry(name.clone()).or_insert_with(|| role.clone());
    }
    for (key, it) in &catalogs.memberships {
        if is_reserved(&key.role) && is_reserved(&key.member) {
            globals.memberships.entry(key.clone()).or_insert_with(|| it.clone());
        }
    }
    for (name, role) in &mut globals.roles {
        if let Password::Unknown = role.password
            && witness.passwords
        {
            role.password = Password::None(Fact::new((), Origin::LIVE));
        }
        if witness.loses_comments()
            && let Some(other) = catalogs.roles.get(name)
        {
            role.comment.clone_from(&other.comment);
        }
    }
    without_statements(&mut globals);
    globals.sort();
    globals
}

/// Its facts come from no statement that anybody counts.
fn without_statements(globals: &mut Globals) {
    fn live<'a, T: 'a>(facts: impl IntoIterator<Item = &'a mut Fact<T>>) {
        facts.into_iter().for_each(|fact| fact.origin = Origin::LIVE);
    }
    for role in globals.roles.values_mut() {
        live(&mut role.created);
        for attribute in Attribute::ALL {
            let mut stated = role.stated(attribute);
            live(&mut stated);
            role.set(attribute, stated);
        }
        live(&mut role.connection_limit);
        match &mut role.password {
            Password::Unknown => {}
            Password::None(fact) => live([fact]),
            Password::Is(fact) => live([fact]),
        }
        live(&mut role.valid_until);
        live(&mut role.comment);
        live(role.labels.values_mut());
    }
    for membership in globals.memberships.values_mut() {
        live([&mut membership.granted]);
        live(&mut membership.admin);
        live(&mut membership.inherit);
        live(&mut membership.set);
    }
    live(globals.settings.values_mut());
    for parameter in globals.parameters.values_mut() {
        live(&mut parameter.set);
        live(&mut parameter.alter_system);
    }
    for tablespace in globals.tablespaces.values_mut() {
        live([&mut tablespace.created]);
        live(&mut tablespace.owner);
        live(tablespace.options.values_mut());
        live(tablespace.grants.values_mut());
        live(&mut tablespace.comment);
        live(tablespace.labels.values_mut());
    }
}

impl ReaderError {
    fn explained(self, connection: &Connection, live: &Live) -> Self {
        let user = live.globals.roles.get(&live.answers.session_user);
        let limit = user.and_then(|role| role.connection_limit).map(|fact| fact.value);
        match self {
            Self::Run(error) => Self::Run(error.explained(connection, limit)),
            other => other,
        }
    }
}

impl fmt::Display for ReaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(error) => error.fmt(f),
            Self::Dump(program, failure) => match failure {
                Failure::Truncated | Failure::TruncatedAtOnce => write!(
                    f,
                    "{program} ended without its end marker, as when it failed half way: run it \
                     again, or give --reader catalog"
                ),
                Failure::Mistakes { mistakes, more, .. } => {
                    write!(f, "{program} wrote what is not understood here")?;
                    if let Some(first) = mistakes.first() {
                        let (line, message) = (first.place.line, &first.message);
                        write!(f, ", in line {line}: {message}")?;
                    }
                    match mistakes.len().saturating_sub(1) + more {
                        0 => {}
                        others => write!(f, " (and {others} more)")?,
                    }
                    f.write_str(
                        "; the server may have what this program does not know yet: --reader catalog \
                         leaves that out",
                    )
                }
                other => write!(f, "{program}: {other}"),
            },
            Self::Disagree(disagreements) => disagreements.fmt(f),
        }
    }
}

impl std::error::Error for ReaderError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Run(error) => Some(error),
            Self::Dump(_, failure) => Some(failure),
            Self::Disagree(disagreements) => Some(disagreements),
        }
    }
}
