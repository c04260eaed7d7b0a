//! Settings: of roles, of databases, and of both.

use super::scope::counts;
use super::{Change, Changes, Scope};
use crate::globals::fact::Origin;
use crate::globals::model::{Globals, SettingKey};
use crate::globals::setting::Value;
use crate::platform::is_same_value;

pub(super) fn compare(current: &Globals, desired: &Globals, scope: Scope, all: &mut Changes) {
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
/// same as a list of one empty name, unless that would be a library.
pub fn is_same_setting(key: &SettingKey, one: &Value, other: &Value) -> bool {
    let is_same = |one: &str, other: &str| is_same_value(key.name.as_str(), one, other);
    match (one, other) {
        _ if one == other => true,
        (Value::Text(one), Value::Text(other)) => is_same(one, other),
        _ => !key.name.loads_libraries() && one.is_empty_list() && other.is_empty_list(),
    }
}
