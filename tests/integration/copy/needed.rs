//! `--database`: what some databases need, and nothing else.

use insta::assert_snapshot;
use serde_json::Value;

use super::for_restore::CLIENT;
use super::{assert_settled, changes, command, copy, findings, masked};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::platforms;
use crate::support::privileges;

/// Roles of two databases: each way in which a database can need one, and as many that `crm` needs only.
fn source(major: u32) -> Cluster {
    let source = Cluster::start(major);
    let sql = |database: &str, text: &str| source.sql("postgres", database, text);
    sql("postgres", "CREATE DATABASE shop");
    sql("postgres", "CREATE DATABASE \"C R M\"");
    for role in [
        "owner",
        "db_owner",
        "reader",
        "by_default",
        "defaults_of",
        "policy",
        "setting",
        "mapped",
        "member",
        "clerk",
        "crm_owner",
        "crm_reader",
        "crm_setting",
        "crm_clerk",
        "unnamed",
        "everywhere",
        "monitor",
        "nobody",
    ] {
        let login =
            if matches!(role, "clerk" | "crm_clerk" | "everywhere") { " LOGIN" } else { "" };
        sql("postgres", &format!("CREATE ROLE {role}{login}"));
    }
    sql(
        "postgres",
        "GRANT reader TO member; GRANT member TO clerk; GRANT unnamed TO clerk; GRANT crm_reader TO crm_clerk;
         GRANT crm_reader TO clerk; GRANT pg_monitor TO monitor; ALTER DATABASE shop OWNER TO db_owner;
         ALTER DATABASE \"C R M\" OWNER TO crm_owner; ALTER ROLE setting IN DATABASE shop SET work_mem = '1MB';
         ALTER ROLE crm_setting IN DATABASE \"C R M\" SET work_mem = '1MB';
         ALTER ROLE clerk IN DATABASE \"C R M\" SET work_mem = '2MB'; ALTER ROLE clerk SET work_mem = '3MB';
         ALTER DATABASE shop SET search_path = s; ALTER DATABASE \"C R M\" SET search_path = c",
    );
    if major >= 14 {
        sql("postgres", "GRANT pg_read_all_data TO everywhere");
    }
    sql(
        "shop",
        "CREATE SCHEMA s AUTHORIZATION owner; CREATE TABLE s.t (a int); ALTER TABLE s.t OWNER TO owner;
         GRANT USAGE ON SCHEMA s TO reader; GRANT SELECT (a) ON s.t TO reader;
         ALTER DEFAULT PRIVILEGES FOR ROLE defaults_of GRANT SELECT ON TABLES TO by_default;
         ALTER TABLE s.t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON s.t TO policy USING (true);
         CREATE FOREIGN DATA WRAPPER w; CREATE SERVER remote FOREIGN DATA WRAPPER w;
         CREATE USER MAPPING FOR mapped SERVER remote",
    );
    sql(
        "C R M",
        "CREATE SCHEMA c AUTHORIZATION crm_owner; CREATE TABLE c.t (a int); ALTER TABLE c.t OWNER TO crm_owner;
         GRANT SELECT ON c.t TO crm_reader, pg_monitor",
    );
    source
}

fn run(from: u32, to: u32) {
    let source = source(from);
    let target = platforms::azure_like(to);
    let (from, to) = (
        source.connection_string("postgres", "postgres"),
        target.connection_string("azadmin", "postgres"),
    );
    let shop = ["--database", "shop", "--exclude", "postgres"];
    let report = copy(&from, &to, &[&shop[..], &["--for-restore", "back.sql"]].concat());
    let taken: Vec<_> = report["selected"]["roles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{} {}", it["role"].as_str().unwrap(), it["because"].as_str().unwrap()))
        .collect();
    let mut expected = vec![
        "by_default is named by default privileges in shop",
        "clerk is a member of member",
        "db_owner owns the database shop",
        "defaults_of has default privileges for what it creates in shop",
        "mapped owns objects in shop",
        "member is a member of reader",
        "monitor is a member of pg_monitor",
        "owner owns objects in shop",
        "policy is named by policies in shop",
        "reader has privileges in shop",
        "setting has settings in shop",
    ];
    if source.major >= 14 {
        expected.insert(4, "everywhere is a member of pg_read_all_data");
    }
    assert_eq!(taken, expected);
    if source.major == 15 {
        assert_snapshot!("changes", changes(&report));
        assert_snapshot!("left_out", findings(&report, &["selection", "dropped-role"]));
    }
    assert_settled(&from, &to, &shop);

    // The administrator restores the database, and nobody has lost anything there.
    let mut dump = source.client(CLIENT, "pg_dump", "postgres");
    let dump = dump.args(["-Fc", "shop"]).output().unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let file = source.socket().join("shop.dump");
    std::fs::write(&file, dump.stdout).unwrap();
    let mut restore = target.client(CLIENT, "pg_restore", "azadmin");
    // Nobody but a superuser makes a wrapper; what is on it fails with it.
    let restore = restore.args(["-C", "-d", "postgres"]).arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&restore.stderr).into_owned();
    assert!(!said.contains("role \""), "{said}");
    let roles: Vec<_> = expected.iter().map(|line| line.split(' ').next().unwrap()).collect();
    let of = |cluster: &Cluster| privileges::of(cluster, "shop", &roles, false);
    let (before, after) = (of(&source), of(&target));
    let lost: Vec<_> =
        before.difference(&after).filter(|it| !it.join(" ").contains("remote")).collect();
    assert!(before.len() > 5 && lost.is_empty(), "{lost:#?}");
}

#[test]
fn what_one_database_needs_from_15_to_16() {
    run(15, 16);
}

#[test]
fn what_one_database_needs_from_10_to_18() {
    run(10, 18);
}

/// What `diff` compares and `convert` writes is the same as what `copy` sends.
#[test]
fn diff_and_convert_choose_the_same() {
    let source = source(16);
    let target = platforms::azure_like(16);
    let (from, to) = (
        source.connection_string("postgres", "postgres"),
        target.connection_string("azadmin", "postgres"),
    );
    let crm = ["--database", "C R M", "--exclude", "postgres"];
    copy(&from, &to, &crm);
    let diff = |more: &[&str]| {
        let run = Run::new(["diff", &*from, &*to, "--reader", "catalog"]).with("--format json");
        more.iter().fold(run, Run::arg)
    };
    let settings = ["--ignore", "settings"];
    let run = diff(&[&["--as", "azure"], &crm[..], &settings].concat()).done();
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["differences"], serde_json::json!([]), "{report:#}");
    assert_eq!(report["left_out"]["selection"], 16, "{report:#}");
    // The other database needs others.
    let shop = diff(&[
        "--as",
        "azure",
        "--database",
        "shop",
        "--exclude",
        "postgres",
        "--ignore",
        "settings",
    ]);
    let report: Value = serde_json::from_str(&shop.status(1).stdout).unwrap();
    assert_eq!(report["differences"].as_array().unwrap().len(), 11, "{report:#}");

    let convert = Run::new(["convert", &*from, "--reader", "catalog", "--target-version", "16"]);
    let done = crm.iter().fold(convert, Run::arg).with("--explain-selection").done();
    assert_snapshot!("convert", masked(&done.stderr, &source, &target));
    let roles = done.stdout.split('\n').filter_map(|line| line.strip_prefix("CREATE ROLE "));
    let roles: Vec<_> = roles.map(|line| line.split([' ', ';']).next().unwrap()).collect();
    assert_eq!(
        roles,
        ["clerk", "crm_clerk", "crm_owner", "crm_reader", "crm_setting", "everywhere", "monitor"]
    );

    // What was copied for a database is all that it is to have.
    target.sql("azadmin", "postgres", "CREATE DATABASE \"C R M\"");
    let verify = Run::new(["verify", &*from, &*to]).with("--format json");
    let verify = crm.iter().fold(verify, Run::arg).status(1);
    let report: Value = serde_json::from_str(&verify.stdout).unwrap();
    assert_eq!(
        report["globals"]["differences"].as_array().map(Vec::len),
        Some(2),
        "{:#}",
        report["globals"]
    );
}

/// Superusers can do everything in each database; sessions act as the roles that are set for them.
#[test]
fn superusers_and_whom_sessions_act_as() {
    let source = source(16);
    source.sql(
        "postgres",
        "shop",
        "CREATE ROLE subscriber SUPERUSER; CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere' PUBLICATION p WITH (connect = false);
         ALTER SUBSCRIPTION s OWNER TO subscriber; ALTER ROLE subscriber NOSUPERUSER",
    );
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE dba SUPERUSER LOGIN; CREATE ROLE acted_as; CREATE ROLE by_database; CREATE ROLE not_here;
         ALTER ROLE clerk SET role = acted_as; ALTER DATABASE shop SET role = by_database;
         ALTER DATABASE \"C R M\" SET role = not_here",
    );
    let from = source.connection_string("postgres", "postgres");
    let convert = Run::new(["convert", &*from, "--reader", "catalog", "--database", "shop"]);
    let done = convert.with("--explain-selection --platform postgres").done();
    for line in [
        "dba is a superuser",
        "acted_as is the role that sessions act as",
        "by_database is the role that sessions act as",
        "subscriber owns a tablespace or a subscription",
    ] {
        assert!(done.stderr.contains(&format!("\n  {line}\n")), "{line}: {}", done.stderr);
    }
    assert!(!done.stdout.contains("not_here"), "{}", done.stdout);
}

#[test]
fn what_cannot_be_chosen() {
    let source = Cluster::start(16);
    let from = source.connection_string("postgres", "postgres");
    let run = |what: &[&str]| command(&from, &from, what);
    assert_snapshot!(run(&["--database", "Postgres"]).fails(), @r#"error: --database: the source has no database "Postgres"; case counts"#);
    let convert = Run::new(["convert", "-", "--database", "shop"]).stdin("CREATE ROLE a;");
    assert_snapshot!(convert.fails(), @"error: --database: standard input is a dump of globals, which does not tell which database names which role: give a connection to the server, or --only");
    assert_snapshot!(Run::new(["convert", "-", "--explain-selection"]).stdin("").fails(), @"
    error: the following required arguments were not provided:
      --database <NAME>

    Usage: pg_globals convert --database <NAME> --explain-selection <SOURCE>

    For more information, try '--help'.
    ");
}

/// What the connected role of the other side has granted itself is no use of a database.
#[test]
fn the_own_grants_of_the_other_side() {
    let [left, right] = [16, 16].map(Cluster::start);
    left.sql("postgres", "postgres", "CREATE ROLE app");
    left.sql("postgres", "postgres", "CREATE DATABASE shop OWNER app");
    right.sql("postgres", "postgres", "CREATE ROLE adm LOGIN CREATEROLE CREATEDB");
    right.sql("adm", "postgres", "CREATE ROLE app; GRANT app TO adm");
    right.sql("adm", "postgres", "CREATE DATABASE shop OWNER app");
    let from = left.connection_string("postgres", "postgres");
    let to = right.connection_string("adm", "postgres");
    let diff = || Run::new(["diff", &*from, &*to, "--reader", "catalog", "--database", "shop"]);
    let done = diff().with("--exclude postgres").done();
    assert!(done.stdout.contains("\nequal"), "{}", done.stdout);
    // Another's is one.
    right.sql("postgres", "postgres", "CREATE ROLE other; GRANT app TO other");
    let done = diff().with("--exclude postgres").status(1);
    assert!(done.stdout.contains("\n+ role other\n"), "{}", done.stdout);
}
