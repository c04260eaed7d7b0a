//! Memberships: all grantors together, unless equality is what counts.

use std::collections::BTreeMap;

use super::{Change, Changes, Options, Scope, counts};
use crate::attribute::Attribute;
use crate::globals::fact::Origin;
use crate::globals::model::{Globals, Membership, MembershipKey};
use crate::name::Name;

/// Memberships by role and member; by grantor too, where that counts. With all that they are made of.
type Union<'a> = BTreeMap<Slot<'a>, (Options, Vec<(&'a MembershipKey, Options)>)>;
type Slot<'a> = (&'a Name, &'a Name, Option<&'a Name>);

pub(super) fn compare(current: &Globals, desired: &Globals, scope: Scope, all: &mut Changes) {
    let there = union(current, scope);
    let wanted = union(desired, scope);
    for (key, membership) in &desired.memberships {
        let wants = Options::of(desired, key, membership);
        let has = there.get(&slot(key, scope)).map(|(has, _)| *has);
        let to = match has {
            Some(has) if has.covers(wants) => continue,
            // Stating what is there already takes nothing away.
            Some(has) if scope != Scope::Mirror => wants.or(has),
            _ => wants,
        };
        let (key, origin) = (key.clone(), membership.granted.origin);
        all.changes.push(Change::Membership { key, from: has, to: Some(to), origin });
    }
    for (slot, (has, grants)) in &there {
        // A member's rights are its own: who is not desired keeps what it is in.
        if !counts(desired, scope, slot.1) {
            continue;
        }
        let wants = wanted.get(slot).map(|(wants, _)| *wants);
        // What is both more and less has been made equal already.
        let is_done = |wants: Options| scope == Scope::Mirror && !has.covers(wants);
        if wants.is_some_and(|wants| wants.covers(*has) || is_done(wants)) {
            continue;
        }
        // Each grantor's is revoked by itself.
        for (key, has) in grants {
            if wants.is_some_and(|wants| wants.covers(*has)) {
                continue;
            }
            let (key, from, origin) = ((*key).clone(), Some(*has), Origin::LIVE);
            let to = wants.map(|wants| has.and(wants));
            all.removal(scope, Change::Membership { key, from, to, origin });
        }
    }
}

fn slot(key: &MembershipKey, scope: Scope) -> Slot<'_> {
    (&key.role, &key.member, key.grantor.as_ref().filter(|_| scope == Scope::Mirror))
}

fn union(globals: &Globals, scope: Scope) -> Union<'_> {
    let mut union = Union::new();
    for (key, membership) in &globals.memberships {
        let options = Options::of(globals, key, membership);
        let (united, grants) = union.entry(slot(key, scope)).or_insert((options, Vec::new()));
        *united = united.or(options);
        grants.push((key, options));
    }
    union
}

impl Options {
    /// What the options come to: what is not stated follows the member's attribute.
    pub(crate) fn of(globals: &Globals, key: &MembershipKey, membership: &Membership) -> Self {
        let inherits = globals.roles.get(&key.member).map(|role| role.has(Attribute::Inherit));
        Self {
            admin: membership.is_admin(),
            inherit: membership.inherit.map(|fact| fact.value).or(inherits),
            set: Some(membership.set.is_none_or(|fact| fact.value)),
        }
    }

    /// Whether everything that `other` gives is given; what is not known on one side counts as the
    /// same.
    fn covers(self, other: Self) -> bool {
        let covers =
            |one: Option<bool>, other: Option<bool>| one.unwrap_or(true) || !other.unwrap_or(false);
        (self.admin || !other.admin)
            && covers(self.inherit, other.inherit)
            && covers(self.set, other.set)
    }

    /// What both give.
    fn and(self, other: Self) -> Self {
        let and = |one: Option<bool>, other: Option<bool>| match (one, other) {
            (Some(one), Some(other)) => Some(one && other),
            (one, _) => one,
        };
        Self {
            admin: self.admin && other.admin,
            inherit: and(self.inherit, other.inherit),
            set: and(self.set, other.set),
        }
    }

    /// Whether it has less than `other`, and nothing more.
    pub(crate) fn is_less_than(self, other: Self) -> bool {
        let gains = |to: Option<bool>, from: Option<bool>| to == Some(true) && from == Some(false);
        let more = (self.admin && !other.admin)
            || gains(self.inherit, other.inherit)
            || gains(self.set, other.set);
        !more && self != other
    }

    /// What it gives and `other` does not.
    pub(crate) fn beyond(self, other: Self) -> Self {
        let beyond = |one: Option<bool>, other: Option<bool>| {
            Some(one.unwrap_or(false) && !other.unwrap_or(false))
        };
        Self {
            admin: self.admin && !other.admin,
            inherit: beyond(self.inherit, other.inherit),
            set: beyond(self.set, other.set),
        }
    }

    /// What one of both gives.
    pub(crate) fn or(self, other: Self) -> Self {
        let or = |one: Option<bool>, other: Option<bool>| match (one, other) {
            (Some(one), Some(other)) => Some(one || other),
            (one, other) => one.or(other),
        };
        Self {
            admin: self.admin || other.admin,
            inherit: or(self.inherit, other.inherit),
            set: or(self.set, other.set),
        }
    }
}
