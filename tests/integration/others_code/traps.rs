//! All that is sent, to servers whose databases have something of their own by each name of
//! PostgreSQL's.

use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::servers::client_program;
use crate::support::{globals, platforms};

/// Traps are traps: each kind is sprung by whoever takes no care.
#[test]
fn what_takes_no_care_is_caught() {
    for major in [10, 18] {
        let server = Cluster::start(major);
        server.trapped_database("app", &[]);
        let made = server.query(
            "postgres",
            "app",
            "SET search_path = pg_catalog;
             SELECT (SELECT count(*) FROM pg_proc WHERE pronamespace = 'evil'::regnamespace) > 2900,
             (SELECT count(*) FROM pg_operator WHERE oprnamespace = 'evil'::regnamespace) > 750,
             (SELECT count(*) FROM pg_class WHERE relnamespace = 'evil'::regnamespace) > 110,
             (SELECT count(*) FROM pg_type WHERE typnamespace = 'evil'::regnamespace AND typtype = 'd') > 60",
        );
        let all = vec![Some("t".to_owned()); 4];
        assert_eq!(made, [all]);
        for (statement, what) in [
            ("SELECT current_setting('x')", "function current_setting(text)"),
            ("SELECT pg_backend_pid()", "function pg_backend_pid()"),
            ("SELECT format('%I', 'a')", "function format(text,\"any\")"),
            ("SELECT unnest('{1}'::pg_catalog.int4[])", "function unnest(anyarray)"),
            ("SELECT 1 = 1", "operator =(integer,integer)"),
            ("SELECT 'a' ~ 'b'", "operator ~(text,text)"),
            ("SELECT 1 IS DISTINCT FROM 2", "operator =(integer,integer)"),
            ("SELECT 'a'::text", "type text"),
            ("SELECT FROM pg_roles", "relation pg_roles"),
            ("SELECT oid FROM pg_database", "relation pg_database"),
        ] {
            let error = server.try_query("postgres", "app", statement).unwrap_err();
            assert_eq!(error, format!("P0001: a trap was sprung: {what}"), "{statement}");
        }
        let sprung = std::panic::catch_unwind(|| server.assert_no_trap_sprung("all of these"));
        assert!(sprung.is_err());
    }
}

macro_rules! on_majors {
    ($($test:ident)*) => { $(
        mod $test {
            #[test]
            fn ten() {
                super::$test(10);
            }
            #[test]
            fn fourteen() {
                super::$test(14);
            }
            #[test]
            fn sixteen() {
                super::$test(16);
            }
            #[test]
            fn eighteen() {
                super::$test(18);
            }
        }
    )* };
}

on_majors! { by_superusers by_administrators }

/// A superuser on both sides: all that is asked and sent for one.
fn by_superusers(major: u32) {
    let source = Cluster::start(major);
    globals::rich(&source, "postgres");
    let target = Cluster::start(major);
    all_commands(&source, "postgres", &target, "postgres");
}

/// Amazon's master user and Azure's administrator.
fn by_administrators(major: u32) {
    let source = platforms::aurora_like(major);
    globals::customer(&source);
    let target = platforms::azure_like(major);
    all_commands(&source, "postgres", &target, "azadmin");
}

fn all_commands(source: &Cluster, user: &str, target: &Cluster, admin: &str) {
    source.trapped_database("app_traps", &[user]);
    target.trapped_database("app_traps", &[admin]);
    let from = source.connection_string(user, "app_traps");
    let to = target.connection_string(admin, "app_traps");
    let pg_dumpall = client_program(18, "pg_dumpall");
    let ran = |arguments: &[&str], statuses: &[i32]| {
        let run = Run::new(arguments).arg("--pg-dumpall").arg(&pg_dumpall);
        let done = run.status_of(statuses);
        for server in [source, target] {
            server.assert_no_trap_sprung(&arguments.join(" "));
        }
        done
    };
    for reader in ["auto", "pg_dumpall", "catalog"] {
        ran(&["convert", &from, "--reader", reader], &[0]);
        ran(&["diff", &from, &to, "--reader", reader], &[1]);
    }
    ran(&["diff", &to, &from], &[1]);
    ran(&["diff", &from, &to, "--as", "azure"], &[1]);
    ran(&["diff", &from, &to, "--format", "sql", "--show-passwords"], &[1]);
    ran(&["copy", &from, &to, "--dry-run"], &[0, 1]);
    let files = ["--undo", "undo.sql", "--can-own", "own.sql"];
    ran(&[&["copy", &from, &to, "--yes"], &files[..]].concat(), &[0]);
    ran(&["copy", &from, &to, "--yes"], &[0]);
    let more = "CREATE ROLE extra; GRANT extra TO app; ALTER ROLE app SET work_mem = '7MB';
                ALTER ROLE app CONNECTION LIMIT 7";
    target.sql(admin, "postgres", more);
    ran(&["copy", &from, &to, "--yes", "--existing", "replace"], &[0, 1]);
    let check = Run::new(["check", &from, &to]).done_or_different();
    assert!(!check.stdout.contains("a trap"), "{}", check.stdout);
    for server in [source, target] {
        server.assert_no_trap_sprung("check");
    }
}
