//! Where globals come from, for commands that take a dump or a server: the source.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, anyhow, bail};
use clap::Args;

use super::named_platform::{PlatformChoice, PlatformName};
use super::options::{NO_CONNECTION, shown};
use super::{connection, file};
use crate::connect::{self, Connection, Environment};
use crate::finding::{Action, Finding, Subject};
use crate::read::live::{self, Live, LiveError};
use crate::read::pg_dumpall::{self, Forecast, Found, Places, Program};
use crate::read::{self, Failure, Source};
use crate::report;
use crate::version::Major;

/// How the source is read.
#[derive(Args, Debug)]
#[allow(clippy::doc_markdown, reason = "these comments are the help, which is no Markdown")]
pub(super) struct InputOptions {
    /// Its platform [default: recognised by its roles].
    #[arg(long, hide_short_help = true, value_name = "NAME|FILE", help_heading = "Source", value_parser = PlatformName, hide_possible_values = true)]
    pub(super) source_platform: Option<String>,

    /// Drop statements that are not understood, instead of failing.
    ///
    /// The report lists them.
    #[arg(long, hide_short_help = true, help_heading = "Source")]
    drop_unknown: bool,

    /// Use a dump without its end marker as far as it goes.
    #[arg(long, hide_short_help = true, help_heading = "Source")]
    accept_truncated: bool,

    /// How it is read: auto, both, pg_dumpall, catalog.
    ///
    /// auto reads the catalogs, and by pg_dumpall too where that will take less than 5 seconds; both
    /// insists on it.
    #[arg(
        long,
        value_name = "READER",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        hide_short_help = true,
        help_heading = "Source"
    )]
    reader: ReaderChoice,

    /// The pg_dumpall to run [default: the newest that is found].
    ///
    /// Looked for in PATH and where Debian's and Red Hat's packages put it.
    #[arg(long, hide_short_help = true, value_name = "PATH", help_heading = "Source")]
    pg_dumpall: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
enum ReaderChoice {
    /// From the catalogs, and by pg_dumpall too where there is one and it does not take long: the two
    /// must agree.
    #[default]
    Auto,
    /// By both, however long it takes.
    Both,
    /// By pg_dumpall, and from the catalogs what it leaves out.
    #[value(name = "pg_dumpall", alias = "pg-dumpall")]
    PgDumpall,
    /// From the catalogs.
    Catalog,
}

impl InputOptions {
    /// The platform that was named.
    pub(super) fn platform(&self) -> Result<Option<PlatformChoice>> {
        self.source_platform.as_deref().map(PlatformChoice::find).transpose()
    }
}

impl InputOptions {
    /// Reads a dump, standard input for `-`, or a server; `what` says which it is to the user. Of a dump the
    /// `digest` is made where it is wanted, which takes its time.
    pub(super) async fn read(
        &self,
        what: &str,
        source: &str,
        environment: &Environment,
        digest: bool,
    ) -> Result<Source> {
        if connect::is_connection(source) {
            self.read_server(what, source, environment).await
        } else {
            self.read_dump(source, digest)
        }
    }

    /// Reads a dump, and shows the mistakes in it.
    fn read_dump(&self, source: &str, digest: bool) -> Result<Source> {
        let options = read::Options {
            drop_unknown: self.drop_unknown,
            accept_truncated: self.accept_truncated,
        };
        let name = shown(source);
        if name != "standard input" && !Path::new(source).exists() {
            if connect::looks_like_connection(source) {
                bail!("{name}: {NO_CONNECTION}");
            }
            // psql takes such a word for a database.
            if source.chars().all(|c| c.is_alphanumeric() || c == '_') {
                bail!(
                    "{name}: no such file or directory; if this is a database, give \"dbname={name}\""
                );
            }
        }
        let mut input = file::Digested::new(file::open(source)?, digest);
        let reading = match read::read(&mut input, options) {
            Ok(reading) => reading,
            Err(failure) => {
                if let Failure::Mistakes { mistakes, more, .. } = &failure {
                    // What cannot be said is no reason to say less of what follows.
                    let text = report::render_mistakes(mistakes, *more, &name);
                    let _ = anstream::stderr().write_all(text.as_bytes());
                    bail!("{name}: nothing was written: {failure}")
                }
                // Of standard input nobody knows where it comes from.
                let file = if source == "-" { "FILE" } else { source };
                match failure.command(file) {
                    Some(command) => bail!("{name}: {failure}: {command}"),
                    None => bail!("{name}: {failure}"),
                }
            }
        };
        let sha256 = input.finish().map_err(|error| file::failed(&name, &error))?;
        Ok(Source { sha256, ..Source::of_dump(source.to_owned(), reading) })
    }

    async fn read_server(
        &self,
        what: &str,
        source: &str,
        environment: &Environment,
    ) -> Result<Source> {
        let parameters = connection::parameters(what, source, environment)?;
        let connection = connection::connect_to(what, &parameters).await;
        let connection = connection.map_err(|error| anyhow!("{what}: {error}"))?;
        let name = connection.label();
        let again = connection.elsewhere(&parameters, connection.database());
        let live = live::read(&connection.client).await;
        let live = live.map_err(|error| connection::unread(&connection, &error))?;
        let (live, findings) = self.by_pg_dumpall(&connection, live).await?;
        connection.close().await;
        Ok(Source::of_server(name, live, findings).reached_by(again))
    }

    /// Lets pg_dumpall read the server too, where that is wanted and there is one.
    async fn by_pg_dumpall(
        &self,
        connection: &Connection,
        live: Live,
    ) -> Result<(Live, Vec<Finding>)> {
        if self.reader == ReaderChoice::Catalog {
            return Ok((live, Vec::new()));
        }
        let name = connection.label();
        let major = live.probe.major;
        // It leaves the sessions of others without a search path.
        if connection.is_pooled(live.probe.process) {
            if self.reader != ReaderChoice::Auto {
                bail!("{name}: {POOLED}: connect to the server itself, or give --reader catalog");
            }
            return Ok((live, vec![alone(POOLED)]));
        }
        let program = if let Some(path) = &self.pg_dumpall {
            pg_dumpall::given(path, major).await?
        } else {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let found = pg_dumpall::find(&Places::usual(&path), major).await;
            let why = missing(&found, major);
            match found.program {
                Some(program) => program,
                None if self.reader != ReaderChoice::Auto => {
                    bail!("{name}: {why}; name one with --pg-dumpall");
                }
                None => return Ok((live, vec![alone(&why)])),
            }
        };
        let mut forecast = forecast(connection, &program, &live).await?;
        if self.reader == ReaderChoice::Auto && forecast.is_long() {
            // One question can have waited for something else.
            forecast = self::forecast(connection, &program, &live).await?.min(forecast);
        }
        if self.reader == ReaderChoice::Auto && forecast.is_long() {
            return Ok((live, vec![alone(&forecast.to_string())]));
        }
        if forecast.is_long() {
            // Nothing can be done where not even this can be said.
            let _ = writeln!(anstream::stderr(), "{name}: {forecast}");
        }
        let limit = forecast.limit();
        let read = if self.reader == ReaderChoice::PgDumpall {
            read::pg_dumpall_alone(connection, live, &program, limit).await
        } else {
            read::both(connection, live, &program, limit).await
        };
        read.map_err(|error| connection::failed(connection, &error))
    }
}

/// Why pg_dumpall is not run.
const POOLED: &str = "the connection leads through a pooler, whose sessions pg_dumpall would change for \
                      those that get them next";

/// How long the program will take, after the time that the server takes to answer now.
async fn forecast(connection: &Connection, program: &Program, live: &Live) -> Result<Forecast> {
    let before = Instant::now();
    let pinged = connection.client.simple_query("").await;
    pinged.map_err(|error| connection::failed(connection, &LiveError::Server(error)))?;
    Ok(Forecast::of(program, live.probe.major, &live.globals, before.elapsed()))
}

/// Why there is no pg_dumpall.
fn missing(found: &Found, major: Major) -> String {
    match found.too_old.first() {
        Some(program) => format!("{program} is older than the server, which is {major}"),
        None => "no pg_dumpall was found".to_owned(),
    }
}

fn alone(why: &str) -> Finding {
    read::abouts::ONE_READER.finding(Subject::statement("pg_dumpall"), Action::Kept, why)
}
