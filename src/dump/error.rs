//! What is wrong with a dump.

use std::io;

use super::MAX_STATEMENT;
use super::encoding::UnknownEncoding;
use crate::place::Place;

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
#[derive(thiserror::Error, Clone, PartialEq, Eq, Debug)]
pub enum Problem {
    /// A string literal without its end.
    #[error("this string literal does not end")]
    OpenString,
    /// A quoted name without its end.
    #[error("this quoted name does not end")]
    OpenName,
    /// A dollar quote without its end; the tag.
    #[error("this dollar quote does not end: {0} is missing")]
    OpenDollarQuote(String),
    /// A comment without its end.
    #[error("this comment does not end")]
    OpenComment,
    /// `COPY … FROM stdin` without its end.
    #[error("the data behind this COPY does not end: \\. is missing")]
    OpenCopy,
    /// A psql meta-command that is not one of pg_dumpall's.
    #[error(
        "psql meta-command \\{0}: pg_dumpall does not write it, and a dump that carries it could run \
         programs (CVE-2025-8714)"
    )]
    MetaCommand(String),
    /// Bytes that are not of the dump's encoding; its name.
    #[error("this is not valid {0}")]
    Encoding(String),
    /// UTF-16 without the rest of its last character.
    #[error("the file ends in the middle of a character")]
    CutCharacter,
    /// A NUL byte.
    #[error("a NUL byte")]
    Nul,
    /// A backslash in a plain literal while `standard_conforming_strings` is off.
    #[error(
        "a backslash in a plain literal while standard_conforming_strings is off: write the literal as \
         E'…'"
    )]
    Backslash,
    /// A comment that a newline in a name has broken in two.
    #[error(
        "a newline in a name has broken this comment (CVE-2025-8715), and where it ends cannot be \
         told: dump again with a current pg_dumpall"
    )]
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
                | Self::CutCharacter
        )
    }

    /// The way out, where the message does not name it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::MetaCommand(name)
                if matches!(name.as_str(), "if" | "elif" | "else" | "endif") =>
            {
                Some(
                    "which branch is meant only psql's variables say: leave the one that counts and take the \
                     others and the command out; or let psql run the script on a server of your own that is \
                     empty, and dump that with pg_dumpall --globals-only",
                )
            }
            Self::MetaCommand(name)
                if matches!(
                    name.as_str(),
                    "set" | "unset" | "getenv" | "prompt" | "gset" | "gexec"
                ) =>
            {
                Some(
                    "what it gives only psql can tell: let psql run the script on a server of your own that is \
                     empty, and dump that with pg_dumpall --globals-only; or write the statements out",
                )
            }
            Self::MetaCommand(name)
                if matches!(name.as_str(), "i" | "ir" | "include" | "include_relative") =>
            {
                Some("put what stands in that file in its place")
            }
            Self::MetaCommand(_) => Some(
                "make the dump again with pg_dumpall; in a script of your own, take the command out",
            ),
            // SQL_ASCII says it itself.
            Self::Encoding(name) if name.contains("-E UTF8") => None,
            Self::Encoding(_) => Some(
                "dump again with -E UTF8, or let SET client_encoding name the encoding that it is in",
            ),
            Self::Nul => Some("no dump has one: the file is damaged, copy it or make it again"),
            Self::CutCharacter => Some("the file is cut off: copy it or make it again"),
            _ if self.is_open_end() => {
                Some("everything behind it belongs to it: look for what is cut off or not closed")
            }
            _ => None,
        }
    }
}

/// Why reading had to end.
#[derive(thiserror::Error, Debug)]
pub enum Error {
    /// The input could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The input is something else than the text of a dump.
    #[error("{0}")]
    NotADump(NotADump),
    /// The dump is in an encoding that cannot be decoded; the line that says so.
    #[error("line {1}: {0}")]
    UnknownEncoding(UnknownEncoding, u32),
    /// A statement is longer than [`MAX_STATEMENT`]; the line where it begins.
    #[error(
        "line {0}: the statement that begins here is longer than {most} MiB",
        most = MAX_STATEMENT >> 20
    )]
    TooLong(u32),
    /// Bytes that are not of the dump's encoding, where they cannot be passed over.
    #[error("line {1}: this is not valid {0}: dump again with -E UTF8")]
    Encoding(String, u32),
}

/// What the input is, when it is not the text of a dump.
#[derive(thiserror::Error, Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotADump {
    /// Nothing at all, or nothing but white space.
    #[error("there is nothing in it")]
    Empty,
    /// pg_dump's custom format.
    #[error(
        "this is pg_dump's custom format, which holds one database and no globals: make the dump with \
         pg_dumpall --globals-only"
    )]
    CustomFormat,
    /// pg_dump's tar format, or another archive.
    #[error("this is a tar archive: make the dump with pg_dumpall --globals-only, as plain text")]
    Tar,
    /// Compressed; the program that decompresses it to its standard output.
    #[error("this is compressed")]
    Compressed(&'static str),
    /// UTF-16 that does not say so; which of the two.
    #[error("this is UTF-16 without a byte order mark")]
    Utf16(&'static str),
    /// A userlist of pgbouncer.
    #[error(
        "this is a list of passwords as pgbouncer has it: give a dump, and the list with --passwords-from"
    )]
    Userlist,
    /// Binary in another way.
    #[error("this is binary, and not the text of a dump: make it with pg_dumpall --globals-only")]
    Binary,
}

impl NotADump {
    /// What makes it readable, where there is such a program.
    fn filter(&self) -> Option<String> {
        match self {
            Self::Compressed(program) => Some((*program).to_owned()),
            Self::Utf16(name) => Some(format!("iconv -f {name} -t UTF-8")),
            _ => None,
        }
    }

    /// The command line that reads `file` all the same, where there is one.
    pub fn command(&self, file: &str) -> Option<String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-./,:=@%+".contains(c);
        // A name that begins like an option would be taken for one.
        let start = if file.starts_with('-') { "./" } else { "" };
        let word = if !file.is_empty() && file.chars().all(plain) {
            format!("{start}{file}")
        } else {
            format!("'{start}{}'", file.replace('\'', "'\\''"))
        };
        Some(format!("{} {word} | pg_globals convert -", self.filter()?))
    }
}
