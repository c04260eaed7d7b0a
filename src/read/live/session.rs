//! What a session of ours is like for the time of one transaction.

/// Nothing of what stands in the database is called or looked at by our statements: it is set before
/// any of them, by the first message. Temporary objects come last; where they are not named they
/// come first, and behind a connection pooler a session has those of others.
pub const SAFE_PATH: &str = "SET LOCAL search_path = pg_catalog, pg_temp";

/// The same for a transaction, whatever the database or the role is set to. Standard strings hold
/// from the next message on: the server has taken this one apart before it runs any of it.
pub const STATE: [&str; 11] = [
    SAFE_PATH,
    "SET LOCAL client_encoding = 'UTF8'",
    "SET LOCAL standard_conforming_strings = on",
    "SET LOCAL datestyle = 'ISO, YMD'",
    "SET LOCAL intervalstyle = 'postgres'",
    "SET LOCAL timezone = 'UTC'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 3",
    "SET LOCAL quote_all_identifiers = off",
    "SET LOCAL transform_null_equals = off",
    "SET LOCAL client_min_messages = warning",
];

/// What begins reading: one snapshot, nothing is written.
pub(super) const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// A large cluster may take its time, whatever the database or the role is set to; who locks the
/// catalogs is waited for a while.
pub(super) const PATIENCE: [&str; 3] = [
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL lock_timeout = '30s'",
    // Not on each version.
    "SELECT set_config(name, '0', true) FROM pg_settings \
     WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')",
];
