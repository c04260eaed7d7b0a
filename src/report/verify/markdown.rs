//! The report as Markdown: what somebody signs.

use std::fmt::Write as _;
use std::io;

use super::parts::{DatabaseState, VerifyReport};
use super::text::{cause, some, verb, verdict, what, who, write_notes};
use crate::blocks::Blocks;
use crate::report::diff;
use crate::report::parts::escaped::value;
use crate::report::parts::markdown::{escaped, findings, list};
use crate::report::parts::places::{UNKNOWN, places};

/// Writes it.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(report: &VerifyReport, to: &mut dyn io::Write) -> io::Result<()> {
    let mut out = Blocks::new(to);
    out.text.push_str("# Verification of the migration\n\n");
    let mut lines = String::new();
    // Writing to a String cannot fail.
    let _ = places([("source", &report.source), ("target", &report.target)], UNKNOWN, &mut lines);
    list(&lines, &mut out.text);
    let _ = writeln!(out.text, "\n**{}**", escaped(&verdict(report)));
    databases(report, &mut out.text);
    if !report.owners.is_empty() {
        out.text.push_str(
            "\n## Owners\n\n| database | object | owner | on the source | what to do |\n| --- | --- | --- | --- | --- |\n",
        );
    }
    for it in &report.owners {
        let definer = if it.security_definer { " (SECURITY DEFINER)" } else { "" };
        let object = format!("{} {}{definer}", it.object.class.nouns().0, it.object.name);
        let [owner, expected] = [&it.owner, &it.expected].map(ToString::to_string);
        row([&it.database.to_string(), &object, &owner, &expected, &it.remedy], &mut out.text);
        out.flow()?;
    }
    if !report.roles.is_empty() {
        out.text.push_str("\n## Privileges\n");
    }
    for role in &report.roles {
        let _ = writeln!(
            out.text,
            "\n### {}\n\n| database | | what | why |\n| --- | --- | --- | --- |",
            escaped(&who(role))
        );
        for change in &role.changes {
            let why = if change.because_of.is_empty() {
                String::new()
            } else {
                cause(&change.because_of)
            };
            row(
                [&change.database.to_string(), verb(change.change), &what(change), &why],
                &mut out.text,
            );
            out.flow()?;
        }
    }
    if !report.row_security.is_empty() {
        out.text.push_str(
            "\n## Row security\n\n| database | object | found | what to do |\n| --- | --- | --- | --- |\n",
        );
    }
    for it in &report.row_security {
        let object = format!("{} {}", it.object.class.nouns().0, it.object.name);
        row([&it.database.to_string(), &object, &it.found, &it.remedy], &mut out.text);
    }
    if !report.properties.is_empty() {
        out.text.push_str(
            "\n## Properties of databases\n\n| database | found | what to do |\n| --- | --- | --- |\n",
        );
    }
    for it in &report.properties {
        row([&it.database.to_string(), &it.found, &it.remedy], &mut out.text);
    }
    globals(report, &mut out)?;
    let mut notes = String::new();
    let _ = write_notes(report, &mut notes);
    if !notes.is_empty() {
        out.text.push_str("\n## What else there is to know\n\n");
        list(&notes.replace("\n  ", "\n"), &mut out.text);
    }
    findings(&report.globals.findings, &mut out)?;
    out.finish()
}

fn row<const N: usize>(cells: [&str; N], out: &mut String) {
    let cells = cells.map(escaped);
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

fn databases(report: &VerifyReport, out: &mut String) {
    out.push_str(
        "\n## Databases\n\n| database | state | compared | missing |\n| --- | --- | --- | --- |\n",
    );
    for it in &report.databases {
        let state = match it.state {
            DatabaseState::Compared => "compared".to_owned(),
            DatabaseState::Missing => "missing on the target".to_owned(),
            DatabaseState::Unknown => format!("unknown: {}", it.why.join("; ")),
        };
        let missing: Vec<_> =
            it.missing.iter().map(|it| format!("{} {}", it.class.nouns().0, it.name)).collect();
        row([&it.name.to_string(), &state, &it.objects.to_string(), &some(&missing)], out);
    }
}

fn globals(report: &VerifyReport, out: &mut Blocks<'_>) -> io::Result<()> {
    if report.globals.differences.is_empty() {
        return Ok(());
    }
    out.text.push_str(
        "\n## Globals\n\n| object | what | source | target |\n| --- | --- | --- | --- |\n",
    );
    for it in &report.globals.differences {
        let side = |side: &Option<String>| {
            side.as_deref().map(|it| value(it).into_owned()).unwrap_or_default()
        };
        row([&diff::object(it), &it.field, &side(&it.left), &side(&it.right)], &mut out.text);
        out.flow()?;
    }
    Ok(())
}
