//! What the text of a dump consists of: statements that matter, and all that is passed over.

use std::io::Read;

use memchr::{memchr, memchr_iter, memmem};

use super::buffer::Buffer;
use super::encoding::Charset;
use super::heading;
use super::input::Input;
use super::lexer::{self, Lexer, Stop, is_word};
use super::meta::{self, Meta};
use super::{Error, Fault, Marks, Part, Piece, Problem, Slice, UnknownEncoding};
use crate::place::Place;

/// A comment line longer than this is passed over without being looked at.
const MAX_COMMENT: usize = 64 << 10;

/// Reads a dump piece by piece.
pub struct Reader<R> {
    text: Buffer<R>,
    charset: Charset,
    charset_is_certain: bool,
    backslashes: bool,
    part: Part,
    marks: Marks,
    /// Names with a line break, which older clients let escape from their comments.
    broken_names: Vec<String>,
    /// Whether the comment line in front was `--` only.
    framed: bool,
    skipped: u64,
    session: u64,
    decoded: String,
}

/// What a statement's first words tell of it.
#[derive(Clone, Copy, PartialEq)]
enum Head {
    /// It is kept and given out.
    Keep,
    /// It is passed over.
    Skip,
    /// It is passed over, and its body may hold semicolons of its own.
    Function,
    /// Data may follow it.
    Copy,
}

impl<R: Read> Reader<R> {
    /// Begins to read.
    ///
    /// # Errors
    /// When nothing can be read, or what is read is not the text of a dump.
    pub fn new(reader: R) -> Result<Self, Error> {
        let mut input = Input::new(reader);
        let mut buffer = Vec::new();
        let charset_is_certain = input.begin(&mut buffer)?;
        Ok(Self {
            text: Buffer::new(input, buffer),
            charset: Charset::Utf8("UTF8"),
            charset_is_certain,
            backslashes: false,
            part: Part::Globals,
            marks: Marks::default(),
            broken_names: Vec::new(),
            framed: false,
            skipped: 0,
            session: 0,
            decoded: String::new(),
        })
    }

    /// What the dump has said of itself so far.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// How many statements were passed over since they are not globals.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// How many meta-commands were read.
    pub fn meta_commands(&self) -> u64 {
        self.session
    }

    /// The dump has said `SET client_encoding`: from here on, its bytes are in this encoding.
    ///
    /// # Errors
    /// When the encoding is unknown or cannot be decoded.
    pub fn set_encoding(&mut self, name: &str) -> Result<(), UnknownEncoding> {
        let charset = Charset::named(name)?;
        if self.charset_is_certain {
            return Ok(());
        }
        self.charset = charset;
        // What was read ahead may be read again, decoded.
        self.text.end = false;
        if let Charset::Unsafe(name, table) = charset {
            if self.text.input.is_plain() {
                let ahead = self.text.bytes.split_off(self.text.at);
                self.text.input.decode_lines(name, table, &ahead);
            } else {
                self.text.input.decode_lines(name, table, b"");
            }
        } else {
            self.text.input.plain();
        }
        Ok(())
    }

    /// The dump has said `SET standard_conforming_strings`.
    pub fn set_standard_conforming_strings(&mut self, on: bool) {
        self.backslashes = !on;
    }

    /// The dump makes a role of this name; one with a line break can stand in a comment that
    /// it breaks.
    pub fn expect_name(&mut self, name: &str) {
        if name.contains(['\n', '\r']) {
            self.broken_names.push(name.to_owned());
            self.broken_names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        }
    }

    /// The next statement or fault; none at the end.
    ///
    /// # Errors
    /// When reading cannot go on at all.
    #[allow(clippy::should_implement_trait)] // what it gives borrows from the reader
    pub fn next(&mut self) -> Result<Option<Piece<'_>>, Error> {
        loop {
            if let Some(fault) = self.gap()? {
                return Ok(Some(Piece::Fault(fault)));
            }
            if self.text.peek(0)?.is_none() {
                return Ok(self.cut_character().map(Piece::Fault));
            }
            self.text.start = self.text.at;
            let place = self.text.place(self.text.at);
            let head = self.head()?;
            self.text.discard = matches!(head, Head::Skip | Head::Function);
            let mut lexer = Lexer::new(head == Head::Function, self.backslashes);
            let stop = match lexer.statement(&mut self.text)? {
                Ok(stop) => stop,
                Err(fault) => {
                    // Nothing can be told behind an open quote: it is the end.
                    self.text.at = self.text.bytes.len();
                    self.text.start = self.text.at;
                    self.text.input.take_cut();
                    return Ok(Some(Piece::Fault(fault)));
                }
            };
            if let Stop::Meta = stop {
                let fault = self.refuse_meta()?;
                return Ok(Some(Piece::Fault(fault)));
            }
            let ended = matches!(stop, Stop::Statement);
            if !ended && let Some(fault) = self.cut_character() {
                return Ok(Some(Piece::Fault(fault)));
            }
            let end = self.text.at - usize::from(ended);
            match head {
                Head::Keep => return Ok(Some(self.give(place, end, ended, lexer.backslash))),
                Head::Skip | Head::Function => self.skipped += 1,
                Head::Copy => {
                    if reads_stdin(&self.text.bytes[self.text.start..end]) {
                        let text = self.text.text_around(self.text.start, self.text.start);
                        if !lexer::copy_data(&mut self.text)? {
                            let problem = Problem::OpenCopy;
                            return Ok(Some(Piece::Fault(Fault { problem, place, text })));
                        }
                    }
                    if self.part == Part::Globals {
                        // Not skipped: among the globals it is a mistake that must be told.
                        "COPY".clone_into(&mut self.decoded);
                        let part = self.part;
                        let slice = Slice { text: &self.decoded, place, part, ended };
                        return Ok(Some(Piece::Statement(slice)));
                    }
                    self.skipped += 1;
                }
            }
        }
    }

    /// What is said at the end where that is in the middle of a character.
    fn cut_character(&mut self) -> Option<Fault> {
        if !self.text.input.take_cut() {
            return None;
        }
        let place = self.text.place(self.text.at);
        let text = self.text.text_around(self.text.start, self.text.at);
        Some(Fault { problem: Problem::CutCharacter, place, text })
    }

    /// Decodes the statement between `start` and `end`.
    fn give(&mut self, place: Place, end: usize, ended: bool, backslash: bool) -> Piece<'_> {
        let bytes = &self.text.bytes[self.text.start..end];
        let fault = |problem, offset: usize, this: &Self| {
            let text = String::from_utf8_lossy(&this.text.bytes[this.text.start..end]);
            let place = place.advanced(&text, offset);
            let text = this.text.text_around(this.text.start, this.text.start + offset);
            Piece::Fault(Fault { problem, place, text })
        };
        if backslash {
            return fault(Problem::Backslash, 0, self);
        }
        if let Some(offset) = memchr(0, bytes) {
            return fault(Problem::Nul, offset, self);
        }
        match self.charset.decode(bytes) {
            Err(offset) => fault(Problem::Encoding(self.charset.name().to_owned()), offset, self),
            Ok(std::borrow::Cow::Borrowed(text)) => {
                Piece::Statement(Slice { text, place, part: self.part, ended })
            }
            Ok(std::borrow::Cow::Owned(text)) => {
                self.decoded = text;
                Piece::Statement(Slice { text: &self.decoded, place, part: self.part, ended })
            }
        }
    }

    /// White space, comments and meta-commands in front of a statement.
    fn gap(&mut self) -> Result<Option<Fault>, Error> {
        loop {
            self.text.discard = true;
            self.text.start = self.text.at;
            match self.text.peek(0)? {
                Some(b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | b';') => self.text.at += 1,
                Some(b'-') if self.text.peek(1)? == Some(b'-') => {
                    if let Some(fault) = self.comment_line()? {
                        return Ok(Some(fault));
                    }
                }
                Some(b'/') if self.text.peek(1)? == Some(b'*') => {
                    if !lexer::block_comment(&mut self.text)? {
                        return Ok(Some(self.text.open_fault(Problem::OpenComment)));
                    }
                }
                Some(b'\\') => {
                    if let Some(fault) = self.meta_command()? {
                        return Ok(Some(fault));
                    }
                }
                Some(_) | None => return Ok(None),
            }
        }
    }

    /// A `--` comment in front of a statement; pg_dumpall's headings are such.
    fn comment_line(&mut self) -> Result<Option<Fault>, Error> {
        let end = self.text.line_end(MAX_COMMENT)?;
        let line = String::from_utf8_lossy(&self.text.bytes[self.text.start..end]).into_owned();
        if let Some(part) = heading::note(&line, self.framed, &mut self.marks) {
            self.part = part;
        }
        self.framed = line.trim_end() == "--";
        self.text.at = end;
        let is_config = line.starts_with(heading::USER_CONFIG);
        if is_config && let Some(length) = self.broken_name()? {
            self.text.at = self.text.start + length;
            return Ok(None);
        }
        let opens = is_config && !line.ends_with('"')
            || line.starts_with("-- Database \"") && !line.ends_with("\" dump");
        // Where the dump ends on this line, it is cut, which its missing end marker tells.
        if opens && self.marks.headers > 0 && self.text.peek(0)?.is_some() {
            let (place, text) = (
                self.text.place(self.text.start),
                self.text.text_around(self.text.start, self.text.start),
            );
            return Ok(Some(Fault { problem: Problem::BrokenComment, place, text }));
        }
        Ok(None)
    }

    /// The length of the comment at `start` when it holds the name of a role with a newline: the
    /// name, the end of the heading, and the statement about that very role behind it.
    fn broken_name(&mut self) -> Result<Option<usize>, Error> {
        if self.broken_names.is_empty() {
            return Ok(None);
        }
        let names = std::mem::take(&mut self.broken_names);
        let mut found = None;
        for name in &names {
            let comment = format!("{}{name}\"", heading::USER_CONFIG);
            let quoted = name.replace('"', "\"\"");
            let whole = format!("{comment}\n--\n\nALTER ROLE \"{quoted}\" SET ");
            self.text.ensure(whole.len())?;
            if self.text.bytes[self.text.start..].starts_with(whole.as_bytes()) {
                found = Some(comment.len());
                break;
            }
        }
        self.broken_names = names;
        Ok(found)
    }

    fn meta_command(&mut self) -> Result<Option<Fault>, Error> {
        let end = self.text.line_end(MAX_COMMENT)?;
        let line = String::from_utf8_lossy(&self.text.bytes[self.text.start..end]).into_owned();
        let (place, text) = (
            self.text.place(self.text.start),
            self.text.text_around(self.text.start, self.text.start),
        );
        self.text.at = end;
        match meta::understand(&line) {
            Meta::Restrict => self.marks.restrict = true,
            Meta::OfScript => {}
            Meta::Connect => {
                // In front of pg_dumpall's header it is a hand-written script's.
                if self.marks.headers > self.marks.trailers {
                    self.part = Part::Database;
                }
            }
            Meta::Encoding(name) => {
                self.set_encoding(&name).map_err(|e| Error::UnknownEncoding(e, place.line))?;
            }
            // Likewise.
            Meta::Refused(_)
                if meta::is_cut(&line)
                    && self.marks.headers > self.marks.trailers
                    && self.text.peek(0)?.is_none() =>
            {
                return Ok(None);
            }
            Meta::Refused(name) => {
                return Ok(Some(Fault { problem: Problem::MetaCommand(name), place, text }));
            }
        }
        self.session += 1;
        Ok(None)
    }

    /// A meta-command that ends a statement half way, such as `\gexec`.
    fn refuse_meta(&mut self) -> Result<Fault, Error> {
        let (place, text) =
            (self.text.place(self.text.at), self.text.text_around(self.text.start, self.text.at));
        self.text.start = self.text.at;
        let end = self.text.line_end(MAX_COMMENT)?;
        let line = String::from_utf8_lossy(&self.text.bytes[self.text.start..end]).into_owned();
        self.text.at = end;
        let name = match meta::understand(&line) {
            Meta::Refused(name) => name,
            _ => line.trim_start_matches('\\').split_whitespace().next().unwrap_or("").to_owned(),
        };
        Ok(Fault { problem: Problem::MetaCommand(name), place, text })
    }

    /// What the statement at `start` is, by its first words.
    fn head(&mut self) -> Result<Head, Error> {
        // Among the globals, what is ahead may still be decoded in another way.
        self.text.ensure(if self.part == Part::Globals { 5 } else { 512 })?;
        let start = &self.text.bytes[self.text.start..];
        let is = |word: &[u8], keyword: &str| word.eq_ignore_ascii_case(keyword.as_bytes());
        if start.get(..4).is_some_and(|word| is(word, "COPY"))
            && !start.get(4).copied().is_some_and(is_word)
        {
            return Ok(Head::Copy);
        }
        if self.part == Part::Globals {
            return Ok(Head::Keep);
        }
        let mut words = Words(start);
        let first = words.next().unwrap_or_default();
        let second = words.next().unwrap_or_default();
        let third = words.next().unwrap_or_default();
        let any = |word: &[u8], keywords: &[&str]| keywords.iter().any(|k| is(word, k));
        let role = any(second, &["ROLE", "USER", "GROUP", "TABLESPACE"]);
        if is(first, "CREATE") {
            let routine = ["FUNCTION", "PROCEDURE"];
            let replace = is(second, "OR") && is(third, "REPLACE");
            if any(second, &routine) || replace && any(words.next().unwrap_or_default(), &routine) {
                return Ok(Head::Function);
            }
            return Ok(if role && !is(third, "MAPPING") { Head::Keep } else { Head::Skip });
        }
        let keep = match first {
            w if is(w, "ALTER") => (role && !is(third, "MAPPING")) || is(second, "DATABASE"),
            w if is(w, "DROP") => role && !is(third, "MAPPING"),
            // Whether roles are granted shows only behind the whole list.
            w if is(w, "GRANT") || is(w, "REVOKE") => true,
            w if is(w, "COMMENT") => any(third, &["ROLE", "TABLESPACE"]),
            w if is(w, "SECURITY") => true,
            w if is(w, "SET") => any(second, &["client_encoding", "standard_conforming_strings"]),
            _ => false,
        };
        Ok(if keep { Head::Keep } else { Head::Skip })
    }
}

/// Whether a `COPY` has its data behind it.
fn reads_stdin(text: &[u8]) -> bool {
    let is = |word: &[u8], keyword: &str| word.eq_ignore_ascii_case(keyword.as_bytes());
    let outside = |at: Option<usize>| at.is_none_or(|at| !is_word(text[at]));
    memchr_iter(b'm', text).chain(memchr_iter(b'M', text)).any(|last| {
        let Some(from) = last.checked_sub(3) else { return false };
        let behind = &text[last + 1..];
        is(&text[from..=last], "from")
            && outside(from.checked_sub(1))
            && !behind.first().is_some_and(|&b| is_word(b))
            && Words(behind).next().is_some_and(|word| is(word, "stdin"))
    })
}

/// The bare words that a text begins with; ends at anything else.
struct Words<'a>(&'a [u8]);

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            let rest = self.0.trim_ascii_start();
            if rest.starts_with(b"--") {
                self.0 = &rest[memchr(b'\n', rest)?..];
            } else if rest.starts_with(b"/*") {
                self.0 = &rest[memmem::find(rest, b"*/")? + 2..];
            } else {
                let end = rest.iter().position(|&b| !is_word(b)).unwrap_or(rest.len());
                let (word, rest) = rest.split_at(end);
                self.0 = rest;
                return (!word.is_empty()).then_some(word);
            }
        }
    }
}
