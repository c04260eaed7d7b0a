//! What can be wrong with a statement.

use std::borrow::Cow;

use nom::error::{ErrorKind, ParseError};

/// Why a statement could not be read, and where in it.
#[derive(thiserror::Error, Clone, PartialEq, Eq, Debug)]
#[error("{problem}")]
pub struct SyntaxError {
    /// Where in the statement's text, in bytes.
    pub offset: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong at a place.
#[derive(thiserror::Error, Clone, PartialEq, Eq, Debug)]
pub enum Problem {
    /// Something else was expected.
    #[error("expected {0}")]
    Expected(&'static str),
    /// The text there is understood and not acceptable.
    #[error("{0}")]
    Invalid(Cow<'static, str>),
    /// The statement is not one of the subset at all.
    #[error("{0} is not a statement of a globals dump")]
    Unsupported(String),
}

/// The error that travels through the parsers: the text that was left, and the problem.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Fault<'a> {
    pub(crate) rest: &'a str,
    pub(crate) problem: Problem,
}

/// What every parser of the subset returns.
pub(crate) type Parsed<'a, T> = nom::IResult<&'a str, T, Fault<'a>>;

impl<'a> ParseError<&'a str> for Fault<'a> {
    fn from_error_kind(rest: &'a str, kind: ErrorKind) -> Self {
        let what = match kind {
            ErrorKind::Eof => "the end of the statement",
            _ => "something else",
        };
        Self { rest, problem: Problem::Expected(what) }
    }

    fn append(_: &'a str, _: ErrorKind, other: Self) -> Self {
        other
    }

    /// Of two alternatives that failed, the one that understood more of the text speaks.
    fn or(self, other: Self) -> Self {
        if other.rest.len() <= self.rest.len() { other } else { self }
    }
}

/// Gives up at `rest`, leaving other alternatives their chance.
pub(crate) fn expected<'a, T>(rest: &'a str, what: &'static str) -> Parsed<'a, T> {
    Err(nom::Err::Error(Fault { rest, problem: Problem::Expected(what) }))
}

/// Gives up at `rest` for good: what stands there is understood, and wrong.
pub(crate) fn invalid<T>(rest: &str, what: impl Into<Cow<'static, str>>) -> Parsed<'_, T> {
    Err(nom::Err::Failure(Fault { rest, problem: Problem::Invalid(what.into()) }))
}
