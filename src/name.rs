//! Names: what PostgreSQL calls an identifier once it is stored.

use std::borrow::Borrow;
use std::fmt;

use smol_str::SmolStr;

/// The longest identifier in bytes: `NAMEDATALEN - 1` (`src/include/pg_config_manual.h`).
pub const MAX_BYTES: usize = 63;

/// Whether a character is not seen: it ends a line, moves the cursor, turns the direction of what
/// follows, or has no width at all, so that two texts look the same and are not. No message and no
/// comment shows one as it is.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control() || (!c.is_ascii() && is_ignorable(c))
}

/// `Default_Ignorable_Code_Point` of Unicode, which are reserved ones too, the line separators, and
/// what annotates lines.
fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// A stored identifier: a role's, a database's, a tablespace's or a setting's name.
///
/// Two names are the same when their bytes are: PostgreSQL compares without case folding or
/// normalization. [`Display`](fmt::Display) is for messages: quoted where SQL would quote, with
/// control characters escaped, so that a name can neither break a line nor a terminal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(SmolStr);

impl Name {
    /// Takes `text` as it is. What must not be a name (empty, over 63 bytes, NUL) is refused by
    /// the SQL lexer before this.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(SmolStr::new(text))
    }

    /// The stored text, undecorated.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.as_str();
        let plain = text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if plain {
            return f.write_str(text);
        }
        f.write_str("\"")?;
        for c in text.chars() {
            match c {
                '"' => f.write_str("\"\"")?,
                // Blanks of other widths look like the one that everybody types.
                c if is_hidden(c) || (c != ' ' && c.is_whitespace()) || c == '\u{2800}' => {
                    write!(f, "{}", c.escape_default())?;
                }
                c => write!(f, "{c}")?,
            }
        }
        f.write_str("\"")
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl serde::Serialize for Name {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_cannot_be_broken_by_a_name() {
        let shown = |text: &str| Name::new(text).to_string();
        assert_eq!(shown("app_user1"), "app_user1");
        assert_eq!(shown("App \"x\""), "\"App \"\"x\"\"\"");
        assert_eq!(shown("new\nline\u{1b}[0m"), "\"new\\nline\\u{1b}[0m\"");
        assert_eq!(shown("日本"), "\"日本\"");
        // What follows would be read from right to left.
        assert_eq!(shown("a\u{202e}b"), "\"a\\u{202e}b\"");
        // Nothing is seen of these: no width, a soft hyphen, a tag, a byte order mark, a filler.
        for c in
            "\u{200b}\u{200d}\u{2060}\u{ad}\u{e0041}\u{feff}\u{3164}\u{fe0f}\u{a0}\u{3000}".chars()
        {
            let escaped = format!("\"a{}\"", c.escape_default());
            assert_eq!(shown(&format!("a{c}")), escaped);
        }
    }
}
