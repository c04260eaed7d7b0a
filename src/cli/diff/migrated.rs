//! `--as`: the left side as copy would bring it, and whether the right side has all of it.

use anyhow::{Result, bail};

use super::Diff;
use crate::cli::input::Input;
use crate::cli::options::{self, PlatformChoice};
use crate::finding::{Finding, Severity};
use crate::globals::changes::changes;
use crate::globals::{Change, Changes, Scope};
use crate::plan::{self, Desired, plan};
use crate::platform::Rights;
use crate::report::{DiffReport, Difference, Fingerprint};
use crate::sanitize::{Choices, sanitize};

/// Compares in copy's way.
pub(super) fn compare(
    diff: &Diff,
    mut left: Input,
    right: &Input,
    fingerprint: &Fingerprint,
    report: &mut DiffReport,
) -> Result<()> {
    let name = diff.as_platform.as_deref().unwrap_or_default();
    let target = PlatformChoice::find(name)?;
    let target = target.get();
    let answers = right.live.as_ref().map(|live| live.as_administrator(target));
    let major = right.major().unwrap_or_else(|| target.newest());
    let offline = Rights::offline(target, major);
    let rights = answers.as_ref().map_or(offline, |answers| offline.narrowed_by(answers));
    let now = options::now();
    let choices = Choices { now, ..Choices::default() };
    let named = diff.input.platform()?;
    let (globals, ledger, findings) = left.take();
    let source = left.source(named.as_ref().map(PlatformChoice::get));
    let sanitized = sanitize(globals, ledger, findings, rights, source, &choices)?;
    let desired = Desired {
        source: None,
        globals: &sanitized.globals,
        unspecified: &sanitized.unspecified,
        ledger: &sanitized.ledger,
    };
    let out = &mut report.left_out;
    let mut not_done: Vec<Finding> = Vec::new();
    let mut missing = if let Some(answers) = &answers {
        let plan_options = plan::Options { now, ..plan::Options::default() };
        let plan = plan(&right.globals, &desired, answers, target, &plan_options);
        if let Some(obstacle) = plan.obstacles.first() {
            bail!("{}", obstacle.message);
        }
        out.extra = plan.extra.len();
        out.deferred = plan.deferred.len();
        not_done = plan.withheld.iter().chain(&plan.refused).cloned().collect();
        for finding in &mut not_done {
            finding.severity = Severity::Error;
        }
        out.withheld = plan.withheld.len() + plan.refused.len();
        out.passwords = plan.unverifiable.len();
        plan.changes
    } else {
        // A dump says nothing of databases that may be missing.
        let (databases, everybody) = right.shows_settings();
        let shown = |change: &Change| match change {
            Change::Setting { key, .. } => match (&key.database, &key.role) {
                (Some(_), _) => databases,
                (None, None) => everybody,
                (None, Some(_)) => true,
            },
            _ => true,
        };
        let Changes { mut changes, extra, unverifiable } =
            changes(&right.globals.clone().explicit(), desired.globals, Scope::Merge);
        out.extra = extra.iter().filter(|change| !desired.unspecified.covers(change)).count();
        out.passwords = unverifiable.len();
        let before = changes.len();
        changes.retain(shown);
        out.settings = before - changes.len();
        changes
    };
    let before = missing.len();
    missing.retain(|change| !diff.ignore.iter().any(|ignore| ignore.covers(change)));
    out.ignored = before - missing.len();
    // What is missing on the right: the left side has it.
    report.differences =
        missing.iter().map(|change| Difference::of(change, fingerprint).swapped()).collect();
    report.as_platform = Some(target.name().to_owned());
    report.findings = sanitized.findings;
    report.findings.extend(not_done);
    report.differences.sort();
    Ok(())
}
