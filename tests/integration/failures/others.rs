//! Others who change roles all the time, also those of the copy.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread;

use serde_json::Value;

use super::plan::{copy, direct};
use crate::support::cluster::Cluster;
use crate::support::platforms;

/// How many copies there are.
const ROUNDS: usize = 12;

/// Roles that nobody but the copy touches. What it does to them comes at its beginning, in its middle
/// and at its end.
const MARKS: [&str; 3] = ["a_mark", "m_mark", "z_mark"];

/// Roles that everybody touches; the dump has all but the last three.
const ROLES: [&str; 8] = ["r1", "r2", "r3", "old1", "old2", "x1", "x2", "x3"];

/// What this copy brings.
fn dump(round: usize) -> String {
    let mut dump = String::new();
    let mut line = |text: String| dump.extend([text.as_str(), ";\n"]);
    for role in MARKS.iter().chain(&ROLES[..5]) {
        line(format!("CREATE ROLE {role}"));
        line(format!("ALTER ROLE {role} CONNECTION LIMIT {round}"));
        line(format!("ALTER ROLE {role} SET work_mem TO '{}MB'", round + 1));
        line(format!("COMMENT ON ROLE {role} IS 'no. {round}'"));
    }
    line("GRANT r1 TO r2, old1".to_owned());
    line("GRANT old2 TO r3".to_owned());
    dump
}

/// What the last copy that took place has brought.
fn marks(target: &Cluster) -> Vec<String> {
    let marks = "SELECT rolconnlimit || coalesce(rolconfig::text, '') \
                 || coalesce(shobj_description(oid, 'pg_authid'), '') FROM pg_roles \
                 WHERE rolname ~ '_mark$' ORDER BY rolname";
    let rows = target.query("azuresu", "postgres", marks);
    rows.into_iter().flatten().map(Option::unwrap).collect()
}

fn expected(round: usize) -> Vec<String> {
    vec![format!("{round}{{work_mem={}MB}}no. {round}", round + 1); MARKS.len()]
}

/// The same in each run, as far as the order of what several do can be.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn statement(&mut self) -> String {
        let [role, other] = [(); 2].map(|()| ROLES[self.roll(ROLES.len())]);
        let number = self.roll(9);
        match self.roll(8) {
            0 => format!("CREATE ROLE {role}"),
            1 => format!("DROP ROLE {role}"),
            2 => format!("ALTER ROLE {role} CONNECTION LIMIT {number}"),
            3 => format!("GRANT {role} TO {other}"),
            4 => format!("REVOKE {role} FROM {other}"),
            5 => format!("COMMENT ON ROLE {role} IS '{number}'"),
            6 => format!("ALTER ROLE {role} SET work_mem TO '{}MB'", number + 1),
            _ => format!("ALTER ROLE {role} RESET ALL"),
        }
    }
}

/// All or nothing of each copy, and a clear word where it is nothing.
fn among_others(major: u32) {
    let target = &platforms::azure_like(major);
    copy(&dump(100), &direct(target), &[]).done();
    assert_eq!(marks(target), expected(100));
    let (over, changes) = (&AtomicBool::new(false), &AtomicUsize::new(0));
    thread::scope(|scope| {
        for seed in 1..=3 {
            scope.spawn(move || {
                target.with_client("azadmin", "postgres", async |client| {
                    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ seed);
                    while !over.load(SeqCst) {
                        // What is not there cannot be changed, and so on: that is no failure.
                        if client.batch_execute(&dice.statement()).await.is_ok() {
                            changes.fetch_add(1, SeqCst);
                        }
                    }
                });
            });
        }
        // Whatever is found, the others must come to an end.
        let found = std::panic::catch_unwind(|| rounds(target));
        over.store(true, SeqCst);
        if let Err(found) = found {
            std::panic::resume_unwind(found);
        }
    });
    assert!(changes.load(SeqCst) > ROUNDS);
    // In the end, nothing remains.
    let done = copy(&dump(ROUNDS), &direct(target), &[]).done();
    let report: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(report["remaining"], 0);
    assert_eq!(marks(target), expected(ROUNDS));
}

fn rounds(target: &Cluster) {
    let mut last = 100;
    for round in 0..ROUNDS {
        let run = copy(&dump(round), &direct(target), &["--undo", "undo.sql"]);
        let done = run.status_of(&[0, 1, 2]);
        if done.stdout.is_empty() {
            let said = done.stderr.trim_end();
            assert!(said.starts_with("error: ") && !said.contains('\n'), "{said}");
            let is_clear = said.contains("nothing was done") || said.contains("nothing was sent");
            assert!(is_clear, "{said}");
            assert_eq!(done.run.names(), ["in.sql"], "{said}");
        } else {
            let report: Value = serde_json::from_str(&done.stdout).unwrap();
            if report["sent"] == 0 {
                assert!(done.stderr.contains("nothing was sent"), "{}", done.stderr);
            } else {
                assert_eq!(done.run.names(), ["in.sql", "undo.sql"]);
                last = round;
            }
        }
        assert_eq!(marks(target), expected(last), "{}", done.stderr);
    }
}

#[test]
fn fifteen() {
    among_others(15);
}

#[test]
fn eighteen() {
    among_others(18);
}
