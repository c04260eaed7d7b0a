//! Dumps of one server by different clients, and all dumps with each other.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use pg_globals::compare::{self, Difference, Fingerprint, Question};
use pg_globals::read::{Options, Source, read};

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

/// One with each, by the library: a process for each pair would be two thousand.
#[test]
fn all_pairs_compare_and_swap() {
    let dumps = dumps();
    let question = Question { all_roles: true, ..Question::default() };
    let fingerprint = Fingerprint::new([7; 64]);
    let sources: Vec<_> = dumps
        .iter()
        .map(|path| {
            let reading = read(fs::File::open(path).unwrap(), Options::default()).unwrap();
            Source::of_dump(name(path).to_owned(), reading)
        })
        .collect();
    let differences = |left: usize, right: usize| {
        let [left, right] = [left, right].map(|number| sources[number].clone());
        let compared = compare::plain(left, right, &question, &fingerprint);
        compared.unwrap().differences
    };
    for left in 0..dumps.len() {
        assert!(differences(left, left).is_empty(), "{}", name(&dumps[left]));
        for right in left + 1..dumps.len() {
            let back: Vec<_> =
                differences(right, left).into_iter().map(Difference::swapped).collect();
            let both = [left, right].map(|it| name(&dumps[it]));
            assert_eq!(differences(left, right), back, "{both:?}");
        }
    }
}
