//! A query with what takes its rows, and what all of them come to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::named_by::Use;
use super::{LiveError, Row};
use crate::connect::Unfit;
use crate::globals::{Fact, Globals, Origin};
use crate::name::Name;
use crate::platform::{Context, Database, GrantOptions};

/// A query, and what takes its rows.
pub(super) struct Part {
    pub(super) sql: String,
    pub(super) take: fn(&[Row], &mut Collected) -> Result<(), LiveError>,
}

/// What is collected while the answers are read.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) globals: Globals,
    pub(super) oids: foldhash::HashMap<String, Name>,
    pub(super) tablespaces: foldhash::HashMap<String, Name>,
    pub(super) answers: Partial,
    pub(super) uses: Vec<Use>,
    pub(super) database: Option<Name>,
}

/// What the queries have brought.
#[derive(Default)]
pub(super) struct Partial {
    pub(super) bootstrap: Option<Name>,
    pub(super) user: Option<Name>,
    pub(super) session_user: Option<Name>,
    pub(super) reads_verifiers: bool,
    pub(super) predefined: BTreeSet<Name>,
    pub(super) settings: HashMap<String, Context>,
    pub(super) settable: BTreeSet<String>,
    pub(super) grantable: BTreeMap<String, GrantOptions>,
    pub(super) loads_plpgsql: bool,
    pub(super) databases: BTreeMap<Name, Database>,
    pub(super) identity: Option<(String, String)>,
    pub(super) locks_per_transaction: u64,
    pub(super) transactions: u64,
    pub(super) wal_senders: u64,
    pub(super) autovacuum: u64,
    pub(super) keeps_statements: Vec<String>,
}

pub(super) fn fact<T>(value: T) -> Fact<T> {
    Fact::new(value, Origin::LIVE)
}

/// A question whose answer has no row, where one always comes.
pub(super) fn no_row(query: &'static str) -> Unfit {
    Unfit { query, column: None, what: "no row".to_owned() }
}
