//! The text of a dump as a stream of statements, each with its place: bytes in, decoded slices out.
//!
//! A dump may be the whole of a cluster, of any size. What is not globals (the data behind `COPY`,
//! `INSERT`s, function bodies) is passed over by real lexing and never kept: memory stays that of
//! the largest statement that matters, at most [`MAX_STATEMENT`].

mod buffer;
mod encoding;
mod error;
mod heading;
mod input;
mod lexer;
mod meta;
mod piece;
mod reader;

#[cfg(test)]
mod tests;

pub use encoding::UnknownEncoding;
pub use error::{Error, Fault, NotADump, Problem};
pub use piece::{Marks, Part, Piece, Slice};
pub use reader::Reader;

/// The longest statement that is kept, in bytes. One that is passed over may be of any length.
pub const MAX_STATEMENT: usize = 64 << 20;
