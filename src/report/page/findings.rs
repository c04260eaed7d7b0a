//! Findings on a page: what to do about them, and what became of which object.

use super::part::{Block, Section, ToDo, Tone, row};
use crate::finding::{About, Action, Finding, Severity};
use crate::report::parts::findings::{groups, lines, rows};

/// What is to be done by hand, with what it is about.
pub(in crate::report) fn to_do(findings: &[Finding]) -> Option<Section> {
    let mut all = Vec::new();
    for (severity, about, findings) in groups(findings) {
        if severity > Severity::Info && !about.remedy.is_empty() {
            let mut objects: Vec<_> =
                rows(&findings).map(|row| row[0].object.to_string()).collect();
            objects.dedup();
            all.push(ToDo { about: about.name, what: about.remedy.to_owned(), objects });
        }
    }
    (!all.is_empty())
        .then(|| Section::new("What remains to be done by hand").with(Block::ToDo(all)))
}

/// What was changed or left out, and why: by rule, the most severe first.
pub(in crate::report) fn reasons(findings: &[Finding]) -> Option<Section> {
    let mut section = Section::new("What was changed or left out, and why");
    for (severity, about, findings) in groups(findings) {
        let About { name: rule, why, .. } = about;
        let tone = match severity {
            Severity::Error => Some(Tone::Bad),
            Severity::Warning => Some(Tone::Fair),
            Severity::Info => None,
        };
        section.blocks.push(Block::Heading(format!("{severity}: {rule}"), tone));
        section.blocks.push(Block::Text((*why).to_owned()));
        let rows = rows(&findings).map(|all| {
            let finding = all[0];
            let mut line = String::new();
            lines(all, &mut line);
            let action = match finding.action {
                Action::Kept => "kept",
                Action::Rewritten => "rewritten",
                Action::Dropped => "dropped",
            };
            row([
                line.into(),
                finding.object.to_string().into(),
                action.into(),
                (*finding.message).into(),
            ])
        });
        let columns = vec!["line", "object", "what became of it", ""];
        section.blocks.push(Block::Table(columns, rows.collect()));
    }
    (!section.blocks.is_empty()).then_some(section)
}
