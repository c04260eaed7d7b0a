//! What was gathered, for the checks to look at.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};

use super::about::About;
use super::asking::answer::{Answer, Row, Unseen};
use super::asking::catalog::{self, Entry};
use super::asking::link::Link;
use super::asking::question::Question;
use super::asking::settings::{self, Setting};
use super::asking::unreached::Unreached;
use super::aws::Aws;
use super::azure::Azure;
use super::outcome::{Outcome, Outcomes, State};
use crate::name::Name;
use crate::platform::Platform;
use crate::read::databases::Databases;
use crate::read::live::Live;
use crate::sanitize::Choices;

/// What a check's function gives: nothing, or why nothing could be seen.
pub type Verdict = Result<(), Unseen>;

/// Everything that checks look at.
#[derive(Debug)]
pub struct Context {
    /// The server that is migrated.
    pub source: Side,
    /// The server that it is migrated to.
    pub target: Side,
    /// The databases that were named; where none was, all are meant that accept connections.
    pub named: Vec<Name>,
    /// What `az` told about the target.
    pub azure: Azure,
    /// What `aws` told about the source.
    pub aws: Aws,
    /// What stands in the source's databases about roles that the target will not have.
    pub uses: Databases,
    /// Which roles are to be carried over, and the time, in seconds since 1970.
    pub choices: Choices,
    /// The check that says which databases could not be visited, so that the others need not; none where it is
    /// not made.
    pub tells_visits: Option<&'static About>,
}

/// One of the two servers.
#[derive(Debug)]
pub struct Side {
    /// `the source` or `the target`.
    pub word: &'static str,
    /// Its address without a password.
    pub name: String,
    /// What it told; or why it could not be reached.
    pub server: Result<Server, Unreached>,
    /// Its databases that are to be migrated, by name.
    pub databases: BTreeMap<Name, Database>,
    /// Whether a check has wanted to know something of it that it could not tell.
    pub(super) was_missed: AtomicBool,
}

/// A server that could be reached.
#[derive(Debug)]
pub struct Server {
    /// How it is reached.
    pub link: Link,
    /// Its globals, and what it answers about itself.
    pub live: Live,
    pub(super) answers: HashMap<&'static str, Answer>,
}

/// A database of one of the servers.
#[derive(Debug)]
pub struct Database {
    /// The answers to the questions; or why it could not be visited.
    pub(super) answers: Result<HashMap<&'static str, Answer>, Unseen>,
}

impl Side {
    /// Why it could not be read, where a check needed it: what that check says is not all that it would have
    /// said.
    pub fn missed(&self) -> Option<&Unreached> {
        self.server.as_ref().err().filter(|_| self.was_missed.load(Ordering::Relaxed))
    }

    /// The server.
    ///
    /// # Errors
    /// When it could not be reached.
    pub(super) fn server(&self) -> Result<&Server, Unseen> {
        let unreached = |_: &Unreached| {
            self.was_missed.store(true, Ordering::Relaxed);
            Unseen(format!("{} could not be read", self.word))
        };
        self.server.as_ref().map_err(unreached)
    }

    /// The rows of a question to the server. A question that its version has no answer to has none.
    pub(super) fn rows(&self, question: &Question) -> Result<&[Row], Unseen> {
        let of = || format!("{}: {}", self.word, question.name);
        rows(&self.server()?.answers, question).map_err(|why| Unseen(format!("{}: {why}", of())))
    }

    /// The rows of a question that a file can answer in the server's place: that the server could not be read matters
    /// only where none does.
    pub(super) fn rows_unless_told(&self, is_told: bool, question: &Question) -> Option<&[Row]> {
        if is_told && self.server.is_err() { None } else { self.rows(question).ok() }
    }

    /// Its settings, by their names in lower case.
    pub(super) fn settings(&self) -> Result<BTreeMap<String, Setting>, Unseen> {
        settings::of(self.rows(&settings::QUESTION)?)
    }

    /// One of its settings.
    pub(super) fn setting(&self, name: &str) -> Result<Option<Setting>, Unseen> {
        let rows = self.rows(&settings::QUESTION)?;
        settings::find(rows, name)
    }

    /// Whether its platform made this database.
    pub(super) fn is_platforms(&self, database: &Name) -> bool {
        self.platform().is_some_and(|platform| platform.owns_database(database.as_str()))
    }

    /// Whether a database was there before anybody used the server: nobody drops it, or gives it away.
    pub(super) fn is_built_in(&self, database: &Name) -> bool {
        matches!(database.as_str(), "postgres" | "template0" | "template1")
            || self.is_platforms(database)
    }

    /// Whether this role is one of its platform's own.
    pub(super) fn is_platforms_role(&self, role: &Name) -> bool {
        self.platform().is_some_and(|platform| platform.is_own(role.as_str()))
    }

    fn platform(&self) -> Option<&'static Platform> {
        self.server.as_ref().ok()?.live.platform
    }

    /// All its databases, as `pg_database` has them.
    pub(super) fn catalog(&self) -> Result<BTreeMap<Name, Entry>, Unseen> {
        let unseen = |Unseen(why)| Unseen(format!("{}: {why}", self.word));
        catalog::of(self.rows(&catalog::QUESTION)?).map_err(unseen)
    }
}

impl Database {
    /// The rows of a question to the database.
    pub(super) fn rows(&self, question: &Question) -> Result<&[Row], Unseen> {
        match &self.answers {
            Ok(answers) => rows(answers, question),
            Err(why) => Err(why.clone()),
        }
    }
}

fn rows<'a>(
    answers: &'a HashMap<&'static str, Answer>,
    question: &Question,
) -> Result<&'a [Row], Unseen> {
    match answers.get(question.name) {
        None => Ok(&[]),
        Some(Ok(rows)) => Ok(rows),
        Some(Err(why)) => Err(why.clone()),
    }
}

impl Context {
    /// Whether the source and the target are one server, as far as both tell what they are
    /// (`system_identifier`, and the start of the postmaster).
    pub fn is_one_server(&self) -> bool {
        let identity = |side: &Side| side.server.as_ref().ok()?.live.answers.identity.clone();
        identity(&self.source).is_some_and(|one| identity(&self.target) == Some(one))
    }

    /// Why databases of the source could not be visited of which no check says that this is a failure.
    pub fn unvisited<'a>(&'a self, outcomes: &'a [Outcome]) -> impl Iterator<Item = &'a Unseen> {
        let tells = |outcome: &&Outcome| {
            self.tells_visits.is_some_and(|about| about.name == outcome.check)
                && outcome.state == State::Failed
        };
        let told: BTreeSet<_> =
            outcomes.iter().filter(tells).filter_map(|outcome| outcome.database.as_ref()).collect();
        let missed = self
            .source
            .databases
            .iter()
            .filter_map(|(name, it)| Some((name, it.answers.as_ref().err()?)));
        missed.filter(move |(name, _)| !told.contains(name)).map(|(_, why)| why)
    }

    /// Lets a function look at each database of the source; what it says is about that database. One
    /// of which it says nothing is as `clean` says, one that it cannot see is unknown. Of one that could
    /// not be visited, another check says so; where none could, it is unknown what this one is about.
    pub(super) fn each_database(
        &self,
        out: &mut Outcomes<'_>,
        clean: &str,
        mut judge: impl FnMut(&Name, &Database, &mut Outcomes<'_>) -> Verdict,
    ) -> Verdict {
        self.source.catalog()?;
        let first = out.len();
        for (name, database) in &self.source.databases {
            let before = out.len();
            match judge(name, database, out) {
                Err(_) if database.answers.is_err() && self.tells_visits.is_some() => {}
                Err(why) => {
                    out.unknown(why.to_string());
                }
                Ok(()) if out.len() == before => {
                    out.succeeded(clean);
                }
                Ok(()) => {}
            }
            out.about_database(before, name);
        }
        if out.len() == first && !self.source.databases.is_empty() {
            out.unknown("no database of the source could be visited: see databases");
        }
        Ok(())
    }
}
