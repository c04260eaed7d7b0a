//! Who is a member of whom, and so as good as whoever is never touched.

use std::collections::{BTreeMap, BTreeSet};

use crate::globals::Globals;
use crate::name::Name;
use crate::platform::Protection;

/// Protects all members of a role, as far as nothing stronger does.
pub(super) fn protect_members(
    members: &Members<'_>,
    group: &Name,
    protected: &mut BTreeMap<Name, Protection>,
) {
    for member in members.below(group) {
        protected.entry(member).or_insert_with(|| Protection::Administrator(group.clone()));
    }
}

/// The members of each role.
pub(super) struct Members<'a>(foldhash::HashMap<&'a Name, Vec<&'a Name>>);

impl<'a> Members<'a> {
    pub(super) fn of(globals: &'a Globals) -> Self {
        let mut members: foldhash::HashMap<_, Vec<_>> = foldhash::HashMap::default();
        for key in globals.memberships.keys() {
            members.entry(&key.role).or_default().push(&key.member);
        }
        Self(members)
    }

    /// All members of a role, members' members included.
    pub(super) fn below(&self, group: &Name) -> BTreeSet<Name> {
        let mut all = BTreeSet::new();
        let mut next = vec![group];
        while let Some(role) = next.pop() {
            for &member in self.0.get(role).into_iter().flatten() {
                if all.insert(member.clone()) {
                    next.push(member);
                }
            }
        }
        all
    }
}
