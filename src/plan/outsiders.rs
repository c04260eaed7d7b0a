//! Members that roles have on the target and not on the source: they get what the roles get.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashSet};

use super::restore::Restore;
use super::veto::Context;
use crate::attribute::Attribute;
use crate::finding::{Action, Finding, Severity, Subject};
use crate::globals::changes::Options;
use crate::globals::{Change, Globals, Membership, MembershipKey, Origin};
use crate::name::Name;
use crate::sanitize::{About, Unspecified};

/// What it says.
pub const ABOUT: About = About {
    name: "outsider",
    severity: Severity::Error,
    why: "on the target the role has a member that it does not have on the source, and that has all that the role has",
    explanation: "A role that the target has already keeps its members there. Each member gets what is copied to \
                  the role: its memberships, its privileges, what it owns. Since 16 who created a role has the ADMIN \
                  option on it, which is enough to become a member at any time; so somebody with CREATEROLE can make \
                  roles by the names that a migration is going to bring, and wait. It is an error where a \
                  member gets what this copy gives to the role, a warning where the role has it already or \
                  somebody has the ADMIN option alone, and information where another administrator once \
                  made the role.\n\n\
                  The connected role, superusers and the platform's administrators are not meant, nor is anybody of \
                  whom the source says the same.",
    remedy: "see who they are; REVOKE the membership on the target, or give the source's role another name with --rename",
};

/// Each such member of a role that is carried over.
pub(super) fn check(
    sent: &[Change],
    unspecified: &Unspecified,
    all_current: &Globals,
    restore: &Restore<'_>,
    cx: &Context<'_>,
) -> Vec<Finding> {
    let wanted: HashSet<_> =
        cx.desired.memberships.keys().map(|key| (&key.role, &key.member)).collect();
    let revoked: HashSet<_> = sent
        .iter()
        .filter_map(|change| match change {
            Change::Membership { key, to: None, .. } => Some(key),
            _ => None,
        })
        .collect();
    let is_known = |name: &Name| {
        *name == cx.answers.user
            || cx.answers.protected.contains_key(name)
            || cx.is_of_platform(name)
            || all_current.roles.get(name).is_some_and(|role| role.has(Attribute::Superuser))
    };
    let is_outsider = |(key, it): &(&MembershipKey, &Membership)| {
        cx.desired.roles.contains_key(&key.role)
            && !wanted.contains(&(&key.role, &key.member))
            && !revoked.contains(key)
            && !restore.is_own(key)
            && !is_known(&key.member)
            && !unspecified.covers(&removal(key, it))
    };
    let outsiders: Vec<_> = all_current.memberships.iter().filter(is_outsider).collect();
    if outsiders.is_empty() {
        return Vec::new();
    }
    // Several may have granted it.
    let mut members: BTreeMap<(&Name, &Name), bool> = BTreeMap::new();
    for (key, it) in outsiders {
        let is_member = [it.inherit, it.set].into_iter().any(|it| it.is_none_or(|it| it.value));
        if is_member || it.is_admin() {
            *members.entry((&key.role, &key.member)).or_default() |= is_member;
        }
    }
    let receivers = receivers(sent, [all_current, cx.desired]);
    let finding = |((role, member), is_member): ((&Name, &Name), bool)| {
        // Who has created a role has the ADMIN option, be it another administrator.
        let (can, severities) = if is_member {
            ("is a member of", [ABOUT.severity, Severity::Warning])
        } else {
            ("has the ADMIN option on", [Severity::Warning, Severity::Info])
        };
        let (severity, gets) = if receivers.contains(role) {
            (severities[0], ", to which this copy gives something")
        } else {
            (severities[1], "")
        };
        let message = format!("{member} {can} {role} on the target only{gets}");
        let object = Subject::Membership { role: role.clone(), member: member.clone() };
        ABOUT.finding(object, Action::Kept, message).matters(severity)
    };
    members.into_iter().map(finding).collect()
}

fn removal(key: &MembershipKey, it: &Membership) -> Change {
    let value = |option: Option<crate::globals::Fact<bool>>| option.map(|fact| fact.value);
    let from = Options { admin: it.is_admin(), inherit: value(it.inherit), set: value(it.set) };
    Change::Membership { key: key.clone(), from: Some(from), to: None, origin: Origin::LIVE }
}

/// The roles that get something, themselves or through one that they are members of.
fn receivers<'a>(sent: &'a [Change], both: [&'a Globals; 2]) -> HashSet<&'a Name> {
    let gets = |change: &'a Change| match change {
        Change::Membership { key, to: Some(_), .. } => Some(&key.member),
        Change::Attribute { role, to: true, .. } => Some(role),
        Change::Parameter { key, to: Some(_), .. } => key.grantee.role(),
        Change::TablespaceGrant { grantee, to: Some(_), .. } => grantee.role(),
        Change::TablespaceOwner { to, .. } => Some(to),
        Change::CreateTablespace { tablespace, .. } => {
            tablespace.owner.as_ref().map(|it| &it.value)
        }
        _ => None,
    };
    let mut members: HashMap<&Name, Vec<&Name>> = HashMap::default();
    for key in both.iter().flat_map(|globals| globals.memberships.keys()) {
        members.entry(&key.role).or_default().push(&key.member);
    }
    let mut receivers = HashSet::default();
    let mut next: Vec<_> = sent.iter().filter_map(gets).collect();
    while let Some(role) = next.pop() {
        if receivers.insert(role) {
            next.extend(members.remove(role).into_iter().flatten());
        }
    }
    receivers
}
