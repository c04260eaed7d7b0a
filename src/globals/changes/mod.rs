//! What it takes to make one set of globals like another.
//!
//! One comparison, in three [scopes](Scope): by value, without regard to the order of things or
//! where they were read. What one of the readings could not see never differs.

mod change;
mod membership;
mod role;
mod tablespace;

pub use change::{Change, Options, Target};

use std::collections::BTreeMap;

use super::fact::Origin;
use super::model::{Globals, Grantee, Parameter, ParameterKey};
use super::setting::{SettingName, Value};
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
    fn removal(&mut self, scope: Scope, change: Change) {
        if scope == Scope::Merge { self.extra.push(change) } else { self.changes.push(change) }
    }
}

/// What it takes to make `current` like `desired`.
pub fn changes(current: &Globals, desired: &Globals, scope: Scope) -> Changes {
    let mut all = Changes::default();
    for (name, role) in &desired.roles {
        role::compare(name, current.roles.get(name), role, scope, &mut all);
    }
    if scope == Scope::Mirror {
        for (name, role) in &current.roles {
            if !desired.roles.contains_key(name) {
                let role = Box::new(role.clone());
                all.changes.push(Change::DropRole { name: name.clone(), role });
            }
        }
    }
    settings(current, desired, scope, &mut all);
    membership::compare(current, desired, scope, &mut all);
    parameters(current, desired, scope, &mut all);
    tablespace::compare(current, desired, scope, &mut all);
    all
}

/// Whether what a role has beyond what is desired counts at all: other roles' things never do.
fn counts(desired: &Globals, scope: Scope, role: &Name) -> bool {
    scope == Scope::Mirror || desired.roles.contains_key(role)
}

fn settings(current: &Globals, desired: &Globals, scope: Scope, all: &mut Changes) {
    for (key, setting) in &desired.settings {
        let from = current.settings.get(key).map(|fact| &fact.value);
        if from.is_none_or(|from| !same_setting(from, &setting.value)) {
            all.changes.push(Change::Setting {
                key: key.clone(),
                from: from.cloned(),
                to: Some(setting.value.clone()),
                origin: setting.origin,
            });
        }
    }
    for (key, setting) in &current.settings {
        // What is set for everybody is nobody's extra.
        let counts = match &key.role {
            Some(role) => counts(desired, scope, role),
            None => scope == Scope::Mirror,
        };
        if desired.settings.contains_key(key) || !counts {
            continue;
        }
        let change = Change::Setting {
            key: key.clone(),
            from: Some(setting.value.clone()),
            to: None,
            origin: Origin::LIVE,
        };
        all.removal(scope, change);
    }
}

/// An empty list is the same as a list of one empty name.
fn same_setting(one: &Value, other: &Value) -> bool {
    one == other || (one.is_empty_list() && other.is_empty_list())
}

/// Parameter and grantee; the grantor too, where that counts.
type Slot<'a> = (&'a SettingName, &'a Grantee, Option<&'a Name>);

fn slot(key: &ParameterKey, scope: Scope) -> Slot<'_> {
    (&key.parameter, &key.grantee, key.grantor.as_ref().filter(|_| scope == Scope::Mirror))
}

fn parameters(current: &Globals, desired: &Globals, scope: Scope, all: &mut Changes) {
    fn united(globals: &Globals, scope: Scope) -> BTreeMap<Slot<'_>, Parameter> {
        let mut united: BTreeMap<Slot<'_>, Parameter> = BTreeMap::new();
        for (key, it) in &globals.parameters {
            let slot = united.entry(slot(key, scope)).or_default();
            *slot = slot.or(it);
        }
        united
    }
    let (has, wants) = (united(current, scope), united(desired, scope));
    let nothing = Parameter::default();
    for (key, wanted) in &desired.parameters {
        let there = has.get(&slot(key, scope)).unwrap_or(&nothing);
        if !wanted.has_beyond(there) {
            continue;
        }
        // Stating what is there already takes nothing away.
        let to = if scope == Scope::Mirror { wanted.clone() } else { wanted.or(there) };
        all.changes.push(Change::Parameter {
            key: key.clone(),
            from: Some(there).filter(|there| **there != nothing).cloned(),
            to: Some(to),
        });
    }
    for (key, there) in &current.parameters {
        let role = super::script::role_of(&key.grantee);
        let counts = role.map_or(scope == Scope::Mirror, |role| counts(desired, scope, role));
        let wanted = wants.get(&slot(key, scope)).unwrap_or(&nothing);
        // What is both more and less has been made equal already.
        let is_done = scope == Scope::Mirror && wanted.has_beyond(there);
        if !counts || is_done || !there.has_beyond(wanted) {
            continue;
        }
        let to = Some(there.and(wanted)).filter(|left| *left != nothing);
        all.removal(scope, Change::Parameter { key: key.clone(), from: Some(there.clone()), to });
    }
}
