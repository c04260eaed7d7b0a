//! Connections as the command line gives them: warnings said, passwords asked for.

use std::fmt::Display;
use std::io::IsTerminal as _;

use anyhow::{Result, anyhow};

use super::output;
use crate::connect::{
    AskPassword, ConnectError, Connection, Environment, Parameters, Password, Unfit, connect,
};
use crate::read::live::LiveError;

/// Asks on the terminal, as psql does; `what` says which of two servers is meant.
struct Terminal<'a>(&'a str);

impl AskPassword for Terminal<'_> {
    fn ask(&self, prompt: &str) -> Option<Password> {
        if !std::io::stderr().is_terminal() {
            return None;
        }
        let prompt = prompt.trim_end_matches(": ");
        let text = rpassword::prompt_password(format!("{prompt} on {}: ", self.0)).ok()?;
        Some(Password::from(zeroize::Zeroizing::new(text)))
    }
}

/// Opens one.
pub(super) async fn open(what: &str, text: &str, environment: &Environment) -> Result<Connection> {
    let parameters = parameters(what, text, environment)?;
    connect_to(what, &parameters).await.map_err(|error| anyhow!("{what}: {error}"))
}

/// What it is made of; what the user should know is said.
pub(super) fn parameters(what: &str, text: &str, environment: &Environment) -> Result<Parameters> {
    let parameters =
        Parameters::parse(text, environment).map_err(|error| anyhow!("{what}: {error}"))?;
    for warning in parameters.warnings() {
        output::warn(&format!("{what}: {warning}"));
    }
    Ok(parameters)
}

/// Connects; a password that is missing is asked for.
pub(super) async fn connect_to(
    what: &str,
    parameters: &Parameters,
) -> Result<Connection, ConnectError> {
    connect(parameters, Some(&Terminal(what))).await
}

/// What went wrong on a connection; where it has ended, also why, as far as that is known.
pub(super) fn failed(connection: &Connection, error: &dyn Display) -> anyhow::Error {
    let end = connection.end().map(|end| format!(" ({end})")).unwrap_or_default();
    anyhow!("{}: {error}{end}", connection.label())
}

/// Why a server was not read.
pub(super) fn unread(connection: &Connection, error: &LiveError) -> anyhow::Error {
    // What was found out first is said: what has ended a session since may have come of it.
    match connection.violation().filter(|_| error.is_lost()) {
        Some(what) => {
            let what = Unfit { query: "an answer", column: None, what: what.to_owned() };
            anyhow!("{}: {}", connection.label(), LiveError::Unexpected(what))
        }
        None if matches!(error, LiveError::Unexpected(_)) => {
            anyhow!("{}: {error}", connection.label())
        }
        None => failed(connection, error),
    }
}

/// What everything with a server runs on: one thread is enough for two connections.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| anyhow!("no runtime: {error}"))?.block_on(work)
}
