//! What was there for the time of the restore only, and is there still.

use std::collections::BTreeSet;

use super::gather::{Outcome, Verified};
use super::globals::Arrived;
use super::names::Names;
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
}

impl Outstanding {
    /// Whether there is nothing to be taken back.
    pub fn is_empty(&self) -> bool {
        self.stand_ins.is_empty() && self.owners.is_empty() && self.inheriting.is_empty()
    }

    /// What is there.
    pub fn of(target: &Live, names: &Names) -> Self {
        let user = &target.answers.user;
        let own = target.globals.memberships.keys().filter(|key| {
            key.member == *user
                && key.grantor.as_ref() == Some(user)
                && !names.stand_ins.contains(&key.role)
                && !names.platforms.contains(&key.role)
        });
        let mut owners: Vec<_> = own.map(|key| key.role.clone()).collect();
        owners.sort_unstable();
        owners.dedup();
        let stand_ins = names.stand_ins.iter().cloned().collect();
        Self { stand_ins, owners, inheriting: Vec::new() }
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
