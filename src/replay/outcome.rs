//! What a replay did, and how far it is.

use foldhash::HashSet;

use super::error::Refusal;
use crate::finding::Subject;
use crate::plan::Step;

/// What a replay did.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// How many statements changed something; none that are left after a dry run.
    pub sent: usize,
    /// Statements that the target refused for their value, or in a dry run for whatever reason.
    pub refused: Vec<Refusal>,
}

impl Outcome {
    /// What statements were about that were refused for their value, and left out.
    pub fn left_out(&self) -> HashSet<&Subject> {
        let refused = self.refused.iter().filter(|refusal| !refusal.fatal);
        refused.map(|refusal| &refusal.object).collect()
    }
}

/// What is being done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// The transaction begins, and waits for another copy to end.
    Locking,
    /// What the target has is read once more, and the plan made again.
    Reading,
    /// Statements are sent.
    Sending,
    /// All of them are made final.
    Committing,
}

/// Who is told how far it is.
pub trait Progress {
    /// Something else begins.
    fn enter(&mut self, stage: Stage);

    /// So many statements are done, so many of them verifiers.
    fn advance(&mut self, steps: &[Step]);
}

/// Nobody.
impl Progress for () {
    fn enter(&mut self, _: Stage) {}

    fn advance(&mut self, _: &[Step]) {}
}
