//! Reports as Markdown: what the owner of a migration keeps, or signs.

use std::fmt::Write as _;
use std::io;

use super::Report;
use super::copy::{self, CopyReport};
use super::diff::{self, DiffReport};
use super::escaped::value;
use super::text::{Look, groups, head, lines, rows};
use crate::blocks::Blocks;
use crate::finding::{About, Action, Finding, Severity};
use crate::words::{one_line, plural};

/// Writes what a conversion did.
///
/// # Errors
/// When it cannot be written.
pub fn write_convert(report: &Report, to: &mut dyn io::Write) -> io::Result<()> {
    let mut out = Blocks::new(to);
    out.text.push_str("# Conversion of the globals\n\n");
    let mut lines = String::new();
    // Writing to a String cannot fail.
    let _ = head(report, &mut lines);
    list(&lines, &mut out.text);
    findings(&report.findings, &mut out)?;
    out.finish()
}

/// Writes what a copy did.
///
/// # Errors
/// When it cannot be written.
pub fn write_copy(report: &CopyReport, to: &mut dyn io::Write) -> io::Result<()> {
    let mut out = Blocks::new(to);
    out.text.push_str("# Copy of the globals\n\n");
    let mut lines = String::new();
    let _ = copy::places(
        [("source", &report.source), ("target", &report.target)],
        copy::UNKNOWN,
        &mut lines,
    );
    lines.push_str(&copy::result(report));
    list(&lines, &mut out.text);
    findings(&report.findings, &mut out)?;
    if !report.changes.is_empty() {
        let title = if report.dry_run { "What would be changed" } else { "What was to be changed" };
        let _ = write!(out.text, "\n## {title}\n\n");
        for change in &report.changes {
            let _ = writeln!(out.text, "- {}", escaped(&change.description));
            out.flow()?;
        }
    }
    out.finish()
}

/// Writes what differs, as for a pull request.
///
/// # Errors
/// When it cannot be written.
pub fn write_diff(report: &DiffReport, to: &mut dyn io::Write) -> io::Result<()> {
    let mut out = Blocks::new(to);
    out.text.push_str("# Differences of the globals\n\n");
    let mut lines = String::new();
    let plain = Look { colours: false, shorten: false, brief: false };
    // Writing to a String cannot fail.
    let _ = diff::sides(report, ["left: ", "right: "], &mut lines);
    let _ = diff::summary(report, plain, &mut lines);
    list(&lines, &mut out.text);
    if !report.differences.is_empty() {
        out.text.push_str(
            "\n## What is different\n\n| | object | what | left | right |\n| --- | --- | --- | --- | --- |\n",
        );
    }
    for difference in &report.differences {
        let sign = match (&difference.left, &difference.right) {
            (None, _) => '+',
            (_, None) => '\u{2212}',
            _ => '~',
        };
        let object = diff::object(difference);
        let side = |side: &Option<String>| {
            side.as_deref().map(|it| escaped(&value(it))).unwrap_or_default()
        };
        let (object, field) = (escaped(&object), escaped(&difference.field));
        let (left, right) = (side(&difference.left), side(&difference.right));
        let _ = writeln!(out.text, "| {sign} | {object} | {field} | {left} | {right} |");
        out.flow()?;
    }
    findings(&report.findings, &mut out)?;
    out.finish()
}

/// Lines as the items of a list.
fn list(lines: &str, out: &mut String) {
    for line in lines.split('\n').filter(|line| !line.is_empty()) {
        let _ = writeln!(out, "- {}", escaped(line));
    }
}

/// What remains to be done, then all findings by rule.
fn findings(all: &[Finding], out: &mut Blocks<'_>) -> io::Result<()> {
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
pub(super) fn escaped(text: &str) -> String {
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
