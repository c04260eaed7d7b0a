//! The dumps in `fixtures/dumps` are read: all of those in `ok`, and none of those in `err`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, iter};

use pg_globals::dump::{Error, Piece, Reader};
use pg_globals::globals::collect::{Collected, Collector, Kept};
use pg_globals::sql::{self, Session, SettingValue, Statement};

/// What reading a dump gives.
#[derive(Default)]
struct Reading {
    statements: u32,
    session: u32,
    databases: u32,
    skipped: u64,
    meta_commands: u64,
    collected: Collected,
    problems: Vec<String>,
}

/// What a statement says about the text behind it.
enum Obey {
    Nothing,
    Encoding(String),
    StandardStrings(bool),
    Name(String),
}

fn obey(statement: &Statement<'_>) -> Obey {
    match statement {
        Statement::CreateRole { name, .. } => Obey::Name(name.to_string()),
        Statement::Session(Session::Set { name, value: SettingValue::Values(values), .. }) => {
            let value = values.concat();
            match name.as_ref() {
                "client_encoding" => Obey::Encoding(value),
                "standard_conforming_strings" => Obey::StandardStrings(value == "on"),
                _ => Obey::Nothing,
            }
        }
        _ => Obey::Nothing,
    }
}

fn read(bytes: &[u8]) -> Reading {
    let mut reading = Reading::default();
    if let Err(error) = read_into(&mut reading, bytes) {
        reading.problems.push(error.to_string());
    }
    reading
}

fn read_into(reading: &mut Reading, bytes: &[u8]) -> Result<(), Error> {
    let mut reader = Reader::new(bytes)?;
    let mut collector = Collector::default();
    let mut problems = Vec::new();
    let result = loop {
        let slice = match reader.next() {
            Err(error) => break Err(error),
            Ok(None) => break Ok(()),
            Ok(Some(Piece::Fault(fault))) => {
                problems.push(format!("{}: {}", fault.place, fault.problem));
                continue;
            }
            Ok(Some(Piece::Statement(slice))) => slice,
        };
        reading.statements += 1;
        let statement = match sql::parse(slice.text) {
            Ok(statement) => statement,
            Err(error) => {
                let place = slice.place.advanced(slice.text, error.offset);
                problems.push(format!("{place}: {error}"));
                continue;
            }
        };
        match collector.add(&statement, slice.place.line) {
            Ok(Kept::Globals) => {}
            Ok(Kept::Session) => reading.session += 1,
            Ok(Kept::Database) => reading.databases += 1,
            Err(refusal) => problems.push(format!("{}: {refusal}", slice.place)),
        }
        match obey(&statement) {
            Obey::Nothing => {}
            Obey::Encoding(name) => {
                let line = slice.place.line;
                if let Err(error) = reader.set_encoding(&name) {
                    break Err(Error::UnknownEncoding(error, line));
                }
            }
            Obey::StandardStrings(on) => reader.set_standard_conforming_strings(on),
            Obey::Name(name) => reader.expect_name(&name),
        }
    };
    if result.is_ok() && reader.marks().headers > reader.marks().trailers {
        problems.push("the end marker is missing".to_owned());
    }
    reading.skipped = reader.skipped();
    reading.meta_commands = reader.meta_commands();
    reading.collected = collector.finish();
    reading.problems = problems;
    result
}

/// The files below `fixtures/dumps` in a folder, with their names, sorted.
pub fn dumps(folder: &str) -> Vec<(String, Vec<u8>)> {
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
                   databases\tmeta-commands\tskipped\tfindings";
    let mut table = format!("{heading}\n");
    let mut problems = Vec::new();
    for (name, bytes) in dumps("ok") {
        let reading = read(&bytes);
        problems.extend(reading.problems.iter().map(|problem| format!("{name}: {problem}")));
        let Collected { globals, ledger, findings, .. } = &reading.collected;
        let fates = u32::try_from(ledger.fates().count()).unwrap();
        assert_eq!(fates + reading.session + reading.databases, reading.statements, "{name}");
        let counts = [
            globals.roles.len(),
            globals.memberships.len(),
            globals.settings.len(),
            globals.parameters.len(),
            globals.tablespaces.len(),
        ];
        let counts = counts.map(|count| count as u64).into_iter();
        let read = [reading.statements, reading.session, reading.databases].map(u64::from);
        let passed = [reading.meta_commands, reading.skipped, findings.len() as u64];
        let row = counts.chain(read).chain(passed).map(|count| count.to_string());
        let row: Vec<_> = iter::once(name).chain(row).collect();
        writeln!(table, "{}", row.join("\t")).unwrap();
    }
    assert_eq!(problems, [""; 0]);
    insta::assert_snapshot!(table);
}

#[test]
fn what_is_no_dump_is_refused_with_its_reason() {
    let mut all = String::new();
    for (name, bytes) in dumps("err") {
        let problems = read(&bytes).problems;
        assert!(!problems.is_empty(), "{name} is read as if nothing were wrong");
        writeln!(all, "{name}").unwrap();
        for problem in problems {
            writeln!(all, "  {problem}").unwrap();
        }
    }
    insta::assert_snapshot!(all);
}
