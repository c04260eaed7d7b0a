//! What a live server answers about itself, and about the role that asks.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use foldhash::HashSet;

use super::settings::{self, Context};
use crate::attribute::Attribute;
use crate::name::Name;
use crate::version::Major;

/// What a live server answers about itself, and about the role that is connected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answers {
    /// Its version as it prints it: `16.4`.
    pub version: String,
    /// Its major version.
    pub major: Major,
    /// The role whose rights count (`current_user`).
    pub user: Name,
    /// The role that logged in (`session_user`).
    pub session_user: Name,
    /// The bootstrap superuser (oid 10).
    pub bootstrap: Option<Name>,
    /// The attributes that [`user`](Self::user) has.
    pub attributes: BTreeSet<Attribute>,
    /// The roles on which it has the ADMIN option, its memberships' included.
    pub admin_on: HashSet<Name>,
    /// The roles whose privileges it has by being a member.
    pub member_of: HashSet<Name>,
    /// The roles on which others with CREATEROLE were given the ADMIN option themselves, by these.
    pub administers: HashMap<Name, HashSet<Name>>,
    /// All roles that exist, the predefined ones apart.
    pub roles: HashSet<Name>,
    /// Those of them that take the place of others for a restore, and are given nothing.
    pub stand_ins: HashSet<Name>,
    /// All tablespaces that exist, PostgreSQL's own apart.
    pub tablespaces: BTreeSet<Name>,
    /// The roles that have no password, as far as verifiers can be read.
    pub without_password: HashSet<Name>,
    /// Which kind of verifier roles have, where verifiers cannot be read and the platform tells it.
    pub verifier_kinds: BTreeMap<Name, String>,
    /// The predefined roles that exist.
    pub predefined: BTreeSet<Name>,
    /// The roles that are never touched, and why.
    pub protected: BTreeMap<Name, Protection>,
    /// The settings that this session has, by their name in lower case.
    pub settings: HashMap<String, Context>,
    /// Settings that the role may set although their context is for superusers
    /// (`GRANT SET ON PARAMETER`, 15 and later), in lower case.
    pub settable: BTreeSet<String>,
    /// Parameters that the role may grant privileges on, although it is no superuser, in lower case.
    pub grantable: BTreeMap<String, GrantOptions>,
    /// Whether the session can have PL/pgSQL's library loaded, which defines `plpgsql.*`.
    pub loads_plpgsql: bool,
    /// The databases.
    pub databases: BTreeMap<Name, Database>,
    /// Whether verifiers can be read (`pg_authid`).
    pub reads_verifiers: bool,
    /// Whether it takes changes.
    pub state: State,
    /// What tells it from other servers: `system_identifier` and the start of the postmaster.
    pub identity: Option<(String, String)>,
    /// Room in the lock table.
    pub locks: Locks,
    /// What keeps the text of statements: `log_statement = all`, `pgaudit`, …
    pub keeps_statements: Vec<String>,
}

/// Which privileges on a parameter may be granted on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct GrantOptions {
    /// `SET`.
    pub set: bool,
    /// `ALTER SYSTEM`.
    pub alter_system: bool,
}

/// Whether a server takes changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// It does.
    Writable,
    /// It is a standby.
    Standby,
}

/// A database.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Database {
    /// Who owns it.
    pub owner: Name,
    /// Its encoding, as `UTF8`; none where nobody may connect.
    pub encoding: Option<String>,
    /// Whether the connected role may alter it: its owner, a member of that, or a superuser.
    pub may_alter: bool,
    /// Whether it is a template.
    pub is_template: bool,
}

/// How many locks a transaction can hold at least
/// (<https://www.postgresql.org/docs/current/runtime-config-locks.html>).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Locks {
    /// `max_locks_per_transaction`.
    pub per_transaction: u64,
    /// How many transactions there can be: of connections, of prepared transactions, and of the
    /// server's own processes (`InitializeMaxBackends` in `src/backend/utils/init/postinit.c`).
    pub transactions: u64,
}

impl Locks {
    /// The size of the table that all transactions share.
    pub const fn total(self) -> u64 {
        self.per_transaction.saturating_mul(self.transactions)
    }
}

/// Why a role is never altered, granted or joined.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Protection {
    /// The connection uses it.
    Connected,
    /// It made the cluster (oid 10).
    Bootstrap,
    /// It is a superuser, and the connected role is none.
    Superuser,
    /// It is a member of the platform's administrator role.
    Administrator(Name),
}

impl fmt::Display for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connected => f.write_str("the connection to the target uses it"),
            Self::Bootstrap => f.write_str("the target's bootstrap superuser"),
            Self::Superuser => f.write_str("a superuser of the target"),
            Self::Administrator(role) => write!(f, "a member of {role} on the target"),
        }
    }
}

impl Answers {
    /// Whether the connected role is a superuser.
    pub fn is_superuser(&self) -> bool {
        self.attributes.contains(&Attribute::Superuser)
    }

    /// Whether nothing shows if a role has a password.
    pub fn hides_password(&self, role: &str) -> bool {
        !self.reads_verifiers
            && !self.verifier_kinds.contains_key(role)
            && !self.without_password.contains(role)
    }

    /// Whether the connected role may grant `role`: before 16 whoever has CREATEROLE may.
    pub fn may_grant(&self, role: &str) -> bool {
        self.is_superuser()
            || self.admin_on.contains(role)
            || (self.major < Major::new(16) && self.attributes.contains(&Attribute::CreateRole))
    }

    /// Whether the connected role is a member of `role`, and not only its administrator.
    pub fn is_member(&self, role: &str) -> bool {
        self.member_of.contains(role)
    }

    /// Which privileges on a parameter the connected role may grant.
    pub fn grant_options(&self, parameter: &str) -> GrantOptions {
        if self.is_superuser() {
            return GrantOptions { set: true, alter_system: true };
        }
        self.grantable.get(&*settings::folded(parameter)).copied().unwrap_or_default()
    }

    /// The context of a setting that the session knows.
    pub(super) fn context(&self, name: &str) -> Option<Context> {
        self.settings.get(&*settings::folded(name)).copied()
    }

    /// Whether the role may set a setting that superusers may.
    pub(super) fn may_set(&self, name: &str) -> bool {
        self.is_superuser() || self.settable.contains(&*settings::folded(name))
    }
}
