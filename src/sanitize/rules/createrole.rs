//! The attribute CREATEROLE.

use crate::attribute::Attribute;
use crate::finding::{Action, Severity, Subject};
use crate::globals::Role;
use crate::globals::collect::Era;
use crate::name::Name;
use crate::sanitize::{About, Context, RoleRule, Verdict};

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
                  without CREATEROLE, unless --widen says that it may have more there than it had.\n\n\
                  A globals dump does not name its server's version. Its memberships tell: those of a \
                  server since 16 say whether they inherit. Where there are none, the source may be \
                  of any version, and the narrower is chosen: on a source before 16 the role could do \
                  all that, and --widen leaves it so.",
    remedy: "create roles for it as the administrator, or give --widen where it may administer every \
             role",
};

pub(super) struct CreateRole;

impl RoleRule for CreateRole {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        let is_wider = cx.era != Some(Era::Before16)
            && Era::of(cx.rights.major()) == Era::Before16
            && !cx.choices.widen;
        let creates = role.stated(Attribute::CreateRole).filter(|fact| fact.value);
        // A superuser could do all that on the source.
        match creates.filter(|_| is_wider && !cx.superusers.contains_key(name)) {
            Some(fact) => {
                role.set(Attribute::CreateRole, None);
                cx.lose([fact.origin]);
                let object = Subject::Role(name.clone());
                let message = match cx.era {
                    Some(_) => "loses CREATEROLE",
                    None => {
                        "loses CREATEROLE: nothing tells whether the source is before 16; where it is, \
                         --widen leaves the role what it had"
                    }
                };
                cx.report(&WIDER, Action::Rewritten, object, fact.origin, message);
                Verdict::Keep
            }
            None => super::attribute::strip(&ABOUT, Attribute::CreateRole, name, role, cx),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::globals::collect::Era;
    use crate::sanitize::Choices;
    use crate::sanitize::testing::{run, run_all, run_from};

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
    fn nor_where_nobody_knows_what_it_was() {
        let dump = |grant: &str| {
            let header = "--\n-- PostgreSQL database cluster dump\n--\n\n";
            let trailer = "\n--\n-- PostgreSQL database cluster dump complete\n--\n";
            run(&format!("{header}{TEXT}\nCREATE ROLE m;\n{grant}{trailer}"), "azure 15")
        };
        let unknown = "error wider-createrole rewritten role a: loses CREATEROLE: nothing tells whether \
                       the source is before 16; where it is, --widen leaves the role what it had\n";
        let known = "error wider-createrole rewritten role a: loses CREATEROLE\n";
        for (text, expected) in [
            (run(TEXT, "azure 15"), Some(unknown)),
            (dump(""), Some(unknown)),
            // pg_dumpall says of each membership whether it inherits, if the server can tell.
            (dump("GRANT a TO m WITH INHERIT TRUE;"), Some(known)),
            (dump("GRANT a TO m GRANTED BY b;"), None),
            // Others leave out what is so by default.
            (run(&format!("{TEXT}\nCREATE ROLE m;\nGRANT a TO m;"), "azure 15"), Some(unknown)),
        ] {
            match expected {
                Some(finding) => assert!(text.contains(finding), "{text}"),
                None => assert!(text.contains("\nCREATE ROLE a WITH CREATEROLE\n"), "{text}"),
            }
        }
    }

    #[test]
    fn or_it_may_be() {
        let choices = Choices { widen: true, ..Choices::default() };
        let all = run_all(TEXT, Some(Era::Since16), "azure 15", &choices);
        assert!(all.contains("\nCREATE ROLE a WITH CREATEROLE\n"), "{all}");
    }
}
