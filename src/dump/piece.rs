//! What comes out of a dump.

use super::error::Fault;
use crate::place::Place;

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

/// What the dump says of itself, beside its statements.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Marks {
    /// How many times pg_dumpall's header was seen.
    pub headers: u32,
    /// What the first header calls the product: `PostgreSQL`, or what was made of it.
    pub product: Option<String>,
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
