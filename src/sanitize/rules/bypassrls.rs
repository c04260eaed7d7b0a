//! The attribute BYPASSRLS.

use crate::attribute::Attribute;
use crate::finding::Severity;
use crate::globals::Role;
use crate::name::Name;
use crate::sanitize::{About, Context, RoleRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "bypassrls",
    severity: Severity::Warning,
    why: "the target's administrator cannot give BYPASSRLS: row security policies will apply to the role",
    explanation: "Up to 15 it takes a superuser: `must be superuser to change bypassrls attribute` \
                  on 12 and 13, `must be superuser to create bypassrls users` on 14 and 15. Since \
                  16 a role that has BYPASSRLS itself may give it; for others it is `Only roles \
                  with the BYPASSRLS attribute may create roles with the BYPASSRLS attribute`. The \
                  rest of the role is carried over.\n\n\
                  Without it the role sees fewer rows of tables with policies, and no error says \
                  so. pg_dump does stop: `query would be affected by row-level security policy for \
                  table \"…\"`.",
    remedy: "give the role a policy of its own on the tables with row security",
};

pub(super) struct BypassRls;

impl RoleRule for BypassRls {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        super::attribute::strip(&ABOUT, Attribute::BypassRls, name, role, cx)
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn what_is_not_confirmed_is_not_given_and_said() {
        assert_eq!(
            run("CREATE ROLE a BYPASSRLS;", "azure 15"),
            "1 warning bypassrls rewritten role a: loses BYPASSRLS\n\
             CREATE ROLE a\nkept 0, rewritten 1, dropped 0"
        );
        assert_eq!(
            run("CREATE ROLE a BYPASSRLS;", "azure 16"),
            "1 warning bypassrls rewritten role a: loses BYPASSRLS: not confirmed for azure 16, some of \
             Azure's administrators have BYPASSRLS, which since 16 it takes to give it, and some do not\n\
             CREATE ROLE a\nkept 0, rewritten 1, dropped 0"
        );
    }
}
