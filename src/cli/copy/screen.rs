//! What a copy prints: text as it goes, or one JSON document at its end.

use std::io::{self, IsTerminal as _, Write as _};

use anyhow::Result;

use crate::cli::{Format, file, write_json};
use crate::finding::Finding;
use crate::plan::Plan;
use crate::report::{CopyReport, Look, write_news, write_plan, write_result};

/// Says something beside the report.
pub(super) fn note(text: &str) {
    // Nothing can be done where not even this can be said.
    let _ = writeln!(anstream::stderr(), "{text}");
}

pub(super) struct Screen {
    format: Format,
    look: Look,
}

impl Screen {
    pub(super) fn new(format: Format) -> Self {
        let stdout = io::stdout();
        let colours = anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
        Self { format, look: Look { colours, shorten: stdout.is_terminal(), brief: true } }
    }

    /// What will be done. The work goes on whether or not anybody listens.
    pub(super) fn plan(&self, report: &CopyReport, plan: &Plan) {
        if self.format == Format::Text {
            let _ = write_plan(report, plan, self.look, &mut anstream::stdout());
        }
    }

    /// What the target had to say.
    pub(super) fn news(&self, findings: &[Finding]) {
        if self.format == Format::Text {
            let _ = write_news(findings, self.look, &mut anstream::stdout());
        }
    }

    /// What was not done: in words the plan has said it.
    pub(super) fn refused(&self, report: &CopyReport) -> Result<()> {
        match self.format {
            Format::Text => Ok(()),
            Format::Json => self.result(report),
        }
    }

    /// What was done, or the whole document.
    pub(super) fn result(&self, report: &CopyReport) -> Result<()> {
        let written = match self.format {
            Format::Text => write_result(report, self.look, &mut anstream::stdout()),
            Format::Json => write_json(report, &mut io::stdout().lock()),
        };
        file::to_stdout(written)
    }
}
