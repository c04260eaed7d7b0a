//! Real servers for the tests, what runs on them, and what is in them.

pub mod clients;
pub mod cluster;
pub mod globals;
pub mod platforms;
pub mod process;
pub mod servers;
pub mod sql;
pub mod template;
pub mod verifier;
