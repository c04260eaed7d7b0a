//! Everything that a server has, in one snapshot.

use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::Client;

use super::batch::{Row, batch};
use super::kinds::{self, Kinds};
use super::part::{Collected, Part};
use super::server::Live;
use super::{
    LiveError, Probe, connected, databases, encoding, labels, languages, memberships, parameters,
    roles, server_settings, settings, tablespaces, uses,
};
use crate::connect::Query;
use crate::globals::Globals;
use crate::platform::Platform;

/// How long it may take to find the names that are in no encoding.
const NAMES: Duration = Duration::from_secs(20);

/// How long the end of a transaction that has failed may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// Reads everything in a transaction of its own: one snapshot, nothing is written.
///
/// # Errors
/// When the connection or a query fails, or the server is older than 9.5.
pub async fn read(client: &Client) -> Result<Live, LiveError> {
    let mut open = true;
    let live = read_in_transaction(client, &mut open).await;
    if live.is_err() && open {
        // Behind a pooler the session goes on to others. What comes of it is no news, and a server
        // that owes an answer may never give it.
        let _ = timeout(GOODBYE, client.batch_execute("ROLLBACK")).await;
    }
    match live {
        Err(error) if error.is_about_encoding() => {
            match timeout(NAMES, encoding::culprits(client)).await {
                Ok(Some(culprits)) => Err(LiveError::Encoding(Box::new(error), culprits)),
                _ => Err(error),
            }
        }
        other => other,
    }
}

/// `open` tells whether its transaction may still be there.
async fn read_in_transaction(client: &Client, open: &mut bool) -> Result<Live, LiveError> {
    const COMMIT: Query<'_> = Query { name: "the transaction", sql: "COMMIT" };
    let probe = Probe::begin(client).await?;
    let parts = parts(&probe);
    let asks_kinds = !probe.reads_verifiers && !probe.kinds.is_empty();
    let results = ask(client, &parts, (!asks_kinds).then_some(COMMIT)).await?;
    *open = asks_kinds;
    let mut collected = collect(&parts, &results)?;
    let platform = recognise(&collected.globals);
    let mut kinds = Kinds::default();
    if asks_kinds {
        let offer =
            probe.kinds.iter().find(|it| platform.is_some_and(|platform| it.is_of(platform)));
        let query = offer.map(|offer| Query { name: kinds::NAME, sql: offer.sql() });
        let queries: Vec<_> = query.into_iter().chain([COMMIT]).collect();
        let results = batch(client, &queries).await?;
        *open = false;
        if let (Some(offer), Some(rows)) = (offer, results.first()) {
            kinds = offer.read(rows)?;
        }
    }
    kinds.apply(&mut collected.globals);
    Ok(complete(collected, &probe, platform, kinds))
}

/// Reads everything again inside the transaction that is open, whose state is [`STATE`](super::STATE). It may
/// write: what is not PostgreSQL's own is not asked again.
///
/// # Errors
/// As [`read`].
pub async fn read_again(client: &Client, first: &Live) -> Result<Live, LiveError> {
    let parts = parts(&first.probe);
    let results = ask(client, &parts, None).await?;
    let mut collected = collect(&parts, &results)?;
    let kinds = Kinds { of: first.verifier_kinds.clone(), without: first.without_verifier.clone() };
    kinds.apply(&mut collected.globals);
    let platform = recognise(&collected.globals);
    Ok(complete(collected, &first.probe, platform, kinds))
}

/// What is asked of the catalogs, and what each is called where its answer is refused.
fn parts(probe: &Probe) -> Vec<(&'static str, Part)> {
    let roles = if probe.reads_verifiers { "pg_authid" } else { "pg_roles" };
    [
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
        ("pg_shdepend", Some(uses::part())),
        ("pg_settings", Some(server_settings::part())),
        (connected::USERS, Some(connected::part())),
        ("pg_control_system", connected::identity(probe)),
    ]
    .into_iter()
    .filter_map(|(name, part)| Some((name, part?)))
    .collect()
}

/// The rows of each part.
async fn ask(
    client: &Client,
    parts: &[(&'static str, Part)],
    end: Option<Query<'_>>,
) -> Result<Vec<Vec<Row>>, LiveError> {
    let queries = parts.iter().map(|(name, part)| Query { name, sql: &part.sql });
    batch(client, &queries.chain(end).collect::<Vec<_>>()).await
}

fn collect(parts: &[(&'static str, Part)], results: &[Vec<Row>]) -> Result<Collected, LiveError> {
    let mut collected = Collected::default();
    for ((_, part), rows) in parts.iter().zip(results) {
        (part.take)(rows, &mut collected)?;
    }
    collected.uses.sort_unstable();
    collected.globals.sort();
    Ok(collected)
}

fn recognise(globals: &Globals) -> Option<&'static Platform> {
    Platform::recognise(
        |role| globals.may_be_superuser(role),
        |tablespace| globals.tablespaces.contains_key(tablespace),
    )
}

fn complete(
    collected: Collected,
    probe: &Probe,
    platform: Option<&'static Platform>,
    kinds: Kinds,
) -> Live {
    let Collected { globals, answers, uses, database, .. } = collected;
    let mut answers = answers.complete(probe, &globals, platform);
    let Kinds { of: verifier_kinds, without: without_verifier } = kinds;
    answers.verifier_kinds.clone_from(&verifier_kinds);
    let probe = probe.clone();
    Live { globals, answers, verifier_kinds, without_verifier, platform, uses, database, probe }
}
