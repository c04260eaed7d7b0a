//! The report of a diff.

use std::fmt::{self, Write as _};
use std::io;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::blocks::Blocks;
use super::difference::Difference;
use super::escaped::{value, visible};
use super::one_line;
use super::text::{self, Look, bold, plural};
use crate::finding::{Finding, Kind, Severity};
use crate::name::Name;

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
    /// What is different.
    pub differences: Vec<Difference>,
    /// What was not looked at, or cannot be compared.
    pub left_out: LeftOut,
    /// What there is to say about the left side, made fit for a platform.
    pub findings: Vec<Finding>,
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
}

impl Side {
    /// How it is called in a line.
    pub(super) fn title(&self) -> String {
        if self.name == "-" { "standard input".to_owned() } else { one_line(&self.name) }
    }
}

/// How much was left out, by its reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LeftOut {
    /// Passwords that cannot be compared: one side does not show them.
    pub passwords: usize,
    /// Settings that cannot be compared: one side cannot have shown them.
    pub settings: usize,
    /// Owners of tablespaces that cannot be compared: one side does not tell them.
    pub owners: usize,
    /// Roles of the platforms themselves.
    pub platform_roles: usize,
    /// Tablespaces of the platforms themselves.
    pub platform_tablespaces: usize,
    /// Roles that `--only` and `--exclude` leave out.
    pub selection: usize,
    /// With `--as`: roles that copy never touches: whoever is connected, superusers, administrators.
    pub protected: usize,
    /// Differences that `--ignore` leaves out.
    pub ignored: usize,
    /// Ends of passwords that are `infinity` on one side and absent on the other, which is the same.
    pub infinity: usize,
    /// With `--as`: roles that only the right side has.
    pub only_right: usize,
    /// With `--as`: what the right side's roles have beyond the left side's.
    pub extra: usize,
    /// With `--as`: what waits for its database.
    pub deferred: usize,
    /// With `--as`: what the target refuses, or would shut a role out.
    pub withheld: usize,
    /// With `--as`: what of the left side the platform does not take, or takes otherwise: the findings that
    /// are no information only, and say that something was dropped or rewritten.
    pub not_taken: usize,
    /// Of the passwords that cannot be compared: those of login roles that have none on the right side.
    pub without_password: usize,
}

impl LeftOut {
    /// What cannot be compared.
    fn incomparable(self) -> [(usize, &'static str, &'static str); 3] {
        [
            (self.passwords, "password", ""),
            (self.settings, "setting", ""),
            (self.owners, "tablespace owner", ""),
        ]
    }

    /// What was not looked at, or is no difference.
    fn others(self) -> [(usize, &'static str, &'static str); 11] {
        [
            (self.platform_roles, "platform role", ""),
            (self.platform_tablespaces, "platform tablespace", ""),
            (self.selection, "role", " not selected"),
            (self.protected, "role", " that copy never touches"),
            (self.ignored, "difference", " ignored"),
            (self.infinity, "VALID UNTIL 'infinity'", " that says the same as none"),
            (self.only_right, "role", " that only the right side has"),
            (self.extra, "thing", " that roles have beyond the left side"),
            (self.deferred, "setting", " of a database that is not there yet"),
            (self.withheld, "change", " that copy would not make"),
            (
                self.not_taken,
                "thing",
                " of the left side that the platform does not take (findings, which --format json shows)",
            ),
        ]
    }

    /// Both in words: `, apart from 2 that cannot be compared (2 passwords); left out: 1 platform role`.
    pub(super) fn words(self) -> String {
        let list = |all: &[(usize, &str, &str)]| {
            let some = all.iter().filter(|(count, ..)| *count > 0);
            let some = some.map(|(count, what, more)| format!("{}{more}", plural(*count, what)));
            some.collect::<Vec<_>>().join(", ")
        };
        let incomparable = self.incomparable();
        let mut words = String::new();
        let count: usize = incomparable.iter().map(|(count, ..)| count).sum();
        if count > 0 {
            let list = list(&incomparable);
            let _ = write!(words, ", apart from {count} that cannot be compared ({list})");
        }
        if self.without_password > 0 {
            let roles = plural(self.without_password, "login role");
            let _ = write!(words, "; on the right side {roles} without a password");
        }
        let others = list(&self.others());
        if !others.is_empty() {
            let _ = write!(words, "; left out: {others}");
        }
        words
    }
}

/// Writes the differences, a line each.
///
/// # Errors
/// When it cannot be written.
pub fn write(report: &DiffReport, look: Look, to: &mut dyn io::Write) -> io::Result<()> {
    let mut out = Blocks::new(to);
    // Writing to a String cannot fail.
    let _ = head(report, &mut out.text);
    for difference in &report.differences {
        let _ = line(difference, look, &mut out.text);
        out.flow()?;
    }
    // What was not fit for the platform is no difference, but somebody will miss it.
    let errors = report.findings.iter().filter(|it| it.severity == Severity::Error);
    let errors: Vec<_> = errors.cloned().collect();
    text::findings(&errors, look, &mut out)?;
    if !errors.is_empty() {
        out.text.push('\n');
    }
    let _ = summary(report, look, &mut out.text);
    out.finish()
}

fn head(report: &DiffReport, out: &mut String) -> fmt::Result {
    sides(report, ["--- ", "+++ "], out)
}

/// A line for each side, behind its sign.
pub(super) fn sides(report: &DiffReport, signs: [&str; 2], out: &mut String) -> fmt::Result {
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

fn line(difference: &Difference, look: Look, out: &mut String) -> fmt::Result {
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

pub(super) fn summary(report: &DiffReport, look: Look, out: &mut String) -> fmt::Result {
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
    }
    writeln!(out, "{}", report.left_out.words())
}
