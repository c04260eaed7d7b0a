//! Names that the target reserves.

use crate::finding::{Action, Severity, Subject};
use crate::globals::Role;
use crate::name::Name;
use crate::sanitize::{About, Context, RoleRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "reserved-name",
    severity: Severity::Error,
    why: "the target does not take a role of this name",
    explanation: "PostgreSQL keeps names that begin with pg_ for itself, and public and none as \
                  well: `role name \"pg_…\" is reserved`, it says. Some platforms keep more. The \
                  role is left out with its settings and memberships, each of which is reported by \
                  itself. Before 9.6 a role could be called pg_…, and may have the name of one that \
                  servers have themselves by now: the two have nothing to do with each other. What a \
                  dump says of PostgreSQL's own roles (ALTER ROLE, COMMENT) is left out, too; grants \
                  of them and to them stay.\n\n\
                  Azure's documentation forbids admin, root, guest and a few others for the \
                  server's administrator. Whether roles made with SQL may have these names is not \
                  confirmed, so that they are not treated as reserved.",
    remedy: "give it another with --rename",
};

pub(super) struct ReservedName;

impl RoleRule for ReservedName {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        let answer = cx.rights.role_name(name.as_str());
        let Some(why) = answer.why() else { return Verdict::Keep };
        let object = Subject::Role(name.clone());
        cx.report(&ABOUT, Action::Dropped, object, role.origin(), why);
        Verdict::Drop
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn names_of_predefined_roles_are_reserved() {
        // A 9.5 could have such roles of its own.
        assert_eq!(
            run("CREATE ROLE pg_mine;\nCREATE ROLE \"PG_mine\";", "azure 16"),
            "1 error reserved-name dropped role pg_mine: names that begin with pg_ are reserved\n\
             CREATE ROLE \"PG_mine\"\nkept 1, rewritten 0, dropped 1"
        );
    }
}
