//! The report of a conversion.

use std::fmt::{self, Write as _};
use std::io;

use serde::Serialize;

use super::document::{Document, Look};
use super::graph::Graph;
use super::page::{self, Found, Page, Run, State, Tone, reasons, to_do};
use super::parts::findings;
use super::parts::places::UNKNOWN;
use super::selected::Selected;
use crate::blocks::Blocks;
use crate::finding::{Finding, Severity};
use crate::globals::{Fate, Ledger};
use crate::plan::Loss;
use crate::read::Counts;
use crate::version::Major;
use crate::words::{one_line, plural};

/// What a conversion did.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Report"))]
pub struct ConvertReport {
    /// The version of this format.
    pub format_version: u32,
    /// Where the globals come from.
    pub source: Source,
    /// What the script is for.
    pub target: Target,
    /// What was found in the dump.
    pub found: Found,
    /// Which roles some databases need, where only those are wanted.
    pub selected: Option<Selected>,
    /// What became of its statements.
    pub statements: Statements,
    /// What restoring the databases loses because a role is missing.
    pub losses: Vec<Loss>,
    /// What there is to say about single objects.
    pub findings: Vec<Finding>,
    /// When and how it was made.
    #[serde(skip)]
    pub run: Run,
    /// The roles as the target is to have them, for a report for people.
    #[serde(skip)]
    pub carried: Option<State>,
    /// The source's memberships, and what is left out of them, for a report for people.
    #[serde(skip)]
    pub graph: Option<Graph>,
}

/// Where the globals come from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Source {
    /// The file, or `-` for standard input.
    pub name: String,
    /// The platform, where it was recognised or named.
    pub platform: Option<String>,
    /// Another that it may be as well: what was read does not tell them apart.
    pub platform_or: Option<String>,
    /// What the dump shows of the server's version: `16 or later`, `15.4`.
    pub server_version: Option<String>,
    /// What the dump shows of the client's version.
    pub client_version: Option<String>,
    /// The digest of the dump that was read, in hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// What the script is for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Target {
    /// The platform's name.
    pub platform: String,
    /// The platform's full name.
    pub title: String,
    /// The major version.
    #[cfg_attr(test, schemars(with = "String"))]
    pub version: Major,
}

/// What became of the statements: `read` is the sum of `kept`, `rewritten` and `dropped`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Statements {
    /// Statements about globals and role settings.
    pub read: u64,
    /// All of it is in the script.
    pub kept: u64,
    /// Part of it is in the script, or in another form.
    pub rewritten: u64,
    /// Nothing of it is in the script.
    pub dropped: u64,
    /// Statements about single databases, which are not globals.
    pub skipped: u64,
    /// Statements that only set a session up, and psql's own.
    pub session: u64,
}

impl Statements {
    /// Counts what became of them.
    pub fn count(ledger: &Ledger, counts: Counts) -> Self {
        let mut statements =
            Self { skipped: counts.skipped, session: counts.session, ..Self::default() };
        for (_, fate) in ledger.fates() {
            statements.read += 1;
            match fate {
                Fate::Kept => statements.kept += 1,
                Fate::Rewritten => statements.rewritten += 1,
                Fate::Dropped => statements.dropped += 1,
            }
        }
        statements
    }
}

impl Document for ConvertReport {
    fn text(&self, look: Look, to: &mut dyn io::Write) -> io::Result<()> {
        let mut out = Blocks::new(to);
        // Writing to a String cannot fail.
        let _ = head(self, &mut out.text);
        if let Some(selected) = &self.selected {
            selected.text(&mut out.text);
        }
        findings::all(&self.findings, look, &mut out)?;
        findings::lead_on(&self.findings, look, &mut out.text);
        findings::errors_again(&self.findings, 0, look, &mut out)?;
        out.finish()
    }

    fn markdown(&self, to: &mut dyn io::Write) -> io::Result<()> {
        page::markdown(&self.page(), to)
    }

    fn html(&self, to: &mut dyn io::Write) -> io::Result<()> {
        page::html(&self.page(), to)
    }
}

impl ConvertReport {
    fn page(&self) -> Page<'_> {
        let mut lines = String::new();
        // Writing to a String cannot fail.
        let _ = head(self, &mut lines);
        let mut lines = lines.trim_end().split('\n');
        let mut facts = vec![("source".to_owned(), lines.next().unwrap_or_default().to_owned())];
        let target = lines.next().unwrap_or_default().trim_start_matches("for ").to_owned();
        facts.push(("target".to_owned(), target));
        facts.extend(
            self.source.sha256.iter().map(|it| ("SHA-256 of the source".to_owned(), it.clone())),
        );
        let titles = ["found", "statements"];
        facts.extend(
            titles.into_iter().zip(lines).map(|(title, line)| {
                (title.to_owned(), line.trim_start_matches("found ").to_owned())
            }),
        );
        facts.extend(self.selected.iter().map(|it| ("selected".to_owned(), it.line())));
        let count = |severity| self.findings.iter().filter(|it| it.severity == severity).count();
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        let carried = self.carried.as_ref().map_or(0, |it| it.roles.len());
        let verdict = format!(
            "{} carried over; {}, {}",
            plural(carried, "role"),
            plural(errors, "error"),
            plural(warnings, "warning")
        );
        let sections = [
            to_do(&self.findings),
            self.carried.as_ref().and_then(|it| it.table("Roles that are carried over")),
            reasons(&self.findings),
            self.graph.as_ref().and_then(Graph::section),
            self.selected.as_ref().and_then(Selected::section),
        ];
        Page {
            title: "Conversion of the globals",
            verdict,
            tone: if errors > 0 { Tone::Fair } else { Tone::Good },
            run: &self.run,
            facts,
            sections: sections.into_iter().flatten().collect(),
            plan: None,
        }
    }
}

fn head(report: &ConvertReport, out: &mut String) -> fmt::Result {
    let ConvertReport { source, target, found, statements, .. } = report;
    let platform = source.platform.as_deref().unwrap_or(UNKNOWN);
    let name = match source.name.as_str() {
        "-" => "standard input".to_owned(),
        // Quotes may stand in it as they are; control characters may not.
        name => one_line(name),
    };
    write!(out, "{name}: {platform}")?;
    if let Some(other) = &source.platform_or {
        write!(out, " or {other} (not told apart)")?;
    }
    if let Some(version) = &source.server_version {
        write!(out, ", PostgreSQL {version}")?;
    }
    if let Some(version) = &source.client_version {
        write!(out, ", dumped by {version}")?;
    }
    writeln!(out, "\nfor {} {} ({})", target.platform, target.version, target.title)?;
    writeln!(
        out,
        "found {}, {}, {}, {}, {}",
        plural(found.roles, "role"),
        plural(found.memberships, "membership"),
        plural(found.settings, "setting"),
        plural(found.parameters, "parameter privilege"),
        plural(found.tablespaces, "tablespace"),
    )?;
    // A server was read from its catalogs, and there are none.
    let none = statements.read == 0 && statements.skipped == 0;
    if none && found.roles + found.memberships + found.settings + found.tablespaces > 0 {
        return Ok(());
    }
    write!(
        out,
        "{} read: {} kept, {} rewritten, {} dropped",
        plural(usize::try_from(statements.read).unwrap_or(usize::MAX), "statement"),
        statements.kept,
        statements.rewritten,
        statements.dropped
    )?;
    if statements.skipped > 0 {
        write!(out, "; {} skipped, of databases", statements.skipped)?;
    }
    writeln!(out)
}
