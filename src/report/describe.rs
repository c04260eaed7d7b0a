//! Changes in words, without passwords and verifiers.

use serde::Serialize;

use crate::globals::changes::Options;
use crate::globals::{Change, Password, SettingKey, Value};
use crate::name::Name;

/// What is done to an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Action {
    /// It is made.
    Create,
    /// It is made different.
    Alter,
    /// It is given something.
    Grant,
    /// Something is taken from it.
    Revoke,
    /// It is gone.
    Drop,
}

/// What a change does.
pub(super) fn action(change: &Change) -> Action {
    match change {
        Change::CreateRole { .. } | Change::CreateTablespace { .. } => Action::Create,
        Change::DropRole { .. } | Change::DropTablespace { .. } => Action::Drop,
        Change::Membership { to: None, .. }
        | Change::Parameter { to: None, .. }
        | Change::TablespaceGrant { to: None, .. } => Action::Revoke,
        Change::Membership { from: Some(from), to: Some(to), .. } if to.is_less_than(*from) => {
            Action::Revoke
        }
        Change::Parameter { from: Some(from), to: Some(to), .. } if from.has_beyond(to) => {
            Action::Revoke
        }
        Change::Membership { .. } | Change::Parameter { .. } | Change::TablespaceGrant { .. } => {
            Action::Grant
        }
        _ => Action::Alter,
    }
}

/// A change in words.
pub(super) fn describe(change: &Change) -> String {
    match change {
        Change::CreateRole { name, role } => {
            let attributes = role.words();
            let space = if attributes.is_empty() { "" } else { " " };
            format!("create role {name}{space}{attributes}")
        }
        Change::DropRole { name, .. } => format!("drop role {name}"),
        Change::Attribute { role, attribute, to, .. } => {
            let word = if *to { attribute.keyword() } else { attribute.negative_keyword() };
            format!("alter role {role}: {word}")
        }
        Change::ConnectionLimit { role, from, to, .. } => {
            format!("alter role {role}: connection limit {to}, was {from}")
        }
        Change::ValidUntil { role, from, to, .. } => {
            let shown = |end: &Option<crate::globals::Timestamp>| {
                end.as_ref().map_or_else(|| "infinity".to_owned(), ToString::to_string)
            };
            format!("alter role {role}: valid until {}, was {}", shown(to), shown(from))
        }
        Change::Password { role, from, to } => match (from, to) {
            (_, Password::None(_)) => format!("remove the password of {role}"),
            (Password::Is(_), _) => format!("replace the password of {role}"),
            (Password::Unknown, _) => {
                format!("set the password of {role}, which the target does not show")
            }
            (Password::None(_), _) => format!("set the password of {role}"),
        },
        Change::Comment { on, to: None, .. } => format!("remove the comment on {on}"),
        Change::Comment { on, from, .. } => {
            let verb = if from.is_some() { "replace" } else { "set" };
            format!("{verb} the comment on {on}")
        }
        Change::Label { on, provider, to: None, .. } => {
            format!("remove the label of {provider} on {on}")
        }
        Change::Label { on, provider, .. } => {
            format!("set the label of {provider} on {on}")
        }
        Change::Setting { key, to: None, .. } => format!("reset {}", setting(key)),
        Change::Setting { key, from, to: Some(to), .. } => {
            let was =
                from.as_ref().map(|from| format!(", was {}", value(from))).unwrap_or_default();
            format!("set {} to {}{was}", setting(key), value(to))
        }
        Change::Membership { key, to: None, .. } => {
            format!("revoke {} from {}", key.role, key.member)
        }
        Change::Membership { key, from: Some(from), to: Some(to), .. }
            if to.is_less_than(*from) =>
        {
            let lost = [
                (from.admin && !to.admin, "ADMIN"),
                (from.inherit != to.inherit, "INHERIT"),
                (from.set != to.set, "SET"),
            ];
            let lost: Vec<_> =
                lost.iter().filter(|(is, _)| *is).map(|(_, option)| *option).collect();
            format!("revoke {} of {} from {}", lost.join(", "), key.role, key.member)
        }
        Change::Membership { key, to: Some(to), .. } => {
            format!("grant {} to {}{}", key.role, key.member, options(*to))
        }
        Change::Parameter { key, .. } => {
            let revokes = action(change) == Action::Revoke;
            let (verb, word) = if revokes { ("revoke", "from") } else { ("grant", "to") };
            let grantee = &key.grantee;
            format!("{verb} privileges on parameter {} {word} {grantee}", key.parameter)
        }
        Change::CreateTablespace { name, .. } => format!("create tablespace {name}"),
        Change::DropTablespace { name, .. } => format!("drop tablespace {name}"),
        Change::TablespaceOwner { name, from, to, .. } => {
            format!("alter tablespace {name}: owner {to}, was {from}")
        }
        Change::TablespaceLocation { name, from, to } => {
            format!("tablespace {name}: location {to}, is {from}")
        }
        Change::TablespaceOption { name, option, to, .. } => match to {
            Some(to) => format!("alter tablespace {name}: {option} = {to}"),
            None => format!("alter tablespace {name}: reset {option}"),
        },
        Change::TablespaceGrant { name, grantee: to, to: wanted, .. } => {
            let (verb, word) = if wanted.is_some() { ("grant", "to") } else { ("revoke", "from") };
            format!("{verb} create on tablespace {name} {word} {to}")
        }
    }
}

fn options(options: Options) -> String {
    let mut words = Vec::new();
    if options.admin {
        words.push("ADMIN");
    }
    if options.inherit == Some(false) {
        words.push("INHERIT FALSE");
    }
    if options.set == Some(false) {
        words.push("SET FALSE");
    }
    if words.is_empty() { String::new() } else { format!(" with {}", words.join(", ")) }
}

/// As one would write it: lists name by name.
pub(super) fn value(value: &Value) -> String {
    if value.is_empty_list() {
        return "''".to_owned();
    }
    match value {
        Value::Text(_) => format!("'{value}'"),
        Value::List(names) => {
            let names: Vec<_> = names.iter().map(|name| Name::new(name).to_string()).collect();
            names.join(", ")
        }
    }
}

fn setting(key: &SettingKey) -> String {
    let role = key.role.as_ref().map_or(" of ALL".to_owned(), |role| format!(" of {role}"));
    let database =
        key.database.as_ref().map(|database| format!(" in {database}")).unwrap_or_default();
    format!("{}{role}{database}", key.name)
}
