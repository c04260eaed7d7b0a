//! The prerequisites of a migration to Azure Database for PostgreSQL flexible server, apart from the
//! globals themselves: those of the offline migration from Aurora, and what the migration service's
//! own validation looks at.
//!
//! A check is one file in [`checks`]: what it is about, the questions that it asks of the two
//! servers and their databases, and a function from the answers to what there is to say, which
//! talks to nobody. [`gather`] asks the questions of all checks at once; a server that cannot be
//! reached, or a question that it refuses, is an answer too, and makes the checks that need it
//! unknown, never succeeded. What SQL cannot tell comes from the clouds' own command lines ([`azure`], [`aws`]),
//! as files or by asking them. Tables of facts are files in `data`.

mod about;
mod asking;
pub mod aws;
pub mod azure;
pub mod checks;
mod client;
mod context;
mod data;
mod json;
mod judge;
pub mod migration;
mod outcome;
mod prelude;
mod size;
mod words;

pub use about::About;
pub use asking::answer::{Answer, Row, Unseen};
pub use asking::gather::{Clouds, Progress, Wanted, gather};
pub use asking::link::Link;
pub use asking::question::{Of, Question};
pub use asking::unreached::Unreached;
pub use aws::Aws;
pub use azure::Azure;
pub use client::ClientError;
pub use context::{Context, Database, Server, Side, Verdict};
pub use json::JsonError;
pub use judge::{Check, judge};
pub use outcome::{Method, Outcome, Outcomes, State};
