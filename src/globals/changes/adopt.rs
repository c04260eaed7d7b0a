//! One difference between two sets of globals, taken away by making one of them like the other there.

use super::{Change, Target};
use crate::globals::model::{Globals, MembershipKey, ParameterKey, Role, Tablespace};
use crate::name::Name;

impl Change {
    /// Makes `into` what `from` is in all that the change is about. Both are [united](Globals::united): who
    /// granted something is none of it.
    ///
    /// Maps that are found by hash are not in order any more: [`Globals::sort`].
    pub fn adopt(&self, from: &Globals, into: &mut Globals) {
        match self {
            Self::CreateRole { name, .. } | Self::DropRole { name, .. } => {
                match from.roles.get(name) {
                    Some(role) => _ = into.roles.insert(name.clone(), role.clone()),
                    None => _ = into.roles.swap_remove(name),
                }
            }
            Self::Attribute { role, attribute, .. } => {
                if let Some((from, into)) = roles(role, from, into) {
                    into.set(*attribute, from.stated(*attribute));
                }
            }
            Self::ConnectionLimit { role, .. } => {
                if let Some((from, into)) = roles(role, from, into) {
                    into.connection_limit = from.connection_limit;
                }
            }
            Self::ValidUntil { role, .. } => {
                if let Some((from, into)) = roles(role, from, into) {
                    into.valid_until.clone_from(&from.valid_until);
                }
            }
            Self::Password { role, .. } => {
                if let Some((from, into)) = roles(role, from, into) {
                    into.password.clone_from(&from.password);
                }
            }
            Self::Comment { on: Target::Role(role), .. } => {
                if let Some((from, into)) = roles(role, from, into) {
                    into.comment.clone_from(&from.comment);
                }
            }
            Self::Label { on: Target::Role(role), .. } => {
                if let Some((from, into)) = roles(role, from, into) {
                    into.labels.clone_from(&from.labels);
                }
            }
            Self::Setting { key, .. } => match from.settings.get(key) {
                Some(setting) => _ = into.settings.insert(key.clone(), setting.clone()),
                None => _ = into.settings.remove(key),
            },
            Self::Membership { key, .. } => {
                let key = MembershipKey { grantor: None, ..key.clone() };
                match from.memberships.get(&key) {
                    Some(it) => _ = into.memberships.insert(key, it.clone()),
                    None => _ = into.memberships.swap_remove(&key),
                }
            }
            Self::Parameter { key, .. } => {
                let key = ParameterKey { grantor: None, ..key.clone() };
                match from.parameters.get(&key) {
                    Some(it) => _ = into.parameters.insert(key, it.clone()),
                    None => _ = into.parameters.remove(&key),
                }
            }
            Self::CreateTablespace { name, .. } | Self::DropTablespace { name, .. } => {
                match from.tablespaces.get(name) {
                    Some(it) => _ = into.tablespaces.insert(name.clone(), it.clone()),
                    None => _ = into.tablespaces.remove(name),
                }
            }
            Self::Comment { on: Target::Tablespace(name), .. } => {
                if let Some((from, into)) = tablespaces(name, from, into) {
                    into.comment.clone_from(&from.comment);
                }
            }
            Self::Label { on: Target::Tablespace(name), .. } => {
                if let Some((from, into)) = tablespaces(name, from, into) {
                    into.labels.clone_from(&from.labels);
                }
            }
            Self::TablespaceOwner { name, .. } => {
                if let Some((from, into)) = tablespaces(name, from, into) {
                    into.owner.clone_from(&from.owner);
                }
            }
            Self::TablespaceLocation { name, .. } => {
                if let Some((from, into)) = tablespaces(name, from, into) {
                    into.location.clone_from(&from.location);
                }
            }
            Self::TablespaceOption { name, option, .. } => {
                if let Some((from, into)) = tablespaces(name, from, into) {
                    match from.options.get(option) {
                        Some(value) => _ = into.options.insert(option.clone(), value.clone()),
                        None => _ = into.options.remove(option),
                    }
                }
            }
            Self::TablespaceGrant { name, grantee, .. } => {
                if let Some((from, into)) = tablespaces(name, from, into) {
                    into.grants.retain(|(to, _), _| to != grantee);
                    let theirs = from.grants.iter().filter(|((to, _), _)| to == grantee);
                    into.grants.extend(theirs.map(|(key, it)| (key.clone(), *it)));
                }
            }
        }
    }
}

fn roles<'f, 'i>(
    name: &Name,
    from: &'f Globals,
    into: &'i mut Globals,
) -> Option<(&'f Role, &'i mut Role)> {
    Some((from.roles.get(name)?, into.roles.get_mut(name)?))
}

fn tablespaces<'f, 'i>(
    name: &Name,
    from: &'f Globals,
    into: &'i mut Globals,
) -> Option<(&'f Tablespace, &'i mut Tablespace)> {
    Some((from.tablespaces.get(name)?, into.tablespaces.get_mut(name)?))
}
