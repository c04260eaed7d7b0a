//! Which `pg_dumpall` is taken.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::future::Future;
use std::path::Path;

use pg_globals::read::pg_dumpall::{Places, find, given};
use pg_globals::version::Major;

use super::{fake, program};

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// The program for a server of this version, and the versions that are too old.
fn found(path: &OsString, root: &Path, server: u32) -> (Option<String>, Vec<String>) {
    let found = run(find(&Places::of(path, root), Major::new(server)));
    let below = |path: &Path| path.strip_prefix(root).unwrap_or(path).display().to_string();
    let shown = found.program.map(|it| format!("{} {}", below(it.path()), it.version()));
    (shown, found.too_old.iter().map(|it| it.version().to_owned()).collect())
}

#[test]
fn the_newest_that_is_not_older_than_the_server() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    let place = |name: &str| root.join(name);
    fake(&place("first"), "15.18", "");
    fake(&place("second"), "17.2", "");
    fake(&place("usr/lib/postgresql/16/bin"), "16.9", "");
    fake(&place("usr/lib/postgresql/17/bin"), "17.2", "");
    fake(&place("usr/pgsql-18/bin"), "18.1", "");
    fake(&place("usr/other-19/bin"), "19.1", "");
    // None of these is one: something else, Debian's wrapper, a directory, and what cannot be run.
    program(&place("else"), "#!/bin/sh\necho pg_restore 20\n");
    fs::create_dir_all(place("wrapped")).unwrap();
    fs::rename(fake(&place("wrapper"), "20.1", ""), place("wrapper/pg_wrapper")).unwrap();
    std::os::unix::fs::symlink(place("wrapper/pg_wrapper"), place("wrapped/pg_dumpall")).unwrap();
    fs::create_dir_all(place("folder/pg_dumpall")).unwrap();
    fs::create_dir_all(place("closed")).unwrap();
    fs::write(place("closed/pg_dumpall"), "#!/bin/sh\n").unwrap();
    let names = ["else", "wrapped", "folder", "closed", "missing", "first", "second", "first"];
    let mut directories: Vec<_> = names.map(place).into();
    directories.push(".".into());
    let path = env::join_paths(directories).unwrap();

    let eighteen = Some("usr/pgsql-18/bin/pg_dumpall 18.1".to_owned());
    assert_eq!(found(&path, root, 15), (eighteen.clone(), vec![]));
    assert_eq!(
        found(&path, root, 18),
        (eighteen, ["17.2", "17.2", "16.9", "15.18"].map(str::to_owned).into())
    );
    assert_eq!(found(&path, root, 19).0, None);
    fs::remove_dir_all(place("usr/pgsql-18")).unwrap();
    // Of equals the first.
    assert_eq!(found(&path, root, 10).0, Some("second/pg_dumpall 17.2".to_owned()));
    let nothing = tempfile::tempdir().unwrap();
    assert_eq!(found(&OsString::new(), nothing.path(), 10), (None, vec![]));
}

#[test]
fn the_one_that_the_user_names_must_be_one() {
    let directory = tempfile::tempdir().unwrap();
    let place = |name: &str| directory.path().join(name);
    let fifteen = fake(&place("15"), "15.18", "");
    assert_eq!(run(given(&fifteen, Major::new(15))).unwrap().version(), "15.18");
    let other = program(&place("other"), "#!/bin/sh\necho 'pg_dump (PostgreSQL) 18.1'\n");
    let failing =
        program(&place("fails"), "#!/bin/sh\necho 'pg_dumpall (PostgreSQL) 18.1'; exit 1\n");
    let binary = program(&place("binary"), "\0\0");
    let closed = place("closed");
    fs::write(&closed, "").unwrap();
    for (path, expected) in [
        (&place("nowhere"), "there is no PATH"),
        (&closed, "PATH cannot be run: give the path of pg_dumpall itself"),
        (&place("15"), "PATH cannot be run: give the path of pg_dumpall itself"),
        (&other, "PATH is no pg_dumpall: with --version it does not say that it is one"),
        (&failing, "PATH is no pg_dumpall: with --version it does not say that it is one"),
        (&binary, "PATH is no pg_dumpall: with --version it does not say that it is one"),
        (
            &fifteen,
            "PATH (15.18) is older than the server, which is PostgreSQL 16, and refuses it: give one \
             of 16 or later, or --reader catalog",
        ),
    ] {
        let error = run(given(path, Major::new(16))).unwrap_err().to_string();
        assert_eq!(error.replace(&path.display().to_string(), "PATH"), expected);
    }
}
