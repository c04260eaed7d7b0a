//! What was answered.

use std::fmt;

use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

use crate::connect::why;

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
    /// Its values, which must be UTF-8.
    fn of(row: &SimpleQueryRow) -> Result<Self, tokio_postgres::Error> {
        let value = |column| Ok(row.try_get(column)?.map(str::to_owned));
        (0..row.len()).map(value).collect::<Result<_, _>>().map(Self)
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
    let unseen = |error| Unseen(shown(&error));
    let messages = client.simple_query(sql).await.map_err(unseen)?;
    let rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(Row::of(row).map_err(unseen)),
        _ => None,
    });
    rows.collect()
}

/// What the server said.
fn shown(error: &tokio_postgres::Error) -> String {
    let why = why(error);
    match error.as_db_error() {
        Some(_) => why,
        None if error.is_closed() => format!("the connection was lost: {why}"),
        None => format!("the answer is not PostgreSQL's: {why}"),
    }
}
