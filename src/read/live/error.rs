//! Why a live server was not read.

use tokio_postgres::error::SqlState;

use crate::connect::{AnswerError, NOT_UTF8, Unfit, why};
use crate::version::Major;

/// Why a live server was not read.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The connection or a query failed.
    #[error("{}", failed(.0))]
    Server(#[source] tokio_postgres::Error),
    /// The answer does not fit the question: this is no PostgreSQL, or something between changes it.
    #[error("{}", unexpected(.0))]
    Unexpected(Unfit),
    /// The server's version is not supported.
    #[error("PostgreSQL {0} is too old: 9.5 is the oldest")]
    TooOld(Major),
    /// The same as the error, and these names are in no encoding, or in that of another database.
    #[error(
        "{}: {}; rename it there, or connect to a database in whose encoding all names are", not_in_encoding(.0), .1
    )]
    Encoding(Box<LiveError>, String),
}

impl LiveError {
    /// Whether a text could not be had as UTF-8.
    pub(super) fn is_about_encoding(&self) -> bool {
        match self {
            Self::Server(error) => error.code() == Some(&SqlState::CHARACTER_NOT_IN_REPERTOIRE),
            Self::Unexpected(unfit) => unfit.what == NOT_UTF8,
            _ => false,
        }
    }
}

impl LiveError {
    /// Whether the connection failed, and not a question or its answer.
    pub fn is_lost(&self) -> bool {
        matches!(self, Self::Server(error) if error.as_db_error().is_none())
    }
}

fn failed(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        // It shuts down, or it crashed.
        Some(db) if db.code().code().starts_with("57P") => {
            format!("the connection was lost: {}; try again", why(error))
        }
        Some(_) => why(error),
        // The console of pgbouncer hangs up like this, without its error.
        None if error.is_closed() => {
            "the connection was lost: try again; where a connection pooler answers, connect to the server itself"
                .to_owned()
        }
        None => unexpected(&why(error)),
    }
}

fn unexpected(what: &dyn std::fmt::Display) -> String {
    format!(
        "the server's answer is not PostgreSQL's ({what}): is it a connection pooler? connect to the \
         server itself"
    )
}

fn not_in_encoding(error: &LiveError) -> String {
    match error {
        LiveError::Server(error) => why(error),
        _ => "a name is not UTF-8".to_owned(),
    }
}

impl From<Unfit> for LiveError {
    fn from(unfit: Unfit) -> Self {
        Self::Unexpected(unfit)
    }
}

impl From<AnswerError> for LiveError {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::Server(error) => Self::Server(error),
            AnswerError::Unfit(unfit) => Self::Unexpected(unfit),
        }
    }
}
