//! Stand-ins for programs that the tested one runs, and the real `aws` on a server that answers as AWS does.

use std::env;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// Where `tests/run --clients` has installed them, if it has.
pub fn clients() -> Option<PathBuf> {
    env::var_os("PG_GLOBALS_CLIENTS").map(PathBuf::from)
}

/// An `az` that answers what it is told to answer, and remembers what it was asked.
pub struct Az {
    directory: TempDir,
}

impl Az {
    /// For each beginning of its arguments what it writes: JSON, or an error, with which it fails. The first
    /// that fits counts.
    pub fn answering(answers: &[(&str, &str)]) -> Self {
        Self::new(answers, None)
    }

    /// The same, after the real one's parser has taken the arguments.
    pub fn parsing(answers: &[(&str, &str)], clients: &Path) -> Self {
        Self::new(answers, Some(&clients.join("azure-cli/bin/az")))
    }

    fn new(answers: &[(&str, &str)], real: Option<&Path>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path().display();
        fs::create_dir(directory.path().join("calls")).unwrap();
        let mut script = format!(
            "#!/bin/sh\ncall=$(mktemp '{place}/calls/XXXXXXXX')\n\
             {{ printf 'az %s\\n' \"$*\"; env; if read -r line; then echo 'it could read'; fi; }} > \"$call\"\n"
        );
        if let Some(real) = real {
            // Its first start makes an index of its commands, which the others read.
            let configuration = directory.path().join("configuration");
            let mut first = Command::new(real);
            first.arg("version").env("AZURE_CONFIG_DIR", &configuration).stdin(Stdio::null());
            first.output().unwrap();
            let _ = write!(
                script,
                "said=$(AZURE_CONFIG_DIR='{}' AZURE_CORE_COLLECT_TELEMETRY=no '{}' \"$@\" 2>&1)\n\
                 case $said in *'az login'*) ;; *) echo \"ERROR: the real az: $said\" >&2; exit 2 ;; esac\n",
                configuration.display(),
                real.display()
            );
        }
        script.push_str("case \"$*\" in\n");
        for (number, (start, answer)) in answers.iter().enumerate() {
            let file = directory.path().join(format!("answer-{number}"));
            fs::write(&file, answer).unwrap();
            let end = if answer.contains("ERROR") { ">&2; exit 1" } else { "" };
            let _ = writeln!(script, "'{start}'*) cat '{}' {end} ;;", file.display());
        }
        script.push_str("*) echo \"ERROR: no answer to $*\" >&2; exit 1 ;;\nesac\n");
        // Another process writes it: a test that forks meanwhile would hold it open for writing, and a program
        // that is open for writing cannot be run.
        let az = directory.path().join("az");
        let mut shell = Command::new("sh");
        shell.args(["-c", "cat > \"$0\" && chmod +x \"$0\""]).arg(&az).stdin(Stdio::piped());
        let mut shell = shell.spawn().unwrap();
        shell.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        assert!(shell.wait().unwrap().success());
        Self { directory }
    }

    /// `PATH` with it in front.
    pub fn path(&self) -> OsString {
        in_front(self.directory.path())
    }

    /// What it was asked, sorted; each with the variables that it has seen.
    pub fn calls(&self) -> Vec<(String, String)> {
        let entries = fs::read_dir(self.directory.path().join("calls")).unwrap();
        let texts = entries.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
        let mut calls: Vec<(String, String)> = texts
            .map(|text| {
                let (first, rest) = text.split_once('\n').unwrap();
                (first.to_owned(), rest.to_owned())
            })
            .collect();
        calls.sort_unstable();
        calls
    }
}

/// `PATH` with a directory in front.
fn in_front(directory: &Path) -> OsString {
    let path = env::var_os("PATH").unwrap_or_default();
    let all = [directory.to_owned()].into_iter().chain(env::split_paths(&path));
    env::join_paths(all).unwrap()
}

/// A server that answers as AWS does, and goes with this.
pub struct Moto {
    server: Child,
    port: u16,
    clients: PathBuf,
}

impl Moto {
    pub fn start(clients: &Path) -> Self {
        let mut command = Command::new(clients.join("moto/bin/moto_server"));
        command.args(["-H", "127.0.0.1", "-p", "0"]).stdin(Stdio::null()).stdout(Stdio::null());
        let mut server = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(server.stderr.take().unwrap());
        let (mut line, place) = (String::new(), "Running on http://127.0.0.1:");
        let port = loop {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "moto does not start");
            if let Some((_, port)) = line.split_once(place) {
                break port.trim().parse().unwrap();
            }
        };
        // What it says of each request must go somewhere.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self { server, port, clients: clients.to_owned() }
    }

    /// An action of RDS: what it answers, which must be success.
    pub fn act(&self, action: &str, parameters: &[(&str, &str)]) -> String {
        let mut body = format!("Action={action}&Version=2014-10-31");
        for (name, value) in parameters {
            let _ = write!(body, "&{name}={value}");
        }
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let scope = "Credential=test/20261127/eu-west-1/rds/aws4_request";
        write!(
            stream,
            "POST / HTTP/1.0\r\nHost: rds.eu-west-1.amazonaws.com\r\n\
             Authorization: AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.split('\n').next().unwrap().contains(" 200 "), "{action}: {answer}");
        answer
    }

    /// What makes the real `aws` ask it, for a command's environment.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        vec![
            ("PATH", in_front(&self.clients.join("awscli/bin"))),
            ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port).into()),
            ("AWS_ACCESS_KEY_ID", "test".into()),
            ("AWS_SECRET_ACCESS_KEY", "test".into()),
            ("AWS_CONFIG_FILE", "/nonexistent".into()),
            ("AWS_EC2_METADATA_DISABLED", "true".into()),
        ]
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
