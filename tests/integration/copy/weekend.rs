//! The commands of the book's page of the weekend, as they stand there.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::for_restore::{CLIENT, differences, memberships, source, stand_ins};
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
