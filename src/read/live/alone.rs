//! Questions that stand alone.

use tokio_postgres::Client;

use super::session::STATE;
use crate::connect::{self, AnswerError, Query, Row};

/// What a question stands behind, in one message with it. A message without BEGIN is a transaction of
/// its own, which nothing is left of when it fails, nor when it does not.
const FRONT: &str = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY";

/// Asks in a transaction of its own that writes nothing, so that its failure is nobody else's. `limits` are
/// settings: how long it may take, and wait for others; before 11 a server looks at its time limit only
/// when a message begins. Gives the rows of each query.
///
/// # Errors
/// When the server refuses it, the connection is lost, or the answer is none of a PostgreSQL.
pub async fn alone(
    client: &Client,
    limits: [&str; 2],
    queries: &[Query<'_>],
) -> Result<Vec<Vec<Row>>, AnswerError> {
    let name = queries.first().map_or("", |query| query.name);
    let fronts = [FRONT].into_iter().chain(STATE).chain(limits);
    let fronts = fronts.map(|sql| Query { name, sql });
    let all: Vec<_> = fronts.chain(queries.iter().copied()).collect();
    let mut results = connect::rows(client, &all).await?;
    Ok(results.split_off((all.len() - queries.len()).min(results.len())))
}
