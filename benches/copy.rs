//! What copying roles takes between two servers, beside `pg_dumpall | psql -1` on the same ones.
//!
//!     PG_GLOBALS_CACHE=$(tests/fetch) cargo bench --bench copy [-- ROLES...]
//!
//! Wall time, since it is the servers and the network that take it. A delay is 20 ms to a server and
//! back, by a proxy; what takes hours with it is measured with 300 roles and multiplied.
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

use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::cluster::Cluster;
use support::platforms;
use support::proxy::Proxy;
use support::servers::client_program;

/// The server's version on both ends.
const MAJOR: u32 = 18;

/// To make a dump acceptable to an administrator who is no superuser.
const SED: &str = "s/ (NOSUPERUSER|SUPERUSER|NOREPLICATION|REPLICATION|NOBYPASSRLS|BYPASSRLS)\\b//g; \
     s/ GRANTED BY [^;]*//; /ROLE postgres/d";

fn main() {
    let sizes: Vec<u32> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 10_000] } else { sizes };
    println!(
        "| roles | as | verifiers | delay | pg_dumpall, sed, psql -1 | copy | with both readers | ratio |"
    );
    println!("| ---: | --- | --- | ---: | ---: | ---: | ---: | ---: |");
    for &roles in &sizes {
        for superuser in [true, false] {
            for verifiers in [false, true] {
                // A verifier costs each side the same: what 10,000 take is ten times what 1,000 take.
                if verifiers && roles > 1_000 {
                    continue;
                }
                row(roles, superuser, verifiers, Duration::ZERO);
            }
        }
    }
    row(1_000, true, false, DELAY);
}

/// To a server and back.
const DELAY: Duration = Duration::from_millis(20);

/// How many roles `psql` is measured with where each statement takes a delay.
const FEW: u32 = 300;

fn row(roles: u32, superuser: bool, verifiers: bool, delay: Duration) {
    let with = |roles: u32| {
        let source = Cluster::start(MAJOR);
        source.sql("postgres", "postgres", &globals(roles, verifiers));
        source
    };
    let source = with(roles);
    let few = (!delay.is_zero()).then(|| with(FEW));
    let near = |cluster: &Cluster| Proxy::delaying(cluster.socket(), cluster.port, delay);
    let target = || {
        let settings = [("max_locks_per_transaction", "1024")];
        if superuser {
            Cluster::start_with(MAJOR, "postgres", &settings)
        } else {
            platforms::azure_like_with(MAJOR, &settings)
        }
    };
    let dumpall = client_program(MAJOR, "pg_dumpall");
    let user = if superuser { "postgres" } else { "azadmin" };
    let by_psql = {
        let target = target();
        let source = few.as_ref().unwrap_or(&source);
        let (from, to) = (near(source), near(&target));
        let pipe = format!(
            "{} --globals-only -d \"$FROM\" | sed -E '{}' | psql -X -q -1 -v ON_ERROR_STOP=1 \"$TO\"",
            dumpall.display(),
            if superuser { "/ROLE postgres/d" } else { SED },
        );
        let mut command = Command::new("bash");
        command.args(["-o", "pipefail", "-c", &pipe]);
        command.env("FROM", from.connection_string("postgres", "postgres"));
        command.env("TO", to.connection_string(user, "postgres"));
        let factor = if delay.is_zero() { 1.0 } else { f64::from(roles) / f64::from(FEW) };
        time(&mut command).mul_f64(factor)
    };
    let copy = |more: &[&str]| {
        let target = target();
        let (from, to) = (near(&source), near(&target));
        let mut command = Command::new(env!("CARGO_BIN_EXE_pg_globals"));
        command.args(["copy", "--yes", "--format", "json"]).args(more);
        command.arg(from.connection_string("postgres", "postgres"));
        command.arg(to.connection_string(user, "postgres"));
        time(&mut command)
    };
    let alone = copy(&["--reader", "catalog"]);
    let both = copy(&["--pg-dumpall", dumpall.to_str().unwrap()]);
    println!(
        "| {roles} | {} | {} | {} ms | {:.2} s | {:.2} s | {:.2} s | {:.1} |",
        if superuser { "superuser" } else { "CREATEROLE" },
        if verifiers { "SCRAM" } else { "none" },
        delay.as_millis(),
        by_psql.as_secs_f64(),
        alone.as_secs_f64(),
        both.as_secs_f64(),
        by_psql.as_secs_f64() / alone.as_secs_f64(),
    );
}

/// Roles, as many memberships, a tenth of them with a setting and a comment.
fn globals(roles: u32, verifiers: bool) -> String {
    let mut sql = String::new();
    let groups = (roles / 50).max(1);
    for group in 0..groups {
        writeln!(sql, "CREATE ROLE g{group};").unwrap();
    }
    let password = support::verifier::scram("x", "x", 4096);
    for role in 0..roles {
        let password = if verifiers { format!(" PASSWORD '{password}'") } else { String::new() };
        writeln!(sql, "CREATE ROLE r{role} LOGIN{password};").unwrap();
        writeln!(sql, "GRANT g{} TO r{role};", role % groups).unwrap();
        if role % 10 == 0 {
            writeln!(sql, "ALTER ROLE r{role} SET work_mem = '8MB';").unwrap();
            writeln!(sql, "COMMENT ON ROLE r{role} IS 'number {role}';").unwrap();
        }
    }
    sql
}

fn time(command: &mut Command) -> Duration {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let start = Instant::now();
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    start.elapsed()
}
