//! The dumps in `fixtures/dumps` are read: all of those in `ok`, and none of those in `err`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, iter};

use pg_globals::read::{self, Failure, Options};

/// The files of a folder of `fixtures/dumps`, with their names, sorted.
fn dumps(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/dumps").join(folder);
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    paths.into_iter().map(|path| (name(&path), fs::read(&path).unwrap())).collect()
}

#[test]
fn what_is_a_dump_is_read_whole() {
    let heading = "file\troles\tmemberships\tsettings\tparameters\ttablespaces\tstatements\tsession\t\
                   skipped\tfindings";
    let mut table = format!("{heading}\n");
    for (name, bytes) in dumps("ok") {
        let reading = read::read(bytes.as_slice(), Options::default())
            .unwrap_or_else(|failure| panic!("{name}: {}", described(&failure)));
        let globals = &reading.globals;
        let counts = [
            globals.roles.len(),
            globals.memberships.len(),
            globals.settings.len(),
            globals.parameters.len(),
            globals.tablespaces.len(),
            reading.ledger.fates().count(),
            usize::try_from(reading.counts.session).unwrap(),
            usize::try_from(reading.counts.skipped).unwrap(),
            reading.findings.len(),
        ];
        let row: Vec<_> = iter::once(name).chain(counts.map(|count| count.to_string())).collect();
        writeln!(table, "{}", row.join("\t")).unwrap();
    }
    insta::assert_snapshot!(table);
}

#[test]
fn what_is_no_dump_is_refused_with_its_reason() {
    let mut all = String::new();
    for (name, bytes) in dumps("err") {
        match read::read(bytes.as_slice(), Options::default()) {
            Ok(_) => panic!("{name} is read as if nothing were wrong"),
            Err(failure) => writeln!(all, "{name}\n{}", described(&failure)).unwrap(),
        }
    }
    insta::assert_snapshot!(all);
}

fn described(failure: &Failure) -> String {
    let mut text = format!("  {failure}");
    if let Failure::Mistakes { mistakes, .. } = failure {
        for mistake in mistakes {
            let (place, message, line) = (mistake.place, &mistake.message, &mistake.line);
            write!(text, "\n  {place}: {message}\n    {line:?}").unwrap();
            if let Some(help) = mistake.help {
                write!(text, "\n    {help}").unwrap();
            }
        }
    }
    text
}
