//! The statements that make the right side like the left, as copy would send them.

use anyhow::{Result, anyhow};

use super::Diff;
use super::sides::{Platforms, only_right};
use crate::finding::{Action, Finding, Severity, Subject};
use crate::globals::Change;
use crate::plan::{self, Existing, Migration, Provenance};
use crate::read::Source;
use crate::report::{Equalizer, render_equalizer};
use crate::sanitize::{About, Choices, rules};

/// The script.
pub(super) fn script(
    diff: &Diff,
    left: &Source,
    right: &Source,
    platforms: Platforms<'_>,
    choices: &Choices,
) -> Result<String> {
    let live = right.live.as_ref().ok_or_else(|| anyhow!("the right side is no server"))?;
    let rights = plan::rights(live, None);
    // What its roles own is another question.
    let from = Provenance::from(left).on(platforms.0[0]).without_owners();
    let migration = Migration::new(left.contents(), from, rights, choices)?;
    let plan_options = plan::Options {
        existing: if diff.replace { Existing::Replace } else { Existing::Merge },
        allow_freeze: diff.allow_freeze,
        resend: false,
        can_own: false,
        skip: diff.ignore.clone(),
        now: choices.now,
    };
    let mut plan = migration.plan_for(&right.globals, &live.answers, &plan_options);
    let is_asked = |change: &Change| !diff.ignore.iter().any(|it| it.covers(change));
    plan.changes.retain(is_asked);
    let told = plan.still_true(&migration.sanitized.findings);
    let all = told.iter().chain(plan.findings_about(is_asked));
    let is_chosen = |about: &About| {
        *about == rules::SELECTION || (*about == rules::PLATFORM_ROLE && !diff.all_roles)
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
    let not_in_it = all.filter(is_missed);
    let only_right = only_right(&left.globals, &right.globals, platforms, choices);
    let script = Equalizer {
        like: &left.name,
        server: &right.name,
        answers: &live.answers,
        plan: &plan,
        others: &only_right.collect::<Vec<_>>(),
    };
    Ok(render_equalizer(script, not_in_it))
}
