//! `--can-own`: the administrator restores what other roles own.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use insta::assert_snapshot;

use super::{assert_settled, changes, command, copy, findings, masked, numbers};
use crate::support::catalog::Catalog;
use crate::support::cluster::Cluster;
use crate::support::platforms;

const OWNERS: [&str; 3] = ["app_owner", "Odd Owner", "team"];

/// A source with roles that own a database, schemas and tables.
fn source() -> Cluster {
    let source = Cluster::start(16);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE app_owner; CREATE ROLE \"Odd Owner\" NOINHERIT; CREATE ROLE team; CREATE ROLE idle;
         GRANT team TO app_owner",
    );
    source.sql("postgres", "postgres", "CREATE DATABASE shop OWNER app_owner");
    source.sql(
        "postgres",
        "shop",
        "CREATE SCHEMA odd AUTHORIZATION \"Odd Owner\"; CREATE TABLE odd.t (); ALTER TABLE odd.t OWNER TO team",
    );
    source
}

#[test]
fn the_administrator_restores() {
    let source = source();
    let from = source.connection_string("postgres", "postgres");
    insta::allow_duplicates! {
        for major in 12..=18 {
            let target = platforms::azure_like(major);
            let to = target.connection_string("azadmin", "postgres");
            let report = copy(&from, &to, &["--exclude", "postgres"]);
            assert_snapshot!(findings(&report, &["owners"]), @r#"info owners kept role azadmin: is no member of "Odd Owner", app_owner, team"#);
            let before = Catalog::of(&target);
            target.sql("azadmin", "postgres", "CREATE DATABASE shop");
            assert!(restore(&target, "azadmin").is_err(), "{major}: without it");

            let run = command(&from, &to, &["--exclude", "postgres", "--can-own", "own.sql"]).with("--format json").done();
            let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
            assert_snapshot!(changes(&report), @r#"
            grant "Odd Owner" to azadmin
            grant app_owner to azadmin
            grant team to azadmin
            "#);
            assert_eq!(
                numbers(&report),
                "sent 3, remaining 0, extra 0, deferred 0, withheld 0, refused 0, unverifiable 0"
            );
            let permissions = fs::metadata(run.run.path("own.sql")).unwrap().permissions().mode();
            assert_eq!(permissions & 0o777, 0o600);
            // Who is a member by now is not told to become one.
            assert_eq!(findings(&copy(&from, &to, &["--exclude", "postgres"]), &["owners"]), "");
            let nothing = command(&from, &to, &["--exclude", "postgres", "--can-own", "again.sql"]).done();
            assert_eq!(nothing.stderr, "--can-own again.sql: not written, since nothing was sent\n");
            assert_eq!(nothing.run.names(), Vec::<String>::new());
            for more in [&[][..], &["--can-own", "again.sql"], &["--existing", "replace"]] {
                let more = [&["--exclude", "postgres"], more].concat();
                let settled = assert_settled(&from, &to, &more);
                assert_eq!(settled["extra"], 0, "{settled:#}");
            }

            restore(&target, "azadmin").unwrap();
            // Whoever owns something can still give the membership back.
            let script = run.file("own.sql");
            let output = target.psql("azadmin", &script);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && said.is_empty(), "{major}: {said}\n{script}");
            assert_eq!(Catalog::of(&target).grants, before.grants, "{major}");
            if major == 16 {
                assert_snapshot!(masked(&script, &source, &target), @r#"
                -- Takes back what pg_globals VERSION grants to azadmin on TARGET/postgres, so that
                -- it can restore what others own. Replay it with psql -f, as azadmin, when that is done.

                \set ON_ERROR_STOP on
                BEGIN READ WRITE;
                SET LOCAL search_path = pg_catalog;
                SET LOCAL client_encoding = 'UTF8';
                SET LOCAL standard_conforming_strings = on;
                SET LOCAL client_min_messages = notice;
                SET LOCAL debug_print_parse = off;
                SET LOCAL debug_print_rewritten = off;
                SET LOCAL debug_print_plan = off;
                DO $pg_globals$
                BEGIN
                  IF current_user OPERATOR(pg_catalog.<>) session_user
                    AND EXISTS (SELECT FROM pg_catalog.pg_database d, pg_catalog.pg_roles r
                      WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
                      AND NOT r.rolsuper AND r.rolname OPERATOR(pg_catalog.<>) session_user
                      AND pg_catalog.pg_has_role(r.oid, d.datdba, 'MEMBER')
                      AND pg_catalog.pg_has_role(r.oid, current_user, 'MEMBER'))
                    AND NOT EXISTS (SELECT FROM pg_catalog.pg_db_role_setting s, pg_catalog.pg_roles r, pg_catalog.pg_database d
                      WHERE r.rolname OPERATOR(pg_catalog.=) session_user AND s.setrole OPERATOR(pg_catalog.=) r.oid
                      AND d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
                      AND (s.setdatabase OPERATOR(pg_catalog.=) '0' OR s.setdatabase OPERATOR(pg_catalog.=) d.oid)
                      AND pg_catalog.concat('role=', current_user) OPERATOR(pg_catalog.=) ANY (s.setconfig)) THEN
                    RAISE EXCEPTION 'the session of % acts as %, which the owner of this database can bring about, who would administer what is created: run this script in another database',
                      session_user, current_user;
                  END IF;
                END
                $pg_globals$;
                DO $undo$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) 'Odd Owner') THEN
                  REVOKE "Odd Owner" FROM azadmin;
                END IF; END $undo$;
                DO $undo$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) 'app_owner') THEN
                  REVOKE app_owner FROM azadmin;
                END IF; END $undo$;
                DO $undo$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) 'team') THEN
                  REVOKE team FROM azadmin;
                END IF; END $undo$;
                COMMIT;
                "#);
            }
        }
    }
}

/// What `pg_restore` does for each owner.
fn restore(target: &Cluster, user: &str) -> Result<(), String> {
    for owner in OWNERS {
        let owner = format!("\"{owner}\"");
        let in_shop = [
            format!("CREATE SCHEMA {owner} AUTHORIZATION {owner}"),
            format!("CREATE TABLE {owner}.t (a int); ALTER TABLE {owner}.t OWNER TO {owner}"),
            format!(
                "CREATE VIEW {owner}.v AS SELECT * FROM {owner}.t; ALTER VIEW {owner}.v OWNER TO {owner}"
            ),
        ];
        for text in in_shop {
            target.try_sql(user, "shop", &text)?;
        }
        target.try_sql(user, "postgres", &format!("ALTER DATABASE shop OWNER TO {owner}"))?;
    }
    Ok(())
}

/// Both files may be replayed, in either order.
#[test]
fn undo_takes_them_back_too() {
    let source = source();
    let from = source.connection_string("postgres", "postgres");
    for major in [15, 18] {
        let target = platforms::azure_like(major);
        let to = target.connection_string("azadmin", "postgres");
        let before = Catalog::of(&target);
        for own_first in [true, false] {
            let run = command(&from, &to, &["--can-own", "own.sql", "--undo", "undo.sql"]).done();
            let mut files = ["undo.sql", "own.sql"];
            if own_first {
                files.reverse();
            }
            for file in files {
                let output = target.psql("azadmin", run.file(file));
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{major} {file}: {said}");
            }
            assert!(Catalog::of(&target) == before, "{major}");
        }
    }
}

/// A superuser needs nothing, and is told nothing.
#[test]
fn a_superuser_owns_already() {
    let (source, target) = (source(), Cluster::start(16));
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("postgres", "postgres");
    let run = command(&from, &to, &["--exclude", "postgres", "--can-own", "own.sql"])
        .with("--format json")
        .done();
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(findings(&report, &["owners"]), "");
    assert!(!changes(&report).contains("grant team to postgres"));
    assert!(!run.file("own.sql").contains("REVOKE"));
}

/// Who does not come and owns something is an error: the restore would stumble over it.
#[test]
fn owners_that_do_not_come() {
    let (source, target) = (source(), platforms::azure_like(16));
    source.sql("postgres", "postgres", "CREATE ROLE azuresu SUPERUSER; CREATE ROLE gone");
    source.sql("postgres", "postgres", "CREATE DATABASE left_over OWNER gone");
    source.sql("postgres", "shop", "CREATE TABLE t1 (); ALTER TABLE t1 OWNER TO azuresu");
    source.sql("postgres", "shop", "CREATE TABLE t2 (); ALTER TABLE t2 OWNER TO gone");
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let report = copy(&from, &to, &["--exclude", "gone", "--rename", "team=crew"]);
    assert_snapshot!(findings(&report, &["owners", "dropped-owner"]), @r#"
    info owners kept role azadmin: is no member of "Odd Owner", app_owner
    error dropped-owner dropped role gone: owns 2 objects in the cluster itself, shop
    error dropped-owner dropped role team: owns 1 object in shop
    "#);
}
