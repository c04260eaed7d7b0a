//! Text on its way out.

use std::io::{self, Write};

/// How much is written at a time.
const BLOCK: usize = 64 << 10;

/// Text that goes to its writer block by block: a script or report is never in memory as a whole.
pub(crate) struct Blocks<'a> {
    /// What is not written yet.
    pub(crate) text: String,
    to: &'a mut dyn Write,
}

impl<'a> Blocks<'a> {
    pub(crate) fn new(to: &'a mut dyn Write) -> Self {
        Self { text: String::with_capacity(2 * BLOCK), to }
    }

    /// Writes what there is, when it is enough.
    pub(crate) fn flow(&mut self) -> io::Result<()> {
        if self.text.len() < BLOCK { Ok(()) } else { self.write() }
    }

    /// Writes the rest.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.write()
    }

    fn write(&mut self) -> io::Result<()> {
        self.to.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }
}
