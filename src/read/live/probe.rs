//! What has to be known before the catalogs can be asked.

use tokio_postgres::Client;

use super::LiveError;
use super::batch::batch;
use super::kinds::{self, Offer};
use super::part::no_row;
use super::session::{BEGIN, PATIENCE, STATE};
use crate::connect::{Query, said};
use crate::version::Major;

/// What a server can be asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Probe {
    /// Its version as it prints it.
    pub version: String,
    /// Its major version.
    pub major: Major,
    /// Whether it is a standby.
    pub standby: bool,
    /// The process of the session, as the server knows it.
    pub process: i32,
    /// Whether `pg_authid` can be read.
    pub(super) reads_verifiers: bool,
    /// Whether `pg_control_system()` may be called.
    pub(super) control_data: bool,
    /// The functions that may tell the kinds of verifiers.
    pub(super) kinds: Vec<Offer>,
}

/// What the question is called.
const NAME: &str = "the server's version";

const QUERY: &str = "SELECT current_setting('server_version_num'), current_setting('server_version'), \
     pg_is_in_recovery(), pg_backend_pid(), has_table_privilege('pg_catalog.pg_authid', 'SELECT'), \
     EXISTS (SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace \
     WHERE n.nspname = 'pg_catalog' AND p.proname = 'pg_control_system' AND p.pronargs = 0 \
     AND has_function_privilege(p.oid, 'EXECUTE'))";

impl Probe {
    /// Begins a transaction that reads, and asks in it: one message, whose first statements make
    /// the others safe.
    pub(super) async fn begin(client: &Client) -> Result<Self, LiveError> {
        let texts = [BEGIN].into_iter().chain(STATE).chain(PATIENCE).chain([QUERY]);
        let mut queries: Vec<_> = texts.map(|sql| Query { name: NAME, sql }).collect();
        queries.push(Query { name: kinds::NAME, sql: kinds::QUERY });
        let results = batch(client, &queries).await?;
        let [.., answers, offers] = results.as_slice() else { return Err(no_row(NAME).into()) };
        let row = answers.first().ok_or_else(|| no_row(NAME))?;
        let major = supported(row.number(0)?)?;
        Ok(Self {
            version: said(row.text(1)?.split_whitespace().next().unwrap_or_default()),
            major,
            standby: row.flag(2)?,
            process: row.number(3)?,
            reads_verifiers: row.flag(4)?,
            control_data: row.flag(5)?,
            kinds: offers.iter().map(Offer::of).collect::<Result<_, _>>()?,
        })
    }
}

/// The major version, unless it is too old.
fn supported(server_version_num: u32) -> Result<Major, LiveError> {
    let major = Major::from_server_version_num(server_version_num);
    if major < Major::OLDEST { Err(LiveError::TooOld(major)) } else { Ok(major) }
}

#[cfg(test)]
mod tests {
    use super::supported;

    #[test]
    fn too_old_is_said() {
        assert_eq!(supported(90_500).unwrap().to_string(), "9.5");
        let error = supported(90_426).unwrap_err();
        assert_eq!(error.to_string(), "PostgreSQL 9.4 is too old: 9.5 is the oldest");
    }
}
