//! Which roles some databases need, and why.

use std::fmt::Write as _;

use serde::Serialize;

use super::page::{Section, row};
use crate::name::Name;
use crate::sanitize::Needed;
use crate::words::{and, plural};

/// Which roles were taken because some databases need them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Selected {
    /// The databases.
    pub databases: Vec<String>,
    /// The roles, by the source's names.
    pub roles: Vec<SelectedRole>,
    /// Whether the reasons are wanted in texts, too.
    #[serde(skip)]
    explain: bool,
}

/// A role that was taken.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SelectedRole {
    /// Its name.
    pub role: String,
    /// Why the databases need it: `owns objects in shop`.
    pub because: String,
}

impl Selected {
    /// What databases need, as far as the roles are wanted otherwise.
    pub fn of(needed: &Needed, is_wanted: impl Fn(&Name) -> bool, explain: bool) -> Self {
        let roles = needed.roles.iter().filter(|(name, _)| is_wanted(name));
        let role = |(name, because): (&Name, &String)| SelectedRole {
            role: name.as_str().to_owned(),
            because: because.clone(),
        };
        let databases = needed.databases.iter().map(|name| name.as_str().to_owned());
        Self { databases: databases.collect(), roles: roles.map(role).collect(), explain }
    }

    /// How many there are.
    pub(super) fn line(&self) -> String {
        let databases: Vec<_> =
            self.databases.iter().map(|name| Name::new(name).to_string()).collect();
        format!("{} needed by {}", plural(self.roles.len(), "role"), and(&databases))
    }

    /// How many there are, and which, where that is wanted.
    pub(super) fn text(&self, out: &mut String) {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{}{}", self.line(), if self.explain { ":" } else { "" });
        for SelectedRole { role, because } in self.roles.iter().filter(|_| self.explain) {
            let _ = writeln!(out, "  {} {because}", Name::new(role));
        }
    }

    /// The roles and the reasons as a table, where they are wanted.
    pub(super) fn section(&self) -> Option<Section> {
        let roles = self.roles.iter().filter(|_| self.explain);
        let rows = roles
            .map(|it| row([Name::new(&it.role).to_string().into(), it.because.clone().into()]));
        let columns = ["role", "because it"];
        Section::table("Roles that the databases need", &columns, rows.collect())
    }
}
