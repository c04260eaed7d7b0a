//! Statements and clauses that are listed and left out.

use super::abouts;
use super::collector::Collector;
use crate::attribute::Attribute;
use crate::finding::{Action, Finding, Severity, Subject};
use crate::name::Name;

/// What a dump has lost that ends before a role's attributes.
pub fn without_attributes(role: &Name) -> String {
    format!("role {role} stays without its attributes and its password")
}

impl Collector {
    /// A statement that is not understood, which the user wants to be listed and left out.
    pub fn drop_unknown(&mut self, what: &str, line: u32) {
        if let Some(before_16) = &mut self.before_16 {
            before_16.drop_unknown(what, line);
        }
        let origin = self.ledger.open(line);
        self.lost(origin);
        let message = format!("{what} is not understood and left out");
        let object = &Subject::statement(what.to_owned());
        self.finding(&abouts::UNKNOWN_STATEMENT, Action::Dropped, object, origin, message);
    }

    /// A statement about a database, which is left out.
    pub fn database(&mut self, what: &str, line: u32) {
        if let Some(before_16) = &mut self.before_16 {
            before_16.database(what, line);
        }
        let origin = self.ledger.open(line);
        self.lost(origin);
        let what = what.to_owned();
        let upper = what.to_ascii_uppercase();
        if upper.starts_with("DROP ") {
            let message = "nothing is ever dropped on the target".to_owned();
            self.finding(
                &abouts::DROP,
                Action::Dropped,
                &Subject::statement(what),
                origin,
                message,
            );
            return;
        }
        let takes = ["REVOKE ", " ALLOW_CONNECTIONS ", " CONNECTION LIMIT "];
        let (severity, message) = if takes.iter().any(|words| upper.contains(words)) {
            (Severity::Warning, "it takes something away on the source, and is left out")
        } else {
            (abouts::DATABASE_STATEMENT.severity, "it is about a database, and left out")
        };
        let line = self.ledger.line(origin);
        let finding =
            abouts::DATABASE_STATEMENT.finding(Subject::statement(what), Action::Dropped, message);
        self.findings.push(finding.at(line).matters(severity));
    }

    /// Privileges on an object in a database, which the user wants to be listed and left out.
    pub fn drop_object_grant(&mut self, what: &str, line: u32) {
        if let Some(before_16) = &mut self.before_16 {
            before_16.drop_object_grant(what, line);
        }
        let origin = self.ledger.open(line);
        self.lost(origin);
        let message = "it is about an object in a database, and left out".to_owned();
        let object = &Subject::statement(what.to_owned());
        self.finding(&abouts::OBJECT_PRIVILEGE, Action::Dropped, object, origin, message);
    }

    /// A clause of the statement in `line`, which PostgreSQL does not have and the user wants to be left out;
    /// `whole` where the statement says nothing else.
    pub fn drop_clause(&mut self, what: &str, line: u32, whole: bool) {
        if let Some(before_16) = &mut self.before_16 {
            before_16.drop_clause(what, line, whole);
        }
        let action = if whole {
            let origin = self.ledger.open(line);
            self.lost(origin);
            Action::Dropped
        } else {
            self.ledger.change_last();
            Action::Rewritten
        };
        let object = Subject::statement(what.to_owned());
        let message = "a clause of another product than PostgreSQL, which is left out";
        self.findings.push(abouts::UNKNOWN_CLAUSE.finding(object, action, message).at(Some(line)));
    }

    /// The dump ends in the middle of a statement, which is left out: of `role`, if it tells.
    pub fn cut_off(&mut self, role: Option<&str>, line: u32) {
        if let Some(before_16) = &mut self.before_16 {
            before_16.cut_off(role, line);
        }
        let origin = self.ledger.open(line);
        self.lost(origin);
        let mut message =
            "the dump ends in the middle of this statement, which is left out".to_owned();
        if let Some(role) = role.map(Name::new).or_else(|| self.bare.take()) {
            message.push_str(": ");
            message.push_str(&without_attributes(&role));
        }
        self.bare = None;
        let object = &Subject::statement("last statement");
        self.finding(&abouts::TRUNCATED, Action::Dropped, object, origin, message);
    }

    /// The dump does not state the attributes of these roles, as pg_dumpall does.
    pub(super) fn tell_unstated(&mut self) {
        for name in std::mem::take(&mut self.unstated) {
            let Some(role) = self.globals.roles.get(&name) else { continue };
            let states =
                Attribute::ALL.into_iter().any(|attribute| role.stated(attribute).is_some());
            if let (Some(created), false) = (role.created, states) {
                let line = self.ledger.line(created.origin);
                self.findings.push(missing_attributes(&name).at(line));
            }
        }
    }
}

/// A role of a dump without its attributes.
pub fn missing_attributes(name: &Name) -> Finding {
    let message =
        "its ALTER ROLE is missing in the dump: without it, it cannot log in and has no password";
    abouts::MISSING_ATTRIBUTES.finding(Subject::Role(name.clone()), Action::Kept, message)
}
