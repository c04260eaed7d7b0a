//! What stands where new passwords are to go, from the start or from one moment to the next: nobody
//! else gets them, and nothing of somebody else's is written to.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::Path;

use insta::assert_snapshot;

use super::plan::state;
use crate::support::command::{Run, convert};
use crate::support::platforms;
use crate::support::process::{command, server_uid, succeed};
use crate::support::proxy::{Act, Proxy};

const DUMP: &str = "CREATE ROLE app LOGIN;\n";

const VICTIM: &str = "\"victim\" \"theirs\"\n";

/// Puts something at a path; `victim` is a file of our own that must not be written to.
type Plant = fn(place: &Path, victim: &Path);

fn fifo(place: &Path, mode: &str) {
    succeed(command("mkfifo", Path::new("/")).args(["-m", mode]).arg(place));
}

const PLANTS: [(&str, Plant); 6] = [
    ("a hard link", |place, victim| fs::hard_link(victim, place).unwrap()),
    ("a link to what others read", |place, victim| {
        let open = victim.with_file_name("open");
        fs::write(&open, VICTIM).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o644)).unwrap();
        symlink(open, place).unwrap();
    }),
    ("a pipe that others read", |place, _| fifo(place, "644")),
    ("another user's pipe", |place, _| {
        fifo(place, "600");
        chown(place, Some(server_uid()), None).unwrap();
    }),
    ("another user's file", |place, _| {
        fs::write(place, "").unwrap();
        fs::set_permissions(place, fs::Permissions::from_mode(0o600)).unwrap();
        chown(place, Some(server_uid()), None).unwrap();
    }),
    ("a directory", |place, _| fs::create_dir(place).unwrap()),
];

/// Only root can give a file away.
fn can_give_away() -> bool {
    fs::metadata("/proc/self").is_ok_and(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0)
        && server_uid() != 0
}

fn plants() -> impl Iterator<Item = (&'static str, Plant)> {
    PLANTS.into_iter().filter(|(name, _)| can_give_away() || !name.starts_with("another"))
}

#[test]
fn planted_beforehand() {
    let mut all = String::new();
    for (name, plant) in plants() {
        let run = convert(DUMP).with("--passwords generate --password-file passwords");
        let run = run.secret("victim", VICTIM);
        plant(&run.path("passwords"), &run.path("victim"));
        let victim = run.path("victim");
        let done = run.status(2);
        assert_eq!(fs::read_to_string(victim).unwrap(), VICTIM, "{name}");
        assert_eq!(done.stdout, "", "{name}");
        let _ = write!(all, "{name}: {}", done.stderr);
    }
    if can_give_away() {
        assert_snapshot!(all, @"
        a hard link: error: passwords: it has another name, too (a hard link); name a file that has none
        a link to what others read: error: passwords: others than its owner may read it; chmod 600 passwords
        a pipe that others read: error: passwords: others than its owner may read it; chmod 600 passwords
        another user's pipe: error: passwords: it belongs to another user, who may read it; name a file of your own
        another user's file: error: passwords: it belongs to another user, who may read it; name a file of your own
        a directory: error: passwords: this is a directory; name a file in it
        ");
    }
}

/// Between the plan and the first statement.
#[test]
fn planted_while_the_copy_runs() {
    let target = platforms::azure_like(16);
    let before = state(&target);
    for (name, plant) in plants() {
        let run = Run::new(["copy", "in.sql"]).file("in.sql", DUMP).secret("victim", VICTIM);
        let (place, victim) = (run.path("passwords"), run.path("victim"));
        let mut planted = false;
        let proxy = Proxy::hooked(target.socket(), target.port, move |message| {
            if message.text().contains("CREATE ROLE app") && !planted {
                planted = true;
                plant(&place, &victim);
            }
            Act::Forward
        });
        let run = run.arg(proxy.connection_string("azadmin", "postgres"));
        let victim = run.path("victim");
        let done = run.with("--yes --passwords generate --password-file passwords").status(2);
        assert!(done.stderr.contains("; nothing was done\n"), "{name}: {}", done.stderr);
        assert_eq!(fs::read_to_string(victim).unwrap(), VICTIM, "{name}");
        assert_eq!(state(&target), before, "{name}");
    }
}

/// A link of one's own is followed, to a file that is there or is made.
#[test]
fn a_link_of_ones_own() {
    for there in [false, true] {
        let mut run = convert(DUMP).with("--passwords generate --password-file link");
        if there {
            run = run.secret("real", "\"old\" \"one\"");
        }
        symlink("real", run.path("link")).unwrap();
        let done = run.done();
        let lines = done.file("real");
        assert_eq!(lines.starts_with("\"old\" \"one\"\n\"app\" \""), there, "{lines}");
        assert!(lines.contains("\"app\" \""), "{lines}");
        let mode = fs::metadata(done.run.path("real")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_link(done.run.path("link")).unwrap(), Path::new("real"));
    }
}

/// A pipe for a password file keeps nobody waiting.
#[test]
fn a_pipe_for_a_password_file_to_log_in_with() {
    let run = Run::new(["convert", "host=/nowhere user=nobody passfile=pipe"]);
    fifo(&run.path("pipe"), "600");
    let said = run.status(2).stderr;
    assert!(said.starts_with("warning: the source: password file pipe is not used"), "{said}");
}

/// The script of a copy that can be taken back has no verifiers, but may have names.
#[test]
fn another_users_pipe_for_a_script() {
    if !can_give_away() {
        return;
    }
    let run = convert(DUMP).with("-o pipe");
    fifo(&run.path("pipe"), "666");
    chown(run.path("pipe"), Some(server_uid()), None).unwrap();
    assert_snapshot!(run.fails(), @"error: -o pipe: this is a pipe of another user; name a file");
}
