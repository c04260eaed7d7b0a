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

/// Says something on standard error that is no part of a report.
pub(super) fn note(text: &str) {
    // Nothing can be done where not even this can be said.
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// The same of what is probably a mistake.
pub(super) fn warn(text: &str) {
    let yellow = anstyle::AnsiColor::Yellow.on_default().bold();
    note(&format!("{yellow}warning{yellow:#}: {text}"));
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
            wrap: shorten,
            pager: match self {
                Self::Out => Look::PLAIN.pager,
                Self::Error => "2>&1 | less -R",
            },
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
    let look = Look { wrap: look.wrap && format == Format::Text, ..look };
    print_with(|to| document.write(format.form(look), to), look)
}

/// Prints what is written so to standard output.
pub(super) fn print_with(
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    look: Look,
) -> Result<()> {
    let mut out = Wrapping::of(Stream::Out.open(look.colours), look);
    file::to_stdout(write(&mut out).and_then(|()| out.finish()))
}

/// Says a document on standard error. Nothing can be done where not even this can be said.
pub(super) fn say(document: &impl Document, format: Format) {
    let look = Stream::Error.look();
    let look = Look { wrap: look.wrap && format == Format::Text, ..look };
    let mut out = Wrapping::of(Stream::Error.open(look.colours), look);
    let _ = document.write(format.form(look), &mut out).and_then(|()| out.finish());
}

/// Breaks lines that are too long between words; what follows is indented a little more.
struct Wrapping {
    to: Box<dyn Write>,
    width: Option<usize>,
    /// A line whose end has not come yet.
    line: Vec<u8>,
}

impl Wrapping {
    fn of(to: Box<dyn Write>, look: Look) -> Self {
        Self { to, width: look.wrap.then_some(look.width), line: Vec::new() }
    }

    fn finish(&mut self) -> io::Result<()> {
        let rest = std::mem::take(&mut self.line);
        self.to.write_all(&rest)?;
        self.to.flush()
    }
}

impl Write for Wrapping {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(width) = self.width else { return self.to.write(bytes) };
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                let line = String::from_utf8_lossy(&self.line);
                let wrapped = wrapped(&line, width);
                self.to.write_all(wrapped.as_bytes())?;
                self.line.clear();
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// A line, with its end, as lines of this width.
fn wrapped(line: &str, width: usize) -> String {
    let line = line.trim_end_matches('\n');
    let indent = line.len() - line.trim_start_matches(' ').len();
    let indent = " ".repeat((indent + 2).min(width / 2));
    let options = textwrap::Options::new(width)
        .subsequent_indent(&indent)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        // A long name or address can be copied whole.
        .break_words(false);
    let mut out = textwrap::wrap(line, options).join("\n");
    out.push('\n');
    out
}

/// The file of `--report`: JSON, as programs expect, or what its name says: Markdown, or a page of HTML.
pub(super) struct ReportFile {
    file: Whole,
    form: Form,
}

impl ReportFile {
    /// Opened before the work, so that a bad path is told at once.
    pub(super) fn create(path: &Path) -> Result<Self> {
        let ends = |with: &str| path.extension().is_some_and(|it| it.eq_ignore_ascii_case(with));
        let form = match () {
            () if ends("md") => Form::Markdown,
            () if ends("html") || ends("htm") => Form::Html,
            () => Form::Json,
        };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words_only() {
        assert_eq!(wrapped("short\n", 10), "short\n");
        assert_eq!(wrapped("\n", 10), "\n");
        assert_eq!(wrapped("  one two three four\n", 12), "  one two\n    three\n    four\n");
        assert_eq!(wrapped("a-b-c-d-e-f-g-h-i\n", 6), "a-b-c-d-e-f-g-h-i\n");
        let bold = "\u{1b}[1mone\u{1b}[0m two three\n";
        assert_eq!(wrapped(bold, 13), bold);
    }
}
