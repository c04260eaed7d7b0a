//! Memberships: all grantors together, unless equality is what counts.

use super::scope::counts;
use super::{Change, Changes, Options, Scope};
use crate::attribute::Attribute;
use crate::globals::fact::Origin;
use crate::globals::model::{Globals, Membership, MembershipKey};
use crate::name::Name;

/// A membership by role and member; by grantor too, where that counts.
type Slot<'a> = (&'a Name, &'a Name, Option<&'a Name>);

/// What the grants of one slot come to, and what they are.
struct United<'g, 'a> {
    slot: Slot<'a>,
    options: Options,
    /// Whether one of them states `INHERIT`; else it is the member's attribute, and no difference of
    /// its own.
    states_inherit: bool,
    grants: &'g [Grant<'a>],
}

/// One grant: by whom, what it gives, and what states it.
type Grant<'a> = (&'a MembershipKey, Options, &'a Membership);

pub(super) fn compare(current: &Globals, desired: &Globals, scope: Scope, all: &mut Changes) {
    let (current, wanted) = (grants(current), grants(desired));
    let mut there = united(&current, scope).peekable();
    let mut wanted = united(&wanted, scope).peekable();
    let mut removals = Vec::new();
    // Both are in order: they are gone through side by side.
    loop {
        let next = match (there.peek(), wanted.peek()) {
            (Some(one), Some(other)) => one.slot.min(other.slot),
            (Some(one), None) | (None, Some(one)) => one.slot,
            (None, None) => break,
        };
        let has = there.next_if(|it| it.slot == next);
        let wants = wanted.next_if(|it| it.slot == next);
        // Where neither side states `INHERIT`, it is not compared.
        let states =
            |side: &Option<United<'_, '_>>| side.as_ref().is_none_or(|it| it.states_inherit);
        let states = states(&has) || states(&wants);
        let comparable = |it: Options| Options { inherit: it.inherit.filter(|_| states), ..it };
        let has_options = has.as_ref().map(|it| comparable(it.options));
        let wants_options = wants.as_ref().map(|it| comparable(it.options));
        for (key, wants, membership) in wants.as_ref().map_or(&[][..], |it| it.grants) {
            let wants = comparable(*wants);
            let to = match has_options {
                Some(has) if has.covers(wants) => continue,
                // Stating what is there already takes nothing away.
                Some(has) if scope != Scope::Mirror => wants.or(has),
                _ => wants,
            };
            let (key, origin) = ((*key).clone(), membership.granted.origin);
            all.changes.push(Change::Membership { key, from: has_options, to: Some(to), origin });
        }
        // A member's rights are its own: who is not desired keeps what it is in.
        let (Some(has), true) = (has, counts(desired, scope, next.1)) else { continue };
        // What is both more and less has been made equal already.
        let united = comparable(has.options);
        let is_done = |wants: Options| scope == Scope::Mirror && !united.covers(wants);
        if wants_options.is_some_and(|wants| wants.covers(united) || is_done(wants)) {
            continue;
        }
        // Each grantor's is revoked by itself.
        for (key, has, _) in has.grants {
            let has = comparable(*has);
            if wants_options.is_some_and(|wants| wants.covers(has)) {
                continue;
            }
            let (key, from, origin) = ((*key).clone(), Some(has), Origin::LIVE);
            let to = wants_options.map(|wants| has.and(wants));
            removals.push(Change::Membership { key, from, to, origin });
        }
    }
    for change in removals {
        all.removal(scope, change);
    }
}

/// All grants, in order.
fn grants(globals: &Globals) -> Vec<Grant<'_>> {
    let all = globals.memberships.iter();
    let mut grants: Vec<_> =
        all.map(|(key, it)| (key, Options::of(globals, key, it), it)).collect();
    if !grants.is_sorted_by_key(|(key, ..)| *key) {
        grants.sort_unstable_by_key(|(key, ..)| *key);
    }
    grants
}

/// The grants of each slot together.
fn united<'g, 'a>(grants: &'g [Grant<'a>], scope: Scope) -> impl Iterator<Item = United<'g, 'a>> {
    let slot = move |key: &'a MembershipKey| -> Slot<'a> {
        (&key.role, &key.member, key.grantor.as_ref().filter(|_| scope == Scope::Mirror))
    };
    grants.chunk_by(move |one, other| slot(one.0) == slot(other.0)).map(move |grants| United {
        slot: slot(grants[0].0),
        options: grants.iter().map(|(_, it, _)| *it).reduce(Options::or).unwrap_or(grants[0].1),
        states_inherit: grants.iter().any(|(.., it)| it.inherit.is_some()),
        grants,
    })
}

impl Options {
    /// What the options come to: what is not stated follows the member's attribute.
    pub(crate) fn of(globals: &Globals, key: &MembershipKey, membership: &Membership) -> Self {
        // Asked only where it counts: there can be hundreds of thousands.
        let inherits = || globals.roles.get(&key.member).map(|role| role.has(Attribute::Inherit));
        Self {
            admin: membership.is_admin(),
            inherit: membership.inherit.map(|fact| fact.value).or_else(inherits),
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
