//! What must not stay behind when somebody ends the program half way: temporary files, children, and
//! doubt about what was done.
//!
//! The program's one state of its own: a signal comes from outside, whatever is being done.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How far the work is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Stage {
    /// Nothing has been changed anywhere.
    #[default]
    Before,
    /// A transaction is open on the target; it is rolled back when the connection ends.
    Sending,
    /// COMMIT is sent, or about to be.
    Committing,
    /// It was answered.
    Done,
}

enum Leftover {
    File(PathBuf),
    /// A process group, by its leader.
    #[cfg_attr(not(unix), allow(dead_code, reason = "there are no groups"))]
    Children(i32),
}

struct State {
    stage: Stage,
    next: u64,
    leftovers: BTreeMap<u64, Leftover>,
}

static STATE: Mutex<State> =
    Mutex::new(State { stage: Stage::Before, next: 0, leftovers: BTreeMap::new() });

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// As long as it is there, what it stands for goes when the program is interrupted.
#[must_use]
#[derive(Debug)]
pub struct Guard(u64);

impl Drop for Guard {
    fn drop(&mut self) {
        state().leftovers.remove(&self.0);
    }
}

fn guard(leftover: Leftover) -> Guard {
    let mut state = state();
    let number = state.next;
    state.next += 1;
    state.leftovers.insert(number, leftover);
    Guard(number)
}

/// A temporary file. Whoever makes it also removes it where nobody interrupts.
pub fn file(path: &Path) -> Guard {
    guard(Leftover::File(path.to_owned()))
}

/// A child and its children, by its process group.
pub fn children(group: i32) -> Guard {
    guard(Leftover::Children(group))
}

/// Says how far the work is.
pub fn enter(stage: Stage) {
    state().stage = stage;
}

/// Removes what would stay behind, and tells how far the work was. For whoever ends the program now.
pub fn clean() -> Stage {
    let mut state = state();
    for leftover in std::mem::take(&mut state.leftovers).into_values() {
        match leftover {
            // It may be gone already.
            Leftover::File(path) => drop(std::fs::remove_file(path)),
            #[cfg(unix)]
            Leftover::Children(group) => {
                if let Some(group) = rustix::process::Pid::from_raw(group) {
                    let kill = rustix::process::Signal::KILL;
                    let _ = rustix::process::kill_process_group(group, kill);
                }
            }
            #[cfg(not(unix))]
            Leftover::Children(_) => {}
        }
    }
    state.stage
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guarded_goes_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let [kept, gone] = ["kept", "gone"].map(|name| directory.path().join(name));
        for path in [&kept, &gone] {
            std::fs::write(path, "").unwrap();
        }
        drop(file(&kept));
        let guard = file(&gone);
        clean();
        assert!(kept.exists() && !gone.exists());
        drop(guard);
    }
}
