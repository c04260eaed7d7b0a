//! Parts of Markdown: what the owner of a migration keeps, or signs.

use std::fmt::Write as _;
use std::io;

use super::findings::{groups, lines, rows};
use crate::blocks::Blocks;
use crate::finding::{About, Action, Finding, Severity};
use crate::words::{one_line, plural};

/// Lines as the items of a list.
pub(in crate::report) fn list(lines: &str, out: &mut String) {
    for line in lines.split('\n').filter(|line| !line.is_empty()) {
        let _ = writeln!(out, "- {}", escaped(line));
    }
}

/// What remains to be done, then all findings by rule.
pub(in crate::report) fn findings(all: &[Finding], out: &mut Blocks<'_>) -> io::Result<()> {
    let groups = groups(all);
    let mut to_do = String::new();
    for (severity, about, findings) in &groups {
        let About { name: rule, remedy, .. } = about;
        if *severity > Severity::Info && !remedy.is_empty() {
            let count = plural(rows(findings).count(), "object");
            let _ = writeln!(to_do, "- [ ] {}: {} ({count})", escaped(rule), escaped(remedy));
        }
    }
    if !to_do.is_empty() {
        let _ = write!(out.text, "\n## What remains to be done by hand\n\n{to_do}");
    }
    if !groups.is_empty() {
        out.text.push_str("\n## Findings\n");
    }
    for (severity, about, findings) in groups {
        let About { name: rule, why, .. } = about;
        let _ = write!(
            out.text,
            "\n### {severity}: {}\n\n{}\n\n| line | object | what became of it | |\n| --- | --- | --- | --- |\n",
            escaped(rule),
            escaped(why)
        );
        for row in rows(&findings) {
            let finding = row[0];
            let action = match finding.action {
                Action::Kept => "kept",
                Action::Rewritten => "rewritten",
                Action::Dropped => "dropped",
            };
            let mut line = String::new();
            lines(row, &mut line);
            let name = escaped(&finding.object.to_string());
            let message = escaped(&finding.message);
            let _ = writeln!(out.text, "| {line} | {name} | {action} | {message} |");
            out.flow()?;
        }
    }
    Ok(())
}

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
