//! The report of a verification: what the target lacks, by role first, since that is how people are
//! called at night.

mod collect;
mod page;
mod parts;
mod restore;
mod text;
mod words;

use std::io;

use super::document::{Document, Look};
use crate::compare::Fingerprint;

pub use collect::Parts;
pub use parts::*;

impl VerifyReport {
    /// The report of what was found.
    pub fn of(parts: Parts<'_>, fingerprint: &Fingerprint) -> Self {
        collect::collect(parts, fingerprint)
    }
}

impl Document for VerifyReport {
    fn text(&self, look: Look, to: &mut dyn io::Write) -> io::Result<()> {
        text::write(self, look, to)
    }

    fn markdown(&self, to: &mut dyn io::Write) -> io::Result<()> {
        super::page::markdown(&page::page(self), to)
    }

    fn html(&self, to: &mut dyn io::Write) -> io::Result<()> {
        super::page::html(&page::page(self), to)
    }
}
