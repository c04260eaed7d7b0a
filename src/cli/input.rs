//! Where globals come from, for commands that take a dump or a server: the source.

use anyhow::{Result, bail};
use std::io::Write as _;

use super::options::shown;
use super::{connection, file};
use crate::connect::{self, Connection, Environment};
use crate::finding::Finding;
use crate::globals::{Globals, Ledger};
use crate::platform::Platform;
use crate::read::live::{self, Live};
use crate::read::{self, Counts, Failure, Reading};
use crate::report;
use crate::version::Major;

/// What was read, from wherever.
pub(super) struct Input {
    /// The file, or the server's address.
    pub(super) name: String,
    pub(super) globals: Globals,
    pub(super) ledger: Ledger,
    pub(super) findings: Vec<Finding>,
    pub(super) counts: Counts,
    /// The platform that its roles show.
    pub(super) platform: Option<&'static Platform>,
    pub(super) server_version: Option<String>,
    pub(super) client_version: Option<String>,
    /// What a live server has answered.
    pub(super) live: Option<(Box<Live>, Connection)>,
}

impl Input {
    /// The source's major version, as far as it is known.
    pub(super) fn major(&self) -> Option<Major> {
        if let Some((live, _)) = &self.live {
            return Some(live.answers.major);
        }
        let version = self.server_version.as_deref()?;
        let mut numbers = version.split(|c: char| !c.is_ascii_digit());
        let first = numbers.next()?;
        let major = if first == "9" { format!("9.{}", numbers.next()?) } else { first.to_owned() };
        major.parse().ok()
    }

    /// Reads a dump, standard input for `-`, or a server.
    pub(super) async fn read(
        source: &str,
        options: read::Options,
        environment: &Environment,
    ) -> Result<Self> {
        if connect::is_connection(source) {
            Self::from_server(source, environment).await
        } else {
            Self::from_dump(source, options)
        }
    }

    /// Reads a dump, and shows the mistakes in it.
    pub(super) fn from_dump(source: &str, options: read::Options) -> Result<Self> {
        let name = shown(source);
        let reading = match read::read(file::open(source)?, options) {
            Ok(reading) => reading,
            Err(failure) => {
                if let Failure::Mistakes { mistakes, more, .. } = &failure {
                    // What cannot be said is no reason to say less of what follows.
                    let text = report::render_mistakes(mistakes, *more, &name);
                    let _ = anstream::stderr().write_all(text.as_bytes());
                    bail!("{name}: nothing was written: {failure}")
                }
                bail!("{name}: {failure}")
            }
        };
        let platform = Platform::recognise(
            |role| reading.globals.roles.contains_key(role),
            |tablespace| reading.globals.tablespaces.contains_key(tablespace),
        );
        let (server_version, client_version) = (reading.server_version(), reading.client_version());
        let Reading { globals, ledger, findings, counts, .. } = reading;
        Ok(Self {
            name: source.to_owned(),
            globals,
            ledger,
            findings,
            counts,
            platform,
            server_version,
            client_version,
            live: None,
        })
    }

    async fn from_server(source: &str, environment: &Environment) -> Result<Self> {
        let connection = connection::open("the source", source, environment).await?;
        let live = live::read(&connection.client).await;
        let live = live.map_err(|error| anyhow::anyhow!("{}: {error}", connection.label()))?;
        Ok(Self {
            name: connection.label(),
            globals: live.globals.clone(),
            ledger: Ledger::default(),
            findings: Vec::new(),
            counts: Counts::default(),
            platform: live.platform,
            server_version: Some(live.answers.version.clone()),
            client_version: None,
            live: Some((Box::new(live), connection)),
        })
    }
}
