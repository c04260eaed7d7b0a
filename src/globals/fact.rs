//! Values that remember the statement that they come from.

/// The number of the statement that stated a fact, or none for one that was read from a server.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Origin(u32);

impl Origin {
    /// Read from a server's catalogs.
    pub const LIVE: Self = Self(0);

    /// The statement of this number, from 0.
    pub(super) fn statement(index: usize) -> Self {
        Self(u32::try_from(index + 1).unwrap_or(u32::MAX))
    }

    /// The number of the statement, from 0.
    pub(super) fn index(self) -> Option<usize> {
        (self.0 > 0).then(|| self.0 as usize - 1)
    }
}

/// A value and where it comes from. Equal when the values are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fact<T> {
    /// The value.
    pub value: T,
    /// The statement that stated it.
    pub origin: Origin,
}

impl<T> Fact<T> {
    /// A value stated by `origin`.
    pub const fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }
}

impl<T: PartialEq> PartialEq for Fact<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Fact<T> {}
