//! Whole runs.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::Value;

use super::contents::rich;
use super::{azure, check, found};
use crate::support::cluster::Cluster;
use crate::support::command::{Run, without_build};
use crate::support::on_each_major;
use crate::support::platforms;
use crate::support::proxy::Proxy;
use crate::support::schema;

/// The checks of servers and databases.
const CHECKS: [&str; 23] = [
    "source-version",
    "target-user",
    "databases",
    "database-properties",
    "source-user",
    "locales",
    "collations",
    "casts",
    "text-search",
    "superuser-objects",
    "tablespaces",
    "catalog-privileges",
    "large-objects",
    "event-triggers",
    "languages",
    "dependents",
    "with-oids",
    "foreign-servers",
    "publications",
    "logical-replication",
    "replication-user",
    "replica-identity",
    "local-temporary",
];

/// The outputs without what differs between two runs.
fn masked(text: &str, source: &Cluster, target: &Cluster) -> String {
    let mut text = text.to_owned();
    for (cluster, name) in [(source, "source"), (target, "target")] {
        let place = format!("{}:{}", cluster.socket().display(), cluster.port);
        text = text.replace(&place, name);
    }
    for before in ["\"checked_at\": \"", "checked at "] {
        if let Some(at) = text.find(before).map(|at| at + before.len()) {
            text.replace_range(at..at + "2026-01-01 00:00:00+00".len(), "NOW");
        }
    }
    text
}

#[test]
fn as_text_json_and_markdown() {
    let (source, from) = rich(&[]);
    let (target, to) = azure(16, &[("azure.enable_temp_tablespaces_on_local_ssd", "on")]);
    target.sql("azadmin", "postgres", "CREATE DATABASE plain");
    let run = |format: &str| {
        let run = check(&from, &to, &CHECKS).with("--database plain --database rich").with(format);
        let done = run.status(1);
        assert_eq!(done.stderr, "");
        masked(&done.stdout, &source, &target)
    };
    let text = run("--format text");
    assert!(!text.contains("geheim"));
    assert_snapshot!("text", text);
    let json = run("--format json");
    assert!(!json.contains("geheim"));
    assert_schema(&json);
    assert_snapshot!("JSON", json);
    let markdown = run("--format markdown");
    assert!(!markdown.contains("geheim"));
    assert_snapshot!("Markdown", without_build(&markdown));
}

/// As `pg_globals schema check` says.
fn assert_schema(report: &str) {
    schema::assert_valid("check", report);
}

// Every question has an answer, on either side.
on_each_major! { every_question_is_answered }

fn every_question_is_answered(major: u32) {
    let source = Cluster::start(major);
    source.sql("postgres", "postgres", "CREATE TABLE t (a text COLLATE \"C\" PRIMARY KEY)");
    source.sql("postgres", "postgres", "SELECT lo_create(0)");
    let from = source.connection_string("postgres", "postgres");
    // Flexible servers begin with 11.
    let other = (major == 10).then(|| Cluster::start(11));
    let target = other.as_ref().unwrap_or(&source);
    let to = target.connection_string("postgres", "postgres");
    let run = Run::new(["check", &from, &to]);
    let report = run.with("--online --format json").done_or_different().stdout;
    let report: Value = serde_json::from_str(&report).unwrap();
    let unknown = report["checks"].as_array().unwrap().iter();
    let unknown = unknown.filter(|it| it["state"] == "unknown");
    // A question that is refused names the error's code.
    let refused: Vec<_> =
        unknown.filter(|it| it["found"].as_str().unwrap().ends_with(')')).collect();
    assert_eq!(refused, Vec::<&Value>::new());
}

/// A round trip more, once it is connected, is all that a database costs, whatever is asked; and no
/// more than eight are visited at the same time.
#[test]
fn many_databases_far_away() {
    let source = platforms::aurora_like(15);
    for number in 1..=40 {
        source.sql("rdsadmin", "postgres", &format!("CREATE DATABASE d{number}"));
    }
    let (_target, to) = azure(16, &[]);
    let run = |proxy: &Proxy| {
        let from = proxy.connection_string("postgres", "postgres");
        found(check(&from, &to, &CHECKS), 1)
    };
    let mut proxy = Proxy::delaying(source.socket(), source.port, Duration::from_millis(50));
    let said = run(&proxy);
    proxy.finish();
    assert_eq!(said.matches("unknown").count(), 1, "{said}");
    let mut waits = proxy.waits_by_connection();
    // The first reads the globals too, and its own database.
    let first = waits.remove(0);
    assert!(first <= 12, "{first}");
    assert_eq!(waits, [1; 40]);
    assert!(proxy.most_waiting() <= 8, "{}", proxy.most_waiting());
}
