//! Server parameters, and how many connections there can be.

use insta::assert_snapshot;

use super::{azure, check, found};
use crate::support::cluster::Cluster;
use crate::support::platforms;

const ONLY: [&str; 1] = ["server-parameters"];

#[test]
fn parameters_that_nobody_has_set() {
    let source = platforms::aurora_like(15);
    let from = source.connection_string("postgres", "postgres");
    let (target, to) = azure(16, &[]);
    assert_snapshot!(found(check(&from, &to, &ONLY), 0), @"");
    let nowhere = "host=/nowhere user=u dbname=d";
    assert_snapshot!(found(check(&from, nowhere, &ONLY), 0), @"unknown: the target could not be read");

    // What is set for the connected role hides what the server has.
    target.sql(
        "azuresu",
        "postgres",
        "ALTER ROLE azadmin SET statement_timeout = '1min'; \
        ALTER DATABASE postgres SET work_mem = '8MB'; CREATE ROLE nobody LOGIN",
    );
    assert_snapshot!(found(check(&from, &to, &ONLY), 0), @"");
    let nobody = target.connection_string("nobody", "postgres");
    assert_snapshot!(found(check(&from, &nobody, &ONLY), 0), @"");
}

#[test]
fn parameters_that_somebody_has_set() {
    let source = Cluster::start_with(
        15,
        "postgres",
        &[
            ("statement_timeout", "60s"),
            ("TimeZone", "Europe/Berlin"),
            ("standard_conforming_strings", "off"),
            ("max_prepared_transactions", "10"),
            ("max_locks_per_transaction", "128"),
            ("track_commit_timestamp", "on"),
            ("work_mem", "64MB"),
            ("shared_buffers", "32MB"),
            ("random_page_cost", "1.1"),
            ("synchronous_commit", "off"),
            ("auto_explain.log_min_duration", "1s"),
            ("shared_preload_libraries", "auto_explain"),
            ("vacuum_defer_cleanup_age", "100"),
            ("log_min_duration_statement", "1s"),
        ],
    );
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) =
        azure(16, &[("max_locks_per_transaction", "256"), ("idle_session_timeout", "1h")]);
    assert_snapshot!(found(check(&from, &to, &ONLY), 1), @"");

    // What az tells of the parameters.
    let one = |name: &str, more: &str| {
        format!(
            r#"{{"type": "Microsoft.DBforPostgreSQL/flexibleServers/configurations",
            "name": "{name}", {more}}}"#
        )
    };
    let json = format!(
        "[{}]",
        [
            one("statement_timeout", r#""allowedValues": "0-2147483647", "isReadOnly": true"#),
            one("TimeZone", r#""isReadOnly": false, "isDynamicConfig": true"#),
            one("synchronous_commit", r#""isReadOnly": false, "isDynamicConfig": false"#),
            one("max_prepared_transactions", r#""allowedValues": "0-5", "isReadOnly": false"#),
            one("shared_buffers", r#""isConfigPendingRestart": true"#),
        ]
        .join(",")
    );
    let told = check(&from, &to, &ONLY)
        .with("--azure-parameters parameters.json")
        .file("parameters.json", json);
    assert_snapshot!(found(told, 1), @"");
}

#[test]
fn parameters_that_wait_for_a_restart() {
    let source = Cluster::start(16);
    let from = source.connection_string("postgres", "postgres");
    let (target, to) = azure(16, &[]);
    target.sql("azuresu", "postgres", "ALTER SYSTEM SET max_worker_processes = 9");
    target.sql("azuresu", "postgres", "SELECT pg_reload_conf()");
    let waits = "SELECT pending_restart FROM pg_settings WHERE name = 'max_worker_processes'";
    while target.query("azuresu", "postgres", waits) != [[Some("t".to_owned())]] {}
    assert_snapshot!(found(check(&from, &to, &ONLY), 0), @"");
}

#[test]
fn room_for_connections() {
    let only = ["connection-limits"];
    let source = Cluster::start_with(15, "postgres", &[("max_connections", "50")]);
    let from = source.connection_string("postgres", "postgres");
    // Sessions of before may take a moment to end.
    let shown = |from: &str, to: &str, status| {
        let found = found(check(from, to, &only), status);
        let (start, rest) = found.split_once(" target (").unwrap();
        let (reserved, rest) = rest.split_once(", ").unwrap();
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        format!("{start} target ({reserved}, N{rest}")
    };
    let (_target, to) = azure(16, &[("max_connections", "60"), ("reserved_connections", "5")]);
    assert_snapshot!(shown(&from, &to, 0), @"");

    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE a LOGIN CONNECTION LIMIT 40; \
        CREATE ROLE b LOGIN CONNECTION LIMIT 30; CREATE ROLE c CONNECTION LIMIT 1000; \
        CREATE ROLE d LOGIN; CREATE ROLE e LOGIN CONNECTION LIMIT 0",
    );
    source.sql("postgres", "postgres", "CREATE DATABASE shop CONNECTION LIMIT 20");
    let (_target, to) = azure(16, &[("max_connections", "40"), ("reserved_connections", "5")]);
    assert_snapshot!(shown(&from, &to, 0), @"");

    // More are connected now than the target will ever take.
    let (_target, to) = azure(
        16,
        &[("max_connections", "12"), ("max_wal_senders", "1"), ("reserved_connections", "8")],
    );
    source.sql("postgres", "postgres", "CREATE EXTENSION dblink");
    let hold = format!("SELECT dblink_connect('one', '{from}'), dblink_connect('two', '{from}')");
    let crowded = source.with_client("postgres", "postgres", async |client| {
        client.batch_execute(&hold).await.unwrap();
        shown(&from, &to, 1)
    });
    assert_snapshot!(crowded, @"");
    let nowhere = "host=/nowhere user=u dbname=d";
    assert_snapshot!(found(check(&from, nowhere, &only), 0), @"unknown: the target could not be read");
}
