//! The report of a diff.

use std::fmt::{self, Write as _};
use std::io;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::document::{Document, Look};
use super::page::{self, Page, Run, Section, Tone, reasons, row, to_do};
use super::parts::escaped::value;
use super::parts::findings;
use super::parts::look::bold;
use super::selected::Selected;
use crate::blocks::Blocks;
use crate::compare::{Comparison, Difference, LeftOut};
use crate::finding::{Finding, Kind, Severity};
use crate::globals::Globals;
use crate::name::Name;
use crate::words::{one_line, plural, visible};

/// What differs between two places.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DiffReport {
    /// The version of this format.
    pub format_version: u32,
    /// The left side.
    pub left: Side,
    /// The right side.
    pub right: Side,
    /// The platform that the left side was made fit for, with `--as`.
    pub as_platform: Option<String>,
    /// Which roles some databases of the left side need, where only those are compared.
    pub selected: Option<Selected>,
    /// What is different.
    pub differences: Vec<Difference>,
    /// What was not looked at, or cannot be compared.
    pub left_out: LeftOut,
    /// What there is to say about the left side, made fit for a platform.
    pub findings: Vec<Finding>,
    /// When and how it was made.
    #[serde(skip)]
    pub run: Run,
}

impl DiffReport {
    /// The report of a comparison, and both sides of it where they are wanted.
    pub fn of(
        [left, right]: [Side; 2],
        as_platform: Option<String>,
        selected: Option<Selected>,
        compared: Comparison,
        run: Run,
    ) -> (Self, Option<[Globals; 2]>) {
        let Comparison { differences, left_out, findings, sides } = compared;
        let format_version = super::FORMAT_VERSION;
        let report = Self {
            format_version,
            left,
            right,
            as_platform,
            selected,
            differences,
            left_out,
            findings,
            run,
        };
        (report, sides)
    }
}

/// One of two places.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Side {
    /// The file, or the server's address without a password.
    pub name: String,
    /// The platform, where it was recognised.
    pub platform: Option<String>,
    /// The server's version, as far as it is known.
    pub server_version: Option<String>,
    /// The digest of the dump that was read, in hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

impl Side {
    /// How it is called in a line.
    pub(super) fn title(&self) -> String {
        if self.name == "-" { "standard input".to_owned() } else { one_line(&self.name) }
    }
}

impl Document for DiffReport {
    /// A line for each difference.
    fn text(&self, look: Look, to: &mut dyn io::Write) -> io::Result<()> {
        let mut out = Blocks::new(to);
        // Writing to a String cannot fail.
        let _ = sides(self, ["--- ", "+++ "], &mut out.text);
        if let Some(selected) = &self.selected {
            selected.text(&mut out.text);
        }
        for difference in &self.differences {
            let _ = line(difference, look, &mut out.text);
            out.flow()?;
        }
        // What was not fit for the platform is no difference, but somebody will miss it.
        let errors = self.findings.iter().filter(|it| it.severity == Severity::Error);
        let errors: Vec<_> = errors.cloned().collect();
        findings::all(&errors, look, &mut out)?;
        if !errors.is_empty() {
            out.text.push('\n');
        }
        let _ = summary(self, look, &mut out.text);
        out.finish()
    }

    /// A table, as for a pull request.
    fn markdown(&self, to: &mut dyn io::Write) -> io::Result<()> {
        page::markdown(&self.page(), to)
    }

    fn html(&self, to: &mut dyn io::Write) -> io::Result<()> {
        page::html(&self.page(), to)
    }
}

impl DiffReport {
    fn page(&self) -> Page<'_> {
        let mut lines = String::new();
        // Writing to a String cannot fail.
        let _ = sides(self, ["left: ", "right: "], &mut lines);
        let mut facts: Vec<_> = lines
            .split('\n')
            .filter_map(|line| line.split_once(": "))
            .map(|(word, line)| (word.to_owned(), line.to_owned()))
            .collect();
        for (word, side) in [("left", &self.left), ("right", &self.right)] {
            let digest = side.sha256.iter();
            facts.extend(digest.map(|it| (format!("SHA-256 of the {word} side"), it.clone())));
        }
        facts.extend(self.selected.iter().map(|it| ("selected".to_owned(), it.line())));
        let mut verdict = String::new();
        let _ = summary(self, Look::PLAIN, &mut verdict);
        let rows = self.differences.iter().map(|difference| {
            let sign = match (&difference.left, &difference.right) {
                (None, _) => "+",
                (_, None) => "\u{2212}",
                _ => "~",
            };
            let side = |side: &Option<String>| {
                side.as_deref().map(|it| value(it).into_owned()).unwrap_or_default()
            };
            let (left, right) = (side(&difference.left), side(&difference.right));
            let field = difference.field.clone();
            row([sign.into(), object(difference).into(), field.into(), left.into(), right.into()])
        });
        let columns = ["", "object", "what", "left", "right"];
        let sections = [
            Section::table("What is different", &columns, rows.collect()),
            to_do(&self.findings),
            reasons(&self.findings),
            self.selected.as_ref().and_then(Selected::section),
        ];
        Page {
            title: "Differences of the globals",
            verdict: verdict.trim_end().to_owned(),
            tone: if self.differences.is_empty() { Tone::Good } else { Tone::Fair },
            run: &self.run,
            facts,
            sections: sections.into_iter().flatten().collect(),
            plan: None,
        }
    }
}

/// A line for each side, behind its sign.
fn sides(report: &DiffReport, signs: [&str; 2], out: &mut String) -> fmt::Result {
    for (sign, side) in [(signs[0], &report.left), (signs[1], &report.right)] {
        write!(out, "{sign}{}", side.title())?;
        if let Some(version) = &side.server_version {
            write!(out, ", PostgreSQL {version}")?;
        }
        if let Some(platform) = &side.platform {
            write!(out, ", {platform}")?;
        }
        if let Some(platform) = report.as_platform.as_ref().filter(|_| sign == signs[0]) {
            write!(out, ", as it would be on {platform}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

pub(super) fn line(difference: &Difference, look: Look, out: &mut String) -> fmt::Result {
    let (sign, colour) = match (&difference.left, &difference.right) {
        (None, _) => ('+', AnsiColor::Green),
        (_, None) => ('-', AnsiColor::Red),
        _ => ('~', AnsiColor::Yellow),
    };
    let style = if look.colours { colour.on_default() } else { Style::new() };
    write!(out, "{style}{sign} {}", object(difference))?;
    // An object that only one side has may have nothing to tell.
    let is_whole = difference.is_whole();
    if !is_whole {
        write!(out, ": {}", visible(&difference.field))?;
    }
    match (&difference.left, &difference.right) {
        (Some(left), Some(right)) => write!(out, ": {} -> {}", value(left), value(right))?,
        (Some(one), None) | (None, Some(one)) if !(is_whole && one.is_empty()) => {
            write!(out, ": {}", value(one))?;
        }
        _ => {}
    }
    writeln!(out, "{style:#}")
}

pub(super) fn object(difference: &Difference) -> String {
    let name = difference.object.as_str();
    match difference.kind {
        Kind::Role | Kind::Comment | Kind::SecurityLabel => format!("role {}", Name::new(name)),
        Kind::Tablespace => format!("tablespace {}", Name::new(name)),
        Kind::Setting => format!("setting of {}", visible(name)),
        Kind::Membership => format!("membership {}", visible(name)),
        Kind::Parameter => format!("parameter {}", visible(name)),
        Kind::Statement => visible(name).into_owned(),
    }
}

fn summary(report: &DiffReport, look: Look, out: &mut String) -> fmt::Result {
    let bold = bold(look.colours);
    let count = |keep: fn(&&Difference) -> bool| report.differences.iter().filter(keep).count();
    let (added, removed) =
        (count(|it| it.left.is_none()), count(|it| it.left.is_some() && it.right.is_none()));
    let changed = report.differences.len() - added - removed;
    if report.differences.is_empty() {
        write!(out, "{bold}equal{bold:#}")?;
    } else {
        write!(out, "{bold}{}{bold:#}", plural(report.differences.len(), "difference"))?;
        write!(out, ": {added} added, {removed} removed, {changed} changed")?;
        write!(out, " ({})", Difference::kinds(&report.differences))?;
    }
    writeln!(out, "{}", report.left_out.words())
}
