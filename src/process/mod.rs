//! Other programs that this one runs: what they see of its environment, and that they end in time.
//!
//! - `environment`: what children see of this process's own.
//! - `run`: a child whose output is read while it runs, and that is killed with its children when it takes too long.

pub(crate) mod environment;
mod run;

pub use run::ProcessError;
pub(crate) use run::{Output, output};
