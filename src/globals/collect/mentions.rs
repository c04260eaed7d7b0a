//! Where roles are mentioned, so that taking back ten thousand things is not ten thousand searches.

use std::collections::BTreeSet;

use foldhash::HashMap;

use crate::globals::model::{Globals, MembershipKey, SettingKey};
use crate::name::Name;

/// The memberships and settings that mention a role.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    memberships: Index<MembershipKey>,
    settings: Index<SettingKey>,
}

type Index<K> = HashMap<Name, BTreeSet<K>>;

impl Mentions {
    pub(super) fn of(globals: &Globals) -> Self {
        let mut mentions = Self::default();
        globals.memberships.keys().for_each(|key| mentions.add_membership(key));
        globals.settings.keys().for_each(|key| mentions.add_setting(key));
        mentions
    }

    pub(super) fn add_membership(&mut self, key: &MembershipKey) {
        for name in key.names() {
            add(&mut self.memberships, name, key);
        }
    }

    pub(super) fn remove_membership(&mut self, key: &MembershipKey) {
        for name in key.names() {
            remove(&mut self.memberships, name, key);
        }
    }

    pub(super) fn add_setting(&mut self, key: &SettingKey) {
        if let Some(name) = &key.role {
            add(&mut self.settings, name, key);
        }
    }

    pub(super) fn remove_setting(&mut self, key: &SettingKey) {
        if let Some(name) = &key.role {
            remove(&mut self.settings, name, key);
        }
    }

    /// The memberships that mention the role as granted, as a member, or as the grantor.
    pub(super) fn memberships(&self, role: &Name) -> impl Iterator<Item = &MembershipKey> {
        self.memberships.get(role).into_iter().flatten()
    }

    /// How many there are.
    pub(super) fn membership_count(&self, role: &Name) -> usize {
        self.memberships.get(role).map_or(0, BTreeSet::len)
    }

    /// The role's settings, in all databases.
    pub(super) fn settings(&self, role: &Name) -> impl Iterator<Item = &SettingKey> {
        self.settings.get(role).into_iter().flatten()
    }
}

fn add<K: Ord + Clone>(index: &mut Index<K>, name: &Name, key: &K) {
    index.entry(name.clone()).or_default().insert(key.clone());
}

fn remove<K: Ord>(index: &mut Index<K>, name: &Name, key: &K) {
    if let Some(keys) = index.get_mut(name) {
        keys.remove(key);
    }
}
