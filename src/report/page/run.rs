//! When and how a command was run.

use crate::globals::timestamp;

/// When and how a command was run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Run {
    /// When, in seconds since 1970; none where nobody has told.
    pub at: Option<i64>,
    /// The command line, without passwords.
    pub command_line: String,
}

impl Run {
    /// `2026-11-28 08:00:00+00`; empty where nobody has told.
    pub(super) fn date(&self) -> String {
        self.at.map(timestamp::moment).unwrap_or_default()
    }

    /// The program with its version, and the commit that it was built from.
    pub(super) fn program() -> String {
        format!("pg_globals {}", env!("PG_GLOBALS_VERSION"))
    }
}
