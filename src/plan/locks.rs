//! Room in the lock table: some statements hold a lock for each role until the transaction ends.

use std::collections::BTreeSet;

use super::Plan;
use crate::finding::{Action, Finding, Kind, Object, Severity};
use crate::globals::Change;
use crate::platform::Answers;
use crate::sanitize::About;
use crate::version::Major;

pub(super) const ABOUT: About = About {
    name: "locks",
    severity: Severity::Error,
    why: "comments and settings, and since 16 grants, hold one lock for each role until the transaction \
          ends, and all must fit into the server's lock table",
    remedy: "raise max_locks_per_transaction on the target, or copy in parts with --only",
};

/// Foresees that the lock table will not do.
pub(super) fn check(plan: &mut Plan, answers: &Answers) {
    let needed = needed(plan, answers.major);
    let promised = answers.locks.total();
    // The server takes about twice as many as it promises (measured: 12,854 where it promises 6,400),
    // as long as nobody else needs them.
    let most = promised.saturating_mul(2);
    if promised == 0 || needed <= promised {
        return;
    }
    let fits = needed <= most;
    let finding = Finding {
        rule: ABOUT.name,
        severity: if fits { Severity::Warning } else { ABOUT.severity },
        action: if fits { Action::Kept } else { Action::Dropped },
        object: Object { kind: Kind::Statement, name: "transaction".to_owned() },
        line: None,
        message: format!(
            "it takes {needed} locks; max_locks_per_transaction = {} has room for {promised}, and not for \
             more than {most}",
            answers.locks.per_transaction
        )
        .into(),
    };
    if fits { plan.findings.push(finding) } else { plan.obstacles.push(finding) }
}

fn needed(plan: &Plan, major: Major) -> u64 {
    let locked: BTreeSet<_> = plan
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::Comment { .. } | Change::Setting { .. } | Change::Label { .. } => change.role(),
            Change::Membership { key, .. } if major >= Major::new(16) => Some(&key.role),
            _ => None,
        })
        .collect();
    locked.len() as u64
}
