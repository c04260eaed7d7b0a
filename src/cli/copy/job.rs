//! Making a plan, sending it, and seeing what became of it.

use std::collections::{BTreeSet, HashSet};

use anyhow::{Result, anyhow};

use super::args::Copy;
use super::files::Files;
use super::progress::Progress;
use crate::attribute::Attribute;
use crate::cli::options::shown;
use crate::cli::{connection, secret_file};
use crate::connect::Connection;
use crate::finding::{Finding, Subject};
use crate::globals::{Globals, Ledger, Password, Role};
use crate::name::Name;
use crate::plan::{self, Migration, Plan};
use crate::read::live::{self, Live};
use crate::replay::{Mode, Outcome, replay};
use crate::report::{CopyReport, State};
use crate::sanitize::Choices;
use crate::subject::Target;

/// All that making and sending a plan takes.
pub(super) struct Job<'a> {
    pub(super) copy: &'a Copy,
    pub(super) target: &'a Connection,
    pub(super) live: &'a Live,
    pub(super) migration: &'a Migration<'a>,
    pub(super) choices: &'a Choices,
}

impl Job<'_> {
    /// The plan for the target as it is; `resend` sends verifiers that cannot be compared, too.
    pub(super) fn plan(&self, live: &Live, resend: bool) -> Plan {
        let options = plan::Options {
            existing: self.copy.existing.into(),
            allow_freeze: self.copy.allow_freeze,
            resend,
            for_restore: self.copy.for_restore.is_some(),
            skip: self.copy.choosing.skip(),
            now: self.choices.now,
        };
        self.migration.plan(live, &options)
    }

    /// Sends the plan, and compares the target again: what there is to say about that.
    pub(super) async fn run(
        &self,
        first: &Plan,
        summary: &mut CopyReport,
        files: &mut Files,
    ) -> Result<Vec<Finding>> {
        let mut progress = Progress::of(&first.steps(&self.live.answers));
        let outcome = self.replay(first, files, &mut progress).await?;
        let ledger: &Ledger = &self.migration.sanitized.ledger;
        let mut news: Vec<_> =
            outcome.refused.iter().map(|refusal| refusal.finding(ledger)).collect();
        let shut_out = self.shut_out(&outcome);
        news.extend(shut_out.iter().map(plan::shut_out));
        summary.sent = outcome.sent;
        summary.refused += outcome.refused.len();
        if self.copy.dry_run {
            let fatal = outcome.refused.iter().filter(|refusal| refusal.fatal).count();
            summary.remaining = fatal + shut_out.len();
            return Ok(news);
        }
        progress.say("comparing the target with the plan");
        let after = read_target(self.target).await.map_err(|error| {
            anyhow!("everything was done, but cannot be verified: {error:#}; run copy again")
        })?;
        if summary.state.before.is_some() {
            summary.state.after = Some(state(&after, &self.migration.sanitized.globals));
        }
        // What was sent again cannot be compared now either.
        let after = self.plan(&after, false);
        let left_out = outcome.left_out();
        let left = after.changes.iter().filter(|change| !left_out.contains(&change.object()));
        let left: Vec<_> = left.collect();
        // Of what was refused the reason is known, and said above.
        let refused: HashSet<Subject> =
            outcome.refused.iter().map(|refusal| refusal.object.clone()).collect();
        let unexplained = left.iter().filter(|change| !refused.contains(&change.object()));
        news.extend(unexplained.map(|change| plan::remaining(change, ledger)));
        summary.remaining = left.len() + shut_out.len();
        Ok(news)
    }

    /// The login roles whose label was refused, and that have no password to log in with.
    fn shut_out(&self, outcome: &Outcome) -> BTreeSet<Name> {
        let labels = outcome.refused.iter().filter_map(|refusal| match &refusal.object {
            Subject::SecurityLabel(Target::Role(name)) => Some(name),
            _ => None,
        });
        let is_shut_out = |name: &&Name| {
            let role = self.migration.sanitized.globals.roles.get(*name);
            let there = self.live.globals.roles.get(*name);
            let has_password = |role: &Role| matches!(role.password, Password::Is(_));
            role.is_some_and(|role| role.has(Attribute::Login) && !has_password(role))
                && !there.is_some_and(has_password)
        };
        labels.filter(is_shut_out).cloned().collect()
    }

    async fn replay(
        &self,
        first: &Plan,
        files: &mut Files,
        progress: &mut Progress,
    ) -> Result<Outcome> {
        let mode = if self.copy.dry_run { Mode::DryRun } else { Mode::Commit };
        let resend = self.copy.choosing.resends();
        let again = |live: &Live| {
            let again = self.plan(live, resend);
            (again.changes == first.changes).then(|| again.steps(&live.answers))
        };
        let mut appended = None;
        let mut keep = || {
            let generated = &self.migration.sanitized.generated;
            let lines = self.copy.choosing.password_lines(generated, self.choices);
            if let Some((path, lines)) = lines {
                appended = Some(secret_file::append("--password-file", path, &lines)?);
            }
            files.finish()
        };
        let keep = || keep().map_err(|error: anyhow::Error| format!("{error:#}"));
        let result = replay(self.target, self.live, mode, again, keep, progress).await;
        result.map_err(|error| {
            if let Some(appended) = appended.filter(|_| error.is_nothing_done()) {
                // The passwords in it are nobody's.
                appended.take_back();
            }
            let line =
                error.refusal().and_then(|it| self.migration.sanitized.ledger.line(it.origin));
            let place =
                line.map(|line| format!("; it comes from {}:{line}", shown(&self.copy.source)));
            let error = format!("{error}{}", place.unwrap_or_default());
            connection::failed(self.target, &error)
        })
    }
}

/// The roles of these names, as the target has them.
pub(super) fn state(live: &Live, carried: &Globals) -> State {
    let kind = |name: &Name| match live.verifier_kinds.get(name) {
        Some(kind) => Some(kind.clone()),
        None => live.without_verifier.contains(name).then(|| "none".to_owned()),
    };
    State::of(&live.globals, |name| carried.roles.contains_key(name), kind)
}

/// Everything that the target has now.
pub(super) async fn read_target(target: &Connection) -> Result<Live> {
    let live = live::read(&target.client).await;
    live.map_err(|error| connection::unread(target, &error))
}
