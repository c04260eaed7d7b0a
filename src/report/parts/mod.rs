//! What several documents have.

pub(super) mod escaped;
pub(super) mod findings;
pub(super) mod look;
pub(super) mod markdown;
pub(super) mod places;
