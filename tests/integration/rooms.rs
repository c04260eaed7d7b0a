//! The rooms see only what is below them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// From the ground up. Those of one floor do not see each other, apart from what is listed below.
const FLOORS: [&[&str]; 10] = [
    &[
        "attribute",
        "blocks",
        "finding",
        "glob",
        "interrupt",
        "name",
        "place",
        "scram",
        "secret",
        "subject",
        "version",
        "words",
    ],
    &["connect", "dump", "platform", "sql"],
    &["globals"],
    &["read", "sanitize"],
    &["plan"],
    &["check", "compare", "replay"],
    &["script"],
    &["rules"],
    &["report"],
    &["cli"],
];

/// Modules that only tests see are no part of the building.
const SCAFFOLDING: [&str; 2] = ["sanitize/testing.rs", "sql/oracle.rs"];

#[test]
fn each_room_sees_only_lower_floors() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let floor_of: BTreeMap<&str, usize> = FLOORS
        .iter()
        .enumerate()
        .flat_map(|(floor, rooms)| rooms.iter().map(move |room| (*room, floor)))
        .collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in rust_files(&source) {
        let shown = file.strip_prefix(&source).unwrap().display().to_string();
        let room = shown.split(['/', '.']).next().unwrap().to_owned();
        if room == "lib" || room == "main" || SCAFFOLDING.contains(&shown.as_str()) {
            continue;
        }
        let floor = *floor_of.get(room.as_str()).unwrap_or_else(|| panic!("{room} is on no floor"));
        let text = fs::read_to_string(&file).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        for used in text.split("crate::").skip(1) {
            let end =
                used.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(used.len());
            let other = &used[..end];
            let Some(&below) = floor_of.get(other) else { continue };
            seen += 1;
            // The ground floor's rooms are one another's words.
            let is_fine = other == room || below < floor || (floor, below) == (0, 0);
            if !is_fine {
                wrong.push(format!("{shown} sees {other}"));
            }
        }
    }
    wrong.dedup();
    assert!(seen > 500, "only {seen} uses were found: are they written in another way now?");
    assert_eq!(wrong, Vec::<String>::new());
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut entries: Vec<_> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
