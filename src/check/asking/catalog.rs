//! What `pg_database` says of a server's databases.

use std::collections::BTreeMap;

use super::answer::{Row, Unseen};
use super::question::{Of, Question};
use crate::name::Name;
use crate::version::Major;

/// The columns of all versions; `$provider` and `$locale` are not the same in each.
macro_rules! databases {
    ($provider:literal, $locale:literal) => {
        concat!(
            "SELECT datname, pg_get_userbyid(datdba) AS owner, \
             pg_encoding_to_char(encoding) AS encoding, datcollate, datctype, ",
            $provider,
            " AS provider, ",
            $locale,
            " AS locale, datconnlimit, datallowconn, datistemplate, \
             has_database_privilege(oid, 'CONNECT') AS may_connect, datacl::text AS acl, \
             pg_has_role(datdba, 'USAGE') AS is_own FROM pg_database"
        )
    };
}

/// The provider is there since 15; its locale has been called otherwise since 17.
pub(in crate::check) const QUESTION: Question = Question {
    name: "pg_database",
    of: Of::Both,
    sql: |major| {
        Some(if major >= Major::new(17) {
            databases!("datlocprovider", "datlocale")
        } else if major >= Major::new(15) {
            databases!("datlocprovider", "daticulocale")
        } else {
            databases!("'c'", "NULL")
        })
    },
};

/// A database.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::check) struct Entry {
    /// Who owns it.
    pub(in crate::check) owner: Name,
    /// Its encoding: `UTF8`.
    pub(in crate::check) encoding: String,
    /// `LC_COLLATE`.
    pub(in crate::check) collate: String,
    /// `LC_CTYPE`.
    pub(in crate::check) ctype: String,
    /// Where its collation comes from: `c` the C library, `i` ICU, `b` PostgreSQL itself.
    pub(in crate::check) provider: char,
    /// The provider's locale, where it is not the C library.
    pub(in crate::check) locale: Option<String>,
    /// `CONNECTION LIMIT`; -1 is none.
    pub(in crate::check) connection_limit: i64,
    /// Whether dropping it was interrupted: nobody can connect to it, and only dropping it is left
    /// (`DATCONNLIMIT_INVALID_DB` in `src/include/catalog/pg_database.h`).
    pub(in crate::check) is_invalid: bool,
    /// Whether anybody may connect.
    pub(in crate::check) allows_connections: bool,
    /// Whether it is a template.
    pub(in crate::check) is_template: bool,
    /// Whether the connected role may connect.
    pub(in crate::check) may_connect: bool,
    /// Its privileges as the catalog has them; none where nobody has changed them.
    pub(in crate::check) acl: Option<String>,
    /// Whether the connected role may do what its owner may.
    pub(in crate::check) is_own: bool,
}

impl Entry {
    fn from_row(row: &Row) -> Result<Self, Unseen> {
        Ok(Self {
            owner: row.name("owner")?,
            encoding: row.text("encoding")?.to_owned(),
            collate: row.text("datcollate")?.to_owned(),
            ctype: row.text("datctype")?.to_owned(),
            provider: row.text("provider")?.chars().next().unwrap_or('c'),
            locale: row.get("locale")?.map(str::to_owned),
            is_invalid: row.text("datconnlimit")? == "-2",
            connection_limit: row.number("datconnlimit")?.unwrap_or(-1),
            allows_connections: row.flag("datallowconn")?,
            is_template: row.flag("datistemplate")?,
            may_connect: row.flag("may_connect")?,
            acl: row.get("acl")?.map(str::to_owned),
            is_own: row.flag("is_own")?,
        })
    }
}

/// All of them.
pub(in crate::check) fn of(rows: &[Row]) -> Result<BTreeMap<Name, Entry>, Unseen> {
    rows.iter().map(|row| Ok((row.name("datname")?, Entry::from_row(row)?))).collect()
}
