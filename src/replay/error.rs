//! What a target refuses, and why a replay ended.

use std::fmt;

use tokio_postgres::Error;
use tokio_postgres::error::{self as db, SqlState};

use crate::connect::{said, why};
use crate::finding::{Action, Finding, Severity, Subject};
use crate::globals::{Ledger, Origin};
use crate::name::Name;
use crate::plan::{self, Step};
use crate::read::live::LiveError;

/// A statement that the target refused. Never holds the statement itself, which can have a verifier.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// What the statement is about.
    pub object: Subject,
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
    /// None where it is not the server that said so, or where it ends the session.
    pub(super) fn of(step: &Step, error: &Error) -> Option<Self> {
        let db = error.as_db_error().filter(|_| !ends_session(error))?;
        // A server quotes what it does not understand; why it refuses something stays.
        let secrets = step.secrets();
        let hidden = |text: &str| crate::read::mask_secrets(&said(text), &secrets);
        Some(Self {
            object: step.object.clone(),
            origin: step.origin,
            fatal: !step.is_tried(),
            code: said(db.code().code()),
            message: hidden(db.message()),
            detail: db.detail().map(hidden),
            hint: db.hint().map(hidden),
        })
    }
}

impl Refusal {
    /// As a finding.
    pub fn finding(&self, ledger: &Ledger) -> Finding {
        let line = ledger.line(self.origin);
        let finding = plan::REFUSED.finding(self.object.clone(), Action::Dropped, self.to_string());
        let finding = finding.at(line);
        if self.fatal { finding.matters(Severity::Error) } else { finding }
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

impl Refusal {
    /// Whether it says nothing about the statement: no resources, somebody who cancels it, a disk
    /// that fails, a transaction that has failed before.
    pub(super) fn is_trouble(&self) -> bool {
        ["25", "53", "57", "58"].iter().any(|class| self.code.starts_with(class))
    }

    /// Whether what it is about is not there, as when its creation was refused in a dry run.
    pub(super) fn is_missing(&self) -> bool {
        self.code == SqlState::UNDEFINED_OBJECT.code()
    }
}

/// Why a replay ended.
#[derive(thiserror::Error, Debug)]
pub enum ReplayError {
    /// The transaction could not begin.
    #[error("{}", cannot_begin(.0))]
    Begin(Error),
    /// The target could not be read again.
    #[error("the target cannot be read again: {0}; nothing was done")]
    Reading(LiveError),
    /// The target has changed since the plan was shown.
    #[error("the target has changed since the plan was made; nothing was done: run copy again")]
    Changed,
    /// Not through a connection pooler.
    #[error(
        "nothing was done, since the connection leads through a pooler: {0}; connect to the server \
         itself"
    )]
    Pooled(&'static str),
    /// The session acts as another role than the one that connected, which nobody has asked for: all that is
    /// created would be that role's.
    #[error(
        "nothing was done: the session of {user} acts as {role}, who would administer every role that \
         is created, and neither the connection's options nor ALTER ROLE {user} SET role say so: the \
         owner of a database can do that (ALTER DATABASE … SET role), and another client of a pooler; \
         connect to another database, not through a pooler"
    )]
    Put {
        /// Who connected.
        user: Name,
        /// Whom the session acts as.
        role: Name,
    },
    /// Somebody else changes roles at the same time.
    #[error(
        "{}: {refusal}; somebody is changing roles, nothing was done: run copy again",
        .0.object,
        refusal = .0
    )]
    Concurrent(Refusal),
    /// A statement was refused.
    #[error("{}: {refusal}; nothing was done", .0.object, refusal = .0)]
    Refused(Refusal),
    /// What had to be done before COMMIT could not be done.
    #[error("{0}; nothing was done")]
    Before(String),
    /// COMMIT was refused.
    #[error("the target refuses to commit: {}; nothing was done", why(.0))]
    NotCommitted(Error),
    /// The connection was lost, or something that is no PostgreSQL answers.
    #[error(
        "the connection was lost{}: {}; {}run copy again",
        if *after_commit { " after everything but the tablespaces was done" } else { "" },
        why(error),
        if *after_commit { "" } else { "nothing was done: " }
    )]
    Lost {
        /// Whether all but the tablespaces was done by then.
        after_commit: bool,
        /// What the library says.
        error: Error,
    },
    /// COMMIT was sent, and its answer was lost.
    #[error(
        "the connection was lost while the target committed: {}; whether everything or nothing was \
         done is not known: run copy again to settle it",
        why(.0)
    )]
    Unknown(Error),
}

impl ReplayError {
    /// Whether the target is surely as before.
    pub const fn is_nothing_done(&self) -> bool {
        !matches!(self, Self::Unknown(_) | Self::Lost { after_commit: true, .. })
    }

    /// The statement that it is about.
    pub const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) | Self::Concurrent(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// What became of one statement.
    pub(super) fn refused(step: &Step, error: Error) -> Self {
        match Refusal::of(step, &error) {
            Some(refusal) if is_concurrent(step, &error) => Self::Concurrent(refusal),
            Some(refusal) => Self::Refused(refusal),
            None => Self::Lost { after_commit: false, error },
        }
    }
}

/// Whether the server ends the session with it: it says nothing about the statement.
pub(super) fn ends_session(error: &Error) -> bool {
    error.as_db_error().is_none_or(|db| {
        // Its code tells where the severity is translated, as by servers before 9.6.
        matches!(db.parsed_severity(), Some(db::Severity::Fatal | db::Severity::Panic))
            || [
                SqlState::ADMIN_SHUTDOWN,
                SqlState::CRASH_SHUTDOWN,
                SqlState::CANNOT_CONNECT_NOW,
                SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
            ]
            .contains(db.code())
    })
}

/// Somebody else has made the same role, or altered or dropped it, since the catalogs were read.
fn is_concurrent(step: &Step, error: &Error) -> bool {
    let Some(db) = error.as_db_error() else { return false };
    let code = db.code();
    [
        SqlState::UNIQUE_VIOLATION,
        SqlState::DUPLICATE_OBJECT,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::LOCK_NOT_AVAILABLE,
    ]
    .contains(code)
        // A setting that is not there gives the same.
        || (*code == SqlState::UNDEFINED_OBJECT && !step.is_tried())
        || (*code == SqlState::INTERNAL_ERROR && db.message().starts_with("tuple concurrently"))
}

fn cannot_begin(error: &Error) -> String {
    match error.as_db_error() {
        Some(db) if *db.code() == SqlState::LOCK_NOT_AVAILABLE => {
            "another copy into this database is running: wait for it, then run copy again"
                .to_owned()
        }
        Some(_) if !ends_session(error) => {
            format!("the transaction cannot begin: {}", why(error))
        }
        _ => {
            let why = why(error);
            format!("the connection was lost before anything was sent: {why}; run copy again")
        }
    }
}
