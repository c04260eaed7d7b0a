//! What was there for the time of the restore only, and is there still.

use super::names::Names;
use crate::name::Name;
use crate::read::live::Live;

/// What `--for-restore` has made and nothing has taken back yet.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Outstanding {
    /// The roles that stand in for others.
    pub stand_ins: Vec<Name>,
    /// The roles that the connected role has granted to itself, and that the role which is connected to
    /// the source is no member of there.
    pub owners: Vec<Name>,
}

impl Outstanding {
    /// Whether there is nothing to be taken back.
    pub fn is_empty(&self) -> bool {
        self.stand_ins.is_empty() && self.owners.is_empty()
    }

    /// What is there.
    pub fn of(source: &Live, target: &Live, names: &Names) -> Self {
        let user = &target.answers.user;
        let theirs = source.globals.memberships.keys();
        let of_administrator = theirs.filter(|key| key.member == source.answers.user);
        let meant: Vec<_> = of_administrator.map(|key| names.expected(&key.role)).collect();
        let own = target.globals.memberships.keys().filter(|key| {
            key.member == *user
                && key.grantor.as_ref() == Some(user)
                && !names.stand_ins.contains(&key.role)
                && !names.platforms.contains(&key.role)
                && !meant.contains(&&key.role)
        });
        let mut owners: Vec<_> = own.map(|key| key.role.clone()).collect();
        owners.sort_unstable();
        owners.dedup();
        Self { stand_ins: names.stand_ins.iter().cloned().collect(), owners }
    }
}
