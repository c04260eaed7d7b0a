//! Servers.

use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::globals;
use crate::support::on_each_major;
use crate::support::platforms;

on_each_major! { sql_makes_them_equal a_server_and_its_dump }

/// The right side like the left, on a target of every version.
fn sql_makes_them_equal(major: u32) {
    if major < 12 {
        return;
    }
    let left = Cluster::start(major);
    globals::rich(&left, "postgres");
    let right = Cluster::start(major);
    for database in ["app_db", "\"Odd \"\"Db\"\"; -- x\""] {
        right.sql("postgres", "postgres", &format!("CREATE DATABASE {database}"));
    }
    right.sql(
        "postgres",
        "postgres",
        "CREATE ROLE app NOLOGIN CREATEDB; CREATE ROLE extra; CREATE ROLE readers; \
         GRANT extra TO app; ALTER ROLE app SET work_mem TO '1MB'; \
         COMMENT ON ROLE app IS 'another'",
    );
    let from = left.connection_string("postgres", "postgres");
    let to = right.connection_string("postgres", "postgres");
    let common = ["--reader", "catalog", "--ignore", "tablespaces", "--exclude", "extra"];
    let sql =
        [&["diff", &from, &to, "--format", "sql", "--show-passwords", "--replace"], &common[..]];
    let done = Run::new(sql.concat()).status(1);
    let output = right.psql("postgres", &done.stdout);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && !said.contains("ERROR"), "{said}");
    let done = Run::new([&["diff", &from, &to], &common[..]].concat()).done();
    assert!(
        done.stdout.ends_with("\nequal; left out: 1 role not selected, 2 differences ignored\n"),
        "{}",
        done.stdout
    );
}

fn a_server_and_its_dump(major: u32) {
    let server = platforms::aurora_like(major);
    globals::customer(&server);
    let dump = server.dump_globals(18, "rdsadmin", &[]);
    let from = server.connection_string("rdsadmin", "postgres");
    let arguments = ["diff", &from, "dump.sql", "--reader", "catalog", "--all-roles"];
    let done = Run::new(arguments).file("dump.sql", &dump).done();
    assert!(
        done.stdout.ends_with("equal; left out: 2 settings that one side cannot show\n"),
        "{}",
        done.stdout
    );
}

#[test]
fn after_a_copy_the_migration_is_complete() {
    for major in [15, 16] {
        let source = platforms::aurora_like(15);
        globals::customer(&source);
        let target = platforms::azure_like(major);
        let from = source.connection_string("rdsadmin", "postgres");
        let to = target.connection_string("azadmin", "postgres");
        let check = || ["diff", &from, &to, "--as", "azure", "--reader", "catalog"];
        let before = Run::new(check()).status(1);
        assert!(
            before.stdout.contains("\n- role shop_app: LOGIN CONNECTION LIMIT 200\n"),
            "{}",
            before.stdout
        );
        Run::new(["copy", &from, &to, "--yes", "--reader", "catalog"]).done();
        let equal = "equal; left out: 9 platform roles, 2 settings that wait for their database\n";
        let done = Run::new(check()).done();
        assert!(done.stdout.ends_with(equal), "{}", done.stdout);
        // Judged as the administrator, whoever is connected.
        let to = target.connection_string("azuresu", "postgres");
        let done = Run::new(["diff", &from, &to, "--as", "azure", "--reader", "catalog"]).done();
        assert!(done.stdout.ends_with(equal), "{}", done.stdout);
        // What somebody takes away is missing.
        target.sql(
            "azuresu",
            "postgres",
            "ALTER ROLE shop_app NOLOGIN; SET ROLE azadmin; REVOKE shop_read FROM contractor",
        );
        let done = Run::new(check()).status(1);
        assert!(
            done.stdout.contains("\n~ role shop_app: LOGIN: true -> false\n"),
            "{}",
            done.stdout
        );
        assert!(done.stdout.contains("\n- membership contractor in shop_read"), "{}", done.stdout);
    }
}
