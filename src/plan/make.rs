//! Makes the plan.

use std::collections::{BTreeMap, BTreeSet};

use super::ground::Ground;
use super::implicit::without_implicit;
use super::options::{Existing, Options};
use super::outcome::{LeftOut, Plan, finding};
use super::restore::Restore;
use super::rests::Rests;
use super::veto::{Context, Judgement, Veto};
use super::{
    attribute, circle, database_owner, existing, freeze, hidden_password, kept_statements, locks,
    missing_admin, missing_database, newer_source, outsiders, own_grant, removal, reset, stand_ins,
    still_frozen, weaker_verifier, wider,
};
use crate::finding::Subject;
use crate::globals::changes::changes;
use crate::globals::{Change, Changes, Globals, Ledger, Password, Scope};
use crate::name::Name;
use crate::platform::{Answers, Platform, Rights};
use crate::read::databases::Databases;
use crate::read::live::Live;
use crate::sanitize::Unspecified;

/// In the order in which they are asked.
pub(super) static VETOES: [&dyn Veto; 9] = [
    &existing::Existing,
    &missing_database::MissingDatabase,
    &database_owner::DatabaseOwner,
    &freeze::Freeze,
    &weaker_verifier::WeakerVerifier,
    &attribute::Attribute,
    &removal::Removal,
    &reset::Reset,
    &missing_admin::MissingAdmin,
];

/// What the target is to have.
#[derive(Clone, Copy, Debug)]
pub struct Desired<'a> {
    /// The source, where it is a server.
    pub source: Option<&'a Live>,
    /// The sanitized source.
    pub globals: &'a Globals,
    /// What sanitizing took away.
    pub unspecified: &'a Unspecified,
    /// The lines of the source's statements.
    pub ledger: &'a Ledger,
    /// What stands in the source's databases, as far as they were visited.
    pub databases: &'a Databases,
    /// Roles of the source that the target does not have and will not have under their names.
    pub absent: &'a BTreeSet<Name>,
    /// The new names of those that get one.
    pub renamed: &'a BTreeMap<Name, Name>,
    /// Databases that were restored already.
    pub restored: &'a BTreeSet<Name>,
}

/// What somebody has set on the target as the source has it, although it is not sent.
fn settled(current: &Globals, unspecified: &Unspecified) -> Vec<Subject> {
    let settled = unspecified.settings.iter().filter(|(key, value)| {
        current.settings.get(*key).is_some_and(|there| there.value == **value)
    });
    settled.map(|(key, _)| key.subject()).collect()
}

/// What it takes to bring the target from `current` to `desired`.
pub fn plan(
    current: &Globals,
    all_desired: &Desired<'_>,
    answers: &Answers,
    platform: &Platform,
    options: &Options,
) -> Plan {
    let Desired { source, globals: desired, unspecified, ledger, .. } = *all_desired;
    let Desired { databases, absent, renamed, restored, .. } = *all_desired;
    let all_current = current;
    let rights = Rights::offline(platform, answers.major).narrowed_by(answers);
    let current = Some(all_current);
    let nothing = BTreeSet::new();
    let ground =
        Ground { source, databases, absent, renamed, restored: &nothing, desired, current, rights };
    let restore = Restore::of(&ground, options.for_restore);
    let mut current = without_implicit(all_current, desired, answers, platform);
    current.memberships.retain(|key, _| !restore.is_own(key));
    let current = &current;
    let scope = if options.existing == Existing::Replace { Scope::Replace } else { Scope::Merge };
    let Changes { mut changes, mut extra, mut unverifiable } = changes(current, desired, scope);
    // What sanitizing took away is unspecified, never false.
    let specified = |change: &Change| {
        !unspecified.covers(change) && !options.skip.iter().any(|part| part.covers(change))
    };
    let takes = |change: &Change| change.removes() || wider::takes_away(change);
    changes.retain(|change| !takes(change) || specified(change));
    extra.retain(specified);
    if options.resend {
        for role in std::mem::take(&mut unverifiable) {
            let to = desired.roles[&role].password.clone();
            changes.push(Change::Password { role, from: Password::Unknown, to });
        }
    }
    let no_longer = stand_ins::no_longer(all_current, desired);
    extra.retain(|change| !no_longer.iter().any(|it| it.object() == change.object()));
    changes.retain(|change| !no_longer.iter().any(|it| it.object() == change.object()));
    changes.extend(no_longer);
    if options.for_restore {
        changes.extend(restore.changes(all_current, answers));
    }
    let all = changes.clone();
    let created: BTreeSet<_> = all.iter().filter_map(Change::creates).collect();
    let rests = Rests::of(all_current, &all);
    let cx = Context { current, rests, desired, answers, platform, options, created };
    let still_frozen = match options.existing {
        Existing::Skip => Vec::new(),
        _ => still_frozen::check(&extra, desired, options.now, ledger),
    };
    let mut plan = Plan { extra, unverifiable, still_frozen, ..Plan::default() };
    plan.settled = settled(current, unspecified);
    let mut stays = plan.extra.clone();
    for change in changes {
        let judged = VETOES.iter().find_map(|veto| Some((veto.about(), veto.judge(&change, &cx)?)));
        let Some((about, judgement)) = judged else {
            plan.changes.push(change);
            continue;
        };
        if wider::takes_away(&change) {
            stays.push(change.clone());
        }
        let (list, message) = match judgement {
            Judgement::Deferred(message) => (&mut plan.deferred, message),
            Judgement::Withheld(message) => (&mut plan.withheld, message),
            Judgement::Refused(message) => (&mut plan.refused, message),
            Judgement::Obstacle(message) => {
                let finding = finding(about, &change, ledger, message);
                plan.blocked.push(change);
                if plan.obstacles.last() != Some(&finding) {
                    plan.obstacles.push(finding);
                }
                continue;
            }
        };
        let finding = finding(about, &change, ledger, message);
        // Several changes to a role may be left out for one reason.
        match list.last_mut().filter(|it| it.finding == finding) {
            Some(same) => same.changes.push(change),
            None => list.push(LeftOut { finding, changes: vec![change] }),
        }
    }
    let wider = wider::check(&plan.changes, &stays, [all_current, desired], ledger);
    plan.findings.extend(wider);
    circle::check(&mut plan, all_current, ledger);
    plan.outsiders = outsiders::check(&plan.changes, unspecified, all_current, &restore, &cx);
    // What is refused is still there.
    own_grant::state_what_is_missing(&mut plan.changes, all_current, answers);
    if options.existing == Existing::Fail {
        plan.obstacles.extend(existing::fail(&cx));
    }
    plan.findings.extend(hidden_password::check(&plan.unverifiable, desired, answers));
    let before = restore.findings(&ground, all_current, answers, options.for_restore);
    let to_restore = Ground { restored, ..ground };
    let findings = restore.findings(&to_restore, all_current, answers, options.for_restore);
    if findings.len() < before.len() {
        plan.findings.extend(super::restored::findings(restored));
    }
    plan.findings.extend(findings);
    plan.losses = restore.losses(&to_restore, options.for_restore);
    plan.take_back = restore.take_back(&ground, options.for_restore);
    plan.findings.extend(source.and_then(|source| {
        newer_source::check(&source.answers.version, source.answers.major, answers)
    }));
    plan.findings.extend(kept_statements::check(&plan.changes, answers));
    locks::check(&mut plan, answers);
    plan
}
