//! Why a statement cannot be taken.

/// Why a statement cannot be taken into the model.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{why}")]
pub struct Refusal {
    /// Why.
    pub why: String,
    /// The words of the statement that it is about; the statement as a whole where there are none.
    pub clause: &'static str,
}

pub(super) type Result<T> = std::result::Result<T, Refusal>;

pub(super) fn refuse<T>(why: impl Into<String>) -> Result<T> {
    Err(Refusal { why: why.into(), clause: "" })
}
