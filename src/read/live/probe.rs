//! What has to be known before the catalogs can be asked.

use tokio_postgres::Client;

use super::batch::batch;
use super::{LiveError, no_row};
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
    /// Whether `pg_authid` can be read.
    pub(super) reads_verifiers: bool,
    /// Whether `pg_control_system()` may be called.
    pub(super) control_data: bool,
    /// Which function tells the kinds of verifiers.
    pub(super) kinds: Option<Kinds>,
}

/// The platforms' functions that tell which kind of verifier a role has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kinds {
    /// `rds_tools.role_password_encryption_type()` of Aurora and RDS, where the extension is there.
    Rds,
    /// `azure_roles_authtype()` of Azure.
    Azure,
}

/// What the question is called.
const NAME: &str = "the server's version";

const QUERY: &str = "SELECT current_setting('server_version_num'), current_setting('server_version'), \
     pg_catalog.pg_is_in_recovery(), \
     pg_catalog.has_table_privilege('pg_catalog.pg_authid', 'SELECT'), \
     pg_catalog.has_function_privilege(pg_catalog.to_regprocedure('pg_catalog.pg_control_system()')::pg_catalog.oid, 'EXECUTE'), \
     pg_catalog.has_function_privilege(pg_catalog.to_regprocedure('rds_tools.role_password_encryption_type()')::pg_catalog.oid, 'EXECUTE'), \
     pg_catalog.has_function_privilege(pg_catalog.to_regprocedure('pg_catalog.azure_roles_authtype()')::pg_catalog.oid, 'EXECUTE')";

/// `to_regprocedure` took a C string before 9.6.
const QUERY_9_5: &str = "SELECT current_setting('server_version_num'), current_setting('server_version'), \
     pg_catalog.pg_is_in_recovery(), \
     pg_catalog.has_table_privilege('pg_catalog.pg_authid', 'SELECT'), false, false, false";

impl Probe {
    /// Asks, in one round trip, or two where the server is older than 9.6.
    pub(super) async fn of(client: &Client) -> Result<Self, LiveError> {
        let query = |sql| Query { name: NAME, sql };
        let first = batch(client, &[query(QUERY)]).await;
        let results = match first {
            Err(LiveError::Server(error)) if error.as_db_error().is_some() => {
                batch(client, &[query(QUERY_9_5)]).await?
            }
            other => other?,
        };
        let row = results.first().and_then(|rows| rows.first());
        let row = row.ok_or_else(|| no_row(NAME))?;
        let major = supported(row.number(0)?)?;
        Ok(Self {
            version: said(row.text(1)?.split_whitespace().next().unwrap_or_default()),
            major,
            standby: row.flag(2)?,
            reads_verifiers: row.flag(3)?,
            control_data: row.flag(4)?,
            kinds: match (row.flag(5)?, row.flag(6)?) {
                (true, _) => Some(Kinds::Rds),
                (_, true) => Some(Kinds::Azure),
                _ => None,
            },
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
