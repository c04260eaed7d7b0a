//! The attribute SUPERUSER.

use crate::attribute::Attribute;
use crate::finding::Severity;
use crate::globals::Role;
use crate::name::Name;
use crate::sanitize::{About, Context, RoleRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "superuser",
    severity: Severity::Warning,
    why: "the target's administrator cannot make superusers",
    explanation: "Up to 15, PostgreSQL says `must be superuser to create superusers`. Since 16 it \
                  says `permission denied to create role`, with the detail `Only roles with the \
                  SUPERUSER attribute may create roles with the SUPERUSER attribute`. In ALTER \
                  ROLE even the word NOSUPERUSER is refused, and the whole statement with it, \
                  LOGIN and PASSWORD included: that is why a dump that is replayed as it stands \
                  leaves roles that cannot log in.\n\n\
                  Only this attribute is taken out. The role keeps its other attributes, its \
                  password and its memberships.",
    remedy: "grant what the role needs, or give it the platform's administrator role with --map-role SUPERUSER=…",
};

pub(super) struct Superuser;

impl RoleRule for Superuser {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        super::attribute::strip(&ABOUT, Attribute::Superuser, name, role, cx)
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn only_the_token_is_lost() {
        let text = "CREATE ROLE a;\nALTER ROLE a WITH SUPERUSER NOINHERIT LOGIN CONNECTION LIMIT 5 PASSWORD NULL;\n\
                    CREATE ROLE b;\nALTER ROLE b WITH NOSUPERUSER;";
        assert_eq!(
            run(text, "azure 18"),
            "2 warning superuser rewritten role a: loses SUPERUSER\n\
             1 info no-password kept role a: it has no password on the source either\n\
             CREATE ROLE a WITH NOINHERIT LOGIN CONNECTION LIMIT 5\nCREATE ROLE b\n\
             kept 3, rewritten 1, dropped 0"
        );
    }

    #[test]
    fn a_superuser_gives_it() {
        assert_eq!(
            run("CREATE ROLE a SUPERUSER;", "postgres 15"),
            "CREATE ROLE a WITH SUPERUSER\nkept 1, rewritten 0, dropped 0"
        );
    }
}
