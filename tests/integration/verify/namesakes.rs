//! Roles of the source that only share their names with somebody of the target.

use insta::assert_snapshot;

use super::Migrated;
use crate::support::command::Run;
use crate::support::platforms;

/// The source's azadmin is left behind: what it was granted, and what it owned, goes to the target's
/// administrator, which is said.
#[test]
fn an_administrator_has_the_name_of_a_role_that_was_left_behind() {
    let source = platforms::aurora_like(15);
    source.sql(
        "rdsadmin",
        "postgres",
        "CREATE ROLE azadmin; CREATE ROLE app; CREATE ROLE monitor; GRANT app TO monitor",
    );
    source.sql("rdsadmin", "postgres", "CREATE DATABASE stock OWNER app");
    source.sql(
        "rdsadmin",
        "stock",
        "SET ROLE app; CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO azadmin;
         CREATE TABLE s.t (a int); GRANT SELECT ON s.t TO azadmin; CREATE TABLE s.own ();
         CREATE FUNCTION s.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; RESET ROLE;
         ALTER FUNCTION s.f() OWNER TO azadmin; ALTER TABLE s.own OWNER TO azadmin;
         GRANT SELECT ON pg_authid TO monitor; GRANT EXECUTE ON FUNCTION pg_ls_dir(text) TO monitor",
    );
    let mut migrated =
        Migrated { source, target: platforms::azure_like(16), take_back: String::new() };
    migrated.take_back = migrated.copy(&["--for-restore", "back.sql"]).file("back.sql");
    migrated.restore("stock");
    let [from, to] = migrated.strings("rdsadmin");
    let verify = |more: &[&str]| Run::new([&["verify", &*from, &*to], more].concat()).status(1);
    assert_snapshot!("text", migrated.masked(&verify(&[]).stdout));
    let script = verify(&["--format", "sql"]).stdout;
    let (_, in_stock) = script.split_once("\\connect stock\n").unwrap();
    assert_snapshot!(in_stock, @"
    -- azadmin is not carried over, and the target's role of that name is one of its administrators: choose the role that is to own it
    --   ALTER ROUTINE s.f() OWNER TO <role>;
    -- it belongs to azuresu, a role of the platform that no user can act as: it stays so
    --   GRANT SELECT ON TABLE pg_catalog.pg_authid TO monitor;
    -- it belongs to azuresu, a role of the platform that no user can act as: it stays so
    --   GRANT EXECUTE ON ROUTINE pg_catalog.pg_ls_dir(pg_catalog.text) TO monitor;
    ");
    // What no statement mends is no statement.
    let (said, succeeds) = migrated.target.psql_in("azadmin", "postgres", &script);
    assert!(succeeds && said.is_empty(), "{said}");
    // A role that is renamed before FILE is run keeps what was granted for the restore.
    migrated.target.sql("azadmin", "postgres", "ALTER ROLE app RENAME TO app2");
    let run = || migrated.target.psql_in("azadmin", "postgres", &migrated.take_back);
    let (said, succeeds) = run();
    let warning = said.split_once("WARNING:  ").unwrap().1;
    assert!(succeeds);
    assert_snapshot!(warning, @"
    there is no role app any more: where it was renamed, its memberships for the restore stay
    HINT:  Rename it back, run this script again, and rename it then; or REVOKE it by its new name.
    ");
    let joined =
        "SELECT count(*) FROM pg_auth_members WHERE member = 'azadmin'::regrole AND grantor <> 10";
    let joined = || migrated.target.query("azuresu", "postgres", joined);
    assert_eq!(joined(), [[Some("1".to_owned())]]);
    migrated.target.sql("azadmin", "postgres", "ALTER ROLE app2 RENAME TO app");
    assert_eq!(run(), (String::new(), true));
    assert_eq!(joined(), [[Some("0".to_owned())]]);
}

/// A role to be mapped to that is not there is a mistake; one that nobody joins is said once.
#[test]
fn roles_to_be_mapped_to() {
    let source = platforms::aurora_like(15);
    source.sql(
        "rdsadmin",
        "postgres",
        "CREATE ROLE dba; CREATE ROLE monitor; GRANT rds_superuser TO dba",
    );
    let migrated = Migrated { source, target: platforms::azure_like(16), take_back: String::new() };
    let [from, to] = migrated.strings("rdsadmin");
    let refused = |command: &[&str], map: &str| {
        let run = Run::new([command, &[&from, &to, "--map-role", map]].concat());
        let said = run.status(2).stderr;
        said.split('\n').filter(|line| line.contains("--map-role")).collect::<Vec<_>>().join("\n")
    };
    let copy = ["copy", "--dry-run", "--reader", "catalog"];
    for command in [&copy[..], &["check"], &["verify"], &["diff", "--as", "target"]] {
        assert_snapshot!("typed", refused(command, "rds_superuser=azure_pg_admn"));
        // A role that the copy would make is one, too.
        assert_snapshot!("coming", refused(command, "rds_superuser=monitr"));
    }
    let run = Run::new([&copy[..], &[&from, &to, "--map-role", "rds_superuser=azuresu"]].concat());
    let said = run.done().stdout;
    let lines = said.split('\n').filter(|line| line.contains("azuresu"));
    assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
    membership dba in azuresu: azuresu: the target's bootstrap superuser
    membership postgres in azuresu: azuresu: the target's bootstrap superuser
    ");
}
