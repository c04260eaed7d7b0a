//! What a statement was.

/// What a statement was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kept {
    /// About the globals: it is in the model now.
    Globals,
    /// About the session only.
    Session,
    /// About a database: not among the globals.
    Database,
}
