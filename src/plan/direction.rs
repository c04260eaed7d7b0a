//! Source and target that look swapped.

use std::collections::BTreeSet;

use super::outcome::Plan;
use super::stand_ins::is_stand_in;
use crate::finding::{Action, Finding, Severity, Subject};
use crate::globals::{Change, Globals, Role};
use crate::name::Name;
use crate::platform::{Answers, Platform};
use crate::sanitize::About;

/// What it says.
pub const ABOUT: About = About {
    name: "direction",
    severity: Severity::Warning,
    why: "the target already has what the source has, and more: it could be the other way round",
    explanation: "No server tells that it is the old one. Here the target has the source's roles \
                  and many others, as the server in use would, and the source looks like the new \
                  one. Roles that only the target has are never touched; but of those that both \
                  have, passwords, settings and attributes become what the source says. Read the \
                  head of the plan: it names the server that is only read, and the one that is \
                  changed. Where the target has every role of the source, the copy is made with \
                  --into-older only, or where the target's name is typed.",
    remedy: "see that the source is the server to be read and the target the one to be changed",
};

/// The roles that only the target has, which are never touched; its platform's, its administrators
/// and the connected role are no news.
pub fn only_there(
    source: &BTreeSet<Name>,
    desired: &Globals,
    current: &Globals,
    answers: &Answers,
    platform: &Platform,
) -> usize {
    let only = |(name, role): &(&Name, &Role)| {
        !source.contains(*name)
            && !desired.roles.contains_key(*name)
            && !answers.protected.contains_key(*name)
            && platform.owns(name.as_str()).is_none()
            && !name.as_str().starts_with("pg_")
            && !is_stand_in(role)
    };
    current.roles.iter().filter(only).count()
}

/// Whether the target has everything that the source has, and more: it takes changes only from who means
/// it.
pub fn is_whole(plan: &Plan, only_there: usize) -> bool {
    let creates = plan.changes.iter().any(|change| matches!(change, Change::CreateRole { .. }));
    // What waited for its database comes with a second copy.
    let waited =
        |change: &Change| matches!(change, Change::Setting { key, .. } if key.database.is_some());
    only_there > 0 && !creates && !plan.changes.iter().all(waited)
}

/// Says so where changes of existing roles are about to be made.
pub fn direction(plan: &Plan, desired: &Globals, only_there: usize) -> Option<Finding> {
    let creates = plan.changes.iter().any(|change| matches!(change, Change::CreateRole { .. }));
    let roles = desired.roles.len();
    if plan.is_empty() || only_there == 0 || (creates && only_there <= roles) {
        return None;
    }
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let message = if creates {
        format!("the source has {roles} role{}, the target {only_there} others", plural(roles))
    } else {
        format!(
            "the target has all roles of the source, and {only_there} other{}",
            plural(only_there)
        )
    };
    Some(ABOUT.finding(Subject::statement("roles"), Action::Kept, message))
}
