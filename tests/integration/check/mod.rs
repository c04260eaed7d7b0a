//! `check`: each check in the states that it can have, made for real where SQL can make them.

mod azure;
mod clouds;
mod contents;
mod databases;
mod decided;
mod extensions;
mod leaps;
mod objects;
mod online;
mod parameters;
mod paths;
mod proof;
mod refused;
mod roles;
mod server;
mod versions;
mod whole;

use serde_json::Value;

use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::platforms;

/// What `az postgres flexible-server show` says of a server that is ready.
const SERVER: &str = include_str!("../../../fixtures/az/server.json");

/// The target of most tests: its administrator's connection goes with it.
fn azure(major: u32, settings: &[(&str, &str)]) -> (Cluster, String) {
    let target = platforms::azure_like_with(major, settings);
    let to = target.connection_string("azadmin", "postgres");
    (target, to)
}

/// The command line of some checks.
fn check(from: &str, to: &str, only: &[&str]) -> Run {
    let run = Run::new(["check", from, to]);
    only.iter().fold(run, |run, name| run.arg("--only").arg(name))
}

/// What it found, a line each, what mends it below; the command must end with this status.
#[track_caller]
fn found(run: Run, status: i32) -> String {
    let report = run.with("--format json").status(status).stdout;
    let report: Value = serde_json::from_str(&report).unwrap();
    lines(&report)
}

/// Without the paths of sockets, of which each run has others.
fn without_sockets(text: &str) -> String {
    let words =
        text.split(' ').map(|word| if word.contains("/.s.PGSQL.") { "SOCKET:" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// What names one way of migration only concerns that one.
fn assert_concerns(outcome: &Value) {
    let found = outcome["found"].as_str().unwrap();
    let is_of_service = found.contains("migration service");
    let is_of_dump = found.contains("pg_dump") || found.contains("pg_restore");
    let expected = match (is_of_service, is_of_dump) {
        (true, false) => "service",
        (false, true) => "pg_dump",
        _ => return,
    };
    assert!(outcome["state"] == "succeeded" || outcome["concerns"] == expected, "{outcome:#}");
}

fn lines(report: &Value) -> String {
    let mut lines = Vec::new();
    for outcome in report["checks"].as_array().unwrap() {
        let text = |key: &str| outcome[key].as_str().unwrap_or_default();
        let code = outcome["code"].as_str().map(|code| format!(" {code}")).unwrap_or_default();
        let database = outcome["database"].as_str().map(|name| format!(" {name}"));
        lines.push(format!(
            "{}{code}{}: {}",
            text("state"),
            database.unwrap_or_default(),
            without_sockets(text("found"))
        ));
        assert_concerns(outcome);
        if let Some(remedy) = outcome["remedy"].as_str() {
            lines.push(format!("  = {remedy}"));
        }
    }
    lines.join("\n")
}
