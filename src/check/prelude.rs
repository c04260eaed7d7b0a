//! What a check imports.

pub(super) use super::about::About;
pub(super) use super::asking::answer::{Row, Unseen};
pub(super) use super::asking::catalog::Entry;
pub(super) use super::asking::question::{Of, Question};
pub(super) use super::asking::settings::Setting;
pub(super) use super::asking::sql::{made_by_users, of_no_extension, user_schema};
pub(super) use super::asking::unreached::Unreached;
pub(super) use super::azure::Azure;
pub(super) use super::context::{Context, Database, Server, Side, Verdict};
pub(super) use super::judge::Check;
pub(super) use super::outcome::{Method, Outcome, Outcomes, State};
pub(super) use super::words::{
    NAMED, and, count, elements, identifier, list, listed, qualified, shown, some,
};
pub(super) use crate::name::Name;
pub(super) use crate::version::Major;
