//! What a platform owns and accepts, as data.
//!
//! [`Platform`] is what one TOML file in `data/` says; [`Rights`] is what a server of one major
//! version on that platform accepts from its administrator: PostgreSQL's own rules by version,
//! overlaid with the platform's. All of it is pure: nothing here reads a file or asks a server.
//!
//! A new platform is one file in `data/` and its name in `builtin.rs`.

mod answer;
mod answers;
mod attributes;
mod builtin;
mod data;
mod definition;
mod error;
pub mod extensions;
pub mod predefined;
mod rights;
mod settings;
mod value;

pub use answer::{Answer, Predefined, SettingAnswer};
pub use answers::{Answers, Database, GrantOptions, Locks, Protection, State};
pub use data::RoleKind;
pub use definition::{OwnRole, Ownership, Platform};
pub use error::PlatformError;
pub use rights::Rights;
pub use settings::{Context, List, SettingKind, SettingType, is_same_value};
