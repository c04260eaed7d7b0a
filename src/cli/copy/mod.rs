//! `pg_globals copy`: from a server or a dump to a live target, in one transaction.

mod agree;
mod args;
mod expected;
mod files;
mod job;
mod progress;
mod screen;

use std::collections::BTreeSet;

use anyhow::{Result, anyhow, bail};

use super::exit::Exit;
use super::file;
use super::named_platform::PlatformChoice;
use super::options;
use super::output::Format;
use super::selection::refuse_unknown_targets;
use super::{connection, head};
use crate::attribute::Attribute;
use crate::connect::{self, Environment};
use crate::finding::Finding;
use crate::globals::Globals;
use crate::name::Name;
use crate::plan::{self, Migration, Plan, Provenance};
use crate::platform::{Platform, State as ServerState};
use crate::read::Source;
use crate::read::live::Live;
use crate::report::{
    Carried, CopyReport, CopyState, FORMAT_VERSION, Graph, Outstanding, Place, PlannedChange, State,
};
use crate::sanitize::{Choices, Passwords};
pub(super) use args::Copy;
use args::ExistingChoice;
use expected::Expected;
use files::Files;
use job::{Job, read_target};
use progress::Progress;
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
        let run = head::run();
        let mut choices = self.choosing.choices()?;
        if let (ExistingChoice::Skip, Passwords::Generate { replace, .. }) =
            (self.existing, &mut choices.passwords)
        {
            // Nothing is sent to roles that exist.
            *replace = false;
        }
        let expected = self.expect_plan.as_deref().map(Expected::read).transpose()?;
        let mut files = Files::open(self)?;
        let named_target = self.platform.as_deref().map(PlatformChoice::find).transpose()?;
        let named_source = self.input.platform()?;

        let environment = Environment::from_process();
        let mut input =
            self.input.read("the source", &self.source, &environment, self.is_kept()).await?;
        self.choosing.databases.choose(&mut input, &mut choices)?;
        let target = connection::open("the target", &self.target, &environment).await?;
        let waiting = Progress::before(input.globals.roles.len());
        waiting.say("reading the target");
        let mut live = read_target(&target).await?;
        if let Some(platform) = &named_target {
            live.assume(platform.get());
        }
        refuse_target(&input, &live, &target.label())?;

        let rights = plan::rights(&live, named_target.as_ref().map(PlatformChoice::get));
        let platform = rights.platform();
        let names: BTreeSet<_> = input.globals.roles.keys().cloned().collect();
        let whole = self.is_kept().then(|| input.globals.clone());
        let contents = input.take();
        let from = Provenance::from(&input).on(named_source.as_ref().map(PlatformChoice::get));
        let migration = Migration::new(contents, from, rights, &choices)?;
        let carried = migration.sanitized.globals.roles.keys();
        refuse_unknown_targets(&choices.map_role, &live.answers, carried)?;
        waiting.say("reading the databases of the source");
        let databases = input.read_databases(&migration.absent).await;
        waiting.say("making the plan");
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
        let approval = first.approval(&live.answers, &target.label(), &sanitized.generated);
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
            swapped: swapped.clone(),
            selected: self.choosing.databases.selected(&choices),
            fingerprint: approval.fingerprint.clone(),
            plan: (&approval).into(),
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
            run,
            source_sha256: input.sha256.clone(),
            state: state(whole.as_ref(), &migration, from.platform, &live, &choices),
        };
        summary.findings.extend(first.all_findings().cloned());

        drop(waiting);
        let screen = Screen::new(self.format);
        screen.plan(&summary);
        if let Some(obstacle) = first.obstacles.first() {
            summary.remaining = first.changes.len() + first.obstacles.len();
            screen.refused(&summary)?;
            files.report(&summary)?;
            return Err(refusal(obstacle, first.obstacles.len()));
        }
        if let Some(different) = expected.and_then(|it| it.differs(&summary)) {
            summary.remaining = first.changes.len();
            screen.refused(&summary)?;
            files.report(&summary)?;
            return Err(different);
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

    /// Whether somebody keeps a report that is for people.
    fn is_kept(&self) -> bool {
        self.report.is_some() || self.format == Format::Markdown
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
        inputs.extend(self.expect_plan.as_deref());
        inputs
    }
}

/// The roles as they are carried over, and as the target has them; nothing where nobody keeps it.
fn state(
    whole: Option<&Globals>,
    migration: &Migration<'_>,
    platform: Option<&Platform>,
    live: &Live,
    choices: &Choices,
) -> CopyState {
    let Some(whole) = whole else { return CopyState::default() };
    let sanitized = &migration.sanitized;
    let kind = |name: &Name| {
        let is_new = sanitized.generated.contains_key(name);
        is_new.then(|| "new".to_owned())
    };
    let renamed = [&choices.rename, &choices.map_role];
    let carried = Carried { globals: &sanitized.globals, renamed: &renamed };
    CopyState {
        carried: Some(State::of(&sanitized.globals, |_| true, kind)),
        before: Some(job::state(live, &sanitized.globals)),
        after: None,
        graph: Some(Graph::of(whole, platform, Some(carried))),
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
    if answers.state == ServerState::Standby {
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
