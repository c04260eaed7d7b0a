//! What a database has, as far as roles matter.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use foldhash::HashMap;

use super::object::Object;
use super::privilege::Acl;
use crate::name::Name;
use crate::subject::Grantee;

/// What a database has, as far as roles matter.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// Its objects, apart from PostgreSQL's own and those of extensions. Of columns and default
    /// privileges only what is stated.
    pub objects: HashMap<Object, Held>,
    /// PostgreSQL's own objects and those of extensions whose privileges are not as they were made.
    pub changed: HashMap<Object, Changed>,
    /// Its policies.
    pub policies: BTreeMap<Object, Policy>,
    /// What could not be read: what it is, and why.
    pub unread: Vec<(&'static str, String)>,
}

/// Who owns an object, and who may do what with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held {
    /// Its owner; of a column that of its table, of default privileges the role whose they are.
    pub owner: Name,
    /// Its privileges; where nobody has changed them, what they are then.
    pub acl: Arc<Acl>,
    /// What they are where nobody has changed them, as far as the class is one whose objects may be
    /// stated on one side only.
    pub unstated: Option<Arc<Acl>>,
    /// What row security, or a function's rights, say.
    pub flags: Flags,
}

/// What is on or off.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Flags {
    /// `ENABLE ROW LEVEL SECURITY`.
    pub row_security: bool,
    /// `FORCE ROW LEVEL SECURITY`.
    pub forced: bool,
    /// `SECURITY DEFINER`.
    pub definer: bool,
    /// It is a view, which looks with the rights of its owner unless `invoker` says otherwise.
    pub view: bool,
    /// `security_invoker`, of a view.
    pub invoker: bool,
}

impl Flags {
    /// Whether it does something with its owner's rights, whoever uses it.
    pub const fn runs_as_owner(self) -> bool {
        self.definer || (self.view && !self.invoker)
    }
}

/// Privileges that are not those that an object was made with (`pg_init_privs`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Changed {
    /// Its owner.
    pub owner: Name,
    /// Those that it has.
    pub acl: Arc<Acl>,
    /// Those that it was made with.
    pub initial: Arc<Acl>,
}

/// A policy of row security, apart from its expressions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Policy {
    /// Which statements it is about: `*` for all, `r`, `a`, `w`, `d`.
    pub command: String,
    /// Whether it is permissive.
    pub permissive: bool,
    /// Whom it is for.
    pub roles: BTreeSet<Grantee>,
    /// Who owns the table.
    pub owner: Name,
}
