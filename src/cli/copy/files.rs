//! The files that a copy writes beside what it prints.

use std::path::PathBuf;

use anyhow::Result;

use super::args::Copy;
use crate::cli::file::{self, Whole};
use crate::cli::output::ReportFile;
use crate::plan::Plan;
use crate::read::live::Live;
use crate::report::CopyReport;
use crate::script;

/// What the file that takes back what a restore needs is asked for with.
pub(super) const FOR_RESTORE: &str = "--for-restore";

/// Each where it was asked for.
pub(super) struct Files {
    report: Option<ReportFile>,
    undo: Option<Whole>,
    for_restore: Option<Whole>,
}

impl Files {
    /// Opens the files before the work, so that a bad path is told at once.
    pub(super) fn open(copy: &Copy) -> Result<Self> {
        let create = |option, path: &Option<PathBuf>, mode| {
            path.as_deref().map(|path| Whole::create(option, path, mode)).transpose()
        };
        for (option, path) in [("--undo", &copy.undo), (FOR_RESTORE, &copy.for_restore)] {
            file::refuse_existing(option, path.as_deref())?;
        }
        Ok(Self {
            report: copy.report.as_deref().map(ReportFile::create).transpose()?,
            undo: create("--undo", &copy.undo, file::SECRET)?,
            for_restore: create(FOR_RESTORE, &copy.for_restore, file::SECRET)?,
        })
    }

    pub(super) fn report(&mut self, report: &CopyReport) -> Result<()> {
        self.report.take().map_or(Ok(()), |file| file.write(report))
    }

    /// Writes them before anything is sent; they appear when it is about to be committed.
    pub(super) fn fill(&mut self, plan: &Plan, live: &Live, target: &str) -> Result<()> {
        if let Some(file) = &mut self.undo {
            let text = script::undo(&plan.changes, &live.answers, target);
            file.fill(|to| to.write_all(text.as_bytes()))?;
        }
        if let Some(file) = &mut self.for_restore {
            let text = script::take_back(&plan.take_back, target);
            file.fill(|to| to.write_all(text.as_bytes()))?;
        }
        Ok(())
    }

    /// Where nothing is sent, there is nothing to undo; what an earlier copy did for a restore is still
    /// there.
    pub(super) fn without_undo(&mut self) {
        self.undo = None;
    }

    /// From now on what is done can be taken back, whatever happens here.
    pub(super) fn finish(&mut self) -> Result<()> {
        for file in [self.undo.take(), self.for_restore.take()].into_iter().flatten() {
            file.finish()?;
        }
        Ok(())
    }
}
