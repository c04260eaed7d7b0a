//! The seven role attributes that are on or off.

use std::fmt;

/// An attribute of a role that is either given or not
/// (<https://www.postgresql.org/docs/current/sql-createrole.html>).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Attribute {
    /// Overrides all access restrictions.
    Superuser,
    /// Memberships granted to this role are inherited by default.
    Inherit,
    /// May create, alter and drop other roles.
    CreateRole,
    /// May create databases.
    CreateDb,
    /// May log in.
    Login,
    /// May connect for replication.
    Replication,
    /// Row level security policies do not apply.
    BypassRls,
}

impl Attribute {
    /// All of them, in the order in which `pg_dumpall` writes them.
    pub const ALL: [Self; 7] = [
        Self::Superuser,
        Self::Inherit,
        Self::CreateRole,
        Self::CreateDb,
        Self::Login,
        Self::Replication,
        Self::BypassRls,
    ];

    /// The keyword that gives it.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Superuser => "SUPERUSER",
            Self::Inherit => "INHERIT",
            Self::CreateRole => "CREATEROLE",
            Self::CreateDb => "CREATEDB",
            Self::Login => "LOGIN",
            Self::Replication => "REPLICATION",
            Self::BypassRls => "BYPASSRLS",
        }
    }

    /// The keyword that takes it away.
    pub const fn negative_keyword(self) -> &'static str {
        match self {
            Self::Superuser => "NOSUPERUSER",
            Self::Inherit => "NOINHERIT",
            Self::CreateRole => "NOCREATEROLE",
            Self::CreateDb => "NOCREATEDB",
            Self::Login => "NOLOGIN",
            Self::Replication => "NOREPLICATION",
            Self::BypassRls => "NOBYPASSRLS",
        }
    }

    /// What `CREATE ROLE x` alone gives.
    pub const fn default(self) -> bool {
        matches!(self, Self::Inherit)
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.keyword())
    }
}
