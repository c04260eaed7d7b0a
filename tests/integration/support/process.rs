//! Running programs as the user that may run them.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::{env, fs};

/// Debian's `nobody` and `nogroup`.
const NOBODY: u32 = 65534;

/// The user that servers run as: `PostgreSQL` refuses root.
pub fn server_uid() -> u32 {
    static UID: OnceLock<u32> = OnceLock::new();
    *UID.get_or_init(|| match fs::metadata("/proc/self").unwrap().uid() {
        0 => NOBODY,
        uid => uid,
    })
}

/// The command that runs a program in a directory, untouched by the developer's `PG*` variables
/// and locale.
pub fn command(program: impl AsRef<Path>, directory: &Path) -> Command {
    let mut command = Command::new(program.as_ref());
    command.env_clear().env("PATH", env::var_os("PATH").unwrap_or_default());
    command.env("LC_ALL", "C").current_dir(directory);
    command
}

/// Makes the command run as the user that servers run as.
pub fn as_server_user(command: &mut Command) -> &mut Command {
    let uid = server_uid();
    if uid == NOBODY {
        command.uid(uid).gid(NOBODY);
    }
    command
}

/// Makes a directory belong to the user that servers run as.
pub fn give_to_server_user(directory: &Path) {
    let uid = server_uid();
    if uid == NOBODY {
        std::os::unix::fs::chown(directory, Some(uid), Some(NOBODY)).unwrap();
    }
}

/// Runs the command to its end, which must be success.
pub fn succeed(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}
