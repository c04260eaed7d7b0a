//! What was read, and what a dump can have shown.

use crate::dump::Marks;
use crate::finding::{Action, Finding, Subject};
use crate::globals::collect::{self, Era, without_attributes};
use crate::globals::{Globals, Ledger};
use crate::name::Name;
use crate::read::{Shows, abouts};
use crate::version::Major;

/// What was read.
#[derive(Debug)]
pub struct Reading {
    /// The globals.
    pub globals: Globals,
    /// What became of each statement so far.
    pub ledger: Ledger,
    /// What there was to say about them.
    pub findings: Vec<Finding>,
    /// Whether passwords were stated at all.
    pub passwords: bool,
    /// How many statements there were beside those in the ledger.
    pub counts: Counts,
    /// What the dump says of itself.
    pub marks: Marks,
    /// Which servers its statements are from; none where nothing in it tells.
    pub era: Option<Era>,
    /// Which settings it can have shown.
    pub shows: Shows,
}

impl Reading {
    /// What the dump shows of the server's version.
    pub fn server_version(&self) -> Option<String> {
        if let Some((server, _)) = &self.marks.versions {
            return Some(server.clone());
        }
        let mut memberships = self.globals.memberships.values();
        if memberships.any(|membership| membership.inherit.is_some()) {
            Some("16 or later".to_owned())
        } else if self.marks.parameter_section {
            Some("15 or later".to_owned())
        } else {
            None
        }
    }

    /// What the dump shows of the client's version.
    pub fn client_version(&self) -> Option<String> {
        if let Some((_, client)) = &self.marks.versions {
            return Some(format!("pg_dumpall {client}"));
        }
        let restrict = "a pg_dumpall of August 2025 or later";
        self.marks.restrict.then(|| restrict.to_owned())
    }
}

/// Statements that are not about the globals.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// They belong to a database.
    pub skipped: u64,
    /// They only set the session up, or are psql's.
    pub session: u64,
}

/// Which servers it is for, as its comments tell.
pub(super) fn era(marks: &Marks) -> Option<Era> {
    let (server, _) = marks.versions.as_ref()?;
    let mut numbers = server.split(|c: char| !c.is_ascii_digit());
    let number = numbers.find(|number| !number.is_empty())?.parse().ok()?;
    Some(Era::of(Major::new(number)))
}

/// What a globals dump cannot have: since 11 the settings in one database stand with the databases,
/// and those of all roles nowhere. A script that somebody wrote has what it has.
pub(super) fn shows(globals: &Globals, marks: &Marks) -> Shows {
    let is_dump = marks.headers > 0;
    let has_databases =
        marks.database_headers > 0 || globals.settings.keys().any(|key| key.database.is_some());
    Shows { databases: !is_dump || has_databases, everybody: !is_dump }
}

/// What is said of that.
pub(super) fn not_in_dump(shows: Shows) -> Vec<Finding> {
    let finding = |name: &'static str, message: &str| {
        abouts::NOT_IN_DUMP.finding(Subject::Settings(name), Action::Dropped, message)
    };
    let mut findings = Vec::new();
    if !shows.databases {
        findings
            .push(finding("IN DATABASE", "settings of roles in one database are not in this dump"));
    }
    if !shows.everybody {
        findings.push(finding("ALTER ROLE ALL", "settings of all roles are in no dump"));
    }
    findings
}

/// The dump ends before it should, and between two statements.
pub(super) fn no_end_marker(bare: Option<&Name>) -> Finding {
    let mut message = "it is missing at the end of the dump".to_owned();
    if let Some(role) = bare {
        message.push_str(": ");
        message.push_str(&without_attributes(role));
    }
    let object = Subject::statement("end marker");
    collect::abouts::TRUNCATED.finding(object, Action::Dropped, message)
}

/// A script ends inside its transaction.
pub(super) fn no_commit() -> Finding {
    let message = "its COMMIT is missing at the end: a server would keep nothing of it";
    let object = Subject::statement("transaction");
    collect::abouts::TRUNCATED.finding(object, Action::Dropped, message)
}
