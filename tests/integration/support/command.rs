//! Runs the program as a user does: in a directory of its own, with the files that are given.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{fs, thread};

use tempfile::TempDir;

use super::process::{as_server_user, command, give_to_server_user};

/// With escape characters that show.
pub fn visible(text: &str) -> String {
    text.replace('\u{1b}', "␛")
}

/// A report for people, without the commit that the program was built from, and without the command line,
/// which names sockets.
pub fn without_build(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| match line {
        line if line.starts_with("- program: pg_globals ") => "- program: pg_globals …\n",
        line if line.starts_with("- command: ") && line.contains("host=") => "- command: …\n",
        line => line,
    });
    lines.collect()
}

/// A statement many times, each with its number in place of the `#`.
pub fn many(count: u32, statement: &str) -> String {
    let mut dump = String::new();
    for number in 1..=count {
        dump.push_str(&statement.replace('#', &number.to_string()));
        dump.push_str(";\n");
    }
    dump
}

/// What the program is, for a shell to start.
const PROGRAM: &str = env!("CARGO_BIN_EXE_pg_globals");

/// A command line that is about to run.
#[must_use]
pub struct Run {
    dir: TempDir,
    args: Vec<OsString>,
    envs: Vec<(&'static str, OsString)>,
    stdin: Vec<u8>,
    /// What a shell says before it becomes the program.
    limits: Option<String>,
    /// Holds the program, for a user that may not go where it was built.
    elsewhere: Option<TempDir>,
}

/// The dump in the file `in.sql`, converted.
pub fn convert(dump: impl AsRef<[u8]>) -> Run {
    Run::new(["convert", "in.sql"]).file("in.sql", dump)
}

impl Run {
    pub fn new(args: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            args: args.into_iter().map(Into::into).collect(),
            envs: Vec::new(),
            stdin: Vec::new(),
            limits: None,
            elsewhere: None,
        }
    }

    /// Run by a user to whom something can be closed, as it cannot to root.
    pub fn by_server_user(mut self) -> Self {
        let elsewhere = tempfile::tempdir().unwrap();
        // Another process writes it: a test that forks meanwhile would hold it open for writing, and a
        // program that is open for writing cannot be run.
        let copied = Command::new("cp").arg(PROGRAM).arg(elsewhere.path()).status().unwrap();
        assert!(copied.success());
        give_to_server_user(elsewhere.path());
        give_to_server_user(self.dir.path());
        self.elsewhere = Some(elsewhere);
        self
    }

    /// With no more than so many MiB of addresses. They are more than the memory: each thread reserves
    /// a heap of its own.
    pub fn with_memory(mut self, mib: u32) -> Self {
        self.limits = Some(format!("ulimit -v {}", u64::from(mib) << 10));
        self
    }

    /// With no room for a single byte in files; pipes and devices are none.
    pub fn with_full_disk(mut self) -> Self {
        self.limits = Some("trap '' XFSZ && ulimit -f 0".to_owned());
        self
    }

    /// More arguments, separated by spaces.
    pub fn with(mut self, args: &str) -> Self {
        self.args.extend(args.split(' ').map(OsString::from));
        self
    }

    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// A file in the program's directory.
    pub fn file(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        fs::write(self.path(name), bytes).unwrap();
        self
    }

    /// A file that only its owner may read.
    pub fn secret(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let this = self.file(name, bytes);
        fs::set_permissions(this.path(name), fs::Permissions::from_mode(0o600)).unwrap();
        this
    }

    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    pub fn env(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.envs.push((name, value.into()));
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The names of the files in the program's directory.
    pub fn names(&self) -> Vec<String> {
        contents(self.dir.path()).into_keys().map(|name| name.into_string().unwrap()).collect()
    }

    /// The command, for what this builder does not do.
    pub fn command(&self) -> Command {
        let elsewhere = self.elsewhere.as_ref().map(|dir| dir.path().join("pg_globals"));
        let program = elsewhere.unwrap_or_else(|| PathBuf::from(PROGRAM));
        let mut command = match &self.limits {
            None => command(program, self.dir.path()),
            Some(limits) => {
                let mut shell = command("sh", self.dir.path());
                shell.args(["-c", &format!("{limits} && exec \"$0\" \"$@\"")]).arg(program);
                shell
            }
        };
        // Reports tell the time: the same in each run.
        command.env("SOURCE_DATE_EPOCH", "1795842000");
        command.args(&self.args).envs(self.envs.iter().map(|(name, value)| (name, value)));
        if self.elsewhere.is_some() {
            as_server_user(&mut command);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn output(&self) -> Output {
        let mut child = self.command().spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        thread::scope(|scope| {
            // What the program does not want to read is no failure of the test.
            scope.spawn(move || drop(pipe.write_all(&self.stdin)));
            child.wait_with_output().unwrap()
        })
    }

    /// It must end with status 2, say why on standard error, and leave no trace: this is what it
    /// says.
    pub fn fails(self) -> String {
        let before = contents(self.dir.path());
        let output = self.output();
        let stderr = text(output.stderr);
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert_eq!(text(output.stdout), "", "{stderr}");
        assert!(contents(self.dir.path()) == before, "files were left or changed: {stderr}");
        assert!(stderr.ends_with('\n') && !stderr.ends_with("\n\n"), "{stderr:?}");
        stderr
    }

    /// It must fail as in [`Self::fails`], with `start` and then `filler` for ever on standard input.
    pub fn endless_stdin(self, start: &str, filler: &str) -> String {
        let mut command = self.command();
        let mut child = command.spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let output = thread::scope(|scope| {
            scope.spawn(move || {
                pipe.write_all(start.as_bytes()).unwrap();
                let filler = filler.repeat((1 << 16) / filler.len() + 1);
                while pipe.write_all(filler.as_bytes()).is_ok() {}
            });
            child.wait_with_output().unwrap()
        });
        let stderr = text(output.stderr);
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert_eq!(contents(self.dir.path()), BTreeMap::new(), "{stderr}");
        stderr
    }

    /// It must end with status 0.
    pub fn done(self) -> Done {
        self.ends(&[0])
    }

    /// It must end with this status.
    pub fn status(self, status: i32) -> Done {
        self.ends(&[status])
    }

    /// It may find something or nothing, but not end in another way.
    pub fn done_or_different(self) -> Done {
        self.ends(&[0, 1])
    }

    /// It must end with one of these.
    pub fn status_of(self, statuses: &[i32]) -> Done {
        self.ends(statuses)
    }

    /// It may succeed or be refused, but not end in another way.
    pub fn done_or_refused(self) -> Done {
        self.ends(&[0, 2])
    }

    fn ends(self, statuses: &[i32]) -> Done {
        let output = self.output();
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        let expected = output.status.code().is_some_and(|status| statuses.contains(&status));
        assert!(expected, "{:?}: {:?}\n{stdout}\n{stderr}", self.args, output.status);
        Done { run: self, stdout, stderr }
    }
}

/// What a run gave.
pub struct Done {
    pub run: Run,
    pub stdout: String,
    pub stderr: String,
}

impl Done {
    pub fn file(&self, name: &str) -> String {
        text(fs::read(self.run.path(name)).unwrap())
    }

    /// What the script does within its transaction: what stands in front of that is the same in
    /// each, and pinned where a whole script is.
    pub fn body(&self) -> String {
        body(&self.stdout)
    }

    /// The same command again, in the same directory.
    pub fn again(self) -> Self {
        self.run.done()
    }
}

/// Both outputs whole.
impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}==== stderr ====\n{}", self.stdout, self.stderr)
    }
}

/// What a script does within its transaction.
pub fn body(script: &str) -> String {
    // The last of its guards.
    let end = "session_user, current_user;\n  END IF;\nEND\n$pg_globals$;\n";
    let (_, rest) = script.split_once(end).expect(script);
    let rest = rest.strip_prefix("SET LOCAL createrole_self_grant = '';\n").unwrap_or(rest);
    rest.strip_suffix("\nCOMMIT;\n").unwrap_or(rest).trim_start().to_owned()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// The files of a directory, with what is in them.
fn contents(dir: &Path) -> BTreeMap<OsString, Vec<u8>> {
    let entries = fs::read_dir(dir).unwrap().map(Result::unwrap);
    let contents = entries.map(|entry| {
        let mut bytes = Vec::new();
        if entry.file_type().unwrap().is_file() {
            fs::File::open(entry.path()).unwrap().read_to_end(&mut bytes).unwrap();
        }
        (entry.file_name(), bytes)
    });
    contents.collect()
}
