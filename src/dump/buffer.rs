//! The text of a dump, as much of it as is needed at a time, and the places in it.

use std::io::Read;

use memchr::{memchr_iter, memchr2, memrchr};

use super::input::Input;
use super::{Error, Fault, MAX_STATEMENT, Problem};
use crate::place::Place;

/// How much of a line is shown behind a fault.
const MAX_SHOWN: usize = 4096;

/// A piece of a dump; reading on forgets what is in front of it.
pub(super) struct Buffer<R> {
    pub(super) input: Input<R>,
    pub(super) bytes: Vec<u8>,
    /// Where lexing stands in the bytes.
    pub(super) at: usize,
    /// Where the statement, comment or meta-command that is being read begins in the bytes.
    pub(super) start: usize,
    /// Whether bytes in front of `at` may be forgotten.
    pub(super) discard: bool,
    pub(super) end: bool,
    /// The line of the byte at `counted`.
    line: u32,
    /// How many characters precede the byte at `counted` on its line.
    column: u32,
    /// Up to where in the bytes lines and columns have been counted.
    counted: usize,
    /// Where the quote or comment that is being read was opened.
    opened: Opened,
}

/// Where a quote or comment was opened: in the bytes, or, when that part was forgotten, the place
/// and its [text](Fault::text).
enum Opened {
    At(usize),
    Counted(Place, String),
}

impl<R: Read> Buffer<R> {
    /// Goes on behind `bytes`, which were read from `input`.
    pub(super) fn new(input: Input<R>, bytes: Vec<u8>) -> Self {
        Self {
            input,
            bytes,
            at: 0,
            start: 0,
            discard: true,
            end: false,
            line: 1,
            column: 0,
            counted: 0,
            opened: Opened::At(0),
        }
    }

    /// The byte `ahead` of where lexing stands; none at the end.
    pub(super) fn peek(&mut self, ahead: usize) -> Result<Option<u8>, Error> {
        while self.at + ahead >= self.bytes.len() {
            if !self.more()? {
                return Ok(None);
            }
        }
        Ok(Some(self.bytes[self.at + ahead]))
    }

    /// Has `count` bytes behind `start` in the buffer, as far as there are.
    pub(super) fn ensure(&mut self, count: usize) -> Result<(), Error> {
        let keep = std::mem::replace(&mut self.discard, false);
        while self.bytes.len() - self.start < count && self.more()? {}
        self.discard = keep;
        Ok(())
    }

    /// Reads more; false at the end. Positions in the buffer move.
    pub(super) fn more(&mut self) -> Result<bool, Error> {
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
            self.bytes.drain(..keep);
            self.counted -= keep;
            self.at -= keep;
            self.start = 0;
        }
        if self.bytes.len() > MAX_STATEMENT {
            self.count_to(self.start);
            return Err(Error::TooLong(self.line));
        }
        match self.input.fill(&mut self.bytes)? {
            Ok(0) => {
                self.end = true;
                Ok(false)
            }
            Ok(_) => Ok(true),
            Err(name) => {
                self.count_to(self.bytes.len());
                Err(Error::Encoding(name.to_owned(), self.line))
            }
        }
    }

    fn count_to(&mut self, to: usize) {
        if to > self.counted {
            let bytes = &self.bytes[self.counted..to];
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
    pub(super) fn place(&mut self, at: usize) -> Place {
        self.count_to(at);
        Place { line: self.line, column: self.column.saturating_add(1) }
    }

    /// A quote or comment begins at `at`.
    pub(super) fn open(&mut self, at: usize) {
        self.opened = Opened::At(at);
    }

    pub(super) fn open_fault(&mut self, problem: Problem) -> Fault {
        let (place, text) = match std::mem::replace(&mut self.opened, Opened::At(0)) {
            Opened::At(at) => (self.place(at), self.text_around(self.start, at)),
            Opened::Counted(place, text) => (place, text),
        };
        Fault { problem, place, text }
    }

    /// The lines from the one of the byte at `from` to the one of the byte at `at`, as far as they
    /// are in the buffer; the last may be cut behind `at`.
    pub(super) fn text_around(&self, from: usize, at: usize) -> String {
        let from = from.min(at);
        let start = memrchr(b'\n', &self.bytes[..from]).map_or(0, |newline| newline + 1);
        let rest = &self.bytes[at..self.bytes.len().min(at + MAX_SHOWN)];
        let end = at + memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        String::from_utf8_lossy(&self.bytes[start..end]).into_owned()
    }

    /// Where the line that begins at `start` ends, keeping it in the buffer up to `most` bytes.
    pub(super) fn line_end(&mut self, most: usize) -> Result<usize, Error> {
        self.at = self.start;
        self.discard = false;
        loop {
            self.rest_of_piece(most);
            let ended = self.at < self.bytes.len() || self.at - self.start >= most;
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
        let limit = self.bytes.len().min(self.start + most);
        let from = self.at.min(limit);
        // To psql and the server a carriage return ends a comment as well.
        let ends = memchr2(b'\n', b'\r', &self.bytes[from..limit]);
        self.at = ends.map_or(limit, |step| from + step);
    }

    /// Moves to the end of the line.
    pub(super) fn rest_of_line(&mut self) -> Result<(), Error> {
        loop {
            match memchr2(b'\n', b'\r', &self.bytes[self.at..]) {
                Some(step) => {
                    self.at += step;
                    return Ok(());
                }
                None => self.at = self.bytes.len(),
            }
            if !self.more()? {
                return Ok(());
            }
        }
    }
}

/// How many characters of UTF-8 begin in `bytes`.
fn characters(bytes: &[u8]) -> u32 {
    let begin = bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
    u32::try_from(begin).unwrap_or(u32::MAX)
}
