//! `pg_dumpall` as a reader of a live server: found, run within limits, and its text read.
//!
//! - `environment`: what children see of this process's own.
//! - [`program`]: one `pg_dumpall`, and what it is able to.
//! - [`mod@find`]: which of those that are installed suits a server.
//! - `process`: a child that is killed with its children when it takes too long.
//! - [`run`]: the dump.
//! - [`forecast`]: how long it will take.

mod environment;
pub mod find;
pub mod forecast;
mod process;
pub mod program;
pub mod run;

pub use find::{Found, Places, find, given};
pub use forecast::Forecast;
pub use process::ProcessError;
pub use program::{Program, ProgramError};
pub use run::{Dump, RunError, dump};
