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
                  connected role, superusers and the platform's administrators are not meant here (finding \
                  taken-name).",
    remedy: "see who they are; before the restore, give the target's role another name with ALTER ROLE … RENAME TO, or \
             drop it",
};

pub(super) const TAKEN: About = About {
    name: "taken-name",
    severity: Severity::Error,
    why: "the name of an ordinary role of the source is that of an administrator, or of a role of the platform, on \
          the target: restored objects give it what they give to the source's role",
    explanation: "A dump names roles by their names of the source, whether a copy leaves the role out or gives it another \
                  name. Where the target's administrator or the platform has a role of that name, it becomes the \
                  owner of what the source's role owned: a function with SECURITY DEFINER, which an application \
                  could call, then runs as the administrator. What was granted to the one is granted to the \
                  other.\n\n\
                  Roles that administer the source, too, and the platform's own of the source are not meant.",
    remedy: "rename the role on the source before the dump is made, and copy it by that name: ALTER ROLE … RENAME TO …",
};

/// Each ordinary role of the source whose name on the target belongs to an administrator or to the platform,
/// and that objects name or that owns some.
pub(super) fn taken(ground: &Ground<'_>) -> Vec<Finding> {
    let (Some(source), Some(current)) = (ground.source, ground.current) else { return Vec::new() };
    let is_ordinary = |name: &Name, role: &Role| {
        !role.has(Attribute::Superuser)
            && !role.has(Attribute::CreateRole)
            && !source.answers.protected.contains_key(name)
            && source.platform.is_none_or(|it| it.role(name.as_str()).is_none())
    };
    let whose = |name: &Name| {
        let there = current.roles.get(name)?;
        if ground.user() == Some(name) {
            Some("the connected role's")
        } else if ground.rights.platform_role(name.as_str()).is_some() {
            Some("a role's of the platform")
        } else if ground.is_protected(name) || there.has(Attribute::Superuser) {
            Some("an administrator's")
        } else {
            None
        }
    };
    let mut findings = Vec::new();
    for (name, role) in &source.globals.roles {
        let Some(whose) = whose(name) else { continue };
        if ground.desired.roles.contains_key(name) || !is_ordinary(name, role) {
            continue;
        }
        if let Some(what) = what_it_has(name, ground) {
            let message = format!("{what}; on the target the name is {whose}");
            findings.push(TAKEN.finding(Subject::Role(name.clone()), Action::Kept, message));
        }
    }
    findings
}

/// What objects give to a role, and in which databases.
fn what_it_has(name: &Name, ground: &Ground<'_>) -> Option<String> {
    let (named, mut databases) = named(name, ground);
    let owned = ground.owned(name);
    databases.extend(owned.keys().copied().flatten());
    if databases.is_empty() {
        return None;
    }
    let databases: Vec<_> = databases.into_iter().map(ToString::to_string).collect();
    let what = match (named.is_empty(), owned.is_empty()) {
        (false, true) => format!("named by {named}"),
        (true, _) => "owns objects".to_owned(),
        (false, false) => format!("owns objects, and is named by {named}"),
    };
    Some(format!("{what} in {}", few(&databases)))
}

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
        let Some(what) = what_it_has(name, ground) else { continue };
        let message = format!("{what}; {}", ways.join(", and "));
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
