//! Locks: a copy that fits goes through, and one that does not is told so before anything is sent.

use std::fmt::Write as _;

use super::plan::{copy, direct, state};
use crate::support::platforms;
use crate::support::servers::is_there;

const SMALL: [(&str, &str); 3] = [
    ("max_locks_per_transaction", "10"),
    ("max_connections", "10"),
    ("superuser_reserved_connections", "1"),
];

#[test]
fn twelve() {
    the_limit(12);
}

#[test]
fn fifteen() {
    the_limit(15);
}

#[test]
fn sixteen() {
    the_limit(16);
}

#[test]
fn eighteen() {
    the_limit(18);
}

#[test]
fn nineteen() {
    if is_there(19) {
        the_limit(19);
    }
}

fn the_limit(major: u32) {
    // The kinds that hold locks: for some it is the role's creation alone.
    let settings = |role: usize| format!("ALTER ROLE r{role} SET work_mem = '3MB';\n");
    let comments = |role: usize| format!("COMMENT ON ROLE r{role} IS 'x';\n");
    let nothing = |_: usize| String::new();
    for more in [settings as fn(usize) -> String, comments, nothing] {
        if major < 16 && more(1).is_empty() {
            continue;
        }
        let target = platforms::azure_like_with(major, &SMALL);
        let dump = |roles: usize| {
            (0..roles).fold(String::new(), |mut dump, role| {
                let _ = write!(dump, "CREATE ROLE r{role};\n{}", more(role));
                dump
            })
        };
        let before = state(&target);
        let stderr = copy(&dump(2000), &direct(&target), &[]).status(2).stderr;
        assert_eq!(state(&target), before);
        // Since 19 there is room for what the server promises, and for nothing more.
        let exact = major >= 19;
        let words = if exact { "= 10 has room for " } else { "not for more than " };
        let (start, most) = stderr.split_once(words).unwrap();
        let (most, way_out) = most.split_once("; ").unwrap();
        assert!(start.contains("nothing was sent: it takes "), "{stderr}");
        assert!(
            stderr.contains(" locks; max_locks_per_transaction = 10 has room for "),
            "{stderr}"
        );
        assert!(way_out.starts_with("raise max_locks_per_transaction on the target"), "{stderr}");
        let numbers: Vec<usize> =
            stderr.split(|c: char| !c.is_ascii_digit()).filter_map(|it| it.parse().ok()).collect();
        let needed = *numbers.iter().find(|it| (2000..2100).contains(*it)).expect(&stderr);
        let most: usize = most.parse().unwrap();
        // Whatever is said to fit does, down to the last role.
        let fits = most - (needed - 2000);
        let stderr = copy(&dump(fits + 1), &direct(&target), &[]).status(2).stderr;
        assert!(stderr.contains(&format!("it takes {} locks", most + 1)), "{stderr}");
        let done = copy(&dump(fits), &direct(&target), &[]).done();
        assert_eq!(done.stdout.contains("\"rule\": \"locks\""), !exact, "{}", done.stdout);
    }
}
