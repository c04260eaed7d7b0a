//! `pg_globals copy`: from a server or a dump to a live target, in one transaction.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use clap::Args;

use super::choosing::{Choosing, PasswordChoice};
use super::file::{self, Whole};
use super::input::Input;
use super::options::PlatformChoice;
use super::{Exit, Format, connection};
use crate::connect::{self, Environment};
use crate::name::Name;
use crate::plan::{self, Desired, Existing, Plan, plan};
use crate::platform::{Platform, Rights, State};
use crate::read;
use crate::read::live::{self, Live};
use crate::replay::{Mode, Outcome, ReplayError, replay};
use crate::report::{CopyReport, FORMAT_VERSION, Place, PlannedChange, render_plan, render_result};
use crate::sanitize::{Sanitized, Source, sanitize};

/// Copy roles live, from a server or a dump to a server.
///
/// Reads the globals of the source, takes out or rewrites what the target's administrator may not do,
/// compares the rest with what the target has, shows the plan, and sends the differences in one
/// transaction: all or nothing. Then the target is read again and compared.
#[derive(Args, Debug)]
#[command(after_help = "Example: pg_globals copy postgresql://postgres@source/postgres \
    postgresql://azadmin@target/postgres --dry-run\n\n\
    Exit status: 0 when nothing remains; 1 when something does, or a dry run was refused something; \
    2 for trouble, the target is as before.")]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
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

    /// Write the statements that would take back exactly this run, with mode 0600.
    #[arg(long, value_name = "FILE", help_heading = "What is done")]
    undo: Option<PathBuf>,

    /// Grant the source's owners to the connected role, so that it can restore what they own, and
    /// write the statements that take this back.
    #[arg(long, value_name = "FILE", help_heading = "What is done")]
    can_own: Option<PathBuf>,

    /// Do not ask.
    #[arg(short, long, help_heading = "What is done")]
    yes: bool,

    /// The platform of the target [default: recognised by its roles].
    #[arg(short, long, value_name = "NAME|FILE", help_heading = "Target")]
    platform: Option<String>,

    /// The platform of the source [default: recognised by its roles].
    #[arg(long, value_name = "NAME|FILE", help_heading = "Source")]
    source_platform: Option<String>,

    /// List statements of a dump that are not understood as dropped, instead of failing.
    #[arg(long, help_heading = "Source")]
    drop_unknown: bool,

    /// Use a dump without its end marker as far as it goes.
    #[arg(long, help_heading = "Source")]
    accept_truncated: bool,

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

impl Copy {
    pub(super) fn run(&self) -> Result<Exit> {
        if !connect::is_connection(&self.target) {
            bail!(
                "TARGET must be a connection, such as postgresql://user@host/database or \
                 \"host=… user=… dbname=…\"; pg_globals convert writes a script instead"
            );
        }
        connection::block_on(self.copy())
    }

    async fn copy(&self) -> Result<Exit> {
        let choices = self.choosing.choices()?;
        let create = |option, path: &Option<PathBuf>, mode| {
            path.as_deref().map(|path| Whole::create(option, path, mode)).transpose()
        };
        let mut report_file = create("--report", &self.report, file::SHARED)?;
        let mut undo_file = create("--undo", &self.undo, file::SECRET)?;
        let mut own_file = create("--can-own", &self.can_own, file::SECRET)?;
        let named_target = self.platform.as_deref().map(PlatformChoice::find).transpose()?;
        let named_source = self.source_platform.as_deref().map(PlatformChoice::find).transpose()?;

        let environment = Environment::from_process();
        let options = read::Options {
            drop_unknown: self.drop_unknown,
            accept_truncated: self.accept_truncated,
        };
        let input = Input::read(&self.source, options, &environment).await?;
        let target = connection::open("the target", &self.target, &environment).await?;
        let live = live::read(&target.client).await;
        let live = live.map_err(|error| anyhow!("{}: {error}", target.label()))?;
        self.refuse_target(&input, &live, &target.label())?;

        let platform = named_target.as_ref().map(PlatformChoice::get).or(live.platform);
        // A server of one's own is what shows no platform.
        let platform = platform.or_else(|| Platform::builtin("postgres"));
        let Some(platform) = platform else { bail!("there is no platform postgres") };
        let source_platform = named_source.as_ref().map(PlatformChoice::get).or(input.platform);
        let rights = Rights::offline(platform, live.answers.major).narrowed_by(&live.answers);
        let source = Source { platform: source_platform, major: input.major() };
        let Input { name, globals, ledger, findings, server_version, live: source_live, .. } =
            input;
        let source_live = source_live.as_ref().map(|(live, _)| &**live);
        let sanitized = sanitize(globals, ledger, findings, rights, source, &choices)?;
        let Sanitized { globals: desired, ledger, findings, generated, unspecified } = sanitized;

        let wanted = Desired {
            source: source_live,
            globals: &desired,
            unspecified: &unspecified,
            ledger: &ledger,
        };
        let plan_options = plan::Options {
            existing: self.existing.into(),
            allow_freeze: self.allow_freeze,
            can_own: self.can_own.is_some(),
            resend: self.choosing.passwords == PasswordChoice::Resend,
            skip: self.choosing.skip(),
            now: choices.now,
        };
        let make =
            |live: &Live| plan(&live.globals, &wanted, &live.answers, platform, &plan_options);
        let first = make(&live);

        let mut summary = CopyReport {
            format_version: FORMAT_VERSION,
            source: Place {
                name,
                platform: source_platform.map(|platform| platform.name().to_owned()),
                server_version,
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
            findings,
        };
        summary.findings.extend(first.left_out().cloned());
        summary.findings.extend(first.findings.iter().cloned());
        summary.findings.extend(first.obstacles.iter().cloned());
        self.show(&render_plan(&summary, &first, std::io::stdout().is_terminal()));
        if !first.obstacles.is_empty() {
            bail!("nothing was sent: {}", obstacles(&first));
        }
        if !first.is_empty() && !self.dry_run && !self.agreed()? {
            bail!("nothing was sent: not agreed");
        }
        if let Some(file) = &mut undo_file {
            file.fill(
                crate::report::render_undo(&first.changes, &live.answers, &target.label())
                    .as_bytes(),
            )?;
        }
        if let Some(file) = &mut own_file {
            let grants: Vec<_> = first
                .changes
                .iter()
                .filter(|change| change.is_to(&live.answers.user))
                .cloned()
                .collect();
            file.fill(
                crate::report::render_undo(&grants, &live.answers, &target.label()).as_bytes(),
            )?;
        }
        if let Some(file) = own_file {
            file.finish()?;
        }
        // Written before anything is sent: what is done can be taken back, whatever happens here.
        if let Some(file) = undo_file {
            file.finish()?;
        }

        if !first.is_empty() {
            let outcome = self.replay(&target, &live, &first, &make, &generated, &choices).await?;
            summary.sent = outcome.sent;
            summary.refused += outcome.refused.len();
            let fatal = outcome.refused.iter().filter(|refusal| refusal.fatal).count();
            summary.findings.extend(outcome.refused.iter().map(|refusal| refusal.finding(&ledger)));
            if self.dry_run {
                summary.remaining = fatal;
            } else {
                let after = live::read(&target.client).await;
                let after = after.map_err(|error| {
                    anyhow!(
                        "{}: everything was done, but cannot be verified: {error}",
                        target.label()
                    )
                })?;
                let left = make(&after);
                let was_refused = |change: &crate::globals::Change| {
                    outcome.refused.iter().any(|refusal| refusal.object == change.object())
                };
                let left: Vec<_> =
                    left.changes.iter().filter(|change| !was_refused(change)).collect();
                summary.remaining = left.len();
                summary.findings.extend(left.iter().map(|change| plan::remaining(change, &ledger)));
            }
            let news: Vec<_> = summary.findings.split_off(
                summary.findings.len()
                    - outcome.refused.len()
                    - if self.dry_run { 0 } else { summary.remaining },
            );
            self.show(&crate::report::render_findings(&news, std::io::stdout().is_terminal()));
            summary.findings.extend(news);
        }
        self.show(&render_result(&summary));
        target.close().await;
        let json = format!("{}\n", serde_json::to_string_pretty(&summary)?);
        if self.format == Format::Json {
            print(&json)?;
        }
        if let Some(mut file) = report_file.take() {
            file.fill(json.as_bytes())?;
            file.finish()?;
        }
        Ok(if summary.remaining == 0 { Exit::Done } else { Exit::Different })
    }

    /// Sends the plan.
    async fn replay(
        &self,
        target: &connect::Connection,
        live: &Live,
        first: &Plan,
        make: &impl Fn(&Live) -> Plan,
        generated: &std::collections::BTreeMap<Name, crate::secret::Secret>,
        choices: &crate::sanitize::Choices,
    ) -> Result<Outcome> {
        let mode = if self.dry_run { Mode::DryRun } else { Mode::Commit };
        let again = |live: &Live| {
            let again = make(live);
            (again.changes == first.changes).then(|| again.steps(&live.answers))
        };
        let mut passwords = None;
        let before_commit = || {
            let Some((path, lines)) = self.choosing.password_lines(generated, choices) else {
                return Ok(());
            };
            let existed = path.exists();
            file::append_secret(path, &lines).map_err(|error| format!("{error:#}"))?;
            passwords = (!existed).then(|| path.to_owned());
            Ok(())
        };
        let result = replay(&target.client, live, mode, again, before_commit, &mut ()).await;
        result.map_err(|error: ReplayError| {
            if let Some(path) = passwords.filter(|_| !error.is_unknown()) {
                // The passwords in it are nobody's.
                let _ = std::fs::remove_file(path);
            }
            anyhow!("{}: {error}", target.label())
        })
    }

    /// What no copy can be made to.
    fn refuse_target(&self, input: &Input, live: &Live, label: &str) -> Result<()> {
        let answers = &live.answers;
        if answers.state == State::Standby {
            bail!("{label}: the target is a standby: connect to its primary");
        }
        if let Some((source, _)) = &input.live
            && answers.identity.is_some()
            && source.answers.identity == answers.identity
        {
            bail!("{label}: the source and the target are the same server");
        }
        if !answers.is_superuser()
            && !answers.attributes.contains(&crate::attribute::Attribute::CreateRole)
        {
            bail!(
                "{label}: {} has no CREATEROLE on the target: connect as its administrator",
                answers.user
            );
        }
        Ok(())
    }

    /// Whether the user agrees with the plan.
    fn agreed(&self) -> Result<bool> {
        if self.yes {
            return Ok(true);
        }
        let from_stdin = self.source == "-";
        if !std::io::stderr().is_terminal() || (!from_stdin && !std::io::stdin().is_terminal()) {
            bail!(
                "nothing was sent: there is no terminal to ask on; give --yes, or --dry-run to try"
            );
        }
        let _ = write!(std::io::stderr(), "\nProceed? [y/N] ");
        let mut answer = String::new();
        let read = if from_stdin {
            let tty = std::fs::File::open("/dev/tty");
            let tty = tty.map_err(|error| file::failed("/dev/tty", &error))?;
            std::io::BufReader::new(tty).read_line(&mut answer)
        } else {
            std::io::stdin().lock().read_line(&mut answer)
        };
        read.map_err(|error| file::failed("the answer", &error))?;
        Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    /// Prints text for people.
    fn show(&self, text: &str) {
        if self.format == Format::Text {
            let mut out = anstream::stdout();
            // The work goes on whether or not anybody listens.
            let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        }
    }
}

fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(file::failed("standard output", &error))
        }
        _ => Ok(()),
    }
}

/// The obstacles in one line: the first, and how many more.
fn obstacles(plan: &Plan) -> String {
    let first = plan.obstacles.first().map(|finding| finding.message.clone()).unwrap_or_default();
    match plan.obstacles.len() {
        0 | 1 => first,
        count => format!("{first}, and {} more", count - 1),
    }
}
