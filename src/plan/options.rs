//! What the user wants to be done with the target.

use crate::globals::changes::Part;

/// What the user wants to be done with what the target has.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What to do with roles that exist.
    pub existing: Existing,
    /// Roles that exist may be shut out, as the source's are.
    pub allow_freeze: bool,
    /// Verifiers are sent all the same that cannot be compared, or would take the place of better ones.
    pub resend: bool,
    /// The connected role is to restore the databases without a loss: it is granted the owners, and
    /// roles that are not carried over get stand-ins.
    pub for_restore: bool,
    /// What is left out.
    pub skip: Vec<Part>,
    /// The time that expiry is judged by, in seconds since 1970.
    pub now: i64,
}

/// What to do with roles that the target already has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Existing {
    /// Set what the source says, leave what they have beyond it.
    #[default]
    Merge,
    /// Set what the source says, and remove what they have beyond it.
    Replace,
    /// Leave them as they are.
    Skip,
    /// Do nothing at all where there is one.
    Fail,
}
