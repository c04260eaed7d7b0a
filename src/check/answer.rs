//! What was answered.

use std::fmt;
use std::sync::Arc;

use tokio_postgres::Client;

use super::question::Question;
use crate::connect::{self, AnswerError, Query, why};
use crate::name::Name;
use crate::read::live::STATE;

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
pub struct Row {
    values: Vec<Option<String>>,
    /// What was asked, and what the server calls the columns.
    columns: Arc<(&'static str, Vec<String>)>,
}

impl Row {
    /// A value that may be NULL.
    pub(super) fn get(&self, column: usize) -> Option<&str> {
        self.values.get(column)?.as_deref()
    }

    /// A name.
    ///
    /// # Errors
    /// When it is NULL, or none that a server stores.
    pub(super) fn name(&self, column: usize) -> Result<Name, Unseen> {
        connect::name(self.text(column)).map_err(|what| {
            let column = self.columns.1.get(column).map(String::as_str).unwrap_or_default();
            let what = format!("{}, column {column}: {what}", self.columns.0);
            Unseen(format!("the answer is not PostgreSQL's: {what}"))
        })
    }

    /// A name that may be NULL.
    ///
    /// # Errors
    /// When it is none that a server stores.
    pub(super) fn name_or_null(&self, column: usize) -> Result<Option<Name>, Unseen> {
        self.get(column).map(|_| self.name(column)).transpose()
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

/// What a question stands behind, in one message with it. A message without BEGIN is a transaction of
/// its own, which nothing is left of when it fails, nor when it does not. It writes nothing, waits for
/// nobody, and takes its time from nobody; before 11 a server looks at its time limit only when a
/// message begins.
const FRONT: [&str; 1] = ["SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY"];
const LIMITS: [&str; 2] = ["SET LOCAL statement_timeout = '20s'", "SET LOCAL lock_timeout = '2s'"];

/// Asks one question in a transaction of its own, so that its failure is nobody else's.
pub(super) async fn ask(client: &Client, question: &Question, sql: &str) -> Answer {
    let fronts = FRONT.into_iter().chain(STATE).chain(LIMITS);
    let queries: Vec<_> =
        fronts.chain([sql]).map(|sql| Query { name: question.name, sql }).collect();
    let results = connect::rows(client, &queries).await.map_err(|error| Unseen(shown(&error)))?;
    let rows = results.into_iter().next_back().unwrap_or_default();
    let columns = rows.first().map(|row| (0..row.len()).map(|it| row.column(it)).collect());
    let columns = Arc::new((question.name, columns.unwrap_or_default()));
    let value = |value: Option<&str>| value.map(str::to_owned);
    let row = |row: connect::Row| {
        let values = (0..row.len()).map(|column| row.get(column).map(value));
        let values = values.collect::<Result<_, _>>();
        let values = values.map_err(|unfit| Unseen(shown(&unfit.into())))?;
        Ok(Row { values, columns: Arc::clone(&columns) })
    };
    rows.into_iter().map(row).collect()
}

/// What the server said.
fn shown(error: &AnswerError) -> String {
    let error = match error {
        AnswerError::Server(error) => error,
        AnswerError::Unfit(unfit) => return format!("the answer is not PostgreSQL's: {unfit}"),
    };
    let why = why(error);
    match error.as_db_error() {
        Some(_) => why,
        None if error.is_closed() => format!("the connection was lost: {why}"),
        None => format!("the answer is not PostgreSQL's: {why}"),
    }
}
