//! The checks: as text, as Markdown, and as JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::document::{Document, Look};
use super::page::{self, Block, Page, Run, Section, ToDo, Tone, row};
use super::parts::look::bold;
use super::parts::places::{self, Place};
use crate::check::{Method, Outcome, State};
use crate::name::Name;
use crate::words::{one_line, plural};

/// What is said of a server that tells nothing.
const NOT_REACHED: &str = "not reached";

/// How many databases are named where several have the same outcome.
const NAMED: usize = 5;

/// What the checks found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CheckReport {
    /// The version of this format.
    pub format_version: u32,
    /// When it was checked: `2026-11-28 08:00:00+00`.
    pub checked_at: String,
    /// The version of the program.
    pub program_version: String,
    /// The server that is migrated.
    pub source: Place,
    /// The server that it is migrated to.
    pub target: Place,
    /// What was found, in the order of the checks.
    pub checks: Vec<Outcome>,
    /// How the databases get there, where that was said.
    #[serde(skip)]
    pub method: Option<Method>,
    /// Whether checks were left out (`--only`, `--skip`).
    #[serde(skip)]
    pub is_partial: bool,
    /// When and how it was made.
    #[serde(skip)]
    pub run: Run,
}

impl CheckReport {
    /// How many there are of a state.
    pub fn count(&self, state: State) -> usize {
        self.checks.iter().filter(|outcome| outcome.state == state).count()
    }

    /// What is to be done next on the way to the other server.
    fn next(&self) -> &'static str {
        let is_unread = |place: &Place| place.server_version.is_none();
        match (is_unread(&self.source), is_unread(&self.target)) {
            (true, true) => return "see why neither server could be read, and run this check again",
            (true, _) => return "see why the source could not be read, and run this check again",
            (_, true) => return "see why the target could not be read, and run this check again",
            (false, false) => {}
        }
        let mut failed = self.checks.iter().filter(|it| it.state == State::Failed).peekable();
        match (failed.peek().is_some(), self.is_partial) {
            (false, true) => {
                return "run this check again without --only and --skip: other checks were left out";
            }
            (false, false) => {}
            // A role that is missing is what copy is for; what keeps copy from starting is another thing.
            (true, false) if failed.all(|it| it.check == "roles") => {
                return match self.method {
                    Some(Method::Service) => {
                        "pg_globals copy SOURCE TARGET --dry-run, since nothing but roles failed"
                    }
                    _ => {
                        "pg_globals copy SOURCE TARGET --for-restore FILE --dry-run, since nothing but roles \
                         failed"
                    }
                };
            }
            (true, _) => return "mend what failed, and run this check again",
        }
        match self.method {
            Some(Method::Service) => {
                "pg_globals copy SOURCE TARGET, then the migration service, then owners and grants, which it does \
                 not bring"
            }
            _ => {
                "pg_globals copy SOURCE TARGET --for-restore FILE, then pg_dump and pg_restore -C of each database"
            }
        }
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
        if let Some(method) = self.first.concerns {
            let _ = write!(title, ", {} only", method.as_str());
        }
        if !self.databases.is_empty() {
            let _ = write!(title, ", in {}", names(&self.databases));
        }
        title
    }
}

impl Group<'_> {
    /// Whether all that it says is that a server could not be read, which another line explains.
    fn is_unread(&self) -> bool {
        let found = self.first.found.as_str();
        self.first.state == State::Unknown
            && self.first.remedy.is_none()
            && ["the source could not be read", "the target could not be read"].contains(&found)
    }

    fn text(&self, style: Style, look: Look, out: &mut String) {
        let Outcome { state, looked_at, found, remedy, .. } = self.first;
        let (title, word) = (self.title(), state.as_str());
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{style}{word}{style:#}: {title}: {}", one_line(found));
        if !look.brief {
            let _ = writeln!(out, "  looked at {}", one_line(looked_at));
        }
        if let Some(remedy) = remedy {
            let _ = writeln!(out, "  = {}", one_line(remedy));
        }
    }
}

/// The checks that say nothing but that a server could not be read, a line for each server.
fn unreached(groups: &[&Group<'_>], style: Style, out: &mut String) {
    let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for group in groups {
        all.entry(&group.first.found).or_default().push(group.first.check);
    }
    for (found, mut checks) in all {
        checks.dedup();
        let number = plural(checks.len(), "check");
        let _ = writeln!(
            out,
            "{style}{}{style:#}: {found}, and so {number} could not be made: {}",
            State::Unknown.as_str(),
            checks.join(", ")
        );
    }
}

/// How a state's word looks.
fn style(state: State, look: Look) -> Style {
    let colour = match state {
        _ if !look.colours => return Style::new(),
        State::Failed => AnsiColor::Red,
        State::Warning => AnsiColor::Yellow,
        State::Unknown => AnsiColor::Cyan,
        State::Succeeded => AnsiColor::Green,
    };
    colour.on_default().bold()
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
    places::places(both, NOT_REACHED, out)
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
    /// The answer and what failed first, then what to do next; the rest after that.
    fn text(&self, look: Look, to: &mut dyn io::Write) -> io::Result<()> {
        let mut out = String::new();
        let bold = bold(look.colours);
        // Writing to a String cannot fail.
        let _ = places(self, &mut out);
        let _ = writeln!(out, "\n{bold}{}{bold:#}", self.verdict());
        for state in State::ALL {
            let groups = groups(&self.checks, state);
            if state == State::Succeeded && look.brief {
                if !groups.is_empty() {
                    let succeeded = self.count(State::Succeeded);
                    let _ = writeln!(
                        out,
                        "\n{succeeded} succeeded: --all lists them, and what was looked at"
                    );
                }
                continue;
            }
            if !groups.is_empty() {
                out.push('\n');
            }
            let style = style(state, look);
            let (unread, others): (Vec<_>, Vec<_>) =
                groups.iter().partition(|group| look.brief && group.is_unread());
            for group in others {
                group.text(style, look, &mut out);
            }
            unreached(&unread, style, &mut out);
            if state == State::Failed {
                let _ = writeln!(out, "\n{bold}next{bold:#}: {}", self.next());
            }
        }
        to.write_all(out.as_bytes())
    }

    /// A table by state, with what mends it.
    fn markdown(&self, to: &mut dyn io::Write) -> io::Result<()> {
        page::markdown(&self.page(), to)
    }

    fn html(&self, to: &mut dyn io::Write) -> io::Result<()> {
        page::html(&self.page(), to)
    }
}

impl CheckReport {
    fn page(&self) -> Page<'_> {
        let facts = [
            ("source", self.source.line(NOT_REACHED)),
            ("target", self.target.line(NOT_REACHED)),
            ("next", self.next().to_owned()),
        ];
        let failed = groups(&self.checks, State::Failed);
        let to_do: Vec<_> = failed
            .iter()
            .filter_map(|group| {
                let what = group.first.remedy.as_deref()?.to_owned();
                let objects = group.databases.iter().map(ToString::to_string).collect();
                Some(ToDo { about: group.first.check, what, objects })
            })
            .collect();
        let mut sections = Vec::new();
        if !to_do.is_empty() {
            sections.push(Section::new("What remains to be done by hand").with(Block::ToDo(to_do)));
        }
        sections.extend(State::ALL.into_iter().filter_map(|state| self.section(state)));
        let tone = match (self.count(State::Failed), self.count(State::Unknown)) {
            (0, 0) => Tone::Good,
            (0, _) => Tone::Fair,
            _ => Tone::Bad,
        };
        Page {
            title: "Prerequisites of the migration",
            verdict: self.verdict(),
            tone,
            run: &self.run,
            facts: facts.map(|(word, text)| (word.to_owned(), text)).to_vec(),
            sections,
            plan: None,
        }
    }

    fn section(&self, state: State) -> Option<Section> {
        let groups = groups(&self.checks, state);
        let remedies = groups.iter().any(|group| group.first.remedy.is_some());
        let mut columns = vec!["check", "databases", "found", "looked at"];
        if remedies {
            columns.push("what to do");
        }
        let rows = groups.iter().map(|group| {
            let Outcome { check, code, looked_at, found, remedy, .. } = group.first;
            let mut check = (*check).to_owned();
            // Writing to a String cannot fail.
            if let Some(code) = code {
                let _ = write!(check, " ({code})");
            }
            if let Some(method) = group.first.concerns {
                let _ = write!(check, ", {} only", method.as_str());
            }
            let databases: Vec<_> = group.databases.iter().map(ToString::to_string).collect();
            let (found, looked_at) = (found.as_str().into(), looked_at.as_str().into());
            let mut row = row([check.into(), databases.into(), found, looked_at]);
            if remedies {
                row.push(remedy.as_deref().unwrap_or_default().into());
            }
            row
        });
        Section::table(state.as_str(), &columns, rows.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_next_fits_the_way_that_was_chosen() {
        let place = |is_read: bool| Place {
            name: "h:5432/d".to_owned(),
            platform: None,
            server_version: is_read.then(|| "16.1".to_owned()),
            user: None,
        };
        let failed = |check: &'static str| Outcome {
            check,
            code: None,
            state: State::Failed,
            concerns: None,
            database: None,
            looked_at: String::new(),
            found: String::new(),
            remedy: None,
        };
        let next = |method: Option<Method>, is_partial: bool, checks: Vec<Outcome>| {
            let report = CheckReport {
                format_version: 1,
                checked_at: String::new(),
                program_version: String::new(),
                source: place(true),
                target: place(true),
                checks,
                method,
                is_partial,
                run: Run { at: None, command_line: String::new() },
            };
            report.next()
        };
        let service = Some(Method::Service);
        let copy = "pg_globals copy SOURCE TARGET --for-restore FILE, then pg_dump and pg_restore -C of each database";
        assert_eq!(next(None, false, Vec::new()), copy);
        assert_eq!(next(Some(Method::PgDump), false, Vec::new()), copy);
        assert_eq!(
            next(service, false, Vec::new()),
            "pg_globals copy SOURCE TARGET, then the migration service, then owners and grants, which it does not \
             bring"
        );
        assert_eq!(
            next(None, true, Vec::new()),
            "run this check again without --only and --skip: other checks were left out"
        );
        let mend = "mend what failed, and run this check again";
        assert_eq!(next(None, true, vec![failed("roles")]), mend);
        assert_eq!(next(None, false, vec![failed("roles"), failed("network")]), mend);
        assert_eq!(
            next(None, false, vec![failed("roles")]),
            "pg_globals copy SOURCE TARGET --for-restore FILE --dry-run, since nothing but roles failed"
        );
        assert_eq!(
            next(service, false, vec![failed("roles")]),
            "pg_globals copy SOURCE TARGET --dry-run, since nothing but roles failed"
        );
    }
}
