//! The report as text.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::Report;
use crate::finding::{Finding, Kind, Severity};
use crate::name::Name;
use crate::plan;
use crate::sanitize::{About, rules};

/// How many findings of a rule are shown where the list is shortened.
const SHOWN: usize = 10;

/// The report with colours; with `shorten`, long lists of findings are cut.
pub fn render(report: &Report, shorten: bool) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = head(report, &mut out);
    findings(&report.findings, shorten, &mut out);
    out
}

/// Findings by rule, the most severe first.
pub(super) fn findings(findings: &[Finding], shorten: bool, out: &mut String) {
    for (severity, rule, findings) in groups(findings) {
        let _ = group(severity, rule, &findings, shorten, out);
    }
}

/// The wording of everything that can be found.
fn abouts() -> impl Iterator<Item = &'static About> {
    rules::all().chain(plan::abouts())
}

fn head(report: &Report, out: &mut String) -> std::fmt::Result {
    let Report { source, target, found, statements, .. } = report;
    let platform = source.platform.as_deref().unwrap_or("no platform recognised");
    let name = match source.name.as_str() {
        "-" => "standard input".to_owned(),
        // Quotes may stand in it as they are; control characters may not.
        name => name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect(),
    };
    write!(out, "{name}: {platform}")?;
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

/// `1 role`, `2 roles`.
pub(super) fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Findings by rule, the most severe first, rules in the order in which they look.
fn groups(findings: &[Finding]) -> Vec<(Severity, &'static str, Vec<&Finding>)> {
    let mut by_rule: BTreeMap<(std::cmp::Reverse<Severity>, usize), Vec<&Finding>> =
        BTreeMap::new();
    let places: HashMap<_, _> =
        abouts().enumerate().map(|(place, about)| (about.name, place)).collect();
    for finding in findings {
        let place = places.get(finding.rule).copied().unwrap_or(usize::MAX);
        by_rule.entry((std::cmp::Reverse(finding.severity), place)).or_default().push(finding);
    }
    let sorted = by_rule.into_iter().map(|((severity, _), mut findings)| {
        findings.sort_by_key(|finding| finding.line);
        // An object that goes with several statements is named once.
        findings
            .dedup_by(|next, first| next.object == first.object && next.message == first.message);
        (severity.0, findings[0].rule, findings)
    });
    sorted.collect()
}

fn group(
    severity: Severity,
    rule: &'static str,
    findings: &[&Finding],
    shorten: bool,
    out: &mut String,
) -> std::fmt::Result {
    let style = match severity {
        Severity::Error => AnsiColor::Red.on_default().bold(),
        Severity::Warning => AnsiColor::Yellow.on_default().bold(),
        Severity::Info => AnsiColor::Cyan.on_default().bold(),
    };
    let bold = Style::new().bold();
    let about = abouts().find(|about| about.name == rule);
    write!(out, "\n{style}{severity}{style:#}: {bold}{rule}{bold:#}")?;
    if findings.len() > 1 {
        write!(out, " ({})", findings.len())?;
    }
    writeln!(out, ": {}", about.map_or("", |about| about.why))?;
    let shown = if shorten && findings.len() > SHOWN + 1 { SHOWN } else { findings.len() };
    for finding in &findings[..shown] {
        let object = object(finding);
        match finding.line {
            Some(line) => writeln!(out, "  line {line}, {object}: {}", finding.message)?,
            None => writeln!(out, "  {object}: {}", finding.message)?,
        }
    }
    if shown < findings.len() {
        writeln!(out, "  … and {} more: --report FILE has them all", findings.len() - shown)?;
    }
    // A rule's remedy is for what it usually finds; where that does not matter, it would alarm.
    let remedy = about
        .filter(|about| severity > Severity::Info || about.severity == Severity::Info)
        .map_or("", |about| about.remedy);
    if remedy.is_empty() { Ok(()) } else { writeln!(out, "  = {remedy}") }
}

/// The object for one line of a terminal.
fn object(finding: &Finding) -> String {
    let name = finding.object.name.as_str();
    let (kind, name) = match finding.object.kind {
        Kind::Role => ("role ", Name::new(name).to_string()),
        Kind::Tablespace => ("tablespace ", Name::new(name).to_string()),
        Kind::Comment => ("comment on ", Name::new(name).to_string()),
        Kind::SecurityLabel => ("label on ", Name::new(name).to_string()),
        Kind::Membership | Kind::Setting | Kind::Parameter | Kind::Statement => {
            ("", name.replace(char::is_control, " "))
        }
    };
    format!("{kind}{name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Action, Object};

    fn findings(count: u32) -> Vec<Finding> {
        let one = |line| Finding {
            rule: "superuser",
            severity: Severity::Warning,
            action: Action::Rewritten,
            object: Object { kind: Kind::Role, name: format!("r{line}") },
            line: Some(line),
            message: "loses SUPERUSER".to_owned(),
        };
        (1..=count).map(one).collect()
    }

    fn lines(findings: &[Finding], shorten: bool) -> Vec<String> {
        let mut out = String::new();
        for (severity, rule, findings) in groups(findings) {
            group(severity, rule, &findings, shorten, &mut out).unwrap();
        }
        out.split('\n').filter(|line| line.starts_with("  ")).map(str::to_owned).collect()
    }

    #[test]
    fn long_groups_are_shortened_for_terminals() {
        let all = findings(10_000);
        assert_eq!(lines(&all, false).len(), 10_001);
        let short = lines(&all, true);
        assert_eq!(short.len(), 12);
        assert_eq!(short[9], "  line 10, role r10: loses SUPERUSER");
        assert_eq!(short[10], "  … and 9990 more: --report FILE has them all");
        // A line that says that one is missing would take the place of that one.
        assert_eq!(lines(&findings(11), true), lines(&findings(11), false));
    }

    #[test]
    fn the_most_severe_come_first_and_in_the_order_of_their_lines() {
        let mut all = findings(3);
        all.reverse();
        all[0].severity = Severity::Error;
        all[1].severity = Severity::Info;
        let names: Vec<_> = groups(&all).into_iter().map(|(severity, ..)| severity).collect();
        assert_eq!(names, [Severity::Error, Severity::Warning, Severity::Info]);
        assert_eq!(
            lines(&findings(2), false)[..2],
            ["  line 1, role r1: loses SUPERUSER", "  line 2, role r2: loses SUPERUSER"]
        );
    }
}
