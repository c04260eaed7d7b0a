//! Stand-ins: powerless roles that take the place of those that are not carried over, for the time of a
//! restore. They are no roles that anything is given to.

use super::model::Role;
use crate::attribute::Attribute;

/// What stands on a stand-in, and tells it from every other role.
pub const COMMENT: &str = "Stand-in of pg_globals: objects of restored databases name this role, which was not \
     carried over. The file of --for-restore takes it back.";

/// Whether a role is one: nobody logs in as it, and it has no rights.
pub fn is_stand_in(role: &Role) -> bool {
    let powers = [
        Attribute::Superuser,
        Attribute::CreateRole,
        Attribute::CreateDb,
        Attribute::Login,
        Attribute::Replication,
        Attribute::BypassRls,
    ];
    role.comment.as_ref().is_some_and(|comment| &*comment.value == COMMENT)
        && !powers.iter().any(|attribute| role.has(*attribute))
}
