//! `pg_globals copy`: from a server or a dump to a live target, in one transaction.

mod agree;
mod args;
mod files;
mod job;
mod progress;
mod screen;

use std::collections::BTreeSet;

use anyhow::{Result, anyhow, bail};

use super::connection;
use super::exit::Exit;
use super::file;
use super::named_platform::PlatformChoice;
use super::options;
use crate::attribute::Attribute;
use crate::connect::{self, Environment};
use crate::finding::Finding;
use crate::plan::{self, Migration, Plan, Provenance};
use crate::platform::State;
use crate::read::Source;
use crate::read::live::Live;
use crate::report::{CopyReport, FORMAT_VERSION, Outstanding, Place, PlannedChange};
use crate::sanitize::Passwords;
pub(super) use args::Copy;
use args::ExistingChoice;
use files::Files;
use job::{Job, read_target};
use screen::Screen;

impl Copy {
    pub(super) fn run(&self) -> Result<Exit> {
        if !connect::is_connection(&self.target) {
            bail!(
                "{}: the target must be a connection, such as postgresql://user@host/database or \
                 \"host=… user=… dbname=…\"; pg_globals convert writes a script instead",
                options::shown(&self.target)
            );
        }
        connection::block_on(self.copy())
    }

    async fn copy(&self) -> Result<Exit> {
        self.refuse_overlaps()?;
        let mut choices = self.choosing.choices()?;
        if let (ExistingChoice::Skip, Passwords::Generate { replace, .. }) =
            (self.existing, &mut choices.passwords)
        {
            // Nothing is sent to roles that exist.
            *replace = false;
        }
        let mut files = Files::open(self)?;
        let named_target = self.platform.as_deref().map(PlatformChoice::find).transpose()?;
        let named_source = self.input.platform()?;

        let environment = Environment::from_process();
        let mut input = self.input.read("the source", &self.source, &environment).await?;
        self.choosing.databases.choose(&mut input, &mut choices)?;
        let target = connection::open("the target", &self.target, &environment).await?;
        let mut live = read_target(&target).await?;
        if let Some(platform) = &named_target {
            live.assume(platform.get());
        }
        refuse_target(&input, &live, &target.label())?;

        let rights = plan::rights(&live, named_target.as_ref().map(PlatformChoice::get));
        let platform = rights.platform();
        let names: BTreeSet<_> = input.globals.roles.keys().cloned().collect();
        let contents = input.take();
        let from = Provenance::from(&input).on(named_source.as_ref().map(PlatformChoice::get));
        let migration = Migration::new(contents, from, rights, &choices)?;
        let databases = input.read_databases(&migration.absent).await;
        let migration = migration.with_databases(databases);
        let sanitized = &migration.sanitized;

        let job = Job {
            copy: self,
            target: &target,
            live: &live,
            migration: &migration,
            choices: &choices,
        };
        let mut first = job.plan(&live, self.choosing.resends());
        let target_only =
            plan::only_there(&names, &sanitized.globals, &live.globals, &live.answers, platform);
        first.findings.extend(plan::direction(&first, &sanitized.globals, target_only));
        if let (None, Some(version), Some(major)) =
            (&input.live, &input.server_version, input.major())
        {
            first.findings.extend(plan::newer_source(version, major, &live.answers));
        }
        let swapped = self.swapped(&first, target_only);
        let mut summary = CopyReport {
            format_version: FORMAT_VERSION,
            source: Place {
                name: options::shown(&input.name),
                platform: from.platform.map(|platform| platform.name().to_owned()),
                server_version: input.server_version.clone(),
                user: None,
            },
            target: Place {
                name: target.label(),
                platform: Some(platform.name().to_owned()),
                server_version: Some(live.answers.version.clone()),
                user: Some(live.answers.user.as_str().to_owned()),
            },
            dry_run: self.dry_run,
            selected: self.choosing.databases.selected(&choices),
            changes: PlannedChange::all(&first.changes),
            sent: 0,
            remaining: 0,
            extra: first.extra.len(),
            target_only,
            deferred: first.deferred.len(),
            withheld: first.withheld.len(),
            refused: first.refused.len(),
            unverifiable: first.unverifiable.len(),
            losses: first.losses.clone(),
            take_back: Outstanding::of(&first.take_back, self.take_back_file()),
            findings: first.still_true(&sanitized.findings),
            obstacles: first.obstacles.len(),
        };
        summary.findings.extend(first.all_findings().cloned());

        let screen = Screen::new(self.format);
        screen.plan(&summary);
        if let Some(obstacle) = first.obstacles.first() {
            summary.remaining = first.changes.len() + first.obstacles.len();
            screen.refused(&summary)?;
            files.report(&summary)?;
            return Err(refusal(obstacle, first.obstacles.len()));
        }
        if !first.is_empty() && !self.dry_run {
            let swapped = swapped.as_deref();
            agree::agree(self.yes, self.inputs().contains(&"-"), &target.label(), swapped)?;
        }
        if !self.dry_run {
            if first.is_empty() {
                files.without_undo();
            }
            files.fill(&first, &live, &target.label())?;
        }
        if !first.is_empty() {
            let news = job.run(&first, &mut summary, &mut files).await?;
            screen.news(&news);
            summary.findings.extend(news);
        }
        if !self.dry_run {
            files.finish()?;
        }
        if let (false, true, Some(path)) = (self.dry_run, first.is_empty(), &self.undo) {
            // Whoever runs it later would look for it.
            let path = options::shown(&path.to_string_lossy());
            screen::note(&format!("--undo {path}: not written, since nothing was sent"));
        }
        let shown = screen.result(&summary);
        let written = files.report(&summary);
        shown.and(written).map_err(|error| match (self.dry_run, summary.sent) {
            (true, _) | (_, 0) => error,
            _ => anyhow!(
                "the target was changed as planned, but the report could not be written: {error:#}"
            ),
        })?;
        target.close().await;
        Ok(if summary.remaining == 0 { Exit::Done } else { Exit::Different })
    }

    /// Why source and target look swapped; none where that is meant.
    fn swapped(&self, plan: &Plan, target_only: usize) -> Option<String> {
        let whole = plan::is_whole(plan, target_only);
        let tells = |finding: &&Finding| {
            *finding.about == plan::NEWER_SOURCE || (*finding.about == plan::DIRECTION && whole)
        };
        let finding = plan.findings.iter().find(tells).filter(|_| !self.into_older)?;
        Some(finding.message.to_string())
    }

    fn refuse_overlaps(&self) -> Result<()> {
        self.choosing.refuse_overlaps(&self.source)?;
        let outputs = [
            ("--report", self.report.as_deref()),
            ("--undo", self.undo.as_deref()),
            (files::FOR_RESTORE, self.for_restore.as_deref()),
            ("--password-file", self.choosing.password_file.as_deref()),
        ];
        file::refuse_overlaps(&self.inputs(), &outputs)
    }

    /// The file that takes back what is done for a restore, as it is shown.
    fn take_back_file(&self) -> Option<String> {
        self.for_restore.as_deref().map(|path| options::shown(&path.to_string_lossy()))
    }

    /// What is read, beside the target.
    fn inputs(&self) -> Vec<&str> {
        let mut inputs = vec![self.source.as_str()];
        inputs.extend(self.platform.as_deref());
        inputs.extend(self.input.source_platform.as_deref());
        inputs.extend(self.choosing.passwords_from.as_deref());
        inputs
    }
}

/// The first of what stands in the way, and the way out.
fn refusal(obstacle: &Finding, count: usize) -> anyhow::Error {
    let more = match count {
        1 => String::new(),
        count => format!(", and {} more", count - 1),
    };
    let remedy = format!("; {}", obstacle.about.remedy);
    anyhow!("nothing was sent: {}{more}{remedy}", obstacle.message)
}

/// What no copy can be made to.
fn refuse_target(input: &Source, live: &Live, label: &str) -> Result<()> {
    let answers = &live.answers;
    if answers.state == State::Standby {
        bail!("{label}: the target is a standby: connect to its primary");
    }
    if let Some(source) = &input.live
        && answers.identity.is_some()
        && source.answers.identity == answers.identity
    {
        bail!("{label}: the source and the target are the same server");
    }
    if !answers.is_superuser() && !answers.attributes.contains(&Attribute::CreateRole) {
        if answers.user != answers.session_user {
            bail!(
                "{label}: the session acts as {}, which has no CREATEROLE on the target, though {} has \
                 connected: ALTER ROLE or ALTER DATABASE … SET role does that, or another client of a \
                 pooler has left SET ROLE behind",
                answers.user,
                answers.session_user
            );
        }
        bail!(
            "{label}: {} has no CREATEROLE on the target: connect as its administrator",
            answers.user
        );
    }
    Ok(())
}
