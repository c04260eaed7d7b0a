//! What a live server has, from its catalogs, and what it answers about itself: one query a file.
//!
//! All of it takes two round trips, whatever the number of roles, and sees one snapshot.

mod answers;
mod batch;
mod databases;
mod error;
mod labels;
mod languages;
mod memberships;
mod owners;
mod parameters;
mod probe;
mod roles;
mod server_settings;
mod settings;
mod tablespaces;

use tokio_postgres::Client;

pub use error::LiveError;

use crate::connect::{Query, Unfit};
use crate::globals::Globals;
use crate::name::Name;
use crate::platform::{Answers, Platform};
use batch::{Row, batch};
pub use probe::Probe;

/// What a server has, and what it answers.
#[derive(Clone, Debug)]
pub struct Live {
    /// Its globals. The server's own roles, such as `pg_monitor`, are not among them.
    pub globals: Globals,
    /// What it answers about itself and the connected role.
    pub answers: Answers,
    /// The kind of verifier that roles have, where the platform tells it although `pg_authid` is
    /// closed: `scram-sha-256`, `md5`.
    pub verifier_kinds: std::collections::BTreeMap<Name, String>,
    /// The platform that its roles show.
    pub platform: Option<&'static Platform>,
    /// Who owns how much where.
    pub owners: Vec<Ownership>,
    /// What it can be asked.
    pub probe: Probe,
}

impl Live {
    /// Takes it for a server of this platform, whatever its roles show: nobody who administers it is
    /// touched.
    pub fn assume(&mut self, platform: &Platform) {
        if let Some(group) = platform.admin_role() {
            let members = answers::Members::of(&self.globals);
            answers::protect_members(&members, &Name::new(group), &mut self.answers.protected);
        }
    }
}

/// What a role owns.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Ownership {
    /// Who.
    pub role: Name,
    /// In which database; none for databases and tablespaces themselves.
    pub database: Option<Name>,
    /// How many objects.
    pub objects: u64,
}

/// What is collected while the answers are read.
#[derive(Default)]
struct Collected {
    globals: Globals,
    oids: foldhash::HashMap<String, Name>,
    tablespaces: foldhash::HashMap<String, Name>,
    answers: answers::Partial,
    verifier_kinds: std::collections::BTreeMap<Name, String>,
    owners: Vec<Ownership>,
}

/// A query, and what takes its rows.
struct Part {
    sql: String,
    take: fn(&[Row], &mut Collected) -> Result<(), LiveError>,
}

/// The session's state that the queries rely on.
const SESSION: &str = "SET LOCAL search_path = pg_catalog; SET LOCAL datestyle = 'ISO, YMD'; \
     SET LOCAL timezone = 'UTC'; SET LOCAL standard_conforming_strings = on; \
     SET LOCAL bytea_output = 'hex'";

/// Reads everything in a transaction of its own: one snapshot, nothing is written.
///
/// # Errors
/// When the connection or a query fails, or the server is older than 9.5.
pub async fn read(client: &Client) -> Result<Live, LiveError> {
    let probe = Probe::of(client).await?;
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
    collect(client, &probe, begin, "COMMIT").await
}

/// Reads everything again inside the transaction that is open.
///
/// # Errors
/// As [`read`].
pub async fn read_again(client: &Client, probe: &Probe) -> Result<Live, LiveError> {
    collect(client, probe, "", "").await
}

async fn collect(
    client: &Client,
    probe: &Probe,
    before: &str,
    after: &str,
) -> Result<Live, LiveError> {
    let roles = if probe.reads_verifiers { "pg_authid" } else { "pg_roles" };
    // What each is called where its answer is refused.
    let parts: Vec<(&'static str, Part)> = [
        (roles, Some(roles::part(probe))),
        ("pg_auth_members", Some(memberships::part(probe))),
        ("pg_db_role_setting", Some(settings::part())),
        ("pg_tablespace", Some(tablespaces::part())),
        ("pg_tablespace's options", Some(tablespaces::options())),
        ("pg_tablespace's privileges", Some(tablespaces::grants())),
        ("pg_shseclabel", Some(labels::part())),
        ("pg_parameter_acl", parameters::part(probe)),
        ("pg_parameter_acl", parameters::settable(probe)),
        ("pg_language", Some(languages::part())),
        ("pg_database", Some(databases::part())),
        ("pg_shdepend", Some(owners::part())),
        ("pg_settings", Some(server_settings::part())),
        (answers::USERS, Some(answers::connected())),
        ("pg_control_system", answers::identity(probe)),
        ("the platform's kinds of verifiers", roles::verifier_kinds(probe)),
    ]
    .into_iter()
    .filter_map(|(name, part)| Some((name, part?)))
    .collect();
    let session = |sql| Query { name: "the transaction", sql };
    let mut queries: Vec<Query<'_>> = Vec::with_capacity(parts.len() + 8);
    queries.extend(Some(before).filter(|text| !text.is_empty()).map(session));
    queries.extend(SESSION.split("; ").map(session));
    let first = queries.len();
    queries.extend(parts.iter().map(|(name, part)| Query { name, sql: &part.sql }));
    queries.extend(Some(after).filter(|text| !text.is_empty()).map(session));
    let results = batch(client, &queries).await?;
    let mut collected = Collected::default();
    for ((_, part), rows) in parts.iter().zip(&results[first..]) {
        (part.take)(rows, &mut collected)?;
    }
    let Collected { mut globals, answers, verifier_kinds, mut owners, .. } = collected;
    owners.sort_unstable();
    globals.sort();
    let platform = Platform::recognise(
        |role| globals.may_be_superuser(role),
        |tablespace| globals.tablespaces.contains_key(tablespace),
    );
    let answers = answers.complete(probe, &globals, platform);
    Ok(Live { globals, answers, verifier_kinds, platform, owners, probe: probe.clone() })
}

/// A question whose answer has no row, where one always comes.
fn no_row(query: &'static str) -> Unfit {
    Unfit { query, column: None, what: "no row".to_owned() }
}
