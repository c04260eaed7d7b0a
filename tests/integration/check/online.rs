//! What the online migration needs, too.

use insta::assert_snapshot;

use super::contents::rich;
use super::{azure, check, found};
use crate::support::cluster::Cluster;
use crate::support::platforms;

const NOWHERE: &str = "host=/nowhere user=u dbname=d";

#[test]
fn the_source_can_be_followed() {
    let (_target, to) = azure(16, &[]);
    let only = ["logical-replication", "replication-user"];
    let aurora = platforms::aurora_like(15);
    let from = aurora.connection_string("postgres", "postgres");
    assert_snapshot!(found(check(&from, &to, &only).with("--database postgres"), 1), @"
    failed 603107: wal_level is replica, and not logical
      = set rds.logical_replication = 1 in the DB cluster's parameter group, then reboot
    succeeded 603105: 10 of 10 replication slots are free, for 1 database
    succeeded 603106: max_wal_senders is 10, 0 of them in use
    succeeded: wal_sender_timeout is 1min
    succeeded: the output plugin is pgoutput, which the server brings with it
    succeeded 603104: postgres is a member of rds_replication
    failed 603104 postgres: postgres has no CREATE on it, which a publication takes
      = as its owner: GRANT CREATE ON DATABASE postgres TO postgres
    ");
    aurora.sql("rdsadmin", "postgres", "CREATE ROLE app LOGIN");
    let from = aurora.connection_string("app", "postgres");
    assert_snapshot!(found(check(&from, &to, &["replication-user"]), 1), @"
    failed 603104: app is no member of rds_replication
      = as the master user: GRANT rds_replication TO app
    ");

    let scarce = [
        ("wal_level", "logical"),
        ("max_replication_slots", "2"),
        ("max_wal_senders", "1"),
        ("wal_sender_timeout", "30s"),
    ];
    let aurora = platforms::aurora_like_with(15, &scarce);
    aurora.sql("rdsadmin", "postgres", "CREATE DATABASE shop");
    let slot = "SELECT pg_create_logical_replication_slot('left', 'test_decoding')";
    aurora.query("rdsadmin", "postgres", slot);
    let from = aurora.connection_string("postgres", "postgres");
    assert_snapshot!(found(check(&from, &to, &only).with("--database postgres --database shop"), 1), @"
    succeeded 603107: wal_level is logical
    failed 603105: 1 of 2 replication slots are free, for 2 databases
      = drop the 1 logical that nobody uses, where they are left over: SELECT pg_drop_replication_slot('…'); or set max_replication_slots = 3 in the parameter group, then reboot
    failed 603106: max_wal_senders is 1, fewer than the 3 replication slots
      = set max_wal_senders = 3 in the parameter group, then reboot
    warning: wal_sender_timeout is 30s: the source ends a replication that does not keep up
      = set wal_sender_timeout = 0 in the parameter group for the migration
    succeeded: the output plugin is pgoutput, which the server brings with it
    succeeded 603104: postgres is a member of rds_replication
    failed 603104 postgres: postgres has no CREATE on it, which a publication takes
      = as its owner: GRANT CREATE ON DATABASE postgres TO postgres
    failed 603104 shop: postgres has no CREATE on it, which a publication takes
      = as its owner: GRANT CREATE ON DATABASE shop TO postgres
    ");

    let own = Cluster::start_with(15, "postgres", &scarce);
    own.sql(
        "postgres",
        "postgres",
        "CREATE ROLE app LOGIN; CREATE ROLE follower LOGIN REPLICATION",
    );
    let from = |user: &str| own.connection_string(user, "postgres");
    assert_snapshot!(found(check(&from("app"), &to, &only).with("--database postgres"), 1), @"
    succeeded 603107: wal_level is logical
    succeeded 603105: 2 of 2 replication slots are free, for 1 database
    failed 603106: max_wal_senders is 1, fewer than the 2 replication slots
      = as a superuser: ALTER SYSTEM SET max_wal_senders = 2; then restart the source
    warning: wal_sender_timeout is 30s: the source ends a replication that does not keep up
      = for the migration, as a superuser: ALTER SYSTEM SET wal_sender_timeout = 0; SELECT pg_reload_conf()
    succeeded: the output plugin is pgoutput, which the server brings with it
    failed 603104: app has no REPLICATION
      = as a superuser: ALTER ROLE app REPLICATION
    failed 603104 postgres: app has no CREATE on it, which a publication takes
      = as its owner: GRANT CREATE ON DATABASE postgres TO app
    ");
    assert_snapshot!(found(check(&from("follower"), &to, &["replication-user"]), 0), @"succeeded 603104: follower has REPLICATION");
    assert_snapshot!(found(check(&from("postgres"), &to, &["replication-user"]), 0), @"succeeded 603104: postgres is a superuser");
    assert_snapshot!(found(check(NOWHERE, &to, &only), 2), @"
    unknown: the source could not be read
    unknown 603104: the source could not be read
    ");
}

#[test]
fn tables_can_be_followed() {
    let (_source, from) = rich(&[]);
    let (_target, to) = azure(16, &[]);
    let run = check(&from, &to, &["replica-identity"]).with("--database plain --database rich");
    assert_snapshot!(found(run, 1), @r#"
    succeeded plain: every table has a primary key or another replica identity
    failed rich: no replica identity, so that UPDATE and DELETE fail once it is followed: 9 tables: platform.audit, platform.log, public."Odd, ""Table""", public.by_day_1, public.t2 and 4 more
      = give it a primary key, or: ALTER TABLE platform.audit REPLICA IDENTITY FULL
    warning rich: unlogged, so that no change is followed: 1 table: public.cache
      = ALTER TABLE … SET LOGGED, or fill them again after the migration
    "#);
}

#[test]
fn temporary_files_of_the_target() {
    const NAME: &str = "azure.enable_temp_tablespaces_on_local_ssd";
    let source = Cluster::start(15);
    let from = source.connection_string("postgres", "postgres");
    let only = ["local-temporary"];
    for (value, expected) in [
        ("off", "succeeded: the temporary tablespace on the local disk is off"),
        (
            "on",
            "\
warning: it is on: it has to be off until the migration has ended
  = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name \
azure.enable_temp_tablespaces_on_local_ssd --value off",
        ),
    ] {
        let (_target, to) = azure(16, &[(NAME, value)]);
        assert_eq!(found(check(&from, &to, &only), 0), expected);
    }
    assert_snapshot!(found(check(&from, NOWHERE, &only), 2), @"
    unknown: the target does not tell it, and no --azure-parameters does
      = see that it is off: az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name azure.enable_temp_tablespaces_on_local_ssd --value off
    ");
    let json = format!(
        r#"[{{"name": "{NAME}", "value": "ON", "dataType": "Boolean",
        "type": "Microsoft.DBforPostgreSQL/flexibleServers/configurations"}}]"#
    );
    let told = check(&from, NOWHERE, &only)
        .with("--azure-parameters parameters.json")
        .file("parameters.json", json);
    assert_snapshot!(found(told, 0), @"
    warning: it is ON: it has to be off until the migration has ended
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name azure.enable_temp_tablespaces_on_local_ssd --value off
    ");
}

/// They are asked for by `--online`, or by name.
#[test]
fn only_where_they_are_asked_for() {
    let names = |run: crate::support::command::Run| {
        let report = run.with("--format json").status(2).stdout;
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        let checks = report["checks"].as_array().unwrap().iter();
        let mut names: Vec<_> = checks.map(|it| it["check"].as_str().unwrap().to_owned()).collect();
        names.dedup();
        names
    };
    let all = ["logical-replication", "replication-user", "replica-identity", "local-temporary"];
    let run =
        || crate::support::command::Run::new(["check", NOWHERE, NOWHERE, "--skip", "network"]);
    let offline = names(run());
    assert_eq!(offline.iter().filter(|it| all.contains(&it.as_str())).count(), 0);
    let online = names(run().with("--online"));
    assert_eq!(online.iter().filter(|it| all.contains(&it.as_str())).count(), all.len());
    assert_eq!(names(run().with("--only replica-identity")), ["replica-identity"]);
}
