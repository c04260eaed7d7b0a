//! The report as a page: what somebody signs.

use super::parts::{DatabaseState, VerifyReport};
use super::text::{cause, verb, verdict, who, write_notes};
use super::words::what;
use crate::report::diff;
use crate::report::page::{Block, Page, Section, Tone, reasons, row, to_do};
use crate::report::parts::escaped::value;
use crate::report::parts::places::UNKNOWN;

/// What is on it.
pub(super) fn page(report: &VerifyReport) -> Page<'_> {
    let facts = [("source", &report.source), ("target", &report.target)];
    let facts = facts.map(|(word, place)| (word.to_owned(), place.line(UNKNOWN)));
    let sections = [
        to_do(&report.globals.findings),
        databases(report),
        owners(report),
        privileges(report),
        row_security(report),
        properties(report),
        globals(report),
        notes(report),
        reasons(&report.globals.findings),
    ];
    Page {
        title: "Verification of the migration",
        verdict: verdict(report),
        tone: if report.complete { Tone::Good } else { Tone::Bad },
        run: &report.run,
        facts: facts.to_vec(),
        sections: sections.into_iter().flatten().collect(),
        plan: None,
    }
}

fn databases(report: &VerifyReport) -> Option<Section> {
    let rows = report.databases.iter().map(|it| {
        let state = match it.state {
            DatabaseState::Compared => "compared".to_owned(),
            DatabaseState::Missing => "missing on the target".to_owned(),
            DatabaseState::Unknown => format!("unknown: {}", it.why.join("; ")),
        };
        let missing: Vec<_> =
            it.missing.iter().map(|it| format!("{} {}", it.class.nouns().0, it.name)).collect();
        let objects = it.objects.to_string();
        row([it.name.to_string().into(), state.into(), objects.into(), missing.into()])
    });
    let columns = ["database", "state", "compared", "missing"];
    Section::table("Databases", &columns, rows.collect())
}

fn owners(report: &VerifyReport) -> Option<Section> {
    let rows = report.owners.iter().map(|it| {
        let definer = if it.security_definer { " (SECURITY DEFINER)" } else { "" };
        let object = format!("{} {}{definer}", it.object.class.nouns().0, it.object.name);
        let [owner, expected] = [&it.owner, &it.expected].map(ToString::to_string);
        let (database, remedy) = (it.database.to_string(), it.remedy.clone());
        row([database.into(), object.into(), owner.into(), expected.into(), remedy.into()])
    });
    let columns = ["database", "object", "owner", "on the source", "what to do"];
    Section::table("Owners", &columns, rows.collect())
}

fn privileges(report: &VerifyReport) -> Option<Section> {
    let mut section = Section::new("Privileges");
    for role in &report.roles {
        section.blocks.push(Block::Heading(who(role), None));
        let rows = role.changes.iter().map(|change| {
            let why = match change.because_of.as_slice() {
                [] => String::new(),
                roles => cause(roles),
            };
            let what = what(change, usize::MAX);
            let verb = verb(change.change);
            row([change.database.to_string().into(), verb.into(), what.into(), why.into()])
        });
        section.blocks.push(Block::Table(vec!["database", "", "what", "why"], rows.collect()));
    }
    (!section.blocks.is_empty()).then_some(section)
}

fn row_security(report: &VerifyReport) -> Option<Section> {
    let rows = report.row_security.iter().map(|it| {
        let object = format!("{} {}", it.object.class.nouns().0, it.object.name);
        let (found, remedy) = (it.found.clone(), it.remedy.clone());
        row([it.database.to_string().into(), object.into(), found.into(), remedy.into()])
    });
    let columns = ["database", "object", "found", "what to do"];
    Section::table("Row security", &columns, rows.collect())
}

fn properties(report: &VerifyReport) -> Option<Section> {
    let rows = report.properties.iter();
    let rows = rows.map(|it| {
        row([it.database.to_string().into(), it.found.clone().into(), it.remedy.clone().into()])
    });
    let columns = ["database", "found", "what to do"];
    Section::table("Properties of databases", &columns, rows.collect())
}

fn globals(report: &VerifyReport) -> Option<Section> {
    let rows = report.globals.differences.iter().map(|it| {
        let side = |side: &Option<String>| {
            side.as_deref().map(|it| value(it).into_owned()).unwrap_or_default()
        };
        let (left, right) = (side(&it.left), side(&it.right));
        row([diff::object(it).into(), it.field.clone().into(), left.into(), right.into()])
    });
    let columns = ["object", "what", "source", "target"];
    Section::table("Globals", &columns, rows.collect())
}

fn notes(report: &VerifyReport) -> Option<Section> {
    let mut notes = String::new();
    // Writing to a String cannot fail.
    let _ = write_notes(report, &mut notes);
    let lines: Vec<_> = notes
        .split('\n')
        .map(|line| line.trim_start().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    (!lines.is_empty()).then(|| Section::new("What else there is to know").with(Block::List(lines)))
}
