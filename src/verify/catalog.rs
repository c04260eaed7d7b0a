//! What `pg_database` says of a server's databases.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::HashMap;
use tokio_postgres::Client;

use super::privilege::Acl;
use super::reading::question::ask;
use crate::connect::{AnswerError, Row};
use crate::name::Name;
use crate::platform::Platform;
use crate::sql::shown_identifier;
use crate::subject::Grantee;

/// One that cannot be used, since dropping it was interrupted (`DATCONNLIMIT_INVALID_DB` in
/// `src/include/catalog/pg_database.h`).
const INVALID: i32 = -2;

const ROLES: &str = "SELECT oid, rolname FROM pg_roles";

const DATABASES: &str = "SELECT d.datname, d.datdba, (SELECT string_agg(a.grantee::text || '=' || a.privilege_type || \
     CASE WHEN a.is_grantable THEN '*' ELSE '' END, ',') \
     FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS a), d.datconnlimit, d.datallowconn, \
     d.datistemplate, has_database_privilege(d.oid, 'CONNECT') FROM pg_database d";

/// A database, as far as its server tells without a connection to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its owner.
    pub owner: Name,
    /// Its privileges.
    pub acl: Arc<Acl>,
    /// How many sessions it may have; -1 is any number.
    pub connection_limit: i32,
    /// Whether dropping it was interrupted.
    pub is_invalid: bool,
    /// Whether it takes connections at all.
    pub allows_connections: bool,
    /// Whether it is a template.
    pub is_template: bool,
    /// Whether the connected role may connect to it.
    pub may_connect: bool,
}

impl Entry {
    /// Why nobody could connect to it, or not the role that is connected to its server.
    pub fn closed(&self, name: &Name, word: &str, user: &str) -> Option<String> {
        let sql = shown_identifier(name);
        if self.is_invalid {
            return Some(format!(
                "it is invalid on {word}, where a DROP DATABASE was interrupted: run DROP DATABASE {sql} there, and restore it"
            ));
        }
        if !self.allows_connections {
            return Some(format!(
                "it takes no connections on {word}: ALTER DATABASE {sql} ALLOW_CONNECTIONS true opens it"
            ));
        }
        let (owner, role) = (&self.owner, shown_identifier(&Name::new(user)));
        (!self.may_connect).then(|| {
            format!(
                "{role} has no CONNECT privilege on it on {word}: its owner {owner}, or a member of that role, can run \
                 GRANT CONNECT ON DATABASE {sql} TO {role}"
            )
        })
    }
}

/// All of them.
///
/// # Errors
/// When they cannot be read.
pub(super) async fn read(client: &Client) -> Result<BTreeMap<Name, Entry>, AnswerError> {
    let (roles, rows) = futures_util::future::join(
        ask(client, "pg_roles", ROLES),
        ask(client, "pg_database", DATABASES),
    )
    .await;
    let mut names: HashMap<String, Name> = HashMap::default();
    for row in roles? {
        names.insert(row.text(0)?.to_owned(), row.name(1)?);
    }
    rows?.iter().map(|row| entry(row, &names)).collect()
}

fn entry(row: &Row, names: &HashMap<String, Name>) -> Result<(Name, Entry), AnswerError> {
    let role = |oid: &str| names.get(oid).cloned().unwrap_or_else(|| Name::new(oid));
    let acl = Acl::read(row.get(2)?.unwrap_or_default(), |oid| Grantee::Role(role(oid)));
    let limit: i32 = row.number(3)?;
    let entry = Entry {
        owner: role(row.text(1)?),
        acl: Arc::new(acl.map_err(|what| row.unfit(2, what))?),
        connection_limit: limit.max(-1),
        is_invalid: limit == INVALID,
        allows_connections: row.flag(4)?,
        is_template: row.flag(5)?,
        may_connect: row.flag(6)?,
    };
    Ok((row.name(0)?, entry))
}

/// The databases that a migration is about: those that were named, else all but the templates and the
/// platform's own.
pub fn selected<'a>(
    all: &'a BTreeMap<Name, Entry>,
    platform: Option<&Platform>,
    named: &[Name],
) -> Vec<&'a Name> {
    let is_platforms =
        |name: &Name| platform.is_some_and(|platform| platform.owns_database(name.as_str()));
    let is_meant = |(name, entry): &(&Name, &Entry)| {
        if named.is_empty() {
            !entry.is_template && !is_platforms(name)
        } else {
            named.contains(name)
        }
    };
    all.iter().filter(is_meant).map(|(name, _)| name).collect()
}
