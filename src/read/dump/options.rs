//! What the user allows.

/// What the user allows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Statements that are not understood are listed and left out, as far as that is safe.
    pub drop_unknown: bool,
    /// A dump without its end marker is read as far as it goes.
    pub accept_truncated: bool,
}
