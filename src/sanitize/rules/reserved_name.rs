//! Names that the target reserves.

use crate::finding::{Action, Subject};
use crate::globals::Role;
pub(super) use crate::globals::collect::abouts::RESERVED_NAME as ABOUT;
use crate::name::Name;
use crate::sanitize::{Context, RoleRule, Verdict};

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

    #[test]
    fn names_have_no_line_breaks_since_19() {
        let dump = "CREATE ROLE \"a\nb\";";
        assert_eq!(
            run(dump, "postgres 18"),
            "CREATE ROLE \"a\nb\"\nkept 1, rewritten 0, dropped 0"
        );
        assert_eq!(
            run(dump, "postgres 19"),
            "1 error reserved-name dropped role a\nb: since 19 no name may have a line break\n\
             kept 0, rewritten 0, dropped 1"
        );
    }
}
