//! The program itself, run as a user runs it.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use super::process::command;

/// A run of the program; without more it must succeed.
#[must_use = "it runs with run()"]
#[derive(Debug)]
pub struct Run {
    command: Command,
    stdin: Vec<u8>,
    status: Option<i32>,
    stdout: Option<String>,
    stderr: Option<String>,
}

/// What a run has printed.
#[derive(Debug)]
pub struct Printed {
    pub stdout: String,
    pub stderr: String,
}

/// A run with these arguments, in `/` and with an empty standard input.
pub fn pg_globals(arguments: &[&str]) -> Run {
    let mut command = command(env!("CARGO_BIN_EXE_pg_globals"), Path::new("/"));
    command.args(arguments);
    Run { command, stdin: Vec::new(), status: Some(0), stdout: None, stderr: None }
}

impl Run {
    /// One more argument.
    pub fn arg(mut self, argument: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// What it reads.
    pub fn stdin(mut self, bytes: impl AsRef<[u8]>) -> Self {
        bytes.as_ref().clone_into(&mut self.stdin);
        self
    }

    /// The exit status that it must have.
    pub fn status(self, status: i32) -> Self {
        Self { status: Some(status), ..self }
    }

    /// It may succeed or be refused (2), but not end in another way.
    pub fn any_status(self) -> Self {
        Self { status: None, ..self }
    }

    /// All that it must print to standard output.
    pub fn stdout(self, text: impl Into<String>) -> Self {
        Self { stdout: Some(text.into()), ..self }
    }

    /// All that it must print to standard error.
    pub fn stderr(self, text: impl Into<String>) -> Self {
        Self { stderr: Some(text.into()), ..self }
    }

    /// Runs it, and checks what was expected.
    pub fn run(mut self) -> Printed {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let stdin = self.stdin;
        // It may answer before it has read all, or end without reading.
        let writer = thread::spawn(move || drop(pipe.write_all(&stdin)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        let command = self.command;
        let status = output.status.code();
        let expected = match self.status {
            Some(expected) => status == Some(expected),
            None => matches!(status, Some(0 | 2)),
        };
        assert!(expected, "{command:?}: {status:?}\n{stdout}\n{stderr}");
        for (expected, printed) in [(&self.stdout, &stdout), (&self.stderr, &stderr)] {
            if let Some(expected) = expected {
                assert_eq!(printed, expected, "{command:?}");
            }
        }
        Printed { stdout, stderr }
    }
}
