//! `pg_globals copy`: from a server or a dump to a live target, in one transaction.

mod agree;
mod progress;
mod screen;

use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use clap::Args;

use super::choosing::{Choosing, PasswordChoice};
use super::file::{self, Whole};
use super::input::{Input, InputOptions};
use super::options::{PlatformChoice, PlatformName};
use super::{Exit, Format, connection};
use crate::attribute::Attribute;
use crate::connect::{self, Connection, Environment};
use crate::finding::Finding;
use crate::globals::{Change, Ledger};
use crate::plan::{self, Desired, Existing, Plan, plan};
use crate::platform::{Platform, Rights, State};
use crate::read::live::{self, Live};
use crate::replay::{Mode, Outcome, replay};
use crate::report::{CopyReport, FORMAT_VERSION, Place, PlannedChange, Undo, render_undo};
use crate::sanitize::{Choices, Sanitized, sanitize};
use progress::Progress;
use screen::Screen;

/// Copy roles live, from a server or a dump to a server.
///
/// Reads the globals of the source, takes out or rewrites what the target's administrator may not do,
/// compares the rest with what the target has, shows the plan, and sends the differences in one
/// transaction: all or nothing. Then the target is read again and compared.
#[derive(Args, Debug)]
#[command(after_help = "Example: pg_globals copy postgresql://postgres@source/postgres \
    postgresql://azadmin@target/postgres --dry-run\n\n\
    Exit status: 0 when nothing remains; 1 when something does, or a dry run was refused something; \
    2 for trouble.")]
#[allow(clippy::doc_markdown, reason = "these comments are the help, which is no Markdown")]
pub(super) struct Copy {
    /// A connection (postgresql://… or "key=value …"), a dump, or - for standard input.
    source: String,

    /// A connection to the target, as its administrator.
    target: String,

    /// Do everything on the target, then roll it back: all that the target refuses, at once.
    #[arg(long, help_heading = "What is done")]
    dry_run: bool,

    /// What to do with roles that the target already has.
    #[arg(long, value_name = "WHAT", value_enum, default_value_t, help_heading = "What is done")]
    existing: ExistingChoice,

    /// Let roles that exist be shut out as the source's are (NOLOGIN, CONNECTION LIMIT 0, …).
    #[arg(long, help_heading = "What is done")]
    allow_freeze: bool,

    /// Grant the source's owners to the connected role, so that it can restore what they own, and
    /// write the statements that take this back, with mode 0600.
    #[arg(long, value_name = "FILE", help_heading = "What is done")]
    can_own: Option<PathBuf>,

    /// Write the statements that would take back exactly this run, with mode 0600.
    #[arg(long, value_name = "FILE", help_heading = "What is done")]
    undo: Option<PathBuf>,

    /// Do not ask.
    #[arg(short, long, help_heading = "What is done")]
    yes: bool,

    /// The platform of the target [default: recognised by its roles].
    #[arg(short, long, value_name = "NAME|FILE", help_heading = "Target", value_parser = PlatformName, hide_possible_values = true)]
    platform: Option<String>,

    #[command(flatten)]
    input: InputOptions,

    #[command(flatten)]
    choosing: Choosing,

    /// Write the report to a file as JSON.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    report: Option<PathBuf>,

    /// The format of what is printed.
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
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

/// The files that a copy writes beside its report.
struct Files {
    report: Option<Whole>,
    undo: Option<Whole>,
    can_own: Option<Whole>,
}

impl Copy {
    pub(super) fn run(&self) -> Result<Exit> {
        if !connect::is_connection(&self.target) {
            bail!(
                "{}: the target must be a connection, such as postgresql://user@host/database or \
                 \"host=… user=… dbname=…\"; pg_globals convert writes a script instead",
                self.target
            );
        }
        connection::block_on(self.copy())
    }

    async fn copy(&self) -> Result<Exit> {
        self.refuse_overlaps()?;
        let choices = self.choosing.choices()?;
        let mut files = self.files()?;
        let named_target = self.platform.as_deref().map(PlatformChoice::find).transpose()?;
        let named_source = self.input.platform()?;

        let environment = Environment::from_process();
        let mut input = Input::read(&self.source, &self.input, &environment).await?;
        let target = connection::open("the target", &self.target, &environment).await?;
        let mut live = read_target(&target).await?;
        if let Some(platform) = &named_target {
            live.assume(platform.get());
        }
        refuse_target(&input, &live, &target.label())?;

        let platform = named_target.as_ref().map(PlatformChoice::get).or(live.platform);
        // A server of one's own is what shows no platform.
        let platform = platform.or_else(|| Platform::builtin("postgres"));
        let platform = platform.ok_or_else(|| anyhow!("there is no platform postgres"))?;
        let rights = Rights::offline(platform, live.answers.major).narrowed_by(&live.answers);
        let hides_databases = !input.shows_settings().0;
        let (globals, ledger, findings) = input.take();
        let source = input.source(named_source.as_ref().map(PlatformChoice::get));
        let mut sanitized = sanitize(globals, ledger, findings, rights, source, &choices)?;
        sanitized.unspecified.databases = hides_databases;

        let job = Job {
            copy: self,
            target: &target,
            live: &live,
            platform,
            source: input.live.as_deref(),
            sanitized: &sanitized,
            choices: &choices,
        };
        let first = job.plan(&live, self.choosing.passwords == PasswordChoice::Resend);
        let mut summary = CopyReport {
            format_version: FORMAT_VERSION,
            source: Place {
                name: input.name.clone(),
                platform: source.platform.map(|platform| platform.name().to_owned()),
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
            changes: first.changes.iter().map(PlannedChange::of).collect(),
            sent: 0,
            remaining: 0,
            extra: first.extra.len(),
            deferred: first.deferred.len(),
            withheld: first.withheld.len(),
            refused: first.refused.len(),
            unverifiable: first.unverifiable.len(),
            findings: sanitized.findings.clone(),
        };
        summary.findings.extend(first.all_findings().cloned());

        let screen = Screen::new(self.format);
        screen.plan(&summary, &first);
        if let Some(obstacle) = first.obstacles.first() {
            summary.remaining = first.changes.len() + first.obstacles.len();
            screen.refused(&summary)?;
            files.report(&summary)?;
            return Err(refusal(obstacle, first.obstacles.len()));
        }
        if !first.is_empty() && !self.dry_run {
            agree::agree(self.yes, self.source == "-")?;
        }
        if !self.dry_run && !first.is_empty() {
            files.fill(&first.changes, &live, &target.label())?;
        }
        if !first.is_empty() {
            let news = job.run(&first, &mut summary, &mut files).await?;
            screen.news(&news);
            summary.findings.extend(news);
        }
        if !self.dry_run && !first.is_empty() {
            files.finish()?;
        }
        screen.result(&summary)?;
        files.report(&summary)?;
        target.close().await;
        Ok(if summary.remaining == 0 { Exit::Done } else { Exit::Different })
    }

    fn refuse_overlaps(&self) -> Result<()> {
        self.choosing.refuse_overlaps(&self.source)?;
        let mut inputs = vec![self.source.as_str()];
        inputs.extend(self.platform.as_deref());
        inputs.extend(self.input.source_platform.as_deref());
        inputs.extend(self.choosing.passwords_from.as_deref());
        let outputs = [
            ("--report", self.report.as_deref()),
            ("--undo", self.undo.as_deref()),
            ("--can-own", self.can_own.as_deref()),
            ("--password-file", self.choosing.password_file.as_deref()),
        ];
        file::refuse_overlaps(&inputs, &outputs)
    }

    /// Opens the files before the work, so that a bad path is told at once.
    fn files(&self) -> Result<Files> {
        let create = |option, path: &Option<PathBuf>, mode| {
            path.as_deref().map(|path| Whole::create(option, path, mode)).transpose()
        };
        for (option, path) in [("--undo", &self.undo), ("--can-own", &self.can_own)] {
            let Some(path) = path else { continue };
            if std::fs::metadata(path).is_ok_and(|it| it.is_file() && it.len() > 0) {
                // It would be the only one that can take an earlier run back.
                bail!(
                    "{option} {}: it exists, and would be lost; name another file",
                    path.display()
                );
            }
        }
        Ok(Files {
            report: create("--report", &self.report, file::SHARED)?,
            undo: create("--undo", &self.undo, file::SECRET)?,
            can_own: create("--can-own", &self.can_own, file::SECRET)?,
        })
    }
}

impl Files {
    fn report(&mut self, report: &CopyReport) -> Result<()> {
        let Some(mut file) = self.report.take() else { return Ok(()) };
        file.fill(|to| screen::write_json(report, to))?;
        file.finish()
    }

    /// Writes them before anything is sent; they appear when it is about to be committed.
    fn fill(&mut self, changes: &[Change], live: &Live, target: &str) -> Result<()> {
        let own = changes.iter().filter(|change| change.is_to(&live.answers.user));
        let own: Vec<_> = own.cloned().collect();
        let files =
            [(Undo::Copy, &mut self.undo, changes), (Undo::Grants, &mut self.can_own, &own)];
        for (what, file, changes) in files {
            let Some(file) = file else { continue };
            let text = render_undo(what, changes, &live.globals, &live.answers, target);
            file.fill(|to| to.write_all(text.as_bytes()))?;
        }
        Ok(())
    }

    /// From now on what is done can be taken back, whatever happens here.
    fn finish(&mut self) -> Result<()> {
        for file in [self.undo.take(), self.can_own.take()].into_iter().flatten() {
            file.finish()?;
        }
        Ok(())
    }
}

/// The first of what stands in the way, and the way out.
fn refusal(obstacle: &Finding, count: usize) -> anyhow::Error {
    let more = match count {
        1 => String::new(),
        count => format!(", and {} more", count - 1),
    };
    let about = plan::abouts().find(|about| about.name == obstacle.rule);
    let remedy = about.map(|about| format!("; {}", about.remedy)).unwrap_or_default();
    anyhow!("nothing was sent: {}{more}{remedy}", obstacle.message)
}

async fn read_target(target: &Connection) -> Result<Live> {
    let live = live::read(&target.client).await;
    live.map_err(|error| anyhow!("{}: {error}", target.label()))
}

/// What no copy can be made to.
fn refuse_target(input: &Input, live: &Live, label: &str) -> Result<()> {
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
        bail!(
            "{label}: {} has no CREATEROLE on the target: connect as its administrator",
            answers.user
        );
    }
    Ok(())
}

/// All that making and sending a plan takes.
struct Job<'a> {
    copy: &'a Copy,
    target: &'a Connection,
    live: &'a Live,
    platform: &'a Platform,
    source: Option<&'a Live>,
    sanitized: &'a Sanitized,
    choices: &'a Choices,
}

impl Job<'_> {
    /// The plan for the target as it is; `resend` sends verifiers that cannot be compared, too.
    fn plan(&self, live: &Live, resend: bool) -> Plan {
        let mut assumed = None;
        if self.copy.platform.is_some() {
            assumed.insert(live.clone()).assume(self.platform);
        }
        let live = assumed.as_ref().unwrap_or(live);
        let desired = Desired {
            source: self.source,
            globals: &self.sanitized.globals,
            unspecified: &self.sanitized.unspecified,
            ledger: &self.sanitized.ledger,
        };
        let options = plan::Options {
            existing: self.copy.existing.into(),
            allow_freeze: self.copy.allow_freeze,
            resend,
            can_own: self.copy.can_own.is_some(),
            skip: self.copy.choosing.skip(),
            now: self.choices.now,
        };
        plan(&live.globals, &desired, &live.answers, self.platform, &options)
    }

    /// Sends the plan, and compares the target again: what there is to say about that.
    async fn run(
        &self,
        first: &Plan,
        summary: &mut CopyReport,
        files: &mut Files,
    ) -> Result<Vec<Finding>> {
        let outcome = self.replay(first, files).await?;
        let ledger: &Ledger = &self.sanitized.ledger;
        let mut news: Vec<_> =
            outcome.refused.iter().map(|refusal| refusal.finding(ledger)).collect();
        summary.sent = outcome.sent;
        summary.refused += outcome.refused.len();
        if self.copy.dry_run {
            summary.remaining = outcome.refused.iter().filter(|refusal| refusal.fatal).count();
            return Ok(news);
        }
        let after = read_target(self.target).await.map_err(|error| {
            anyhow!("everything was done, but cannot be verified: {error:#}; run copy again")
        })?;
        // What was sent again cannot be compared now either.
        let after = self.plan(&after, false);
        let left = after.changes.iter().filter(|change| !outcome.left_out(&change.object()));
        news.extend(left.map(|change| plan::remaining(change, ledger)));
        summary.remaining = news.len() - outcome.refused.len();
        Ok(news)
    }

    async fn replay(&self, first: &Plan, files: &mut Files) -> Result<Outcome> {
        let mode = if self.copy.dry_run { Mode::DryRun } else { Mode::Commit };
        let resend = self.copy.choosing.passwords == PasswordChoice::Resend;
        let again = |live: &Live| {
            let again = self.plan(live, resend);
            (again.changes == first.changes).then(|| again.steps(&live.answers))
        };
        let mut appended = None;
        let mut keep = || {
            let generated = &self.sanitized.generated;
            let lines = self.copy.choosing.password_lines(generated, self.choices);
            if let Some((path, lines)) = lines {
                appended = Some(file::append_secret(path, &lines)?);
            }
            files.finish()
        };
        let keep = || keep().map_err(|error: anyhow::Error| format!("{error:#}"));
        let client = &self.target.client;
        let mut progress = Progress::of(&first.steps(&self.live.answers));
        let result = replay(client, self.live, mode, again, keep, &mut progress).await;
        drop(progress);
        result.map_err(|error| {
            if let Some(appended) = appended.filter(|_| error.is_nothing_done()) {
                // The passwords in it are nobody's.
                appended.take_back();
            }
            let line = error.refusal().and_then(|it| self.sanitized.ledger.line(it.origin));
            let place = line.map(|line| format!("; it comes from {}:{line}", self.copy.source));
            anyhow!("{}: {error}{}", self.target.label(), place.unwrap_or_default())
        })
    }
}
