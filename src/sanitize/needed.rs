//! Which roles databases need: where only some databases are migrated, only their roles are.

use std::collections::{BTreeMap, BTreeSet};

use crate::globals::SettingKey;
use crate::name::Name;

/// What some databases of a source need.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Needed {
    /// The databases.
    pub databases: BTreeSet<Name>,
    /// The roles, by the source's names, and why they are needed: `owns objects in shop`.
    pub roles: BTreeMap<Name, String>,
}

impl Needed {
    /// Whether a setting holds in one of the databases: it is for all of them, or for one of these.
    pub fn takes_setting(&self, key: &SettingKey) -> bool {
        key.database.as_ref().is_none_or(|database| self.databases.contains(database))
    }
}
