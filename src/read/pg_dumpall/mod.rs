//! `pg_dumpall` as a reader of a live server: found, run within limits, and its text read.
//!
//! - [`program`]: one `pg_dumpall`, and what it is able to.
//! - [`mod@find`]: which of those that are installed suits a server.
//! - [`run`]: the dump.
//! - [`forecast`]: how long it will take.

pub mod find;
pub mod forecast;
pub mod program;
pub mod run;

pub use find::{Found, Places, find, given};
pub use forecast::Forecast;
pub use program::{Program, ProgramError};
pub use run::{Dump, RunError, dump};
