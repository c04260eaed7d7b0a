//! Bytes from a reader into the buffer, turned into UTF-8 on the way where they have to.

use std::fmt;
use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_16BE, UTF_16LE};

use super::Error;

/// How much is read at a time.
const BLOCK: usize = 256 << 10;

/// What the input is, when it is not the text of a dump.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotADump {
    /// Nothing at all, or nothing but white space.
    Empty,
    /// pg_dump's custom format.
    CustomFormat,
    /// pg_dump's tar format, or another archive.
    Tar,
    /// Compressed; the program that decompresses it to its standard output.
    Compressed(&'static str),
    /// UTF-16 that does not say so; which of the two.
    Utf16(&'static str),
    /// Binary in another way.
    Binary,
}

impl fmt::Display for NotADump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is nothing in it"),
            Self::CustomFormat => f.write_str(
                "this is pg_dump's custom format, which holds one database and no globals: \
                 make the dump with pg_dumpall --globals-only",
            ),
            Self::Tar => f.write_str(
                "this is a tar archive: make the dump with pg_dumpall --globals-only, as plain text",
            ),
            Self::Compressed(program) => {
                write!(f, "this is compressed: {program} … | pg_globals convert -")
            }
            Self::Utf16(name) => write!(
                f,
                "this is UTF-16 without a byte order mark: iconv -f {name} -t UTF-8 … | pg_globals \
                 convert -"
            ),
            Self::Binary => f.write_str("this is binary, and not the text of a dump: make it with pg_dumpall --globals-only"),
        }
    }
}

/// The source of the buffer's bytes.
pub(super) struct Input<R> {
    reader: R,
    /// Bytes as they were read, not yet decoded; used when they have to be.
    raw: Vec<u8>,
    /// How many of them are decoded already.
    taken: usize,
    mode: Mode,
    end: bool,
}

enum Mode {
    /// As they come.
    Plain,
    /// The whole stream has one encoding, whatever the dump says of itself.
    Stream(Box<Decoder>),
    /// Line by line, since a later line can name another encoding.
    Lines(&'static str, &'static Encoding),
}

impl<R: Read> Input<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, raw: Vec::new(), taken: 0, mode: Mode::Plain, end: false }
    }

    /// Reads the first block into `buffer`, and looks at what it is.
    /// Gives whether the text's encoding is certain, since a byte order mark says it.
    pub(super) fn begin(&mut self, buffer: &mut Vec<u8>) -> Result<bool, Error> {
        while buffer.len() < 512 && self.read_into(buffer)? > 0 {}
        if buffer.iter().all(u8::is_ascii_whitespace) && self.end {
            return Err(Error::NotADump(NotADump::Empty));
        }
        let utf_16 = if buffer.starts_with(b"\xff\xfe") {
            UTF_16LE
        } else if buffer.starts_with(b"\xfe\xff") {
            UTF_16BE
        } else if buffer.starts_with(b"\xef\xbb\xbf") {
            buffer.drain(..3);
            return Ok(true);
        } else {
            return match not_a_dump(buffer) {
                Some(what) => Err(Error::NotADump(what)),
                None => Ok(false),
            };
        };
        self.raw = buffer.split_off(2);
        buffer.clear();
        self.mode = Mode::Stream(Box::new(utf_16.new_decoder_without_bom_handling()));
        Ok(true)
    }

    /// From here on, the bytes are in an encoding that is decoded before splitting.
    /// `ahead` was read already, undecoded.
    pub(super) fn decode_lines(
        &mut self,
        name: &'static str,
        table: &'static Encoding,
        ahead: &[u8],
    ) {
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
            Mode::Stream(_) => return self.fill_stream(buffer),
            &mut Mode::Lines(name, table) => {
                let line = loop {
                    if let Some(at) = memchr::memchr(b'\n', &self.raw[self.taken..]) {
                        break at + 1;
                    }
                    // Once a block, not once a line: what was taken is many lines.
                    self.raw.drain(..std::mem::take(&mut self.taken));
                    let mut raw = std::mem::take(&mut self.raw);
                    let count = self.read_into(&mut raw);
                    self.raw = raw;
                    if count? == 0 {
                        break self.raw.len();
                    }
                };
                let bytes = &self.raw[self.taken..self.taken + line];
                self.taken += line;
                match table.decode_without_bom_handling_and_without_replacement(bytes) {
                    Some(text) => buffer.extend_from_slice(text.as_bytes()),
                    None => return Ok(Err(name)),
                }
            }
        }
        Ok(Ok(buffer.len() - before))
    }

    fn fill_stream(&mut self, buffer: &mut Vec<u8>) -> io::Result<Result<usize, &'static str>> {
        let before = buffer.len();
        while buffer.len() == before {
            let mut raw = std::mem::take(&mut self.raw);
            let count = self.read_into(&mut raw)?;
            let last = count == 0;
            let Mode::Stream(decoder) = &mut self.mode else { return Ok(Ok(0)) };
            let room = decoder.max_utf8_buffer_length(raw.len()).unwrap_or(0);
            let mut text = vec![0; room];
            let (result, _, written, malformed) = decoder.decode_to_utf8(&raw, &mut text, last);
            debug_assert_eq!(result, CoderResult::InputEmpty);
            if malformed {
                return Ok(Err("UTF-16"));
            }
            buffer.extend_from_slice(&text[..written]);
            if last {
                // Nothing can follow; a second call must not finish the decoder twice.
                self.mode = Mode::Plain;
                break;
            }
        }
        Ok(Ok(buffer.len() - before))
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
