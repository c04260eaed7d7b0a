//! Where documents go, and in which format: the one place for every command.

use std::io::{self, IsTerminal as _, Write};
use std::path::Path;

use anyhow::Result;

use super::file::{self, Whole};
use crate::report::{Document, Form, Look};

/// The formats of documents.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub(super) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For whoever keeps it, or signs it.
    Markdown,
}

impl Format {
    fn form(self, look: Look) -> Form {
        match self {
            Self::Text => Form::Text(look),
            Self::Json => Form::Json,
            Self::Markdown => Form::Markdown,
        }
    }
}

/// Where something is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Error,
}

impl Stream {
    /// How text looks there: with colours and shortened for a terminal.
    pub(super) fn look(self) -> Look {
        let (choice, shorten) = match self {
            Self::Out => {
                let stdout = io::stdout();
                (anstream::AutoStream::choice(&stdout), stdout.is_terminal())
            }
            Self::Error => {
                let stderr = io::stderr();
                (anstream::AutoStream::choice(&stderr), stderr.is_terminal())
            }
        };
        let width = terminal_size::terminal_size().filter(|_| shorten);
        let width = width.map_or(Look::PLAIN.width, |(width, _)| usize::from(width.0));
        Look {
            colours: choice != anstream::ColorChoice::Never,
            shorten,
            brief: false,
            width: width.min(Look::PLAIN.width),
        }
    }

    /// The stream. What has no colours need not be searched for them, and would lose control characters.
    pub(super) fn open(self, colours: bool) -> Box<dyn Write> {
        match (self, colours) {
            (Self::Out, true) => Box::new(anstream::stdout()),
            (Self::Out, false) => Box::new(io::stdout().lock()),
            (Self::Error, true) => Box::new(anstream::stderr()),
            (Self::Error, false) => Box::new(io::stderr().lock()),
        }
    }
}

/// Prints a document to standard output; whoever reads it may stop early.
pub(super) fn print(document: &impl Document, format: Format, look: Look) -> Result<()> {
    print_with(|to| document.write(format.form(look), to), look)
}

/// Prints what is written so to standard output.
pub(super) fn print_with(
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    look: Look,
) -> Result<()> {
    let mut out = Stream::Out.open(look.colours);
    file::to_stdout(write(&mut *out).and_then(|()| out.flush()))
}

/// Says a document on standard error. Nothing can be done where not even this can be said.
pub(super) fn say(document: &impl Document, format: Format) {
    let look = Stream::Error.look();
    let _ = document.write(format.form(look), &mut *Stream::Error.open(look.colours));
}

/// The file of `--report`: JSON, as programs expect, or Markdown where its name says so.
pub(super) struct ReportFile {
    file: Whole,
    form: Form,
}

impl ReportFile {
    /// Opened before the work, so that a bad path is told at once.
    pub(super) fn create(path: &Path) -> Result<Self> {
        let is_markdown = path.extension().is_some_and(|it| it.eq_ignore_ascii_case("md"));
        let form = if is_markdown { Form::Markdown } else { Form::Json };
        Ok(Self { file: Whole::create("--report", path, file::SHARED)?, form })
    }

    /// Writes all of it; nobody sees it yet.
    pub(super) fn fill(&mut self, document: &impl Document) -> Result<()> {
        let form = self.form;
        self.file.fill(|to| document.write(form, to))
    }

    /// The file, which appears when it is finished.
    pub(super) fn into_file(self) -> Whole {
        self.file
    }

    /// Writes the document, and makes the file appear.
    pub(super) fn write(mut self, document: &impl Document) -> Result<()> {
        self.fill(document)?;
        self.file.finish()
    }
}
