//! Two sides as canonical scripts, and the difference between these as a unified diff.

use std::io;

use anstyle::{AnsiColor, Effects, Style};
use similar::{ChangeTag, TextDiff};

use super::diff::DiffReport;
use super::document::Look;
use super::parts::escaped::on_one_line;
use crate::compare::Fingerprint;
use crate::finding::Severity;
use crate::globals::script::{Shape, statements};
use crate::globals::{Fact, Globals, Password};
use crate::secret::Secret;
use crate::sql::{Statement, print};
use crate::version::Major;

/// How many lines are shown around a difference, as diff(1) does.
const CONTEXT: usize = 3;

/// Writes the unified diff of two sides, whose names stand in the header; first what was left out.
///
/// # Errors
/// When it cannot be written.
pub fn write(
    report: &DiffReport,
    [left, right]: [&Globals; 2],
    major: Major,
    fingerprint: &Fingerprint,
    look: Look,
    to: &mut dyn io::Write,
) -> io::Result<()> {
    // What stands before the header is passed over by those who read such a diff.
    let words = report.left_out.words();
    if !words.is_empty() {
        writeln!(to, "# {}", words.trim_start_matches([',', ';', ' ']))?;
    }
    for finding in report.findings.iter().filter(|it| it.severity == Severity::Error) {
        let text =
            format!("error: {}: {}: {}", finding.about.name, finding.object, finding.message);
        writeln!(to, "# {}", on_one_line(&text))?;
    }
    let (left, right) = (script(left, major, fingerprint), script(right, major, fingerprint));
    let diff = TextDiff::from_lines(&left, &right);
    let style = |style: Style| if look.colours { style } else { Style::new() };
    let removed = style(AnsiColor::Red.on_default());
    let added = style(AnsiColor::Green.on_default());
    let hunk = style(AnsiColor::Cyan.on_default());
    let mut header = false;
    for group in diff.grouped_ops(CONTEXT) {
        if !header {
            write!(to, "--- {}", report.left.title())?;
            if let Some(platform) = &report.as_platform {
                write!(to, ", as it would be on {platform}")?;
            }
            writeln!(to, "\n+++ {}", report.right.title())?;
            header = true;
        }
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let range = |from: usize, end: usize| match end - from {
            1 => format!("{}", from + 1),
            0 => format!("{from},0"),
            count => format!("{},{count}", from + 1),
        };
        let old = range(first.old_range().start, last.old_range().end);
        let new = range(first.new_range().start, last.new_range().end);
        writeln!(to, "{hunk}@@ -{old} +{new} @@{hunk:#}")?;
        for op in &group {
            for change in diff.iter_inline_changes(op) {
                let (sign, style) = match change.tag() {
                    ChangeTag::Delete => ('-', removed),
                    ChangeTag::Insert => ('+', added),
                    ChangeTag::Equal => (' ', Style::new()),
                };
                write!(to, "{style}{sign}{style:#}")?;
                for (is_changed, text) in change.iter_strings_lossy() {
                    let text = text.trim_end_matches('\n');
                    let strong = if look.colours && is_changed {
                        style.effects(Effects::BOLD | Effects::UNDERLINE)
                    } else {
                        style
                    };
                    write!(to, "{strong}{text}{strong:#}")?;
                }
                writeln!(to)?;
            }
        }
    }
    Ok(())
}

/// One statement a line; verifiers by their fingerprint.
fn script(globals: &Globals, major: Major, fingerprint: &Fingerprint) -> String {
    let mut globals = globals.clone();
    for role in globals.roles.values_mut() {
        if let Password::Is(fact) = &role.password {
            let shown = Secret::new(&fingerprint.of(&fact.value));
            role.password = Password::Is(Fact::new(shown, fact.origin));
        }
        // It means the same as none.
        if role.valid_until.as_ref().is_some_and(|until| until.value.is_infinite()) {
            role.valid_until = None;
        }
        // The same moment is the same text.
        if let Some(until) = &mut role.valid_until {
            until.value = until.value.in_utc();
        }
        role.connection_limit = role.connection_limit.filter(|limit| limit.value != -1);
    }
    let mut out = String::new();
    let mut push = |statement: &Statement<'_>| {
        let mut text = String::new();
        print(statement, &mut text);
        out.push_str(&on_one_line(&text));
        out.push_str(";\n");
    };
    for (_, statement) in
        statements(&globals, Shape { major, if_not_exists: false, admin: None, once: None })
    {
        match statement {
            Statement::DatabaseGuard { statements, .. } => statements.iter().for_each(&mut push),
            // Each member by itself: a new one changes no line of the others.
            Statement::GrantRole { roles, members, options, granted_by } => {
                for member in members {
                    let (roles, members) = (roles.clone(), vec![member]);
                    let granted_by = granted_by.clone();
                    push(&Statement::GrantRole { roles, members, options, granted_by });
                }
            }
            other => push(&other),
        }
    }
    out
}
