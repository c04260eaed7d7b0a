//! How objects name a role.

use crate::name::Name;

/// What objects of one database say of a role.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Use {
    /// The role.
    pub role: Name,
    /// The database: the one whose objects they are, or that is the object itself. None for tablespaces.
    pub database: Option<Name>,
    /// What is said.
    pub kind: UseKind,
    /// By how many objects; each column with privileges of its own counts as one.
    pub objects: u64,
}

/// How an object names a role (`SharedDependencyType` in `src/include/catalog/dependency.h`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum UseKind {
    /// The role owns it.
    Owner,
    /// What is granted to others on objects that the role will create: `ALTER DEFAULT PRIVILEGES FOR ROLE`.
    OwnDefaultPrivileges,
    /// A privilege is granted to or by the role.
    Grant,
    /// Default privileges are granted to the role.
    DefaultPrivileges,
    /// A row security policy is for the role.
    Policy,
    /// An extension granted it when it was created; recorded since 17.
    InitialPrivileges,
}

impl UseKind {
    /// Whether whoever restores it has to be a member of the role.
    pub const fn takes_member(self) -> bool {
        matches!(self, Self::Owner | Self::OwnDefaultPrivileges)
    }
}
