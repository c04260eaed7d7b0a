//! What stands in the databases of a server, as far as it concerns roles: a connection to each, one
//! short message, nothing written.
//!
//! `pg_shdepend` tells how many objects name a role ([`Live::uses`](super::live::Live::uses)); which they
//! are, and whom else they name, only the database's own catalogs tell, and what the bootstrap superuser
//! owns stands nowhere else.

mod sql;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use tokio::time::timeout;
use tokio_postgres::Client;

use super::live::alone;
use crate::connect::{AnswerError, Connection, Parameters, Query, Row, Unfit, connect};
use crate::name::Name;
use crate::subject::Grantee;
use crate::version::Major;

/// How many databases are visited at the same time.
const VISITS: usize = 8;

/// How long a database may take until it counts as one that cannot be read.
const LIMIT: Duration = Duration::from_mins(1);

/// It waits for nobody for long.
const LIMITS: [&str; 2] = ["SET LOCAL statement_timeout = '20s'", "SET LOCAL lock_timeout = '2s'"];

/// The databases of a server, each with what stands in it, or why it could not be read.
pub type Databases = BTreeMap<Name, Result<Contents, String>>;

/// What stands in a database.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Contents {
    /// Objects that name a role that was asked for, or whose privileges somebody else than their owner
    /// granted.
    pub mentions: Vec<Mention>,
    /// How many objects those roles and the bootstrap superuser own. Extensions bring theirs along.
    pub owned: BTreeMap<Name, u64>,
    /// Objects in schemas of others.
    pub within: Vec<Within>,
    /// Who owns the schema `public`, where there is one.
    pub public: Option<Name>,
}

/// An object, and whom it names.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Mention {
    /// What of it names them.
    pub what: What,
    /// Its kind in PostgreSQL's words: `table`, `function`, `table column`.
    pub kind: String,
    /// What it is called, as SQL.
    pub object: String,
    /// Who owns it.
    pub owner: Name,
    /// The roles that were asked for, as far as it names them.
    pub names: BTreeSet<Name>,
    /// Whom it names besides, the owner apart; without those who have by default, as everybody, what it
    /// says of them.
    pub others: BTreeSet<Grantee>,
    /// Whether everybody may do more without it: a privilege was revoked from PUBLIC, or the policy
    /// restricts.
    pub opens: bool,
    /// Whether somebody else than its owner granted some of it.
    pub regranted: bool,
}

/// What of an object names roles.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum What {
    /// Its privileges.
    Grants,
    /// Privileges on what will be created.
    DefaultPrivileges,
    /// It is a row security policy.
    Policy,
}

/// Objects in a schema of somebody else's.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Within {
    /// The schema.
    pub schema: Name,
    /// Who owns the schema.
    pub schema_owner: Name,
    /// Who owns the objects.
    pub owner: Name,
    /// How many there are.
    pub objects: u64,
}

/// Reads these databases of the server that `parameters` lead to, with regard to these roles; the one that
/// a connection is open to, through that: a pooler may have no second session for it.
pub async fn read(
    parameters: &Parameters,
    open: Option<&Connection>,
    databases: impl IntoIterator<Item = Name>,
    roles: &BTreeSet<Name>,
    major: Major,
) -> Databases {
    let queries = [sql::mentions(roles, major), sql::owners(roles, major)];
    let visits = databases.into_iter().map(|name| {
        let (queries, parameters) = (&queries, parameters.with_database(name.as_str()));
        let open = open.filter(|open| open.database() == name.as_str());
        async move {
            let contents = match timeout(LIMIT, visit(&parameters, open, queries)).await {
                Ok(contents) => contents,
                Err(_) => Err(format!("no answer within {} s", LIMIT.as_secs())),
            };
            (name, contents)
        }
    });
    stream::iter(visits).buffer_unordered(VISITS).collect().await
}

async fn visit(
    parameters: &Parameters,
    open: Option<&Connection>,
    queries: &[String; 2],
) -> Result<Contents, String> {
    if let Some(open) = open {
        return ask(&open.client, queries).await;
    }
    let connection = connect(parameters, None).await.map_err(|error| error.to_string())?;
    let contents = ask(&connection.client, queries).await;
    connection.close().await;
    contents
}

async fn ask(client: &Client, queries: &[String; 2]) -> Result<Contents, String> {
    let asked = queries.each_ref().map(|sql| Query { name: NAME, sql });
    let answers = alone(client, LIMITS, &asked).await.map_err(|error| error.to_string())?;
    let [mentions, owners] = answers.as_slice() else { return Ok(Contents::default()) };
    collect(mentions, owners).map_err(|unfit| AnswerError::from(unfit).to_string())
}

/// What the questions are called where an answer is refused.
const NAME: &str = "owners and privileges in the database";

fn collect(mentions: &[Row], owners: &[Row]) -> Result<Contents, Unfit> {
    let mut contents = Contents::default();
    let mut all: BTreeMap<String, Mention> = BTreeMap::new();
    for row in mentions {
        let mention = match all.entry(row.text(0)?.to_owned()) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let kind = row.text(1)?.to_owned();
                entry.insert(Mention {
                    what: match kind.as_str() {
                        "default acl" => What::DefaultPrivileges,
                        "policy" => What::Policy,
                        _ => What::Grants,
                    },
                    kind,
                    object: row.text(2)?.to_owned(),
                    owner: row.name(3)?,
                    names: BTreeSet::new(),
                    others: BTreeSet::new(),
                    opens: row.flag(4)?,
                    regranted: row.flag(5)?,
                })
            }
        };
        match (row.name_or_null(6)?, row.flag(7)?) {
            (Some(role), true) => _ = mention.names.insert(role),
            (Some(role), false) => _ = mention.others.insert(Grantee::Role(role)),
            // Nobody is named, or everybody.
            (None, true) => _ = mention.others.insert(Grantee::Public),
            (None, false) => {}
        }
    }
    contents.mentions = all.into_values().collect();
    contents.mentions.sort_unstable();
    for row in owners {
        match row.text(0)? {
            "owned" => _ = contents.owned.insert(row.name(3)?, row.number(4)?),
            "public" => contents.public = Some(row.name(2)?),
            _ => contents.within.push(Within {
                schema: row.name(1)?,
                schema_owner: row.name(2)?,
                owner: row.name(3)?,
                objects: row.number(4)?,
            }),
        }
    }
    contents.within.sort_unstable();
    Ok(contents)
}
