//! Roles, with their attributes, limits and passwords.

use super::described::{comment, labels};
use super::{Change, Changes, Scope, Target};
use crate::attribute::Attribute;
use crate::globals::fact::{Fact, Origin};
use crate::globals::model::{Password, Role};
use crate::globals::timestamp::Timestamp;
use crate::name::Name;

pub(super) fn compare(
    name: &Name,
    current: Option<&Role>,
    desired: &Role,
    scope: Scope,
    all: &mut Changes,
) {
    let nothing = Role::default();
    let on = Target::Role(name.clone());
    match current {
        None => {
            let mut role = desired.clone();
            role.comment = None;
            role.labels.clear();
            role.password = Password::Unknown;
            all.changes.push(Change::CreateRole { name: name.clone(), role: Box::new(role) });
        }
        Some(current) => {
            attributes(name, current, desired, scope, all);
            limits(name, current, desired, scope, all);
        }
    }
    password(name, current, desired, scope, all);
    let current = current.unwrap_or(&nothing);
    comment(&on, current.comment.as_ref(), desired.comment.as_ref(), scope, all);
    labels(&on, &current.labels, &desired.labels, scope, all);
}

fn attributes(name: &Name, current: &Role, desired: &Role, scope: Scope, all: &mut Changes) {
    for attribute in Attribute::ALL {
        let (Some(from), Some(to)) = (current.stated(attribute), desired.stated(attribute)) else {
            continue;
        };
        if from.value == to.value {
            continue;
        }
        let change =
            Change::Attribute { role: name.clone(), attribute, to: to.value, origin: to.origin };
        // One that was given by hand, and that administrators can rarely take back.
        let by_hand = matches!(
            attribute,
            Attribute::Superuser | Attribute::Replication | Attribute::BypassRls
        );
        if by_hand && !to.value { all.removal(scope, change) } else { all.changes.push(change) }
    }
}

fn limits(name: &Name, current: &Role, desired: &Role, scope: Scope, all: &mut Changes) {
    let from = current.connection_limit.map_or(-1, |fact| fact.value);
    let to = desired.connection_limit.map_or(-1, |fact| fact.value);
    if from != to {
        let origin = desired.connection_limit.map_or(Origin::LIVE, |fact| fact.origin);
        let change = Change::ConnectionLimit { role: name.clone(), from, to, origin };
        if desired.connection_limit.is_none() {
            all.removal(scope, change);
        } else {
            all.changes.push(change);
        }
    }
    let end = |role: &Role| -> Option<Timestamp> {
        role.valid_until.as_ref().map(|fact| fact.value.clone()).filter(|end| !end.is_infinite())
    };
    let (from, to) = (end(current), end(desired));
    if from != to {
        let origin = desired.valid_until.as_ref().map_or(Origin::LIVE, |fact| fact.origin);
        let change = Change::ValidUntil { role: name.clone(), from, to, origin };
        if desired.valid_until.is_none() {
            all.removal(scope, change);
        } else {
            all.changes.push(change);
        }
    }
}

fn password(name: &Name, current: Option<&Role>, desired: &Role, scope: Scope, all: &mut Changes) {
    let none = Password::None(Fact::default());
    let from = current.map_or(&none, |role| &role.password);
    match (from, &desired.password) {
        (_, Password::Unknown) | (Password::None(_) | Password::Unknown, Password::None(_)) => {}
        (Password::Unknown, Password::Is(_)) => all.unverifiable.push(name.clone()),
        (Password::Is(one), Password::Is(other)) if one == other => {}
        (_, to) => {
            let change =
                Change::Password { role: name.clone(), from: from.clone(), to: to.clone() };
            if change.removes() { all.removal(scope, change) } else { all.changes.push(change) }
        }
    }
}
