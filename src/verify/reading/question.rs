//! A question to a database, and how it is asked.

use tokio_postgres::Client;

use super::taking::Taking;
use crate::connect::{AnswerError, Query, Row, Unfit};
use crate::read::live::alone;
use crate::version::Major;

/// A query, and what takes its rows.
pub(super) struct Question {
    /// The catalog that it reads, as messages call it.
    pub(super) name: &'static str,
    /// What is not known where it has no answer.
    pub(super) about: &'static str,
    /// Its text for a server of this version; none where the version has nothing of the kind.
    pub(super) sql: fn(Major) -> Option<String>,
    /// Takes a row.
    pub(super) take: fn(&Row, &mut Taking) -> Result<(), Unfit>,
}

/// Large catalogs may take their time; whoever locks one is not waited for.
const LIMITS: [&str; 2] = ["SET LOCAL statement_timeout = '50s'", "SET LOCAL lock_timeout = '5s'"];

/// The rows of one query.
pub(in crate::verify) async fn ask(
    client: &Client,
    name: &'static str,
    sql: &str,
) -> Result<Vec<Row>, AnswerError> {
    let results = alone(client, LIMITS, &[Query { name, sql }]).await?;
    Ok(results.into_iter().next().unwrap_or_default())
}
