//! Output where there is no room for it, and through links that lead astray.
//!
//! What is full is a limit of the process, so that nobody has to mount anything: writing a byte to a
//! file fails, as it does on a full disk. Standard output is `/dev/full`.

use std::fs::{self, OpenOptions, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown, lchown, symlink};
use std::path::Path;
use std::process::Stdio;

use insta::assert_snapshot;

use crate::support::catalog::Catalog;
use crate::support::command::{Run, convert};
use crate::support::platforms;
use crate::support::process::server_uid;

const DUMP: &str = "CREATE ROLE app LOGIN;\nCREATE ROLE team;\nGRANT team TO app;\n";

/// Another user than the one who runs the tests; none where that is not root.
fn somebody_else() -> Option<u32> {
    (fs::metadata("/proc/self").ok().map(|it| std::os::unix::fs::MetadataExt::uid(&it)) == Some(0))
        .then(server_uid)
}

/// It fails for this file, and leaves what was there before: nothing, or the old file.
#[track_caller]
fn no_room(make: impl Fn() -> Run, file: &str) {
    let expected = format!("error: {file}: file too large\n");
    assert_eq!(make().with_full_disk().fails(), expected);
    let run = make().secret(file, "\"old\" \"one\"\n").with_full_disk();
    let place = run.path("").display().to_string();
    assert_eq!(run.fails().replace(&place, ""), expected);
}

#[test]
fn no_room_for_what_convert_writes() {
    no_room(|| convert(DUMP).with("-o out.sql"), "out.sql");
    no_room(|| convert(DUMP).with("--report r.json"), "r.json");
    no_room(|| convert(DUMP).with("-o out.sql --report r.md"), "out.sql");
    let generate = "--passwords generate --password-file passwords";
    no_room(|| convert(DUMP).with(generate), "passwords");
}

#[test]
fn no_room_for_what_diff_and_check_write() {
    let diff = || Run::new(["diff", "a.sql", "b.sql", "-o", "d.txt"]);
    no_room(|| diff().file("a.sql", DUMP).file("b.sql", "CREATE ROLE app;\n"), "d.txt");
    let nowhere = "host=/nowhere user=nobody dbname=none";
    no_room(|| Run::new(["check", nowhere, nowhere, "--report", "r.json"]), "r.json");
    no_room(|| Run::new(["check", nowhere, nowhere, "--report", "r.md"]), "r.md");
}

/// A program that is killed leaves nothing beside the output, not even an empty file.
#[test]
#[cfg(target_os = "linux")]
fn killed_in_the_middle() {
    use std::io::Write as _;
    let run = Run::new(["convert", "-", "-o", "out.sql", "--report", "report.json"]);
    let mut child = run.command().stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    // More than a pipe holds: when it is written, the files have been opened.
    let comment = format!("-- {}\n", "x".repeat(1 << 20));
    child.stdin.as_mut().unwrap().write_all(comment.as_bytes()).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(run.names(), Vec::<String>::new());
}

/// What takes a script back is not replaced, as copy does not replace it.
#[test]
fn what_takes_back_is_kept() {
    let make = || convert(DUMP).with("-o out.sql --for-restore back.sql");
    let first = make().done();
    assert_eq!(first.run.names(), ["back.sql", "in.sql", "out.sql"]);
    let said = make().file("back.sql", "-- the only one\n").fails();
    assert_eq!(
        said,
        "error: --for-restore back.sql: it exists, and would be lost; name another file\n"
    );
}

#[test]
fn no_room_for_manual_pages() {
    let said = Run::new(["man", "."]).with_full_disk().fails();
    assert_eq!(said, "error: ./pg_globals-convert.1: file too large\n");
}

/// Nothing is done where what takes it back, or its passwords, cannot be kept; a report is missed
/// when everything is done.
#[test]
fn no_room_for_what_copy_writes() {
    let target = platforms::azure_like(16);
    let to = &target.connection_string("azadmin", "postgres");
    let before = Catalog::of(&target);
    let copy = |more: &str| {
        let run = Run::new(["copy", "in.sql", to, "--yes", "--format", "json"]).with(more);
        run.file("in.sql", DUMP).with_full_disk()
    };
    assert_eq!(copy("--undo undo.sql").fails(), "error: undo.sql: file too large\n");
    assert_eq!(copy("--for-restore own.sql").fails(), "error: own.sql: file too large\n");
    let said = copy("--passwords generate --password-file passwords").fails();
    assert!(said.ends_with("/postgres: passwords: file too large; nothing was done\n"), "{said}");
    assert_eq!(Catalog::of(&target), before);
    let done = copy("--report r.json").status(2);
    assert_eq!(
        done.stderr,
        "error: the target was changed as planned, but the report could not be written: r.json: file too large\n"
    );
    assert_eq!(done.run.names(), ["in.sql"]);
    assert!(done.stdout.contains("\"remaining\": 0"), "{}", done.stdout);
    assert_ne!(Catalog::of(&target), before);
    // A second copy changes nothing, and says no more than what is wrong.
    assert_eq!(copy("--report r.json").status(2).stderr, "error: r.json: file too large\n");
}

#[test]
fn standard_output_that_is_full() {
    let full = || OpenOptions::new().write(true).open("/dev/full");
    if full().is_err() {
        return;
    }
    let target = platforms::azure_like(16);
    let to = &target.connection_string("azadmin", "postgres");
    let nowhere = "host=/nowhere user=nobody dbname=none";
    for args in [
        &["convert", "in.sql"][..],
        &["diff", "in.sql", "in.sql"],
        &["diff", "in.sql", "in.sql", "--format", "json"],
        &["check", nowhere, nowhere],
        &["check", "--list"],
        &["verify", to, to],
        &["explain"],
        &["explain", "superuser", "--format", "json"],
        &["platforms"],
        &["platforms", "azure"],
        &["completions", "bash"],
        &["man"],
        &["copy", "in.sql", to, "--yes"],
    ] {
        let run = Run::new(args.iter().copied()).file("in.sql", DUMP);
        let mut command = run.command();
        let output = command.stdout(full().unwrap()).stdin(Stdio::null()).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        let last = stderr.trim_end().rsplit('\n').next().unwrap();
        let done = "the target was changed as planned, but the report could not be written: ";
        let done = if args[0] == "copy" { done } else { "" };
        let expected = format!("error: {done}standard output: no space left on device");
        assert_eq!((output.status.code(), last), (Some(2), expected.as_str()), "{args:?}");
    }
}

#[test]
fn links_to_what_is_no_file() {
    let run = convert(DUMP).with("-o link");
    symlink(".", run.path("link")).unwrap();
    assert_snapshot!(run.fails(), @"error: -o link: this is a directory; name a file in it");
    let run = convert(DUMP).with("-o link");
    symlink("nowhere/out.sql", run.path("link")).unwrap();
    assert_snapshot!(run.fails(), @"error: -o ./nowhere/out.sql: there is no directory ./nowhere");
    let run = convert(DUMP).with("-o link");
    symlink("link", run.path("link")).unwrap();
    assert_snapshot!(run.fails(), @"error: -o link: this is a link that leads to itself");
}

/// In a directory like /tmp, a link can be somebody else's trap.
#[test]
fn a_link_of_another_user_where_everybody_may_write() {
    let Some(other) = somebody_else() else { return };
    let shared = |owner: u32, mode: u32| {
        move |run: Run| {
            fs::create_dir(run.path("tmp")).unwrap();
            fs::set_permissions(run.path("tmp"), Permissions::from_mode(mode)).unwrap();
            for link in ["tmp/link", "tmp/second"] {
                let to = if link == "tmp/link" { "../mine" } else { "link" };
                symlink(to, run.path(link)).unwrap();
            }
            lchown(run.path("tmp/link"), Some(owner), None).unwrap();
            run
        }
    };
    let generate = "--passwords generate --password-file";
    for (what, link) in [
        ("-o", "tmp/link"),
        ("-o", "tmp/second"),
        ("--report", "tmp/link"),
        ("--password-file", "tmp/link"),
    ] {
        let option = if what == "--password-file" { generate } else { what };
        let run = convert(DUMP).with(option).arg(link).secret("mine", "\"a\" \"b\"\n");
        let said = shared(other, 0o1777)(run).fails();
        assert_eq!(
            said,
            format!(
                "error: {what} {link}: tmp/link is a link of another user, in a directory where \
                 everybody may write; name the file that you mean\n"
            )
        );
    }
    // Our own, and where only some may write.
    for (owner, mode) in [(0, 0o1777), (other, 0o755)] {
        let done = shared(owner, mode)(convert(DUMP).with("-o tmp/link")).done();
        assert!(done.file("mine").contains("CREATE ROLE app"));
        assert_eq!(
            fs::metadata(done.run.path("mine")).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(fs::read_link(done.run.path("tmp/link")).unwrap(), Path::new("../mine"));
    }
}

#[test]
fn a_password_file_of_another_user() {
    let Some(other) = somebody_else() else { return };
    let generate = "--passwords generate --password-file passwords";
    let run = convert(DUMP).with(generate).secret("passwords", "");
    chown(run.path("passwords"), Some(other), None).unwrap();
    assert_snapshot!(run.fails(), @"error: passwords: it belongs to another user, who may read it; name a file of your own");
}
