//! What was answered.

use std::fmt;

use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

/// Why something could not be seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unseen(pub(super) String);

impl fmt::Display for Unseen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The rows of one question, or why there are none.
pub type Answer = Result<Vec<Row>, Unseen>;

/// One row; every value is text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row(Vec<Option<String>>);

impl Row {
    fn of(row: &SimpleQueryRow) -> Self {
        Self((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect())
    }

    /// A value that may be NULL.
    pub(super) fn get(&self, column: usize) -> Option<&str> {
        self.0.get(column)?.as_deref()
    }

    /// A value; NULL is empty.
    pub(super) fn text(&self, column: usize) -> &str {
        self.get(column).unwrap_or_default()
    }

    /// A truth value; NULL is false.
    pub(super) fn flag(&self, column: usize) -> bool {
        self.get(column) == Some("t")
    }

    /// A number, where it is one.
    pub(super) fn number<T: std::str::FromStr>(&self, column: usize) -> Option<T> {
        self.get(column)?.parse().ok()
    }
}

/// Asks one question in a transaction of its own, so that its failure is nobody else's.
pub(super) async fn ask(client: &Client, sql: &str) -> Answer {
    let messages = client.simple_query(sql).await.map_err(|error| Unseen(shown(&error)))?;
    let rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(Row::of(row)),
        _ => None,
    });
    Ok(rows.collect())
}

/// What the server said.
fn shown(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => format!("{} ({})", db.message(), db.code().code()),
        None => format!("the connection was lost: {error}"),
    }
}
