//! What a text is: a URI, a connection string, or neither.

use super::key;

/// Whether libpq takes the text for a URI.
pub(super) fn is_uri(text: &str) -> bool {
    behind_scheme(text).is_some()
}

/// What follows the scheme of a URI.
pub(super) fn behind_scheme(text: &str) -> Option<&str> {
    text.strip_prefix("postgresql://").or_else(|| text.strip_prefix("postgres://"))
}

/// Whether an argument is a connection and no file: a `postgresql://` or `postgres://` URI, or a
/// string in which a word is followed by `=` and is the name of a parameter.
///
/// The text alone decides, so that no file changes what a command means; a file named
/// `dbname=x` can be given as `./dbname=x`.
pub fn is_connection(text: &str) -> bool {
    let known = |(at, _): (usize, char)| {
        let word = text[..at].trim_end();
        let start = word.rfind(|c: char| c.is_ascii_whitespace()).map_or(0, |at| at + 1);
        key::find(&word[start..]).is_some()
    };
    is_uri(text) || text.char_indices().filter(|(_, c)| *c == '=').any(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_told_from_files() {
        for text in ["postgresql://", "postgres://h/d", "host=x", " dbname = x", "hots=x port=1"] {
            assert!(is_connection(text), "{text}");
        }
        for text in ["dump.sql", "-", "a=b.sql", "./host=x", "postgresql:", "=", ""] {
            assert!(!is_connection(text), "{text}");
        }
    }
}
