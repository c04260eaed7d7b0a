//! What one version has and another has not.

use insta::assert_snapshot;

use super::{assert_settled, changes, command, copy, findings};
use crate::support::catalog::{Catalog, assert_same_set};
use crate::support::cluster::Cluster;
use crate::support::platforms;

/// Privileges on parameters came with 15: a superuser copies them, grantors and all.
#[test]
fn privileges_on_parameters() {
    let source = Cluster::start(16);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE a; CREATE ROLE b;
         GRANT SET ON PARAMETER log_statement TO a WITH GRANT OPTION;
         GRANT ALTER SYSTEM ON PARAMETER log_statement TO b;
         GRANT SET, ALTER SYSTEM ON PARAMETER work_mem TO PUBLIC;
         SET SESSION AUTHORIZATION a; GRANT SET ON PARAMETER log_statement TO b",
    );
    let from = source.connection_string("postgres", "postgres");
    let expected = parameters(&source);
    insta::allow_duplicates! {
        for major in [14, 15, 18] {
            let target = Cluster::start(major);
            let to = target.connection_string("postgres", "postgres");
            let report = copy(&from, &to, &["--exclude", "postgres"]);
            if major < 15 {
                assert_snapshot!(findings(&report, &["parameter"]), @"
                warning parameter dropped parameter log_statement to a: parameter privileges exist since 15
                warning parameter dropped parameter log_statement to b: parameter privileges exist since 15
                warning parameter dropped parameter log_statement to b: parameter privileges exist since 15
                warning parameter dropped parameter work_mem to PUBLIC: parameter privileges exist since 15
                ");
            } else {
                assert_eq!(findings(&report, &["parameter"]), "");
                assert_same_set("parameters", &parameters(&target), &expected);
            }
            assert_settled(&from, &to, &["--exclude", "postgres"]);
        }
    }
    // More than the source says: an extra, until replaced.
    let target = Cluster::start(18);
    let to = target.connection_string("postgres", "postgres");
    copy(&from, &to, &["--exclude", "postgres"]);
    target.sql(
        "postgres",
        "postgres",
        "GRANT ALTER SYSTEM ON PARAMETER log_statement TO a; GRANT SET ON PARAMETER geqo TO b;
         GRANT SET ON PARAMETER log_statement TO b WITH GRANT OPTION;
         GRANT SET ON PARAMETER geqo TO PUBLIC",
    );
    assert_eq!(assert_settled(&from, &to, &["--exclude", "postgres"])["extra"], 3);
    let report = copy(&from, &to, &["--exclude", "postgres", "--existing", "replace"]);
    assert_snapshot!(changes(&report), @"
    revoke privileges on parameter geqo from b
    revoke privileges on parameter log_statement from a
    revoke privileges on parameter log_statement from b
    ");
    assert_settled(&from, &to, &["--exclude", "postgres", "--existing", "replace"]);
}

fn parameters(cluster: &Cluster) -> std::collections::BTreeSet<Vec<Option<String>>> {
    let rows = cluster.query(
        "postgres",
        "postgres",
        "SELECT parname, grantor::regrole, grantee::regrole, privilege_type, is_grantable
         FROM pg_parameter_acl, aclexplode(paracl)",
    );
    rows.into_iter().collect()
}

/// Each predefined role where there is one and the administrator may grant it.
#[test]
fn predefined_roles() {
    let source = Cluster::start(18);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE a; GRANT pg_monitor, pg_read_all_data, pg_write_all_data, pg_checkpoint,
            pg_maintain, pg_signal_autovacuum_worker, pg_create_subscription TO a",
    );
    let from = source.connection_string("postgres", "postgres");
    let mut lines = Vec::new();
    for major in [13, 14, 16, 18] {
        for target in [platforms::azure_like(major), Cluster::start(major)] {
            let user = if target.superuser == "postgres" { "postgres" } else { "azadmin" };
            let to = target.connection_string(user, "postgres");
            let report = copy(&from, &to, &["--exclude", "postgres"]);
            let granted: Vec<_> = Catalog::of(&target)
                .memberships()
                .into_keys()
                .filter(|(_, member)| member == "a")
                .map(|(role, _)| role)
                .collect();
            lines.push(format!("{major} as {user}: {}", granted.join(", ")));
            if user == "postgres" {
                lines.push(findings(&report, &["predefined-role"]));
            }
            assert_settled(&from, &to, &["--exclude", "postgres"]);
        }
    }
    assert_snapshot!(lines.join("\n"), @"
    13 as azadmin: pg_monitor
    13 as postgres: pg_monitor
    warning predefined-role dropped membership a in pg_checkpoint: postgres 13 does not have it, it comes with 15
    warning predefined-role dropped membership a in pg_create_subscription: postgres 13 does not have it, it comes with 16
    warning predefined-role dropped membership a in pg_maintain: postgres 13 does not have it, it comes with 17
    warning predefined-role dropped membership a in pg_read_all_data: postgres 13 does not have it, it comes with 14
    warning predefined-role dropped membership a in pg_signal_autovacuum_worker: postgres 13 does not have it, it comes with 18
    warning predefined-role dropped membership a in pg_write_all_data: postgres 13 does not have it, it comes with 14
    14 as azadmin: pg_monitor, pg_read_all_data, pg_write_all_data
    14 as postgres: pg_monitor, pg_read_all_data, pg_write_all_data
    warning predefined-role dropped membership a in pg_checkpoint: postgres 14 does not have it, it comes with 15
    warning predefined-role dropped membership a in pg_create_subscription: postgres 14 does not have it, it comes with 16
    warning predefined-role dropped membership a in pg_maintain: postgres 14 does not have it, it comes with 17
    warning predefined-role dropped membership a in pg_signal_autovacuum_worker: postgres 14 does not have it, it comes with 18
    16 as azadmin: pg_checkpoint, pg_create_subscription, pg_monitor, pg_read_all_data
    16 as postgres: pg_checkpoint, pg_create_subscription, pg_monitor, pg_read_all_data, pg_write_all_data
    warning predefined-role dropped membership a in pg_maintain: postgres 16 does not have it, it comes with 17
    warning predefined-role dropped membership a in pg_signal_autovacuum_worker: postgres 16 does not have it, it comes with 18
    18 as azadmin: pg_checkpoint, pg_create_subscription, pg_monitor, pg_read_all_data
    18 as postgres: pg_checkpoint, pg_create_subscription, pg_maintain, pg_monitor, pg_read_all_data, pg_signal_autovacuum_worker, pg_write_all_data
    ");
}

/// Before 16 a membership is never without SET, and the member says whether it inherits.
#[test]
fn membership_options() {
    let source = Cluster::start(16);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE r1; CREATE ROLE r2; CREATE ROLE narrow; CREATE ROLE mixed; CREATE ROLE no_set;
         CREATE ROLE admin_only NOINHERIT;
         GRANT r1, r2 TO narrow WITH INHERIT FALSE;
         GRANT r1 TO mixed WITH INHERIT FALSE; GRANT r2 TO mixed WITH INHERIT TRUE;
         GRANT r1 TO no_set WITH SET FALSE;
         GRANT r1 TO admin_only WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
         GRANT r2 TO admin_only WITH INHERIT TRUE",
    );
    let from = source.connection_string("postgres", "postgres");
    insta::allow_duplicates! {
        for major in [15, 16] {
            for target in [platforms::azure_like(major), Cluster::start(major)] {
                let user = if target.superuser == "postgres" { "postgres" } else { "azadmin" };
                let to = target.connection_string(user, "postgres");
                let report = copy(&from, &to, &["--exclude", "postgres"]);
                let shown =
                    format!("{}\n{}", findings(&report, &["membership-option"]).replace("azure 15", "15").replace("postgres 15", "15"), memberships(&target));
                let shown = shown.trim_start();
                if major == 15 {
                    assert_snapshot!(shown, @"
                    info membership-option rewritten role narrow: becomes NOINHERIT: none of its memberships has INHERIT
                    error membership-option dropped membership admin_only in r1: SET FALSE cannot be said on 15
                    error membership-option dropped membership mixed in r1: INHERIT FALSE cannot be said on 15
                    error membership-option dropped membership no_set in r1: SET FALSE cannot be said on 15
                    warning membership-option rewritten membership admin_only in r2: admin_only is NOINHERIT, which there counts for all its memberships
                    narrow in r1: set
                    admin_only in r2: set
                    mixed in r2: inherit set
                    narrow in r2: set
                    ");
                    assert_settled(&from, &to, &["--exclude", "postgres"]);
                    assert_settled(&from, &to, &["--exclude", "postgres", "--existing", "replace"]);
                    let report = copy(&from, &to, &["--exclude", "postgres", "--widen"]);
                    assert_snapshot!(changes(&report), @"
                    grant r1 to admin_only with ADMIN, INHERIT FALSE
                    grant r1 to mixed
                    grant r1 to no_set
                    ");
                    assert_settled(&from, &to, &["--exclude", "postgres", "--widen"]);
                } else {
                    assert_snapshot!(shown, @"
                    admin_only in r1: admin
                    mixed in r1: set
                    narrow in r1: set
                    no_set in r1: inherit
                    admin_only in r2: inherit set
                    mixed in r2: inherit set
                    narrow in r2: set
                    ");
                    assert_settled(&from, &to, &["--exclude", "postgres"]);
                    assert_settled(&from, &to, &["--exclude", "postgres", "--existing", "replace"]);
                }
            }
        }
    }
}

/// Options that a membership lacks are added, those beyond are removed when replaced.
#[test]
fn options_are_added_and_removed() {
    let source = Cluster::start(16);
    let roles = "CREATE ROLE r; CREATE ROLE more; CREATE ROLE less;";
    let wide = "WITH ADMIN TRUE, INHERIT TRUE, SET TRUE";
    let narrow = "WITH INHERIT FALSE, SET FALSE";
    let text = format!("{roles} GRANT r TO more {wide}; GRANT r TO less {narrow}");
    source.sql("postgres", "postgres", &text);
    let from = source.connection_string("postgres", "postgres");
    insta::allow_duplicates! {
        for target in [platforms::azure_like(18), Cluster::start(18)] {
            let user = if target.superuser == "postgres" { "postgres" } else { "azadmin" };
            let to = target.connection_string(user, "postgres");
            let text = format!("{roles} GRANT r TO more {narrow}; GRANT r TO less {wide}");
            target.sql(user, "postgres", &text);
            let report = copy(&from, &to, &["--exclude", "postgres"]);
            assert_snapshot!(changes(&report), @"grant r to more with ADMIN");
            assert_eq!(report["extra"], 1, "{report:#}");
            assert_snapshot!(memberships(&target), @"
            less in r: admin inherit set
            more in r: admin inherit set
            ");
            assert_settled(&from, &to, &["--exclude", "postgres"]);
            let report = copy(&from, &to, &["--exclude", "postgres", "--existing", "replace"]);
            assert_snapshot!(changes(&report), @"revoke ADMIN, INHERIT, SET of r from less");
            assert_snapshot!(memberships(&target), @"
            less in r:
            more in r: admin inherit set
            ");
            assert_settled(&from, &to, &["--exclude", "postgres", "--existing", "replace"]);
        }
    }
}

/// Each grantor's membership is its own: ours has what the others' lack, and does not outlive them
/// with more.
#[test]
fn what_another_grantor_gives_is_not_given_again() {
    let source = Cluster::start(16);
    let roles = "CREATE ROLE r; CREATE ROLE m;";
    let text = format!("{roles} GRANT r TO m WITH ADMIN TRUE, INHERIT TRUE, SET TRUE");
    source.sql("postgres", "postgres", &text);
    let from = source.connection_string("postgres", "postgres");
    insta::allow_duplicates! {
        for target in [platforms::azure_like(18), Cluster::start(18)] {
            let user = if target.superuser == "postgres" { "postgres" } else { "azadmin" };
            let to = target.connection_string(user, "postgres");
            let text = format!("{roles} CREATE ROLE other; GRANT r TO other WITH ADMIN OPTION");
            target.sql(user, "postgres", &text);
            let text = "GRANT r TO m WITH INHERIT TRUE, SET TRUE GRANTED BY other";
            target.sql(&target.superuser, "postgres", text);
            let before = Catalog::of(&target);
            let more = ["--exclude", "postgres", "--undo", "undo.sql"];
            let run = command(&from, &to, &more).with("--format json").done();
            let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
            assert_snapshot!(changes(&report), @"grant r to m with ADMIN, INHERIT FALSE, SET FALSE");
            assert_eq!(report["target_only"], 1, "{report:#}");
            assert_settled(&from, &to, &["--exclude", "postgres"]);
            assert!(target.psql(user, run.file("undo.sql")).status.success());
            assert!(Catalog::of(&target) == before);
            copy(&from, &to, &["--exclude", "postgres"]);
            let text = "REVOKE r FROM m GRANTED BY other";
            target.sql(&target.superuser, "postgres", text);
            assert_snapshot!(memberships(&target), @"
            m in r: admin
            other in r: admin inherit set
            ");
            let again = copy(&from, &to, &["--exclude", "postgres"]);
            assert_snapshot!(changes(&again), @"grant r to m with ADMIN");
            assert_snapshot!(memberships(&target), @"
            m in r: admin inherit set
            other in r: admin inherit set
            ");
        }
    }
}

/// The customer's memberships, a line each.
fn memberships(cluster: &Cluster) -> String {
    let all = Catalog::of(cluster).memberships();
    let ours = all.iter().filter(|((role, member), _)| {
        !role.starts_with("pg_") && !role.starts_with("azure") && member != "azadmin"
    });
    let lines: Vec<_> = ours
        .map(|((role, member), options)| {
            let word = |is: bool, word: &'static str| if is { word } else { "" };
            format!(
                "{member} in {role}:{}{}{}",
                word(options.admin, " admin"),
                word(options.inherit, " inherit"),
                word(options.set, " set")
            )
        })
        .collect();
    lines.join("\n")
}
