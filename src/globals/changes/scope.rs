//! Which differences count, and where each is filed.

use super::Change;
use crate::globals::model::Globals;
use crate::name::Name;

/// Which differences count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// What is desired is set; what is there beyond it stays, and is listed as extra.
    Merge,
    /// What roles that are desired have beyond it is removed, too. Other roles stay.
    Replace,
    /// Equality: roles that are not desired are dropped, and memberships compare by grantor.
    Mirror,
}

/// What it takes, and what is left as it is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    /// What is to be done.
    pub changes: Vec<Change>,
    /// What is there beyond what is desired, and stays.
    pub extra: Vec<Change>,
    /// Roles whose verifiers are desired but cannot be compared.
    pub unverifiable: Vec<Name>,
}

impl Changes {
    /// Files a difference under what is to be done or what stays.
    pub(super) fn removal(&mut self, scope: Scope, change: Change) {
        if scope == Scope::Merge { self.extra.push(change) } else { self.changes.push(change) }
    }
}

/// Whether what a role has beyond what is desired counts at all: other roles' things never do.
pub(super) fn counts(desired: &Globals, scope: Scope, role: &Name) -> bool {
    scope == Scope::Mirror || desired.roles.contains_key(role)
}
