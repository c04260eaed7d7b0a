//! Mistakes in a dump, with the line that they are in.

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::name::is_hidden;
use crate::read::Mistake;

/// A line longer than this is cut round the place.
const WIDTH: usize = 120;

/// How many mistakes are shown with their line; the others have one line each.
const SHOWN: usize = 10;

/// All mistakes as text with colours, and how many more there are. A way out is told once.
pub fn render_all(mistakes: &[Mistake], more: usize, file: &str) -> String {
    let mut out = String::new();
    let mut helps: Vec<&str> = Vec::new();
    let (first, others) = mistakes.split_at(SHOWN.min(mistakes.len()));
    for mistake in first {
        let is_new = mistake.help.is_some_and(|help| !helps.contains(&help));
        helps.extend(mistake.help);
        let help = mistake.help.filter(|_| is_new);
        out.push_str(&render(&Mistake { help, ..mistake.clone() }, file));
        out.push('\n');
    }
    for Mistake { place, message, .. } in others {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{file}:{place}: {message}");
    }
    if more > 0 {
        let _ = writeln!(out, "… and {more} more");
    }
    if !others.is_empty() {
        out.push('\n');
    }
    out
}

/// The mistake as text with colours.
fn render(mistake: &Mistake, file: &str) -> String {
    let column = mistake.place.column as usize - 1;
    let (line, column) = window(&mistake.line, column);
    let shown = column + 1;
    let at = line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    let width = line[at..].chars().next().map_or(0, char::len_utf8);
    let snippet = Snippet::source(line.as_str())
        .line_start(mistake.place.line as usize)
        .path(file)
        .annotation(AnnotationKind::Primary.span(at..at + width));
    let mut group = Level::ERROR.primary_title(mistake.message.as_str()).element(snippet);
    if let Some(help) = mistake.help {
        group = group.element(Level::HELP.message(help));
    }
    let text = format!("{}\n", Renderer::styled().render(&[group]));
    // It counts from the beginning of what is shown of a long line.
    text.replacen(
        &format!("{file}:{}:{shown}", mistake.place.line),
        &format!("{file}:{}", mistake.place),
        1,
    )
}

/// The part of a long line round `column`, and the column in it.
fn window(line: &str, column: usize) -> (String, usize) {
    // Control characters would reach the terminal.
    let clean = |c: char| if is_hidden(c) { ' ' } else { c };
    let count = line.chars().count();
    if count <= WIDTH {
        return (line.chars().map(clean).collect(), column);
    }
    let start = column.saturating_sub(WIDTH / 2).min(count - WIDTH);
    (line.chars().skip(start).take(WIDTH).map(clean).collect(), column - start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Place;

    #[test]
    fn shows_the_line_with_a_caret() {
        let mistake = Mistake {
            place: Place { line: 12, column: 14 },
            message: "expected a role option".to_owned(),
            line: "ALTER ROLE é FROB;".to_owned(),
            help: Some("take it out"),
        };
        let text = anstream::adapter::strip_str(&render(&mistake, "dump.sql")).to_string();
        assert_eq!(
            text,
            "error: expected a role option\n  --> dump.sql:12:14\n   |\n12 | ALTER ROLE é FROB;\n   |              ^\n   |\n   = help: take it out\n"
        );
    }

    #[test]
    fn columns_count_the_whole_line() {
        let mistake = Mistake {
            place: Place { line: 2, column: 601 },
            message: "m".to_owned(),
            line: "x".repeat(1_000),
            help: None,
        };
        let text = anstream::adapter::strip_str(&render(&mistake, "dump.sql")).to_string();
        assert!(text.contains(" dump.sql:2:601\n"), "{text}");
    }

    #[test]
    fn long_lines_are_cut() {
        let (line, column) = window(&"x".repeat(1_000), 600);
        assert_eq!((line.len(), column), (WIDTH, WIDTH / 2));
        assert_eq!(window("a\u{1b}b", 1), ("a b".to_owned(), 1));
    }
}
