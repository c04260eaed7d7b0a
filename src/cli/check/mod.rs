//! `pg_globals check`: the migration's other prerequisites.

mod clouds;

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, anyhow, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use self::clouds::CloudArguments;
use super::exit::Exit;
use super::file::{self, Whole};
use super::named_platform::{PlatformChoice, PlatformName};
use super::options::{self, shown};
use super::output::{self, Format, ReportFile, Stream};
use super::selection::{refuse_unknown_targets, warn_unused};
use super::{connection, head};
use crate::check::{self, Context, Side, State, Wanted, checks};
use crate::connect::Environment;
use crate::glob::Glob;
use crate::name::Name;
use crate::report::{CheckReport, FORMAT_VERSION, Look, Place};
use crate::sanitize::Choices;

/// Check the migration's other prerequisites; nothing is written on either side.
///
/// What must hold before a migration to Azure Database for PostgreSQL flexible server starts: versions,
/// network, extensions, server parameters, roles, high availability, and what the databases have that
/// the migration service does not bring. Each line says what was looked at, what was found, and what
/// mends it.
#[derive(Args, Debug)]
#[command(
    after_help = "Example: pg_globals check postgresql://postgres@old/postgres postgresql://azadmin@new/postgres\n\n\
    Exit status: 0 when nothing failed, 1 when something did, 2 for trouble, such as a server that could not be read."
)]
#[allow(clippy::doc_markdown, reason = "these comments are the help, which is no Markdown")]
pub(super) struct Check {
    /// A connection (postgresql://… or "key=value …") to the server that is migrated.
    #[arg(required_unless_present = "list")]
    source: Option<String>,

    /// A connection to the target, as the role that will migrate.
    #[arg(required_unless_present = "list")]
    target: Option<String>,

    #[command(flatten)]
    clouds: CloudArguments,

    /// A database to be migrated [default: all that accept connections].
    ///
    /// Repeatable.
    #[arg(long, value_name = "NAME", help_heading = "What is checked")]
    database: Vec<String>,

    /// Only this check. Repeatable.
    #[arg(long, value_name = "CHECK", value_parser = names(), hide_possible_values = true, help_heading = "What is checked")]
    only: Vec<String>,

    /// Not this check. Repeatable.
    #[arg(long, value_name = "CHECK", value_parser = names(), hide_possible_values = true, help_heading = "What is checked")]
    skip: Vec<String>,

    /// What --exclude of the copy will be: roles that stay behind. Repeatable.
    #[arg(long, value_name = "PATTERN", value_parser = options::glob, help_heading = "What is checked")]
    exclude: Vec<Glob>,

    /// What --rename of the copy will be. Repeatable.
    #[arg(long, value_name = "OLD=NEW", hide_short_help = true, value_parser = options::pair, help_heading = "What is checked")]
    rename: Vec<(Name, Name)>,

    /// What --map-role of the copy will be. Repeatable.
    #[arg(long, hide_short_help = true, value_name = "SOURCE=TARGET", value_parser = options::pair, help_heading = "What is checked")]
    map_role: Vec<(Name, Name)>,

    /// What the online migration needs, too.
    #[arg(long, help_heading = "What is checked")]
    online: bool,

    /// How the databases get there: pg_dump or service [default: both; each line says which it concerns].
    #[arg(
        long,
        value_enum,
        value_name = "METHOD",
        hide_possible_values = true,
        help_heading = "What is checked"
    )]
    method: Option<Method>,

    /// The platform of the source [default: recognised by its roles].
    #[arg(long, hide_short_help = true, value_name = "NAME", help_heading = "What is checked", value_parser = PlatformName, hide_possible_values = true)]
    source_platform: Option<String>,

    /// List the checks.
    #[arg(long, conflicts_with_all = ["source", "format", "report"], help_heading = "Output")]
    list: bool,

    /// List what succeeded, too, and what was looked at.
    #[arg(long, help_heading = "Output")]
    all: bool,

    /// Write what the migration service wants to know to FILE (mode 0600), without passwords.
    ///
    /// The command that lets the service validate it is told on standard error. At most eight databases.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    migration_json: Option<PathBuf>,

    /// Write a report to a file as well: JSON, or .html or .md by its name.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    report: Option<PathBuf>,

    /// The format of what is printed: text, json or markdown.
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, help_heading = "Output")]
    format: Format,
}

/// How the databases get to the target.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Method {
    /// By `pg_dump` and `pg_restore`.
    #[value(name = "pg_dump")]
    PgDump,
    /// By the migration service.
    Service,
}

/// The checks' names, for clap to complete and correct.
fn names() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(checks::abouts().map(|about| about.name))
}

impl Check {
    pub(super) fn run(&self) -> Result<Exit> {
        if self.list {
            return list();
        }
        let (Some(source), Some(target)) = (&self.source, &self.target) else {
            bail!("give a source and a target");
        };
        for (what, place) in [("the source", source), ("the target", target)] {
            options::require_connection(what, place)?;
        }
        if self.checks().is_empty() {
            bail!("--only and --skip leave no check");
        }
        connection::block_on(self.check(source, target))
    }

    async fn check(&self, source: &str, target: &str) -> Result<Exit> {
        let choices = Choices {
            exclude: self.exclude.clone(),
            rename: options::pairs("--rename", &self.rename)?,
            map_role: options::pairs("--map-role", &self.map_role)?,
            now: options::now(),
            ..Choices::default()
        };
        let files = self.clouds.read()?;
        let report = self.report_file()?;
        let migration = self.migration_json.as_deref();
        let migration = migration
            .map(|path| Whole::create("--migration-json", path, file::SECRET).map(|it| (path, it)))
            .transpose()?;
        let environment = Environment::from_process();
        let source_platform = self.source_platform.as_deref().map(PlatformChoice::builtin);
        let source = wanted("the source", source, &environment, source_platform.transpose()?);
        let source = source.await?;
        let target = wanted("the target", target, &environment, None).await?;
        for (what, wanted) in [("the source", &source), ("the target", &target)] {
            if let Err(error) = &wanted.connection
                && error.is_password_missing()
            {
                bail!("{what}: {error}");
            }
        }
        let host = |wanted: &Wanted| {
            let connected = wanted.connection.as_ref().ok().map(|it| it.host().to_owned());
            connected.or_else(|| wanted.parameters.host().map(str::to_owned))
        };
        let (from, to) = (host(&source), host(&target));
        let clouds = self.clouds.told(files, from.as_deref(), to.as_deref()).await?;
        let databases: Vec<Name> = self.database.iter().map(Name::new).collect();
        let checks = self.checks();
        let mut bar = Bar(None);
        let cx =
            Box::pin(check::gather(source, target, clouds, &databases, &checks, choices, &mut bar))
                .await;
        drop(bar);
        warn_of_one_server(&cx);
        if let Ok(server) = &cx.source.server {
            // As copy would.
            cx.choices.check(&server.live.globals)?;
            warn_unused(cx.choices.unused(&server.live.globals));
            if let Ok(target) = &cx.target.server {
                let roles = server.live.globals.roles.keys();
                let carried = roles.map(|name| cx.choices.rename.get(name).unwrap_or(name));
                refuse_unknown_targets(&cx.choices.map_role, &target.live.answers, carried)?;
            }
        }
        if let Some((path, file)) = migration {
            write_migration(&cx, path, file)?;
        }
        let mut outcomes = check::judge(&cx, &checks);
        outcomes.retain(|outcome| match (outcome.concerns, self.method) {
            (Some(concerns), Some(method)) => concerns == method.into(),
            _ => true,
        });
        let summary = CheckReport {
            method: self.method.map(Into::into),
            is_partial: !(self.only.is_empty() && self.skip.is_empty()),
            ..summary(&cx, outcomes)
        };
        report.map_or(Ok(()), |file| file.write(&summary))?;
        // Every outcome is for somebody: nothing is cut.
        let look = Look { shorten: false, brief: !self.all, ..Stream::Out.look() };
        output::print(&summary, self.format, look)?;
        // Checks that could not be made have found nothing, and nothing is not good news.
        let servers = [&cx.source, &cx.target].into_iter();
        let servers = servers.filter_map(|side| Some(format!("{}: {}", side.word, side.missed()?)));
        let databases = cx.unvisited(&summary.checks).map(ToString::to_string);
        let missed: Vec<String> = servers.chain(databases).collect();
        if !missed.is_empty() {
            bail!("not all checks could be made: {}", missed.join("; "));
        }
        Ok(if summary.count(State::Failed) == 0 { Exit::Done } else { Exit::Different })
    }

    /// The checks that are wanted, in their order.
    fn checks(&self) -> Vec<&'static dyn check::Check> {
        let wanted = |about: &check::About| {
            let named = |list: &[String]| list.iter().any(|name| name == about.name);
            let selected =
                if self.only.is_empty() { self.online || !about.online } else { named(&self.only) };
            selected && !named(&self.skip)
        };
        checks::ALL.iter().copied().filter(|check| wanted(check.about())).collect()
    }

    /// Opened before the work, so that a bad path is told at once.
    fn report_file(&self) -> Result<Option<ReportFile>> {
        let inputs = self.clouds.inputs();
        let outputs = [("--report", &self.report), ("--migration-json", &self.migration_json)];
        let outputs = outputs.map(|(option, path)| (option, path.as_deref()));
        file::refuse_overlaps(&inputs, &outputs)?;
        let Some(path) = &self.report else { return Ok(None) };
        ReportFile::create(path).map(Some)
    }
}

/// Says that both are one server, whichever checks are made: everything is there already.
fn warn_of_one_server(cx: &Context) {
    if cx.is_one_server() {
        let target = &cx.target.name;
        output::warn(&format!("the source and the target are the same server: {target}"));
    }
}

/// Writes what the migration service wants to know, and tells what to do with it.
fn write_migration(cx: &Context, path: &Path, mut to: Whole) -> Result<()> {
    let text =
        check::migration::description(cx).map_err(|error| anyhow!("--migration-json: {error}"))?;
    to.fill(|to| to.write_all(text.as_bytes()))?;
    to.finish()?;
    let validate = cx.azure.validate(&path.display().to_string());
    let told = format!(
        "wrote {}: fill in sourceServerPassword and targetServerPassword, then let the service validate it: \
         {validate}\n",
        shown(&path.display().to_string())
    );
    // Nothing can be done where not even this can be said.
    let _ = io::stderr().write_all(told.as_bytes());
    Ok(())
}

impl From<Method> for check::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::PgDump => Self::PgDump,
            Method::Service => Self::Service,
        }
    }
}

/// A server, as far as it can be reached.
async fn wanted(
    what: &str,
    text: &str,
    environment: &Environment,
    platform: Option<&'static crate::platform::Platform>,
) -> Result<Wanted> {
    let parameters = connection::parameters(what, text, environment)?;
    let connection = connection::connect_to(what, &parameters).await.map_err(Arc::new);
    Ok(Wanted { parameters, connection, platform })
}

fn summary(cx: &Context, outcomes: Vec<check::Outcome>) -> CheckReport {
    let place = |side: &Side| {
        let live = side.server.as_ref().ok().map(|server| &server.live);
        Place {
            name: side.name.clone(),
            platform: live
                .and_then(|live| live.platform)
                .map(|platform| platform.name().to_owned()),
            server_version: live.map(|live| live.answers.version.clone()),
            user: live.map(|live| live.answers.user.as_str().to_owned()),
        }
    };
    CheckReport {
        format_version: FORMAT_VERSION,
        checked_at: crate::globals::timestamp::moment(cx.choices.now),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        source: place(&cx.source),
        target: place(&cx.target),
        checks: outcomes,
        method: None,
        is_partial: false,
        run: head::run(),
    }
}

/// The checks, a line each.
fn list() -> Result<Exit> {
    let width = checks::abouts().map(|about| about.name.len()).max().unwrap_or_default();
    let mut out = String::new();
    // Writing to a String cannot fail.
    for about in checks::abouts() {
        let online = if about.online { " (--online)" } else { "" };
        let _ = writeln!(out, "{:width$}  {}{online}", about.name, about.title);
    }
    file::to_stdout(io::stdout().write_all(out.as_bytes()))?;
    Ok(Exit::Done)
}

/// How far it is, on a terminal and where there are many databases.
struct Bar(Option<ProgressBar>);

impl check::Progress for Bar {
    fn begin(&mut self, databases: usize) {
        const MANY: usize = 20;
        if databases < MANY || !io::stderr().is_terminal() {
            return;
        }
        let bar = ProgressBar::new(databases as u64);
        // Checked by a test.
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        self.0 = Some(bar);
    }

    fn advance(&mut self) {
        if let Some(bar) = &self.0 {
            bar.inc(1);
        }
    }
}

const TEMPLATE: &str = "databases {wide_bar} {pos} of {len}";

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_one() {
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
    }
}
