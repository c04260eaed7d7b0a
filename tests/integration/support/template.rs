//! Data directories fresh from `initdb`, made once per cache and copied for each cluster.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Mutex;

use super::process::{as_server_user, command, server_uid, succeed};
use super::servers::{cache, server_program};

/// Part of a template's name: to be counted up when what `initdb` is told changes.
const GENERATION: u32 = 1;

/// The data directory of a cluster whose bootstrap superuser has this name.
pub fn template(major: u32, superuser: &str) -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let templates = cache().join("templates");
    let uid = server_uid();
    let made = templates.join(format!("{GENERATION}-{uid}-{major}-{superuser}"));
    // A test that failed in here has left nothing behind that harms the next.
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if !made.exists() {
        let making = templates.join(format!("making-{}-{major}-{superuser}", process::id()));
        initdb(major, superuser, &making);
        // Another process may have made it meanwhile: a template appears whole or not at all.
        if fs::rename(&making, &made).is_err() {
            assert!(made.exists(), "cannot rename {} to {}", making.display(), made.display());
            let _ = fs::remove_dir_all(&making);
        }
    }
    made
}

/// Copies a template to a directory that does not exist yet.
pub fn copy(template: &Path, to: &Path) {
    let parent = to.parent().unwrap();
    succeed(as_server_user(command("cp", parent).arg("-R").arg(template).arg(to)));
}

fn initdb(major: u32, superuser: &str, directory: &Path) {
    let mut initdb = command(server_program(major, "initdb"), directory.parent().unwrap());
    initdb.args(["--auth=trust", "--locale=C", "--encoding=UTF8", "--no-sync"]);
    initdb.arg("--username").arg(superuser).arg("--pgdata").arg(directory);
    if major >= 11 {
        // Each cluster copies one segment.
        initdb.arg("--wal-segsize=1");
    }
    succeed(as_server_user(&mut initdb));
}
