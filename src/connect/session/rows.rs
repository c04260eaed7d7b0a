//! What a server answers, as far as a server could: each value is looked at where its row arrives.
//!
//! What comes from a server becomes names, comments and values in statements of ours. A server that is
//! broken, or hostile, is told from one that is not by what no PostgreSQL stores: a NUL, text in no
//! encoding, a name of no length or of a page.

use std::fmt;
use std::pin::pin;

use futures_util::StreamExt as _;
use thiserror::Error;
use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

use super::said::{said, why};
use crate::name::{MAX_BYTES, Name};

/// The longest value of a row: longer than any comment that somebody wrote.
const MOST_IN_A_VALUE: usize = 16 << 20;

/// How much may come in answer to one message, with what is kept beside it. A role with all that
/// belongs to it takes less than 2 KB: it is more than any cluster has. Less than what ends the
/// connection, so that the question can be named.
const MOST: usize = 960 << 20;

/// What is kept beside each row, and each value of it.
const PER_ROW: usize = 128;
const PER_VALUE: usize = 24;

/// How much is shown of what a server calls a column.
const SHOWN: usize = MAX_BYTES;

/// What is said of a text in no encoding.
pub const NOT_UTF8: &str = "text that is not UTF-8";

/// A statement, and what it is called where its answer is refused.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// What it reads: `pg_authid`.
    pub name: &'static str,
    /// Its text.
    pub sql: &'a str,
}

/// A value that no PostgreSQL answers.
#[derive(Error, Clone, PartialEq, Eq, Debug)]
#[error("{query}{}: {what}", of_column(column.as_deref()))]
pub struct Unfit {
    /// What was asked.
    pub query: &'static str,
    /// The column, as the server calls it.
    pub column: Option<String>,
    /// What is wrong.
    pub what: String,
}

/// Why there are no rows.
#[derive(Debug)]
pub enum AnswerError {
    /// The query failed, or the connection.
    Server(tokio_postgres::Error),
    /// The answer does not fit the question.
    Unfit(Unfit),
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = match self {
            Self::Server(error) => error,
            Self::Unfit(unfit) => return write!(f, "the answer is not PostgreSQL's: {unfit}"),
        };
        let why = why(error);
        match error.as_db_error() {
            Some(_) => f.write_str(&why),
            None if error.is_closed() => write!(f, "the connection was lost: {why}"),
            None => write!(f, "the answer is not PostgreSQL's: {why}"),
        }
    }
}

impl std::error::Error for AnswerError {}

impl From<Unfit> for AnswerError {
    fn from(unfit: Unfit) -> Self {
        Self::Unfit(unfit)
    }
}

fn of_column(column: Option<&str>) -> String {
    column.map(|column| format!(", column {column}")).unwrap_or_default()
}

/// A row whose values are text without NUL, and of a length that can be.
#[derive(Debug)]
pub struct Row {
    query: &'static str,
    row: SimpleQueryRow,
}

impl Row {
    fn accept(query: &'static str, row: SimpleQueryRow) -> Result<(Self, usize), Unfit> {
        let row = Self { query, row };
        let mut bytes = PER_ROW;
        for column in 0..row.len() {
            bytes = bytes.saturating_add(PER_VALUE);
            let Some(value) = row.get(column)? else { continue };
            bytes = bytes.saturating_add(value.len());
            if value.len() > MOST_IN_A_VALUE {
                return Err(row.unfit(column, format!("a value of {} bytes", value.len())));
            }
            if memchr::memchr(0, value.as_bytes()).is_some() {
                return Err(row.unfit(column, "a NUL in a value"));
            }
        }
        Ok((row, bytes))
    }

    /// What was asked.
    pub fn query(&self) -> &'static str {
        self.query
    }

    /// How many values it has.
    #[expect(clippy::len_without_is_empty, reason = "nobody asks for a row of nothing")]
    pub fn len(&self) -> usize {
        self.row.len()
    }

    /// What the server calls a column; those without a name have a number.
    pub fn column(&self, column: usize) -> String {
        let name = self.row.columns().get(column).map(tokio_postgres::SimpleColumn::name);
        match name.filter(|name| !name.is_empty() && *name != "?column?") {
            Some(name) => said(&name.chars().take(SHOWN).collect::<String>()),
            None => (column + 1).to_string(),
        }
    }

    /// This is wrong with a value.
    pub fn unfit(&self, column: usize, what: impl Into<String>) -> Unfit {
        Unfit { query: self.query, column: Some(self.column(column)), what: what.into() }
    }

    /// A value that may be NULL.
    ///
    /// # Errors
    /// When there is none.
    pub fn get(&self, column: usize) -> Result<Option<&str>, Unfit> {
        let there = column < self.row.len();
        let wrong = if there { NOT_UTF8 } else { "a row with too few values" };
        self.row.try_get(column).map_err(|_| self.unfit(column, wrong))
    }

    /// A value that is never NULL.
    ///
    /// # Errors
    /// When it is.
    pub fn text(&self, column: usize) -> Result<&str, Unfit> {
        let text = self.get(column)?;
        text.ok_or_else(|| self.unfit(column, "NULL where a value was expected"))
    }

    /// A truth value; NULL is false.
    ///
    /// # Errors
    /// When it is something else.
    pub fn flag(&self, column: usize) -> Result<bool, Unfit> {
        match self.get(column)? {
            Some("t") => Ok(true),
            Some("f") | None => Ok(false),
            Some(_) => Err(self.unfit(column, "something else where a truth value was expected")),
        }
    }

    /// A number.
    ///
    /// # Errors
    /// When it is something else.
    pub fn number<T: std::str::FromStr>(&self, column: usize) -> Result<T, Unfit> {
        let wrong = |_| self.unfit(column, "something else where a number was expected");
        self.text(column)?.parse().map_err(wrong)
    }

    /// A name.
    ///
    /// # Errors
    /// When it is NULL, or none that a server stores.
    pub fn name(&self, column: usize) -> Result<Name, Unfit> {
        name(self.text(column)?).map_err(|what| self.unfit(column, what))
    }

    /// A name that may be NULL.
    ///
    /// # Errors
    /// When it is none that a server stores.
    pub fn name_or_null(&self, column: usize) -> Result<Option<Name>, Unfit> {
        self.get(column)?.map(|_| self.name(column)).transpose()
    }
}

/// A name as a server stores it.
///
/// # Errors
/// What is wrong with it.
pub fn name(text: &str) -> Result<Name, String> {
    match text.len() {
        0 => Err("a name of no length".to_owned()),
        1..=MAX_BYTES if !text.contains('\0') => Ok(Name::new(text)),
        1..=MAX_BYTES => Err("a NUL in a name".to_owned()),
        bytes => Err(format!("a name of {bytes} bytes, where {MAX_BYTES} are the most")),
    }
}

/// Sends the queries as one message, and gives the rows of each.
///
/// # Errors
/// When one fails, or the answer does not fit the question.
pub async fn rows(client: &Client, queries: &[Query<'_>]) -> Result<Vec<Vec<Row>>, AnswerError> {
    let texts: Vec<&str> = queries.iter().map(|query| query.sql).collect();
    let mut results = Vec::with_capacity(queries.len());
    let mut rows = Vec::new();
    let mut received: usize = 0;
    let answers = client.simple_query_raw(&texts.join(";\n")).await;
    let mut answers = pin!(answers.map_err(AnswerError::Server)?);
    while let Some(message) = answers.next().await {
        let query = queries.get(results.len()).or(queries.last()).map_or("", |query| query.name);
        match message.map_err(AnswerError::Server)? {
            SimpleQueryMessage::Row(row) => {
                let (row, bytes) = Row::accept(query, row)?;
                received = received.saturating_add(bytes);
                if received > MOST {
                    let what = format!("more than {} MiB in one answer", MOST >> 20);
                    return Err(Unfit { query, column: None, what }.into());
                }
                rows.push(row);
            }
            SimpleQueryMessage::CommandComplete(_) => results.push(std::mem::take(&mut rows)),
            _ => {}
        }
        if results.len() > queries.len() {
            break;
        }
    }
    if results.len() == queries.len() {
        return Ok(results);
    }
    let query = queries.get(results.len()).or(queries.last()).map_or("", |query| query.name);
    let what = "another number of answers than of questions".to_owned();
    Err(Unfit { query, column: None, what }.into())
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn names_are_as_servers_store_them() {
        assert_eq!(name("é").map(|name| name.to_string()), Ok("\"é\"".to_owned()));
        assert!(name(&"x".repeat(63)).is_ok());
        for (text, what) in [
            ("", "a name of no length"),
            ("a\0b", "a NUL in a name"),
            (&"é".repeat(32), "a name of 64 bytes, where 63 are the most"),
        ] {
            assert_eq!(name(text), Err(what.to_owned()));
        }
    }
}
