//! Several queries in one message, and their rows as text.

use tokio_postgres::Client;

use super::LiveError;
pub(super) use crate::connect::Row;
use crate::connect::{Query, rows};

/// Sends the queries as one message, and gives the rows of each.
///
/// # Errors
/// When one fails, or the answer does not fit the question.
pub(super) async fn batch(
    client: &Client,
    queries: &[Query<'_>],
) -> Result<Vec<Vec<Row>>, LiveError> {
    Ok(rows(client, queries).await?)
}
