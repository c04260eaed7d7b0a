//! Who is a member of roles on the target alone.

use insta::assert_snapshot;

use super::{command, copy, findings, report};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::platforms;

const RULES: [&str; 1] = ["outsider"];

/// Somebody who may create roles makes some by the names that the migration is going to bring, and waits.
#[test]
fn who_has_waited_for_the_migration_is_named() {
    let source = Cluster::start(17);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE w; GRANT pg_read_all_data TO w; CREATE ROLE boss LOGIN; GRANT pg_write_all_data TO boss;
         CREATE ROLE app_owner; CREATE ROLE writers; GRANT app_owner TO writers; CREATE ROLE harmless;
         CREATE ROLE reader; GRANT harmless TO reader",
    );
    let from = source.connection_string("postgres", "postgres");
    let target = Cluster::start(17);
    target.sql("postgres", "postgres", "CREATE ROLE evil LOGIN CREATEROLE; CREATE ROLE ops");
    target.sql(
        "evil",
        "postgres",
        "CREATE ROLE w; CREATE ROLE boss LOGIN; CREATE ROLE writers; GRANT w, writers TO evil",
    );
    target.sql(
        "postgres",
        "postgres",
        "CREATE ROLE harmless; GRANT harmless TO ops; CREATE ROLE reader; GRANT harmless TO reader",
    );
    let to = target.connection_string("postgres", "postgres");
    let first = copy(&from, &to, &[]);
    assert_snapshot!(findings(&first, &RULES), @"
    error outsider kept membership evil in boss: evil can become a member of boss on the target only, and has what this copy gives boss
    warning outsider kept membership ops in harmless: ops is a member of harmless on the target only
    error outsider kept membership evil in w: evil is a member of w on the target only, and has what this copy gives w
    error outsider kept membership evil in writers: evil is a member of writers on the target only, and has what this copy gives writers
    ");
    // Afterwards they have it.
    let again = copy(&from, &to, &["--existing", "replace"]);
    assert_eq!(again["sent"], 0, "{again:#}");
    assert_snapshot!(findings(&again, &RULES), @"
    warning outsider kept membership evil in boss: evil can become a member of boss on the target only
    warning outsider kept membership ops in harmless: ops is a member of harmless on the target only
    warning outsider kept membership evil in w: evil is a member of w on the target only
    warning outsider kept membership evil in writers: evil is a member of writers on the target only
    ");
    let diff = ["diff", &from, &to, "--as", "postgres", "--reader", "catalog"];
    let diff = Run::new(diff).done().stdout;
    assert!(diff.contains("outsider (4)"), "{diff}");
    // What the remedies say.
    target.sql("postgres", "postgres", "REVOKE w, writers FROM evil GRANTED BY evil");
    let one = copy(&from, &to, &["--only", "writers", "--rename", "writers=writers2"]);
    assert_eq!(findings(&one, &RULES), "");
}

/// Administrators of the target are none, nor who is left out of the source here.
#[test]
fn who_belongs_there_is_not() {
    let source = platforms::aurora_like(15);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE team; CREATE ROLE one LOGIN; CREATE ROLE two LOGIN; GRANT team TO one, two",
    );
    let target = platforms::azure_like(17);
    target.sql(
        "azuresu",
        "postgres",
        "CREATE ROLE second LOGIN CREATEROLE; GRANT azure_pg_admin TO second",
    );
    target.sql("second", "postgres", "CREATE ROLE team");
    target.sql("azuresu", "postgres", "GRANT team TO azadmin WITH ADMIN OPTION");
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    for more in [&[][..], &["--only", "team", "--only", "one"], &["--can-own", "own.sql"]] {
        let report = report(command(&from, &to, more));
        assert_eq!(findings(&report, &RULES), "", "{more:?}");
    }
}
