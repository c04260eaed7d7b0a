//! The report as text.

use std::fmt::{self, Write as _};
use std::io;

use super::parts::{
    AcceptedReport, DatabaseState, Direction, LeftBehindReport, OwnerReport, RoleReport,
    VerifyReport,
};
use super::restore;
use super::words::{NAMED, some, what};
use crate::blocks::Blocks;
use crate::compare::Difference;
use crate::finding::Severity;
use crate::name::Name;
use crate::plan;
use crate::report::parts::findings;
use crate::report::parts::look::{bold, severity_style};
use crate::report::parts::places::{UNKNOWN, places};
use crate::report::{Look, diff};
use crate::verify::Class;
use crate::words::{plural, visible};

/// What is said where all grants on an object are gone.
pub(super) fn cause(because_of: &[Name]) -> String {
    format!(
        "pg_restore sends all grants of an object as one command, and these also name {}, which the target does not have",
        some(because_of)
    )
}

/// Writes it.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(report: &VerifyReport, look: Look, to: &mut dyn io::Write) -> io::Result<()> {
    let mut out = Blocks::new(to);
    // Writing to a String cannot fail.
    let _ =
        places([("source", &report.source), ("target", &report.target)], UNKNOWN, &mut out.text);
    let _ = owners(report, true, look, &mut out.text);
    let _ = databases(report, look, &mut out.text);
    let _ = globals(report, look, &mut out.text);
    findings::all(&report.globals.findings, look, &mut out)?;
    for role in &report.roles {
        let _ = role_lines(role, look, &mut out.text);
        out.flow()?;
    }
    let _ = owners(report, false, look, &mut out.text);
    let _ = row_security(report, look, &mut out.text);
    let _ = properties(report, look, &mut out.text);
    let mut notes = String::new();
    let _ = write_notes(report, &mut notes);
    if !notes.is_empty() {
        out.text.push('\n');
        out.text.push_str(&notes);
    }
    let bold = bold(look.colours);
    let _ = writeln!(out.text, "\n{bold}{}{bold:#}{}", verdict(report), advice(report));
    out.finish()
}

/// Begins a section.
fn title(severity: Severity, look: Look, out: &mut String) -> fmt::Result {
    let style = severity_style(severity, look.colours);
    write!(out, "\n{style}{severity}{style:#}: ")
}

/// A remedy; statements may hold any name.
fn remedy(text: &str, out: &mut String) -> fmt::Result {
    writeln!(out, "    = {}", visible(text))
}

fn owners(report: &VerifyReport, definer: bool, look: Look, out: &mut String) -> fmt::Result {
    let all: Vec<&OwnerReport> =
        report.owners.iter().filter(|it| it.security_definer == definer).collect();
    if all.is_empty() {
        return Ok(());
    }
    title(Severity::Error, look, out)?;
    if definer {
        let run = if all.len() == 1 { "function or view runs" } else { "functions and views run" };
        writeln!(out, "{} {run} with the rights of another role", all.len())?;
    } else {
        let verb = if all.len() == 1 { "belongs" } else { "belong" };
        writeln!(out, "{} {verb} to another role", plural(all.len(), "object"))?;
    }
    for it in all {
        let OwnerReport { database, object, owner, expected, .. } = it;
        let noun = object.class.nouns().0;
        let how = match object.class {
            _ if !definer => "",
            Class::View => "looks with its owner's rights and ",
            _ => "is SECURITY DEFINER and ",
        };
        write!(out, "  in {database}: {noun} {} {how}belongs to {owner}, ", object.name)?;
        if owner == expected {
            out.push_str("which on the source is a role that is not carried over\n");
        } else {
            writeln!(out, "and should belong to {expected}")?;
        }
        remedy(&it.remedy, out)?;
    }
    Ok(())
}

fn databases(report: &VerifyReport, look: Look, out: &mut String) -> fmt::Result {
    for database in &report.databases {
        let name = &database.name;
        if database.state == DatabaseState::Missing {
            title(Severity::Error, look, out)?;
            writeln!(out, "database {name} is missing on the target")?;
        }
        for why in &database.why {
            title(Severity::Error, look, out)?;
            writeln!(out, "database {name} is unknown: {}", visible(why))?;
        }
        if database.missing.is_empty() {
            continue;
        }
        title(Severity::Error, look, out)?;
        writeln!(out, "in {name}, {} missing on the target", are(database.missing.len()))?;
        for chunk in database.missing.chunk_by(|one, next| one.class == next.class) {
            let names: Vec<_> = chunk.iter().map(|it| it.name.clone()).collect();
            let (one, several) = chunk[0].class.nouns();
            let noun = if names.len() == 1 { one } else { several };
            writeln!(out, "  {noun} {}", some(&names))?;
        }
        writeln!(out, "  = restore them: pg_restore names what it could not create")?;
    }
    Ok(())
}

fn are(count: usize) -> String {
    format!("{} {}", plural(count, "object"), if count == 1 { "is" } else { "are" })
}

fn globals(report: &VerifyReport, look: Look, out: &mut String) -> fmt::Result {
    let all = &report.globals.differences;
    if all.is_empty() {
        return Ok(());
    }
    title(Severity::Error, look, out)?;
    writeln!(
        out,
        "{} of the globals: {} (source -> target)",
        plural(all.len(), "difference"),
        Difference::kinds(all)
    )?;
    for difference in all {
        out.push_str("  ");
        diff::line(difference, look, out)?;
    }
    writeln!(
        out,
        "  = pg_globals copy SOURCE TARGET brings what is missing; where it was run before, with the options that it had then"
    )
}

/// The role with those who have its privileges through it.
pub(super) fn who(role: &RoleReport) -> String {
    let Some(name) = &role.role else { return "PUBLIC (every role)".to_owned() };
    match role.members.len() {
        0 => format!("role {name}"),
        count => format!("role {name} ({}: {})", plural(count, "member"), some(&role.members)),
    }
}

pub(super) const fn verb(change: Direction) -> &'static str {
    match change {
        Direction::Lost => "lost",
        Direction::Gained => "gained",
    }
}

fn role_lines(role: &RoleReport, look: Look, out: &mut String) -> fmt::Result {
    title(Severity::Error, look, out)?;
    writeln!(out, "{}", who(role))?;
    let name = role.role.as_ref().map_or_else(|| "PUBLIC".to_owned(), ToString::to_string);
    for change in &role.changes {
        writeln!(
            out,
            "  in {}: {name} {} {}",
            change.database,
            verb(change.change),
            what(change, NAMED)
        )?;
        if !change.because_of.is_empty() {
            writeln!(out, "    {}", cause(&change.because_of))?;
        }
    }
    Ok(())
}

fn row_security(report: &VerifyReport, look: Look, out: &mut String) -> fmt::Result {
    if report.row_security.is_empty() {
        return Ok(());
    }
    title(Severity::Error, look, out)?;
    writeln!(out, "row security, or with whose rights something runs, is not as on the source")?;
    for it in &report.row_security {
        let noun = it.object.class.nouns().0;
        writeln!(out, "  in {}: {noun} {} {}", it.database, it.object.name, it.found)?;
        remedy(&it.remedy, out)?;
    }
    Ok(())
}

fn properties(report: &VerifyReport, look: Look, out: &mut String) -> fmt::Result {
    if report.properties.is_empty() {
        return Ok(());
    }
    title(Severity::Error, look, out)?;
    writeln!(out, "databases are not as on the source")?;
    for it in &report.properties {
        writeln!(out, "  {}: {}", it.database, visible(&it.found))?;
        remedy(&it.remedy, out)?;
    }
    Ok(())
}

/// What is worth knowing and no difference, a line each.
pub(super) fn write_notes(report: &VerifyReport, out: &mut String) -> fmt::Result {
    let globals = &report.globals;
    if !globals.not_carried.is_empty() {
        let all = globals.not_carried.iter();
        let all: Vec<_> =
            all.map(|it| format!("{} ({})", plural(it.count, it.kind.noun()), it.rule)).collect();
        writeln!(out, "not carried over: {}", all.join(", "))?;
    }
    if !report.left_behind.is_empty() {
        writeln!(out, "expected to be gone, of roles that are not carried over:")?;
        for chunk in report.left_behind.chunk_by(|one, next| one.role == next.role) {
            writeln!(out, "  {}", left_behind(chunk))?;
        }
    }
    let count = globals.without_password.len();
    if count > 0 {
        let names = some(&globals.without_password);
        let verb = if count == 1 { "has" } else { "have" };
        writeln!(out, "{} {verb} no password on the target: {names}", plural(count, "login role"))?;
    }
    if globals.hidden_passwords > 0 {
        writeln!(
            out,
            "the passwords of {} could not be compared, since verifiers are hidden",
            plural(globals.hidden_passwords, "role")
        )?;
    }
    if globals.extra > 0 {
        let all = globals.gained.iter().map(one_line_of).collect::<Vec<_>>();
        let what = if all.is_empty() { String::new() } else { format!(": {}", some(&all)) };
        writeln!(
            out,
            "roles of the target have {} beyond the source{what}",
            plural(globals.extra, "thing")
        )?;
    }
    for database in report.databases.iter().filter(|it| !it.only_on_target.is_empty()) {
        let all = database.only_on_target.iter();
        let names: Vec<_> = all.map(|it| format!("{} {}", it.class.nouns().0, it.name)).collect();
        writeln!(out, "in {}, only on the target: {}", database.name, some(&names))?;
    }
    accepted(&report.accepted, out)?;
    restore::write(report, out)
}

/// What was found, and is meant.
fn accepted(all: &[AcceptedReport], out: &mut String) -> fmt::Result {
    let total: usize = all.iter().map(|it| it.count).sum();
    if total == 0 {
        return Ok(());
    }
    let some_of = all.iter().filter(|it| it.count > 0);
    let parts: Vec<_> =
        some_of.map(|it| format!("{}: {}", visible(&it.pattern), it.count)).collect();
    writeln!(out, "accepted with --accept: {} ({})", plural(total, "difference"), parts.join(", "))
}

/// An attribute or a membership that only the target has: `role app: BYPASSRLS`.
fn one_line_of(difference: &Difference) -> String {
    let object = diff::object(difference);
    if difference.is_whole() { object } else { format!("{object}: {}", visible(&difference.field)) }
}

/// What one role had in several databases.
fn left_behind(all: &[LeftBehindReport]) -> String {
    let sum = |part: fn(&LeftBehindReport) -> usize| all.iter().map(part).sum::<usize>();
    let counts = [
        (sum(|it| it.granted), "privileges on", "object", "objects"),
        (sum(|it| it.owned), "ownership of", "object", "objects"),
        (sum(|it| it.policies), "a place in", "policy", "policies"),
    ];
    let some_of = counts.into_iter().filter(|(count, ..)| *count > 0);
    let parts: Vec<_> = some_of
        .map(|(count, what, one, several)| {
            format!("{what} {count} {}", if count == 1 { one } else { several })
        })
        .collect();
    let databases: Vec<_> = all.iter().map(|it| &it.database).collect();
    let role = all.first().map(|it| it.role.to_string()).unwrap_or_default();
    format!("{role}: {} (in {})", parts.join(", "), some(&databases))
}

/// The answer, in one line.
pub(super) fn verdict(report: &VerifyReport) -> String {
    let databases = report.databases.len();
    let objects: usize = report.databases.iter().map(|it| it.objects).sum();
    let compared = format!("{} in {}", plural(objects, "object"), plural(databases, "database"));
    if report.complete {
        let accepted: usize = report.accepted.iter().map(|it| it.count).sum();
        let but = match accepted {
            0 => String::new(),
            count => format!(", but for {} that --accept names", plural(count, "difference")),
        };
        return format!("complete: {compared} are as on the source{but}");
    }
    let state = |state| report.databases.iter().filter(|it| it.state == state).count();
    let missing: usize = report.databases.iter().map(|it| it.missing.len()).sum();
    let changed = |direction| {
        let has = |it: &&RoleReport| it.changes.iter().any(|change| change.change == direction);
        report.roles.iter().filter(has).count()
    };
    let counts = [
        (state(DatabaseState::Missing), "database is missing", "databases are missing"),
        (state(DatabaseState::Unknown), "database is unknown", "databases are unknown"),
        (missing, "object is missing", "objects are missing"),
        (
            report.globals.differences.len(),
            "difference of the globals",
            "differences of the globals",
        ),
        (changed(Direction::Lost), "role lost privileges", "roles lost privileges"),
        (changed(Direction::Gained), "role gained privileges", "roles gained privileges"),
        (report.owners.len(), "owner is another", "owners are others"),
        (
            report.globals.without_password.len(),
            "login role has no password",
            "login roles have no password",
        ),
        (
            report.globals.gained.len() + outsiders(report),
            "right of a role is on the target only",
            "rights of roles are on the target only",
        ),
        (report.row_security.len(), "difference of row security", "differences of row security"),
        (report.properties.len(), "property of a database", "properties of databases"),
    ];
    let some = counts.iter().filter(|(count, ..)| *count > 0);
    let words: Vec<_> = some
        .map(|(count, one, several)| format!("{count} {}", if *count == 1 { one } else { several }))
        .collect();
    format!("not complete: {}; {compared} were compared", words.join(", "))
}

/// How many members roles have on the target only.
fn outsiders(report: &VerifyReport) -> usize {
    report.globals.findings.iter().filter(|it| *it.about == plan::OUTSIDER).count()
}

/// What is to be done about it.
fn advice(report: &VerifyReport) -> &'static str {
    let has_statements =
        !(report.roles.is_empty() && report.owners.is_empty() && report.row_security.is_empty());
    if has_statements {
        "\n  = pg_globals verify … --format sql writes the statements that mend it, and as comments what no statement mends"
    } else {
        ""
    }
}
