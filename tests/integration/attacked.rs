//! What was wrong once, proven by servers, and what other tools make of dumps.

use std::fmt::Write as _;

use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::platforms;

/// An empty list of libraries loads nothing; a library without a name ends every login.
#[test]
fn an_empty_list_of_libraries_locks_nobody_out() {
    let source = Cluster::start(15);
    let target = Cluster::start(18);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE app LOGIN; ALTER ROLE app SET local_preload_libraries FROM CURRENT",
    );
    source.sql("postgres", "postgres", "CREATE DATABASE shop");
    source.sql(
        "postgres",
        "postgres",
        "ALTER DATABASE shop SET session_preload_libraries FROM CURRENT",
    );
    source.sql("app", "postgres", "SELECT 1");
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("postgres", "postgres");
    target.sql("postgres", "postgres", "CREATE DATABASE shop");
    for reader in ["catalog", "both"] {
        let run = Run::new(["copy", &from, &to, "--yes", "--into-older", "--reader", reader]);
        let done = run.arg("--allow-all-settings").status_of(&[0, 1]);
        assert!(!done.stdout.contains("preload_libraries of app to"), "{}", done.stdout);
    }
    target.sql("app", "postgres", "SELECT 1");
    target.sql("app", "shop", "SELECT 1");
    // What keeps everybody out is no empty list, and shows.
    target.sql("postgres", "postgres", "ALTER ROLE app SET local_preload_libraries TO ''");
    let why = target.try_sql("app", "postgres", "SELECT 1").unwrap_err();
    assert!(why.contains("could not access file"), "{why}");
    let diff = Run::new(["diff", &from, &to, "--reader", "catalog", "--only", "app"]).status(1);
    assert!(diff.stdout.contains("local_preload_libraries"), "{}", diff.stdout);
}

/// `grep -v SUPERUSER`, to be rid of NOSUPERUSER, takes every ALTER ROLE with it.
#[test]
fn a_dump_without_its_attributes_is_told() {
    let dump = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/dumps/ok/aurora-15.sql"
    ))
    .unwrap();
    let count = |text: &str| {
        let run = Run::new(["convert", "in.sql", "--target-version", "16", "-o", "out.sql"]);
        let done = run.arg("--report").arg("report.json").file("in.sql", text).status_of(&[0, 1]);
        let report: serde_json::Value = serde_json::from_str(&done.file("report.json")).unwrap();
        let findings = report["findings"].as_array().unwrap();
        findings.iter().filter(|it| it["rule"] == "missing-attributes").count()
    };
    assert_eq!(count(&dump), 0);
    let without: String =
        dump.split_inclusive('\n').filter(|line| !line.contains("SUPERUSER")).collect();
    assert_eq!(count(&without), dump.matches("\nCREATE ROLE ").count());
    // Of one role, too, and the last of all.
    let is_last =
        |line: &&str| line.starts_with("ALTER ROLE ") && line.contains(" WITH NOSUPERUSER");
    let line = dump.split_inclusive('\n').rfind(is_last).unwrap();
    assert_eq!(count(&dump.replace(line, "")), 1);
    let last = "--\n-- PostgreSQL database cluster dump\n--\n\nCREATE ROLE a;\n\n--\n\
                -- PostgreSQL database cluster dump complete\n--\n";
    assert_eq!(count(last), 1);
}

/// What a role has that the target has already is named where others become its members.
#[test]
fn a_script_tells_what_an_existing_role_has() {
    let target = platforms::azure_like(15);
    target.sql(
        "azuresu",
        "postgres",
        "CREATE ROLE filer CREATEROLE; GRANT pg_read_server_files, pg_execute_server_program TO filer",
    );
    let dump = "CREATE ROLE filer;\nCREATE ROLE newbie LOGIN;\nGRANT filer TO newbie;\n";
    let run = Run::new([
        "convert",
        "in.sql",
        "--target-version",
        "15",
        "--if-not-exists",
        "-o",
        "out.sql",
    ]);
    let script = run.file("in.sql", dump).done().file("out.sql");
    let output = target.psql("azadmin", &script);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    let notice = said.split('\n').find(|line| line.contains("filer")).unwrap();
    let notice = notice.split_once("NOTICE:  ").unwrap().1;
    assert_eq!(
        notice,
        "this role exists, its attributes stay as they are: filer; it has CREATEROLE; it is a member of: \
         pg_execute_server_program, pg_read_server_files"
    );
    // And it is read back.
    Run::new(["convert", "in.sql", "-o", "out.sql"]).file("in.sql", &script).status_of(&[0, 1]);
}

/// A server keeps nothing of a transaction that does not end.
#[test]
fn a_script_without_its_commit_is_cut() {
    let script = "BEGIN;\nCREATE ROLE never_there LOGIN;\n";
    let refused = Run::new(["convert", "in.sql", "-o", "out.sql"]).file("in.sql", script).fails();
    insta::assert_snapshot!(refused, @"error: in.sql: it ends inside a transaction, as when the end of a script is missing: without its COMMIT a server keeps nothing of it; make it again, or give --accept-truncated to use what there is");
    let run = Run::new(["convert", "in.sql", "-o", "out.sql", "--accept-truncated"]);
    let done = run.file("in.sql", script).status_of(&[0, 1]);
    assert!(done.stderr.contains("its COMMIT is missing at the end"), "{}", done.stderr);
}

/// No error shows a password that stands where no statement has one.
#[test]
fn a_list_of_passwords_is_not_shown() {
    for list in [
        "\"app\" \"hunter2\"\n",
        "  \"app\"\t\"hunter2\"",
        "app:hunter2\n",
        "h:5432:db:app:hunter2\n",
    ] {
        for command in ["convert", "diff"] {
            let arguments: &[&str] = if command == "diff" {
                &["diff", "in.sql", "in.sql"]
            } else {
                &["convert", "in.sql"]
            };
            let said = Run::new(arguments).file("in.sql", list).fails();
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
    let said = Run::new(["convert", "in.sql"]).file("in.sql", "\"app\" \"hunter2\"\n").fails();
    insta::assert_snapshot!(said, @"error: in.sql: this is a list of passwords as pgbouncer has it: give a dump, and the list with --passwords-from");
}

/// A `.psqlrc` can switch off that each statement is a transaction of its own.
#[test]
fn tablespaces_are_made_under_any_psqlrc() {
    let target = Cluster::start(18);
    let place = target.socket().join("data").join("tsx");
    std::fs::create_dir(&place).unwrap();
    crate::support::process::give_to_server_user(&place);
    let dump = "CREATE ROLE owner LOGIN;\nCREATE TABLESPACE tsx OWNER owner LOCATION '/proc/self/cwd/tsx';\n";
    let run = Run::new([
        "convert",
        "in.sql",
        "-p",
        "postgres",
        "--target-version",
        "18",
        "-o",
        "out.sql",
    ]);
    let script = run.file("in.sql", dump).done().file("out.sql");
    let output = target.psql("postgres", format!("\\set AUTOCOMMIT off\n{script}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    target.sql("owner", "postgres", "CREATE TEMPORARY TABLE t (x int) TABLESPACE tsx");
}

/// Up to 15 only a superuser alters a role with REPLICATION, which was given back by hand.
#[test]
fn a_script_can_be_run_again_when_replication_was_given_back() {
    let target = platforms::azure_like(15);
    let verifier = crate::support::verifier::scram("cdc", "p", 1);
    let dump = format!(
        "CREATE ROLE cdc WITH REPLICATION LOGIN PASSWORD '{verifier}';\n\
         ALTER ROLE cdc IN DATABASE shop SET work_mem TO '1MB';\n"
    );
    let run = Run::new([
        "convert",
        "in.sql",
        "--target-version",
        "15",
        "--if-not-exists",
        "-o",
        "out.sql",
    ]);
    let script = run.file("in.sql", dump).status_of(&[0, 1]).file("out.sql");
    let replay = || {
        let output = target.psql("azadmin", &script);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    replay();
    assert_eq!(target.login("cdc", "p"), Ok(()));
    target.sql("azuresu", "postgres", "ALTER ROLE cdc REPLICATION");
    target.sql("azadmin", "postgres", "CREATE DATABASE shop");
    replay();
    assert_eq!(target.login("cdc", "p"), Ok(()));
}

/// What a server of default settings has no room for is foreseen, and really fails.
#[test]
fn a_script_foresees_the_lock_table() {
    let script = |roles: usize| {
        let mut dump = String::new();
        for role in 0..roles {
            writeln!(dump, "CREATE ROLE r{role};\nALTER ROLE r{role} SET work_mem TO '1MB';")
                .unwrap();
        }
        let run = Run::new([
            "convert",
            "in.sql",
            "-p",
            "postgres",
            "--target-version",
            "15",
            "-o",
            "out.sql",
        ]);
        let done = run.file("in.sql", dump).status_of(&[0, 1]);
        (done.file("out.sql"), done.stderr)
    };
    let (_, said) = script(7_000);
    assert!(!said.contains("locks"), "{said}");
    let (script, said) = script(20_000);
    assert!(said.contains("it takes 20040 locks; by default"), "{said}");
    let target = Cluster::start_with(15, "postgres", &[("max_connections", "100")]);
    let output = target.psql("postgres", &script);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("out of shared memory"), "{said}");
}

/// What objects give to a name, the target's administrator gets where it has that name; and what members have
/// through a role that stays behind is lost with it.
#[test]
fn names_of_administrators_and_roles_in_between_are_told() {
    let source = platforms::aurora_like(13);
    let target = platforms::azure_like(16);
    source.sql(
        "rdsadmin",
        "postgres",
        "CREATE ROLE azadmin LOGIN; CREATE ROLE app_owner; CREATE ROLE dba LOGIN; CREATE ROLE twice LOGIN;
         GRANT app_owner TO rds_superuser, twice; GRANT rds_superuser TO dba, twice;
         CREATE TABLE public.t (x int); GRANT SELECT ON public.t TO app_owner;
         CREATE FUNCTION public.sd() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT current_user::text';
         ALTER FUNCTION public.sd() OWNER TO azadmin",
    );
    let from = source.connection_string("rdsadmin", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let findings = |more: &[&str], rule: &str| {
        let arguments =
            ["copy", &from, &to, "--dry-run", "--reader", "catalog", "--format", "json"];
        let done = Run::new([&arguments[..], more].concat()).status_of(&[0, 1]);
        let report: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
        let all = report["findings"].as_array().unwrap().iter().filter(|it| it["rule"] == rule);
        let all: Vec<_> = all.map(|it| format!("{}: {}", it["severity"], it["message"])).collect();
        all.join("\n")
    };
    for more in [&[][..], &["--exclude", "azadmin"], &["--rename", "azadmin=app_admin"]] {
        assert_eq!(
            findings(more, "taken-name"),
            "\"error\": \"owns objects in postgres; on the target the name is the connected role's\"",
            "{more:?}"
        );
    }
    assert_eq!(
        findings(&[], "lost-through"),
        "\"error\": \"dba, postgres lose what app_owner has\""
    );
    // What members are given in its place is chosen, and is not what they had.
    assert_eq!(
        findings(&["--map-role", "rds_superuser=pg_monitor"], "lost-through"),
        "\"warning\": \"dba, postgres lose what app_owner has\""
    );
    // What was granted to it itself everybody loses, who has it otherwise, too.
    source.sql("rdsadmin", "postgres", "GRANT INSERT ON public.t TO rds_superuser");
    for (map, severity) in [
        (&[][..], "error"),
        (&["--for-restore", "back.sql"], "error"),
        (&["--map-role", "rds_superuser=azure_pg_admin"], "warning"),
    ] {
        assert_eq!(
            findings(map, "lost-through"),
            format!(
                "\"{severity}\": \"dba, postgres lose what app_owner has; dba, postgres, twice lose the privileges of 1 object in postgres\""
            )
        );
    }
    // Renamed on the source, it is an ordinary role.
    source.sql("rdsadmin", "postgres", "ALTER ROLE azadmin RENAME TO app_admin");
    assert_eq!(findings(&[], "taken-name"), "");
}
