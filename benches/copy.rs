//! What copying roles takes between two servers, beside `pg_dumpall | psql -1` on the same ones, and
//! beside what the target takes for the same statements when it gets them all at once.
//!
//!     PG_GLOBALS_CACHE=$(tests/fetch) cargo bench --bench copy [-- WHAT...]
//!
//! Without words everything is measured: 1,000 and 10,000 roles, and 5,000 as a CREATEROLE administrator
//! on a socket. Numbers choose how many roles; `superuser` or `createrole`, `local` or `delayed`,
//! `plain` or `scram` choose one of two.
//!
//! Wall time of one run each, since it is the servers and the network that take it. A delay is 20 ms
//! to a server and back, by a proxy; what psql takes with it is measured with 300 roles and
//! multiplied, which is marked by `~`. What takes longer than ten minutes is ended, and marked by `>`.
#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "what goes wrong ends the benchmark"
)]
#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    unused_macros,
    unused_imports,
    reason = "shared with the tests"
)]

#[path = "../tests/integration/support/mod.rs"]
mod support;

use std::fmt::{self, Write as _};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use support::cluster::Cluster;
use support::platforms;
use support::proxy::{Act, Proxy};
use support::servers::client_program;

/// The server's version on both ends.
const MAJOR: u32 = 18;

/// To a server and back.
const DELAY: Duration = Duration::from_millis(20);

/// How many roles `psql` is measured with where each statement takes a delay.
const FEW: u32 = 300;

/// What takes longer is ended.
const LIMIT: Duration = Duration::from_mins(10);

/// To make a dump acceptable to an administrator who is no superuser.
const SED: &str = "s/ (NOSUPERUSER|SUPERUSER|NOREPLICATION|REPLICATION|NOBYPASSRLS|BYPASSRLS)\\b//g; \
     s/ GRANTED BY [^;]*//; /ROLE postgres/d";

fn main() {
    // Cargo adds an option of its own.
    let words: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with("--")).collect();
    let sizes: Vec<u32> = words.iter().filter_map(|word| word.parse().ok()).collect();
    let known = ["superuser", "createrole", "local", "delayed", "plain", "scram"];
    for word in &words {
        assert!(known.contains(&&**word) || word.parse::<u32>().is_ok(), "what is {word}?");
    }
    let chosen = |one: &str, other: &str| {
        let has = |word: &str| words.iter().any(|it| it == word);
        [(has(one) || !has(other), false), (has(other) || !has(one), true)]
    };
    let of = |choice: [(bool, bool); 2]| choice.into_iter().filter(|it| it.0).map(|it| it.1);
    println!(
        "| roles | as | verifiers | delay | pg_dumpall, sed, psql -1 | copy, catalog | ratio \
         | copy, both readers | ratio | the server alone | copy, catalog : server |"
    );
    println!("| ---: | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for &roles in if sizes.is_empty() { &[1_000, 10_000][..] } else { &sizes } {
        for createrole in of(chosen("superuser", "createrole")) {
            for scram in of(chosen("plain", "scram")) {
                for delayed in of(chosen("local", "delayed")) {
                    Case { roles, createrole, scram, delayed }.row();
                }
            }
        }
    }
    if words.is_empty() {
        Case { roles: 5_000, createrole: true, scram: false, delayed: false }.row();
    }
}

/// How long something took.
#[derive(Clone, Copy)]
enum Time {
    Measured(Duration),
    Multiplied(Duration),
    Ended,
}

impl Time {
    fn seconds(self) -> f64 {
        match self {
            Self::Measured(time) | Self::Multiplied(time) => time.as_secs_f64(),
            Self::Ended => LIMIT.as_secs_f64(),
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Self::Measured(_) => "",
            Self::Multiplied(_) => "~",
            Self::Ended => ">",
        }
    }

    /// How many times as long as the other.
    fn over(self, other: Self) -> String {
        let sign = match (self, other) {
            // Of what was ended nothing is known but that it takes longer.
            (Self::Ended, Self::Ended) => return "?".to_owned(),
            (_, Self::Ended) => "<",
            (time, _) => time.sign(),
        };
        format!("{sign}{:.2}", self.seconds() / other.seconds())
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:.2} s", self.sign(), self.seconds())
    }
}

struct Case {
    roles: u32,
    createrole: bool,
    scram: bool,
    delayed: bool,
}

impl Case {
    fn row(&self) {
        let source = self.source(self.roles);
        let by_psql = if self.delayed {
            match self.by_psql(&self.source(FEW)) {
                Time::Ended => Time::Ended,
                time => {
                    let factor = f64::from(self.roles) / f64::from(FEW);
                    Time::Multiplied(Duration::from_secs_f64(time.seconds() * factor))
                }
            }
        } else {
            self.by_psql(&source)
        };
        let dumpall = client_program(MAJOR, "pg_dumpall");
        let catalog = self.by_copy(&source, &["--reader", "catalog"]);
        let both =
            self.by_copy(&source, &["--reader", "both", "--pg-dumpall", dumpall.to_str().unwrap()]);
        let server = self.by_server(&source);
        println!(
            "| {} | {} | {} | {} ms | {by_psql} | {catalog} | {} | {both} | {} | {server} | {} |",
            self.roles,
            if self.createrole { "CREATEROLE" } else { "superuser" },
            if self.scram { "SCRAM" } else { "none" },
            if self.delayed { DELAY.as_millis() } else { 0 },
            by_psql.over(catalog),
            by_psql.over(both),
            catalog.over(server),
        );
    }

    fn source(&self, roles: u32) -> Cluster {
        let source = Cluster::start(MAJOR);
        // In one transaction all would not fit into the lock table.
        let lines: Vec<_> = globals(roles).split('\n').map(str::to_owned).collect();
        for lines in lines.chunks(2_000) {
            source.sql("postgres", "postgres", &lines.join("\n"));
        }
        if self.scram {
            // As a statement each would take what is measured here.
            let verifier = support::verifier::scram("x", "x", 4096);
            let update = format!(
                "UPDATE pg_authid SET rolpassword = '{verifier}' WHERE rolcanlogin AND oid <> 10"
            );
            source.sql("postgres", "postgres", &update);
        }
        source
    }

    fn target(&self) -> Cluster {
        let settings = [("max_locks_per_transaction", "1024")];
        if self.createrole {
            platforms::azure_like_with(MAJOR, &settings)
        } else {
            Cluster::start_with(MAJOR, "postgres", &settings)
        }
    }

    fn user(&self) -> &'static str {
        if self.createrole { "azadmin" } else { "postgres" }
    }

    /// A proxy in front of a server where there is a delay, and the way to it.
    fn near(&self, cluster: &Cluster, user: &str) -> (Option<Proxy>, String) {
        if !self.delayed {
            return (None, cluster.connection_string(user, "postgres"));
        }
        let proxy = Proxy::delaying(cluster.socket(), cluster.port, DELAY);
        let string = proxy.connection_string(user, "postgres");
        (Some(proxy), string)
    }

    fn by_psql(&self, source: &Cluster) -> Time {
        let target = self.target();
        let (_from, source) = self.near(source, "postgres");
        let (_to, target) = self.near(&target, self.user());
        let pipe = format!(
            "{} --globals-only -d \"$FROM\" | sed -E '{}' | psql -X -q -1 -v ON_ERROR_STOP=1 \"$TO\"",
            client_program(MAJOR, "pg_dumpall").display(),
            if self.createrole { SED } else { "/ROLE postgres/d" },
        );
        let mut command = limited("bash");
        command.args(["-o", "pipefail", "-c", &pipe]).env("FROM", source).env("TO", target);
        time(&mut command)
    }

    fn by_copy(&self, source: &Cluster, more: &[&str]) -> Time {
        let target = self.target();
        let (_from, source) = self.near(source, "postgres");
        let (_to, target) = self.near(&target, self.user());
        let mut command = limited(env!("CARGO_BIN_EXE_pg_globals"));
        command.args(["copy", "--yes", "--format", "json"]).args(more).args([source, target]);
        time(&mut command)
    }

    /// The statements that a copy sends, in one message and one transaction.
    fn by_server(&self, source: &Cluster) -> Time {
        let seen = Arc::new(Mutex::new(String::from("BEGIN;\n")));
        let target = self.target();
        {
            let into = Arc::clone(&seen);
            let proxy = Proxy::hooked(target.socket(), target.port, move |message| {
                let mut into = into.lock().unwrap();
                let is_change = |text: &&str| {
                    let verbs = ["CREATE ROLE ", "ALTER ROLE ", "COMMENT ON ", "GRANT "];
                    verbs.iter().any(|verb| text.starts_with(verb))
                };
                for statement in message.text().split(";\n").filter(is_change) {
                    into.extend([statement, ";\n"]);
                }
                Act::Forward
            });
            let mut command = limited(env!("CARGO_BIN_EXE_pg_globals"));
            command.args(["copy", "--yes", "--format", "json", "--reader", "catalog"]);
            command.arg(source.connection_string("postgres", "postgres"));
            command.arg(proxy.connection_string(self.user(), "postgres"));
            if let Time::Ended = time(&mut command) {
                return Time::Ended;
            }
        }
        let statements = format!("{}COMMIT", seen.lock().unwrap());
        let target = self.target();
        target.with_client(self.user(), "postgres", async |client| {
            let start = Instant::now();
            client.batch_execute(&statements).await.unwrap();
            Time::Measured(start.elapsed())
        })
    }
}

/// Roles, as many memberships, a tenth of them with a setting and a comment.
fn globals(roles: u32) -> String {
    let mut sql = String::new();
    let groups = (roles / 50).max(1);
    for group in 0..groups {
        writeln!(sql, "CREATE ROLE g{group};").unwrap();
    }
    for role in 0..roles {
        writeln!(sql, "CREATE ROLE r{role} LOGIN;").unwrap();
        writeln!(sql, "GRANT g{} TO r{role};", role % groups).unwrap();
        if role % 10 == 0 {
            writeln!(sql, "ALTER ROLE r{role} SET work_mem = '8MB';").unwrap();
            writeln!(sql, "COMMENT ON ROLE r{role} IS 'number {role}';").unwrap();
        }
    }
    sql
}

/// A command that is ended after a while.
fn limited(program: &str) -> Command {
    let mut command = Command::new("timeout");
    command.arg(LIMIT.as_secs().to_string()).arg(program);
    command
}

fn time(command: &mut Command) -> Time {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let start = Instant::now();
    let output = command.output().unwrap();
    // As timeout says it.
    if output.status.code() == Some(124) {
        return Time::Ended;
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Time::Measured(start.elapsed())
}
