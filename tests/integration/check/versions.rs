//! Every question, asked of every version.

use serde_json::Value;

use super::azure;
use crate::support::command::Run;
use crate::support::platforms;

/// The checks to which something is unknown without az, or through a socket.
const WITHOUT_AZ: [&str; 7] = [
    "target-server",
    "compute",
    "storage",
    "network",
    "high-availability",
    "read-replicas",
    "local-temporary",
];

#[test]
fn every_version_answers_every_question() {
    let (target, to) = azure(18, &[("azure.extensions", "hstore")]);
    target.sql("azuresu", "postgres", "CREATE DATABASE shop");
    for major in 10..=18 {
        let source = platforms::aurora_like(major);
        source.sql("rdsadmin", "postgres", "CREATE DATABASE shop");
        source.sql("rdsadmin", "shop", "CREATE EXTENSION hstore SCHEMA public");
        let from = source.connection_string("postgres", "postgres");
        assert_eq!(unknown(&from, &to, 1), Vec::<String>::new(), "{major}");
    }
    // What a target answers.
    for major in 11..=18 {
        let (own, to) = azure(major, &[("azure.extensions", "hstore")]);
        own.sql("azuresu", "postgres", "CREATE DATABASE shop");
        assert_eq!(unknown(&to, &to, 1), Vec::<String>::new(), "{major}");
    }
}

/// What could not be seen, of all that there is to check.
fn unknown(from: &str, to: &str, status: i32) -> Vec<String> {
    let done = Run::new(["check", from, to, "--online", "--format", "json"]).status(status);
    let report: Value = serde_json::from_str(&done.stdout).unwrap();
    let outcomes = report["checks"].as_array().unwrap().iter();
    let unknown = outcomes.filter(|outcome| outcome["state"] == "unknown");
    let told = unknown.filter_map(|outcome| {
        let text = |key: &str| outcome[key].as_str().unwrap();
        let (check, found) = (text("check"), text("found"));
        // What a server says ends with its SQLSTATE.
        let refused = found.ends_with(')');
        (refused || !WITHOUT_AZ.contains(&check)).then(|| format!("{check}: {found}"))
    });
    told.collect()
}
