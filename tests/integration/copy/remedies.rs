//! What findings tell to run is run: as the connected role, in the order that they tell.

use serde_json::Value;

use super::{copy, findings};
use crate::support::catalog::Catalog;
use crate::support::cluster::Cluster;
use crate::support::{globals, platforms};

/// The statements in the messages of these findings, in their order.
fn statements(report: &Value, rules: &[&str]) -> Vec<String> {
    let all = report["findings"].as_array().unwrap();
    let wanted = all.iter().filter(|it| rules.contains(&it["rule"].as_str().unwrap()));
    let messages = wanted.map(|it| it["message"].as_str().unwrap());
    let parts = messages.flat_map(|message| message.split("; "));
    let words = ["GRANT ", "REVOKE ", "ALTER "];
    let statement = |part: &str| {
        let at = words.iter().find_map(|word| part.find(word))?;
        Some(part[at..].to_owned())
    };
    parts.filter_map(statement).collect()
}

/// What restores CREATEROLE's power is taken by the server, names that are words of SQL included, and
/// gives it.
#[test]
fn what_an_administrator_of_roles_is_granted() {
    let source = platforms::aurora_like(15);
    globals::customer(&source);
    let more = "CREATE ROLE \"user\" LOGIN CREATEROLE; CREATE ROLE \"Group\"";
    source.sql("rdsadmin", "postgres", more);
    let from = source.connection_string("rdsadmin", "postgres");
    for major in [16, 18] {
        let target = platforms::azure_like(major);
        let to = target.connection_string("azadmin", "postgres");
        let all = statements(&copy(&from, &to, &[]), &["createrole-power"]);
        assert_eq!(all.len(), 4, "{all:?}");
        assert!(
            target.try_sql("user", "postgres", "ALTER ROLE \"Group\" CONNECTION LIMIT 3").is_err()
        );
        for statement in all {
            target.sql("azadmin", "postgres", &statement);
        }
        target.sql("user", "postgres", "ALTER ROLE \"Group\" CONNECTION LIMIT -1");
        let again = copy(&from, &to, &[]);
        assert_eq!(again["sent"], 0);
        // Nothing that was granted is told again; what cannot be is.
        let told = findings(&again, &["createrole-power"]);
        assert!(!told.contains("GRANT ") && told.contains("it no longer alters "), "{told}");
    }
}

/// The settings of a database that belongs to another role.
#[test]
fn what_it_takes_to_set_something_for_a_database() {
    let source = Cluster::start(15);
    source.sql("postgres", "postgres", "CREATE ROLE \"Owner\"");
    source.sql("postgres", "postgres", "CREATE DATABASE shop OWNER \"Owner\"");
    source.sql("postgres", "postgres", "ALTER DATABASE shop SET work_mem = '8MB'");
    let from = source.connection_string("postgres", "postgres");
    for major in [15, 18] {
        let target = platforms::azure_like(major);
        let to = target.connection_string("azadmin", "postgres");
        let options = ["--exclude", "postgres", "--allow-all-settings"];
        copy(&from, &to, &options);
        target.sql("azuresu", "postgres", "CREATE DATABASE shop OWNER \"Owner\"");
        let report = copy(&from, &to, &options);
        assert_eq!((&report["sent"], &report["refused"]), (&0.into(), &1.into()));
        let before = Catalog::of(&target);
        let all = statements(&report, &["database-owner"]);
        let [grant, revoke] = &all[..] else { panic!("{all:?}") };
        target.sql("azadmin", "postgres", grant);
        let report = copy(&from, &to, &options);
        assert_eq!((&report["sent"], &report["refused"]), (&1.into(), &0.into()));
        target.sql("azadmin", "postgres", revoke);
        assert_eq!(Catalog::of(&target).grants, before.grants);
    }
}

/// What members lose through a role that stays behind, they have again when what the message names is granted to
/// them, and then it is not said any more.
#[test]
fn what_was_lost_through_a_role() {
    let source = platforms::aurora_like(15);
    source.sql(
        "rdsadmin",
        "postgres",
        "CREATE ROLE reader; CREATE ROLE middle; CREATE ROLE app LOGIN; GRANT reader TO middle; GRANT middle TO app",
    );
    let target = platforms::azure_like(16);
    let from = source.connection_string("rdsadmin", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let more = ["--exclude", "middle"];
    let lost = || findings(&copy(&from, &to, &more), &["lost-through"]);
    assert_eq!(lost(), "error lost-through dropped role middle: app loses what reader has");
    target.sql("azadmin", "postgres", "CREATE DATABASE shop");
    target.sql("azadmin", "shop", "CREATE TABLE t (); GRANT SELECT ON t TO reader");
    assert_eq!(
        target.try_sql("app", "shop", "SELECT FROM t"),
        Err("42501: permission denied for table t".to_owned())
    );
    target.sql("azadmin", "postgres", "GRANT reader TO app");
    target.sql("app", "shop", "SELECT FROM t");
    assert_eq!(lost(), "");
}
