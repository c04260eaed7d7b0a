//! What a server has, and what it answers.

use std::collections::{BTreeMap, BTreeSet};

use super::Probe;
use super::named_by::Use;
use crate::globals::Globals;
use crate::name::Name;
use crate::platform::{Answers, Platform};

/// What a server has, and what it answers.
#[derive(Clone, Debug)]
pub struct Live {
    /// Its globals. The server's own roles, such as `pg_monitor`, are not among them.
    pub globals: Globals,
    /// What it answers about itself and the connected role.
    pub answers: Answers,
    /// The kind of verifier that roles have, where the platform tells it although `pg_authid` is
    /// closed: `scram-sha-256`, `md5`.
    pub verifier_kinds: BTreeMap<Name, String>,
    /// Roles that have no verifier, where the platform tells this much although `pg_authid` is closed.
    pub without_verifier: BTreeSet<Name>,
    /// The platform that its roles show.
    pub platform: Option<&'static Platform>,
    /// How the objects of which database name its roles.
    pub uses: Vec<Use>,
    /// The database that the connection is to.
    pub database: Option<Name>,
    /// What it can be asked.
    pub probe: Probe,
}

impl Live {
    /// Keeps these databases, and what is said of roles in them: the others are not migrated.
    pub fn keep_databases(&mut self, databases: &BTreeSet<Name>) {
        self.answers.databases.retain(|name, _| databases.contains(name));
        self.uses.retain(|it| it.database.as_ref().is_none_or(|name| databases.contains(name)));
    }

    /// The databases that are migrated, as long as nobody chooses: those that accept connections, the
    /// templates and the platform's own left out.
    pub fn to_migrate(&self, platform: Option<&Platform>) -> Vec<Name> {
        let platform = platform.or(self.platform);
        let all = self.answers.databases.iter().filter(|(name, database)| {
            database.encoding.is_some()
                && !database.is_template
                && !platform.is_some_and(|platform| platform.owns_database(name.as_str()))
        });
        all.map(|(name, _)| name.clone()).collect()
    }
}
