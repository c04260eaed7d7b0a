//! The rooms see only what is below them, and the files of a room see each other in one direction.

mod graph;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use graph::{Graph, circles};
use source::Source;

/// From the ground up. Those of one floor do not see each other, apart from what is listed below.
const FLOORS: [&[&str]; 10] = [
    &[
        "attribute",
        "blocks",
        "encoding",
        "finding",
        "glob",
        "interrupt",
        "name",
        "place",
        "process",
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
    &["check", "compare", "replay", "verify"],
    &["script"],
    &["rules"],
    &["report"],
    &["cli"],
];

#[test]
fn each_room_sees_only_lower_floors() {
    let graph = Graph::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let floor_of: BTreeMap<&str, usize> = FLOORS
        .iter()
        .enumerate()
        .flat_map(|(floor, rooms)| rooms.iter().map(move |room| (*room, floor)))
        .collect();
    let floor = |file: &str| {
        let room = file.split(['/', '.']).next().unwrap().to_owned();
        let floor = *floor_of.get(&*room).unwrap_or_else(|| panic!("{room} is on no floor"));
        (room, floor)
    };
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (file, used) in graph.uses() {
        let (room, above) = floor(file);
        for other in used {
            seen += 1;
            let (its_room, below) = floor(other);
            // The ground floor's rooms are one another's words.
            if room != its_room && below >= above && (above, below) != (0, 0) {
                wrong.push(format!("{file} uses {other}"));
            }
        }
    }
    assert!(seen > 500, "only {seen} uses were found: are they written in another way now?");
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let graph = Graph::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let uses = graph.uses();
    let mut found = Vec::new();
    for circle in circles(&uses) {
        for file in &circle {
            let others: Vec<_> = uses[file].intersection(&circle).collect();
            found.push(format!("{file} uses {others:?}"));
        }
    }
    assert!(found.is_empty(), "files that use each other in a circle:\n{}", found.join("\n"));
}

#[test]
fn uses_are_seen_however_they_are_written() {
    let text = "
        //! crate::a is only talked of.
        use super::b::{self, c::{D as E}, *}; pub(in crate::f) use g::H;
        #[cfg(test)] use super::i;
        #[cfg(test)]
        mod tests { use super::j; }
        #[cfg(all(test, unix))] pub(super) mod k;
        mod l;
        fn m<'a>(n: &'a str) -> super::O { \"crate::p\"; '\"'; crate::q::r(l::S::<'a>::T) }
    ";
    let source = Source::read(text);
    let imports: Vec<String> = source
        .imports
        .iter()
        .map(|it| format!("{} {} {}", it.path.join("::"), it.name, it.is_public))
        .collect();
    assert_eq!(
        imports,
        ["super::b b false", "super::b::c::D E false", "super::b * false", "g::H H true"]
    );
    let paths: Vec<String> = source.paths.iter().map(|path| path.join("::")).collect();
    assert_eq!(paths, ["crate::q::r", "l::S", "super::O"]);
    assert_eq!(source.of_tests, BTreeSet::from(["k".to_owned()]));
    assert!(!source.words.contains("l") && source.words.contains("n"));
}

#[test]
fn a_circle_is_found_however_long_it_is() {
    let uses = |pairs: &[(&'static str, &'static str)]| {
        let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (file, other) in pairs {
            uses.entry(file).or_default().insert(other);
            uses.entry(other).or_default();
        }
        uses
    };
    assert!(circles(&uses(&[("a", "b"), ("a", "c"), ("b", "c")])).is_empty());
    let found =
        circles(&uses(&[("a", "b"), ("b", "c"), ("c", "a"), ("a", "d"), ("e", "f"), ("f", "e")]));
    assert_eq!(found, [BTreeSet::from(["a", "b", "c"]), BTreeSet::from(["e", "f"])]);
}
