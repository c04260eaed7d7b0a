//! Findings: what happened to an object, why, and how much it matters.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

pub use crate::subject::{Kind, Subject};

/// How much a finding matters, least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Severity {
    /// Worth knowing; nothing to do.
    Info,
    /// Something is different on the target than it was on the source.
    Warning,
    /// Something that the source had and that users will miss is not on the target.
    Error,
}

/// What became of the object that the finding is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Action {
    /// It stays as it was.
    Kept,
    /// It stays, in another form or with a part of it left out.
    Rewritten,
    /// It is left out.
    Dropped,
}

/// One thing that a user should know about the result.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Finding {
    /// The stable name of the rule that found it.
    pub rule: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What became of the object.
    pub action: Action,
    /// What it is about.
    pub object: Subject,
    /// The line of the input, from 1; none for facts that come from a live server.
    pub line: Option<u32>,
    /// One sentence about this object. Never contains a password or verifier.
    pub message: Arc<str>,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}
