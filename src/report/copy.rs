//! The report of a copy: what is planned, what was done, and what is left.

use std::fmt::{self, Write as _};
use std::io;

use serde::Serialize;

use super::describe::{Action, action, describe};
use super::text::{self, Look, bold};
use crate::blocks::Blocks;
use crate::finding::{Finding, Severity, Subject};
use crate::globals::{Change, Password};
use crate::plan::Plan;
use crate::words::{one_line, plural};

/// How many changes of a kind are shown where the list is shortened.
const SHOWN: usize = 10;

/// What a copy did.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CopyReport {
    /// The version of this format.
    pub format_version: u32,
    /// Where the globals come from.
    pub source: Place,
    /// Where they go.
    pub target: Place,
    /// Whether nothing was left on the target on purpose.
    pub dry_run: bool,
    /// What was to be done.
    pub changes: Vec<PlannedChange>,
    /// How many statements changed something.
    pub sent: usize,
    /// How many differences are left that should not be.
    pub remaining: usize,
    /// How many things the target has beyond the source, which stay.
    pub extra: usize,
    /// How many roles only the target has, which are never touched.
    pub target_only: usize,
    /// How many settings wait for their database.
    pub deferred: usize,
    /// How many changes the user would have to allow.
    pub withheld: usize,
    /// How many changes the target refuses.
    pub refused: usize,
    /// How many roles' verifiers cannot be compared.
    pub unverifiable: usize,
    /// What there is to say about single objects.
    pub findings: Vec<Finding>,
}

/// A server, or a dump.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Place {
    /// Its address without a password, or the file.
    pub name: String,
    /// The platform, where it was recognised or named.
    pub platform: Option<String>,
    /// The server's version.
    pub server_version: Option<String>,
    /// The role that is connected; none for a dump.
    pub user: Option<String>,
}

/// A change that was planned.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PlannedChange {
    /// What is done.
    pub action: Action,
    /// To what.
    pub object: Subject,
    /// In words, without passwords and verifiers.
    pub description: String,
}

impl PlannedChange {
    /// The change in words.
    pub fn of(change: &Change) -> Self {
        Self { action: action(change), object: change.object(), description: describe(change) }
    }
}

/// Writes what will be done, for whoever has to agree.
///
/// # Errors
/// When it cannot be written.
pub fn write_plan(
    report: &CopyReport,
    plan: &Plan,
    look: Look,
    to: &mut dyn io::Write,
) -> io::Result<()> {
    let mut out = Blocks::new(to);
    // Writing to a String cannot fail.
    let _ = head(report, &mut out.text);
    text::findings(&report.findings, look, &mut out)?;
    text::lead_on(&report.findings, look, &mut out.text);
    let mut list = String::new();
    let _ = changes(plan, &above(&report.findings), look, &mut list);
    out.text.push_str(&list);
    text::errors_again(&report.findings, list.matches('\n').count(), look, &mut out)?;
    out.finish()
}

/// How many errors and warnings there are, which may stand far above; nothing where there are none.
fn above(findings: &[Finding]) -> String {
    let count = |severity| findings.iter().filter(|it| it.severity == severity).count();
    let all = [(count(Severity::Error), "error"), (count(Severity::Warning), "warning")];
    let some = all.into_iter().filter(|(count, _)| *count > 0);
    let words = some.map(|(count, what)| plural(count, what)).collect::<Vec<_>>().join(" and ");
    if words.is_empty() { words } else { format!("; {words} above") }
}

/// Writes what the target had to say.
///
/// # Errors
/// When it cannot be written.
pub fn write_news(findings: &[Finding], look: Look, to: &mut dyn io::Write) -> io::Result<()> {
    let mut out = Blocks::new(to);
    text::findings(findings, look, &mut out)?;
    out.finish()
}

fn head(report: &CopyReport, out: &mut String) -> fmt::Result {
    // Whoever has swapped the two sees it here, if anywhere.
    let changed =
        if report.dry_run { "target, changed and rolled back" } else { "target, changed" };
    places([("source, only read", &report.source), (changed, &report.target)], UNKNOWN, out)
}

/// What is said of a place whose platform nothing shows.
pub(super) const UNKNOWN: &str = "no platform recognised";

/// The two places, each behind a word for what it is; `silent` is said of one that tells no version.
pub(super) fn places(places: [(&str, &Place); 2], silent: &str, out: &mut String) -> fmt::Result {
    for (word, place) in places {
        let unknown = if place.server_version.is_some() { UNKNOWN } else { silent };
        let platform = place.platform.as_deref().unwrap_or(unknown);
        write!(out, "{word}: {}, {platform}", one_line(&place.name))?;
        if let Some(version) = &place.server_version {
            write!(out, ", PostgreSQL {version}")?;
        }
        if let Some(user) = &place.user {
            write!(out, ", as {}", crate::name::Name::new(user))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The changes: first how many, then which.
fn changes(plan: &Plan, above: &str, look: Look, out: &mut String) -> fmt::Result {
    let bold = bold(look.colours);
    if plan.is_empty() {
        let nothing = if plan.obstacles.is_empty() { "nothing to do" } else { "nothing is sent" };
        return writeln!(out, "\n{bold}plan{bold:#}: {nothing}{above}");
    }
    let created: std::collections::BTreeSet<_> = plan
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::CreateRole { name, .. } => Some(name),
            _ => None,
        })
        .collect();
    let (mut new, mut old) = (Vec::new(), Vec::new());
    let mut replaced = 0;
    for change in &plan.changes {
        replaced += usize::from(matches!(
            change,
            Change::Password { from: Password::Is(_) | Password::Unknown, .. }
        ));
        let exists = !matches!(change, Change::CreateRole { .. } | Change::CreateTablespace { .. })
            && change.role().is_none_or(|role| !created.contains(role));
        if exists { old.push(change) } else { new.push(change) }
    }
    write!(out, "\n{bold}plan{bold:#}: {}", plural(plan.changes.len(), "change"))?;
    write!(out, "; {} to create", plural(created.len(), "role"))?;
    write!(out, ", {} to what exists", plural(old.len(), "change"))?;
    if replaced > 0 {
        write!(out, ", {} replaced", plural(replaced, "password"))?;
    }
    writeln!(out, "{above}")?;
    for (title, list) in [("new", new), ("existing", old)] {
        if list.is_empty() {
            continue;
        }
        writeln!(out, "{title}:")?;
        let shown = if look.shorten && list.len() > SHOWN + 1 { SHOWN } else { list.len() };
        for change in &list[..shown] {
            writeln!(out, "  {}", describe(change))?;
        }
        if shown < list.len() {
            writeln!(out, "  … and {} more: --format json has them all", list.len() - shown)?;
        }
    }
    Ok(())
}

/// Writes what was done.
///
/// # Errors
/// When it cannot be written.
pub fn write_result(report: &CopyReport, look: Look, to: &mut dyn io::Write) -> io::Result<()> {
    let bold = bold(look.colours);
    let text = result(report) + &above(&report.findings);
    let (title, rest) = text.split_once(':').unwrap_or_default();
    writeln!(to, "\n{bold}{title}{bold:#}:{rest}")
}

/// What was done, in one line.
pub(super) fn result(report: &CopyReport) -> String {
    let title = if report.dry_run { "dry run" } else { "done" };
    let mut out = format!("{title}: {}", plural(report.sent, "statement"));
    out.push_str(if report.dry_run { " taken, and rolled back" } else { " sent" });
    let _ = write!(out, ", {} remaining", report.remaining);
    for (count, what) in [
        (report.extra, "extra"),
        (report.target_only, "on the target only"),
        (report.deferred, "deferred"),
        (report.withheld, "withheld"),
        (report.refused, "refused"),
        (report.unverifiable, "unverifiable"),
    ] {
        if count > 0 {
            let _ = write!(out, ", {count} {what}");
        }
    }
    out
}
