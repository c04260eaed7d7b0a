//! What lets the connected role restore the databases without a loss, and what takes it back.

use std::collections::BTreeSet;

use super::ground::Ground;
use super::uses::{self, Loss};
use super::within::{self, Pairs};
use super::{namesake, owners, stand_ins, through};
use crate::finding::Finding;
use crate::globals::{Change, Globals, MembershipKey};
use crate::name::Name;
use crate::platform::Answers;
use crate::version::Major;

/// What was done for a restore and has to be taken back after it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TakeBack {
    /// Who restores; none where that is whoever replays a script.
    pub user: Option<Name>,
    /// The owners that were granted to it.
    pub owners: BTreeSet<Name>,
    /// The roles that stand for others.
    pub stand_ins: BTreeSet<Name>,
    /// Owners of objects that inherit from the owner of the schema, as (role, member).
    pub within: BTreeSet<(Name, Name)>,
    /// The databases that are restored, as far as they are known.
    pub databases: Vec<Name>,
}

impl TakeBack {
    /// Whether there is nothing to take back.
    pub fn is_empty(&self) -> bool {
        self.owners.is_empty() && self.stand_ins.is_empty() && self.within.is_empty()
    }
}

/// What a restore takes.
pub(super) struct Restore<'a> {
    /// The owners that are carried over.
    owners: BTreeSet<&'a Name>,
    /// Stand-ins that the target has.
    there: BTreeSet<&'a Name>,
    /// Those that it needs.
    needed: BTreeSet<&'a Name>,
    /// Who has to inherit from whom.
    pairs: Pairs<'a>,
    /// The same, of those that the target has now.
    present: BTreeSet<(&'a Name, &'a Name)>,
}

impl<'a> Restore<'a> {
    pub(super) fn of(ground: &Ground<'a>, for_restore: bool) -> Self {
        let there = ground.current.map(|it| stand_ins::there(it, ground.desired));
        let there = there.unwrap_or_default();
        let needed = stand_ins::needed(ground);
        let all: BTreeSet<_> = there.iter().chain(&needed).copied().collect();
        let pairs = within::pairs(ground, if for_restore { &all } else { &there });
        let keys = pairs.iter().filter(|(_, pair)| pair.hindrance.is_none()).map(|(key, _)| *key);
        let is_present = |(role, member): &(&Name, &Name)| {
            let (Some(current), Some(user)) = (ground.current, ground.user()) else { return false };
            current.memberships.iter().any(|(key, it)| {
                (&key.role, &key.member) == (*role, *member)
                    && key.grantor.as_ref() == Some(user)
                    && !it.is_admin()
            })
        };
        let present = keys.filter(is_present).collect();
        Self { owners: owners::of(ground), there, needed, pairs, present }
    }

    /// What is granted and created, as far as it is not there.
    pub(super) fn changes(&self, current: &Globals, answers: &Answers) -> Vec<Change> {
        let mut changes: Vec<_> =
            self.needed.iter().flat_map(|name| stand_ins::create(name)).collect();
        if answers.is_superuser() {
            return changes;
        }
        let held = owners::held(current, &answers.user);
        let all = self.owners.iter().chain(&self.there).chain(&self.needed);
        let missing = all.filter(|role| !held.contains(**role));
        changes.extend(missing.map(|role| owners::grant(role, answers)));
        let new = self
            .pairs
            .iter()
            .filter(|(key, pair)| pair.hindrance.is_none() && !self.present.contains(key));
        let new = new.map(|(key, _)| key);
        let knows = answers.major >= Major::new(16);
        changes.extend(new.map(|(role, member)| {
            owners::membership(role, member, knows.then_some(true), knows.then_some(false))
        }));
        changes
    }

    /// Whether a membership of the target is there for a restore only.
    pub(super) fn is_own(&self, key: &MembershipKey) -> bool {
        self.present.contains(&(&key.role, &key.member))
            || self.there.contains(&key.role)
            || self.there.contains(&key.member)
    }

    /// What there is to say.
    pub(super) fn findings(
        &self,
        ground: &Ground<'_>,
        current: &Globals,
        answers: &Answers,
        for_restore: bool,
    ) -> Vec<Finding> {
        let stand_ins = self.stand_ins(for_restore);
        let mut findings = Vec::new();
        if !for_restore {
            // A dump does not tell who owns something.
            let owners = ground.source.map(|_| owners::of(ground));
            findings.extend(owners.and_then(|it| owners::finding(&it, current, answers)));
        }
        findings.extend(owners::dropped(ground, &stand_ins));
        findings.extend(uses::findings(ground, &stand_ins));
        // Who has a name on the target has it after the restore, too.
        let all = &Ground { restored: &BTreeSet::new(), ..*ground };
        findings.extend(through::findings(all, &self.there));
        findings.extend(namesake::check(all));
        findings.extend(namesake::taken(all));
        if !answers.is_superuser() {
            let pairs = within::beside(&self.pairs, ground.restored);
            findings.extend(within::findings(&pairs, for_restore, &self.present));
        }
        findings
    }

    /// The same for a script.
    pub(super) fn findings_of_script(
        &self,
        ground: &Ground<'_>,
        for_restore: bool,
    ) -> Vec<Finding> {
        let stand_ins = self.stand_ins(for_restore);
        let mut findings = owners::dropped(ground, &stand_ins);
        findings.extend(uses::findings(ground, &stand_ins));
        findings.extend(through::findings(ground, &self.there));
        if !ground.rights.is_superuser() {
            findings.extend(within::findings(&self.pairs, for_restore, &self.present));
        }
        findings
    }

    /// What will be lost all the same.
    pub(super) fn losses(&self, ground: &Ground<'_>, for_restore: bool) -> Vec<Loss> {
        uses::losses(ground, &self.stand_ins(for_restore))
    }

    fn stand_ins(&self, for_restore: bool) -> BTreeSet<&'a Name> {
        let needed = self.needed.iter().filter(|_| for_restore);
        self.there.iter().chain(needed).copied().collect()
    }

    /// The names of those that a script creates.
    pub(super) fn needed(&self) -> impl Iterator<Item = &'a Name> {
        self.needed.iter().copied()
    }

    /// What is to be taken back: what the target has of it, and where it is asked for, what it will have.
    pub(super) fn take_back(&self, ground: &Ground<'_>, for_restore: bool) -> TakeBack {
        let cloned = |roles: BTreeSet<&Name>| roles.into_iter().cloned().collect();
        let pairs = self.pairs.iter().filter(|(key, pair)| {
            self.present.contains(key) || (for_restore && pair.hindrance.is_none())
        });
        let pairs = pairs.map(|(key, _)| key);
        let (mut held, mut granted) = (BTreeSet::new(), BTreeSet::new());
        if let (Some(current), Some(user)) = (ground.current, ground.user()) {
            let full = current.memberships.iter();
            for (key, _) in full.filter(|(key, it)| key.member == *user && owners::is_full(it)) {
                held.insert(&key.role);
                if key.grantor.as_ref() == Some(user) {
                    granted.insert(&key.role);
                }
            }
        }
        // What somebody else has granted is not ours to take.
        let is_ours =
            |role: &&Name| granted.contains(*role) || (for_restore && !held.contains(*role));
        let owners = self.owners.iter().copied().filter(is_ours);
        let mut take_back = TakeBack {
            user: ground.user().cloned(),
            stand_ins: cloned(self.stand_ins(for_restore)),
            databases: databases(ground),
            ..TakeBack::default()
        };
        if !ground.rights.is_superuser() {
            take_back.owners = cloned(owners.collect());
            take_back.within =
                pairs.map(|(role, member)| ((*role).clone(), (*member).clone())).collect();
        }
        take_back
    }
}

/// The databases that will be restored; a dump of the globals does not tell.
fn databases(ground: &Ground<'_>) -> Vec<Name> {
    ground.source.map(|source| source.to_migrate(None)).unwrap_or_default()
}
