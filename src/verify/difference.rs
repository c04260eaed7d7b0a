//! What a comparison of two databases gives.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Names;
use super::object::{Class, Object};
use super::privilege::Privileges;
use crate::name::Name;
use crate::subject::Grantee;
use crate::version::Major;

/// What a comparison knows beside both sides.
#[derive(Clone, Copy)]
pub struct Comparing<'a> {
    /// What became of the source's roles.
    pub names: &'a Names,
    /// The versions of the source and of the target.
    pub majors: [Major; 2],
    /// The owners of the database on both sides.
    pub owners: [&'a Name; 2],
}

/// Something that is not on the target as it is on the source.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Difference {
    /// What it is about.
    pub object: Object,
    /// What is different.
    pub change: Change,
    /// Who owns the object on the target, as far as that is known; where nothing is said of the owner itself, the
    /// owner of the database in the place of `pg_database_owner`.
    pub owner: Name,
}

/// A schema or database in which a role has to be able to create, for something there to change its owner.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Room {
    /// The schema or database.
    pub place: Object,
    /// Who owns it on the target.
    pub owner: Name,
    /// Who can create there on the target.
    pub creators: Vec<Grantee>,
    /// The role; none is whoever runs the statement.
    pub role: Option<Name>,
    /// Whether the role can do so on the source.
    pub stays: bool,
}

/// What is different. Names are those of the target.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Change {
    /// Somebody else owns it.
    Owner {
        /// Who is to own it.
        to: Name,
        /// Whether it runs, or looks, with the rights of its owner.
        definer: bool,
        /// Whether the role that is to own it is carried over.
        carried: bool,
        /// Where somebody has to be able to create for it, and may not be.
        room: Option<Room>,
    },
    /// A role has lost privileges.
    Lost {
        /// Who.
        grantee: Grantee,
        /// What.
        privileges: Privileges,
        /// The roles that the target does not have and that the source's grants name: one of them is
        /// enough to lose them all.
        cause: Vec<Name>,
    },
    /// A role has privileges that it does not have on the source.
    Gained {
        /// Who.
        grantee: Grantee,
        /// What.
        privileges: Privileges,
    },
    /// `ENABLE ROW LEVEL SECURITY`, or not.
    RowSecurity(bool),
    /// `FORCE ROW LEVEL SECURITY`, or not.
    ForcedRowSecurity(bool),
    /// A function is `SECURITY DEFINER`, or not.
    Definer(bool),
    /// A view looks with the rights of whoever asks (`security_invoker`), or not.
    Invoker(bool),
    /// There is no such policy.
    NoPolicy {
        /// As of grants: the roles that the policy names and the target does not have.
        cause: Vec<Name>,
    },
    /// Only the target has such a policy.
    NewPolicy,
    /// The policy is for other roles than these.
    PolicyRoles(Vec<Grantee>),
    /// The policy is for other statements, or restrictive where it is to be permissive, or the other way.
    PolicyKind,
}

/// What a role that is not carried over had.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LeftBehind {
    /// How many objects it owned that belong to others now.
    pub owned: usize,
    /// On how many objects it had privileges.
    pub granted: usize,
    /// In how many policies it was named.
    pub policies: usize,
}

/// What the comparison of a database gives, in order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Comparison {
    /// What is not as it should be.
    pub differences: Vec<Difference>,
    /// Objects that only the source has.
    pub missing: Vec<Object>,
    /// Objects that only the target has.
    pub beyond: Vec<Object>,
    /// What roles lost that are not carried over, by their names on the source.
    pub left: BTreeMap<Name, LeftBehind>,
    /// How many objects both sides have.
    pub compared: usize,
    /// Privileges that administrators of the target have on objects of the source, which grants them to nobody
    /// who was carried over under that name.
    pub administrators: Vec<(Name, Object, Privileges)>,
    /// What belongs to stand-ins on the target.
    pub of_stand_ins: Vec<(Name, Object)>,
    /// Who owns schemas of the source in which somebody else owns something, and who that is, by their names
    /// on the target.
    pub within: BTreeSet<(Name, Name)>,
}

/// The schema that every database has.
pub(super) fn is_public(object: &Object) -> bool {
    object.class == Class::Schema && object.name.as_str() == "public"
}
