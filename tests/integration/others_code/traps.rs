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
    all_commands([&source, &target], ["postgres", "postgres"], "postgres", "app");
}

/// Amazon's master user and Azure's administrator.
fn by_administrators(major: u32) {
    let source = platforms::aurora_like(major);
    globals::customer(&source);
    let target = platforms::azure_like(major);
    // Azure has no 10.
    let platform = if major == 10 { "postgres" } else { "azure" };
    all_commands([&source, &target], ["postgres", "azadmin"], platform, "shop_app");
}

fn all_commands(servers: [&Cluster; 2], users: [&str; 2], platform: &str, role: &str) {
    let ([source, target], [user, admin]) = (servers, users);
    for (server, user) in servers.into_iter().zip(users) {
        server.trapped_database("app_traps", &[user]);
    }
    let from = &*source.connection_string(user, "app_traps");
    let to = &*target.connection_string(admin, "app_traps");
    let pg_dumpall = client_program(18, "pg_dumpall");
    let unsprung = |by: &str| servers.map(|server| server.assert_no_trap_sprung(by));
    let run = |arguments: &[&str]| {
        let run = Run::new(arguments).arg("--pg-dumpall").arg(&pg_dumpall);
        // A tablespace's place may be taken.
        let done = run.status_of(&[0, 1]);
        unsprung(&arguments.join(" "));
        done
    };
    let replay = |script: &str, is_whole: bool| {
        let (said, succeeds) = target.psql_in(admin, "app_traps", script);
        unsprung(&format!("psql: {said}\n{script}"));
        assert!(succeeds || !is_whole, "{}: {said}\n{script}", target.major);
    };
    let has_role = || {
        let sql = format!("SELECT FROM pg_roles WHERE rolname = '{role}'");
        !target.query(admin, "postgres", &sql).is_empty()
    };

    for reader in ["auto", "pg_dumpall", "catalog"] {
        run(&["convert", from, "--reader", reader]);
        run(&["diff", from, to, "--reader", reader]);
    }
    run(&["diff", to, from]);
    run(&["diff", from, to, "--as", platform]);
    run(&["copy", from, to, "--into-older", "--dry-run"]);
    assert!(!has_role());

    let files = ["--undo", "undo.sql", "--for-restore", "own.sql"];
    let done = run(&[&["copy", from, to, "--into-older", "--yes"], &files[..]].concat());
    assert!(has_role());
    replay(&done.file("own.sql"), false);
    replay(&done.file("undo.sql"), false);
    assert!(!has_role());

    let major = target.major.to_string();
    let convert = ["convert", from, "--platform", platform, "--target-version", &major];
    let whole = platform == "azure";
    replay(&run(&convert).stdout, whole);
    assert!(has_role() || (!whole && admin == "azadmin"));
    replay(&run(&[&convert[..], &["--if-not-exists"]].concat()).stdout, whole);

    let files = ["--for-restore", "own.sql", "-o", "script.sql", "--exclude", role];
    let done = run(&[&convert[..], &files[..]].concat());
    replay(&done.file("own.sql"), false);

    run(&["copy", from, to, "--into-older", "--yes"]);
    let change = format!(
        "CREATE ROLE extra; GRANT extra TO {role}; ALTER ROLE {role} SET work_mem = '7MB';
         ALTER ROLE {role} CONNECTION LIMIT 7"
    );
    target.sql(admin, "postgres", &change);
    let sql = ["diff", to, from, "--format", "sql", "--show-passwords", "--replace"];
    replay(&run(&sql).stdout, false);
    run(&["copy", from, to, "--into-older", "--yes", "--existing", "replace"]);

    let check = Run::new(["check", from, to]).done_or_different();
    assert!(!check.stdout.contains("a trap"), "{}", check.stdout);
    unsprung("check");

    let verify = Run::new(["verify", from, to]).done_or_different();
    assert!(!verify.stdout.contains("a trap"), "{}", verify.stdout);
    unsprung("verify");
    let script = Run::new(["verify", from, to, "--format", "sql"]).done_or_different().stdout;
    unsprung("verify --format sql");
    replay(&script, false);
}
