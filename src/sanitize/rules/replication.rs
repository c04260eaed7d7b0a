//! The attribute REPLICATION.

use crate::attribute::Attribute;
use crate::finding::Severity;
use crate::globals::Role;
use crate::name::Name;
use crate::platform::Answer;
use crate::sanitize::{About, Context, RoleRule, Verdict};
use crate::sql::shown_identifier;

pub(super) const ABOUT: About = About {
    name: "replication",
    severity: Severity::Warning,
    why: "the target's administrator cannot give REPLICATION",
    explanation: "Up to 15, PostgreSQL says `must be superuser to create replication users`. Since \
                  16 a role that has REPLICATION itself may give it; for others it is `Only roles \
                  with the REPLICATION attribute may create roles with the REPLICATION attribute`. \
                  The role is carried over without it, and cannot start streaming or logical \
                  replication until it is given. On AWS membership in rds_replication stands for \
                  it, and goes with that role.\n\n\
                  Where the target lets its administrator give it, the message has the statement. \
                  On Azure the documentation gives it to the administrator itself, with ALTER ROLE \
                  … WITH REPLICATION; whether other roles can have it there is not confirmed. So \
                  there the administrator replicates in the role's place.",
    remedy: "where the role replicates, run the statement of the message; where there is none, replicate \
             as a role of the target that has REPLICATION, on Azure as the administrator",
};

pub(super) struct Replication;

impl RoleRule for Replication {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        super::attribute::strip(&ABOUT, Attribute::Replication, name, role, cx)
    }
}

/// What a role has lost with a membership that stood for REPLICATION on the source's platform, and the
/// statement that gives it on the target, where there is one.
pub(super) fn lost(name: &Name, cx: &Context<'_>) -> String {
    let role = shown_identifier(name);
    let group = cx.rights.platform().giving(Attribute::Replication);
    let how = match (cx.rights.attribute(Attribute::Replication), group) {
        (Answer::Yes, _) => format!("; on the target: ALTER ROLE {role} REPLICATION"),
        (_, Some(group)) => format!("; on the target: GRANT {} TO {role}", group.name()),
        (Answer::Unconfirmed(why), None) => format!(": not confirmed for {}, {why}", cx.target()),
        (Answer::No(_), None) => String::new(),
    };
    format!("{name} loses REPLICATION{how}")
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
