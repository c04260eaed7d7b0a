//! What `pg_database` says of a server's databases.

use std::collections::BTreeMap;

use super::answer::{Row, Unseen};
use super::question::{Of, Question};
use crate::name::Name;
use crate::version::Major;

/// The provider is there since 15; its locale has been called otherwise since 17.
pub(super) const QUESTION: Question = Question {
    name: "pg_database",
    of: Of::Both,
    sql: |major| {
        Some(if major >= Major::new(17) {
            "SELECT datname, pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, \
             datctype, datlocprovider, datlocale, datconnlimit, datallowconn, datistemplate, \
             has_database_privilege(oid, 'CONNECT'), \
             datacl::text, pg_has_role(datdba, 'USAGE') FROM pg_database"
        } else if major >= Major::new(15) {
            "SELECT datname, pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, \
             datctype, datlocprovider, daticulocale, datconnlimit, datallowconn, datistemplate, \
             has_database_privilege(oid, 'CONNECT'), \
             datacl::text, pg_has_role(datdba, 'USAGE') FROM pg_database"
        } else {
            "SELECT datname, pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, \
             datctype, 'c', NULL, datconnlimit, datallowconn, datistemplate, \
             has_database_privilege(oid, 'CONNECT'), \
             datacl::text, pg_has_role(datdba, 'USAGE') FROM pg_database"
        })
    },
};

/// A database.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Entry {
    /// Who owns it.
    pub(super) owner: Name,
    /// Its encoding: `UTF8`.
    pub(super) encoding: String,
    /// `LC_COLLATE`.
    pub(super) collate: String,
    /// `LC_CTYPE`.
    pub(super) ctype: String,
    /// Where its collation comes from: `c` the C library, `i` ICU, `b` PostgreSQL itself.
    pub(super) provider: char,
    /// The provider's locale, where it is not the C library.
    pub(super) locale: Option<String>,
    /// `CONNECTION LIMIT`; -1 is none.
    pub(super) connection_limit: i64,
    /// Whether anybody may connect.
    pub(super) allows_connections: bool,
    /// Whether it is a template.
    pub(super) is_template: bool,
    /// Whether the connected role may connect.
    pub(super) may_connect: bool,
    /// Its privileges as the catalog has them; none where nobody has changed them.
    pub(super) acl: Option<String>,
    /// Whether the connected role may do what its owner may.
    pub(super) is_own: bool,
}

impl Entry {
    fn from_row(row: &Row) -> Result<Self, Unseen> {
        Ok(Self {
            owner: row.name(1)?,
            encoding: row.text(2).to_owned(),
            collate: row.text(3).to_owned(),
            ctype: row.text(4).to_owned(),
            provider: row.text(5).chars().next().unwrap_or('c'),
            locale: row.get(6).map(str::to_owned),
            connection_limit: row.number(7).unwrap_or(-1),
            allows_connections: row.flag(8),
            is_template: row.flag(9),
            may_connect: row.flag(10),
            acl: row.get(11).map(str::to_owned),
            is_own: row.flag(12),
        })
    }
}

/// All of them.
pub(super) fn of(rows: &[Row]) -> Result<BTreeMap<Name, Entry>, Unseen> {
    rows.iter().map(|row| Ok((row.name(0)?, Entry::from_row(row)?))).collect()
}
