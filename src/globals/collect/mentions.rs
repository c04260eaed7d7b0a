//! Where roles are mentioned, so that taking back ten thousand things is not ten thousand searches.

use std::collections::BTreeSet;

use foldhash::HashMap;

use crate::globals::model::{Globals, MembershipKey, ParameterKey, SettingKey};
use crate::name::Name;

/// The memberships, settings and privileges on parameters that mention a role.
#[derive(Clone, Debug, Default)]
pub(super) struct Mentions {
    memberships: Index<MembershipKey>,
    settings: Index<SettingKey>,
    parameters: Index<ParameterKey>,
}

type Index<K> = HashMap<Name, BTreeSet<K>>;

impl Mentions {
    pub(super) fn of(globals: &Globals) -> Self {
        let mut mentions = Self::default();
        globals.memberships.keys().for_each(|key| mentions.add_membership(key));
        globals.settings.keys().for_each(|key| mentions.add_setting(key));
        globals.parameters.keys().for_each(|key| mentions.add_parameter(key));
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

    pub(super) fn add_parameter(&mut self, key: &ParameterKey) {
        for name in key.names() {
            add(&mut self.parameters, name, key);
        }
    }

    pub(super) fn remove_parameter(&mut self, key: &ParameterKey) {
        for name in key.names() {
            remove(&mut self.parameters, name, key);
        }
    }

    /// The privileges on parameters that mention the role as the grantee or as the grantor.
    pub(super) fn parameters(&self, role: &Name) -> impl Iterator<Item = &ParameterKey> {
        self.parameters.get(role).into_iter().flatten()
    }

    /// The grants of a role to a member, by whomever.
    pub(super) fn grants<'a>(
        &'a self,
        role: &'a Name,
        member: &'a Name,
    ) -> impl Iterator<Item = &'a MembershipKey> {
        let first = MembershipKey { role: role.clone(), member: member.clone(), grantor: None };
        let all = self.memberships.get(member).into_iter();
        let from_first = all.flat_map(move |keys| keys.range(first.clone()..));
        from_first.take_while(move |key| key.role == *role && key.member == *member)
    }

    /// The memberships that mention the role as granted, as a member, or as the grantor.
    pub(super) fn memberships(&self, role: &Name) -> impl Iterator<Item = &MembershipKey> {
        self.memberships.get(role).into_iter().flatten()
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
