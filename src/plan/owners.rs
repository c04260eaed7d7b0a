//! Who owns what on the source: restoring it takes more than the roles.

use std::collections::BTreeSet;

use super::ground::Ground;
use super::no_stand_in;
use crate::finding::{Action, Finding, Severity, Subject};
use crate::globals::changes::Options;
use crate::globals::{Change, Fact, Globals, Membership, MembershipKey, Origin};
use crate::name::Name;
use crate::platform::Answers;
use crate::sanitize::About;
use crate::version::Major;
use crate::words::{few, plural};

pub(super) const ABOUT: About = About {
    name: "owners",
    severity: Severity::Info,
    why: "to restore what other roles own, the connected role has to be a member of each, with SET and \
          INHERIT",
    explanation: "pg_restore gives an object to its owner with ALTER … OWNER TO, which takes a \
                  member of that owner: `must be able to SET ROLE \"…\"` since 16, `must be member \
                  of role \"…\"` before. The creator of a role is not its member: since 16 it has \
                  the ADMIN option alone. --for-restore grants the memberships, and writes a file \
                  with the statements that revoke them, for psql -f after the restore. They should not \
                  stay, since through them the administrator has all that the owners have.",
    remedy: "give --for-restore FILE: it grants them, and FILE takes them back after the restore",
};

pub(super) const DROPPED: About = About {
    name: "dropped-owner",
    severity: Severity::Error,
    why: "roles that are not carried over own something on the source: restoring it will say that the \
          role does not exist",
    explanation: "For each such object, restoring says `role \"…\" does not exist`, and the object \
                  belongs to the role that restores: a function with SECURITY DEFINER then runs with all \
                  that the administrator may do. The message says how many objects the role owns, and in \
                  which databases. Another finding says why the role is not carried over.\n\n\
                  --for-restore creates a stand-in: a role of that name that cannot log in and has no \
                  rights of its own. The objects belong to it until they are given to somebody, with \
                  ALTER … OWNER TO. Never restore with --no-owner: it gives everything to the \
                  administrator.",
    remedy: "give --for-restore FILE, or REASSIGN OWNED on the source before the dump",
};

/// The roles that are carried over and own something on the source, apart from the connected role. A dump
/// does not tell who does: any role may.
pub(super) fn of<'a>(ground: &Ground<'a>) -> BTreeSet<&'a Name> {
    let carried = |role: &Name| {
        ground.desired.roles.contains_key(role)
            && ground.user() != Some(role)
            && (!ground.is_protected(role) || ground.may_become(role))
    };
    if ground.source.is_none() {
        return ground.desired.roles.keys().filter(|role| carried(role)).collect();
    }
    let uses = ground.uses().filter(|it| it.kind.takes_member()).map(|it| &it.role);
    let bootstrap = ground.bootstrap().filter(|role| {
        // What cannot be seen may well be there.
        let unseen = ground.unread().next().is_some();
        !ground.owned(role).is_empty() || ground.gets_public(role) || unseen
    });
    uses.chain(bootstrap).filter(|role| carried(role)).collect()
}

/// The roles that the connected role is a member of with all that it takes to restore what they own.
pub(super) fn held(current: &Globals, user: &Name) -> BTreeSet<Name> {
    let full = current.memberships.iter().filter(|(key, it)| key.member == *user && is_full(it));
    full.map(|(key, _)| key.role.clone()).collect()
}

/// Whether a membership lets its member both inherit and become the role.
pub(super) fn is_full(it: &Membership) -> bool {
    let on = |option: Option<Fact<bool>>| option.is_none_or(|fact| fact.value);
    on(it.set) && on(it.inherit)
}

/// The grant of a role to the one that restores.
pub(super) fn grant(role: &Name, answers: &Answers) -> Change {
    let knows = answers.major >= Major::new(16);
    membership(role, &answers.user, knows.then_some(true), knows.then_some(true))
}

/// A membership that is granted.
pub(super) fn membership(
    role: &Name,
    member: &Name,
    inherit: Option<bool>,
    set: Option<bool>,
) -> Change {
    Change::Membership {
        key: MembershipKey { role: role.clone(), member: member.clone(), grantor: None },
        from: None,
        to: Some(Options { admin: false, inherit, set }),
        origin: Origin::LIVE,
    }
}

/// What is to be said where nothing is granted.
pub(super) fn finding(
    owners: &BTreeSet<&Name>,
    current: &Globals,
    answers: &Answers,
) -> Option<Finding> {
    if answers.is_superuser() {
        return None;
    }
    let held = held(current, &answers.user);
    let names: Vec<_> =
        owners.iter().filter(|role| !held.contains(**role)).map(ToString::to_string).collect();
    let message = format!("is no member of {}", names.join(", "));
    let object = Subject::Role(answers.user.clone());
    (!names.is_empty()).then(|| ABOUT.finding(object, Action::Kept, message))
}

/// Owners that there will not be.
pub(super) fn dropped(ground: &Ground<'_>, stand_ins: &BTreeSet<&Name>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for role in ground.absent.iter().filter(|role| !stand_ins.contains(role)) {
        if can_be_owner(role, ground) {
            continue;
        }
        let owned = ground.owned(role);
        if owned.is_empty() {
            continue;
        }
        let objects = owned.values().fold(0_u64, |sum, count| sum.saturating_add(*count));
        let databases: Vec<_> = owned
            .keys()
            .map(|database| match database {
                Some(database) => database.to_string(),
                None => "the cluster itself".to_owned(),
            })
            .collect();
        let mut message = format!("owns {} in {}", plural(objects, "object"), few(&databases));
        let hindrance = no_stand_in::why(role, ground);
        let about = if hindrance.is_some() { &no_stand_in::ABOUT } else { &DROPPED };
        message.push_str(&hindrance.unwrap_or_default());
        let object = Subject::Role((*role).clone());
        findings.push(about.finding(object, Action::Dropped, message));
    }
    findings
}

/// Whether the target has a role of this name, to which the connected role can give something.
fn can_be_owner(role: &Name, ground: &Ground<'_>) -> bool {
    ground.is_there(role) && !ground.is_protected(role)
}
