//! How every script for psql begins, and its transaction.

use crate::sql::{Statement, print};
use crate::version::Major;

/// What the script relies on: psql stops at the first error, nothing that stands in the database is
/// found in place of PostgreSQL's own, and the server reads it as it was written.
pub(super) const SETUP: &str = "\n\\set ON_ERROR_STOP on\n\
     SET search_path = pg_catalog;\n\
     SET client_encoding = 'UTF8';\n\
     SET standard_conforming_strings = on;\n\
     SET default_transaction_read_only = off;\n";

/// The same, for servers of one major version only; or even for one server.
pub(super) fn setup_for(major: Major, one_server: bool, out: &mut String) {
    out.push_str(SETUP);
    print(&Statement::VersionGuard { major, one_server }, out);
    out.push_str(";\n");
}

/// Begins the transaction of a script that creates roles.
pub(super) fn begin(major: Major, out: &mut String) {
    out.push_str("\nBEGIN;\n");
    if major >= Major::new(16) {
        // Else creating a role could make the administrator a member of it.
        out.push_str("SET LOCAL createrole_self_grant = '';\n");
    }
}
