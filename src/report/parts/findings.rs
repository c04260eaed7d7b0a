//! Findings as text.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::io;

use super::look::{bold, severity_style};
use crate::blocks::Blocks;
use crate::finding::{About, Finding, Severity, Subject};
use crate::report::Look;
use crate::rules;
use crate::words::{plural, visible};

/// How many findings of a rule are shown where the list is shortened.
const SHOWN: usize = 10;

/// How many findings of a rule are shown elsewhere.
const MOST: usize = 100;

/// How many lines can stand behind errors that are still seen, on a terminal.
const SEEN: usize = 24;

/// The same in a file, which is read from its beginning.
const SEEN_IN_A_FILE: usize = 200;

/// How many bytes of a finding's message are shown where the list is shortened.
const LONG: usize = 600;

/// The errors once more, at the end, where so much stands behind them that they are not seen any more:
/// the rest of the findings, and so many lines.
pub(in crate::report) fn errors_again(
    findings: &[Finding],
    lines: usize,
    look: Look,
    out: &mut Blocks<'_>,
) -> io::Result<()> {
    let groups = groups(findings);
    let is_error = |group: &&(Severity, &About, Vec<&Finding>)| group.0 == Severity::Error;
    // With the blank line, the title and the remedy.
    let height = |(severity, _, findings): &(Severity, &About, Vec<&Finding>)| {
        shown(*severity, rows(findings).count(), look) + 3
    };
    let behind: usize = groups.iter().filter(|group| !is_error(group)).map(height).sum();
    let errors: usize = groups.iter().filter(is_error).map(|group| rows(&group.2).count()).sum();
    let is_cut = |(severity, _, findings): &(Severity, &About, Vec<&Finding>)| {
        let is_told = !(look.brief && *severity == Severity::Info);
        let rows = rows(findings).count();
        is_told && shown(*severity, rows, look) < rows
    };
    let most = if look.shorten {
        SEEN
    } else if groups.iter().any(is_cut) {
        // What is too long even for a file is read from its end.
        0
    } else {
        SEEN_IN_A_FILE
    };
    if errors == 0 || behind + lines < most {
        return Ok(());
    }
    let style = severity_style(Severity::Error, look.colours);
    let _ = writeln!(out.text, "\n{style}{}{style:#}:", plural(errors, "error"));
    let errors_by_rule = || groups.iter().filter(is_error).map(|group| (group.1, &group.2));
    let shown = shown(Severity::Error, errors, look);
    let mut left = shown;
    for (about, findings) in errors_by_rule() {
        for row in rows(findings).take(left) {
            let _ = write!(out.text, "  {}:", about.name);
            line(row, look.shorten, 1, &mut out.text);
            out.flow()?;
        }
        left = left.saturating_sub(rows(findings).count());
    }
    more(Severity::Error, errors, shown, look, &mut out.text);
    Ok(())
}

/// Says that there are more than are shown, and where they all are.
fn more(severity: Severity, count: usize, shown: usize, look: Look, out: &mut String) {
    if shown == count {
        return;
    }
    let _ = write!(out, "  … and {} more: ", count - shown);
    // What a terminal cuts, a pager shows whole.
    if self::shown(severity, count, Look { shorten: false, ..look }) == count {
        let _ = write!(out, "{}, or ", look.pager);
    }
    out.push_str("--report FILE has them all\n");
}

/// How many rows of so many are shown.
fn shown(severity: Severity, count: usize, look: Look) -> usize {
    match count {
        _ if look.brief && severity == Severity::Info => 0,
        _ if look.shorten && count > SHOWN + 1 => SHOWN,
        // Nobody reads hundreds in a file either; errors are named one by one.
        _ if severity < Severity::Error && count > MOST => SHOWN,
        all => all,
    }
}

/// Findings by rule, the most severe first.
pub(in crate::report) fn all(
    findings: &[Finding],
    look: Look,
    out: &mut Blocks<'_>,
) -> io::Result<()> {
    for (severity, about, findings) in groups(findings) {
        group(severity, about, &findings, look, out)?;
    }
    Ok(())
}

/// Says where people learn more.
pub(in crate::report) fn lead_on(findings: &[Finding], look: Look, out: &mut String) {
    if look.shorten && !findings.is_empty() {
        out.push_str("\npg_globals explain RULE says more about a finding\n");
    }
}

/// Findings by rule, the most severe first, rules in the order in which they look.
pub(in crate::report) fn groups(
    findings: &[Finding],
) -> Vec<(Severity, &'static About, Vec<&Finding>)> {
    let mut by_rule: BTreeMap<_, (&'static About, Vec<&Finding>)> = BTreeMap::new();
    for finding in findings {
        let key = (Reverse(finding.severity), finding.about.name);
        by_rule.entry(key).or_insert((finding.about, Vec::new())).1.push(finding);
    }
    let mut groups: Vec<_> = by_rule
        .into_iter()
        .map(|((severity, _), (about, mut findings))| {
            findings.sort_by_key(|finding| finding.line);
            (severity.0, about, findings)
        })
        .collect();
    let place = |about: &About| rules::all().position(|it| it == about);
    groups.sort_by_key(|(severity, about, _)| {
        (Reverse(*severity), place(about).unwrap_or(usize::MAX))
    });
    groups
}

/// The findings as rows: an object that goes with several statements that follow each other is named once,
/// with all their lines.
pub(in crate::report) fn rows<'a, 'b>(
    findings: &'b [&'a Finding],
) -> impl Iterator<Item = &'b [&'a Finding]> {
    findings.chunk_by(|one, next| {
        let is_the_same = one.object == next.object && one.message == next.message;
        is_the_same
            && one.line.is_some() == next.line.is_some()
            && !matches!(one.object, Subject::Statement(_))
    })
}

/// `2`, `2, 3 and 5`; nothing for facts of a live server.
pub(in crate::report) fn lines(row: &[&Finding], out: &mut String) {
    let lines = lines_of(row);
    for (at, line) in lines.iter().enumerate() {
        out.push_str(match at {
            0 => "",
            _ if at + 1 == lines.len() => " and ",
            _ => ", ",
        });
        let _ = write!(out, "{line}");
    }
}

fn lines_of(row: &[&Finding]) -> Vec<u32> {
    let mut lines: Vec<_> = row.iter().filter_map(|finding| finding.line).collect();
    lines.dedup();
    lines
}

fn group(
    severity: Severity,
    about: &About,
    findings: &[&Finding],
    look: Look,
    out: &mut Blocks<'_>,
) -> io::Result<()> {
    let count = rows(findings).count();
    let _ = title(severity, about, count, look, &mut out.text);
    let shown = shown(severity, count, look);
    for row in rows(findings).take(shown) {
        line(row, look.shorten, 2, &mut out.text);
        out.flow()?;
    }
    if !(look.brief && severity == Severity::Info) {
        more(severity, count, shown, look, &mut out.text);
    }
    // A rule's remedy is for what it usually finds; where that does not matter, it would alarm.
    let is_usual = severity > Severity::Info || about.severity == Severity::Info;
    if is_usual && !about.remedy.is_empty() {
        let _ = writeln!(out.text, "  = {}", about.remedy);
    }
    Ok(())
}

fn title(
    severity: Severity,
    about: &About,
    count: usize,
    look: Look,
    out: &mut String,
) -> fmt::Result {
    let (style, bold) = (severity_style(severity, look.colours), bold(look.colours));
    write!(out, "\n{style}{severity}{style:#}: {bold}{}{bold:#}", about.name)?;
    if count > 1 {
        write!(out, " ({count})")?;
    }
    writeln!(out, ": {}", about.why)
}

/// A finding on one line of a terminal. There can be hundreds of thousands.
fn line(row: &[&Finding], shorten: bool, indent: usize, out: &mut String) {
    let Some(finding) = row.first() else { return };
    let _ = write!(out, "{:indent$}", "");
    if finding.line.is_some() {
        out.push_str(if lines_of(row).len() == 1 { "line " } else { "lines " });
        lines(row, out);
        out.push_str(", ");
    }
    let _ = write!(out, "{}: ", visible(&finding.object.to_string()));
    // What a server says may quote anything.
    let message = visible(&finding.message);
    if shorten && message.len() > LONG {
        let end = message.floor_char_boundary(LONG);
        let _ = writeln!(out, "{} …: --report FILE has all of it", &message[..end]);
        return;
    }
    out.push_str(&message);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::finding::{Action, Subject};
    use crate::name::Name;
    use crate::subject::Target;

    fn findings(count: u32) -> Vec<Finding> {
        let about = rules::about("superuser").unwrap();
        let one = |line| {
            let object = Subject::Role(Name::new(format!("r{line}")));
            about.finding(object, Action::Rewritten, "loses SUPERUSER").at(Some(line))
        };
        (1..=count).map(one).collect()
    }

    fn lines(findings: &[Finding], shorten: bool) -> Vec<String> {
        let mut text = Vec::new();
        let mut out = Blocks::new(&mut text);
        let look = Look { shorten, ..Look::PLAIN };
        for (severity, about, findings) in groups(findings) {
            group(severity, about, &findings, look, &mut out).unwrap();
        }
        out.finish().unwrap();
        String::from_utf8(text)
            .unwrap()
            .split('\n')
            .filter(|line| line.starts_with("  "))
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn long_groups_are_shortened_for_terminals() {
        let all = findings(10_000);
        assert_eq!(lines(&all[..100], false).len(), 101);
        assert_eq!(lines(&all, false), lines(&all, true));
        let mut errors = findings(1_000);
        for error in &mut errors {
            error.severity = Severity::Error;
        }
        assert_eq!(lines(&errors, false).len(), 1_001);
        let short = lines(&all, true);
        assert_eq!(short.len(), 12);
        assert_eq!(short[9], "  line 10, role r10: loses SUPERUSER");
        assert_eq!(short[10], "  … and 9990 more: --report FILE has them all");
        // A line that says that one is missing would take the place of that one.
        assert_eq!(lines(&findings(11), true), lines(&findings(11), false));
    }

    #[test]
    fn errors_are_said_again_where_they_have_scrolled_away() {
        let again = |count, lines, shorten| {
            let mut all = findings(count);
            for error in &mut all[..2] {
                error.severity = Severity::Error;
            }
            let mut text = Vec::new();
            let mut out = Blocks::new(&mut text);
            let look = Look { shorten, ..Look::PLAIN };
            errors_again(&all, lines, look, &mut out).unwrap();
            out.finish().unwrap();
            String::from_utf8(text).unwrap()
        };
        assert_eq!(again(90, 0, true), "");
        let said = "\n2 errors:\n  superuser: line 1, role r1: loses SUPERUSER\n  superuser: line 2, \
                    role r2: loses SUPERUSER\n";
        assert_eq!(again(90, 100, false), "");
        assert_eq!(again(90, 120, false), said);
        assert_eq!(again(420, 0, false), said);
        assert_eq!(again(2, 24, true), said);
    }

    /// What a subject may be that reads like another where its names are glued together.
    fn subject() -> impl Strategy<Value = Subject> {
        let name = select(vec!["a", "b", "a in b", "b in c", "ALL", "a: x"]).prop_map(Name::new);
        let names = (name.clone(), name.clone());
        prop_oneof![
            name.clone().prop_map(Subject::Role),
            names.prop_map(|(role, member)| Subject::Membership { role, member }),
            (option::of(name.clone()), option::of(name.clone()), name.clone()).prop_map(
                |(role, database, setting)| Subject::Setting {
                    role,
                    database,
                    name: setting.as_str().into()
                }
            ),
            name.clone().prop_map(|name| Subject::Comment(Target::Role(name))),
            name.prop_map(|name| Subject::Comment(Target::Tablespace(name))),
            select(vec!["FOO BAR", "FOO BAZ"]).prop_map(Subject::statement),
        ]
    }

    proptest! {
        #![proptest_config(crate::testing::cases(256))]

        /// Every finding is seen, under its rule and with its line, whatever reads alike.
        #[test]
        fn no_line_is_hidden(
            all in vec((0..3_usize, subject(), option::of(1..30_u32), 0..2_usize), 0..60)
        ) {
            let rules = ["superuser", "setting", "unknown-statement"];
            let all: Vec<_> = all
                .into_iter()
                .map(|(rule, object, line, message)| Finding {
                    about: crate::rules::about(rules[rule]).unwrap(),
                    severity: [Severity::Warning, Severity::Error, Severity::Info][rule],
                    action: Action::Dropped,
                    object,
                    line,
                    message: ["one", "other"][message].into(),
                })
                .collect();
            let mut text = Vec::new();
            let mut out = Blocks::new(&mut text);
            let look = Look::PLAIN;
            super::all(&all, look, &mut out).unwrap();
            out.finish().unwrap();
            let text = String::from_utf8(text).unwrap();
            let mut seen = BTreeSet::new();
            let mut rule = "";
            for line in text.split('\n') {
                if let Some(title) = line.strip_prefix(char::is_alphabetic).and(line.split_once(": ")) {
                    rule = title.1.split([':', ' ']).next().unwrap();
                    continue;
                }
                let Some(line) = line.strip_prefix("  ").filter(|line| !line.starts_with('=')) else {
                    continue;
                };
                let numbers = ["lines ", "line "].iter().find_map(|it| line.strip_prefix(it));
                let (numbers, rest) = match numbers {
                    // Names may have commas, too.
                    Some(rest) => {
                        let end = rest.find(|c: char| c.is_ascii_lowercase() && c != 'a' && c != 'n' && c != 'd');
                        rest.split_at(rest[..end.unwrap_or(rest.len())].rfind(", ").unwrap())
                    }
                    None => ("", line),
                };
                let (subject, message) = rest.trim_start_matches(", ").rsplit_once(": ").unwrap();
                let numbers: Vec<Option<u32>> = match numbers {
                    "" => vec![None],
                    _ => numbers.replace(" and ", ", ").split(", ").map(|it| it.parse().ok()).collect(),
                };
                seen.extend(numbers.into_iter().map(|line| {
                    (rule.to_owned(), line, subject.to_owned(), message.to_owned())
                }));
            }
            let expected: BTreeSet<_> = all
                .iter()
                .map(|it| (it.about.name.to_owned(), it.line, it.object.to_string(), it.message.to_string()))
                .collect();
            prop_assert_eq!(seen, expected, "{}", text);
        }
    }

    #[test]
    fn long_messages_are_cut_for_terminals() {
        let mut one = findings(1);
        one[0].message = "é".repeat(LONG).into();
        assert_eq!(lines(&one, false)[0], format!("  line 1, role r1: {}", "é".repeat(LONG)));
        let cut =
            format!("  line 1, role r1: {} …: --report FILE has all of it", "é".repeat(LONG / 2));
        assert_eq!(lines(&one, true)[0], cut);
        one[0].message = "x".repeat(LONG).into();
        assert_eq!(lines(&one, true), lines(&one, false));
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
