//! Roles of the target by the names of roles that are not carried over: what restored objects give to a
//! name, they have.

use std::collections::BTreeMap;

use foldhash::HashSet;

use super::ground::Ground;
use super::stand_ins::is_stand_in;
use super::uses::named;
use crate::attribute::Attribute;
use crate::finding::{Action, Finding, Severity, Subject};
use crate::globals::{MembershipKey, Password, Role};
use crate::name::Name;
use crate::sanitize::About;
use crate::words::few;

pub(super) const ABOUT: About = About {
    name: "namesake",
    severity: Severity::Error,
    why: "the target has a role by the name of one that is not carried over, and a role can use it that \
          cannot use the source's: restored objects give it what they gave to the source's",
    explanation: "A restore grants by name. Where the target has a role of the name already, it gets what \
                  objects of the source grant to the role that was left out, and what that role owned. Somebody \
                  with CREATEROLE can make a role by such a name beforehand, and wait.\n\n\
                  It is said of roles that have a member, or somebody with the ADMIN option, on the target only, \
                  and of those that can log in there and not on the source, or with another verifier. The \
                  connected role, superusers and the platform's administrators are not meant.",
    remedy: "see who they are; before the restore, give the target's role another name with ALTER ROLE … RENAME TO, or \
             drop it",
};

/// Each such role that objects name or that owns some.
pub(super) fn check(ground: &Ground<'_>) -> Vec<Finding> {
    let (Some(source), Some(current)) = (ground.source, ground.current) else { return Vec::new() };
    let is_known = |name: &Name| {
        ground.user() == Some(name)
            || ground.answers().is_some_and(|it| it.protected.contains_key(name))
            || ground.rights.platform_role(name.as_str()).is_some()
            || current.roles.get(name).is_some_and(|role| role.has(Attribute::Superuser))
    };
    let pair = |key: &MembershipKey| (key.role.clone(), key.member.clone());
    let known: HashSet<_> = source.globals.memberships.keys().map(pair).collect();
    let mut strangers: BTreeMap<&Name, Vec<&Name>> = BTreeMap::new();
    for key in current.memberships.keys() {
        if !known.contains(&pair(key)) && !is_known(&key.member) {
            strangers.entry(&key.role).or_default().push(&key.member);
        }
    }
    let mut findings = Vec::new();
    for (name, role) in &source.globals.roles {
        let Some(there) = current.roles.get(name) else { continue };
        if ground.desired.roles.contains_key(name) || is_known(name) || is_stand_in(there) {
            continue;
        }
        let mut ways = Vec::new();
        if let Some(strangers) = strangers.get(name) {
            ways.push(format!("{} can act as it, or administer it, there only", few(strangers)));
        }
        if logs_in_otherwise(role, there) {
            ways.push("it can log in there otherwise than on the source".to_owned());
        }
        if ways.is_empty() {
            continue;
        }
        let (named, mut databases) = named(name, ground);
        let owned = ground.owned(name);
        databases.extend(owned.keys().copied().flatten());
        if databases.is_empty() {
            continue;
        }
        let databases: Vec<_> = databases.into_iter().map(ToString::to_string).collect();
        let what = match (named.is_empty(), owned.is_empty()) {
            (false, true) => format!("named by {named}"),
            (true, _) => "owns objects".to_owned(),
            (false, false) => format!("owns objects, and is named by {named}"),
        };
        let message = format!("{what} in {}; {}", few(&databases), ways.join(", and "));
        findings.push(ABOUT.finding(Subject::Role(name.clone()), Action::Kept, message));
    }
    findings
}

/// Whether the target lets somebody in as the role whom the source does not.
fn logs_in_otherwise(source: &Role, target: &Role) -> bool {
    let differ = match (&source.password, &target.password) {
        (Password::Is(one), Password::Is(other)) => one.value != other.value,
        (Password::None(_), Password::Is(_)) => true,
        _ => false,
    };
    target.has(Attribute::Login) && (differ || !source.has(Attribute::Login))
}
