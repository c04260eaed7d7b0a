//! Why a statement cannot be taken.

use std::fmt;

/// Why a statement cannot be taken into the model.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// Why.
    pub why: String,
    /// The words of the statement that it is about; the statement as a whole where there are none.
    pub clause: &'static str,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for Refusal {}

pub(super) type Result<T> = std::result::Result<T, Refusal>;

pub(super) fn refuse<T>(why: impl Into<String>) -> Result<T> {
    Err(Refusal { why: why.into(), clause: "" })
}
