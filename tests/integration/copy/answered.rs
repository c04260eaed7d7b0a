//! What the target answers about the connected role decides what is sent.

use super::{changes, copy, findings, numbers};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::platforms;

/// The right to ALTER SYSTEM is none to SET.
#[test]
fn a_setting_takes_the_privilege_to_set_it() {
    let source = Cluster::start(16);
    source.sql("postgres", "postgres", "CREATE ROLE a; ALTER ROLE a SET log_statement = 'ddl'");
    let from = source.connection_string("postgres", "postgres");
    let target = platforms::azure_like(16);
    let to = target.connection_string("azadmin", "postgres");
    let grant = "GRANT ALTER SYSTEM ON PARAMETER log_statement TO azadmin";
    target.sql("azuresu", "postgres", grant);
    let options = ["--exclude", "postgres"];
    let report = copy(&from, &to, &options);
    assert_eq!(changes(&report), "create role a");
    assert!(findings(&report, &["setting"]).contains("log_statement"), "{report}");
    target.sql("azuresu", "postgres", "GRANT SET ON PARAMETER log_statement TO azadmin");
    assert_eq!(changes(&copy(&from, &to, &options)), "set log_statement of a to 'ddl'");
}

/// Since 16, a group's ADMIN option is the member's where the membership inherits.
#[test]
fn a_groups_admin_option() {
    for inherit in [false, true] {
        let target = platforms::azure_like(16);
        let to = target.connection_string("azadmin", "postgres");
        let roles = format!(
            "CREATE ROLE a; CREATE ROLE admins; GRANT a TO admins WITH ADMIN TRUE; \
             GRANT admins TO azadmin WITH INHERIT {inherit}"
        );
        target.sql("azuresu", "postgres", &roles);
        let run = Run::new(["copy", "in.sql", &to, "--yes", "--into-older"]);
        let run = run.file("in.sql", "CREATE ROLE a CONNECTION LIMIT 3;\n");
        if inherit {
            run.done();
        } else {
            let refused = run.status(2).stderr;
            assert!(refused.contains("azadmin lacks the ADMIN option on a"), "{refused}");
        }
    }
}

/// --existing skip alters no role that exists; that the administrator joins the owners is no change to
/// it that the source asks for.
#[test]
fn the_administrator_joins_owners_all_the_same() {
    let source = Cluster::start(16);
    source.sql("postgres", "postgres", "CREATE ROLE o; CREATE ROLE p; CREATE ROLE q; GRANT p TO q");
    source.sql("postgres", "postgres", "CREATE DATABASE shop OWNER o");
    let from = source.connection_string("postgres", "postgres");
    let target = platforms::azure_like(16);
    let to = target.connection_string("azadmin", "postgres");
    target.sql("azadmin", "postgres", "CREATE ROLE o; CREATE ROLE p; CREATE ROLE q");
    let report = copy(
        &from,
        &to,
        &["--exclude", "postgres", "--existing", "skip", "--for-restore", "own.sql"],
    );
    assert_eq!(changes(&report), "grant o to azadmin");
    assert!(numbers(&report).contains("withheld 1,"), "{report}");
}

/// What the server's own roles are to each other from the start is left out, and nothing else of them.
#[test]
fn grants_among_the_servers_own_roles() {
    for major in [14, 16] {
        let [before, after] = [(); 2].map(|()| Cluster::start(major));
        let grants = "GRANT pg_read_all_settings TO pg_monitor WITH ADMIN OPTION; \
                      GRANT pg_signal_backend TO pg_monitor";
        after.sql("postgres", "postgres", grants);
        let [left, right] =
            [&before, &after].map(|server| server.connection_string("postgres", "postgres"));
        let same = Run::new(["diff", &left, &left, "--reader", "catalog"]).done();
        assert!(same.stdout.contains("\nequal"), "{}", same.stdout);
        let done = Run::new(["diff", &left, &right, "--reader", "catalog"]).status(1);
        for added in ["pg_monitor in pg_read_all_settings", "pg_monitor in pg_signal_backend"] {
            assert!(done.stdout.contains(&format!("+ membership {added}")), "{}", done.stdout);
        }
        assert!(done.stdout.contains("2 differences"), "{}", done.stdout);
    }
}
