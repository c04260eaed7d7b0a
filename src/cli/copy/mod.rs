//! `pg_globals copy`: from a server or a dump to a live target, in one transaction.

mod agree;
mod files;
mod job;
mod progress;
mod screen;

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use clap::Args;

use super::choosing::Choosing;
use super::file;
use super::input::InputOptions;
use super::options::{self, PlatformChoice, PlatformName};
use super::output::Format;
use super::{Exit, connection};
use crate::attribute::Attribute;
use crate::connect::{self, Connection, Environment};
use crate::finding::Finding;
use crate::plan::{self, Existing, Migration, Plan, Provenance};
use crate::platform::State;
use crate::read::Source;
use crate::read::live::{self, Live};
use crate::report::{CopyReport, FORMAT_VERSION, Outstanding, Place, PlannedChange};
use crate::sanitize::Passwords;
use files::Files;
use job::Job;
use screen::Screen;

/// Copy roles live, from a server or a dump to a server.
///
/// Reads the globals of the source, takes out or rewrites what the target's administrator may not do,
/// compares the rest with what the target has, shows the plan, and sends the differences in one
/// transaction: all or nothing. Then the target is read again and compared.
#[derive(Args, Debug)]
#[command(after_help = "Example: pg_globals copy postgresql://postgres@old/postgres \
    postgresql://azadmin@new/postgres --dry-run\n\n\
    Exit status: 0 when nothing remains; 1 when something does, or a dry run was refused; 2 for trouble.")]
#[allow(clippy::doc_markdown, reason = "these comments are the help, which is no Markdown")]
pub(super) struct Copy {
    /// A connection (postgresql://… or "key=value …"), a dump, or - for standard input.
    source: String,

    /// A connection to the target, as its administrator.
    target: String,

    /// Do it all on the target, then roll back: all refusals at once.
    #[arg(long, help_heading = "What is done")]
    dry_run: bool,

    /// Roles that exist: merge, replace, skip or fail.
    #[arg(
        long,
        value_name = "WHAT",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        help_heading = "What is done"
    )]
    existing: ExistingChoice,

    /// Also apply NOLOGIN, limit 0, expiry and read-only to roles that exist.
    ///
    /// CONNECTION LIMIT 0 and a VALID UNTIL that is over count as well.
    #[arg(long, hide_short_help = true, help_heading = "What is done")]
    allow_freeze: bool,

    /// Prepare the target for pg_restore; FILE takes it back.
    ///
    /// Grants the source's owners to the connected role, and creates a stand-in for each role that objects
    /// name and that is not carried over, so that no grant is lost. FILE, with mode 0600, is for psql -f
    /// after the restore.
    #[arg(long, value_name = "FILE", alias = "can-own", help_heading = "What is done")]
    for_restore: Option<PathBuf>,

    /// Write the statements that take exactly this run back, with mode 0600.
    #[arg(long, value_name = "FILE", help_heading = "What is done")]
    undo: Option<PathBuf>,

    /// Do not ask.
    #[arg(short, long, help_heading = "What is done")]
    yes: bool,

    /// Go on where source and target look swapped.
    ///
    /// A target that is older than its source, or has all that the source has and more, is changed with
    /// this option only, or where its name is typed.
    #[arg(long, hide_short_help = true, help_heading = "What is done")]
    into_older: bool,

    /// Its platform [default: recognised by its roles].
    #[arg(short, long, value_name = "NAME|FILE", help_heading = "Target", value_parser = PlatformName, hide_possible_values = true)]
    platform: Option<String>,

    #[command(flatten)]
    input: InputOptions,

    #[command(flatten)]
    choosing: Choosing,

    /// Write the report to a file: JSON, or Markdown for a name in .md.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    report: Option<PathBuf>,

    /// The format of what is printed: text, json or markdown.
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, help_heading = "Output")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
enum ExistingChoice {
    /// Set what the source says, leave what they have beyond it.
    #[default]
    Merge,
    /// Remove what they have beyond it, too.
    Replace,
    /// Leave them as they are.
    Skip,
    /// Do nothing at all where there is one.
    Fail,
}

impl From<ExistingChoice> for Existing {
    fn from(choice: ExistingChoice) -> Self {
        match choice {
            ExistingChoice::Merge => Self::Merge,
            ExistingChoice::Replace => Self::Replace,
            ExistingChoice::Skip => Self::Skip,
            ExistingChoice::Fail => Self::Fail,
        }
    }
}

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

async fn read_target(target: &Connection) -> Result<Live> {
    let live = live::read(&target.client).await;
    live.map_err(|error| connection::unread(target, &error))
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
