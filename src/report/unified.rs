//! Two sides as canonical scripts, and the difference between these as a unified diff.

use std::io;

use anstyle::{AnsiColor, Effects, Style};
use similar::{ChangeTag, TextDiff};

use super::difference::Fingerprint;
use super::one_line;
use super::text::Look;
use crate::globals::script::{Shape, statements};
use crate::globals::{Fact, Globals, Password};
use crate::secret::Secret;
use crate::sql::print;
use crate::version::Major;

/// How many lines are shown around a difference, as diff(1) does.
const CONTEXT: usize = 3;

/// Writes the unified diff of two sides, whose names stand in the header.
///
/// # Errors
/// When it cannot be written.
pub fn write(
    sides: [(&str, &Globals); 2],
    major: Major,
    fingerprint: &Fingerprint,
    look: Look,
    to: &mut dyn io::Write,
) -> io::Result<()> {
    let [(left_name, left), (right_name, right)] = sides;
    let (left, right) = (script(left, major, fingerprint), script(right, major, fingerprint));
    let diff = TextDiff::from_lines(&left, &right);
    let style = |style: Style| if look.colours { style } else { Style::new() };
    let removed = style(AnsiColor::Red.on_default());
    let added = style(AnsiColor::Green.on_default());
    let hunk = style(AnsiColor::Cyan.on_default());
    let mut header = false;
    for group in diff.grouped_ops(CONTEXT) {
        if !header {
            writeln!(to, "--- {}\n+++ {}", one_line(left_name), one_line(right_name))?;
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

/// One statement a line, apart from values with line ends in them; verifiers by their fingerprint.
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
    }
    let mut out = String::new();
    for (_, statement) in statements(&globals, Shape { major, if_not_exists: false }) {
        print(&statement, &mut out);
        out.push_str(";\n");
    }
    out
}
