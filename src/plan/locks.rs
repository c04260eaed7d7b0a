//! Room in the lock table: some statements hold a lock for each role until the transaction ends.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use foldhash::HashSet;

use super::outcome::Plan;
use crate::finding::{Action, Finding, Severity, Subject};
use crate::globals::{Change, Globals};
use crate::platform::{Answers, Locks};
use crate::sanitize::About;
use crate::version::Major;

pub(super) const ABOUT: About = About {
    name: "locks",
    severity: Severity::Error,
    why: "comments and settings, and since 16 grants and the creation of roles, hold one lock for each \
          role until the transaction ends, and all must fit into the server's lock table",
    explanation: "The lock table has room for max_locks_per_transaction locks for each connection \
                  and prepared transaction that the server allows, and all sessions share it. When \
                  it is full, the transaction ends with `out of shared memory`, and the hint `You \
                  might need to increase max_locks_per_transaction`. So the locks are counted \
                  before anything is sent. Before 19, up to one and a half times what the server \
                  promises there is room as long as nobody else needs it, and this is a warning; \
                  beyond that it is an error, and nothing is sent.\n\n\
                  A change of max_locks_per_transaction takes a restart. --only needs none: it \
                  takes some roles at a time. What a script will find is not known when it is made: it is \
                  compared with a server as it is by default, and this is a warning.",
    remedy: "raise max_locks_per_transaction on the target, or go in parts with --only",
};

/// From this version on, the lock table has as much room as it promises.
const EXACT: Major = Major::new(19);

/// Foresees that the lock table will not do.
pub(super) fn check(plan: &mut Plan, answers: &Answers) {
    if plan.is_empty() {
        return;
    }
    let needed = needed(plan, answers.major);
    let promised = answers.locks.total();
    // As long as nobody else needs it, the server finds more room than it promises: 1.62 to 2.16 times
    // as much, measured on 12, 15, 16 and 18 (on 12 and 15 with up to 1,000 connections).
    // Since 19 what was promised is all (measured on 19rc1: 17,404 locks of 17,408).
    let more = if answers.major < EXACT { promised / 2 } else { 0 };
    let most = promised.saturating_add(more);
    if promised == 0 || needed <= promised {
        return;
    }
    let fits = needed <= most;
    let mut message = format!(
        "it takes {needed} locks; max_locks_per_transaction = {} has room for {promised}",
        answers.locks.per_transaction
    );
    if more > 0 {
        let _ = write!(message, ", and not for more than {most}");
    }
    let action = if fits { Action::Kept } else { Action::Dropped };
    let severity = if fits { Severity::Warning } else { ABOUT.severity };
    let object = Subject::statement("transaction");
    let finding = ABOUT.finding(object, action, message).matters(severity);
    if fits { plan.findings.push(finding) } else { plan.obstacles.push(finding) }
}

/// The connections, workers and so on of a server as PostgreSQL's defaults have it, and their
/// `max_locks_per_transaction` (`src/backend/utils/misc/guc_tables.c`).
const DEFAULT: Locks = Locks { per_transaction: 64, transactions: 100 + 8 + 3 + 10 };

/// Foresees that a script in one transaction will not find room on a server as it is by default: that of a
/// script is not known.
pub fn of_script(globals: &Globals, major: Major) -> Option<Finding> {
    let since_16 = major >= Major::new(16);
    let roles = globals.roles.iter().filter_map(|(name, role)| {
        (since_16 || role.comment.is_some() || !role.labels.is_empty()).then_some(name)
    });
    let of_settings = globals.settings.keys().filter_map(|key| key.role.as_ref());
    let of_parameters = globals.parameters.keys().filter_map(|key| key.grantee.role());
    let of_memberships = globals.memberships.keys().filter(|_| since_16).map(|key| &key.role);
    let roles: HashSet<_> =
        roles.chain(of_settings).chain(of_parameters).chain(of_memberships).collect();
    let databases: HashSet<_> =
        globals.settings.keys().filter_map(|key| key.database.as_ref()).collect();
    let needed = (roles.len() + databases.len()) as u64 + CATALOGS;
    let promised = DEFAULT.total();
    let message = format!(
        "it takes {needed} locks; by default, with max_locks_per_transaction = {} and max_connections = 100, a \
         server has room for {promised}",
        DEFAULT.per_transaction
    );
    let object = Subject::statement("transaction");
    let finding = ABOUT.finding(object, Action::Kept, message).matters(Severity::Warning);
    (needed > promised).then_some(finding)
}

/// What the transaction holds beside: a lock for each catalog that it reads or writes.
const CATALOGS: u64 = 40;

/// Measured on 12, 13 and 15 to 18, by looking at `pg_locks`.
fn needed(plan: &Plan, major: Major) -> u64 {
    let since_16 = major >= Major::new(16);
    let roles = plan.changes.iter().filter_map(|change| match change {
        Change::Comment { .. } | Change::Setting { .. } | Change::Label { .. } => change.role(),
        Change::Parameter { key, .. } => key.grantee.role(),
        Change::CreateRole { name, .. } if since_16 => Some(name),
        Change::Membership { key, .. } if since_16 => Some(&key.role),
        _ => None,
    });
    let databases = plan.changes.iter().filter_map(|change| match change {
        Change::Setting { key, .. } => key.database.as_ref(),
        _ => None,
    });
    let (roles, databases): (BTreeSet<_>, BTreeSet<_>) = (roles.collect(), databases.collect());
    (roles.len() + databases.len()) as u64 + CATALOGS
}
