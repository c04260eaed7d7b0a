//! What it takes to make one set of globals like another.
//!
//! One comparison, in three [scopes](Scope): by value, without regard to the order of things or
//! where they were read. What one of the readings could not see never differs.

mod adopt;
mod change;
mod membership;
mod parameter;
mod part;
mod role;
mod tablespace;

pub use change::{Change, Options, Target};
pub use part::Part;

use super::fact::Origin;
use super::model::{Globals, SettingKey};
use super::setting::Value;
use crate::name::Name;
use crate::platform::is_same_value;

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
    parameter::compare(current, desired, scope, &mut all);
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
        if from.is_none_or(|from| !is_same_setting(key, from, &setting.value)) {
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

/// Whether two values of a setting are one to the server, however they are spelled. An empty list is the
/// same as a list of one empty name.
pub fn is_same_setting(key: &SettingKey, one: &Value, other: &Value) -> bool {
    let is_same = |one: &str, other: &str| is_same_value(key.name.as_str(), one, other);
    match (one, other) {
        _ if one == other => true,
        (Value::Text(one), Value::Text(other)) => is_same(one, other),
        _ => one.is_empty_list() && other.is_empty_list(),
    }
}
