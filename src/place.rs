//! Places in a text that was read.

use std::fmt;

/// A place in the input: line and column, both from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

impl Place {
    /// The place `offset` bytes into `text`, where `text` itself begins at `self`.
    /// An offset beyond the end gives the place of the end.
    #[must_use]
    pub fn advanced(self, text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let newlines = memchr::memchr_iter(b'\n', before.as_bytes()).count();
        let line = self.line.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
        let (last, base) = match before.rfind('\n') {
            Some(at) => (&before[at + 1..], 1),
            None => (before, self.column),
        };
        let characters = u32::try_from(last.chars().count()).unwrap_or(u32::MAX);
        Self { line, column: base.saturating_add(characters) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_characters() {
        let start = Place { line: 10, column: 4 };
        let text = "ab\nüx;";
        assert_eq!(start.advanced(text, 2), Place { line: 10, column: 6 });
        assert_eq!(start.advanced(text, 3), Place { line: 11, column: 1 });
        assert_eq!(start.advanced(text, 5), Place { line: 11, column: 2 });
        assert_eq!(start.advanced(text, 99), Place { line: 11, column: 4 });
    }
}
