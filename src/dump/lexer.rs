//! An exact lexer for where statements, comments and data end (`src/fe_utils/psqlscan.l`).

use std::io::Read;

use memchr::{memchr, memchr2, memmem};

use super::buffer::Buffer;
use super::{Error, Fault, Problem};

/// What is remembered within a statement.
#[derive(Default)]
pub(super) struct Lexer {
    /// Whether the body of a routine may hold semicolons.
    function: bool,
    /// Whether backslashes are special in plain literals.
    backslashes: bool,
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
    pub(super) backslash: bool,
}

/// Where the lexer stopped.
pub(super) enum Stop {
    /// Behind the semicolon.
    Statement,
    /// At the end of the input, in the middle of a statement or behind the last.
    End,
    /// At a meta-command inside a statement.
    Meta,
}

/// What a quote was opened with.
#[derive(Clone, Copy, PartialEq)]
enum Quote {
    Plain,
    Escape,
    Name,
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
    pub(super) fn new(function: bool, backslashes: bool) -> Self {
        Self { function, backslashes, ..Self::default() }
    }

    /// Lexes up to the end of a statement.
    pub(super) fn statement<R: Read>(
        &mut self,
        text: &mut Buffer<R>,
    ) -> Result<Result<Stop, Fault>, Error> {
        loop {
            if text.at == text.bytes.len() && !text.more()? {
                return Ok(Ok(Stop::End));
            }
            let rest = &text.bytes[text.at..];
            let step = if self.function {
                rest.iter().position(|&b| TABLE[usize::from(b)] != 0)
            } else {
                rest.iter().position(|&b| TABLE[usize::from(b)] & SIGN != 0)
            };
            self.pass(&rest[..step.unwrap_or(rest.len())]);
            let Some(step) = step else {
                text.at = text.bytes.len();
                continue;
            };
            text.at += step;
            let byte = text.bytes[text.at];
            let literal = std::mem::take(&mut self.literal);
            let dollar = self.dollar.take();
            match byte {
                b';' if self.parentheses == 0 && self.begins == 0 => {
                    text.at += 1;
                    return Ok(Ok(Stop::Statement));
                }
                b'(' => {
                    self.parentheses += 1;
                    self.begin = false;
                }
                b')' => self.parentheses = self.parentheses.saturating_sub(1),
                b'\'' => {
                    let quote = self.quote_kind(text, literal, dollar);
                    if let Some(fault) = self.quoted(quote, text)? {
                        return Ok(Err(fault));
                    }
                    continue;
                }
                b'"' => {
                    if let Some(fault) = self.quoted(Quote::Name, text)? {
                        return Ok(Err(fault));
                    }
                    continue;
                }
                b'$' => {
                    if let Some(fault) = self.dollar_quote(text, dollar)? {
                        return Ok(Err(fault));
                    }
                    continue;
                }
                b'-' if text.peek(1)? == Some(b'-') => {
                    self.literal = literal;
                    text.rest_of_line()?;
                    continue;
                }
                b'/' if text.peek(1)? == Some(b'*') => {
                    if !block_comment(text)? {
                        return Ok(Err(text.open_fault(Problem::OpenComment)));
                    }
                    continue;
                }
                b'\\' => return Ok(Ok(Stop::Meta)),
                _ if self.function && TABLE[usize::from(byte)] & WORD != 0 => {
                    let length = self.word(text)?;
                    self.dollar = dollar.map(|gap| gap + length);
                    continue;
                }
                _ => {}
            }
            text.at += 1;
        }
    }

    /// Whether the quote at `at` begins a literal with escapes: behind such a literal, or so many
    /// bytes behind a dollar quote.
    fn quote_kind<R>(&self, text: &Buffer<R>, literal: Literal, dollar: Option<usize>) -> Quote {
        let prefixed = match &text.bytes[text.start..text.at] {
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
    fn quoted<R: Read>(
        &mut self,
        quote: Quote,
        text: &mut Buffer<R>,
    ) -> Result<Option<Fault>, Error> {
        let sign = if quote == Quote::Name { b'"' } else { b'\'' };
        text.open(text.at);
        let plain = !text.bytes[text.start..text.at].ends_with(b"E")
            && !text.bytes[text.start..text.at].ends_with(b"e");
        text.at += 1;
        loop {
            let rest = &text.bytes[text.at..];
            let found = if quote == Quote::Escape {
                memchr2(sign, b'\\', rest)
            } else {
                memchr(sign, rest)
            };
            let Some(step) = found else {
                text.at = text.bytes.len();
                if text.more()? {
                    continue;
                }
                let problem =
                    if quote == Quote::Name { Problem::OpenName } else { Problem::OpenString };
                return Ok(Some(text.open_fault(problem)));
            };
            text.at += step;
            if text.bytes[text.at] == b'\\' {
                if self.backslashes && plain {
                    self.backslash = true;
                }
                text.at += 1;
                // What is protected may not have been read yet.
                if text.peek(0)?.is_some() {
                    text.at += 1;
                }
                continue;
            }
            text.at += 1;
            if text.peek(0)? == Some(sign) {
                text.at += 1;
                continue;
            }
            if quote == Quote::Escape {
                self.literal = Literal::SameLine;
            }
            return Ok(None);
        }
    }

    /// Lexes over a dollar quote at `at`, if it is one; `dollar` bytes ago another has ended.
    fn dollar_quote<R: Read>(
        &mut self,
        text: &mut Buffer<R>,
        dollar: Option<usize>,
    ) -> Result<Option<Fault>, Error> {
        let in_word = dollar != Some(0) && text.at > text.start && is_word(text.bytes[text.at - 1]);
        let mut length = 1;
        let tag_ends = !in_word
            && loop {
                match text.peek(length)? {
                    Some(b'$') => break true,
                    Some(b) if is_word(b) && !(length == 1 && b.is_ascii_digit()) => length += 1,
                    _ => break false,
                }
            };
        if !tag_ends {
            text.at += 1;
            return Ok(None);
        }
        let tag = text.bytes[text.at..=text.at + length].to_vec();
        text.open(text.at);
        text.at += tag.len();
        loop {
            if let Some(step) = memmem::find(&text.bytes[text.at..], &tag) {
                text.at += step + tag.len();
                self.dollar = Some(0);
                return Ok(None);
            }
            // The tag may be cut by the end of the buffer.
            text.at = text.at.max(text.bytes.len().saturating_sub(tag.len() - 1));
            if !text.more()? {
                let tag = String::from_utf8_lossy(&tag).into_owned();
                return Ok(Some(text.open_fault(Problem::OpenDollarQuote(tag))));
            }
        }
    }

    /// A bare word in the definition of a routine: counts what encloses statements. Its length.
    fn word<R: Read>(&mut self, text: &mut Buffer<R>) -> Result<usize, Error> {
        let mut length = 1;
        while text.peek(length)?.is_some_and(is_word) {
            length += 1;
        }
        let word = &text.bytes[text.at..text.at + length];
        // Arguments and functions can be called `begin` and `end` as well: only BEGIN ATOMIC opens a
        // body, and within parentheses nothing ends.
        let is = |keyword: &[u8]| self.parentheses == 0 && word.eq_ignore_ascii_case(keyword);
        if self.begins == 0 {
            self.begins = u32::from(self.begin && is(b"atomic"));
            self.begin = is(b"begin");
        } else if is(b"case") {
            self.begins += 1;
        } else if is(b"end") {
            self.begins -= 1;
        }
        text.at += length;
        Ok(length)
    }

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

/// Lexes over the comment at `at`; false when it does not end.
pub(super) fn block_comment<R: Read>(text: &mut Buffer<R>) -> Result<bool, Error> {
    let mut depth = 1_u32;
    text.open(text.at);
    text.at += 2;
    loop {
        let Some(step) = memchr2(b'*', b'/', &text.bytes[text.at..]) else {
            text.at = text.bytes.len();
            if text.more()? {
                continue;
            }
            return Ok(false);
        };
        text.at += step;
        match (text.bytes[text.at], text.peek(1)?) {
            (b'*', Some(b'/')) => (depth, text.at) = (depth - 1, text.at + 2),
            (b'/', Some(b'*')) => (depth, text.at) = (depth + 1, text.at + 2),
            _ => text.at += 1,
        }
        if depth == 0 {
            return Ok(true);
        }
    }
}

/// Passes over the data behind `COPY … FROM stdin;`, up to the line `\.`; false when there is
/// none.
pub(super) fn copy_data<R: Read>(text: &mut Buffer<R>) -> Result<bool, Error> {
    text.discard = true;
    text.rest_of_line()?;
    loop {
        text.start = text.at;
        if let Some(step) = memmem::find(&text.bytes[text.at..], b"\n\\.") {
            text.at += step + 3;
            let next = text.peek(0)?;
            let ends = match next {
                None | Some(b'\n') => true,
                Some(b'\r') => matches!(text.peek(1)?, None | Some(b'\n')),
                Some(_) => false,
            };
            if ends {
                return Ok(true);
            }
            continue;
        }
        // The mark may be cut by the end of the buffer.
        text.at = text.at.max(text.bytes.len().saturating_sub(2));
        if !text.more()? {
            text.at = text.bytes.len();
            return Ok(false);
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

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}
