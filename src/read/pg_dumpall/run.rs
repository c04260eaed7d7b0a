//! The dump of a server that there is a connection to.

use std::io::{self, Write as _};
use std::process::ExitStatus;
use std::time::Duration;

use tempfile::TempPath;
use tokio::process::Command;
use zeroize::Zeroizing;

use super::program::Program;
use crate::connect::{ChildEnvironment, Connection};
use crate::finding::{Action, Finding, Subject};
use crate::interrupt;
use crate::name::Name;
use crate::process::{self, Output, ProcessError, environment};
use crate::read::abouts;
use crate::read::mask::mask_message;

/// More globals than any cluster has: a role takes some 300 bytes.
const MOST_BYTES: usize = 1 << 30;

/// How many warnings are findings of their own.
const MOST_WARNINGS: usize = 100;

/// How long such a message gets.
const MOST_CHARACTERS: usize = 1_000;

/// How many lines of an error message are shown.
const MOST_LINES: usize = 10;

/// What makes its text the same everywhere.
const FORMAT: [(&str, &str); 5] = [
    ("PGDATESTYLE", "ISO"),
    ("PGTZ", "UTC"),
    ("PGCLIENTENCODING", "UTF8"),
    ("LC_MESSAGES", "C"),
    ("LC_ALL", "C"),
];

/// What `pg_dumpall` has written.
#[derive(Debug)]
pub struct Dump {
    /// The text, whose end marker has not been looked for.
    pub text: Zeroizing<Vec<u8>>,
    /// What it said on stderr.
    pub warnings: Vec<Finding>,
}

/// Why there is no dump.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The password file could not be written.
    #[error("the password file for pg_dumpall cannot be written: {0}")]
    Passfile(#[source] io::Error),
    /// No password file can hold the password.
    #[error(
        "the password has a line break, and pg_dumpall takes it from a file of lines: give --reader catalog"
    )]
    PasswordWithLineBreak,
    /// `pg_authid` is closed, and this program cannot do without it.
    #[error(
        "pg_authid cannot be read, and {0} cannot do without it: give one of 10 or later, or --reader catalog"
    )]
    NeedsPasswords(Program),
    /// It was not run to its end.
    #[error("{}: {}{}", .0, .1, way_out(.1))]
    Process(Program, #[source] ProcessError),
    /// It failed.
    #[error("{program} failed ({status}){}", failed(reason.as_deref(), stderr))]
    Failed {
        /// The program.
        program: Program,
        /// How it ended.
        status: ExitStatus,
        /// What it said, with passwords masked.
        stderr: String,
        /// Why it may not have been let in: it does not say so itself.
        reason: Option<String>,
    },
}

/// Runs `pg_dumpall --globals-only` on the server of the connection, as the role that logged in.
/// `passwords` says whether `pg_authid` can be read. The password is in no argument and no variable:
/// it is in a file of mode 0600, which is gone when the first text arrives, or this ends.
///
/// It must be called within a tokio runtime that has its drivers for I/O and for time; the
/// connection is driven meanwhile.
///
/// # Errors
/// When it cannot be run, takes longer than `limit`, or fails. Its process is gone then.
pub async fn dump(
    program: &Program,
    connection: &Connection,
    passwords: bool,
    limit: Duration,
) -> Result<Dump, RunError> {
    if !passwords && !program.does_without_passwords() {
        return Err(RunError::NeedsPasswords(program.clone()));
    }
    let passfile = passfile(connection)?;
    let mut command = Command::new(program.path());
    command.args(["--globals-only", "--no-password", "--database"]);
    command.arg(database_argument(connection.database()));
    if !passwords {
        command.arg("--no-role-passwords");
    }
    let ChildEnvironment { set, .. } = connection.child_environment();
    environment::to_connect(&mut command);
    command.envs(set).envs(FORMAT).env("PGPASSFILE", &passfile);
    // It logs in once, before it writes anything.
    let guard = interrupt::file(&passfile);
    let logged_in = || drop((passfile, guard));
    let output = process::output(&mut command, limit, MOST_BYTES, logged_in).await;
    let Output { status, stdout, stderr } =
        output.map_err(|error| RunError::Process(program.clone(), error))?;
    let password = connection.password().map(crate::connect::Password::expose);
    let stderr = mask_message(&stderr, password.filter(|password| !password.is_empty()));
    if status.success() {
        Ok(Dump { text: stdout, warnings: warnings(&stderr) })
    } else {
        Err(RunError::Failed { program: program.clone(), status, stderr, reason: None })
    }
}

/// A file with the password, or without one, so that no other file is looked at.
fn passfile(connection: &Connection) -> Result<TempPath, RunError> {
    let line = match (connection.password(), connection.child_passfile()) {
        (Some(_), None) => return Err(RunError::PasswordWithLineBreak),
        (_, line) => line.unwrap_or_default(),
    };
    // It is made with mode 0600.
    let file = tempfile::Builder::new().prefix("pg_globals.").tempfile();
    let mut file = file.map_err(RunError::Passfile)?;
    file.write_all(line.as_bytes()).map_err(RunError::Passfile)?;
    Ok(file.into_temp_path())
}

/// The database as a connection string, since a bare name with `=` in it would be taken for one.
fn database_argument(database: &str) -> String {
    format!("dbname='{}'", database.replace('\\', r"\\").replace('\'', r"\'"))
}

/// A finding for each message. Its details and hints, which have lines of their own, belong to it.
fn warnings(stderr: &str) -> Vec<Finding> {
    let mut messages: Vec<String> = Vec::new();
    for line in stderr.split('\n').map(str::trim).filter(|line| !line.is_empty()) {
        let line = line.strip_prefix("pg_dumpall: ").unwrap_or(line);
        match line.strip_prefix("detail: ").or_else(|| line.strip_prefix("hint: ")) {
            Some(more) if !messages.is_empty() => {
                let last = messages.len() - 1;
                messages[last].push_str("; ");
                messages[last].push_str(more);
            }
            _ => messages.push(line.strip_prefix("warning: ").unwrap_or(line).to_owned()),
        }
    }
    let more = messages.len().saturating_sub(MOST_WARNINGS);
    messages.truncate(MOST_WARNINGS);
    if more > 0 {
        messages.push(format!("and {more} more"));
    }
    for message in &mut messages {
        if let Some((end, _)) = message.char_indices().nth(MOST_CHARACTERS) {
            message.replace_range(end.., "…");
        }
    }
    let object = Subject::statement("pg_dumpall");
    let finding =
        |message| abouts::PG_DUMPALL_WARNING.finding(object.clone(), Action::Kept, message);
    messages.into_iter().map(finding).collect()
}

impl RunError {
    /// With what is known of a role that was not let in a second time.
    pub(in crate::read) fn explained(self, connection: &Connection, limit: Option<i32>) -> Self {
        match self {
            Self::Failed { program, status, stderr, .. }
                if stderr.contains("could not connect") =>
            {
                let reason = match limit {
                    Some(limit) => Some(format!(
                        "{} has CONNECTION LIMIT {limit}, and the connection of pg_globals is one of \
                         them",
                        Name::new(connection.user())
                    )),
                    None if connection.is_encrypted() => Some(
                        "it could not connect; it may be built without TLS, which this server is \
                         connected to by"
                            .to_owned(),
                    ),
                    None => None,
                };
                Self::Failed { program, status, stderr, reason }
            }
            other => other,
        }
    }
}

/// What does without the program, where another run would end in the same way.
fn way_out(error: &ProcessError) -> &'static str {
    let ended = matches!(error, ProcessError::Time(_) | ProcessError::Size(_));
    if ended { ": give --reader catalog" } else { "" }
}

/// Why it may have failed, the way out, and the last lines that it said: what it failed of comes after what it
/// warned of.
fn failed(reason: Option<&str>, stderr: &str) -> String {
    let lines = stderr.split('\n').map(str::trim_end).filter(|line| !line.is_empty());
    let lines: Vec<&str> = lines.collect();
    let shown = &lines[lines.len().saturating_sub(MOST_LINES)..];
    let mut text = reason.map_or_else(String::new, |reason| format!(": {reason}"));
    text.push_str("; --reader catalog does without it");
    for line in shown {
        text.push('\n');
        text.push_str(line);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_message_is_a_finding() {
        let text = "pg_dumpall: warning: could not parse ACL list (x) for role \"a\"\n\
                    pg_dumpall: detail: it is odd\npg_dumpall: hint: look\n\nWARNING:  other\n";
        let messages: Vec<_> =
            warnings(text).into_iter().map(|finding| finding.message.to_string()).collect();
        assert_eq!(
            messages,
            ["could not parse ACL list (x) for role \"a\"; it is odd; look", "WARNING:  other"]
        );
        let many = warnings(&"pg_dumpall: warning: x\n".repeat(103));
        assert_eq!((many.len(), &*many[100].message), (101, "and 3 more"));
        assert_eq!(*many[0].about, abouts::PG_DUMPALL_WARNING);
    }

    #[test]
    fn names_of_databases_are_no_connection_strings() {
        assert_eq!(database_argument("a"), "dbname='a'");
        assert_eq!(database_argument(r"it's host=x \"), r"dbname='it\'s host=x \\'");
    }
}
