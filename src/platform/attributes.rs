//! PostgreSQL's own rules about attributes in `CREATE ROLE`.

use super::answer::Answer;
use crate::attribute::Attribute;
use crate::version::Major;

/// From here on an administrator can give only what it has
/// (`CreateRole` in `src/backend/commands/user.c`).
const ONLY_WHAT_IT_HAS: Major = Major::new(16);

/// May an administrator with CREATEROLE, who has `attribute` itself or not, give it to a role that it
/// creates? Measured on 12 to 18; the value counts there, not the mention, so taking away is always
/// accepted.
pub(super) fn vanilla(
    superuser: bool,
    has: bool,
    attribute: Attribute,
    major: Major,
) -> Answer<'static> {
    if superuser {
        return Answer::Yes;
    }
    match attribute {
        Attribute::Inherit | Attribute::Login | Attribute::CreateRole => Answer::Yes,
        Attribute::Superuser => Answer::no("only a superuser may create superusers"),
        Attribute::CreateDb if major < ONLY_WHAT_IT_HAS => Answer::Yes,
        Attribute::CreateDb | Attribute::Replication | Attribute::BypassRls => {
            if major < ONLY_WHAT_IT_HAS {
                Answer::no("before 16 only a superuser may give it")
            } else if has {
                Answer::Yes
            } else {
                Answer::no(
                    "the administrator does not have it, and since 16 gives only what it has",
                )
            }
        }
    }
}
