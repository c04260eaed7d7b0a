//! The plan that was approved.

use std::io::Write as _;

use anyhow::{Result, anyhow, bail};
use serde::Deserialize;

use crate::cli::file;
use crate::cli::options::shown;
use crate::plan;
use crate::report::{CopyReport, PlannedStatements, plan_in_page, write_plan_difference};

/// What was approved: by its fingerprint, or by a report that holds it.
pub(super) struct Expected {
    fingerprint: String,
    report: Option<Report>,
}

struct Report {
    file: String,
    plan: PlannedStatements,
}

/// What a report holds of a plan.
#[derive(Deserialize)]
struct Approved {
    fingerprint: String,
    plan: PlannedStatements,
}

impl Expected {
    /// Reads what `--expect-plan` names.
    pub(super) fn read(text: &str) -> Result<Self> {
        if let Some(fingerprint) = plan::fingerprint(text) {
            return Ok(Self { fingerprint, report: None });
        }
        let file = shown(text);
        if text != "-" && !std::path::Path::new(text).exists() {
            bail!(
                "--expect-plan {file}: this is no file, and no fingerprint as a dry run prints it"
            );
        }
        let content = file::read_text(text).map_err(|error| anyhow!("--expect-plan {error}"))?;
        let json = plan_in_page(&content).unwrap_or(&content);
        let approved = serde_json::from_str(json).ok();
        let approved = approved.and_then(|Approved { fingerprint, plan }| {
            plan::fingerprint(&fingerprint).map(|fingerprint| (fingerprint, plan))
        });
        let Some((fingerprint, plan)) = approved else {
            bail!(
                "--expect-plan {file}: this is no report of copy as HTML or JSON; give one, or the fingerprint \
                 that it names"
            );
        };
        Ok(Self { fingerprint, report: Some(Report { file, plan }) })
    }

    /// Why nothing may be sent, where the plan is another one; what is different is said.
    pub(super) fn differs(&self, today: &CopyReport) -> Option<anyhow::Error> {
        if self.fingerprint == today.fingerprint {
            return None;
        }
        let mut text = format!(
            "nothing was sent: this is not the approved plan: its fingerprint is {}, the approved one's is {}",
            today.fingerprint, self.fingerprint
        );
        if today.plan.statements.is_empty() {
            text.push_str("; there is nothing to do: was it carried out already?");
            return Some(anyhow!(text));
        }
        let Some(report) = &self.report else {
            text.push_str(
                "; give --expect-plan the report that was approved (HTML or JSON) to see what is different",
            );
            return Some(anyhow!(text));
        };
        let mut out = Vec::new();
        // Nothing can be done where not even this can be said.
        let _ = write_plan_difference((&report.file, &report.plan), &today.plan, &mut out);
        let _ = anstream::stderr().write_all(&out);
        Some(anyhow!(text))
    }
}
