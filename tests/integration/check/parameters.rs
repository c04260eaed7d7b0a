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
    assert_snapshot!(found(check(&from, &to, &ONLY), 0), @"succeeded: 199 are as they should be; not compared: 153 that the platform manages or other checks look at, 6 that only one side has");
    let nowhere = "host=/nowhere user=u dbname=d";
    assert_snapshot!(found(check(&from, nowhere, &ONLY), 2), @"unknown: the target could not be read");

    // What is set for the connected role hides what the server has.
    target.sql(
        "azuresu",
        "postgres",
        "ALTER ROLE azadmin SET statement_timeout = '1min'; \
        ALTER DATABASE postgres SET work_mem = '8MB'; CREATE ROLE nobody LOGIN",
    );
    assert_snapshot!(found(check(&from, &to, &ONLY), 0), @"
    succeeded: 197 are as they should be; not compared: 153 that the platform manages or other checks look at, 6 that only one side has
    unknown: what the target has for statement_timeout, work_mem is hidden by what is set for the connected role or its database
      = connect to the target as a role without such settings
    ");
    let nobody = target.connection_string("nobody", "postgres");
    assert_snapshot!(found(check(&from, &nobody, &ONLY), 0), @"
    succeeded: 197 are as they should be; not compared: 153 that the platform manages or other checks look at, 7 that only one side has
    unknown: what the target has for work_mem is hidden by what is set for the connected role or its database
      = connect to the target as a role without such settings
    unknown: the target shows some parameters to members of pg_read_all_settings only
      = connect to the target as such a member
    ");
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
            ("synchronous_commit", "local"),
            ("auto_explain.log_min_duration", "1s"),
            ("shared_preload_libraries", "auto_explain"),
            ("vacuum_defer_cleanup_age", "100"),
            ("log_min_duration_statement", "1s"),
        ],
    );
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) =
        azure(16, &[("max_locks_per_transaction", "256"), ("idle_session_timeout", "1h")]);
    assert_snapshot!(found(check(&from, &to, &ONLY), 1), @"
    warning: max_prepared_transactions is 10 on the source, 0 on the target: PREPARE TRANSACTION fails beyond it; nobody has prepared one now
      = where applications use it: az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name max_prepared_transactions --value 10, and then, since it takes effect with a restart only: az postgres flexible-server restart --resource-group GROUP --name SERVER
    failed: standard_conforming_strings is off on the source, on on the target, and must match: it says what a backslash in a string is
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name standard_conforming_strings --value off
    failed: track_commit_timestamp is on on the source, off on the target, and must match: pg_xact_commit_timestamp() fails without it
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name track_commit_timestamp --value on, and then, since it takes effect with a restart only: az postgres flexible-server restart --resource-group GROUP --name SERVER
    warning: statement_timeout is 1min on the source, 0 on the target, and applications can notice
      = after the migration, and not before: az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name statement_timeout --value 60000
    warning: synchronous_commit is local on the source, off on the target, and applications can notice
      = it is read-only on a flexible server, by the documentation of version 17; ALTER ROLE … SET synchronous_commit or ALTER DATABASE … SET synchronous_commit can set it
    warning: TimeZone is Europe/Berlin on the source, UTC on the target, and applications can notice
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name TimeZone --value Europe/Berlin
    warning: applications can notice 1 difference by default: idle_session_timeout 0 (there 1h)
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name idle_session_timeout --value 0
    warning: set on the source, and not there on the target: auto_explain.log_min_duration = 1s
      = nothing, where it went with a version; where it is of a library, preload that on the target
    warning: 5 tuning parameters differ, 3 chosen on the source: log_min_duration_statement 1s (there -1), random_page_cost 1.1 (there 4), shared_buffers 32MB (there 8MB), work_mem 64MB (there 4MB), wal_buffers 1MB (there 256kB)
      = where it matters: az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name NAME --value VALUE, with log_min_duration_statement=1000, random_page_cost=1.1, work_mem=65536
    succeeded: 187 are as they should be; not compared: 153 that the platform manages or other checks look at, 17 that only one side has
    ");

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
    assert_snapshot!(found(told, 1), @"
    warning: max_prepared_transactions is 10 on the source, 0 on the target: PREPARE TRANSACTION fails beyond it; nobody has prepared one now
      = 10 is not what the target takes: 0-5
    failed: standard_conforming_strings is off on the source, on on the target, and must match: it says what a backslash in a string is
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name standard_conforming_strings --value off
    failed: track_commit_timestamp is on on the source, off on the target, and must match: pg_xact_commit_timestamp() fails without it
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name track_commit_timestamp --value on, and then, since it takes effect with a restart only: az postgres flexible-server restart --resource-group GROUP --name SERVER
    warning: statement_timeout is 1min on the source, 0 on the target, and applications can notice
      = az says that it is read-only there; ALTER ROLE … SET statement_timeout or ALTER DATABASE … SET statement_timeout can set it
    warning: synchronous_commit is local on the source, off on the target, and applications can notice
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name synchronous_commit --value local, and then, since it takes effect with a restart only: az postgres flexible-server restart --resource-group GROUP --name SERVER
    warning: TimeZone is Europe/Berlin on the source, UTC on the target, and applications can notice
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name TimeZone --value Europe/Berlin
    warning: applications can notice 1 difference by default: idle_session_timeout 0 (there 1h)
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name idle_session_timeout --value 0
    warning: set on the source, and not there on the target: auto_explain.log_min_duration = 1s
      = nothing, where it went with a version; where it is of a library, preload that on the target
    warning: 5 tuning parameters differ, 3 chosen on the source: log_min_duration_statement 1s (there -1), random_page_cost 1.1 (there 4), shared_buffers 32MB (there 8MB), work_mem 64MB (there 4MB), wal_buffers 1MB (there 256kB)
      = where it matters: az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name NAME --value VALUE, with log_min_duration_statement=1000, random_page_cost=1.1, work_mem=65536
    succeeded: 187 are as they should be; not compared: 153 that the platform manages or other checks look at, 17 that only one side has
    warning: the target must be restarted for shared_buffers
      = az postgres flexible-server restart --resource-group GROUP --name SERVER
    ");
}

/// Nobody is told to make passwords less safe, whether a version or somebody has chosen that.
#[test]
fn passwords_stay_safe() {
    let source = platforms::aurora_like(13);
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[]);
    assert_snapshot!(found(check(&from, &to, &ONLY), 0), @"
    warning: applications can notice 1 difference by default: password_encryption md5 (there scram-sha-256)
      = nothing, unless applications rely on what the source has
    succeeded: 5 tuning parameters differ by default or by the size of the machine: checkpoint_completion_target 0.5 (there 0.9), hash_mem_multiplier 1 (there 2), log_autovacuum_min_duration -1 (there 10min), log_checkpoints off (there on), vacuum_cost_page_miss 10 (there 2)
    succeeded: 179 are as they should be; not compared: 143 that the platform manages or other checks look at, 22 that only one side has
    ");
    let source = Cluster::start_with(15, "postgres", &[("password_encryption", "md5")]);
    let from = source.connection_string("postgres", "postgres");
    assert_snapshot!(found(check(&from, &to, &ONLY), 0), @"
    warning: password_encryption is md5 on the source, scram-sha-256 on the target, and applications can notice
      = leave it: passwords become safer, and clients that are too old for SCRAM need a newer driver
    succeeded: 198 are as they should be; not compared: 153 that the platform manages or other checks look at, 6 that only one side has
    ");
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
    assert_snapshot!(found(check(&from, &to, &ONLY), 0), @"
    succeeded: 204 are as they should be; not compared: 158 that the platform manages or other checks look at, 0 that only one side has
    warning: the target must be restarted for max_connections, max_worker_processes, shared_buffers
      = az postgres flexible-server restart --resource-group GROUP --name SERVER
    ");
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
    assert_snapshot!(shown(&from, &to, 0), @"succeeded: room for 50 on the source (3 reserved), for 60 on the target (8 reserved), N connected to the source now");

    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE a LOGIN CONNECTION LIMIT 40; \
        CREATE ROLE b LOGIN CONNECTION LIMIT 30; CREATE ROLE c CONNECTION LIMIT 1000; \
        CREATE ROLE d LOGIN; CREATE ROLE e LOGIN CONNECTION LIMIT 0",
    );
    source.sql("postgres", "postgres", "CREATE DATABASE shop CONNECTION LIMIT 20");
    let (_target, to) = azure(16, &[("max_connections", "40"), ("reserved_connections", "5")]);
    assert_snapshot!(shown(&from, &to, 0), @"
    warning: room for 50 on the source (3 reserved), for 40 on the target (8 reserved), N connected to the source now
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name max_connections --value 55, and then, since it takes effect with a restart only: az postgres flexible-server restart --resource-group GROUP --name SERVER; or let clients come through PgBouncer (pgbouncer.enabled)
    warning: a CONNECTION LIMIT for which the target has no room, which has 32: role a 40
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name max_connections --value 55, and then, since it takes effect with a restart only: az postgres flexible-server restart --resource-group GROUP --name SERVER; or let clients come through PgBouncer (pgbouncer.enabled)
    ");

    // More are connected now than the target will ever take.
    let (_target, to) = azure(
        16,
        &[("max_connections", "12"), ("max_wal_senders", "1"), ("reserved_connections", "8")],
    );
    source.sql("postgres", "postgres", "CREATE EXTENSION dblink");
    let connection = from.replace('\'', "''");
    let hold = format!(
        "SELECT dblink_connect('one', '{connection}'), dblink_connect('two', '{connection}')"
    );
    let crowded = source.with_client("postgres", "postgres", async |client| {
        client.batch_execute(&hold).await.unwrap();
        shown(&from, &to, 1)
    });
    assert_snapshot!(crowded, @"
    failed: room for 50 on the source (3 reserved), for 12 on the target (11 reserved), N connected to the source now
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name max_connections --value 58, and then, since it takes effect with a restart only: az postgres flexible-server restart --resource-group GROUP --name SERVER; or let clients come through PgBouncer (pgbouncer.enabled)
    warning: a CONNECTION LIMIT for which the target has no room, which has 1: role a 40, role b 30, database shop 20
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name max_connections --value 58, and then, since it takes effect with a restart only: az postgres flexible-server restart --resource-group GROUP --name SERVER; or let clients come through PgBouncer (pgbouncer.enabled)
    ");
    let nowhere = "host=/nowhere user=u dbname=d";
    assert_snapshot!(found(check(&from, nowhere, &only), 2), @"unknown: the target could not be read");
}
