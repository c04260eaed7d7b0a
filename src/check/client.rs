//! The clouds' own command lines, `az` and `aws`, run as whoever runs this program: with their own login.

use std::fmt;
use std::io;
use std::time::Duration;

use tokio::process::Command;

use crate::process::{self, Output, ProcessError, environment};
use crate::words;

/// How long one question may take: starting takes `az` a second, and the answer comes through the internet.
const LIMIT: Duration = Duration::from_mins(1);

/// More than any answer has: the parameters of a server are some 500 KiB.
const MOST_BYTES: usize = 64 << 20;

/// How much of a message is told.
const MOST_CHARACTERS: usize = 500;

/// One of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client {
    /// What it is called on the command line.
    pub(super) name: &'static str,
    /// The file that is run: Windows finds a script by its whole name only.
    pub(super) program: &'static str,
    /// What the variables begin with that are meant for it.
    pub(super) variables: &'static str,
    /// Where its installation is described.
    pub(super) installation: &'static str,
    /// What its errors begin with.
    pub(super) error: &'static str,
}

/// Why there is no answer.
#[derive(Debug)]
pub struct ClientError {
    /// What was asked: `az postgres flexible-server show …`.
    asked: String,
    why: Why,
}

#[derive(Debug)]
enum Why {
    /// It is not installed, or not on `PATH`.
    Missing(&'static str),
    /// It was not run to its end.
    Process(ProcessError),
    /// It failed, with this message.
    Failed(String),
    /// Its answer is no text.
    Encoding,
}

impl Client {
    /// What it answers. It reads no input, sees no variables but those that it needs, and has a minute.
    ///
    /// # Errors
    /// When it cannot be run, takes too long, or fails.
    pub(super) async fn ask(&self, arguments: &[&str]) -> Result<String, ClientError> {
        let asked = self.asked(arguments);
        let failed = |why| ClientError { asked: asked.clone(), why };
        let mut command = Command::new(self.program);
        environment::to_ask(&mut command, self.variables);
        command.args(arguments).args(["--output", "json"]);
        let output = process::output(&mut command, LIMIT, MOST_BYTES, || {}).await;
        let Output { status, stdout, stderr } = output.map_err(|error| match error {
            ProcessError::Start(error) if error.kind() == io::ErrorKind::NotFound => {
                failed(Why::Missing(self.installation))
            }
            error => failed(Why::Process(error)),
        })?;
        if !status.success() {
            return Err(failed(Why::Failed(self.message(&stderr))));
        }
        String::from_utf8(stdout.to_vec()).map_err(|_| failed(Why::Encoding))
    }

    /// What is asked, for messages.
    pub(super) fn asked(&self, arguments: &[&str]) -> String {
        words::visible(&format!("{} {}", self.name, arguments.join(" "))).into_owned()
    }

    /// The line that says why it failed: the last one that begins as its errors do, else the last one.
    fn message(&self, stderr: &str) -> String {
        let lines = || stderr.split('\n').map(str::trim).filter(|line| !line.is_empty());
        let line =
            lines().rfind(|line| line.starts_with(self.error)).or_else(|| lines().next_back());
        let line = line.map_or("it said nothing", |line| {
            line.strip_prefix(self.error).unwrap_or(line).trim_start()
        });
        let line: String = line.chars().take(MOST_CHARACTERS).collect();
        words::visible(&line).into_owned()
    }
}

impl ClientError {
    /// Whether it failed with a message that has this word.
    pub(super) fn says(&self, word: &str) -> bool {
        matches!(&self.why, Why::Failed(message) if message.contains(word))
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asked = &self.asked;
        match &self.why {
            Why::Missing(installation) => {
                let name = asked.split(' ').next().unwrap_or_default();
                write!(
                    f,
                    "{name} is not on PATH: install it ({installation}), or give its answers as files"
                )
            }
            Why::Process(error) => write!(f, "{asked}: {error}"),
            Why::Failed(message) => write!(f, "{asked}: {message}"),
            Why::Encoding => write!(f, "{asked}: its answer is no UTF-8"),
        }
    }
}

impl std::error::Error for ClientError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.why {
            Why::Process(error) => Some(error),
            _ => None,
        }
    }
}
