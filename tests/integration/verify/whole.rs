//! Whole runs.

use insta::assert_snapshot;
use serde_json::Value;

use super::Migrated;
use crate::support::command::{Run, without_build};
use crate::support::platforms;
use crate::support::schema;

/// With stand-ins nothing is lost; without them everything is named, and the script gives it back.
#[test]
fn complete_with_stand_ins() {
    for major in [16, 18] {
        let migrated = Migrated::new(major, true);
        let done = migrated.verify(&[]).done();
        assert_eq!(done.stderr, "");
        if major == 16 {
            assert_snapshot!("complete", migrated.masked(&done.stdout));
        }
        let json = migrated.verify(&["--format", "json"]).done().stdout;
        assert_schema(&json);
        let report: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(report["complete"], true);
        assert_eq!(
            report["outstanding"]["stand_ins"],
            serde_json::json!(["rds_superuser", "rdsadmin"])
        );
        // Nothing is there to be given back.
        let script = migrated.verify(&["--format", "sql"]).done().stdout;
        assert!(!script.contains("\\connect"), "{script}");
    }
}

/// Who inherits from a schema's owner for the restore is no outsider, and somebody else is.
#[test]
fn members_of_schema_owners() {
    let source = platforms::aurora_like(15);
    for text in [
        "CREATE ROLE app",
        "CREATE ROLE writer LOGIN PASSWORD 'w'",
        "CREATE DATABASE stock OWNER app",
    ] {
        source.sql("rdsadmin", "postgres", text);
    }
    source.sql(
        "rdsadmin",
        "stock",
        "CREATE SCHEMA s AUTHORIZATION app; CREATE TABLE s.t (a int); ALTER TABLE s.t OWNER TO writer",
    );
    let target = platforms::azure_like(16);
    let from = source.connection_string("rdsadmin", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let what = ["--reader", "catalog"];
    let copy = ["copy", &*from, &*to, "--yes", "--for-restore", "back.sql"];
    let copied = Run::new([&copy[..], &what].concat()).done();
    let migrated = Migrated { source, target, take_back: copied.file("back.sql") };
    migrated.restore("stock");
    let verify = || Run::new(["verify", &*from, &*to, "--database", "stock"]);
    let said = verify().done().stdout;
    assert!(said.contains("\nstill to be taken back: "), "{said}");
    assert!(
        said.contains("writer inherits from the owner of a schema: after the restore"),
        "{said}"
    );
    migrated.target.sql("azuresu", "postgres", "CREATE ROLE eve; GRANT app TO eve");
    let said = verify().status(1).stdout;
    assert!(said.contains("eve is a member of app on the target only"), "{said}");
    migrated.target.sql("azuresu", "postgres", "DROP ROLE eve");
    let (said, succeeds) = migrated.target.psql_in("azadmin", "postgres", &migrated.take_back);
    assert!(succeeds, "{said}");
    migrated.target.sql("azuresu", "postgres", "GRANT CONNECT ON DATABASE stock TO azadmin");
    let said = verify().done().stdout;
    assert!(!said.contains("to be taken back"), "{said}");
    // Where the platform owns schema public, the owner of the database creates nothing in it.
    migrated.target.sql("azuresu", "stock", "ALTER SCHEMA public OWNER TO azure_pg_admin");
    let said = verify().status(1).stdout;
    assert!(
        said.contains(
            "in stock: schema public belongs to azure_pg_admin, and should belong to app\n"
        ),
        "{said}"
    );
    let script = verify().with("--format sql").status(1).stdout;
    let (said, succeeds) = migrated.target.psql_in("azadmin", "postgres", &script);
    assert!(succeeds && said.is_empty(), "{said}\n{script}");
    verify().done();
}

/// What roles can do more is named, and a role that cannot log in is no role that has arrived.
#[test]
fn more_rights_and_no_password() {
    let migrated = Migrated::new(16, true);
    migrated.target.sql(
        "azuresu",
        "postgres",
        "ALTER ROLE shop_app BYPASSRLS; GRANT pg_read_all_data TO legacy_erp; ALTER ROLE shop_read SET work_mem = '1MB'",
    );
    let said = migrated.verify(&[]).status(1).stdout;
    assert!(said.contains("\nnot complete: 2 rights of roles are on the target only; "), "{said}");
    assert!(
        said.contains(
            "\nroles of the target have 3 things beyond the source: \
             role shop_app: BYPASSRLS, membership legacy_erp in pg_read_all_data granted by azuresu\n"
        ),
        "{said}"
    );
    migrated.target.sql("azuresu", "postgres", "ALTER ROLE shop_app PASSWORD NULL");
    let said = migrated.verify(&[]).status(1).stdout;
    assert!(said.contains("\n1 login role has no password on the target: shop_app\n"), "{said}");
    assert!(
        said.contains(
            "\nnot complete: 1 difference of the globals, 1 login role has no password, 2 rights of roles are on the target only; "
        ),
        "{said}"
    );
}

#[test]
fn what_a_restore_without_stand_ins_loses() {
    let migrated = Migrated::new(16, false);
    let text = migrated.verify(&[]).status(1).stdout;
    assert_snapshot!("lost", migrated.masked(&text));
    let json = migrated.verify(&["--format", "json"]).status(1).stdout;
    assert_schema(&json);
    let markdown = migrated.verify(&["--format", "markdown"]).status(1).stdout;
    assert_snapshot!("Markdown", without_build(&migrated.masked(&markdown)));

    let script = migrated.verify(&["--format", "sql"]).status(1).stdout;
    assert_snapshot!("script", migrated.masked(&script));
    let (said, succeeds) = migrated.target.psql_in("azadmin", "postgres", &script);
    assert!(succeeds && said.is_empty(), "{said}\n{script}");
    // A policy's expressions come from the dump.
    let policy = "CREATE POLICY platform ON shop.t17 TO shop_read USING (true)";
    migrated.target.sql("azuresu", "shop", policy);
    let text = migrated.verify(&[]).done().stdout;
    assert!(text.contains("\ncomplete: "), "{text}");
}

/// When the owners are taken back, the statements grant them for their moment.
#[test]
fn after_the_take_back() {
    let migrated = Migrated::new(16, true);
    let target = &migrated.target;
    let (said, succeeds) = target.psql_in("azadmin", "postgres", &migrated.take_back);
    assert!(succeeds, "{said}");
    let text = migrated.verify(&[]).status(1).stdout;
    assert!(
        text.contains(
            "error: database shop is unknown: azadmin has no CONNECT privilege on it on the target: its owner \
             shop_owner, or a member of that role, can run GRANT CONNECT ON DATABASE shop TO azadmin\n"
        ),
        "{text}"
    );
    target.sql("azuresu", "postgres", "GRANT CONNECT ON DATABASE shop TO azadmin");
    migrated.verify(&[]).done();
    target.sql(
        "azuresu",
        "shop",
        "REVOKE SELECT ON shop.t17 FROM shop_read; ALTER TABLE shop.t19 OWNER TO \"Odd Owner\";
         REVOKE CONNECT ON DATABASE shop FROM shop_app; ALTER DATABASE shop CONNECTION LIMIT 3;
         ALTER TABLE shop.orders DISABLE ROW LEVEL SECURITY; REVOKE USAGE ON SCHEMA shop FROM shop_read;
         GRANT EXECUTE ON PROCEDURE shop.close_day() TO PUBLIC",
    );
    let json = migrated.verify(&["--format", "json"]).status(1).stdout;
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_snapshot!(report["owners"][0]["remedy"].as_str().unwrap(), @r#"GRANT "Odd Owner" TO azadmin WITH INHERIT TRUE, SET TRUE; GRANT shop_owner TO azadmin WITH INHERIT TRUE, SET TRUE; ALTER TABLE shop.t19 OWNER TO shop_owner; REVOKE shop_owner FROM azadmin; REVOKE "Odd Owner" FROM azadmin"#);
    // What is told for one of them works alone, too.
    let limit = report["properties"][0]["remedy"].as_str().unwrap();
    let (said, succeeds) = target.psql_in("azadmin", "postgres", &format!("{limit};"));
    assert!(succeeds && said.is_empty(), "{said}");
    let script = migrated.verify(&["--format", "sql"]).status(1).stdout;
    let (said, succeeds) = target.psql_in("azadmin", "postgres", &script);
    assert!(succeeds && said.is_empty(), "{said}\n{script}");
    let text = migrated.verify(&[]).done().stdout;
    assert!(!text.contains("is a member of"), "{text}");
}

/// As `pg_globals schema verify` says.
fn assert_schema(report: &str) {
    schema::assert_valid("verify", report);
}
