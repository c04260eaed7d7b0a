//! A page as Markdown.

use std::fmt::Write as _;
use std::io;

use super::part::{Block, Page, ToDo};
use crate::blocks::Blocks;
use crate::report::parts::escaped::on_one_line;
use crate::report::parts::markdown::escaped;

/// Writes it as Markdown. What a table holds goes as it is made.
///
/// # Errors
/// When it cannot be written.
pub(in crate::report) fn write(page: &Page<'_>, to: &mut dyn io::Write) -> io::Result<()> {
    let mut out = Blocks::new(to);
    // Writing to a String cannot fail.
    let _ = writeln!(out.text, "# {}\n\n**{}**\n", page.title, escaped(&page.verdict));
    for (word, text) in page.head() {
        let _ = writeln!(out.text, "- {}: {}", escaped(word), escaped(&text));
    }
    for section in &page.sections {
        let _ = writeln!(out.text, "\n## {}", escaped(&section.title));
        for block in &section.blocks {
            self::block(block, &mut out)?;
        }
    }
    out.finish()
}

fn block(block: &Block, out: &mut Blocks<'_>) -> io::Result<()> {
    out.text.push('\n');
    // Writing to a String cannot fail.
    match block {
        Block::Heading(text, _) => {
            let _ = writeln!(out.text, "### {}", escaped(text));
        }
        Block::Text(text) => {
            let _ = writeln!(out.text, "{}", escaped(text));
        }
        Block::List(lines) => {
            for line in lines {
                let _ = writeln!(out.text, "- {}", escaped(line));
                out.flow()?;
            }
        }
        Block::ToDo(all) => {
            for ToDo { about, what, objects } in all {
                let _ = write!(out.text, "- [ ] {}: {}", escaped(about), escaped(what));
                for (at, object) in objects.iter().enumerate() {
                    let _ = write!(
                        out.text,
                        "{}{}",
                        if at == 0 { ": " } else { ", " },
                        escaped(object)
                    );
                    out.flow()?;
                }
                out.text.push('\n');
            }
        }
        Block::Table(columns, rows) => {
            let _ = writeln!(out.text, "| {} |", columns.join(" | "));
            let _ = writeln!(out.text, "|{}", " --- |".repeat(columns.len()));
            for row in rows {
                let cells: Vec<_> = row.iter().map(|cell| escaped(&cell.0.join("; "))).collect();
                let _ = writeln!(out.text, "| {} |", cells.join(" | "));
                out.flow()?;
            }
        }
        Block::Picture(_, mermaid) => {
            let _ = writeln!(out.text, "```mermaid\n{mermaid}```");
        }
        Block::Statements(title, statements) => {
            let shown: Vec<_> = statements.iter().map(|it| on_one_line(it)).collect();
            // Nothing in them ends the block.
            let longest = shown.iter().map(|it| backticks(it)).max().unwrap_or_default();
            let fence = "`".repeat(longest.max(2) + 1);
            let _ = writeln!(out.text, "{}\n\n{fence}sql", escaped(title));
            for statement in shown {
                let _ = writeln!(out.text, "{statement};");
                out.flow()?;
            }
            let _ = writeln!(out.text, "{fence}");
        }
    }
    Ok(())
}

/// How many backticks stand in a row.
fn backticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}
