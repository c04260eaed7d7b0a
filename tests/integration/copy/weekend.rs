//! The commands of the book's page of the weekend, as they stand there.

use std::fs;
use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;

use super::for_restore::{CLIENT, differences, memberships, restore, source, stand_ins};
use crate::support::command::Run;
use crate::support::platforms;
use crate::support::servers::client_program;

/// The commands of the page, which a shell runs in their order.
fn commands() -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src/weekend.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, block) = page.split_once("<!-- weekend -->\n```console\n").expect("a block");
    let (block, _) = block.split_once("```").expect("its end");
    let joined = block.replace("\\\n", "");
    let lines = joined.split('\n').filter_map(|line| line.strip_prefix("$ "));
    lines.map(str::to_owned).collect()
}

/// What a command says, and its exit status.
fn shell(command: &str, directory: &Path, [from, to]: [&str; 2]) -> (String, i32) {
    let program = Path::new(env!("CARGO_BIN_EXE_pg_globals"));
    let clients = client_program(CLIENT, "pg_dump");
    let paths =
        [program.parent().unwrap(), clients.parent().unwrap()].map(|it| it.display().to_string());
    let path = format!("{}:{}", paths.join(":"), std::env::var("PATH").unwrap());
    let output = Command::new("bash")
        .args(["-c", command])
        .current_dir(directory)
        .env("PATH", path)
        .envs([("SOURCE", from), ("TARGET", to)])
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (String::from_utf8(said).unwrap(), output.status.code().unwrap())
}

fn weekend(from: u32, to: u32) {
    let source = source("aurora", from);
    let target = platforms::azure_like(to);
    let strings = [
        source.connection_string(&source.superuser, "postgres"),
        target.connection_string("azadmin", "postgres"),
    ];
    let directory = tempfile::tempdir().unwrap();
    let commands = commands();
    assert_eq!(commands.len(), 8, "{commands:#?}");
    let run = |command: &str| shell(command, directory.path(), strings.each_ref().map(|it| &**it));
    for command in &commands {
        let (said, status) = run(command);
        // What a check finds is no reason to stop here: the emulation is no flexible server.
        let is_fine = status == 0 || (status == 1 && command.contains("pg_globals check"));
        assert!(is_fine, "{from} to {to}: {command}: {status}\n{said}");
        if command.contains("pg_globals verify") {
            assert!(said.contains("\ncomplete: "), "{said}");
            let [lost, _] = differences(&source, &target, false);
            assert!(lost.is_empty(), "{lost:#?}");
            // A loss would have been named.
            target.sql("azuresu", "shop", "REVOKE SELECT ON public.t FROM reader");
            let (said, status) = run(command);
            assert_eq!(status, 1, "{said}");
            assert!(said.contains("reader lost SELECT on public.t"), "{said}");
            target.sql("azuresu", "shop", "GRANT SELECT ON public.t TO reader");
        }
    }
    let [lost, gained] = differences(&source, &target, false);
    assert!(lost.is_empty() && gained.is_empty(), "lost {lost:#?}, gained {gained:#?}");
    // What owns something stays, without power, for the administrator to give it away.
    assert_eq!(stand_ins(&target), ["rds_superuser", "rdsadmin"]);
    assert_eq!(memberships(&target), ["rds_superuser", "rdsadmin"]);
}

#[test]
fn from_13_to_16() {
    weekend(13, 16);
}

#[test]
fn from_15_to_18() {
    weekend(15, 18);
}

/// With a role that stands for the platform's: what that one had is the administrator's to decide, and all that
/// others had arrives.
#[test]
fn with_a_mapped_role() {
    let source = source("aurora", 13);
    let target = platforms::azure_like(16);
    let from = source.connection_string("rdsadmin", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let map = ["--map-role", "rds_superuser=azure_pg_admin"];
    let directory = tempfile::tempdir().unwrap();
    let run =
        |command: &str, more: &[&str]| Run::new([&[command, &from, &to], &map[..], more].concat());
    let copy =
        |more: &[&str]| run("copy", &[&["--yes", "--reader", "catalog"], more].concat()).done();
    let back = copy(&["--for-restore", "back.sql"]).file("back.sql");
    restore(&source, &target, directory.path());
    assert!(copy(&[]).stdout.contains("\nplan: nothing to do"));
    let errors = |more: &[&str], status| {
        let said = run("verify", more).status(status).stdout;
        let (errors, _) = said.split_once("\nnot carried over: ").unwrap();
        errors.split_once("\n\n").map_or("", |(_, errors)| errors).to_owned()
    };
    assert_snapshot!(errors(&[], 1), @r#"
    error: 1 function or view runs with the rights of another role
      in shop: function gis.definer() is SECURITY DEFINER and belongs to rds_superuser, and should belong to azure_pg_admin
        = azure_pg_admin is the platform's own role, to which nothing is given: choose the role that is to own it: ALTER ROUTINE gis.definer() OWNER TO <role>

    error: role azure_pg_admin (1 member: postgres)
      in archive: azure_pg_admin lost SELECT on old.t
      in shop: azure_pg_admin lost SELECT on public.t
      in shop: azure_pg_admin lost SELECT on column gis.points.a
      in shop: azure_pg_admin lost EXECUTE on function s.closed()
      in shop: azure_pg_admin lost SELECT by default privileges on tables that app creates in s
      in "ware house": azure_pg_admin lost CREATE on database "ware house"

    error: role reader
      in shop: reader lost SELECT by default privileges on tables that azure_pg_admin creates

    error: 1 object belongs to another role
      in shop: schema gis belongs to rds_superuser, and should belong to azure_pg_admin
        = azure_pg_admin is the platform's own role, to which nothing is given: choose the role that is to own it: ALTER SCHEMA gis OWNER TO <role>
    "#);
    let meant = ["--accept", "azure_pg_admin"];
    // All of it is that role's.
    let said = run("verify", &meant).done().stdout;
    let verdict = said.split_once("\ncomplete").unwrap().1;
    assert_snapshot!(verdict, @": 35 objects in 4 databases are as on the source, but for 9 differences that --accept names");
    let script = run("verify", &["--format", "sql"]).status(1).stdout;
    assert_eq!(target.psql_in("azadmin", "postgres", &script), (String::new(), true));
    let (said, succeeds) = target.psql_in("azadmin", "postgres", &back);
    assert!(succeeds, "{said}");
    let [lost, gained] = differences(&source, &target, false);
    assert!(lost.is_empty() && gained.is_empty(), "lost {lost:#?}, gained {gained:#?}");
    run("diff", &["--as", "azure"]).done();
}
