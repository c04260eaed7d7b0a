//! `--as`: the left side as copy would bring it, and whether the right side has all of it.

use std::collections::BTreeSet;

use super::plain::for_scripts;
use super::sides::{Platforms, only_right};
use super::{Comparison, Difference, Fingerprint, LeftOut, Question};
use crate::attribute::Attribute;
use crate::finding::{Action, Finding, Kind, Severity};
use crate::globals::changes::{Part, changes};
use crate::globals::{Change, Changes, Globals, Password, Scope};
use crate::name::Name;
use crate::plan::{self, Migration, Provenance, as_compared, without_implicit};
use crate::platform::{Answers, Platform, Rights, RoleKind};
use crate::read::Source;
use crate::sanitize::{ChoiceError, rules};

/// Compares in copy's way: the left side as it would be on this platform. Where both sides are shown, the right one
/// is shown as far as it counts: what is the same, and what differs.
///
/// # Errors
/// When the choices do not fit the left side, or leave no role.
pub fn compare(
    mut left: Source,
    mut right: Source,
    target: &Platform,
    question: &Question<'_>,
    fingerprint: &Fingerprint,
) -> Result<Comparison, ChoiceError> {
    let Question { choices, left_platform: source_platform, .. } = question;
    let mut out = LeftOut::default();
    let answers = right.live.as_ref().map(|live| live.as_administrator(target));
    let major = right.major().unwrap_or_else(|| target.newest());
    let taken: BTreeSet<_> = right
        .globals
        .roles
        .keys()
        .filter(|name| {
            let is_admin =
                target.role(name.as_str()).is_some_and(|it| it.kind() == RoleKind::Admin);
            // Who made the cluster is a superuser.
            !(is_admin && target.admin_is_superuser())
                || right.globals.may_be_superuser(name.as_str())
        })
        .cloned()
        .collect();
    let offline = Rights::offline(target, major).showing(&taken);
    let rights = answers.as_ref().map_or(offline, |answers| offline.narrowed_by(answers));
    let platforms = Platforms([*source_platform, Some(target)]);
    // As copy counts them: its platform's own roles and its administrators are no news.
    let is_news = |name: &&Name| {
        let is_protected = |it: &Answers| it.protected.contains_key(*name);
        !answers.as_ref().is_some_and(is_protected) && target.owns(name.as_str()).is_none()
    };
    let only_right = only_right(&left.globals, &right.globals, platforms, choices);
    out.only_right = only_right.filter(is_news).count();
    // By the names under which they are compared.
    let renamed = |name| choices.rename.get(name).unwrap_or(name);
    let on_left: BTreeSet<_> = left.globals.roles.keys().map(renamed).cloned().collect();
    let names: BTreeSet<_> = on_left.iter().chain(right.globals.roles.keys()).collect();
    let (chosen, others): (Vec<_>, Vec<_>) =
        names.into_iter().partition(|name| !choices.leaves_out(name));
    out.selection = others.len();
    out.platform_roles = chosen.into_iter().filter(|name| platforms.own(name)).count();

    let (left_shows, right_shows) = (left.shows, right.shows);
    out.settings = right_shows.hide_settings(&mut left.globals);
    // Of roles that the left side does not have, nothing is compared.
    right
        .globals
        .settings
        .retain(|key, _| key.role.as_ref().is_none_or(|role| on_left.contains(role)));
    out.settings += left_shows.hide_settings(&mut right.globals);

    let contents = left.take();
    let from = Provenance::from(&left).on(*source_platform).without_owners();
    let migration = Migration::new(contents, from, rights, choices)?;
    let sanitized = &migration.sanitized;
    // Who granted it is no difference.
    let united = sanitized.globals.clone().united();
    let is_protected =
        |it: &&Finding| *it.about == rules::PROTECTED_ROLE && it.object.kind() == Kind::Role;
    out.protected = sanitized.findings.iter().filter(is_protected).count();
    let is_lost = |it: &&Finding| it.severity != Severity::Info && it.action != Action::Kept;
    let counted = |it: &&Finding| !is_protected(it);
    let (mut not_done, mut beyond): (Vec<Finding>, Vec<Finding>) = Default::default();
    let mut findings = sanitized.findings.clone();
    let is_ignored = |change: &Change| question.ignores(change);
    let looks_at_passwords = !question.ignore.contains(&Part::Passwords);
    if looks_at_passwords {
        count_unknown_passwords(&sanitized.globals, &right.globals, &mut out);
    }
    // What is not brought is as it is there, and what nobody sees is nothing.
    let (mut same, mut unseen): (Vec<Change>, Vec<Name>) = Default::default();
    let all_right = question.sides.then(|| right.globals.clone().explicit().united());
    let mut missing = if let Some(answers) = &answers {
        let plan_options = plan::Options { now: choices.now, ..plan::Options::default() };
        let plan = migration.plan_for(&right.globals, answers, &plan_options);
        out.extra = plan.extra.len();
        let asked = |left_out: &&plan::LeftOut| !left_out.changes.iter().all(is_ignored);
        out.deferred = plan.deferred.iter().filter(asked).count();
        let left_out = plan.withheld.iter().chain(&plan.refused).filter(asked);
        not_done = left_out.map(|it| it.finding.clone()).collect();
        out.withheld = not_done.len();
        findings = plan.still_true(&findings);
        let still_frozen = plan.still_frozen.iter().filter(asked).map(|it| &it.finding);
        let outsiders = plan.outsiders.iter();
        let outsiders = outsiders.filter(|_| !question.ignore.contains(&Part::Memberships));
        let told = still_frozen.chain(outsiders).filter(|it| it.severity > Severity::Info);
        beyond = told.cloned().map(|it| it.matters(Severity::Error)).collect();
        let left_out = plan.deferred.iter().chain(&plan.withheld).chain(&plan.refused);
        same.extend(left_out.flat_map(|it| it.changes.clone()));
        unseen.clone_from(&plan.unverifiable);
        for finding in &mut not_done {
            finding.severity = Severity::Error;
        }
        out.passwords += plan.unverifiable.len();
        // What stands in the way of a copy is no reason not to say what is missing.
        let sent = [plan.changes, plan.blocked].concat();
        let current = without_implicit(&right.globals, &sanitized.globals, answers, target);
        as_compared(sent, changes(&current, &united, Scope::Merge).changes)
    } else {
        let Changes { changes, extra, unverifiable } =
            changes(&right.globals.explicit(), &united, Scope::Merge);
        out.extra = extra.iter().filter(|change| !sanitized.unspecified.covers(change)).count();
        out.passwords += unverifiable.len();
        unseen = unverifiable;
        changes
    };
    out.not_taken = findings.iter().filter(counted).filter(is_lost).count();
    let before = missing.len();
    missing.retain(|change| !is_ignored(change));
    out.ignored = before - missing.len();
    // What is missing on the right: the left side has it.
    let mut differences: Vec<_> =
        Difference::of(&missing, fingerprint).into_iter().map(Difference::swapped).collect();
    Difference::sort(&mut differences);
    findings.extend(not_done);
    // What copy leaves as it is, and what it means.
    findings.extend(beyond);
    let mut comparison = Comparison { differences, left_out: out, findings, sides: None };
    let Some(all_right) = all_right else { return Ok(comparison) };
    let mut shown = united;
    for change in &same {
        change.adopt(&all_right, &mut shown);
    }
    for name in &unseen {
        if let Some(role) = shown.roles.get_mut(name) {
            role.password = Password::Unknown;
        }
    }
    shown.sort();
    let mut there = shown.clone();
    for change in &missing {
        change.adopt(&all_right, &mut there);
    }
    there.sort();
    let mut both = [shown, there];
    for_scripts(question, &mut both);
    comparison.sides = Some(both);
    Ok(comparison)
}

/// Counts the login roles of both sides whose password the left side does not show.
fn count_unknown_passwords(left: &Globals, right: &Globals, out: &mut LeftOut) {
    for (name, role) in &left.roles {
        let Some(other) = right.roles.get(name) else { continue };
        if role.password == Password::Unknown && role.has(Attribute::Login) {
            out.passwords += 1;
            out.without_password += usize::from(matches!(other.password, Password::None(_)));
        }
    }
}
