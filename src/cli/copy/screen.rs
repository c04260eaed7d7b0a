//! What a copy prints: text as it goes, or one document at its end.

use std::io::Write as _;

use anyhow::Result;

use crate::cli::output::{self, Format, Stream};
use crate::finding::Finding;
use crate::report::{CopyReport, Look};

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
        Self { format, look: Look { brief: true, ..Stream::Out.look() } }
    }

    /// What will be done. The work goes on whether or not anybody listens.
    pub(super) fn plan(&self, report: &CopyReport) {
        if self.format == Format::Text {
            let _ = output::print_with(|to| report.plan(self.look, to), self.look);
        }
    }

    /// What the target had to say.
    pub(super) fn news(&self, findings: &[Finding]) {
        if self.format == Format::Text {
            let _ = output::print_with(|to| CopyReport::news(findings, self.look, to), self.look);
        }
    }

    /// What was not done: in words the plan has said it.
    pub(super) fn refused(&self, report: &CopyReport) -> Result<()> {
        if self.format == Format::Text { Ok(()) } else { self.result(report) }
    }

    /// What was done, or the whole document.
    pub(super) fn result(&self, report: &CopyReport) -> Result<()> {
        if self.format == Format::Text {
            return output::print_with(|to| report.result(self.look, to), self.look);
        }
        output::print(report, self.format, self.look)
    }
}
