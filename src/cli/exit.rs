//! How a command ends.

/// How a command ended (`diff(1)`'s convention).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// What was asked for is done.
    Done = 0,
    /// Something is different that should not be.
    Different = 1,
    /// Something could not be done; it has been said.
    Trouble = 2,
}
