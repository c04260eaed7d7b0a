//! The attribute CREATEROLE.

use crate::attribute::Attribute;
use crate::finding::{Action, Severity, Subject};
use crate::globals::Role;
use crate::name::Name;
use crate::sanitize::{About, Context, RoleRule, Verdict};
use crate::version::Major;

pub(super) const ABOUT: About = About {
    name: "createrole",
    severity: Severity::Warning,
    why: "the target's administrator cannot give CREATEROLE",
    explanation: "To PostgreSQL itself CREATEROLE is enough to give CREATEROLE, on every version. \
                  So either the connected role has none, and can create no role at all, or the \
                  platform has a rule of its own. The role is carried over without it: it exists \
                  and logs in, but cannot create, alter or grant other roles.",
    remedy: "create roles for it as the administrator",
};

pub(super) const WIDER: About = About {
    name: "wider-createrole",
    severity: Severity::Error,
    why: "since 16 CREATEROLE reaches the roles on which its holder has the ADMIN option; before 16 \
          every role but superusers",
    explanation: "Up to 15, whoever has CREATEROLE alters, grants and drops every role that is no \
                  superuser: it sets their passwords and becomes a member of them, of the \
                  administrator's too. On the source the role could do that only with roles that \
                  it had created or on which it was given the ADMIN option. So it is carried over \
                  without CREATEROLE, unless --widen says that it may have more there than it had.",
    remedy: "create roles for it as the administrator, or give --widen where it may administer every \
             role",
};

pub(super) struct CreateRole;

impl RoleRule for CreateRole {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        let since = Major::new(16);
        let is_wider = cx.source_major.is_some_and(|major| major >= since)
            && cx.rights.major() < since
            && !cx.choices.widen;
        let creates = role.stated(Attribute::CreateRole).filter(|fact| fact.value);
        // A superuser could do all that on the source.
        match creates.filter(|_| is_wider && !cx.superusers.contains_key(name)) {
            Some(fact) => {
                role.set(Attribute::CreateRole, None);
                cx.lose([fact.origin]);
                let object = Subject::Role(name.clone());
                let message = "loses CREATEROLE";
                cx.report(&WIDER, Action::Rewritten, object, fact.origin, message);
                Verdict::Keep
            }
            None => super::attribute::strip(&ABOUT, Attribute::CreateRole, name, role, cx),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::Choices;
    use crate::sanitize::testing::{run_all, run_from};
    use crate::version::Major;

    const TEXT: &str = "CREATE ROLE a CREATEROLE;\nCREATE ROLE b SUPERUSER CREATEROLE;";

    #[test]
    fn is_no_more_than_it_was() {
        assert_eq!(
            run_from(TEXT, 16, "azure 15"),
            "1 error wider-createrole rewritten role a: loses CREATEROLE\n\
             2 warning superuser rewritten role b: loses SUPERUSER\n\
             CREATE ROLE a\nCREATE ROLE b WITH CREATEROLE\nkept 0, rewritten 2, dropped 0"
        );
        for (source, target) in [(15, "azure 15"), (16, "azure 16")] {
            let all = run_from(TEXT, source, target);
            assert!(all.contains("\nCREATE ROLE a WITH CREATEROLE\n"), "{all}");
        }
    }

    #[test]
    fn or_it_may_be() {
        let choices = Choices { widen: true, ..Choices::default() };
        let all = run_all(TEXT, Some(Major::new(18)), "azure 15", &choices);
        assert!(all.contains("\nCREATE ROLE a WITH CREATEROLE\n"), "{all}");
    }
}
