//! The files that a copy writes beside what it prints.

use std::path::PathBuf;

use anyhow::{Result, bail};

use super::Copy;
use crate::cli::file::{self, Whole};
use crate::cli::output::ReportFile;
use crate::globals::Change;
use crate::read::live::Live;
use crate::report::CopyReport;
use crate::script::{self, Undo};

/// Each where it was asked for.
pub(super) struct Files {
    report: Option<ReportFile>,
    undo: Option<Whole>,
    can_own: Option<Whole>,
}

impl Files {
    /// Opens the files before the work, so that a bad path is told at once.
    pub(super) fn open(copy: &Copy) -> Result<Self> {
        let create = |option, path: &Option<PathBuf>, mode| {
            path.as_deref().map(|path| Whole::create(option, path, mode)).transpose()
        };
        for (option, path) in [("--undo", &copy.undo), ("--can-own", &copy.can_own)] {
            let Some(path) = path else { continue };
            if std::fs::metadata(path).is_ok_and(|it| it.is_file() && it.len() > 0) {
                // It would be the only one that can take an earlier run back.
                bail!(
                    "{option} {}: it exists, and would be lost; name another file",
                    path.display()
                );
            }
        }
        Ok(Self {
            report: copy.report.as_deref().map(ReportFile::create).transpose()?,
            undo: create("--undo", &copy.undo, file::SECRET)?,
            can_own: create("--can-own", &copy.can_own, file::SECRET)?,
        })
    }

    pub(super) fn report(&mut self, report: &CopyReport) -> Result<()> {
        self.report.take().map_or(Ok(()), |file| file.write(report))
    }

    /// Writes them before anything is sent; they appear when it is about to be committed.
    pub(super) fn fill(&mut self, changes: &[Change], live: &Live, target: &str) -> Result<()> {
        let own = changes.iter().filter(|change| change.is_to(&live.answers.user));
        let own: Vec<_> = own.cloned().collect();
        let files =
            [(Undo::Copy, &mut self.undo, changes), (Undo::Grants, &mut self.can_own, &own)];
        for (what, file, changes) in files {
            let Some(file) = file else { continue };
            let text = script::undo(what, changes, &live.answers, target);
            file.fill(|to| to.write_all(text.as_bytes()))?;
        }
        Ok(())
    }

    /// From now on what is done can be taken back, whatever happens here.
    pub(super) fn finish(&mut self) -> Result<()> {
        for file in [self.undo.take(), self.can_own.take()].into_iter().flatten() {
            file.finish()?;
        }
        Ok(())
    }
}
