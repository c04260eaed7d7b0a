//! A source: globals, with all that is known of where they come from.

use std::collections::BTreeSet;
use std::mem::take;

use super::databases::{self, Databases};
use super::live::Live;
use super::{Counts, Reading, Shows};
use crate::connect::Parameters;
use crate::finding::Finding;
use crate::globals::collect::Era;
use crate::globals::{Globals, Ledger};
use crate::name::Name;
use crate::platform::Platform;
use crate::version::Major;

/// What was read, from wherever.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file, or the server's address.
    pub name: String,
    /// The globals.
    pub globals: Globals,
    /// What became of each statement; empty for a server.
    pub ledger: Ledger,
    /// What there was to say while it was read.
    pub findings: Vec<Finding>,
    /// How many statements there were beside those in the ledger.
    pub counts: Counts,
    /// The platform that its roles show.
    pub platform: Option<&'static Platform>,
    /// The server's version, in its own words.
    pub server_version: Option<String>,
    /// The program that dumped it, and its version.
    pub client_version: Option<String>,
    /// Which servers it is from, if it is known.
    pub era: Option<Era>,
    /// Which settings it can have shown.
    pub shows: Shows,
    /// What a live server has answered.
    pub live: Option<Box<Live>>,
    /// What another connection to that server is made of.
    pub parameters: Option<Box<Parameters>>,
    /// The SHA-256 of the dump, in hexadecimal digits, where somebody wants to know it.
    pub sha256: Option<String>,
}

/// The globals themselves, and what became of their statements.
#[derive(Debug, Default)]
pub struct Contents {
    /// The globals.
    pub globals: Globals,
    /// What became of each statement.
    pub ledger: Ledger,
    /// What there was to say.
    pub findings: Vec<Finding>,
}

impl Source {
    /// A dump that was read.
    pub fn of_dump(name: String, reading: Reading) -> Self {
        let platform = Platform::recognise(
            |role| reading.globals.may_be_superuser(role),
            |tablespace| reading.globals.tablespaces.contains_key(tablespace),
        );
        let (server_version, client_version) = (reading.server_version(), reading.client_version());
        let Reading { globals, ledger, findings, counts, era, shows, .. } = reading;
        Self {
            name,
            globals,
            ledger,
            findings,
            counts,
            platform,
            server_version,
            client_version,
            era,
            shows,
            live: None,
            parameters: None,
            sha256: None,
        }
    }

    /// A server that was read, with what there was to say.
    pub fn of_server(name: String, live: Live, findings: Vec<Finding>) -> Self {
        Self {
            name,
            globals: live.globals.clone(),
            ledger: Ledger::default(),
            findings,
            counts: Counts::default(),
            platform: live.platform,
            server_version: Some(live.answers.version.clone()),
            client_version: None,
            era: Some(Era::of(live.answers.major)),
            shows: Shows::ALL,
            live: Some(Box::new(live)),
            parameters: None,
            sha256: None,
        }
    }

    /// Its databases can be visited, by such connections.
    #[must_use]
    pub fn reached_by(self, parameters: Parameters) -> Self {
        Self { parameters: Some(Box::new(parameters)), ..self }
    }

    /// What stands in the databases that are to be migrated, with regard to these roles: one connection to
    /// each. Nothing of a dump.
    pub async fn read_databases(&self, roles: &BTreeSet<Name>) -> Databases {
        let (Some(live), Some(parameters)) = (&self.live, &self.parameters) else {
            return Databases::new();
        };
        let databases = live.to_migrate(self.platform);
        databases::read(parameters, None, databases, roles, live.answers.major).await
    }

    /// What was read, to be sanitized; it is taken from here.
    pub fn take(&mut self) -> Contents {
        Contents {
            globals: take(&mut self.globals),
            ledger: take(&mut self.ledger),
            findings: take(&mut self.findings),
        }
    }

    /// The same, and it stays here.
    pub fn contents(&self) -> Contents {
        Contents {
            globals: self.globals.clone(),
            ledger: self.ledger.clone(),
            findings: self.findings.clone(),
        }
    }

    /// Its major version, as far as it is known; it may be a later one where it says so.
    pub fn major(&self) -> Option<Major> {
        if let Some(live) = &self.live {
            return Some(live.answers.major);
        }
        let version = self.server_version.as_deref()?;
        let mut numbers = version.split(|c: char| !c.is_ascii_digit());
        let first = numbers.next()?;
        let major = if first == "9" { format!("9.{}", numbers.next()?) } else { first.to_owned() };
        major.parse().ok()
    }
}
