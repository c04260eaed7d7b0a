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
    may_be_refused: bool,
    stdout: Option<String>,
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
    Run { command, stdin: Vec::new(), may_be_refused: false, stdout: None }
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

    /// It may succeed or be refused (2), but not end in another way.
    pub fn may_be_refused(self) -> Self {
        Self { may_be_refused: true, ..self }
    }

    /// All that it must print to standard output.
    pub fn stdout(self, text: impl Into<String>) -> Self {
        Self { stdout: Some(text.into()), ..self }
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
        let expected = status == Some(0) || (self.may_be_refused && status == Some(2));
        assert!(expected, "{command:?}: {status:?}\n{stdout}\n{stderr}");
        if let Some(expected) = self.stdout {
            assert_eq!(stdout, expected, "{command:?}");
        }
        Printed { stdout, stderr }
    }
}
