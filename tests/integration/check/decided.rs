//! What was Unknown, or Succeeded, without anything that decided it.

use insta::assert_snapshot;

use super::{SERVER, azure, check, found, lines};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::platforms;

/// A database whose dropping was interrupted: nobody can connect to it.
#[test]
fn databases_that_are_left_out() {
    let source = platforms::aurora_like(15);
    source.sql("rdsadmin", "postgres", "CREATE TABLE public.kept (a int)");
    source.sql("rdsadmin", "postgres", "CREATE DATABASE broken");
    source.sql(
        "rdsadmin",
        "postgres",
        "UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'broken'",
    );
    let (_target, to) = azure(16, &[]);
    let from = source.connection_string("postgres", "postgres");
    let run = || check(&from, &to, &["databases"]);
    assert_snapshot!(found(run(), 0), @"
    warning: 1 database left out, since dropping it was interrupted, and nobody can connect to it: broken
      = finish it on the source: DROP DATABASE broken
    warning: the database postgres is left out, as every server has one; on the source it has 1 table
      = where they are needed, name all databases that are to be migrated: --database
    warning: no database of the source is to be migrated
      = name it with --database
    ");
    assert_snapshot!(found(run().with("--database broken"), 1), @r#"
    failed 603110 broken: broken of the source: SOCKET: cannot connect to invalid database "broken" (55000)
      = finish it on the source: DROP DATABASE broken
    succeeded 603101 broken: the database is not on the target yet
    "#);
    // What is proposed can be done.
    source.sql("rdsadmin", "postgres", "DROP DATABASE broken");
}

/// AWS DMS leaves such a one, and pg_dump has it like any other.
#[test]
fn event_triggers_of_the_platform() {
    let source = platforms::aurora_like(13);
    source.sql("rdsadmin", "postgres", "CREATE DATABASE shop");
    source.sql(
        "rdsadmin",
        "shop",
        "CREATE FUNCTION public.awsdms_intercept_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; \
         CREATE EVENT TRIGGER awsdms_intercept_ddl ON ddl_command_end EXECUTE FUNCTION public.awsdms_intercept_ddl()",
    );
    let (_target, to) = azure(16, &[]);
    let from = source.connection_string("postgres", "postgres");
    let run = check(&from, &to, &["event-triggers"]).with("--database shop");
    assert_snapshot!(found(run, 0), @"
    warning shop: 1 event trigger of the platform's superuser, which the dump has all the same: awsdms_intercept_ddl (on ddl_command_end)
      = restore without it (pg_restore --use-list), and without the function that it calls, if nothing else does
    ");
}

/// Nothing can be followed there by the service.
#[test]
fn a_standby_as_source() {
    let (_target, to) = azure(18, &[]);
    for major in [15, 16] {
        let standby = Cluster::start_standby(major);
        let from = standby.connection_string("postgres", "postgres");
        let run = check(&from, &to, &["logical-replication"]);
        if major == 15 {
            assert_snapshot!(found(run, 1), @"
            failed: the source is a standby, where `logical decoding cannot be used while in recovery` before 16
              = give the primary as the source; a standby serves the offline migration well
            ");
        } else {
            assert_snapshot!(found(run, 1), @"
            failed: the source is a standby, which takes no writes: the publication that is followed cannot be created on it
              = give the primary as the source; a standby serves the offline migration well
            ");
        }
    }
}

#[test]
fn what_slots_wait_for() {
    let source = Cluster::start_with(
        15,
        "postgres",
        &[("wal_level", "logical"), ("max_prepared_transactions", "4")],
    );
    source.sql("postgres", "postgres", "CREATE TABLE t (a int)");
    source.psql("postgres", "BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'left'");
    let (_target, to) = azure(16, &[]);
    let from = source.connection_string("postgres", "postgres");
    let run = || check(&from, &to, &["logical-replication", "server-parameters"]);
    let said = found(run(), 1);
    let told =
        said.split('\n').filter(|line| line.contains("prepared") || line.contains("PREPARE"));
    assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @"
    failed: max_prepared_transactions is 4 on the source, 0 on the target, and must match: PREPARE TRANSACTION fails beyond it
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name max_prepared_transactions --value 4, and then, since it takes effect with a restart only: az postgres flexible-server restart --resource-group GROUP --name SERVER
    failed: 1 prepared transaction, for whose end creating a replication slot waits
      = SELECT gid, owner, database FROM pg_prepared_xacts; then in that database COMMIT PREPARED '…' or ROLLBACK PREPARED '…'
    ");
}

#[test]
fn what_az_shows_that_is_none() {
    let source = Cluster::start(15);
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[]);
    let with = |only: &str, json: &str| {
        check(&from, &to, &[only])
            .with("--database postgres --azure-server server.json")
            .file("server.json", json)
    };
    let private = SERVER
        .replace("\"publicNetworkAccess\": \"Enabled\"", "\"publicNetworkAccess\": \"Disabled\"");
    assert_ne!(private, SERVER);
    let endpoint = |status: &str| {
        let connections = format!(
            "\"privateEndpointConnections\": [{{\"privateLinkServiceConnectionState\": {{\"status\": \"{status}\"}}}}]"
        );
        let mut server: serde_json::Value = serde_json::from_str(&private).unwrap();
        let connections: serde_json::Value =
            serde_json::from_str(&format!("{{{connections}}}")).unwrap();
        server["privateEndpointConnections"] = connections["privateEndpointConnections"].clone();
        server.to_string()
    };
    let access = |status: &str| {
        let run = with("network", &endpoint(status)).with("--format json");
        let report = serde_json::from_str(&run.done_or_different().stdout).unwrap();
        let said = lines(&report);
        said.split('\n').find(|line| line.contains("private endpoint")).unwrap().to_owned()
    };
    assert_snapshot!(access("Pending"), @"failed: no public access, and 0 private endpoints: nothing can reach it");
    assert_snapshot!(access("Approved"), @"succeeded: no public access, and 1 private endpoints; a private target needs a runtime server, and port 5432 open on the way");
    let mut cluster: serde_json::Value = serde_json::from_str(SERVER).unwrap();
    cluster["cluster"] = serde_json::json!({ "clusterSize": 2, "defaultDatabaseName": "postgres" });
    assert_snapshot!(found(with("target-server", &cluster.to_string()), 1), @"
    succeeded: the target has the roles of a flexible server
    succeeded: the target's state is Ready
    failed: it is an elastic cluster, to which the migration service does not migrate
      = create a flexible server that is no cluster, and migrate to that
    ");
    // A disk of any size, which az does not always show.
    let mut disk: serde_json::Value = serde_json::from_str(SERVER).unwrap();
    disk["storage"]["type"] = "PremiumV2_LRS".into();
    disk["storage"]["storageSizeGb"] = 0.into();
    let said = found(with("storage", &disk.to_string()), 0);
    assert!(said.contains("the JSON shows no size of the target's disk"), "{said}");
}

/// What the migration service takes, for `az`; and only what concerns one way.
#[test]
fn the_service_and_pg_dump() {
    let source = platforms::aurora_like(15);
    for number in 1..=9 {
        source.sql("rdsadmin", "postgres", &format!("CREATE DATABASE d{number}"));
    }
    let (_target, to) = azure(16, &[("statement_timeout", "30s")]);
    let from = source.connection_string("postgres", "postgres");
    let only = ["databases", "server-parameters", "roles"];
    let counted = |method: &str| {
        let run = check(&from, &to, &only).with(method).with("--format json");
        let report: serde_json::Value =
            serde_json::from_str(&run.done_or_different().stdout).unwrap();
        let all = report["checks"].as_array().unwrap().clone();
        all.into_iter().filter(|it| it["concerns"] == "service").count()
    };
    assert_eq!(
        [counted("--skip casts"), counted("--method service"), counted("--method pg_dump")],
        [3, 3, 0]
    );

    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("migration.json");
    let json = || format!("--migration-json {}", file.display());
    let refused = Run::new(["check", &from, &to, "--only", "databases"]).with(&json()).status(2);
    assert!(
        refused.stderr.contains("9 databases, and one migration takes 8"),
        "{}",
        refused.stderr
    );
    assert!(!file.exists());
    let run = Run::new(["check", &from, &to, "--only", "source-version"]).with(&json());
    let done = run.with("--database d1 --database d2").status(0);
    assert!(done.stderr.contains("--migration-option Validate --properties"), "{}", done.stderr);
    let text = std::fs::read_to_string(&file).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["properties"]["dbsToMigrate"], serde_json::json!(["d1", "d2"]));
    assert_eq!(value["properties"]["sourceType"], "AWS_AURORA");
    assert_eq!(value["properties"]["secretParameters"]["sourceServerUserName"], "postgres");
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn encodings_versions_and_texts() {
    let source = platforms::aurora_like(13);
    source.sql(
        "rdsadmin",
        "postgres",
        "CREATE DATABASE old TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'",
    );
    source.sql(
        "rdsadmin",
        "old",
        "CREATE FUNCTION public.loads() RETURNS void LANGUAGE plpgsql AS \
         'BEGIN PERFORM aws_s3.table_import_from_s3(''t''); END'; \
         CREATE FUNCTION public.fine() RETURNS text LANGUAGE sql AS 'SELECT ''aurora''::text'",
    );
    let (target, to) = azure(13, &[]);
    let from = source.connection_string("postgres", "postgres");
    let only = ["source-version", "locales", "aws-calls"];
    assert_snapshot!(found(check(&from, &to, &only).with("--database old"), 0), @"
    warning: Azure's standard support of version 13, the target's, has ended before April 2026
      = create the target with a later version, while it is empty
    succeeded 603400: 13.23 on the source, 13.23 on the target
    warning 603401 old: the encoding is SQL_ASCII: nobody knows which encoding its bytes are of, and a database of another encoding refuses those that it does not take
      = create it there in the same encoding before the restore, without --create: CREATE DATABASE old TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'
    succeeded 603401 old: the target has locale C for SQL_ASCII
    warning old: 1 function whose text calls what only AWS has, and fails when it runs: public.loads()
      = write it anew for the target: azure_storage takes the place of aws_s3
    ");
    // What is proposed can be done by the administrator.
    target.sql(
        "azadmin",
        "postgres",
        "CREATE DATABASE old TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'",
    );
}

/// A dump takes a lock for each table in one transaction.
#[test]
fn more_tables_than_locks() {
    let settings =
        [("max_locks_per_transaction", "10"), ("max_connections", "10"), ("max_wal_senders", "0")];
    let source = Cluster::start_with(15, "postgres", &settings);
    source.sql("postgres", "postgres", "CREATE DATABASE shop");
    for part in 0..20 {
        let tables = format!(
            "DO $$ BEGIN FOR i IN 1..150 LOOP EXECUTE format('CREATE TABLE t_%s_%s (a int)', {part}, i); END LOOP; END $$"
        );
        source.sql("postgres", "shop", &tables);
    }
    let (_target, to) = azure(16, &[]);
    let from = source.connection_string("postgres", "postgres");
    let run = check(&from, &to, &["lock-table"]).with("--database shop");
    assert_snapshot!(found(run, 0), @"
    warning shop: pg_dump locks 3000 tables, and the source's lock table has room for 100 for certain
      = raise max_locks_per_transaction of the source, which takes a restart; or dump schema by schema (pg_dump --schema)
    ");
    let dump =
        source.client(15, "pg_dump", "postgres").args(["--schema-only", "shop"]).output().unwrap();
    assert!(!dump.status.success());
    assert!(String::from_utf8_lossy(&dump.stderr).contains("out of shared memory"));
}

/// One error, and not one for each check.
#[test]
fn a_password_that_is_missing() {
    let source = Cluster::start(15);
    let from = source.connection_string("postgres", "postgres");
    let (target, _) = azure(16, &[]);
    let to = format!("host=127.0.0.1 port={} user=azadmin dbname=postgres", target.port);
    let done = Run::new(["check", &from, &to]).status(2);
    assert_eq!(done.stdout, "");
    assert_eq!(done.stderr.matches("password").count(), 1, "{}", done.stderr);
}
