//! What servers, the driver and the operating system say, as it is shown.

use std::error::Error as _;
use std::io;

use crate::name::is_hidden;

/// How much of a server's text is shown: a detail can list a hundred objects.
const MOST_CHARACTERS: usize = 10_000;

/// A text of the server's, which may be no PostgreSQL: on one line, and with nothing in it that a
/// terminal would obey.
pub fn said(text: &str) -> String {
    let mut shown = String::new();
    for (number, c) in text.chars().enumerate() {
        if number == MOST_CHARACTERS {
            shown.push('…');
            break;
        }
        if is_hidden(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

/// Why the driver has failed, in the server's words where it has said something.
pub fn why(error: &tokio_postgres::Error) -> String {
    if let Some(db) = error.as_db_error() {
        return format!("{} ({})", said(db.message()), said(db.code().code()));
    }
    match error.source() {
        Some(cause) => cause.downcast_ref().map_or_else(|| cause.to_string(), text),
        None => error.to_string(),
    }
}

/// An error in the words of the operating system, without its number.
pub(super) fn text(error: &io::Error) -> String {
    let text = error.to_string();
    let number = format!(" (os error {})", error.raw_os_error().unwrap_or_default());
    let text = text.strip_suffix(&number).unwrap_or(&text);
    let text = text.strip_prefix("failed to lookup address information: ").unwrap_or(text);
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_ascii_lowercase());
    format!("{}{}", first.map(String::from).unwrap_or_default(), characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_is_shown_on_one_line_and_not_obeyed() {
        assert_eq!(said("a\u{1b}[2J\nb\u{202e}ü"), "a\\u{1b}[2J\\nb\\u{202e}ü");
        let long = said(&"é".repeat(1 << 20));
        assert_eq!(long, format!("{}…", "é".repeat(MOST_CHARACTERS)));
    }
}
