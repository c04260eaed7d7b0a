//! The attribute CREATEDB.

use crate::attribute::Attribute;
use crate::finding::Severity;
use crate::globals::Role;
use crate::name::Name;
use crate::sanitize::{About, Context, RoleRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "createdb",
    severity: Severity::Warning,
    why: "the target's administrator cannot give CREATEDB",
    explanation: "Since 16 only a role that has CREATEDB itself may give it. For others it is \
                  `permission denied to create role`, with the detail `Only roles with the \
                  CREATEDB attribute may create roles with the CREATEDB attribute`; up to 15 \
                  CREATEROLE is enough. Administrators of managed servers usually have it, and the \
                  one that is connected here does not, or that is not confirmed. The role is \
                  carried over without it, and ALTER ROLE … CREATEDB gives it later.",
    remedy: "create databases for the role as the administrator",
};

pub(super) struct CreateDb;

impl RoleRule for CreateDb {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        super::attribute::strip(&ABOUT, Attribute::CreateDb, name, role, cx)
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn stays_where_the_administrator_has_it() {
        assert_eq!(
            run("CREATE ROLE a CREATEDB CREATEROLE;", "azure 16"),
            "CREATE ROLE a WITH CREATEROLE CREATEDB\nkept 1, rewritten 0, dropped 0"
        );
    }
}
