//! The splitter: an exact lexer for where statements begin and end (`src/fe_utils/psqlscan.l`),
//! over a buffer that is refilled as it goes.

use std::io::Read;

use memchr::{memchr, memchr_iter, memchr2, memmem, memrchr};

use super::encoding::Charset;
use super::heading;
use super::input::Input;
use super::meta::{self, Meta};
use super::{Error, Fault, Marks, Part, Piece, Problem, Slice, UnknownEncoding};
use crate::place::Place;

/// The longest statement that is kept, in bytes. One that is passed over may be of any length.
pub const MAX_STATEMENT: usize = 64 << 20;

/// A comment line longer than this is passed over without being looked at.
const MAX_COMMENT: usize = 64 << 10;

/// How much of a line is shown behind a fault.
const MAX_SHOWN: usize = 4096;

/// Reads a dump piece by piece.
#[allow(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub struct Reader<R> {
    input: Input<R>,
    buffer: Vec<u8>,
    /// Where lexing stands in the buffer.
    at: usize,
    /// Where the statement, comment or meta-command that is being read begins in the buffer.
    start: usize,
    /// The line of the byte at `counted`.
    line: u32,
    /// How many characters precede the byte at `counted` on its line.
    column: u32,
    /// Up to where in the buffer lines and columns have been counted.
    counted: usize,
    end: bool,
    /// Whether bytes in front of `at` may be forgotten.
    discard: bool,
    charset: Charset,
    charset_is_certain: bool,
    backslashes: bool,
    part: Part,
    marks: Marks,
    /// Names with a newline, which older clients let escape from their comments.
    broken_names: Vec<String>,
    skipped: u64,
    session: u64,
    decoded: String,
    /// Where the quote or comment that is being read was opened.
    opened: Opened,
}

/// Where a quote or comment was opened: in the buffer, or, when that part was forgotten, the place
/// and its [text](Fault::text).
enum Opened {
    At(usize),
    Counted(Place, String),
}

/// What a quote was opened with.
#[derive(Clone, Copy, PartialEq)]
enum Quote {
    Plain,
    Escape,
    Name,
}

/// Where the lexer stopped.
enum Stop {
    /// Behind the semicolon.
    Statement,
    /// At the end of the input, in the middle of a statement or behind the last.
    End,
    /// At a meta-command inside a statement.
    Meta,
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
            input,
            buffer,
            at: 0,
            start: 0,
            line: 1,
            column: 0,
            counted: 0,
            end: false,
            discard: true,
            charset: Charset::Utf8("UTF8"),
            charset_is_certain,
            backslashes: false,
            part: Part::Globals,
            marks: Marks::default(),
            broken_names: Vec::new(),
            skipped: 0,
            session: 0,
            decoded: String::new(),
            opened: Opened::At(0),
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
        self.end = false;
        if let Charset::Unsafe(name, table) = charset {
            if self.input.is_plain() {
                let ahead = self.buffer.split_off(self.at);
                self.input.decode_lines(name, table, &ahead);
            } else {
                self.input.decode_lines(name, table, b"");
            }
        } else {
            self.input.plain();
        }
        Ok(())
    }

    /// The dump has said `SET standard_conforming_strings`.
    pub fn set_standard_conforming_strings(&mut self, on: bool) {
        self.backslashes = !on;
    }

    /// The dump makes a role of this name; one with a newline can stand in a comment that it
    /// breaks.
    pub fn expect_name(&mut self, name: &str) {
        if name.contains('\n') {
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
            if self.peek(0)?.is_none() {
                return Ok(None);
            }
            self.start = self.at;
            let place = self.place(self.at);
            let head = self.head()?;
            self.discard = matches!(head, Head::Skip | Head::Function);
            let mut lexer = Lexer::default();
            let stop = match self.statement(&mut lexer, head == Head::Function)? {
                Ok(stop) => stop,
                Err(fault) => {
                    // Nothing can be told behind an open quote: it is the end.
                    self.at = self.buffer.len();
                    self.start = self.at;
                    return Ok(Some(Piece::Fault(fault)));
                }
            };
            if let Stop::Meta = stop {
                let fault = self.refuse_meta()?;
                return Ok(Some(Piece::Fault(fault)));
            }
            let ended = matches!(stop, Stop::Statement);
            let end = self.at - usize::from(ended);
            match head {
                Head::Keep => return Ok(Some(self.give(place, end, ended, lexer.backslash))),
                Head::Skip | Head::Function => self.skipped += 1,
                Head::Copy => {
                    if reads_stdin(&self.buffer[self.start..end]) {
                        let text = self.text_around(self.start, self.start);
                        if !self.copy_data()? {
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

    /// Decodes the statement between `start` and `end`.
    fn give(&mut self, place: Place, end: usize, ended: bool, backslash: bool) -> Piece<'_> {
        let bytes = &self.buffer[self.start..end];
        let fault = |problem, offset: usize, this: &Self| {
            let text = String::from_utf8_lossy(&this.buffer[this.start..end]);
            let place = place.advanced(&text, offset);
            let text = this.text_around(this.start, this.start + offset);
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
            self.discard = true;
            self.start = self.at;
            match self.peek(0)? {
                Some(b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | b';') => self.at += 1,
                Some(b'-') if self.peek(1)? == Some(b'-') => {
                    if let Some(fault) = self.comment_line()? {
                        return Ok(Some(fault));
                    }
                }
                Some(b'/') if self.peek(1)? == Some(b'*') => {
                    if !self.block_comment()? {
                        return Ok(Some(self.open_fault(Problem::OpenComment)));
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
        let end = self.line_end(MAX_COMMENT)?;
        let line = String::from_utf8_lossy(&self.buffer[self.start..end]).into_owned();
        if let Some(part) = heading::note(&line, &mut self.marks) {
            self.part = part;
        }
        self.at = end;
        let text = line.trim_end_matches('\r');
        let is_config = text.starts_with(heading::USER_CONFIG);
        if is_config && let Some(length) = self.broken_name()? {
            self.at = self.start + length;
            return Ok(None);
        }
        let opens = is_config && !text.ends_with('"')
            || text.starts_with("-- Database \"") && !text.ends_with("\" dump");
        if opens && self.marks.headers > 0 {
            let (place, text) = (self.place(self.start), self.text_around(self.start, self.start));
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
            self.ensure(whole.len())?;
            if self.buffer[self.start..].starts_with(whole.as_bytes()) {
                found = Some(comment.len());
                break;
            }
        }
        self.broken_names = names;
        Ok(found)
    }

    fn meta_command(&mut self) -> Result<Option<Fault>, Error> {
        let end = self.line_end(MAX_COMMENT)?;
        let line = String::from_utf8_lossy(&self.buffer[self.start..end]).into_owned();
        let (place, text) = (self.place(self.start), self.text_around(self.start, self.start));
        self.at = end;
        match meta::understand(&line) {
            Meta::Restrict => self.marks.restrict = true,
            Meta::OnErrorStop => {}
            Meta::Connect => {
                // In front of pg_dumpall's header it is a hand-written script's.
                if self.marks.headers > self.marks.trailers {
                    self.part = Part::Database;
                }
            }
            Meta::Encoding(name) => {
                self.set_encoding(&name).map_err(|e| Error::UnknownEncoding(e, place.line))?;
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
        let (place, text) = (self.place(self.at), self.text_around(self.start, self.at));
        self.start = self.at;
        let end = self.line_end(MAX_COMMENT)?;
        let line = String::from_utf8_lossy(&self.buffer[self.start..end]).into_owned();
        self.at = end;
        let name = match meta::understand(&line) {
            Meta::Refused(name) => name,
            _ => line.trim_start_matches('\\').split_whitespace().next().unwrap_or("").to_owned(),
        };
        Ok(Fault { problem: Problem::MetaCommand(name), place, text })
    }

    /// What the statement at `start` is, by its first words.
    fn head(&mut self) -> Result<Head, Error> {
        // Among the globals, what is ahead may still be decoded in another way.
        self.ensure(if self.part == Part::Globals { 5 } else { 512 })?;
        let start = &self.buffer[self.start..];
        let mut words = Words(start);
        let first = words.next().unwrap_or_default();
        let is = |word: &[u8], keyword: &str| word.eq_ignore_ascii_case(keyword.as_bytes());
        if is(first, "COPY") {
            return Ok(Head::Copy);
        }
        if self.part == Part::Globals {
            return Ok(Head::Keep);
        }
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

    /// Lexes up to the end of a statement.
    fn statement(
        &mut self,
        lexer: &mut Lexer,
        function: bool,
    ) -> Result<Result<Stop, Fault>, Error> {
        loop {
            if self.at == self.buffer.len() && !self.more()? {
                return Ok(Ok(Stop::End));
            }
            let rest = &self.buffer[self.at..];
            let step = if function {
                rest.iter().position(|&b| TABLE[usize::from(b)] != 0)
            } else {
                rest.iter().position(|&b| TABLE[usize::from(b)] & SIGN != 0)
            };
            lexer.pass(&rest[..step.unwrap_or(rest.len())]);
            let Some(step) = step else {
                self.at = self.buffer.len();
                continue;
            };
            self.at += step;
            let byte = self.buffer[self.at];
            let literal = std::mem::take(&mut lexer.literal);
            let dollar = lexer.dollar.take();
            match byte {
                b';' if lexer.parentheses == 0 && lexer.begins == 0 => {
                    self.at += 1;
                    return Ok(Ok(Stop::Statement));
                }
                b'(' => {
                    lexer.parentheses += 1;
                    lexer.begin = false;
                }
                b')' => lexer.parentheses = lexer.parentheses.saturating_sub(1),
                b'\'' => {
                    let quote = self.quote_kind(literal, dollar);
                    if let Some(fault) = self.quoted(quote, lexer)? {
                        return Ok(Err(fault));
                    }
                    continue;
                }
                b'"' => {
                    if let Some(fault) = self.quoted(Quote::Name, lexer)? {
                        return Ok(Err(fault));
                    }
                    continue;
                }
                b'$' => {
                    if let Some(fault) = self.dollar(lexer, dollar)? {
                        return Ok(Err(fault));
                    }
                    continue;
                }
                b'-' if self.peek(1)? == Some(b'-') => {
                    lexer.literal = literal;
                    self.rest_of_line()?;
                    continue;
                }
                b'/' if self.peek(1)? == Some(b'*') => {
                    if !self.block_comment()? {
                        return Ok(Err(self.open_fault(Problem::OpenComment)));
                    }
                    continue;
                }
                b'\\' => return Ok(Ok(Stop::Meta)),
                _ if function && TABLE[usize::from(byte)] & WORD != 0 => {
                    let length = self.word(lexer)?;
                    lexer.dollar = dollar.map(|gap| gap + length);
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Whether the quote at `at` begins a literal with escapes: behind such a literal, or so many
    /// bytes behind a dollar quote.
    fn quote_kind(&self, literal: Literal, dollar: Option<usize>) -> Quote {
        let prefixed = match &self.buffer[self.start..self.at] {
            // The end of a dollar quote is no part of a word.
            [.., c, b'e' | b'E'] => !is_word(*c) || dollar == Some(1),
            [b'e' | b'E'] => true,
            _ => false,
        };
        // A literal that goes on behind a line break goes on with escapes.
        let escape = prefixed || literal == Literal::LinesAbove || self.backslashes;
        if escape { Quote::Escape } else { Quote::Plain }
    }

    /// Lexes over the quoted text at `at`.
    fn quoted(&mut self, quote: Quote, lexer: &mut Lexer) -> Result<Option<Fault>, Error> {
        let sign = if quote == Quote::Name { b'"' } else { b'\'' };
        self.open(self.at);
        let plain = !self.buffer[self.start..self.at].ends_with(b"E")
            && !self.buffer[self.start..self.at].ends_with(b"e");
        self.at += 1;
        loop {
            let rest = &self.buffer[self.at..];
            let found = if quote == Quote::Escape {
                memchr2(sign, b'\\', rest)
            } else {
                memchr(sign, rest)
            };
            let Some(step) = found else {
                self.at = self.buffer.len();
                if self.more()? {
                    continue;
                }
                let problem =
                    if quote == Quote::Name { Problem::OpenName } else { Problem::OpenString };
                return Ok(Some(self.open_fault(problem)));
            };
            self.at += step;
            if self.buffer[self.at] == b'\\' {
                if self.backslashes && plain {
                    lexer.backslash = true;
                }
                self.at += 1;
                // What is protected may not have been read yet.
                if self.peek(0)?.is_some() {
                    self.at += 1;
                }
                continue;
            }
            self.at += 1;
            if self.peek(0)? == Some(sign) {
                self.at += 1;
                continue;
            }
            if quote == Quote::Escape {
                lexer.literal = Literal::SameLine;
            }
            return Ok(None);
        }
    }

    /// Lexes over a dollar quote at `at`, if it is one; `dollar` bytes ago another has ended.
    fn dollar(&mut self, lexer: &mut Lexer, dollar: Option<usize>) -> Result<Option<Fault>, Error> {
        let in_word =
            dollar != Some(0) && self.at > self.start && is_word(self.buffer[self.at - 1]);
        let mut length = 1;
        let tag_ends = !in_word
            && loop {
                match self.peek(length)? {
                    Some(b'$') => break true,
                    Some(b) if is_word(b) && !(length == 1 && b.is_ascii_digit()) => length += 1,
                    _ => break false,
                }
            };
        if !tag_ends {
            self.at += 1;
            return Ok(None);
        }
        let tag = self.buffer[self.at..=self.at + length].to_vec();
        self.open(self.at);
        self.at += tag.len();
        loop {
            if let Some(step) = memmem::find(&self.buffer[self.at..], &tag) {
                self.at += step + tag.len();
                lexer.dollar = Some(0);
                return Ok(None);
            }
            // The tag may be cut by the end of the buffer.
            self.at = self.at.max(self.buffer.len().saturating_sub(tag.len() - 1));
            if !self.more()? {
                let tag = String::from_utf8_lossy(&tag).into_owned();
                return Ok(Some(self.open_fault(Problem::OpenDollarQuote(tag))));
            }
        }
    }

    /// A bare word in the definition of a routine: counts what encloses statements. Its length.
    fn word(&mut self, lexer: &mut Lexer) -> Result<usize, Error> {
        let mut length = 1;
        while self.peek(length)?.is_some_and(is_word) {
            length += 1;
        }
        let word = &self.buffer[self.at..self.at + length];
        // Arguments and functions can be called `begin` and `end` as well: only BEGIN ATOMIC opens a
        // body, and within parentheses nothing ends.
        let is = |keyword: &[u8]| lexer.parentheses == 0 && word.eq_ignore_ascii_case(keyword);
        if lexer.begins == 0 {
            lexer.begins = u32::from(lexer.begin && is(b"atomic"));
            lexer.begin = is(b"begin");
        } else if is(b"case") {
            lexer.begins += 1;
        } else if is(b"end") {
            lexer.begins -= 1;
        }
        self.at += length;
        Ok(length)
    }

    /// Lexes over the comment at `at`; false when it does not end.
    fn block_comment(&mut self) -> Result<bool, Error> {
        let mut depth = 1_u32;
        self.open(self.at);
        self.at += 2;
        loop {
            let Some(step) = memchr2(b'*', b'/', &self.buffer[self.at..]) else {
                self.at = self.buffer.len();
                if self.more()? {
                    continue;
                }
                return Ok(false);
            };
            self.at += step;
            match (self.buffer[self.at], self.peek(1)?) {
                (b'*', Some(b'/')) => (depth, self.at) = (depth - 1, self.at + 2),
                (b'/', Some(b'*')) => (depth, self.at) = (depth + 1, self.at + 2),
                _ => self.at += 1,
            }
            if depth == 0 {
                return Ok(true);
            }
        }
    }

    /// Moves to the end of the line.
    fn rest_of_line(&mut self) -> Result<(), Error> {
        loop {
            match memchr2(b'\n', b'\r', &self.buffer[self.at..]) {
                Some(step) => {
                    self.at += step;
                    return Ok(());
                }
                None => self.at = self.buffer.len(),
            }
            if !self.more()? {
                return Ok(());
            }
        }
    }

    /// Where the line that begins at `start` ends, keeping it in the buffer up to `most` bytes.
    fn line_end(&mut self, most: usize) -> Result<usize, Error> {
        self.at = self.start;
        self.discard = false;
        loop {
            self.rest_of_piece(most);
            let ended = self.at < self.buffer.len() || self.at - self.start >= most;
            if ended || !self.more()? {
                break;
            }
        }
        let end = self.at;
        self.discard = true;
        if end - self.start >= most {
            // Long beyond all reason: nobody's heading.
            self.rest_of_line()?;
            self.start = self.at;
            return Ok(self.at);
        }
        Ok(end)
    }

    fn rest_of_piece(&mut self, most: usize) {
        let limit = self.buffer.len().min(self.start + most);
        let from = self.at.min(limit);
        self.at = memchr(b'\n', &self.buffer[from..limit]).map_or(limit, |step| from + step);
    }

    /// Passes over the data behind `COPY … FROM stdin;`, up to the line `\.`; false when there is
    /// none.
    fn copy_data(&mut self) -> Result<bool, Error> {
        self.discard = true;
        self.rest_of_line()?;
        loop {
            self.start = self.at;
            if let Some(step) = memmem::find(&self.buffer[self.at..], b"\n\\.") {
                self.at += step + 3;
                let next = self.peek(0)?;
                let ends = match next {
                    None | Some(b'\n') => true,
                    Some(b'\r') => matches!(self.peek(1)?, None | Some(b'\n')),
                    Some(_) => false,
                };
                if ends {
                    return Ok(true);
                }
                continue;
            }
            // The mark may be cut by the end of the buffer.
            self.at = self.at.max(self.buffer.len().saturating_sub(2));
            if !self.more()? {
                self.at = self.buffer.len();
                return Ok(false);
            }
        }
    }

    /// The byte `ahead` of where lexing stands; none at the end.
    fn peek(&mut self, ahead: usize) -> Result<Option<u8>, Error> {
        while self.at + ahead >= self.buffer.len() {
            if !self.more()? {
                return Ok(None);
            }
        }
        Ok(Some(self.buffer[self.at + ahead]))
    }

    /// Has `count` bytes behind `start` in the buffer, as far as there are.
    fn ensure(&mut self, count: usize) -> Result<(), Error> {
        let keep = std::mem::replace(&mut self.discard, false);
        while self.buffer.len() - self.start < count && self.more()? {}
        self.discard = keep;
        Ok(())
    }

    /// Reads more; false at the end. Positions in the buffer move.
    fn more(&mut self) -> Result<bool, Error> {
        if self.end {
            return Ok(false);
        }
        // Two bytes behind are looked at: what precedes a quote, and what a `$` follows.
        let keep =
            if self.discard { self.at.saturating_sub(2).max(self.start) } else { self.start };
        if keep > 0 {
            match self.opened {
                Opened::At(at) if at < keep => {
                    self.opened = Opened::Counted(self.place(at), self.text_around(self.start, at));
                }
                Opened::At(at) => self.opened = Opened::At(at - keep),
                Opened::Counted(..) => {}
            }
            self.count_to(keep);
            self.buffer.drain(..keep);
            self.counted -= keep;
            self.at -= keep;
            self.start = 0;
        }
        if self.buffer.len() > MAX_STATEMENT {
            self.count_to(self.start);
            return Err(Error::TooLong(self.line));
        }
        match self.input.fill(&mut self.buffer)? {
            Ok(0) => {
                self.end = true;
                Ok(false)
            }
            Ok(_) => Ok(true),
            Err(name) => {
                self.count_to(self.buffer.len());
                Err(Error::Encoding(name.to_owned(), self.line))
            }
        }
    }

    fn count_to(&mut self, to: usize) {
        if to > self.counted {
            let bytes = &self.buffer[self.counted..to];
            let newlines = memchr_iter(b'\n', bytes).count();
            self.line = self.line.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
            let last = match memrchr(b'\n', bytes) {
                Some(newline) => {
                    self.column = 0;
                    &bytes[newline + 1..]
                }
                None => bytes,
            };
            self.column = self.column.saturating_add(characters(last));
            self.counted = to;
        }
    }

    /// The place of the byte at `at`, which is asked for in their order.
    fn place(&mut self, at: usize) -> Place {
        self.count_to(at);
        Place { line: self.line, column: self.column.saturating_add(1) }
    }

    /// A quote or comment begins at `at`.
    fn open(&mut self, at: usize) {
        self.opened = Opened::At(at);
    }

    fn open_fault(&mut self, problem: Problem) -> Fault {
        let (place, text) = match std::mem::replace(&mut self.opened, Opened::At(0)) {
            Opened::At(at) => (self.place(at), self.text_around(self.start, at)),
            Opened::Counted(place, text) => (place, text),
        };
        Fault { problem, place, text }
    }

    /// The lines from the one of the byte at `from` to the one of the byte at `at`, as far as they
    /// are in the buffer; the last may be cut behind `at`.
    fn text_around(&self, from: usize, at: usize) -> String {
        let from = from.min(at);
        let start = memrchr(b'\n', &self.buffer[..from]).map_or(0, |newline| newline + 1);
        let rest = &self.buffer[at..self.buffer.len().min(at + MAX_SHOWN)];
        let end = at + memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        String::from_utf8_lossy(&self.buffer[start..end]).into_owned()
    }
}

/// What is remembered within a statement.
#[derive(Default)]
struct Lexer {
    parentheses: u32,
    /// Open `BEGIN` and `CASE` in the body of a routine.
    begins: u32,
    /// Whether the last word was `BEGIN`.
    begin: bool,
    /// Whether a literal with escapes has just ended.
    literal: Literal,
    /// How many bytes ago a dollar quote has ended, with nothing but words behind it.
    dollar: Option<usize>,
    /// A plain literal has a backslash, while they are special.
    backslash: bool,
}

/// What stands in front of a place, as far as white space and comments go back.
#[derive(Clone, Copy, PartialEq, Default)]
enum Literal {
    /// No literal with escapes.
    #[default]
    None,
    /// Such a literal, on the same line.
    SameLine,
    /// Such a literal, with a line break behind it.
    LinesAbove,
}

impl Lexer {
    /// Lexing goes on behind `bytes`, which hold nothing special.
    fn pass(&mut self, bytes: &[u8]) {
        if self.literal != Literal::None {
            if !bytes.iter().all(u8::is_ascii_whitespace) {
                self.literal = Literal::None;
            } else if memchr2(b'\n', b'\r', bytes).is_some() {
                self.literal = Literal::LinesAbove;
            }
        }
        if let Some(gap) = &mut self.dollar {
            *gap += bytes.len();
        }
    }
}

const SIGN: u8 = 1;
const WORD: u8 = 2;

/// The bytes that a lexer in plain text has to look at.
static TABLE: [u8; 256] = {
    let mut table = [0; 256];
    let signs = b"'\"$-/\\;()";
    let mut at = 0;
    while at < signs.len() {
        table[signs[at] as usize] = SIGN;
        at += 1;
    }
    let mut byte = 0;
    while byte < 256 {
        #[allow(clippy::cast_possible_truncation)]
        let b = byte as u8;
        if b.is_ascii_alphabetic() || b == b'_' || b >= 0x80 {
            table[byte] = WORD;
        }
        byte += 1;
    }
    table
};

/// How many characters of UTF-8 begin in `bytes`.
fn characters(bytes: &[u8]) -> u32 {
    let begin = bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
    u32::try_from(begin).unwrap_or(u32::MAX)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
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
