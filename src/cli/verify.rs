//! `pg_globals verify`: whether everything is there after the restore.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use clap::Args;
use rand::RngExt as _;

use super::exit::Exit;
use super::file::{self, Whole};
use super::options;
use super::output::{self, ReportFile, Stream};
use super::selection::{Selection, refuse_unknown_targets, warn_unused};
use super::{connection, head};
use crate::compare::Fingerprint;
use crate::connect::{Connection, Environment, Parameters};
use crate::glob::Glob;
use crate::name::Name;
use crate::plan;
use crate::read::live::{self, Live};
use crate::report::{Document as _, Form, Look, Place, VerifyParts, VerifyReport};
use crate::sanitize::Choices;
use crate::script;
use crate::verify::{self, Accepting, Mender, Names, Outstanding, Server};

/// Verify that everything is there after the restore; nothing is written on either side.
///
/// The last command of a migration: whether the roles and other globals have arrived, and what each
/// role lost or gained in the databases: owners, privileges of all objects, default privileges, row
/// security. What roles lose that are not carried over is told apart.
#[derive(Args, Debug)]
#[command(
    after_help = "Example: pg_globals verify postgresql://postgres@old/postgres postgresql://azadmin@new/postgres\n\n\
    Exit status: 0 when it is complete, 1 when something is missing or could not be seen, 2 for trouble."
)]
#[allow(clippy::doc_markdown, reason = "these comments are the help, which is no Markdown")]
pub(super) struct Verify {
    /// A connection (postgresql://… or "key=value …") to the server that was migrated.
    source: String,

    /// A connection to the target.
    target: String,

    /// A database to be verified [default: all that the source has].
    ///
    /// Repeatable.
    #[arg(long, value_name = "NAME", help_heading = "What is compared")]
    database: Vec<String>,

    /// What --map-role of the copy was. Repeatable.
    #[arg(long, hide_short_help = true, value_name = "SOURCE=TARGET", value_parser = options::pair, help_heading = "What is compared")]
    map_role: Vec<(Name, Name)>,

    #[command(flatten)]
    selection: Selection,

    /// Differences that are meant, by the role that lost, gained or is to own something, or by the object.
    ///
    /// Default privileges are also named by the role whose they are.     /// Names are as the report has them: shop_read, PUBLIC, shop.orders, \"database shop\"; *, ? and [..]
    /// are known. What is accepted is counted, and is neither a difference nor in the sql form. Repeatable.
    #[arg(long, value_name = "PATTERN", value_parser = options::glob, help_heading = "What is compared")]
    accept: Vec<Glob>,

    /// How it is shown: text, json, markdown, or sql, the statements that give back what is missing.
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, help_heading = "Output")]
    format: VerifyFormat,

    /// Write to a file [default: standard output].
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,

    /// Write a report to a file as well: JSON, or .html or .md by its name.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    report: Option<PathBuf>,
}

/// How it is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
enum VerifyFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For whoever signs it.
    Markdown,
    /// The statements that give back what is missing.
    Sql,
}

/// One of the two servers.
struct Side {
    parameters: Parameters,
    connection: Connection,
    live: Live,
}

impl Side {
    async fn open(what: &str, text: &str, environment: &Environment) -> Result<Self> {
        let parameters = connection::parameters(what, text, environment)?;
        let connection = connection::connect_to(what, &parameters)
            .await
            .map_err(|error| anyhow!("{what}: {error}"))?;
        let live = live::read(&connection.client)
            .await
            .map_err(|error| connection::unread(&connection, &error))?;
        Ok(Self { parameters, connection, live })
    }

    fn server(&self, word: &'static str) -> Server<'_> {
        let major = self.live.answers.major;
        Server { word, connection: &self.connection, parameters: &self.parameters, major }
    }

    fn place(&self) -> Place {
        Place {
            name: self.connection.label(),
            platform: self.live.platform.map(|platform| platform.name().to_owned()),
            server_version: Some(self.live.answers.version.clone()),
            user: Some(self.live.answers.user.as_str().to_owned()),
        }
    }
}

impl Verify {
    pub(super) fn run(&self) -> Result<Exit> {
        for (what, place) in [("the source", &self.source), ("the target", &self.target)] {
            options::require_connection(what, place)?;
        }
        connection::block_on(self.verify())
    }

    async fn verify(&self) -> Result<Exit> {
        let outputs = [("-o", self.file()), ("--report", self.report.as_deref())];
        file::refuse_overlaps(&[], &outputs)?;
        let mut output =
            self.file().map(|path| Whole::create("-o", path, file::SHARED)).transpose()?;
        let kept = self.report.as_deref().map(ReportFile::create).transpose()?;
        let run = head::run();
        let mut choices = Choices {
            map_role: options::pairs("--map-role", &self.map_role)?,
            ..self.selection.choices()?
        };
        let environment = Environment::from_process();
        let source = Side::open("the source", &self.source, &environment).await?;
        let target = Side::open("the target", &self.target, &environment).await?;
        let servers = [source.server("the source"), target.server("the target")];
        let catalogs = verify::catalogs(servers[0], servers[1]).await;
        let catalogs = catalogs.map_err(|(word, error)| anyhow!("{word}: {error}"))?;
        let asked: Vec<Name> = self.database.iter().map(Name::new).collect();
        if let Some(name) = asked.iter().find(|name| !catalogs.source.contains_key(*name)) {
            bail!("--database: the source has no database {name}; case counts");
        }
        if !asked.is_empty() {
            // Only what copy brings for them is to be there.
            let asked = asked.iter().cloned().collect();
            choices.needed = Some(plan::needed(&source.live, &asked));
        }
        let databases = verify::selected(&catalogs.source, source.live.platform, &asked);
        let mut arrived = verify::arrived(&source.live, &target.live, &choices)?;
        warn_unused(choices.unused(&source.live.globals));
        let carried = arrived.sanitized.roles.keys();
        refuse_unknown_targets(&choices.map_role, &target.live.answers, carried)?;
        let names = Names::of(&source.live, &target.live, &arrived.sanitized, &choices);
        let verified =
            verify::verify(servers, &catalogs, &databases, &names, &arrived, &target.live);
        let mut verified = Box::pin(verified).await;
        let mut outstanding = Outstanding::of(&target.live, &names);
        outstanding.take_inheriting(&mut arrived, &target.live, &verified);
        outstanding.note_owned(&verified);
        let administrators =
            verify::gained(&source.live, &target.live, &names, &arrived, &verified, &outstanding);
        let mut accepting = Accepting::new(&self.accept);
        accepting.take(&mut arrived, &mut verified);
        let accepted: Vec<_> = accepting
            .counts()
            .map(|(pattern, count)| (pattern.as_str().to_owned(), count))
            .collect();
        for (pattern, _) in accepted.iter().filter(|(_, count)| *count == 0) {
            output::warn(&format!(
                "--accept {pattern}: no difference has such a name; case counts"
            ));
        }
        let mender = Mender { answers: &target.live.answers, names: &names };
        let parts = VerifyParts {
            source: source.place(),
            target: target.place(),
            arrived: &arrived,
            verified: &verified,
            outstanding: &outstanding,
            administrators: &administrators,
            accepted: accepted.clone(),
            mender,
            run,
        };
        let report = VerifyReport::of(parts, &Fingerprint::new(rand::rng().random()));
        let script = || {
            let (from, to) = (source.connection.label(), target.connection.label());
            let accepted = accepted.iter().map(|(_, count)| count).sum();
            let beside = script::Beside { globals: arrived.missing.len(), accepted };
            script::verify(&verified, beside, mender, &from, &to)
        };
        let look = self.look();
        let write = |to: &mut dyn Write| match self.format {
            VerifyFormat::Text => report.write(Form::Text(look), to),
            VerifyFormat::Json => report.write(Form::Json, to),
            VerifyFormat::Markdown => report.write(Form::Markdown, to),
            VerifyFormat::Sql => to.write_all(script().as_bytes()),
        };
        kept.map_or(Ok(()), |file| file.write(&report))?;
        finish(write, look, output.take())?;
        for side in [source, target] {
            side.connection.close().await;
        }
        Ok(exit(&report))
    }

    /// The file that is written; - is standard output.
    fn file(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| *path != Path::new("-"))
    }

    fn look(&self) -> Look {
        let look = Stream::Out.look();
        let wrap = look.wrap && self.format == VerifyFormat::Text;
        let look = Look { brief: true, wrap, ..look };
        if self.file().is_some() { Look { brief: true, ..Look::PLAIN } } else { look }
    }
}

fn finish(
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    look: Look,
    output: Option<Whole>,
) -> Result<()> {
    if let Some(mut file) = output {
        file.fill(write)?;
        return file.finish();
    }
    output::print_with(write, look)
}

fn exit(report: &VerifyReport) -> Exit {
    if report.complete { Exit::Done } else { Exit::Different }
}
