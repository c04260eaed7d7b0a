//! Which servers statements are for.

use crate::version::Major;

/// Which servers statements are for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Era {
    /// One membership, whoever granted it.
    Before16,
    /// One for each grantor.
    Since16,
}

impl Era {
    /// That of a major version.
    pub fn of(major: Major) -> Self {
        if major < Major::new(16) { Self::Before16 } else { Self::Since16 }
    }
}
