//! Whether the role on the source may follow its changes.

use crate::attribute::Attribute;
use crate::check::prelude::*;

static ABOUT: About = About {
    name: "replication-user",
    codes: &["603104"],
    title: "the role on the source may replicate",
    explanation: "A role reads the changes of others only with REPLICATION: `must be superuser or \
                  replication role to use replication slots`, up to 15, and since 16 `permission \
                  denied to use replication slots`. On AWS nobody can give that attribute, and \
                  membership in rds_replication stands for it. Only the online migration needs it, \
                  so take it back afterwards.",
    looked_at: "the connected role of the source",
    online: true,
};

const MEMBER: Question = Question {
    name: "membership in rds_replication",
    of: Of::Source,
    sql: |_| {
        Some(
            "SELECT pg_has_role(current_user, oid, 'MEMBER') AS is_member FROM pg_roles \
             WHERE rolname = 'rds_replication'",
        )
    },
};

pub(super) struct ReplicationUser;

impl Check for ReplicationUser {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&MEMBER]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let answers = &cx.source.server()?.live.answers;
        let user = &answers.user;
        let group = cx.source.rows(&MEMBER)?.first();
        let is_member = group.map(|row| row.flag("is_member")).transpose()?;
        if answers.is_superuser() {
            out.succeeded(format!("{user} is a superuser"));
        } else if answers.attributes.contains(&Attribute::Replication) {
            out.succeeded(format!("{user} has REPLICATION"));
        } else if is_member == Some(true) {
            out.succeeded(format!("{user} is a member of rds_replication"));
        } else if is_member.is_some() {
            out.warning(format!("{user} is no member of rds_replication"))
                .remedy(format!("GRANT rds_replication TO {}", identifier(user)));
        } else {
            out.warning(format!("{user} has no REPLICATION"))
                .remedy(format!("as a superuser: ALTER ROLE {} REPLICATION", identifier(user)));
        }
        Ok(())
    }
}
