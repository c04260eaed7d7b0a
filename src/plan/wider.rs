//! Roles that get members, and that have more on the target than on the source.

use std::collections::BTreeMap;

use foldhash::HashMap;

use super::outcome::finding;
use crate::finding::{Action, Finding, Severity};
use crate::globals::{Change, Globals, Ledger};
use crate::name::Name;
use crate::sanitize::About;

pub(super) const ABOUT: About = About {
    name: "wider-role",
    severity: Severity::Warning,
    why: "the source's members join a role that has more on the target than on the source",
    explanation: "The target has a role of that name, or one behind it of which that is a member, \
                  with attributes, memberships or privileges that the source's does not have. They \
                  stay, as all does that the target has beyond the source, and who joins the role \
                  has them too: readers of the source become writers where the target's role may \
                  write. The grant is sent. Where the two roles only share a name, --rename keeps \
                  them apart; where they are the same, --existing replace takes away what is \
                  beyond, as far as it can be revoked.",
    remedy: "look at what it has there before you copy, or carry the source's role over with --rename",
};

/// Whether it would take away what a role has beyond the source.
pub(super) fn takes_away(change: &Change) -> bool {
    beyond(change).is_some()
}

/// The role that has more than on the source.
fn beyond(change: &Change) -> Option<&Name> {
    match change {
        // What it is a member of, and what it may.
        Change::Membership { key, from: Some(from), to, .. }
            if to.is_none_or(|to| to.is_less_than(*from)) =>
        {
            Some(&key.member)
        }
        Change::Attribute { role, to: false, .. } => Some(role),
        Change::Parameter { key, from: Some(from), to }
            if to.as_ref().is_none_or(|to| from.has_beyond(to)) =>
        {
            key.grantee.role()
        }
        _ => None,
    }
}

/// Those that get members by what is sent, where `stays` is what they or roles behind them have
/// beyond the source.
pub(super) fn check(
    sent: &[Change],
    stays: &[Change],
    both: [&Globals; 2],
    ledger: &Ledger,
) -> Vec<Finding> {
    // By each role, the one that has more: itself, or one behind it.
    let mut wider: BTreeMap<&Name, &Name> = BTreeMap::new();
    let mut next: Vec<&Name> = Vec::new();
    for name in stays.iter().filter_map(beyond) {
        if wider.insert(name, name).is_none() {
            next.push(name);
        }
    }
    if next.is_empty() {
        return Vec::new();
    }
    let mut members: HashMap<&Name, Vec<&Name>> = HashMap::default();
    for key in both.iter().flat_map(|globals| globals.memberships.keys()) {
        members.entry(&key.role).or_default().push(&key.member);
    }
    while let Some(role) = next.pop() {
        let Some(&what) = wider.get(role) else { continue };
        for member in members.remove(role).into_iter().flatten() {
            if !wider.contains_key(member) {
                wider.insert(member, what);
                next.push(member);
            }
        }
    }
    let finding = |change: &Change| match change {
        Change::Membership { key, to: Some(to), from, .. }
            if from.is_none_or(|from| !to.is_less_than(from)) =>
        {
            let what = *wider.get(&key.role)?;
            let message = if *what == key.role {
                format!("{what} has more on the target than on the source")
            } else {
                format!(
                    "{} is a member of {what}, which has more on the target than on the source",
                    key.role
                )
            };
            Some(Finding { action: Action::Kept, ..finding(&ABOUT, change, ledger, message) })
        }
        _ => None,
    };
    sent.iter().filter_map(finding).collect()
}
