//! What replaying a converted script does beside the plain case: again, on a wrong server, half way.

use crate::support::catalog::{Catalog, assert_same, assert_same_set};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::globals;
use crate::support::{platforms, verifier};

/// Where psql ends a script with `ON_ERROR_STOP`.
const STOPPED: i32 = 3;

fn to_azure(dump: &[u8], target: u32, more: &[&str]) -> String {
    let target = target.to_string();
    let arguments = ["convert", "-", "--target-version", &target];
    Run::new([&arguments, more].concat()).stdin(dump).done().stdout
}

fn rich(major: u32) -> Cluster {
    let source = Cluster::start(major);
    globals::rich(&source, "postgres");
    source
}

/// Replays as the administrator: psql's exit status and what it said.
fn replay(target: &Cluster, script: &str) -> (Option<i32>, String) {
    let output = target.psql("azadmin", script);
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

fn assert_unchanged(before: &Catalog, target: &Cluster) {
    let after = Catalog::of(target);
    assert_same("roles", &after.roles, &before.roles);
    assert_same_set("grants", &after.grants, &before.grants);
    assert_same_set("settings", &after.settings, &before.settings);
    assert_same_set("the rest", &after.others, &before.others);
}

#[test]
fn again_with_if_not_exists() {
    let dump = rich(18).dump_globals(18, "postgres", &[]);
    for major in [15, 18] {
        let target = platforms::azure_like(major);
        let script = to_azure(&dump, major, &["--if-not-exists"]);
        let (status, said) = replay(&target, &script);
        assert_eq!(status, Some(0), "{said}");
        assert!(!said.contains("exists and stays"), "{said}");
        let once = Catalog::of(&target);

        let (status, said) = replay(&target, &script);
        assert_eq!(status, Some(0), "{said}");
        assert!(
said.contains("NOTICE:  this role exists, its attributes stay as they are: app; it is a member of: writers\n"),
            "{said}"
        );
        assert_unchanged(&once, &target);

        // The plain script stops at the first role, and nothing is done.
        let (status, said) = replay(&target, &to_azure(&dump, major, &[]));
        assert_eq!(status, Some(STOPPED), "{said}");
        assert_eq!(said.matches("ERROR:").count(), 1, "{said}");
        assert_unchanged(&once, &target);
    }
}

/// Settings, passwords and memberships would go to roles that exist: never to these.
#[test]
fn who_replays_is_never_touched() {
    for major in [15, 18] {
        let target = platforms::azure_like(major);
        target.sql("azuresu", "postgres", "CREATE ROLE \"root 'of' all\" SUPERUSER");
        let before = Catalog::of(&target);
        for role in ["azadmin", "root 'of' all"] {
            let dump = format!(
                "CREATE ROLE a; CREATE ROLE \"{role}\" LOGIN PASSWORD 'x';
                 ALTER ROLE \"{role}\" SET work_mem TO '1MB'; GRANT a TO \"{role}\";"
            );
            let script = to_azure(dump.as_bytes(), major, &["--if-not-exists"]);
            let (status, said) = replay(&target, &script);
            assert_eq!(status, Some(STOPPED), "{said}");
            let message = "this role replays the script, or is a superuser or an administrator, and \
                           is never touched: convert again with --exclude or --rename";
            let errors: Vec<_> = said.split('\n').filter(|line| line.contains("ERROR")).collect();
            let [error] = errors[..] else { panic!("{said}") };
            assert!(error.ends_with(&format!("ERROR:  {message}: {role}")), "{said}");
            assert_unchanged(&before, &target);
        }
    }
}

/// Replayed once more for the databases that are there by now, it takes nobody's new password away.
#[test]
fn md5_takes_no_better_ones_place() {
    let target = platforms::azure_like(17);
    let dump = format!(
        "CREATE ROLE old LOGIN PASSWORD '{}'; CREATE ROLE new LOGIN PASSWORD '{}';",
        verifier::md5("old", "one"),
        verifier::scram("new", "one", 4096)
    );
    let script = to_azure(dump.as_bytes(), 17, &["--if-not-exists"]);
    let (status, said) = replay(&target, &script);
    assert_eq!(status, Some(0), "{said}");
    let stored = || {
        let roles = Catalog::of(&target).roles;
        ["old", "new"].map(|role| roles[role].password.clone().unwrap())
    };
    let first = stored();
    assert_eq!(first[0], verifier::md5("old", "one"));
    target.sql("azadmin", "postgres", "ALTER ROLE old PASSWORD 'two'");
    let by_hand = stored();
    let (status, said) = replay(&target, &script);
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(stored(), by_hand);
    target.login("old", "two").unwrap();
}

/// Somebody may have made roles by the names that a migration is going to bring.
#[test]
fn members_of_roles_that_exist_are_named() {
    for major in [15, 17] {
        let target = platforms::azure_like(major);
        target.sql(
            "azadmin",
            "postgres",
            "CREATE ROLE payroll; CREATE ROLE alone; CREATE ROLE \"Eve, x\" LOGIN; CREATE ROLE mallory; \
             GRANT payroll TO \"Eve, x\", mallory",
        );
        let dump = "CREATE ROLE payroll; CREATE ROLE alone; CREATE ROLE new;";
        let script = to_azure(dump.as_bytes(), major, &["--if-not-exists"]);
        let (status, said) = replay(&target, &script);
        assert_eq!(status, Some(0), "{said}");
        let notices = |said: &str| {
            let notices = said.split('\n').filter_map(|line| line.split_once("NOTICE:  "));
            notices.map(|(_, notice)| notice.to_owned()).collect::<Vec<_>>()
        };
        let exists = "this role exists, its attributes stay as they are: ";
        let payroll = format!("{exists}payroll; it keeps its members: \"Eve, x\", mallory");
        assert_eq!(notices(&said), [format!("{exists}alone"), payroll.clone()]);
        // Who replays it has made the new one, and is no news.
        let (_, said) = replay(&target, &script);
        assert_eq!(notices(&said), [format!("{exists}alone"), format!("{exists}new"), payroll]);
    }
}

#[test]
fn settings_in_databases_wait_for_them() {
    let source = rich(17);
    let dump = source.dump_all(18, "postgres", &["--schema-only"]);
    for major in [15, 17] {
        let target = platforms::azure_like(major);
        let script = to_azure(&dump, major, &["--if-not-exists", "--allow-all-settings"]);
        let (status, said) = replay(&target, &script);
        assert_eq!(status, Some(0), "{said}");
        for database in ["app_db", "Odd \"Db\"; -- x"] {
            let notice = "this database does not exist yet: run this section again when it does";
            assert!(said.contains(&format!("NOTICE:  {notice}: {database}\n")), "{said}");
        }
        let in_databases = || {
            let settings = Catalog::of(&target).settings.into_iter();
            let settings = settings.filter(|setting| setting.database.is_some());
            settings.map(|s| (s.role, s.database.unwrap(), s.text)).collect::<Vec<_>>()
        };
        assert_eq!(in_databases(), []);

        target.sql("azadmin", "postgres", "CREATE DATABASE app_db");
        target.sql("azadmin", "postgres", "CREATE DATABASE \"Odd \"\"Db\"\"; -- x\"");
        let (status, said) = replay(&target, &script);
        assert_eq!(status, Some(0), "{said}");
        assert!(!said.contains("does not exist yet"), "{said}");
        // All but those that only a superuser can give to a role.
        let expected = [
            (None, "app_db", "lock_timeout=10s"),
            (Some("app"), "Odd \"Db\"; -- x", "search_path=app, \"$user\""),
            (Some("app"), "app_db", "work_mem=128MB"),
        ];
        let expected = expected.map(|(role, database, text): (Option<&str>, _, _)| {
            (role.map(str::to_owned), database.to_owned(), text.to_owned())
        });
        assert_eq!(in_databases(), expected);
    }
}

#[test]
fn another_version_than_it_was_made_for() {
    let dump = rich(10).dump_globals(15, "postgres", &[]);
    for (made_for, major) in [(16, 15), (16, 17), (18, 17)] {
        let target = platforms::azure_like(major);
        let before = Catalog::of(&target);
        let (status, said) = replay(&target, &to_azure(&dump, made_for, &[]));
        assert_eq!(status, Some(STOPPED), "{said}");
        let message = format!(
            "ERROR:  this script was made for PostgreSQL {made_for}, this server is {major}."
        );
        assert!(said.contains(&message), "{said}");
        assert_unchanged(&before, &target);
    }
}

/// Whatever fails, in whatever phase: nothing is done.
#[test]
fn half_way() {
    let dump = rich(16).dump_globals(16, "postgres", &[]);
    for major in [15, 18] {
        let target = platforms::azure_like(major);
        let script = to_azure(&dump, major, &[]);
        let obstacles = [
            // In the first phase, after other roles.
            ("CREATE ROLE app", "DROP ROLE app", "role \"app\" already exists"),
            ("CREATE ROLE \"user\"", "DROP ROLE \"user\"", "role \"user\" already exists"),
        ];
        for (make, undo, message) in obstacles {
            target.sql("azadmin", "postgres", make);
            let before = Catalog::of(&target);
            let (status, said) = replay(&target, &script);
            assert_eq!(status, Some(STOPPED), "{said}");
            assert!(said.contains(message), "{said}");
            assert_unchanged(&before, &target);
            target.sql("azadmin", "postgres", undo);
        }
        // In each of the later phases, by a statement that no server takes.
        let before = Catalog::of(&target);
        for heading in ["Roles", "Settings", "Comments", "Memberships"] {
            let heading = format!("\n-- {heading}\n");
            let broken = script.replace(&heading, &format!("{heading}SELECT 1 / 0;\n"));
            assert_ne!(broken, script, "{heading}");
            let (status, said) = replay(&target, &broken);
            assert_eq!(status, Some(STOPPED), "{said}");
            assert!(said.contains("ERROR:  division by zero"), "{said}");
            assert_unchanged(&before, &target);
        }
        // Nothing was in the way but the obstacles.
        let (status, said) = replay(&target, &script);
        assert_eq!(status, Some(0), "{said}");
    }
}

/// Up to 15 nothing keeps grantors from resting on each other; since 16 a server wants an order.
#[test]
fn grantors_in_a_circle() {
    let source = Cluster::start(15);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE r; CREATE ROLE a; CREATE ROLE b; CREATE ROLE c;
         GRANT r TO a WITH ADMIN OPTION GRANTED BY b; GRANT r TO b WITH ADMIN OPTION GRANTED BY a;
         GRANT r TO c GRANTED BY b",
    );
    let dump = source.dump_globals(15, "postgres", &[]);
    let target = Cluster::start(16);
    let arguments = ["convert", "-", "-p", "postgres", "--target-version", "16"];
    let script = Run::new(arguments).stdin(dump).done().stdout;
    let output = target.psql("postgres", &script);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    let grants = Catalog::of(&target).grants.into_iter().filter(|grant| grant.role == "r");
    let grants: Vec<_> =
        grants.map(|grant| (grant.member, grant.grantor.unwrap(), grant.options.admin)).collect();
    let expected = [("a", "postgres", true), ("b", "a", true), ("c", "b", false)];
    assert_eq!(grants, expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c)));
}
