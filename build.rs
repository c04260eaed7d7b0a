//! Tells the program which commit it is built from, where that is known: in a checkout, and not in a
//! package.

use std::path::Path;
use std::process::Command;

fn main() {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    // A package unpacked inside of somebody else's checkout is not of that commit.
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).canonicalize().ok();
    let top = git(&["rev-parse", "--show-toplevel"]);
    let is_ours = top.and_then(|top| Path::new(&top).canonicalize().ok()) == here;
    let commit = git(&["rev-parse", "--short=9", "HEAD"]).filter(|_| is_ours);
    let mut version = env!("CARGO_PKG_VERSION").to_owned();
    if let Some(commit) = &commit {
        version = format!("{version} ({commit})");
        // HEAD names a branch; its log grows with each commit, whatever the branch.
        for file in ["HEAD", "logs/HEAD"] {
            if let Some(path) = git(&["rev-parse", "--git-path", file]) {
                println!("cargo::rerun-if-changed={path}");
            }
        }
    }
    println!("cargo::rustc-env=PG_GLOBALS_VERSION={version}");
    println!("cargo::rerun-if-changed=build.rs");
}
