//! The second reader is run where it does not take long, or where it is asked for.

use std::time::Duration;

use serde_json::Value;

use super::{fake, real};
use crate::support::cluster::Cluster;
use crate::support::command::{Done, Run, many};
use crate::support::proxy::Proxy;

/// A source that is this far away, and a pg_dumpall that goes there by a shorter way.
fn convert(roles: u32, delay: Duration, reader: &str) -> Done {
    let source = Cluster::start(18);
    source.sql("postgres", "postgres", &many(roles, "CREATE ROLE r#"));
    let proxy = Proxy::delaying(source.socket(), source.port, delay);
    let directory = tempfile::tempdir().unwrap();
    let (socket, port) = (source.socket().display(), source.port);
    let body = format!(
        "echo 'pg_dumpall: warning: it runs' >&2; PGHOST={socket} PGPORT={port} exec {} \"$@\"",
        real()
    );
    let program = fake(directory.path(), "18.1", &body);
    let run = Run::new(["convert", "--report", "report.json", "--reader", reader, "--pg-dumpall"]);
    run.arg(program).arg(proxy.connection_string("postgres", "postgres")).done()
}

/// What is said about the readers.
fn said(done: &Done) -> Vec<(String, String)> {
    let report: Value = serde_json::from_str(&done.file("report.json")).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = findings.map(|it| (text(&it["rule"]), text(&it["message"])));
    all.filter(|(rule, _)| ["one-reader", "pg_dumpall-warning"].contains(&&**rule)).collect()
}

#[test]
fn what_takes_long_is_not_run_unasked() {
    // 2 * 131 + 13 questions of 20 ms and more.
    let far = Duration::from_millis(20);
    let done = convert(130, far, "auto");
    let [(rule, message)] = &said(&done)[..] else { panic!("{done}") };
    assert_eq!(rule, "one-reader");
    assert!(message.starts_with("pg_dumpall will take about "), "{message}");
    // No less than the delay; how much more is the machine's.
    let (_, rest) = message.split_once(" seconds for 131 roles, with ").expect(message);
    let milliseconds = rest.strip_suffix(" ms to the server and back").expect(message);
    assert!(milliseconds.parse::<f64>().unwrap() >= 20.0, "{message}");
    assert!(!done.stderr.contains("/postgres: pg_dumpall will take"), "{done}");

    let done = convert(130, far, "both");
    let runs = [("pg_dumpall-warning".to_owned(), "it runs".to_owned())];
    assert_eq!(said(&done), runs);
    assert!(done.stderr.contains("/postgres: pg_dumpall will take about "), "{done}");

    // Near enough.
    let done = convert(10, Duration::from_millis(1), "auto");
    assert_eq!(said(&done), runs);
}
