//! What cannot be seen is never complete.

use super::Migrated;
use crate::support::cluster::Cluster;
use crate::support::command::Run;

/// What is said of the databases, a line each.
fn errors(said: &str) -> Vec<&str> {
    said.split('\n').filter(|line| line.starts_with("error: ")).collect()
}

/// A server and another with the same roles and databases.
fn pair(major: u32) -> (Cluster, Cluster) {
    let servers = (Cluster::start(16), Cluster::start(major));
    for server in [&servers.0, &servers.1] {
        server.sql("postgres", "postgres", "CREATE ROLE app LOGIN; CREATE ROLE eve LOGIN");
        server.sql("postgres", "postgres", "CREATE DATABASE one OWNER app");
        server.sql("postgres", "one", "CREATE TABLE t (a int); GRANT SELECT ON t TO app");
    }
    servers
}

fn verify(source: &Cluster, target: &Cluster, users: [&str; 2], more: &[&str]) -> Run {
    let from = source.connection_string(users[0], "postgres");
    let to = target.connection_string(users[1], "postgres");
    more.iter().fold(Run::new(["verify", &from, &to]), Run::arg)
}

const SUPERUSERS: [&str; 2] = ["postgres", "postgres"];

#[test]
fn databases() {
    let (source, target) = pair(18);
    verify(&source, &target, SUPERUSERS, &[]).done();
    for database in ["only_here", "closed", "broken"] {
        source.sql("postgres", "postgres", &format!("CREATE DATABASE {database}"));
    }
    for database in ["closed", "broken"] {
        target.sql("postgres", "postgres", &format!("CREATE DATABASE {database}"));
    }
    target.sql("postgres", "postgres", "ALTER DATABASE closed ALLOW_CONNECTIONS false");
    // As an interrupted DROP DATABASE leaves it.
    target.sql(
        "postgres",
        "postgres",
        "UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'broken'",
    );
    let said = verify(&source, &target, SUPERUSERS, &[]).status(1).stdout;
    assert_eq!(
        errors(&said),
        [
            "error: database broken is unknown: it is invalid on the target, where a DROP DATABASE was interrupted: run DROP DATABASE broken there, and restore it",
            "error: database closed is unknown: it takes no connections on the target: ALTER DATABASE closed ALLOW_CONNECTIONS true opens it",
            "error: database only_here is missing on the target",
        ]
    );
    assert!(said.ends_with("\nnot complete: 1 database is missing, 2 databases are unknown; 7 objects in 5 databases were compared\n"), "{said}");
    verify(&source, &target, SUPERUSERS, &["--database", "one"]).done();
    let said = verify(&source, &target, SUPERUSERS, &["--database", "One"]).fails();
    assert_eq!(said, "error: --database: the source has no database \"One\"; case counts\n");
}

#[test]
fn catalogs() {
    let (source, target) = pair(16);
    source.sql(
        "postgres",
        "one",
        "REVOKE SELECT ON pg_catalog.pg_policy, pg_catalog.pg_default_acl FROM PUBLIC",
    );
    source.sql(
        "postgres",
        "postgres",
        "REVOKE CONNECT ON DATABASE one FROM PUBLIC; GRANT CONNECT ON DATABASE one TO eve",
    );
    target.sql(
        "postgres",
        "postgres",
        "REVOKE CONNECT ON DATABASE one FROM PUBLIC; GRANT CONNECT ON DATABASE one TO eve",
    );
    let said = verify(&source, &target, ["eve", "postgres"], &[]).status(1).stdout;
    assert_eq!(
        errors(&said),
        [
            "error: database one is unknown: default privileges could not be read on the source: permission denied for table pg_default_acl (42501)",
            "error: database one is unknown: policies could not be read on the source: permission denied for table pg_policy (42501)",
            "error: PUBLIC (every role)",
        ],
        "{said}"
    );
    assert!(said.contains("not complete: 1 database is unknown"), "{said}");
}

#[test]
fn nothing_of_it_is_a_connection() {
    let said = Run::new(["verify", "a.sql", "host=/nowhere"]).fails();
    assert!(said.starts_with("error: a.sql: the source must be a connection, such as "), "{said}");
}

/// Names of the source's roles are the target's, by the options of the copy.
#[test]
fn other_names() {
    let migrated = Migrated::new(16, true);
    let target = &migrated.target;
    target.sql("azuresu", "postgres", "ALTER ROLE shop_read RENAME TO readers");
    let said = migrated.verify(&[]).status(1).stdout;
    assert!(said.contains("  - role shop_read\n"), "{said}");
    assert!(said.contains("readers gained SELECT on"), "{said}");
    migrated.verify(&["--rename", "shop_read=readers"]).done();
    // Who is left out is not missed, and what it had is told apart.
    target.sql("azuresu", "shop", "REVOKE ALL ON shop.t19 FROM readers");
    let said = migrated.verify(&["--exclude", "shop_read"]).status_of(&[0, 1]).stdout;
    assert!(said.contains("\n  shop_read: privileges on "), "{said}");
}
