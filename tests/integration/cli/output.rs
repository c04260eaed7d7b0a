//! Where scripts and reports go: files with their permissions, pipes, devices and terminals.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use insta::assert_snapshot;

use crate::support::command::{Run, convert, many, visible};

const DUMP: &str = "CREATE ROLE a SUPERUSER;\n";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// The script that goes to standard output without any option.
fn script() -> String {
    convert(DUMP).done().stdout
}

fn report() -> String {
    convert(DUMP).done().stderr
}

#[test]
fn a_new_file_is_its_owners() {
    let done = convert(DUMP).with("-o out.sql").done();
    assert_eq!(done.file("out.sql"), script());
    assert_eq!(done.stdout, "");
    assert_eq!(done.stderr, report());
    assert_eq!(mode(&done.run.path("out.sql")), 0o600);
    assert_eq!(done.run.names(), ["in.sql", "out.sql"]);
}

#[test]
fn an_existing_file_is_replaced() {
    let run = convert(DUMP).file("out.sql", "old").with("-o out.sql");
    fs::set_permissions(run.path("out.sql"), fs::Permissions::from_mode(0o644)).unwrap();
    let done = run.done();
    assert_eq!(done.file("out.sql"), script());
    assert_eq!(mode(&done.run.path("out.sql")), 0o600);
}

/// Identical input gives an identical script.
#[test]
fn the_second_run_gives_the_same() {
    let done = convert(DUMP).with("-o out.sql --report report.json").done();
    let (script, report) = (done.file("out.sql"), done.file("report.json"));
    let again = done.again();
    assert_eq!((again.file("out.sql"), again.file("report.json")), (script, report));
}

#[test]
fn a_link_stays_a_link() {
    let run = convert(DUMP).file("real.sql", "old").with("-o link.sql");
    symlink("real.sql", run.path("link.sql")).unwrap();
    let done = run.done();
    assert_eq!(done.file("real.sql"), script());
    assert_eq!(fs::read_link(done.run.path("link.sql")).unwrap(), Path::new("real.sql"));
}

#[test]
fn a_link_to_nothing_is_followed() {
    let run = convert(DUMP).with("-o link.sql");
    symlink("other.sql", run.path("link.sql")).unwrap();
    symlink("real.sql", run.path("other.sql")).unwrap();
    let done = run.done();
    assert_eq!(done.file("real.sql"), script());
    assert_eq!(fs::read_link(done.run.path("link.sql")).unwrap(), Path::new("other.sql"));
    // Two ways to it are one file.
    let run = convert(DUMP).with("-o link.sql --report real.sql");
    symlink("real.sql", run.path("link.sql")).unwrap();
    assert_snapshot!(run.fails(), @"error: --report real.sql: this is -o already");
}

#[test]
fn the_report_goes_to_standard_output_where_the_script_does_not() {
    let json = convert(DUMP).with("-o out.sql --report report.json").done().file("report.json");
    let done = convert(DUMP).with("-o out.sql --report -").done();
    assert_eq!(done.stdout, json);
    assert_eq!(done.file("out.sql"), script());
    assert_eq!(done.run.names(), ["in.sql", "out.sql"]);
    assert_snapshot!(convert(DUMP).with("--report -").fails(), @"error: --report -: the script goes to standard output; name a file for it with -o");
    assert_snapshot!(convert(DUMP).with("-o - --report -").fails(), @"error: --report -: the script goes to standard output; name a file for it with -o");
    let generate = convert(DUMP).with("--passwords generate --password-file -");
    assert_snapshot!(generate.fails(), @"error: --password-file -: new passwords are kept in a file; name one");
}

/// What cannot be replaced is written to.
#[test]
fn devices_and_pipes() {
    assert_eq!(convert(DUMP).with("-o /dev/null --report /dev/null").done().stdout, "");
    assert_eq!(convert(DUMP).with("-o -").done().stdout, script());
    assert_eq!(convert(DUMP).with("-o /dev/stdout").done().stdout, script());
    let run = convert(DUMP).with("-o pipe");
    let pipe = run.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn(move || fs::read_to_string(pipe).unwrap());
    assert_eq!(run.done().stderr, report());
    assert_eq!(reader.join().unwrap(), script());
    let run = Run::new(["convert", "/dev/stdin"]).stdin(DUMP).done();
    assert_eq!(run.body(), convert(DUMP).done().body());
}

#[test]
fn a_device_that_is_full() {
    if Path::new("/dev/full").exists() {
        assert_snapshot!(convert(DUMP).with("-o /dev/full").fails(), @"error: /dev/full: no space left on device");
        let run = convert(DUMP);
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = run.command().stdout(full).stdin(Stdio::null()).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert_snapshot!(String::from_utf8(output.stderr).unwrap(), @"
        in.sql: no platform recognised
        for azure 18 (Azure Database for PostgreSQL flexible server)
        found 1 role, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
        1 statement read: 0 kept, 1 rewritten, 0 dropped

        warning: superuser: the target's administrator cannot make superusers
          line 1, role a: loses SUPERUSER
          = grant what the role needs, or give it the platform's administrator role with --map-role SUPERUSER=…
        error: standard output: no space left on device
        ");
    }
}

/// `pg_globals convert … | head -1`: whoever has seen enough may close the pipe.
#[test]
fn a_reader_who_stops_early() {
    let run = convert(many(50_000, "CREATE ROLE r#"));
    let mut child = run.command().stdin(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(line.starts_with("-- Roles and other globals"));
    assert_snapshot!(stderr, @"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 50000 roles, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    50000 statements read: 50000 kept, 0 rewritten, 0 dropped

    warning: locks: comments and settings, and since 16 grants and the creation of roles, hold one lock for each role until the transaction ends, and all must fit into the server's lock table
      transaction: it takes 50040 locks; by default, with max_locks_per_transaction = 64 and max_connections = 100, a server has room for 7744
      = raise max_locks_per_transaction on the target, or go in parts with --only
    ");
}

/// `2>&1 | head -1`: the script is written whether or not the report is read.
#[test]
fn a_report_that_nobody_reads() {
    let run = convert(DUMP).with("-o out.sql");
    let mut command = run.command();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    assert!(command.stderr(writer).stdin(Stdio::null()).status().unwrap().success());
    assert_eq!(fs::read_to_string(run.path("out.sql")).unwrap(), script());
}

#[test]
fn colours_are_for_terminals() {
    let coloured = convert(DUMP).env("CLICOLOR_FORCE", "1").done();
    assert_snapshot!(visible(&coloured.stderr), @"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 1 role, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    1 statement read: 0 kept, 1 rewritten, 0 dropped

    ␛[1m␛[33mwarning␛[0m: ␛[1msuperuser␛[0m: the target's administrator cannot make superusers
      line 1, role a: loses SUPERUSER
      = grant what the role needs, or give it the platform's administrator role with --map-role SUPERUSER=…
    ");
    assert_eq!(coloured.stdout, script());
    let both = convert(DUMP).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1");
    assert_eq!(both.done().stderr, report());
    let mistake = convert("FROB;\n").env("CLICOLOR_FORCE", "1").fails();
    assert_snapshot!(visible(&mistake), @"
    ␛[1m␛[91merror␛[0m␛[1m: FROB is not a statement of a globals dump␛[0m
     ␛[1m␛[94m--> ␛[0min.sql:1:1
      ␛[1m␛[94m|␛[0m
    ␛[1m␛[94m1␛[0m ␛[1m␛[94m|␛[0m FROB
      ␛[1m␛[94m|␛[0m ␛[1m␛[91m^␛[0m
      ␛[1m␛[94m|␛[0m
      ␛[1m␛[94m= ␛[0m␛[1mhelp␛[0m: not even --drop-unknown leaves it out, since that could give more rights than before: take it out of the dump yourself

    ␛[1m␛[31merror␛[0m: in.sql: nothing was written: 1 mistake
    ");
    let missing = Run::new(["convert", "no.sql"]).env("CLICOLOR_FORCE", "1").fails();
    assert_snapshot!(visible(&missing), @"␛[1m␛[31merror␛[0m: no.sql: no such file or directory");
}

/// Only a terminal shortens what there is to say.
#[test]
fn long_groups_are_whole_in_a_file() {
    let dump = many(30, "CREATE ROLE r# SUPERUSER");
    assert_eq!(convert(dump).done().stderr.matches("loses SUPERUSER").count(), 30);
}
