//! What was there for the time of the restore only, and is there still.

use std::collections::BTreeSet;

use super::gather::{Outcome, Verified};
use super::globals::Arrived;
use super::names::Names;
use super::object::Object;
use crate::finding::Subject;
use crate::globals::{Change, Fact};
use crate::name::Name;
use crate::plan;
use crate::read::live::Live;

/// What `--for-restore` has made and nothing has taken back yet.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Outstanding {
    /// The roles that stand in for others.
    pub stand_ins: Vec<Name>,
    /// The roles that the connected role has granted to itself.
    pub owners: Vec<Name>,
    /// The roles that inherit from the owner of a schema, and do not on the source: who restores lets them,
    /// so that they can own something in it.
    pub inheriting: Vec<Name>,
    /// The stand-ins that the connected role is a member of by its own grant.
    pub joined: Vec<Name>,
    /// What belongs to stand-ins, which stay as long as something does: the stand-in, the database, the object.
    pub owned: Vec<(Name, Name, Object)>,
}

impl Outstanding {
    /// Whether there is nothing to be taken back.
    pub fn is_empty(&self) -> bool {
        self.stand_ins.is_empty() && self.owners.is_empty() && self.inheriting.is_empty()
    }

    /// What is there.
    pub fn of(target: &Live, names: &Names) -> Self {
        let user = &target.answers.user;
        let (mut owners, mut joined, mut inheriting) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let granted = target.globals.memberships.keys();
        for key in granted.filter(|key| key.grantor.as_ref() == Some(user)) {
            let is_stand_in = |name: &Name| names.stand_ins.contains(name);
            if key.member == *user && is_stand_in(&key.role) {
                joined.insert(key.role.clone());
            } else if key.member == *user && !names.platforms.contains(&key.role) {
                owners.insert(key.role.clone());
            } else if is_stand_in(&key.role) || is_stand_in(&key.member) {
                inheriting.insert(key.member.clone());
            }
        }
        let list = |all: BTreeSet<Name>| all.into_iter().collect::<Vec<_>>();
        Self {
            stand_ins: list(names.stand_ins.clone()),
            owners: list(owners),
            inheriting: list(inheriting),
            joined: list(joined),
            owned: Vec::new(),
        }
    }

    /// Notes what belongs to stand-ins in the databases.
    pub fn note_owned(&mut self, verified: &[Verified]) {
        for it in verified {
            if let Outcome::Compared { comparison, .. } = &it.outcome {
                let owned = comparison.of_stand_ins.iter();
                self.owned.extend(
                    owned.map(|(role, object)| (role.clone(), it.name.clone(), object.clone())),
                );
            }
        }
        self.owned.sort();
    }

    /// Takes memberships that only the target has, and that let an object's owner inherit from its schema's, for
    /// what they are, and out of what has arrived.
    pub fn take_inheriting(&mut self, arrived: &mut Arrived, target: &Live, verified: &[Verified]) {
        let mut within = BTreeSet::new();
        for it in verified {
            if let Outcome::Compared { comparison, .. } = &it.outcome {
                within.extend(&comparison.within);
            }
        }
        let within: BTreeSet<_> =
            within.into_iter().map(|(role, member): &(Name, Name)| (role, member)).collect();
        let is_off = |fact: Option<Fact<bool>>| fact.is_some_and(|fact| !fact.value);
        let may_set: BTreeSet<_> = target
            .globals
            .memberships
            .iter()
            .filter(|(_, it)| it.set.is_some() && !is_off(it.set) || it.is_admin())
            .map(|(key, _)| (&key.role, &key.member))
            .collect();
        let mut is_ours = |role: &Name, member: &Name| {
            let is_ours = within.contains(&(role, member)) && !may_set.contains(&(role, member));
            if is_ours {
                self.inheriting.push(member.clone());
            }
            is_ours
        };
        arrived.findings.retain(|finding| match &finding.object {
            Subject::Membership { role, member } if *finding.about == plan::OUTSIDER => {
                !is_ours(role, member)
            }
            _ => true,
        });
        arrived.extra.retain(|change| match change {
            Change::Membership { key, .. } => !is_ours(&key.role, &key.member),
            _ => true,
        });
        self.inheriting.sort_unstable();
        self.inheriting.dedup();
    }
}
