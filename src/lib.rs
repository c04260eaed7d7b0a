//! `pg_globals` moves what a PostgreSQL cluster keeps outside its databases (roles, memberships,
//! role settings, parameter privileges, tablespaces) to servers that hand out no superuser.
//!
//! The modules, in the order in which data flows:
//!
//! - [`platform`]: what a platform owns and accepts, as data.
//!
//! Below all of them: [`name`], [`place`], [`version`], [`attribute`], [`secret`], [`finding`],
//! [`glob`].

pub mod attribute;
pub mod cli;
pub mod dump;
pub mod finding;
pub mod glob;
pub mod globals;
pub mod name;
pub mod place;
pub mod platform;
pub mod read;
pub mod report;
pub mod sanitize;
pub mod scram;
pub mod secret;
pub mod sql;
pub mod version;
