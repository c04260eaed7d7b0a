//! What a check has to say.

use serde::{Deserialize, Serialize};

use super::about::About;
use crate::name::Name;

/// How a check ended: the migration service's own three states, and one for what could not be seen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum State {
    /// It is as it must be.
    Succeeded,
    /// Nothing could be seen.
    Unknown,
    /// The migration can start, but somebody should look at it.
    Warning,
    /// The migration would fail, or lose something.
    Failed,
}

impl State {
    /// All of them, the worst first.
    pub const ALL: [Self; 4] = [Self::Failed, Self::Warning, Self::Unknown, Self::Succeeded];

    /// As the migration service writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "Succeeded",
            Self::Unknown => "Unknown",
            Self::Warning => "Warning",
            Self::Failed => "Failed",
        }
    }
}

/// How the databases get to the target.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Method {
    /// By `pg_dump` and `pg_restore`.
    PgDump,
    /// By Azure's migration service.
    Service,
}

impl Method {
    /// As people call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PgDump => "pg_dump",
            Self::Service => "migration service",
        }
    }
}

/// One line of the list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Outcome {
    /// The check's stable name.
    pub check: &'static str,
    /// The code of the migration service's validation that says the same, where there is one.
    pub code: Option<&'static str>,
    /// How it ended.
    pub state: State,
    /// The only way of migration that it concerns; none where it concerns each.
    pub concerns: Option<Method>,
    /// The database that it is about; none where it is about a server.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub database: Option<Name>,
    /// What was looked at.
    pub looked_at: String,
    /// What was found there. Never contains a password or verifier.
    pub found: String,
    /// What mends it: a command, a statement, or a sentence.
    pub remedy: Option<String>,
}

impl Outcome {
    /// With what mends it.
    pub(super) fn remedy(&mut self, remedy: impl Into<String>) -> &mut Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// With the service's code.
    pub(super) fn code(&mut self, code: &'static str) -> &mut Self {
        self.code = Some(code);
        self
    }

    /// Without a code, where the service's validation does not say the same.
    pub(super) fn no_code(&mut self) -> &mut Self {
        self.code = None;
        self
    }

    /// Of one way of migration only.
    pub(super) fn concerns(&mut self, method: Method) -> &mut Self {
        self.concerns = Some(method);
        self
    }

    /// About this database.
    pub(super) fn database(&mut self, name: &Name) -> &mut Self {
        self.database = Some(name.clone());
        self
    }

    /// With another place that was looked at.
    pub(super) fn looked_at(&mut self, place: impl Into<String>) -> &mut Self {
        self.looked_at = place.into();
        self
    }
}

/// Where a check says what it has found.
pub struct Outcomes<'a> {
    about: &'static About,
    list: &'a mut Vec<Outcome>,
}

impl<'a> Outcomes<'a> {
    pub(super) fn new(about: &'static About, list: &'a mut Vec<Outcome>) -> Self {
        Self { about, list }
    }

    pub(super) fn succeeded(&mut self, found: impl Into<String>) -> &mut Outcome {
        self.say(State::Succeeded, found.into())
    }

    pub(super) fn warning(&mut self, found: impl Into<String>) -> &mut Outcome {
        self.say(State::Warning, found.into())
    }

    pub(super) fn failed(&mut self, found: impl Into<String>) -> &mut Outcome {
        self.say(State::Failed, found.into())
    }

    pub(super) fn unknown(&mut self, found: impl Into<String>) -> &mut Outcome {
        self.say(State::Unknown, found.into())
    }

    /// How many there are, of all checks.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// What was said since there were so many is about this database.
    pub(super) fn about_database(&mut self, since: usize, name: &Name) {
        for outcome in &mut self.list[since..] {
            outcome.database(name);
        }
    }

    fn say(&mut self, state: State, found: String) -> &mut Outcome {
        let code = match self.about.codes {
            [only] => Some(*only),
            _ => None,
        };
        self.list.push(Outcome {
            check: self.about.name,
            code,
            state,
            concerns: self.about.online.then_some(Method::Service),
            database: None,
            looked_at: self.about.looked_at.to_owned(),
            found,
            remedy: None,
        });
        let last = self.list.len() - 1;
        &mut self.list[last]
    }
}
