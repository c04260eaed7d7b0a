//! `pg_globals` moves what a PostgreSQL cluster keeps outside its databases (roles, memberships,
//! role settings, parameter privileges, tablespaces) to servers that hand out no superuser.
//!
//! The modules, in the order in which data flows:
//!
//! - [`dump`]: bytes into statements, each with its place; what is not globals is passed over.
//! - [`sql`]: a statement's text to and from a [`Statement`](sql::Statement).
//! - [`globals`]: the model; statements collected into it, each accounted for, and written again.
//! - [`read`]: where globals come from, and every mistake on the way.
//! - [`platform`]: what a platform owns and accepts, as data.
//! - [`sanitize`]: what a target takes, and what there is to say about the rest; one rule a file.
//! - [`connect`]: what psql would connect with, and the connection.
//! - [`plan`]: what will be sent to a live target, and what not; one veto a file.
//! - [`replay`]: a plan on a live target, all or nothing.
//! - [`check`]: the migration's other prerequisites; one check a file.
//! - [`verify`]: whether everything is there after the restore; one query a file.
//! - [`compare`]: what differs between two sides, as they are or as a migration would bring the left one.
//! - [`script`]: what psql replays: a conversion, what takes a copy back, what makes a server like another.
//! - [`rules`]: what is said about every rule.
//! - [`report`]: reports in each format, mistakes with their lines.
//! - [`cli`]: what the user types; nothing else prints.
//!
//! Each sees only those in front of it in this list. Below all of them: [`name`], [`place`],
//! [`version`], [`encoding`], [`attribute`], [`secret`], [`scram`], [`subject`], [`finding`], [`glob`], [`interrupt`],
//! [`process`].
//!
//! ```
//! use pg_globals::platform::{Platform, Rights};
//! use pg_globals::read::{Options, read};
//! use pg_globals::sanitize::{Choices, sanitize};
//! use pg_globals::version::Major;
//!
//! let dump = "CREATE ROLE app; ALTER ROLE app WITH NOSUPERUSER LOGIN CONNECTION LIMIT 5;";
//! let reading = read(dump.as_bytes(), Options::default())?;
//! let azure = Platform::builtin("azure").ok_or("no such platform")?;
//! let rights = Rights::offline(azure, Major::new(16));
//! let choices = Choices::default();
//! let sanitized =
//!     sanitize(reading.globals, reading.ledger, reading.findings, rights, None, &choices)?;
//! assert_eq!(sanitized.globals.roles["app"].connection_limit.map(|fact| fact.value), Some(5));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod attribute;
mod blocks;
pub mod check;
pub mod cli;
pub mod compare;
pub mod connect;
pub mod dump;
pub mod encoding;
pub mod finding;
pub mod glob;
pub mod globals;
pub mod interrupt;
pub mod name;
pub mod place;
pub mod plan;
pub mod platform;
pub mod process;
pub mod read;
pub mod replay;
pub mod report;
pub mod rules;
pub mod sanitize;
pub mod scram;
pub mod script;
pub mod secret;
pub mod sql;
pub mod subject;
#[cfg(test)]
mod testing;
pub mod verify;
pub mod version;
mod words;
