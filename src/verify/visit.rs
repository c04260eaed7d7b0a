//! Connections to the databases of both servers.

use std::time::Duration;

use crate::connect::{Connection, Parameters, connect};
use crate::name::Name;
use crate::version::Major;

use super::contents::Contents;
use super::reading;

/// How long a database may take until it counts as one that cannot be seen.
const LIMIT: Duration = Duration::from_mins(2);

/// One of the two servers.
#[derive(Clone, Copy)]
pub struct Server<'a> {
    /// `the source` or `the target`.
    pub word: &'static str,
    /// A connection to it.
    pub connection: &'a Connection,
    /// What that is made of.
    pub parameters: &'a Parameters,
    /// Its version.
    pub major: Major,
}

impl Server<'_> {
    /// Asks one of its databases everything.
    ///
    /// # Errors
    /// Why it could not be connected to, or does not answer.
    pub(super) async fn visit(self, database: &Name) -> Result<Contents, String> {
        let unseen = |why: String| format!("{database} of {}: {why}", self.word);
        let work = async {
            // A pooler may have no second session for it.
            if database.as_str() == self.connection.database() {
                return Ok(reading::read(&self.connection.client, self.major).await);
            }
            let parameters = self.connection.elsewhere(self.parameters, database.as_str());
            let visit =
                connect(&parameters, None).await.map_err(|error| unseen(error.to_string()))?;
            let contents = reading::read(&visit.client, self.major).await;
            visit.close().await;
            Ok(contents)
        };
        match tokio::time::timeout(LIMIT, work).await {
            Ok(contents) => contents,
            Err(_) => Err(unseen(format!("no answer within {} s", LIMIT.as_secs()))),
        }
    }
}
