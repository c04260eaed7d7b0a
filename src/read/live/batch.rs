//! Several queries in one message, and their rows as text.

use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

use super::LiveError;

/// One row; every value is text.
pub(super) struct Row(SimpleQueryRow);

impl Row {
    /// A value that may be NULL.
    pub(super) fn get(&self, column: usize) -> Result<Option<&str>, LiveError> {
        let there = column < self.0.len();
        let wrong = if there { "text that is not UTF-8" } else { "a row with too few values" };
        self.0.try_get(column).map_err(|_| LiveError::Unexpected(wrong))
    }

    /// A value that is never NULL.
    pub(super) fn text(&self, column: usize) -> Result<&str, LiveError> {
        self.get(column)?.ok_or(LiveError::Unexpected("NULL where a value was expected"))
    }

    /// A truth value; NULL is false.
    pub(super) fn flag(&self, column: usize) -> Result<bool, LiveError> {
        Ok(self.get(column)? == Some("t"))
    }

    /// A number.
    pub(super) fn number<T: std::str::FromStr>(&self, column: usize) -> Result<T, LiveError> {
        let wrong = LiveError::Unexpected("something else where a number was expected");
        self.text(column)?.parse().map_err(|_| wrong)
    }
}

/// Sends the queries as one message, and gives the rows of each.
///
/// # Errors
/// When one fails, or the answer does not fit the question.
pub(super) async fn batch(client: &Client, queries: &[&str]) -> Result<Vec<Vec<Row>>, LiveError> {
    let text = queries.join(";\n");
    let mut results = Vec::with_capacity(queries.len());
    let mut rows = Vec::new();
    for message in client.simple_query(&text).await.map_err(LiveError::Server)? {
        match message {
            SimpleQueryMessage::Row(row) => rows.push(Row(row)),
            SimpleQueryMessage::CommandComplete(_) => results.push(std::mem::take(&mut rows)),
            _ => {}
        }
    }
    if results.len() == queries.len() {
        Ok(results)
    } else {
        Err(LiveError::Unexpected("another number of answers than of questions"))
    }
}
