//! What goes: `--only`, `--exclude`, `--rename`, `--map-role`, `--skip`.

use insta::assert_snapshot;

use super::{assert_settled, changes, command, copy, findings, masked, numbers};
use crate::support::catalog::Catalog;
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::platforms;

/// Memberships go if both ends are selected or exist; what is nobody's goes only without `--only`.
#[test]
fn only_some_roles() {
    insta::allow_duplicates! {
        for major in [15, 18] {
            let source = Cluster::start(16);
            source.sql("postgres", "postgres", "CREATE DATABASE d");
            source.sql(
                "postgres",
                "postgres",
                "CREATE ROLE app LOGIN; CREATE ROLE app_old LOGIN; CREATE ROLE grp; CREATE ROLE lost;
                 CREATE ROLE other LOGIN;
                 GRANT grp TO app, app_old, other; GRANT lost TO app; GRANT app TO other;
                 ALTER DATABASE d SET work_mem = '1MB'; ALTER ROLE app SET work_mem = '2MB';
                 ALTER ROLE other SET work_mem = '3MB'",
            );
            let target = platforms::azure_like(major);
            target.sql("azadmin", "postgres", "CREATE ROLE grp; CREATE ROLE other");
            target.sql("azadmin", "postgres", "CREATE DATABASE d");
            let from = source.connection_string("postgres", "postgres");
            let to = target.connection_string("azadmin", "postgres");
            let only = ["--only", "app*", "--exclude", "*_old"];
            let report = copy(&from, &to, &only);
            assert_snapshot!(changes(&report), @"
            create role app LOGIN
            set work_mem of app to '2MB'
            grant app to other
            grant grp to app
            ");
            assert_snapshot!(findings(&report, &["selection", "dropped-role", "unknown-role"]), @"
            info selection dropped role app_old: not selected
            info selection dropped role grp: not selected
            info selection dropped role lost: not selected
            info selection dropped role other: not selected
            info selection dropped role postgres: not selected
            info dropped-role dropped setting other: work_mem: other is not carried over
            info selection dropped setting ALL in d: work_mem: not a role's
            info dropped-role dropped membership app_old in grp: app_old is not carried over
            info selection dropped membership other in grp: neither its role nor its member is selected
            warning dropped-role dropped membership app in lost: lost is not carried over
            ");
            assert_settled(&from, &to, &only);

            // The rest, without what was left out before.
            let rest = ["--exclude", "app_old", "--exclude", "postgres", "--allow-all-settings"];
            let report = copy(&from, &to, &rest);
            assert_snapshot!(changes(&report), @r"
            create role lost
            alter role other: LOGIN
            set work_mem of other to '3MB'
            set work_mem of ALL in d to '1MB'
            grant grp to other
            grant lost to app
            ");
            assert_settled(&from, &to, &rest);
        }
    }
}

/// Nobody gets more by a membership than on the source, who is on the target with INHERIT and stays as
/// it is there.
#[test]
fn members_that_stay_behind_do_not_inherit_more() {
    let source = Cluster::start(15);
    let roles = "CREATE ROLE app; CREATE ROLE clerk LOGIN NOINHERIT; GRANT app TO clerk";
    source.sql("postgres", "postgres", roles);
    let from = source.connection_string("postgres", "postgres");
    for (major, is_member) in [(18, true), (15, false)] {
        let target = platforms::azure_like(major);
        target.sql("azadmin", "postgres", "CREATE ROLE clerk LOGIN");
        let to = target.connection_string("azadmin", "postgres");
        copy(&from, &to, &["--only", "app"]);
        let check = format!(
            "DO $$BEGIN ASSERT NOT pg_has_role('clerk', 'app', 'USAGE'); \
             ASSERT pg_has_role('clerk', 'app', 'MEMBER') = {is_member}; END$$"
        );
        target.sql("azadmin", "postgres", &check);
        assert_settled(&from, &to, &["--only", "app"]);
    }
}

#[test]
fn a_pattern_that_matches_nothing_is_said() {
    let (source, target) = (Cluster::start(16), platforms::azure_like(16));
    source.sql("postgres", "postgres", "CREATE ROLE app");
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let report = copy(&from, &to, &["--only", "ap*", "--only", "ap", "--exclude", "App"]);
    assert_snapshot!(findings(&report, &["unused-pattern"]), @"
    warning unused-pattern dropped role ap: no role matches this --only
    warning unused-pattern dropped role App: no role matches this --exclude
    ");
    let message = command(&from, &to, &["--only", "App"]).fails();
    assert_snapshot!(masked(&message, &source, &target), @"error: no role is left by --only, --exclude and --database: patterns match whole names, and case counts");
}

/// The new name everywhere; the old one does not come.
#[test]
fn rename() {
    let (source, target) = (Cluster::start(16), platforms::azure_like(16));
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE azadmin LOGIN; CREATE ROLE grp; GRANT grp TO azadmin; CREATE ROLE m;
         GRANT azadmin TO m; ALTER ROLE azadmin SET work_mem = '1MB'",
    );
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let report = copy(&from, &to, &["--exclude", "postgres"]);
    assert_snapshot!(changes(&report), @"
    create role grp
    create role m
    ");
    let rename = ["--rename", "azadmin=old_admin", "--exclude", "postgres"];
    let report = copy(&from, &to, &rename);
    assert_snapshot!(changes(&report), @"
    create role old_admin LOGIN
    set work_mem of old_admin to '1MB'
    grant grp to old_admin
    grant old_admin to m
    ");
    assert_settled(&from, &to, &rename);
    let message = command(&from, &to, &["--rename", "nobody=x", "--format", "json"]).fails();
    assert_snapshot!(masked(&message, &source, &target), @"error: --rename: there is no role nobody; names are as in the dump, and case counts");
}

/// A role of the platform stands for one of the source's platform, and for SUPERUSER.
#[test]
fn map_role() {
    insta::allow_duplicates! {
        for major in [15, 18] {
            let source = platforms::aurora_like(15);
            source.sql(
                "rdsadmin",
                "postgres",
                "CREATE ROLE dba LOGIN; CREATE ROLE boss SUPERUSER;
                GRANT rds_superuser TO dba; CREATE ROLE dev LOGIN; GRANT dba TO dev",
            );
            let target = platforms::azure_like(major);
            let from = source.connection_string("rdsadmin", "postgres");
            let to = target.connection_string("azadmin", "postgres");
            let map = [
                "--map-role",
                "rds_superuser=azure_pg_admin",
                "--map-role",
                "SUPERUSER=azure_pg_admin",
            ];
            let report = copy(&from, &to, &map);
            assert_snapshot!(changes(&report), @"
            create role boss
            create role dba LOGIN
            create role dev LOGIN
            create role postgres CREATEROLE CREATEDB LOGIN VALID UNTIL 'infinity'
            grant azure_pg_admin to boss
            grant azure_pg_admin to dba
            grant azure_pg_admin to postgres
            grant dba to dev
            ");
            assert_snapshot!(findings(&report, &["map-role"]), @"
            warning map-role rewritten membership dba in azure_pg_admin: instead of membership in rds_superuser
            warning map-role rewritten membership postgres in azure_pg_admin: instead of membership in rds_superuser
            warning map-role rewritten membership boss in azure_pg_admin: instead of SUPERUSER
            ");
            let members = Catalog::of(&target).memberships();
            for member in ["dba", "boss"] {
                assert!(members.contains_key(&("azure_pg_admin".to_owned(), member.to_owned())));
            }
            let again = assert_settled(&from, &to, &map);
            assert_snapshot!(numbers(&again), @"sent 0, remaining 0, extra 0, deferred 0, withheld 0, refused 0, unverifiable 0");
            assert_eq!(findings(&again, &["map-role"]), findings(&report, &["map-role"]));
            assert_snapshot!(findings(&again, &["protected-role"]), @"");
        }
    }
}

/// Nothing of a kind that is left out is set, and nothing of it is removed.
#[test]
fn skip() {
    let source = Cluster::start(16);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE a LOGIN; CREATE ROLE b; GRANT b TO a; ALTER ROLE a SET work_mem = '1MB';
         COMMENT ON ROLE a IS 'source'; GRANT SET ON PARAMETER work_mem TO a",
    );
    let target = Cluster::start(16);
    target.sql(
        "postgres",
        "postgres",
        "CREATE ROLE a NOLOGIN; CREATE ROLE b; CREATE ROLE c; GRANT c TO a; ALTER ROLE a SET geqo = off;
         COMMENT ON ROLE a IS 'target'; COMMENT ON ROLE b IS 'extra';
         GRANT SET ON PARAMETER log_statement TO a",
    );
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("postgres", "postgres");
    let all =
        ["comments", "settings", "memberships", "parameters", "tablespaces", "security-labels"];
    let mut lines = Vec::new();
    for kind in all {
        let dry = ["--existing", "replace", "--dry-run", "--skip", kind];
        let report = copy(&from, &to, &dry);
        lines.push(format!("--skip {kind}:\n{}", changes(&report)));
    }
    assert_snapshot!(lines.join("\n\n"), @"
    --skip comments:
    alter role a: LOGIN
    set work_mem of a to '1MB'
    reset geqo of a
    grant b to a
    revoke c from a
    grant privileges on parameter work_mem to a
    revoke privileges on parameter log_statement from a

    --skip settings:
    alter role a: LOGIN
    replace the comment on role a
    remove the comment on role b
    grant b to a
    revoke c from a
    grant privileges on parameter work_mem to a
    revoke privileges on parameter log_statement from a

    --skip memberships:
    alter role a: LOGIN
    replace the comment on role a
    remove the comment on role b
    set work_mem of a to '1MB'
    reset geqo of a
    grant privileges on parameter work_mem to a
    revoke privileges on parameter log_statement from a

    --skip parameters:
    alter role a: LOGIN
    replace the comment on role a
    remove the comment on role b
    set work_mem of a to '1MB'
    reset geqo of a
    grant b to a
    revoke c from a

    --skip tablespaces:
    alter role a: LOGIN
    replace the comment on role a
    remove the comment on role b
    set work_mem of a to '1MB'
    reset geqo of a
    grant b to a
    revoke c from a
    grant privileges on parameter work_mem to a
    revoke privileges on parameter log_statement from a

    --skip security-labels:
    alter role a: LOGIN
    replace the comment on role a
    remove the comment on role b
    set work_mem of a to '1MB'
    reset geqo of a
    grant b to a
    revoke c from a
    grant privileges on parameter work_mem to a
    revoke privileges on parameter log_statement from a
    ");
    let mut more = vec!["--existing", "replace"];
    more.extend(all.iter().flat_map(|kind| ["--skip", kind]));
    let before = Catalog::of(&target);
    let report = copy(&from, &to, &more);
    assert_eq!(changes(&report), "alter role a: LOGIN");
    let after = Catalog::of(&target);
    assert_eq!(
        (after.grants, after.settings, after.others),
        (before.grants, before.settings, before.others)
    );
    assert_settled(&from, &to, &more);
}

/// Who has replayed a platform's dump has roles of its superuser's name, which are none.
#[test]
fn a_name_of_another_platform_is_no_sign_of_it() {
    let source = Cluster::start(15);
    source.sql("postgres", "postgres", "CREATE ROLE a SUPERUSER; CREATE ROLE b; GRANT b TO a");
    let from = source.connection_string("postgres", "postgres");
    for (target, user, platform) in [
        (platforms::azure_like(17), "azadmin", "azure"),
        (Cluster::start(17), "postgres", "postgres"),
    ] {
        target.sql(user, "postgres", "CREATE ROLE rdsadmin LOGIN CREATEROLE; CREATE ROLE b");
        let to = target.connection_string(user, "postgres");
        let report = copy(&from, &to, &["--exclude", "postgres"]);
        assert_eq!(report["target"]["platform"], platform);
        assert_settled(&from, &to, &["--exclude", "postgres"]);
    }
    let dump = "CREATE ROLE rdsadmin; ALTER ROLE rdsadmin WITH NOSUPERUSER LOGIN;";
    let target = Cluster::start(17);
    let to = target.connection_string("postgres", "postgres");
    let run = Run::new(["copy", "-", &to, "--yes", "--into-older", "--format", "json"])
        .stdin(dump)
        .done();
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["source"]["platform"], serde_json::Value::Null);
    assert!(Catalog::of(&target).roles.contains_key("rdsadmin"));
}

/// Of who is not selected nothing is said, although the target has them.
#[test]
fn others_lose_nothing() {
    let source = platforms::aurora_like(15);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE cdc LOGIN; CREATE ROLE dba; CREATE ROLE one LOGIN",
    );
    source.sql(
        "rdsadmin",
        "postgres",
        "GRANT rds_replication, rds_iam TO cdc; GRANT rds_superuser TO dba",
    );
    let target = platforms::azure_like(16);
    let from = source.connection_string("rdsadmin", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let rules = ["dropped-role", "replication", "external-authentication"];
    let all = copy(&from, &to, &[]);
    assert!(findings(&all, &rules).contains("cdc loses REPLICATION"), "{all:#}");
    let one = copy(&from, &to, &["--only", "one"]);
    let told = one["findings"].as_array().unwrap().iter();
    let told: Vec<_> = told.filter(|it| it["severity"] != "info").collect();
    assert!(told.is_empty(), "{told:#?}");
}
