//! The attribute REPLICATION.

use crate::attribute::Attribute;
use crate::finding::Severity;
use crate::globals::Role;
use crate::name::Name;
use crate::sanitize::{About, Context, RoleRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "replication",
    severity: Severity::Warning,
    why: "the target's administrator cannot give REPLICATION",
    explanation: "Up to 15, PostgreSQL says `must be superuser to create replication users`. Since \
                  16 a role that has REPLICATION itself may give it; for others it is `Only roles \
                  with the REPLICATION attribute may create roles with the REPLICATION attribute`. \
                  The role is carried over without it, and cannot start streaming or logical \
                  replication until it is given.\n\n\
                  On Azure the documentation gives it to the administrator, with ALTER ROLE … WITH \
                  REPLICATION; whether other roles can have it there is not confirmed. On AWS it \
                  is membership in rds_replication.",
    remedy: "where the role replicates, give it REPLICATION by the platform's own means",
};

pub(super) struct Replication;

impl RoleRule for Replication {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        super::attribute::strip(&ABOUT, Attribute::Replication, name, role, cx)
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn is_lost_where_nothing_confirms_it() {
        assert_eq!(
            run("CREATE ROLE a REPLICATION;", "azure 15"),
            "1 warning replication rewritten role a: loses REPLICATION: not confirmed for azure 15, \
            Azure documents REPLICATION for its administrator only\n\
            CREATE ROLE a\nkept 0, rewritten 1, dropped 0"
        );
    }
}
