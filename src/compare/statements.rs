//! What makes the right side, a server, like the left, as copy would send it.

use super::Question;
use super::sides::{Platforms, only_right};
use crate::finding::{About, Action, Finding, Severity, Subject};
use crate::globals::Change;
use crate::name::Name;
use crate::plan::{self, Existing, Migration, Plan, Provenance};
use crate::read::Source;
use crate::read::live::Live;
use crate::sanitize::{ChoiceError, rules};

/// How far the right side is to be changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Wanted {
    /// What its roles have beyond the left side's is removed.
    pub replace: bool,
    /// What shuts out roles that work is done.
    pub allow_freeze: bool,
}

/// What is sent, and what is not.
#[derive(Debug)]
pub struct Statements {
    /// What is sent.
    pub plan: Plan,
    /// What the right side does not get, and why.
    pub not_in_it: Vec<Finding>,
    /// The roles that only the right side has, which stay.
    pub others: Vec<Name>,
}

/// What makes the server `live`, which is the right side, like the left.
///
/// # Errors
/// When the choices do not fit the left side, or leave no role.
pub fn statements(
    left: &Source,
    right: &Source,
    live: &Live,
    question: &Question<'_>,
    wanted: Wanted,
) -> Result<Statements, ChoiceError> {
    let Question { choices, left_platform, .. } = question;
    let rights = plan::rights(live, None);
    // What its roles own is another question.
    let from = Provenance::from(left).on(*left_platform).without_owners();
    let migration = Migration::new(left.contents(), from, rights, choices)?;
    let plan_options = plan::Options {
        existing: if wanted.replace { Existing::Replace } else { Existing::Merge },
        allow_freeze: wanted.allow_freeze,
        resend: false,
        for_restore: false,
        skip: question.ignore.clone(),
        now: choices.now,
    };
    let mut plan = migration.plan_for(&right.globals, &live.answers, &plan_options);
    let is_asked = |change: &Change| !question.ignores(change);
    plan.changes.retain(is_asked);
    let told = plan.still_true(&migration.sanitized.findings);
    let all = told.iter().chain(plan.findings_about(is_asked));
    let is_chosen = |about: &About| {
        *about == rules::SELECTION || (*about == rules::PLATFORM_ROLE && !question.all_roles)
    };
    // Of a role that is the same on both sides, nothing is missed.
    let is_same = |object: &Subject| {
        let Subject::Role(name) = object else { return false };
        let (one, other) = (left.globals.roles.get(name), right.globals.roles.get(name));
        one.is_some() && one == other
    };
    // What is left out of an object that stays is missed as well: an attribute that was stripped.
    let is_missing = |it: &Finding| match it.action {
        Action::Dropped => true,
        Action::Rewritten => it.severity > Severity::Info,
        Action::Kept => false,
    };
    let is_missed = |it: &&Finding| is_missing(it) && !is_chosen(it.about) && !is_same(&it.object);
    let not_in_it = all.filter(is_missed).cloned().collect();
    let platforms = Platforms([*left_platform, right.platform]);
    let others = only_right(&left.globals, &right.globals, platforms, choices);
    let others = others.cloned().collect();
    Ok(Statements { plan, not_in_it, others })
}
