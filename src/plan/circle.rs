//! Grants that would make a role a member of itself, through memberships that the target keeps.

use std::collections::{BTreeMap, BTreeSet};

use super::outcome::{LeftOut, Plan, finding};
use crate::finding::Severity;
use crate::globals::{Change, Globals, Ledger, MembershipKey, circle};
use crate::name::Name;
use crate::sanitize::About;

pub(super) const ABOUT: About = About {
    name: "circle",
    severity: Severity::Error,
    why: "no server lets a role be a member of itself: on the target it is the other way round",
    explanation: "The target has memberships in the other direction, which stay: they are extras \
                  that --existing replace would take away, or nobody but their grantor may revoke \
                  them, or they lead through roles that only the target has. GRANT says `role \
                  \"…\" is a member of role \"…\"`, on every version. So this one is left out, \
                  and the message names those that it would have met; everything else is done.",
    remedy: "revoke one of those on the target, or have them taken away by --existing replace, and copy \
             again",
};

/// Leaves out what closes a circle. What was to be granted in the name of its member, who does not get
/// the ADMIN option now, is granted as everything else is.
pub(super) fn check(plan: &mut Plan, current: &Globals, ledger: &Ledger) {
    let new: Vec<_> = plan.changes.iter().enumerate().filter_map(new).collect();
    if new.is_empty() {
        return;
    }
    let gone: BTreeSet<_> = plan.changes.iter().filter_map(gone).collect();
    let kept = current.memberships.keys().filter(|key| !gone.contains(key));
    let mut pairs: Vec<_> = kept.map(|key| (&key.role, &key.member)).collect();
    let first = pairs.len();
    pairs.extend(new.iter().map(|(_, key)| (&key.role, &key.member)));
    let closing = circle::closing(&pairs).into_iter().filter_map(|(at, path)| {
        let (at, _) = new.get(at.checked_sub(first)?)?;
        Some((*at, format!("closes a circle with {}", circle::along(&path))))
    });
    let closing: Vec<_> = closing.collect();
    if closing.is_empty() {
        return;
    }
    let mut closing: BTreeMap<usize, String> = closing.into_iter().collect();
    let mut left_out: BTreeSet<(Name, Name)> = BTreeSet::new();
    let changes = std::mem::take(&mut plan.changes).into_iter().enumerate();
    for (at, change) in changes {
        let Some(message) = closing.remove(&at) else {
            plan.changes.push(change);
            continue;
        };
        if let Change::Membership { key, .. } = &change {
            left_out.insert((key.role.clone(), key.member.clone()));
        }
        let finding = finding(&ABOUT, &change, ledger, message);
        plan.refused.push(LeftOut { finding, changes: vec![change] });
    }
    for key in plan.changes.iter_mut().filter_map(given) {
        let Some(grantor) = key.grantor.take() else { continue };
        let pair = (key.role.clone(), grantor);
        key.grantor = (!left_out.contains(&pair)).then_some(pair.1);
    }
}

/// Who becomes a member without having been one.
fn new((at, change): (usize, &Change)) -> Option<(usize, &MembershipKey)> {
    match change {
        Change::Membership { key, from: None, to: Some(_), .. } => Some((at, key)),
        _ => None,
    }
}

/// What is revoked altogether.
fn gone(change: &Change) -> Option<&MembershipKey> {
    match change {
        Change::Membership { key, to: None, .. } => Some(key),
        _ => None,
    }
}

fn given(change: &mut Change) -> Option<&mut MembershipKey> {
    match change {
        Change::Membership { key, to: Some(_), .. } => Some(key),
        _ => None,
    }
}
