//! What there is to know about findings and checks, apart from any single one.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::io;

use serde::Serialize;

use super::FORMAT_VERSION;
use super::document::{Document, Look};
use super::parts::look::{bold, severity_style};
use super::parts::markdown::escaped;
use crate::check::{self, checks};
use crate::finding::Severity;
use crate::{rules, sanitize};

/// Findings and checks that are explained.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Explanations {
    /// The version of this format.
    pub format_version: u32,
    /// Rules: what findings of conversions and copies are called.
    pub rules: Vec<ExplainedRule>,
    /// Checks.
    pub checks: Vec<ExplainedCheck>,
}

/// One rule.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ExplainedRule {
    /// Its stable name.
    pub name: &'static str,
    /// How much most of its findings matter.
    pub severity: Severity,
    /// What it is about, and why it is so: one sentence.
    pub why: &'static str,
    /// Some sentences, in paragraphs with an empty line between them.
    pub explanation: &'static str,
    /// What to do about it; empty where there is nothing to do.
    pub remedy: &'static str,
}

/// One check.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ExplainedCheck {
    /// Its stable name.
    pub name: &'static str,
    /// The codes of the migration service's validations that say the same.
    pub codes: &'static [&'static str],
    /// What it verifies: one line.
    pub title: &'static str,
    /// Where it looks.
    pub looked_at: &'static str,
    /// Whether only the online migration needs it.
    pub online: bool,
    /// Some sentences, in paragraphs with an empty line between them.
    pub explanation: &'static str,
}

impl From<&'static sanitize::About> for ExplainedRule {
    fn from(about: &'static sanitize::About) -> Self {
        let sanitize::About { name, severity, why, explanation, remedy } = *about;
        Self { name, severity, why, explanation, remedy }
    }
}

impl From<&'static check::About> for ExplainedCheck {
    fn from(about: &'static check::About) -> Self {
        let check::About { name, codes, title, explanation, looked_at, online } = *about;
        Self { name, codes, title, looked_at, online, explanation }
    }
}

impl Explanations {
    /// Of everything that has a name.
    pub fn all() -> Self {
        Self::of(|_, _| true)
    }

    /// Of what has one of these names; of checks, one of these codes of the migration service will do.
    pub fn named(names: &[String]) -> Self {
        Self::of(|name, codes| {
            names.iter().any(|it| it == name || codes.iter().any(|code| it == code))
        })
    }

    fn of(wanted: impl Fn(&str, &[&str]) -> bool) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            rules: rules::all().filter(|it| wanted(it.name, &[])).map(Into::into).collect(),
            checks: checks::abouts()
                .filter(|it| wanted(it.name, it.codes))
                .map(Into::into)
                .collect(),
        }
    }

    /// The codes of the migration service that checks say, each once.
    pub fn codes(&self) -> BTreeSet<&'static str> {
        self.checks.iter().flat_map(|check| check.codes).copied().collect()
    }

    /// The names, rules first.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        let rules = self.rules.iter().map(|rule| rule.name);
        rules.chain(self.checks.iter().map(|check| check.name))
    }
}

impl Document for Explanations {
    /// A line for each, rules and checks apart, where it is to be brief; else all that is known.
    fn text(&self, look: Look, to: &mut dyn io::Write) -> io::Result<()> {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = if look.brief { list(self, look, &mut out) } else { whole(self, look, &mut out) };
        to.write_all(out.as_bytes())
    }

    /// A section for each, as the pages of the book have it.
    fn markdown(&self, to: &mut dyn io::Write) -> io::Result<()> {
        let mut out = String::new();
        for it in &self.rules {
            let ExplainedRule { name, severity, why, explanation, remedy } = it;
            let remedy = if remedy.is_empty() { "nothing" } else { remedy };
            let _ = write!(
                out,
                "## {name}\n\n**{severity}**: {}\n\n{}\n\nWhat to do: {}\n\n",
                prose(why),
                paragraphs(explanation),
                prose(remedy)
            );
        }
        for it in &self.checks {
            let ExplainedCheck { name, codes, title, looked_at, online, explanation } = it;
            let online = if *online { " (only with --online)" } else { "" };
            let _ = write!(
                out,
                "## {name}\n\n{}{online}\n\n{}\n\nLooks at: {}\n\n",
                prose(title),
                paragraphs(explanation),
                prose(looked_at)
            );
            if !codes.is_empty() {
                let codes = codes.join(", ");
                let _ = write!(out, "Codes of the migration service: {codes}\n\n");
            }
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
        to.write_all(out.as_bytes())
    }
}

fn paragraphs(text: &str) -> String {
    text.split("\n\n").map(prose).collect::<Vec<_>>().join("\n\n")
}

/// Text whose backticks mean what they mean in Markdown.
fn prose(text: &str) -> String {
    let part = |(number, part)| if number % 2 == 0 { escaped(part) } else { format!("`{part}`") };
    text.split('`').enumerate().map(part).collect()
}

/// A line for each.
fn list(all: &Explanations, look: Look, out: &mut String) -> fmt::Result {
    let width = all.names().map(str::len).max().unwrap_or(0);
    out.push_str("Findings of convert, copy and diff:\n");
    for ExplainedRule { name, severity, why, .. } in &all.rules {
        let style = severity_style(*severity, look.colours);
        let severity = format!("{severity}:");
        writeln!(out, "  {name:width$}  {style}{severity:8}{style:#} {why}")?;
    }
    out.push_str("\nChecks:\n");
    for ExplainedCheck { name, title, .. } in &all.checks {
        writeln!(out, "  {name:width$}  {title}")?;
    }
    Ok(())
}

/// All that is known.
fn whole(all: &Explanations, look: Look, out: &mut String) -> fmt::Result {
    let mut blocks = Vec::new();
    for it in &all.rules {
        let mut block = String::new();
        rule(it, look, &mut block)?;
        blocks.push(block);
    }
    for it in &all.checks {
        let mut block = String::new();
        check(it, look, &mut block)?;
        blocks.push(block);
    }
    out.push_str(&blocks.join("\n"));
    Ok(())
}

fn rule(it: &ExplainedRule, look: Look, out: &mut String) -> fmt::Result {
    let Look { colours, width, .. } = look;
    let ExplainedRule { name, severity, why, explanation, remedy } = it;
    let style = severity_style(*severity, colours);
    let bold = bold(colours);
    writeln!(out, "{style}{severity}{style:#}: {bold}{name}{bold:#}")?;
    paragraph(why, width, out)?;
    body(explanation, width, out)?;
    let remedy = if remedy.is_empty() { "nothing" } else { remedy };
    paragraph(&format!("What to do: {remedy}"), width, out)
}

fn check(it: &ExplainedCheck, look: Look, out: &mut String) -> fmt::Result {
    let Look { colours, width, .. } = look;
    let ExplainedCheck { name, codes, title, looked_at, online, explanation } = it;
    let bold = bold(colours);
    writeln!(out, "check: {bold}{name}{bold:#}")?;
    paragraph(title, width, out)?;
    body(explanation, width, out)?;
    paragraph(&format!("Looks at: {looked_at}"), width, out)?;
    if !codes.is_empty() {
        let codes = codes.join(", ");
        paragraph(&format!("Codes of the migration service: {codes}"), width, out)?;
    }
    if *online {
        paragraph("For the online migration only: --online", width, out)?;
    }
    Ok(())
}

/// Its paragraphs, with an empty line around each.
fn body(text: &str, width: usize, out: &mut String) -> fmt::Result {
    for text in text.split("\n\n") {
        out.push('\n');
        paragraph(text, width, out)?;
    }
    writeln!(out)
}

/// Words in lines of `width`; a longer word has a line of its own.
fn paragraph(text: &str, width: usize, out: &mut String) -> fmt::Result {
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        match used {
            0 => {}
            _ if used + 1 + length > width => {
                out.push('\n');
                used = 0;
            }
            _ => {
                out.push(' ');
                used += 1;
            }
        }
        out.push_str(word);
        used += length;
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// What says more than a line, and nothing about how the program was made.
    #[test]
    fn everything_is_explained() {
        let all = Explanations::all();
        let rules = all.rules.iter().map(|it| (it.name, it.why, it.explanation));
        let checks = all.checks.iter().map(|it| (it.name, it.title, it.explanation));
        for (name, line, explanation) in rules.chain(checks) {
            assert!(explanation.len() > line.len(), "{name}");
            for paragraph in explanation.split("\n\n") {
                assert!(paragraph.ends_with('.'), "{name}: {paragraph}");
                assert!(!paragraph.contains('\n') && !paragraph.contains("  "), "{name}");
                let first = paragraph.chars().next();
                assert!(first.is_some_and(|c| !c.is_lowercase()) || paragraph.starts_with("pg_"));
            }
            let sentences = explanation.matches(". ").count() + 1;
            assert!(sentences <= 9, "{name}: {sentences} sentences");
            let lower = explanation.to_lowercase();
            for word in ["issue", "todo", "fixme", "decision", "/tmp", "/work", "#"] {
                assert!(!lower.contains(word), "{name}: {word}");
            }
        }
    }

    /// A name leads to one explanation.
    #[test]
    fn no_rule_is_called_like_a_check() {
        let all = Explanations::all();
        let mut seen = HashSet::new();
        for name in all.names() {
            assert!(seen.insert(name), "{name}");
        }
    }

    /// The names and codes that explanations lead to.
    #[test]
    fn what_is_referred_to_exists() {
        let all = Explanations::all();
        let names: HashSet<_> = all.names().collect();
        let rules = all.rules.iter().map(|it| it.explanation);
        for text in rules.chain(all.checks.iter().map(|it| it.explanation)) {
            for lead in ["(finding ", "the finding ", "pg_globals explain "] {
                for (at, _) in text.match_indices(lead) {
                    let rest = &text[at + lead.len()..];
                    let end = rest.find([')', ',', '.', ' ']).unwrap_or(rest.len());
                    assert!(names.contains(&rest[..end]), "{}", &rest[..end]);
                }
            }
        }
        for check in &all.checks {
            for (at, _) in check.explanation.match_indices("603") {
                let code = &check.explanation[at..at + 6];
                assert!(check.codes.contains(&code), "{}: {code}", check.name);
            }
        }
    }

    #[test]
    fn lines_end_between_words() {
        let mut out = String::new();
        paragraph("one two  three\nabcdefghijklm four", 9, &mut out).unwrap();
        assert_eq!(out, "one two\nthree\nabcdefghijklm\nfour\n");
    }
}
