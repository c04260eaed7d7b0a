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
    warning outsider kept membership evil in boss: evil has the ADMIN option on boss on the target only, to which this copy gives something
    warning outsider kept membership ops in harmless: ops is a member of harmless on the target only
    error outsider kept membership evil in w: evil is a member of w on the target only, to which this copy gives something
    error outsider kept membership evil in writers: evil is a member of writers on the target only, to which this copy gives something
    ");
    // Afterwards they have it.
    let again = copy(&from, &to, &["--existing", "replace"]);
    assert_eq!(again["sent"], 0, "{again:#}");
    assert_snapshot!(findings(&again, &RULES), @"
    info outsider kept membership evil in boss: evil has the ADMIN option on boss on the target only
    warning outsider kept membership ops in harmless: ops is a member of harmless on the target only
    warning outsider kept membership evil in w: evil is a member of w on the target only
    warning outsider kept membership evil in writers: evil is a member of writers on the target only
    ");
    let diff = ["diff", &from, &to, "--as", "postgres", "--reader", "catalog"];
    let diff = Run::new(diff).done().stdout;
    assert!(diff.contains("outsider (3)"), "{diff}");
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
    for more in [&[][..], &["--only", "team", "--only", "one"], &["--for-restore", "own.sql"]] {
        let report = report(command(&from, &to, more));
        assert_eq!(findings(&report, &RULES), "", "{more:?}");
    }
}

/// What another administrator has made is information; who has nothing by a membership is not named.
#[test]
fn other_administrators() {
    let source = Cluster::start(16);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE app; CREATE ROLE grp; GRANT grp TO app; CREATE ROLE m1",
    );
    let target = Cluster::start(17);
    target.sql("postgres", "postgres", "CREATE ROLE adm1 LOGIN CREATEROLE; CREATE ROLE m2");
    let from = source.connection_string("postgres", "postgres");
    let mine = ["--exclude", "postgres"];
    copy(&from, &target.connection_string("adm1", "postgres"), &mine);
    target.sql("postgres", "postgres", "GRANT m1 TO m2 WITH ADMIN FALSE, INHERIT FALSE, SET FALSE");
    let to = target.connection_string("postgres", "postgres");
    assert_snapshot!(findings(&copy(&from, &to, &mine), &RULES), @"
    info outsider kept membership adm1 in app: adm1 has the ADMIN option on app on the target only
    info outsider kept membership adm1 in grp: adm1 has the ADMIN option on grp on the target only
    info outsider kept membership adm1 in m1: adm1 has the ADMIN option on m1 on the target only
    ");
    let arguments = ["diff", &from, &to, "--as", "postgres", "--reader", "catalog"];
    let diff = Run::new([&arguments[..], &mine].concat()).done().stdout;
    assert!(!diff.contains("outsider"), "{diff}");
}
