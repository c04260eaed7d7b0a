//! How far a copy is, on a terminal and where it takes a while.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::globals::script::Phase;
use crate::plan::Step;
use crate::replay::{self, Stage};

/// What a verifier costs a server in comparison with any other statement (10 to 20 ms, measured; a
/// tenth of a millisecond for the others).
const VERIFIER: u64 = 150;

/// The work from which on there is something to watch: about a second.
const LONG: u64 = 10_000;

/// The same in statements: of an administrator without superuser each costs the more the more roles it
/// administers (16 and later), before anything is sent, too.
const MANY: usize = 300;

/// A line that says what is being done, from the beginning on: with a bar that counts work, not statements, so
/// that what it says about the rest holds.
pub(super) struct Progress(Option<Line>);

struct Line {
    bar: ProgressBar,
    /// How many statements of each phase there are, and how many are done.
    phases: BTreeMap<Phase, (usize, usize)>,
}

impl Progress {
    /// For these statements.
    pub(super) fn of(steps: &[Step]) -> Self {
        let work = work(steps);
        if (work < LONG && steps.len() < MANY) || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let mut phases: BTreeMap<Phase, (usize, usize)> = BTreeMap::new();
        for step in steps {
            phases.entry(step.phase).or_default().0 += 1;
        }
        let bar = ProgressBar::new(work);
        bar.enable_steady_tick(TICK);
        Self(Some(Line { bar, phases }))
    }

    /// For what goes before the plan, of a source with so many roles.
    pub(super) fn before(roles: usize) -> Self {
        if roles < MANY || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::new_spinner();
        bar.enable_steady_tick(TICK);
        Self(Some(Line { bar, phases: BTreeMap::new() }))
    }

    /// What is being done is not about single statements.
    pub(super) fn say(&self, what: &'static str) {
        if let Some(line) = &self.0 {
            line.style(WAITING);
            line.bar.set_message(what);
        }
    }
}

impl Line {
    fn style(&self, template: &str) {
        // Checked by a test.
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }

    /// `roles: 300 of 3000`.
    fn count(&self, phase: Phase) {
        let (all, done) = self.phases.get(&phase).copied().unwrap_or_default();
        self.bar.set_message(format!("{}: {done} of {all}", word(phase)));
    }
}

/// How often the line shows that the program is alive.
const TICK: Duration = Duration::from_millis(200);

const SENDING: &str = "{msg} {wide_bar} {percent}%, {eta} left";

const WAITING: &str = "{spinner} {msg}, since {elapsed}";

impl replay::Progress for Progress {
    fn enter(&mut self, stage: Stage) {
        self.say(match stage {
            Stage::Locking => "waiting for the lock of the target",
            Stage::Reading => "reading the target once more",
            Stage::Committing => "committing",
            Stage::Sending => {
                let Some(line) = &self.0 else { return };
                line.style(SENDING);
                if let Some(first) = line.phases.keys().next() {
                    line.count(*first);
                }
                return;
            }
        });
    }

    fn advance(&mut self, steps: &[Step]) {
        let Some(line) = &mut self.0 else { return };
        for step in steps {
            if let Some((_, done)) = line.phases.get_mut(&step.phase) {
                *done += 1;
            }
        }
        line.bar.inc(work(steps));
        // What is on its way by now.
        let is_left = |it: &(&Phase, &(usize, usize))| it.1.1 < it.1.0;
        if let Some((phase, _)) = line.phases.iter().find(is_left) {
            line.count(*phase);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(line) = &self.0 {
            line.bar.finish_and_clear();
        }
    }
}

/// What the statements of a phase are about.
const fn word(phase: Phase) -> &'static str {
    match phase {
        Phase::Revokes => "revokes",
        Phase::Roles => "roles",
        Phase::Passwords => "passwords",
        Phase::Settings => "settings",
        Phase::DatabaseSettings => "settings in databases",
        Phase::Comments => "comments",
        Phase::SecurityLabels => "security labels",
        Phase::Memberships => "memberships",
        Phase::SessionRoles => "roles of sessions",
        Phase::Parameters => "parameter privileges",
        Phase::TablespaceChanges | Phase::Tablespaces => "tablespaces",
        Phase::Drops => "dropped roles",
    }
}

fn work(steps: &[Step]) -> u64 {
    steps.iter().map(|step| if step.is_secret() { VERIFIER } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_some() {
        for template in [SENDING, WAITING] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }
}
