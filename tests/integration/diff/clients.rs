//! Dumps of one server by different clients, and all dumps with each other.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::stable;
use crate::support::command::Run;

fn dumps() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/dumps/ok");
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> &str {
    path.file_stem().unwrap().to_str().unwrap()
}

/// All that differs is what one of the clients cannot write:
///
/// - Up to 10.3 (and 9.6.8, 9.5.12), a list setting other than `search_path` and `DateStyle` is written as
///   one name with commas in it, and `DateStyle` in lower case.
/// - From 10 on, roles whose names begin with `pg_` are not written.
/// - 17 loses a membership in a role that was granted in a circle of grantors.
/// - From 11 on, settings in databases are not written: counted as what cannot be compared.
#[test]
fn dumps_of_one_server_differ_in_what_a_client_can_write() {
    let dumps = dumps();
    let mut all = String::new();
    for (number, left) in dumps.iter().enumerate() {
        let Some((server, _)) = name(left).split_once("-client-") else { continue };
        for right in &dumps[number + 1..] {
            if name(right).split_once("-client-").is_none_or(|(other, _)| other != server) {
                continue;
            }
            let done = Run::new(["diff".as_ref(), left.as_os_str(), right.as_os_str()])
                .arg("--all-roles")
                .status_of(&[0, 1]);
            assert_eq!(done.stderr, "");
            let lines = stable(&done.stdout);
            let lines = lines.splitn(3, '\n').nth(2).unwrap();
            writeln!(all, "{} and {}\n{lines}", name(left), name(right)).unwrap();
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn all_pairs_compare() {
    let dumps = dumps();
    for (number, left) in dumps.iter().enumerate() {
        for right in &dumps[number..] {
            let run = Run::new(["diff".as_ref(), left.as_os_str(), right.as_os_str()]);
            let done = run.arg("--all-roles").status_of(&[0, 1]);
            assert_eq!(done.stderr, "", "{} and {}", name(left), name(right));
            if left == right {
                let last = done.stdout.trim_end().rsplit('\n').next().unwrap();
                assert!(last.starts_with("equal"), "{}: {last}", name(left));
            }
        }
    }
}
