//! Roles under new names.

use std::collections::BTreeMap;
use std::mem::take;

use super::fact::Origin;
use super::model::{Globals, Grantee, MembershipKey, ParameterKey, SettingKey};
use super::setting::Value;
use crate::name::Name;

impl Globals {
    /// Gives roles their new names, all at once: two may swap theirs. Gives what states the settings
    /// that named them.
    pub fn rename_all(&mut self, names: &BTreeMap<Name, Name>) -> Vec<Origin> {
        let mut changed = Vec::new();
        for (key, setting) in &mut self.settings {
            // The roles that sessions begin as.
            let begins_as = key.name.is("role") || key.name.is("session_authorization");
            if begins_as
                && let Value::Text(role) = &setting.value
                && let Some(to) = names.get(role.as_ref())
            {
                setting.value = Value::Text(to.as_str().into());
                changed.push(setting.origin);
            }
        }
        if names.is_empty() {
            return changed;
        }
        let to = |name: Name| names.get(&name).cloned().unwrap_or(name);
        let grantee = |grantee: Grantee| match grantee {
            Grantee::Role(name) => Grantee::Role(to(name)),
            Grantee::Public => Grantee::Public,
        };
        self.roles = take(&mut self.roles).into_iter().map(|(name, it)| (to(name), it)).collect();
        let memberships = take(&mut self.memberships).into_iter().map(|(key, it)| {
            let MembershipKey { role, member, grantor } = key;
            (MembershipKey { role: to(role), member: to(member), grantor: grantor.map(to) }, it)
        });
        self.memberships = memberships.collect();
        let settings = take(&mut self.settings).into_iter();
        self.settings =
            settings.map(|(key, it)| (SettingKey { role: key.role.map(to), ..key }, it)).collect();
        let parameters = take(&mut self.parameters).into_iter().map(|(key, it)| {
            let ParameterKey { parameter, grantee: who, grantor } = key;
            (ParameterKey { parameter, grantee: grantee(who), grantor: grantor.map(to) }, it)
        });
        self.parameters = parameters.collect();
        for tablespace in self.tablespaces.values_mut() {
            if let Some(owner) = &mut tablespace.owner
                && let Some(to) = names.get(&owner.value)
            {
                owner.value = to.clone();
            }
            let grants = take(&mut tablespace.grants).into_iter();
            tablespace.grants =
                grants.map(|((who, by), it)| ((grantee(who), by.map(to)), it)).collect();
        }
        self.sort();
        changed
    }
}
