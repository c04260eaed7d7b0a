//! How far a copy is, on a terminal and where it takes a while.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};

use crate::plan::Step;
use crate::replay;

/// What a verifier costs a server in comparison with any other statement (10 to 20 ms, measured; a
/// tenth of a millisecond for the others).
const VERIFIER: u64 = 150;

/// The work from which on there is something to watch: about a second.
const LONG: u64 = 10_000;

/// A bar that counts work, not statements, so that what it says about the rest holds.
pub(super) struct Progress(Option<ProgressBar>);

impl Progress {
    /// For these statements.
    pub(super) fn of(steps: &[Step]) -> Self {
        let work = work(steps);
        if work < LONG || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::new(work);
        // Checked by a test.
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        Self(Some(bar))
    }
}

const TEMPLATE: &str = "sending {wide_bar} {percent}%, {eta} left";

impl replay::Progress for Progress {
    fn advance(&mut self, steps: &[Step]) {
        if let Some(bar) = &self.0 {
            bar.inc(work(steps));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

fn work(steps: &[Step]) -> u64 {
    steps.iter().map(|step| if step.is_secret() { VERIFIER } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_one() {
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
    }
}
