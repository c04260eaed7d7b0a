//! Parts of Markdown: what the owner of a migration keeps, or signs.

use crate::words::one_line;

/// Text that is no Markdown, and stays on its line.
pub(in crate::report) fn escaped(text: &str) -> String {
    let text = one_line(text);
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = characters.next() {
        let escape = match c {
            '|' | '*' | '`' | '<' | '>' | '[' | ']' | '\\' | '#' | '~' => true,
            // Within a word it means nothing.
            '_' => {
                let word = |c: char| c.is_alphanumeric() || c == '_';
                !(word(before) && characters.peek().copied().is_some_and(word))
            }
            _ => false,
        };
        if escape {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markdown() {
        assert_eq!(
            escaped("pg_read_all_data _x_ a|b <i>\n# 1"),
            "pg_read_all_data \\_x\\_ a\\|b \\<i\\> \\# 1"
        );
    }
}
