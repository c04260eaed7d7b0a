//! The text of a dump as a stream of statements, each with its place: bytes in, decoded slices out.
//!
//! A dump may be the whole of a cluster, of any size. What is not globals (the data behind `COPY`,
//! `INSERT`s, function bodies) is passed over by real lexing and never kept: memory stays that of
//! the largest statement that matters, at most [`MAX_STATEMENT`].

mod buffer;
mod encoding;
mod heading;
mod input;
mod lexer;
mod meta;
mod reader;

#[cfg(test)]
mod tests;

pub use encoding::UnknownEncoding;
pub use input::NotADump;
pub use reader::Reader;

use std::fmt;
use std::io;

use crate::place::Place;

/// The longest statement that is kept, in bytes. One that is passed over may be of any length.
pub const MAX_STATEMENT: usize = 64 << 20;

/// What comes out of a dump, one after the other.
#[derive(Debug)]
pub enum Piece<'a> {
    /// A statement, decoded, without its semicolon and what stands before its first word.
    Statement(Slice<'a>),
    /// Something that cannot be read; reading can go on behind it.
    Fault(Fault),
}

/// A statement's text.
#[derive(Debug)]
pub struct Slice<'a> {
    /// The text, from its first word on.
    pub text: &'a str,
    /// Where it begins.
    pub place: Place,
    /// The part of the dump that it stands in.
    pub part: Part,
    /// Whether its semicolon was there; only the last may be without.
    pub ended: bool,
}

/// The parts of a cluster dump.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// Where the globals are: every statement counts.
    Globals,
    /// What pg_dump wrote for one database: only role settings and roles count.
    Database,
}

/// Something that cannot be read, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// What it is.
    pub problem: Problem,
    /// Where it stands.
    pub place: Place,
    /// What stands from the beginning of its statement to the end of its line, as far as it is
    /// still known. The last line is to be shown; the others tell what of it is a password.
    pub text: String,
}

/// What cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Problem {
    /// A string literal without its end.
    OpenString,
    /// A quoted name without its end.
    OpenName,
    /// A dollar quote without its end; the tag.
    OpenDollarQuote(String),
    /// A comment without its end.
    OpenComment,
    /// `COPY … FROM stdin` without its end.
    OpenCopy,
    /// A psql meta-command that is not one of pg_dumpall's.
    MetaCommand(String),
    /// Bytes that are not of the dump's encoding; its name.
    Encoding(String),
    /// A NUL byte.
    Nul,
    /// A backslash in a plain literal while `standard_conforming_strings` is off.
    Backslash,
    /// A comment that a newline in a name has broken in two.
    BrokenComment,
}

impl Problem {
    /// Whether the input ended where something was open.
    pub fn is_open_end(&self) -> bool {
        matches!(
            self,
            Self::OpenString
                | Self::OpenName
                | Self::OpenDollarQuote(_)
                | Self::OpenComment
                | Self::OpenCopy
        )
    }

    /// The way out, where the message does not name it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::MetaCommand(_) => Some(
                "make the dump again with pg_dumpall; in a script of your own, take the command out",
            ),
            // SQL_ASCII says it itself.
            Self::Encoding(name) if name.contains("-E UTF8") => None,
            Self::Encoding(_) => Some(
                "dump again with -E UTF8, or let SET client_encoding name the encoding that it is in",
            ),
            Self::Nul => Some("no dump has one: the file is damaged, copy it or make it again"),
            _ if self.is_open_end() => {
                Some("everything behind it belongs to it: look for what is cut off or not closed")
            }
            _ => None,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OpenString => f.write_str("this string literal does not end"),
            Self::OpenName => f.write_str("this quoted name does not end"),
            Self::OpenDollarQuote(tag) => {
                write!(f, "this dollar quote does not end: {tag} is missing")
            }
            Self::OpenComment => f.write_str("this comment does not end"),
            Self::OpenCopy => f.write_str("the data behind this COPY does not end: \\. is missing"),
            Self::MetaCommand(name) => write!(
                f,
                "psql meta-command \\{name}: pg_dumpall does not write it, and a dump that carries it \
                 could run programs (CVE-2025-8714)"
            ),
            Self::Encoding(name) => write!(f, "this is not valid {name}"),
            Self::Nul => f.write_str("a NUL byte"),
            Self::Backslash => f.write_str(
                "a backslash in a plain literal while standard_conforming_strings is off: \
                 write the literal as E'…'",
            ),
            Self::BrokenComment => f.write_str(
                "a newline in a name has broken this comment (CVE-2025-8715), and where it ends \
                 cannot be told: dump again with a current pg_dumpall",
            ),
        }
    }
}

/// Why reading had to end.
#[derive(Debug)]
pub enum Error {
    /// The input could not be read.
    Io(io::Error),
    /// The input is something else than the text of a dump.
    NotADump(NotADump),
    /// The dump is in an encoding that cannot be decoded; the line that says so.
    UnknownEncoding(UnknownEncoding, u32),
    /// A statement is longer than [`MAX_STATEMENT`]; the line where it begins.
    TooLong(u32),
    /// Bytes that are not of the dump's encoding, where they cannot be passed over.
    Encoding(String, u32),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::NotADump(what) => what.fmt(f),
            Self::UnknownEncoding(encoding, line) => write!(f, "line {line}: {encoding}"),
            Self::TooLong(line) => write!(
                f,
                "line {line}: the statement that begins here is longer than {} MiB",
                MAX_STATEMENT >> 20
            ),
            Self::Encoding(name, line) => {
                write!(f, "line {line}: this is not valid {name}: dump again with -E UTF8")
            }
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// What the dump says of itself, beside its statements.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Marks {
    /// How many times pg_dumpall's header was seen.
    pub headers: u32,
    /// How many times pg_dumpall's end marker was seen.
    pub trailers: u32,
    /// How many times pg_dump's header of a single database was seen.
    pub database_headers: u32,
    /// The versions that pg_dump's headers name: of the server and of the client.
    pub versions: Option<(String, String)>,
    /// Whether there is a `\restrict`, written by minors from August 2025 on.
    pub restrict: bool,
    /// Whether the heading of the section for parameter privileges was seen (servers from 15 on).
    pub parameter_section: bool,
}
