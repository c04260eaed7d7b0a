//! A question to a database, and how it is asked.

use tokio_postgres::Client;

use super::taking::Taking;
use crate::connect::{self, AnswerError, Query, Row, Unfit, why};
use crate::read::live::STATE;
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

/// What each message begins with. Without BEGIN it is a transaction of its own; nothing is written, and
/// whoever locks a catalog is not waited for.
const FRONT: [&str; 1] = ["SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY"];
const LIMITS: [&str; 2] = ["SET LOCAL statement_timeout = '50s'", "SET LOCAL lock_timeout = '5s'"];

/// The rows of one query.
pub(in crate::verify) async fn ask(
    client: &Client,
    name: &'static str,
    sql: &str,
) -> Result<Vec<Row>, AnswerError> {
    let fronts = FRONT.into_iter().chain(STATE).chain(LIMITS);
    let queries: Vec<_> = fronts.chain([sql]).map(|sql| Query { name, sql }).collect();
    let results = connect::rows(client, &queries).await?;
    Ok(results.into_iter().next_back().unwrap_or_default())
}

/// What the server said.
pub(in crate::verify) fn shown(error: &AnswerError) -> String {
    match error {
        AnswerError::Unfit(unfit) => format!("the answer is not PostgreSQL's: {unfit}"),
        AnswerError::Server(error) if error.as_db_error().is_some() => why(error),
        AnswerError::Server(error) if error.is_closed() => {
            format!("the connection was lost: {}", why(error))
        }
        AnswerError::Server(error) => format!("the answer is not PostgreSQL's: {}", why(error)),
    }
}
