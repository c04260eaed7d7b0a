//! What a target refuses, and why a replay ended.

use std::fmt;

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::finding::{Action, Finding, Object, Severity};
use crate::globals::{Ledger, Origin};
use crate::plan::{self, Step};
use crate::read::live::LiveError;

/// A statement that the target refused. Never holds the statement itself, which can have a verifier.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// What the statement is about.
    pub object: Object,
    /// Where it comes from.
    pub origin: Origin,
    /// Whether a copy ends with it; a refused value is only left out.
    pub fatal: bool,
    /// The SQLSTATE.
    pub code: String,
    /// The server's message.
    pub message: String,
    /// Its detail.
    pub detail: Option<String>,
    /// Its hint.
    pub hint: Option<String>,
}

impl Refusal {
    /// None where it is not the server that said so.
    pub(super) fn of(step: &Step, error: &Error) -> Option<Self> {
        let db = error.as_db_error()?;
        // A server quotes what it does not understand.
        let verifier = step.is_slow();
        let hidden = |text: &str| if verifier { crate::read::mask(text) } else { text.to_owned() };
        Some(Self {
            object: step.object.clone(),
            origin: step.origin,
            fatal: !step.is_tried(),
            code: db.code().code().to_owned(),
            message: hidden(db.message()),
            detail: db.detail().map(hidden),
            hint: db.hint().map(hidden),
        })
    }
}

impl Refusal {
    /// As a finding.
    pub fn finding(&self, ledger: &Ledger) -> Finding {
        Finding {
            rule: plan::REFUSED.name,
            severity: if self.fatal { Severity::Error } else { plan::REFUSED.severity },
            action: Action::Dropped,
            object: self.object.clone(),
            line: ledger.line(self.origin),
            message: self.to_string().into(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code)?;
        for more in [&self.detail, &self.hint].into_iter().flatten() {
            write!(f, "; {more}")?;
        }
        Ok(())
    }
}

/// Why a replay ended.
#[derive(Debug)]
pub enum ReplayError {
    /// The transaction could not begin.
    Begin(Error),
    /// The target could not be read again.
    Reading(LiveError),
    /// The target has changed since the plan was shown.
    Changed,
    /// Somebody else changes roles at the same time.
    Concurrent(Refusal),
    /// A statement was refused.
    Refused(Refusal),
    /// What had to be done before COMMIT could not be done.
    Before(String),
    /// The connection was lost, or something that is no PostgreSQL answers.
    Lost {
        /// Whether all but the tablespaces was done by then.
        after_commit: bool,
        /// What the library says.
        error: Error,
    },
    /// COMMIT was sent, and its answer was lost.
    Unknown(Error),
}

impl ReplayError {
    /// Whether the target may have changed.
    pub const fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_) | Self::Lost { after_commit: true, .. })
    }

    /// What became of one statement.
    pub(super) fn refused(step: &Step, error: Error) -> Self {
        match Refusal::of(step, &error) {
            None => Self::Lost { after_commit: false, error },
            Some(refusal) if is_concurrent(&error) => Self::Concurrent(refusal),
            Some(refusal) => Self::Refused(refusal),
        }
    }
}

/// Somebody else has made the same role, or altered it, since the catalogs were read.
fn is_concurrent(error: &Error) -> bool {
    let Some(db) = error.as_db_error() else { return false };
    *db.code() == SqlState::UNIQUE_VIOLATION
        || *db.code() == SqlState::T_R_SERIALIZATION_FAILURE
        || *db.code() == SqlState::T_R_DEADLOCK_DETECTED
        || (*db.code() == SqlState::INTERNAL_ERROR
            && db.message().starts_with("tuple concurrently"))
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Begin(error) => match error.as_db_error() {
                Some(db) if *db.code() == SqlState::LOCK_NOT_AVAILABLE => f.write_str(
                    "another copy into this database is running: wait for it, then run copy again",
                ),
                Some(db) => {
                    write!(
                        f,
                        "the transaction cannot begin: {} ({})",
                        db.message(),
                        db.code().code()
                    )
                }
                None => write!(f, "the connection was lost before anything was sent: {error}"),
            },
            Self::Reading(error) => write!(f, "the target cannot be read again: {error}"),
            Self::Changed => f.write_str(
                "the target has changed since the plan was made; nothing was done: run copy again",
            ),
            Self::Concurrent(refusal) => write!(
                f,
                "{}: {refusal}; somebody is changing roles, nothing was done: run copy again",
                refusal.object.name
            ),
            Self::Refused(refusal) => {
                write!(f, "{}: {refusal}; nothing was done", refusal.object.name)
            }
            Self::Before(message) => write!(f, "{message}; nothing was done"),
            Self::Lost { after_commit: false, error } => {
                write!(f, "the connection was lost, nothing was done: {error}")
            }
            Self::Lost { after_commit: true, error } => write!(
                f,
                "the connection was lost after everything but the tablespaces was done: {error}; run \
                 copy again"
            ),
            Self::Unknown(error) => write!(
                f,
                "the connection was lost while the target committed: {error}; whether everything or \
                 nothing was done is not known, run copy again to settle it"
            ),
        }
    }
}

impl std::error::Error for ReplayError {}
