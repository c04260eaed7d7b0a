//! Why a live server was not read.

use std::fmt;

use tokio_postgres::error::SqlState;

use crate::connect::{AnswerError, NOT_UTF8, Unfit, why};
use crate::version::Major;

/// Why a live server was not read.
#[derive(Debug)]
pub enum LiveError {
    /// The connection or a query failed.
    Server(tokio_postgres::Error),
    /// The answer does not fit the question: this is no PostgreSQL, or something between changes it.
    Unexpected(Unfit),
    /// The server's version is not supported.
    TooOld(Major),
    /// The same as the error, and these names are in no encoding, or in that of another database.
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

impl fmt::Display for LiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(error) => match error.as_db_error() {
                // It shuts down, or it crashed.
                Some(db) if db.code().code().starts_with("57P") => {
                    write!(f, "the connection was lost: {}; try again", why(error))
                }
                Some(_) => f.write_str(&why(error)),
                // The console of pgbouncer hangs up like this, without its error.
                None if error.is_closed() => f.write_str(
                    "the connection was lost: try again; where a connection pooler answers, connect \
                     to the server itself",
                ),
                None => unexpected(why(error), f),
            },
            Self::Unexpected(unfit) => unexpected(unfit, f),
            Self::Encoding(error, culprits) => {
                match &**error {
                    Self::Server(error) => f.write_str(&why(error))?,
                    _ => f.write_str("a name is not UTF-8")?,
                }
                write!(
                    f,
                    ": {culprits}; rename it there, or connect to a database in whose encoding all \
                     names are"
                )
            }
            Self::TooOld(major) => write!(f, "PostgreSQL {major} is too old: 9.5 is the oldest"),
        }
    }
}

fn unexpected(what: impl fmt::Display, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(
        f,
        "the server's answer is not PostgreSQL's ({what}): is it a connection pooler? connect to the \
         server itself"
    )
}

impl std::error::Error for LiveError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Server(error) => Some(error),
            _ => None,
        }
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
