//! `pg_globals diff`: what differs between two places, each a dump or a server.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use clap::Args;
use rand::RngExt as _;

use super::databases::ForDatabases;
use super::exit::Exit;
use super::file::{self, Whole};
use super::input::InputOptions;
use super::named_platform::{PlatformChoice, PlatformName};
use super::options;
use super::output::{self, ReportFile, Stream};
use super::selection::{Selection, refuse_unknown_targets, warn_unused};
use super::{connection, head};
use crate::compare::{self, Fingerprint, Question, Wanted};
use crate::connect::{self, Environment};
use crate::globals::changes::Part;
use crate::name::Name;
use crate::platform::Platform;
use crate::read::Source;
use crate::report::{DiffReport, Document as _, Look, Side, write_unified};
use crate::sanitize::Choices;
use crate::script::{Equalizer, equalizer};
use crate::version::Major;

/// Show what differs between the globals of two places.
///
/// Each is a dump, - for standard input, or a connection: two servers, a server and yesterday's dump,
/// a dump before and after converting. Added is what only the right side has, removed what only the
/// left side has. With --as it answers whether a migration is complete.
#[derive(Args, Debug)]
#[command(
    after_help = "Example: pg_globals diff yesterday.sql postgresql://postgres@db1/postgres\n\n\
    Exit status: 0 when equal, also where something cannot be compared; 1 when different; 2 for trouble."
)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[allow(clippy::doc_markdown, reason = "these comments are the help, which is no Markdown")]
pub(super) struct Diff {
    /// The left side: a dump, - for standard input, or a connection.
    left: String,

    /// The right side.
    right: String,

    /// Is a migration complete? LEFT as it would be on this platform.
    ///
    /// Only what the left side has is compared.
    #[arg(long = "as", value_name = "PLATFORM", help_heading = "What is compared", value_parser = PlatformName, hide_possible_values = true)]
    as_platform: Option<String>,

    /// Do not look at passwords, comments, settings, memberships, parameters, tablespaces,
    /// security-labels or attributes:NAME.
    ///
    /// Repeatable.
    #[arg(long, value_name = "KIND", value_parser = options::ignored(), ignore_case = true, hide_possible_values = true, help_heading = "What is compared")]
    ignore: Vec<Part>,

    #[command(flatten)]
    selection: Selection,

    #[command(flatten)]
    databases: ForDatabases,

    /// With --as: what --map-role of the copy was. Repeatable.
    #[arg(long, hide_short_help = true, value_name = "SOURCE=TARGET", value_parser = options::pair, requires = "as_platform", help_heading = "What is compared")]
    map_role: Vec<(Name, Name)>,

    /// With --as, and in the sql form: what is set for all roles, too.
    #[arg(long, hide_short_help = true, help_heading = "What is compared")]
    allow_all_settings: bool,

    /// The platforms' own roles too.
    #[arg(long, hide_short_help = true, help_heading = "What is compared")]
    all_roles: bool,

    /// Who granted memberships and privileges, too.
    #[arg(long, hide_short_help = true, help_heading = "What is compared")]
    grantors: bool,

    #[command(flatten)]
    input: InputOptions,

    /// How the differences are shown: text, unified, sql, markdown or json.
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, help_heading = "Output")]
    format: DiffFormat,

    /// In the sql form: removals, too; roles are never dropped.
    #[arg(long, help_heading = "Output")]
    replace: bool,

    /// In the sql form: what shuts roles out that work, too (NOLOGIN, …).
    #[arg(long, hide_short_help = true, help_heading = "Output")]
    allow_freeze: bool,

    /// Write to a file, with mode 0600 [default: standard output].
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,

    /// Write a report to a file as well: JSON, or .html or .md by its name.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    report: Option<PathBuf>,

    /// Let the sql form, which holds verifiers, go to standard output.
    #[arg(long, help_heading = "Output")]
    show_passwords: bool,
}

/// How differences are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
enum DiffFormat {
    /// A line each.
    #[default]
    Text,
    /// Both sides as scripts, and their unified diff.
    Unified,
    /// The statements that make the right side, a server, like the left.
    Sql,
    /// A table, as for a pull request.
    Markdown,
    /// For programs.
    Json,
}

impl Diff {
    pub(super) fn run(&self) -> Result<Exit> {
        self.refuse()?;
        connection::block_on(self.diff())
    }

    /// Refuses what does not go together.
    fn refuse(&self) -> Result<()> {
        if self.left == "-" && self.right == "-" {
            bail!("both sides cannot come from standard input");
        }
        if self.format == DiffFormat::Sql {
            if self.as_platform.is_some() {
                bail!("--as does not go with --format sql: pg_globals copy does it");
            }
            if !connect::is_connection(&self.right) {
                bail!("--format sql is for a server: the right side must be a connection");
            }
            if self.output.is_none() && !self.show_passwords {
                bail!(
                    "--format sql holds verifiers: write it to a file with -o, or give --show-passwords"
                );
            }
        } else if self.replace {
            bail!("--replace goes with --format sql only");
        } else if self.allow_freeze {
            bail!("--allow-freeze goes with --format sql only");
        } else if self.allow_all_settings && self.as_platform.is_none() {
            bail!("--allow-all-settings goes with --as and --format sql only");
        }
        let inputs = [self.left.as_str(), &self.right];
        let outputs = [("-o", self.file()), ("--report", self.report.as_deref())];
        file::refuse_overlaps(&inputs, &outputs)
    }

    /// The file that is written; - is standard output.
    fn file(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| *path != Path::new("-"))
    }

    async fn diff(&self) -> Result<Exit> {
        let mut output =
            self.file().map(|path| Whole::create("-o", path, file::SECRET)).transpose()?;
        let kept = self.report.as_deref().map(ReportFile::create).transpose()?;
        let run = head::run();
        let environment = Environment::from_process();
        let read = async |what, from: &str| {
            self.input.read(what, from, &environment, kept.is_some()).await
        };
        let mut left = read("the left side", &self.left).await?;
        let right = read("the right side", &self.right).await?;
        let named = self.input.platform()?;
        let left_platform = named.as_ref().map(PlatformChoice::get).or(left.platform);
        let mut choices = Choices {
            map_role: options::pairs("--map-role", &self.map_role)?,
            allow_all_settings: self.allow_all_settings,
            ..self.selection.choices()?
        };
        self.databases.choose(&mut left, &mut choices)?;
        if self.as_platform.is_none() {
            ForDatabases::choose_of_both(&right, &mut choices);
        }
        let unused = self.unused(&choices, &left, &right)?;
        let selected = self.databases.selected(&choices);
        let question = Question {
            choices,
            ignore: self.ignore.clone(),
            all_roles: self.all_roles,
            grantors: self.grantors,
            left_platform,
            sides: self.format == DiffFormat::Unified,
        };
        let sides = [side(&left, left_platform), side(&right, right.platform)];
        let fingerprint = Fingerprint::new(rand::rng().random());
        let major = left.major().max(right.major()).unwrap_or(Major::new(16));
        let target = self.as_platform.as_deref().map(PlatformChoice::find).transpose()?;
        let script = match self.format {
            DiffFormat::Sql => self.script(&left, &right, &question)?,
            _ => String::new(),
        };
        let compared = match target.as_ref().map(PlatformChoice::get) {
            Some(target) => compare::migrated(left, right, target, &question, &fingerprint)?,
            None => compare::plain(left, right, &question, &fingerprint)?,
        };
        warn_unused(unused);
        let as_platform = target.as_ref().map(|target| target.get().name().to_owned());
        let (report, sides) = DiffReport::of(sides, as_platform, selected, compared, run);
        kept.map_or(Ok(()), |file| file.write(&report))?;
        let look = self.look();
        let write = |to: &mut dyn Write| match (self.format, &sides) {
            (DiffFormat::Sql, _) => to.write_all(script.as_bytes()),
            (DiffFormat::Json, _) => report.json(to),
            (DiffFormat::Markdown, _) => report.markdown(to),
            (DiffFormat::Unified, Some(sides)) => {
                write_unified(&report, sides.each_ref(), major, &fingerprint, look, to)
            }
            _ => report.text(look, to),
        };
        Self::finish(write, look, output.take(), report.differences.is_empty())
    }

    /// Names that match nothing; of two sides, on neither.
    fn unused(
        &self,
        choices: &Choices,
        left: &Source,
        right: &Source,
    ) -> Result<Vec<(Name, String)>> {
        let mut unused = choices.unused(&left.globals);
        if self.as_platform.is_none() {
            let of_right = choices.unused(&right.globals);
            unused.retain(|it| of_right.contains(it));
        } else if let Some(live) = &right.live {
            let carried =
                left.globals.roles.keys().map(|name| choices.rename.get(name).unwrap_or(name));
            refuse_unknown_targets(&choices.map_role, &live.answers, carried)?;
        }
        Ok(unused)
    }

    /// The sql form.
    fn script(&self, left: &Source, right: &Source, question: &Question<'_>) -> Result<String> {
        let live = right.live.as_ref().ok_or_else(|| anyhow!("the right side is no server"))?;
        let wanted = Wanted { replace: self.replace, allow_freeze: self.allow_freeze };
        let statements = compare::statements(left, right, live, question, wanted)?;
        Ok(equalizer(Equalizer {
            like: &left.name,
            server: &right.name,
            answers: &live.answers,
            statements: &statements,
        }))
    }

    fn look(&self) -> Look {
        let look = if self.file().is_some() { Look::PLAIN } else { Stream::Out.look() };
        Look { brief: true, wrap: look.wrap && self.format == DiffFormat::Text, ..look }
    }

    fn finish(
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
        look: Look,
        file: Option<Whole>,
        equal: bool,
    ) -> Result<Exit> {
        if let Some(mut file) = file {
            file.fill(write)?;
            file.finish()?;
        } else {
            output::print_with(write, look)?;
        }
        Ok(if equal { Exit::Done } else { Exit::Different })
    }
}

fn side(input: &Source, platform: Option<&Platform>) -> Side {
    Side {
        name: input.name.clone(),
        platform: platform.map(|platform| platform.name().to_owned()),
        server_version: input.server_version.clone(),
        sha256: input.sha256.clone(),
    }
}
