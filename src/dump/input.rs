//! Bytes from a reader into the buffer, turned into UTF-8 on the way where they have to.

use std::io::{self, Read};

use super::error::{Error, NotADump};
use crate::encoding::{Table, Utf16};

/// How much is read at a time.
const BLOCK: usize = 256 << 10;

/// The source of the buffer's bytes.
pub(super) struct Input<R> {
    reader: R,
    /// Bytes as they were read, not yet decoded; used when they have to be.
    raw: Vec<u8>,
    /// How many of them are decoded already.
    taken: usize,
    mode: Mode,
    end: bool,
    /// Whether the input ends in the middle of a character.
    cut: bool,
}

enum Mode {
    /// As they come.
    Plain,
    /// The whole stream has one encoding, whatever the dump says of itself.
    Stream(Utf16),
    /// Line by line, since a later line can name another encoding.
    Lines(&'static str, &'static Table),
    /// What comes next is not in this encoding: an error once what is before it was used, so that it
    /// does not matter how much is read at a time.
    Broken(&'static str),
}

impl<R: Read> Input<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, raw: Vec::new(), taken: 0, mode: Mode::Plain, end: false, cut: false }
    }

    /// Reads the first block into `buffer`, and looks at what it is.
    /// Gives whether the text's encoding is certain, since a byte order mark says it.
    pub(super) fn begin(&mut self, buffer: &mut Vec<u8>) -> Result<bool, Error> {
        while buffer.len() < 512 && self.read_into(buffer)? > 0 {}
        if buffer.iter().all(u8::is_ascii_whitespace) && self.end {
            return Err(Error::NotADump(NotADump::Empty));
        }
        if let Some(utf_16) = Utf16::of_mark(buffer) {
            self.raw = buffer.split_off(2);
            buffer.clear();
            self.mode = Mode::Stream(utf_16);
            return Ok(true);
        }
        if buffer.starts_with(b"\xef\xbb\xbf") {
            buffer.drain(..3);
            return Ok(true);
        }
        match not_a_dump(buffer) {
            Some(what) => Err(Error::NotADump(what)),
            None => Ok(false),
        }
    }

    /// From here on, the bytes are in an encoding that is decoded before splitting.
    /// `ahead` was read already, undecoded.
    pub(super) fn decode_lines(&mut self, name: &'static str, table: &'static Table, ahead: &[u8]) {
        if let Mode::Plain = self.mode {
            self.raw.splice(..self.taken, ahead.iter().copied());
            self.taken = 0;
        }
        self.mode = Mode::Lines(name, table);
    }

    /// Whether what was read ahead is decoded already.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.mode, Mode::Plain)
    }

    /// From here on, the bytes are taken as they come.
    pub(super) fn plain(&mut self) {
        if let Mode::Lines(..) = self.mode {
            self.mode = Mode::Plain;
        }
    }

    /// Appends more bytes to `buffer`; 0 is the end. The error is the name of the encoding that
    /// the bytes are not in.
    pub(super) fn fill(&mut self, buffer: &mut Vec<u8>) -> io::Result<Result<usize, &'static str>> {
        let before = buffer.len();
        match &mut self.mode {
            Mode::Plain if self.raw.is_empty() => return self.read_into(buffer).map(Ok),
            Mode::Plain => {
                buffer.extend_from_slice(&self.raw[self.taken..]);
                self.raw.clear();
                self.taken = 0;
                if buffer.len() == before {
                    return self.read_into(buffer).map(Ok);
                }
            }
            Mode::Stream(_) | Mode::Lines(..) | Mode::Broken(_) => {
                return self.fill_decoded(buffer);
            }
        }
        Ok(Ok(buffer.len() - before))
    }

    fn fill_decoded(&mut self, buffer: &mut Vec<u8>) -> io::Result<Result<usize, &'static str>> {
        let before = buffer.len();
        while buffer.len() == before {
            let step = match self.mode {
                Mode::Plain => return Ok(Ok(0)),
                Mode::Broken(name) => return Ok(Err(name)),
                Mode::Stream(_) => self.block()?,
                Mode::Lines(..) => self.line()?,
            };
            let bytes = &self.raw[self.taken..self.taken + step];
            // Whether nothing follows that could be the rest of a character.
            let last = self.end && self.taken + step == self.raw.len();
            let read = match self.mode {
                Mode::Plain | Mode::Broken(_) => return Ok(Ok(0)),
                Mode::Stream(utf_16) => match utf_16.decode(bytes, buffer) {
                    Some(read) => {
                        self.cut = last && read < step;
                        Ok(read)
                    }
                    None => Err("UTF-16"),
                },
                Mode::Lines(name, table) => table
                    .decode(bytes, last || bytes.ends_with(b"\n"), buffer)
                    .map_err(|malformed| malformed.not_valid(name)),
            };
            match read {
                Ok(read) => self.taken += read,
                Err(name) => {
                    self.mode = Mode::Broken(name);
                    continue;
                }
            }
            if last {
                // Nothing can follow.
                self.taken = self.raw.len();
                self.mode = Mode::Plain;
                break;
            }
        }
        Ok(Ok(buffer.len() - before))
    }

    /// Whether the input ended in the middle of a character; once.
    pub(super) fn take_cut(&mut self) -> bool {
        std::mem::take(&mut self.cut)
    }

    /// How many bytes there are to decode, reading on when there are none.
    fn block(&mut self) -> io::Result<usize> {
        // Four bytes are a character, whichever.
        while self.raw.len() - self.taken < 4 && self.read_on()? > 0 {}
        Ok(self.raw.len() - self.taken)
    }

    /// How many bytes the next line has, at most a block: lines of data can have a gigabyte.
    fn line(&mut self) -> io::Result<usize> {
        loop {
            let bytes = &self.raw[self.taken..];
            let most = bytes.len().min(BLOCK);
            if let Some(at) = memchr::memchr(b'\n', &bytes[..most]) {
                return Ok(at + 1);
            }
            if most == BLOCK || self.read_on()? == 0 {
                return Ok(most);
            }
        }
    }

    /// Reads more behind what is not decoded yet.
    fn read_on(&mut self) -> io::Result<usize> {
        // Once a block, not once a line: what was taken is many lines.
        self.raw.drain(..std::mem::take(&mut self.taken));
        let mut raw = std::mem::take(&mut self.raw);
        let count = self.read_into(&mut raw);
        self.raw = raw;
        count
    }

    fn read_into(&mut self, buffer: &mut Vec<u8>) -> io::Result<usize> {
        if self.end {
            return Ok(0);
        }
        let before = buffer.len();
        buffer.resize(before + BLOCK, 0);
        let result = loop {
            match self.reader.read(&mut buffer[before..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        let count = *result.as_ref().unwrap_or(&0);
        buffer.truncate(before + count);
        self.end = count == 0;
        result
    }
}

/// Whether it begins with two quoted texts and a blank between them: `"user" "password"`. No statement does, and
/// the second is a secret that no error may show.
pub(super) fn is_userlist(start: &[u8]) -> bool {
    let behind = |text: &[u8]| {
        let text = text.trim_ascii_start().strip_prefix(b"\"")?;
        let end = text.iter().position(|byte| matches!(byte, b'"' | b'\n'))?;
        (text[end] == b'"').then(|| text[end + 1..].to_owned())
    };
    let blank = |text: &Vec<u8>| text.first().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
    let rest = behind(start).filter(blank).and_then(|rest| behind(&rest));
    rest.is_some_and(|rest| {
        rest.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii().is_empty()
    })
}

fn not_a_dump(start: &[u8]) -> Option<NotADump> {
    let signatures: [(&[u8], NotADump); 6] = [
        (b"PGDMP", NotADump::CustomFormat),
        (b"\x1f\x8b", NotADump::Compressed("zcat")),
        (b"BZh", NotADump::Compressed("bzcat")),
        (b"\xfd7zXZ", NotADump::Compressed("xzcat")),
        (b"\x28\xb5\x2f\xfd", NotADump::Compressed("zstdcat")),
        (b"\x04\x22\x4d\x18", NotADump::Compressed("lz4cat")),
    ];
    let known = signatures.iter().find(|(signature, _)| start.starts_with(signature));
    if let Some((_, what)) = known {
        Some(*what)
    } else if is_userlist(start) {
        Some(NotADump::Userlist)
    } else if start.get(257..262) == Some(b"ustar") {
        Some(NotADump::Tar)
    } else {
        let head = &start[..start.len().min(512)];
        // A text that is damaged in one place is told with its line, later.
        let is_binary = |byte: &u8| matches!(byte, 0..=6 | 14..=26 | 28..=31);
        match head {
            [0, b'\t'..=b'~', 0, b'\t'..=b'~', ..] => Some(NotADump::Utf16("UTF-16BE")),
            [b'\t'..=b'~', 0, b'\t'..=b'~', 0, ..] => Some(NotADump::Utf16("UTF-16LE")),
            _ if memchr::memchr(0, head).is_none() => None,
            _ => (head.iter().filter(|&byte| is_binary(byte)).count() > 1)
                .then_some(NotADump::Binary),
        }
    }
}
