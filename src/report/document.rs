//! What a command has to say, in each form: one trait, so that a new form is a method and a new command is a file.

use std::io::{self, BufWriter, Write as _};

use serde::Serialize;

/// How text looks.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// With colours.
    pub colours: bool,
    /// Long lists are cut, and it is said where people learn more.
    pub shorten: bool,
    /// Of what needs nothing to be done only the number is told.
    pub brief: bool,
    /// The longest line of running text.
    pub width: usize,
    /// Whether longer lines are broken between words, so that a terminal breaks none within one.
    pub wrap: bool,
    /// What a shell is told for all of a list that is cut.
    pub pager: &'static str,
}

impl Look {
    /// As in a file: whole, and without colours.
    pub const PLAIN: Self = Self {
        colours: false,
        shorten: false,
        brief: false,
        width: 80,
        wrap: false,
        pager: "| less -R",
    };
}

/// The form of a document.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// For people, now.
    Text(Look),
    /// For people who keep it, or sign it.
    Markdown,
    /// The same as a page for a browser.
    Html,
    /// For programs, as `schemas/` has it.
    Json,
}

/// What a command has to say.
pub trait Document: Serialize {
    /// Writes it for people.
    ///
    /// # Errors
    /// When it cannot be written.
    fn text(&self, look: Look, to: &mut dyn io::Write) -> io::Result<()>;

    /// Writes it as Markdown.
    ///
    /// # Errors
    /// When it cannot be written.
    fn markdown(&self, to: &mut dyn io::Write) -> io::Result<()>;

    /// Writes it as a page of HTML, which needs no other file.
    ///
    /// # Errors
    /// When it cannot be written, or there is no such page of it.
    fn html(&self, _to: &mut dyn io::Write) -> io::Result<()> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "there is no page of this"))
    }

    /// Writes it as JSON.
    ///
    /// # Errors
    /// When it cannot be written.
    fn json(&self, to: &mut dyn io::Write) -> io::Result<()> {
        let mut out = BufWriter::new(to);
        serde_json::to_writer_pretty(&mut out, self)?;
        out.write_all(b"\n")?;
        out.flush()
    }

    /// Writes it in one of these forms.
    ///
    /// # Errors
    /// When it cannot be written.
    fn write(&self, form: Form, to: &mut dyn io::Write) -> io::Result<()> {
        match form {
            Form::Text(look) => self.text(look, to),
            Form::Markdown => self.markdown(to),
            Form::Html => self.html(to),
            Form::Json => self.json(to),
        }
    }
}
