//! Findings: what happened to an object, why, and how much it matters.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

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

/// What is said about a rule wherever it appears.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Its stable name.
    pub name: &'static str,
    /// How much its findings matter, unless they say otherwise.
    pub severity: Severity,
    /// What it is about, and why it is so: one sentence.
    pub why: &'static str,
    /// What else there is to know: why targets refuse it, in their own words, what is done instead,
    /// and what is not confirmed. Some sentences, in paragraphs.
    pub explanation: &'static str,
    /// What to do about it: one sentence; empty where there is nothing to do.
    pub remedy: &'static str,
}

impl About {
    /// A finding of the rule's own severity, about no line.
    pub fn finding(
        &'static self,
        object: Subject,
        action: Action,
        message: impl Into<Arc<str>>,
    ) -> Finding {
        let severity = self.severity;
        Finding { about: self, severity, action, object, line: None, message: message.into() }
    }
}

/// A rule is known by its name.
impl PartialEq for About {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for About {}

/// Its name, as reports have it.
impl Serialize for About {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

/// One thing that a user should know about the result.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Finding {
    /// The stable name of the rule that found it.
    #[serde(rename = "rule")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub about: &'static About,
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

impl Finding {
    /// At this line of the input.
    #[must_use]
    pub fn at(self, line: Option<u32>) -> Self {
        Self { line, ..self }
    }

    /// Of another severity than its rule's own.
    #[must_use]
    pub fn matters(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }
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
