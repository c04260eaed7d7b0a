//! What the role that migrates may do on the target.

use crate::attribute::Attribute;
use crate::check::prelude::*;

static ABOUT: About = About {
    name: "target-user",
    codes: &["603115", "603116", "603111"],
    title: "the role on the target is a member of azure_pg_admin, with CREATEROLE and pg_signal_backend",
    explanation: "Nobody is a superuser on a flexible server: azure_pg_admin stands for what its \
                  administrators may do, and creating extensions takes membership in it. Roles and \
                  their memberships take CREATEROLE. pg_signal_backend lets the migration service \
                  end other sessions before it replaces a database; without it, it stops with \
                  `Target database cleanup failed in the pre-migration step` (CL003). The server's \
                  own administrator has the first two, and another administrator can grant all \
                  three.",
    looked_at: "the connected role of the target",
    online: false,
};

const MEMBER: Question = Question {
    name: "membership of the connected role",
    of: Of::Target,
    sql: |_| {
        Some(
            "SELECT r.rolname FROM pg_roles r WHERE r.rolname IN ('azure_pg_admin', \
             'pg_signal_backend') AND pg_has_role(current_user, r.oid, 'MEMBER')",
        )
    },
};

pub(super) struct TargetUser;

impl Check for TargetUser {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&MEMBER]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let answers = &cx.target.server()?.live.answers;
        let user = &answers.user;
        let me = identifier(user);
        let groups = cx.target.rows(&MEMBER)?.iter().map(|row| row.text("rolname"));
        let groups = groups.collect::<Result<Vec<_>, _>>()?;
        let is_member = |group: &str| groups.contains(&group);
        if !answers.is_superuser() && !is_member("azure_pg_admin") {
            out.failed(format!("{user} is no member of azure_pg_admin"))
                .code("603115")
                .remedy(format!("as an administrator: GRANT azure_pg_admin TO {me}"));
        } else if answers.is_superuser() {
            out.warning(format!("{user} is a superuser, which nobody is on a flexible server"))
                .remedy("connect as the role that will migrate");
        } else {
            out.succeeded(format!("{user} is a member of azure_pg_admin")).code("603115");
        }
        if answers.is_superuser() || answers.attributes.contains(&Attribute::CreateRole) {
            out.succeeded(format!("{user} may create roles")).code("603116");
        } else {
            out.failed(format!("{user} has no CREATEROLE"))
                .code("603116")
                .remedy(format!("as an administrator: ALTER ROLE {me} CREATEROLE"));
        }
        if answers.is_superuser() || is_member("pg_signal_backend") {
            out.succeeded(format!("{user} may end other sessions")).code("603111");
        } else {
            out.warning(format!(
                "{user} is no member of pg_signal_backend: the service cannot end sessions that use \
                 a database that it replaces"
            ))
            .code("603111")
            .concerns(Method::Service)
            .remedy(format!("GRANT pg_signal_backend TO {me}"));
        }
        Ok(())
    }
}
