//! Tables of facts: files beside the code, which are part of the program.

use serde::de::DeserializeOwned;

/// Reads a table. Tests read all of them.
#[expect(clippy::expect_used, reason = "it is part of the program, and a test reads it")]
pub(super) fn read<T: DeserializeOwned>(text: &str) -> T {
    toml::from_str(text).expect("a table of facts")
}

/// Whether a list is sorted and has nothing twice, whatever the case; for tests.
#[cfg(test)]
pub(super) fn is_sorted(list: &[String]) -> bool {
    list.is_sorted_by(|one, other| one.to_ascii_lowercase() < other.to_ascii_lowercase())
}
