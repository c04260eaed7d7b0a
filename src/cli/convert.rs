//! `pg_globals convert`: a dump or a server into a script that a managed target accepts.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;

use super::choosing::Choosing;
use super::exit::Exit;
use super::file::{self, Whole};
use super::input::InputOptions;
use super::named_platform::{PlatformChoice, PlatformName};
use super::options::shown;
use super::output::{self, Format, ReportFile};
use super::{connection, head, secret_file};
use crate::attribute::Attribute;
use crate::connect::Environment;
use crate::globals::script::Shape;
use crate::name::Name;
use crate::plan::{self, Migration, Provenance};
use crate::platform::Rights;
use crate::report::{
    self, Carried, ConvertReport, Document as _, FORMAT_VERSION, Graph, Statements, Target,
};
use crate::sanitize::{Choices, Sanitized};
use crate::script::{self, Title};
use crate::version::Major;

/// Convert a globals dump into a script that a managed target accepts.
///
/// Reads what pg_dumpall --globals-only writes (or a whole cluster dump, or a running server), takes
/// out or rewrites what the target's administrator may not do, and says what it changed and why. The
/// script goes to standard output, the report to standard error.
#[derive(Args, Debug)]
#[command(after_help = "Example: pg_globals convert globals.sql -o azure.sql\n\n\
    Exit status: 0 when the script was written, whatever the findings; 2 for trouble.")]
#[allow(clippy::doc_markdown, reason = "these comments are the help, which is no Markdown")]
pub(super) struct Convert {
    /// A dump, - for standard input, or a connection (postgresql://… or "key=value …").
    source: String,

    /// The target's platform, or a file that describes one.
    ///
    /// `pg_globals platforms` lists them; `pg_globals platforms azure` prints one as such a file.
    #[arg(short, long, value_name = "NAME|FILE", default_value = "azure", help_heading = "Target", value_parser = PlatformName, hide_possible_values = true)]
    platform: String,

    /// Its major version [default: the newest released one].
    #[arg(long, value_name = "MAJOR", help_heading = "Target")]
    target_version: Option<Major>,

    #[command(flatten)]
    input: InputOptions,

    #[command(flatten)]
    choosing: Choosing,

    /// Write the script to a file, with mode 0600 [default: standard output].
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,

    /// Write the report to a file: JSON, or .html or .md by its name.
    ///
    /// With -o, - is standard output.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    report: Option<PathBuf>,

    /// The format of the report on standard error: text, json or markdown.
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, help_heading = "Output")]
    format: Format,

    /// Let the script prepare the target for a restore; FILE takes it back.
    ///
    /// The script also grants owners to the role that replays it, and creates a stand-in for each role that
    /// objects name and that is not carried over; where the source is a dump, which does not tell who owns or
    /// is granted what, for all of them. FILE, with mode 0600, is for psql -f after the restore.
    #[arg(long, value_name = "FILE", conflicts_with = "if_not_exists", help_heading = "Output")]
    for_restore: Option<PathBuf>,

    /// Write guards round roles, so that the script can be run again.
    #[arg(long, help_heading = "Output")]
    if_not_exists: bool,

    /// With --if-not-exists: what lets roles that exist only read, too.
    #[arg(long, hide_short_help = true, requires = "if_not_exists", help_heading = "Output")]
    allow_freeze: bool,
}

impl Convert {
    pub(super) fn run(&self) -> Result<Exit> {
        let target = PlatformChoice::find(&self.platform)?;
        let target = target.get();
        let major = self.target_version.unwrap_or_else(|| target.newest());
        if !target.offers(major) {
            let offered: Vec<_> = target.majors().iter().map(ToString::to_string).collect();
            bail!("--target-version {major}: {} offers {}", target.name(), offered.join(", "));
        }
        let source = self.input.platform()?;
        self.refuse_overlaps()?;
        file::refuse_existing("--for-restore", self.for_restore.as_deref())?;
        let mut choices = Choices {
            withhold_freezes: self.if_not_exists && !self.allow_freeze,
            ..self.choosing.choices()?
        };

        // Opened before the work, so that a bad path is told at once.
        let create = |option, path: Option<&Path>, mode| {
            path.map(|path| Whole::create(option, path, mode)).transpose()
        };
        let output = self.output.as_deref().filter(|path| *path != Path::new("-"));
        let mut output = create("-o", output, file::SECRET)?;
        let report = self.report.as_deref().filter(|path| *path != Path::new("-"));
        let mut report_file = report.map(ReportFile::create).transpose()?;
        let mut take_back = create("--for-restore", self.for_restore.as_deref(), file::SECRET)?;
        let report_to_stdout = self.report.is_some() && report.is_none();

        let run = head::run();
        let is_kept = self.report.is_some();
        let environment = Environment::from_process();
        let mut input = connection::block_on(self.input.read(
            "the source",
            &self.source,
            &environment,
            is_kept,
        ))?;
        self.choosing.databases.choose(&mut input, &mut choices)?;
        let found = (&input.globals).into();
        // Up to 15 only a superuser may alter a role that has REPLICATION, which somebody may give back.
        let altered_by_superusers: BTreeSet<_> = input
            .globals
            .roles
            .iter()
            .filter(|(_, role)| major < Major::new(16) && role.has(Attribute::Replication))
            .map(|(name, _)| choices.rename.get(name).unwrap_or(name).clone())
            .collect();
        let is_kept = is_kept || self.format == Format::Markdown;
        let whole = is_kept.then(|| input.globals.clone());
        let contents = input.take();
        let from = Provenance::from(&input).on(source.as_ref().map(PlatformChoice::get));
        let mut summary = ConvertReport {
            format_version: FORMAT_VERSION,
            source: report::Source {
                name: input.name.clone(),
                platform: from.platform.map(|platform| platform.name().to_owned()),
                platform_or: from
                    .platform
                    .filter(|_| source.is_none())
                    .and_then(|platform| platform.indistinct_from().map(str::to_owned)),
                server_version: input.server_version.clone(),
                client_version: input.client_version.clone(),
                sha256: input.sha256.clone(),
            },
            target: Target {
                platform: target.name().to_owned(),
                title: target.title().to_owned(),
                version: major,
            },
            found,
            selected: self.choosing.databases.selected(&choices),
            statements: Statements::default(),
            losses: Vec::new(),
            findings: Vec::new(),
            run,
            carried: None,
            graph: None,
        };
        let from_platform = from.platform;
        let rights = Rights::offline(target, major);
        let migration = Migration::new(contents, from, rights, &choices)?;
        let databases =
            connection::block_on(async { Ok(input.read_databases(&migration.absent).await) })?;
        let mut migration = migration.with_databases(databases);
        let for_restore = migration.for_restore(take_back.is_some());
        let Sanitized { globals, ledger, findings, generated, .. } = migration.sanitized;
        summary.statements = Statements::count(&ledger, input.counts);
        summary.findings = findings;
        summary.findings.extend(for_restore.findings);
        summary.findings.extend(plan::locks_of_script(&globals, major));
        summary.losses = for_restore.losses;
        if let Some(whole) = &whole {
            let renamed = [&choices.rename, &choices.map_role];
            let carried = Carried { globals: &globals, renamed: &renamed };
            summary.graph = Some(Graph::of(whole, from_platform, Some(carried)));
            let kind = |name: &Name| generated.contains_key(name).then(|| "new".to_owned());
            summary.carried = Some(report::State::of(&globals, |_| true, kind));
        }
        let granted: Vec<_> = match take_back {
            Some(_) => {
                let what = &for_restore.take_back;
                what.owners.union(&what.stand_ins).cloned().collect()
            }
            None => Vec::new(),
        };

        let source = shown(&input.name);
        let title = Title { source: &source, platform: target.name(), granted: &granted };
        let admin = target.admin_role();
        let once = Some(&altered_by_superusers);
        let shape = Shape { major, if_not_exists: self.if_not_exists, admin, once };
        let write_script = |to: &mut dyn Write| script::write(&globals, title, shape, to);
        if let Some(file) = &mut output {
            file.fill(write_script)?;
        }
        if let Some(file) = &mut take_back {
            let title = format!("{} {major}", target.name());
            let text = script::take_back(&for_restore.take_back, &title);
            file.fill(|to| to.write_all(text.as_bytes()))?;
        }
        if let Some(file) = &mut report_file {
            file.fill(&summary)?;
        }
        let appended = self.choosing.password_lines(&generated, &choices);
        let appended = appended
            .map(|(path, lines)| secret_file::append("--password-file", path, &lines))
            .transpose()?;
        let to_stdout = output.is_none();
        // The script last: while it is not there, nobody has the new passwords.
        let finished = report_file
            .map(ReportFile::into_file)
            .into_iter()
            .chain(take_back)
            .chain(output)
            .try_for_each(Whole::finish);
        if let (Err(_), Some(appended)) = (&finished, appended) {
            appended.take_back();
        }
        finished?;
        output::say(&summary, self.format);
        if to_stdout || report_to_stdout {
            let mut out = io::stdout().lock();
            let written = if to_stdout { write_script(&mut out) } else { summary.json(&mut out) };
            file::to_stdout(written.and_then(|()| out.flush()))?;
        }
        // The process ends now, and takes all at once what would be freed piece by piece.
        std::mem::forget((globals, ledger, summary));
        Ok(Exit::Done)
    }

    /// Refuses options that name one file for two things, or do not go together.
    fn refuse_overlaps(&self) -> Result<()> {
        self.choosing.refuse_overlaps(&self.source)?;
        let is_stdout = |path: &Option<PathBuf>| path.as_deref() == Some(Path::new("-"));
        if is_stdout(&self.report) && (self.output.is_none() || is_stdout(&self.output)) {
            bail!("--report -: the script goes to standard output; name a file for it with -o");
        }
        let mut inputs = vec![self.source.as_str(), &self.platform];
        inputs.extend(self.input.source_platform.as_deref());
        inputs.extend(self.choosing.passwords_from.as_deref());
        let outputs = [
            ("-o", self.output.as_deref()),
            ("--report", self.report.as_deref()),
            ("--for-restore", self.for_restore.as_deref()),
            ("--password-file", self.choosing.password_file.as_deref()),
        ];
        file::refuse_overlaps(&inputs, &outputs)
    }
}
