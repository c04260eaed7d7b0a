//! What rules' tests share.

use crate::globals::Fate;
use crate::globals::collect::Era;
use crate::globals::script::{Shape, statements};
use crate::name::Name;
use crate::platform::{Platform, Rights};
use crate::read::{Options, read};
use crate::sanitize::{Choices, Source, sanitize};
use crate::version::Major;

/// Sanitizes `text` for a target like `azure 16`: the findings, the script's statements and the
/// counts, a line each.
pub(crate) fn run(text: &str, target: &str) -> String {
    run_with(text, target, &Choices::default())
}

/// As [`run`], with choices.
pub(crate) fn run_with(text: &str, target: &str, choices: &Choices) -> String {
    run_all(text, None, target, choices)
}

/// As [`run`], from a server of this major version.
pub(crate) fn run_from(text: &str, major: u32, target: &str) -> String {
    run_all(text, Some(Era::of(Major::new(major))), target, &Choices::default())
}

/// All of it.
pub(crate) fn run_all(text: &str, era: Option<Era>, target: &str, choices: &Choices) -> String {
    let (platform, major) = target.split_once(' ').unwrap();
    let platform = Platform::builtin(platform).unwrap();
    let major = major.parse().unwrap();
    let choices = Choices { now: 1_700_000_000, ..choices.clone() };
    let reading = read(text.as_bytes(), Options::default()).unwrap();
    let source = Platform::recognise(
        |role| reading.globals.may_be_superuser(role),
        |tablespace| reading.globals.tablespaces.contains_key(&Name::new(tablespace)),
    );
    let source = Source { platform: source, era: era.or(reading.era), ..Source::default() };
    let rights = Rights::offline(platform, major);
    let sanitized =
        sanitize(reading.globals, reading.ledger, reading.findings, rights, source, &choices)
            .unwrap();
    let mut lines: Vec<_> = sanitized
        .findings
        .iter()
        .map(|f| {
            let word = |value: serde_json::Value| value.as_str().unwrap().to_owned();
            let action = word(serde_json::to_value(f.action).unwrap());
            let kind = word(serde_json::to_value(f.object.kind()).unwrap());
            let line = f.line.unwrap_or(0);
            format!(
                "{line} {} {} {action} {kind} {}: {}",
                f.severity,
                f.about.name,
                f.object.name(),
                f.message
            )
        })
        .collect();
    for (_, statement) in statements(
        &sanitized.globals,
        Shape { major, if_not_exists: false, admin: None, once: None },
    ) {
        let mut text = String::new();
        crate::sql::print(&statement, &mut text);
        lines.push(text);
    }
    let count = |fate| sanitized.ledger.fates().filter(|(_, f)| *f == fate).count();
    lines.push(format!(
        "kept {}, rewritten {}, dropped {}",
        count(Fate::Kept),
        count(Fate::Rewritten),
        count(Fate::Dropped)
    ));
    lines.join("\n")
}
