//! The checks: as text, as Markdown, and as JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::document::{Document, Look};
use super::parts::look::bold;
use super::parts::markdown::escaped;
use super::parts::places::{self, Place};
use crate::check::{Outcome, State};
use crate::name::Name;
use crate::words::{one_line, plural};

/// How many databases are named where several have the same outcome.
const NAMED: usize = 5;

/// What the checks found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CheckReport {
    /// The version of this format.
    pub format_version: u32,
    /// The server that is migrated.
    pub source: Place,
    /// The server that it is migrated to.
    pub target: Place,
    /// What was found, in the order of the checks.
    pub checks: Vec<Outcome>,
}

impl CheckReport {
    /// How many there are of a state.
    pub fn count(&self, state: State) -> usize {
        self.checks.iter().filter(|outcome| outcome.state == state).count()
    }

    /// The answer, in one line: `not ready: 2 failed, 1 warning, 3 unknown, 20 succeeded`.
    fn verdict(&self) -> String {
        let [failed, warnings, unknown, succeeded] = State::ALL.map(|state| self.count(state));
        let word = match (failed, unknown) {
            (1.., _) => "not ready".to_owned(),
            (_, 1..) => {
                let undecided = self.checks.iter().filter(|it| it.state == State::Unknown);
                let checks: BTreeSet<_> = undecided.map(|it| it.check).collect();
                let checks = plural(checks.len(), "check");
                format!("incomplete: nothing failed, but {checks} could not be decided")
            }
            _ => "ready".to_owned(),
        };
        format!(
            "{word}: {failed} failed, {}, {unknown} unknown, {succeeded} succeeded",
            plural(warnings, "warning")
        )
    }
}

/// Outcomes that differ in nothing but their databases.
struct Group<'a> {
    first: &'a Outcome,
    databases: Vec<&'a Name>,
}

impl Group<'_> {
    /// `extensions (603108), in shop and crm`.
    fn title(&self) -> String {
        let mut title = self.first.check.to_owned();
        if let Some(code) = self.first.code {
            let _ = write!(title, " ({code})");
        }
        if !self.databases.is_empty() {
            let _ = write!(title, ", in {}", names(&self.databases));
        }
        title
    }
}

fn names(all: &[&Name]) -> String {
    let shown: Vec<_> = all.iter().take(NAMED).map(ToString::to_string).collect();
    match all.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more databases", shown.join(", ")),
    }
}

/// The two servers.
fn places(report: &CheckReport, out: &mut String) -> std::fmt::Result {
    let both = [("source", &report.source), ("target", &report.target)];
    places::places(both, "not reached", out)
}

/// The outcomes of one state, in the order of the checks.
fn groups(outcomes: &[Outcome], state: State) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    for outcome in outcomes.iter().filter(|outcome| outcome.state == state) {
        let Outcome { check, code, looked_at, found, remedy, .. } = outcome;
        let Some(database) = &outcome.database else {
            groups.push(Group { first: outcome, databases: Vec::new() });
            continue;
        };
        let key = (check, code, looked_at, found, remedy);
        let at = *known.entry(key).or_insert_with(|| {
            groups.push(Group { first: outcome, databases: Vec::new() });
            groups.len() - 1
        });
        groups[at].databases.push(database);
    }
    groups
}

impl Document for CheckReport {
    /// The worst first.
    fn text(&self, look: Look, to: &mut dyn io::Write) -> io::Result<()> {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = places(self, &mut out);
        for state in State::ALL {
            let style = match state {
                _ if !look.colours => Style::new(),
                State::Failed => AnsiColor::Red.on_default().bold(),
                State::Warning => AnsiColor::Yellow.on_default().bold(),
                State::Unknown => AnsiColor::Cyan.on_default().bold(),
                State::Succeeded => AnsiColor::Green.on_default().bold(),
            };
            let groups = groups(&self.checks, state);
            if !groups.is_empty() {
                out.push('\n');
            }
            for group in groups {
                let Outcome { looked_at, found, remedy, .. } = group.first;
                let title = group.title();
                let word = state.as_str();
                let _ = writeln!(out, "{style}{word}{style:#}: {title}: {}", one_line(found));
                let _ = writeln!(out, "  looked at {}", one_line(looked_at));
                if let Some(remedy) = remedy {
                    let _ = writeln!(out, "  = {}", one_line(remedy));
                }
            }
        }
        let bold = bold(look.colours);
        let _ = writeln!(out, "\n{bold}{}{bold:#}", self.verdict());
        to.write_all(out.as_bytes())
    }

    /// A table by state, with what mends it.
    fn markdown(&self, to: &mut dyn io::Write) -> io::Result<()> {
        let mut out = String::from("# Prerequisites of the migration\n\n");
        let _ = places(self, &mut out);
        // Two lines would become one.
        out = out.replace("\ntarget:", "  \ntarget:");
        let _ = writeln!(out, "\n**{}**", self.verdict());
        for state in State::ALL {
            let groups = groups(&self.checks, state);
            if groups.is_empty() {
                continue;
            }
            let _ = writeln!(out, "\n## {}\n", state.as_str());
            let remedies = groups.iter().any(|group| group.first.remedy.is_some());
            if remedies {
                out.push_str("| check | databases | found | looked at | what to do |\n");
                out.push_str("| --- | --- | --- | --- | --- |\n");
            } else {
                out.push_str(
                    "| check | databases | found | looked at |\n| --- | --- | --- | --- |\n",
                );
            }
            for group in groups {
                let Outcome { check, code, looked_at, found, remedy, .. } = group.first;
                let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
                let _ = write!(
                    out,
                    "| {check}{code} | {} | {} | {} |",
                    escaped(&names(&group.databases)),
                    escaped(found),
                    escaped(looked_at)
                );
                if remedies {
                    let _ =
                        write!(out, " {} |", remedy.as_deref().map(escaped).unwrap_or_default());
                }
                out.push('\n');
            }
        }
        to.write_all(out.as_bytes())
    }
}
