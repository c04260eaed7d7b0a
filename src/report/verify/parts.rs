//! What the report of a verification is made of.

use serde::Serialize;

use crate::compare::Difference;
use crate::finding::{Finding, Kind};
use crate::name::Name;
use crate::report::page::Run;
use crate::report::parts::places::Place;
use crate::verify::Class;

/// Whether everything is there after a migration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct VerifyReport {
    /// The version of this format.
    pub format_version: u32,
    /// The server that was migrated.
    pub source: Place,
    /// The server that it was migrated to.
    pub target: Place,
    /// Whether nothing is missing and everything could be seen.
    pub complete: bool,
    /// Whether the globals have arrived.
    pub globals: GlobalsReport,
    /// The databases of the source.
    pub databases: Vec<DatabaseReport>,
    /// Who lost or gained privileges.
    pub roles: Vec<RoleReport>,
    /// Objects that belong to somebody else; functions that run with their owner's rights first.
    pub owners: Vec<OwnerReport>,
    /// Row security that is not as it was, and functions and views that run with the rights of another.
    pub row_security: Vec<RowSecurityReport>,
    /// Limits and settings of databases that the target's do not have.
    pub properties: Vec<PropertyReport>,
    /// What roles had that are not carried over: it is expected to be gone.
    pub left_behind: Vec<LeftBehindReport>,
    /// What was made for the restore only, and is still there.
    pub outstanding: OutstandingReport,
    /// What administrators of the target have gained, and keep when that is taken back.
    pub administrators: Vec<AdministratorReport>,
    /// How many differences were accepted; none of them is among those above.
    pub accepted: Vec<AcceptedReport>,
    /// When and how it was made.
    #[serde(skip)]
    pub run: Run,
}

/// Whether the globals have arrived.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct GlobalsReport {
    /// What the target lacks: the left side is the source as the target's platform takes it.
    pub differences: Vec<Difference>,
    /// What a copy would not do, and what to know about it.
    pub findings: Vec<Finding>,
    /// What of the source the platform does not take.
    pub not_carried: Vec<NotCarried>,
    /// The login roles that have no password on the target.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub without_password: Vec<Name>,
    /// How many roles' verifiers could not be compared.
    pub hidden_passwords: usize,
    /// How much the target's roles have beyond the source's.
    pub extra: usize,
    /// What of that lets them do more: attributes, memberships, privileges on parameters.
    pub gained: Vec<Difference>,
}

/// What of the source the platform does not take.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NotCarried {
    /// What kind of objects.
    pub kind: Kind,
    /// The rule that says why: `pg_globals explain RULE` says more.
    pub rule: &'static str,
    /// How many.
    pub count: usize,
}

/// How far a database was compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum DatabaseState {
    /// All of it.
    Compared,
    /// It was not compared, or only in part.
    Unknown,
    /// The target does not have it.
    Missing,
}

/// A database of the source.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DatabaseReport {
    /// Its name.
    #[cfg_attr(test, schemars(with = "String"))]
    pub name: Name,
    /// How far it was compared.
    pub state: DatabaseState,
    /// Why something is unknown.
    pub why: Vec<String>,
    /// How many objects both sides have.
    pub objects: usize,
    /// The objects that only the source has.
    pub missing: Vec<ObjectReport>,
    /// The objects that only the target has.
    pub only_on_target: Vec<ObjectReport>,
}

/// An object.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ObjectReport {
    /// Its class.
    pub class: Class,
    /// Its name, quoted where SQL would quote it.
    pub name: String,
}

/// What a role lost or gained.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RoleReport {
    /// Its name on the target; null for PUBLIC, which is every role.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub role: Option<Name>,
    /// Who is a member of it, and so loses or gains the same.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub members: Vec<Name>,
    /// What.
    pub changes: Vec<PrivilegeReport>,
}

/// Whether a role has less or more than on the source.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Direction {
    /// Less.
    Lost,
    /// More.
    Gained,
}

/// Privileges on objects of one class that were lost or gained for one reason.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PrivilegeReport {
    /// The database.
    #[cfg_attr(test, schemars(with = "String"))]
    pub database: Name,
    /// Lost or gained.
    pub change: Direction,
    /// Which privileges: `SELECT`, `SELECT WITH GRANT OPTION`, `the grant option for SELECT`.
    pub privileges: Vec<String>,
    /// The class of the objects.
    pub class: Class,
    /// The objects, quoted where SQL would quote them.
    pub objects: Vec<String>,
    /// The roles that the same grants name and that the target does not have: `pg_restore` sends all
    /// grants of an object as one command.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub because_of: Vec<Name>,
}

/// An object that belongs to somebody else.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct OwnerReport {
    /// The database.
    #[cfg_attr(test, schemars(with = "String"))]
    pub database: Name,
    /// The object.
    pub object: ObjectReport,
    /// Who owns it on the target.
    #[cfg_attr(test, schemars(with = "String"))]
    pub owner: Name,
    /// Who is to own it.
    #[cfg_attr(test, schemars(with = "String"))]
    pub expected: Name,
    /// Whether it runs with its owner's rights.
    pub security_definer: bool,
    /// What mends it.
    pub remedy: String,
}

/// Row security that is not as it was, or with whose rights a function or view runs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RowSecurityReport {
    /// The database.
    #[cfg_attr(test, schemars(with = "String"))]
    pub database: Name,
    /// The table, policy, function or view.
    pub object: ObjectReport,
    /// What is different.
    pub found: String,
    /// What mends it.
    pub remedy: String,
}

/// A property of a database.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PropertyReport {
    /// The database.
    #[cfg_attr(test, schemars(with = "String"))]
    pub database: Name,
    /// What is different.
    pub found: String,
    /// What mends it.
    pub remedy: String,
}

/// What a role had that is not carried over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LeftBehindReport {
    /// Its name on the source.
    #[cfg_attr(test, schemars(with = "String"))]
    pub role: Name,
    /// The database.
    #[cfg_attr(test, schemars(with = "String"))]
    pub database: Name,
    /// How many objects it owned that belong to others now.
    pub owned: usize,
    /// On how many objects it had privileges.
    pub granted: usize,
    /// In how many policies it was named.
    pub policies: usize,
}

/// What was made for the restore only, and is still there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct OutstandingReport {
    /// The roles that stand in for roles that are not carried over.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub stand_ins: Vec<Name>,
    /// The owners that the connected role has granted to itself.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub owners: Vec<Name>,
    /// The roles that inherit from the owner of a schema for the time of the restore.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub inheriting: Vec<Name>,
    /// The stand-ins that the connected role is a member of by its own grant.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub joined: Vec<Name>,
    /// What belongs to stand-ins: as long as something does, nothing drops them.
    pub owned: Vec<StandInReport>,
}

/// An object that belongs to a stand-in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct StandInReport {
    /// The stand-in.
    #[cfg_attr(test, schemars(with = "String"))]
    pub role: Name,
    /// The database.
    #[cfg_attr(test, schemars(with = "String"))]
    pub database: Name,
    /// The object.
    pub object: ObjectReport,
    /// What gives it to another role.
    pub remedy: String,
}

/// What an administrator of the target has gained.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AdministratorReport {
    /// Its name.
    #[cfg_attr(test, schemars(with = "String"))]
    pub role: Name,
    /// Memberships in roles that were carried over, which the source does not have.
    pub memberships: Vec<MembershipReport>,
    /// Privileges on objects, which the source grants to no role of that name.
    pub privileges: Vec<PrivilegeReport>,
}

/// A membership.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct MembershipReport {
    /// The role.
    #[cfg_attr(test, schemars(with = "String"))]
    pub role: Name,
    /// Its options, as `GRANT` has them.
    pub options: String,
    /// Whether it lets the member grant the role, and nothing else.
    pub admin_only: bool,
    /// Who granted it.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub granted_by: Option<Name>,
}

impl MembershipReport {
    /// Whether another says the same of another role.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (&self.options, &self.granted_by) == (&other.options, &other.granted_by)
    }
}

/// How many differences a pattern has accepted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AcceptedReport {
    /// The pattern.
    pub pattern: String,
    /// How many.
    pub count: usize,
}
