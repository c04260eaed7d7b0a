//! Tests on the real binary and real servers.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test's helper cannot do has failed the test"
)]
#![allow(
    unreachable_pub,
    reason = "nothing here is reachable from elsewhere; pub is for the other modules"
)]

mod attacked;
mod book;
mod check;
mod cli;
mod clients;
mod collected;
mod connect;
mod convert_matrix;
mod convert_replay;
mod copy;
mod copy_matrix;
mod diff;
mod drift;
mod encodings;
mod evil_database;
mod failures;
mod fixtures;
mod fixtures_parse;
mod harness;
mod laws;
mod live_laws;
mod newest;
mod others_code;
mod page;
mod poolers;
mod readers;
mod rooms;
mod saslprep;
mod secrets;
mod setting_values;
mod support;
mod time_zones;
mod verify;
mod workflows;
