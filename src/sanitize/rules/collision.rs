//! Roles that the target's platform has already, under the same name.

use crate::finding::{Action, Severity, Subject};
use crate::globals::Role;
use crate::name::Name;
use crate::platform::RoleKind;
use crate::sanitize::{About, Context, RoleRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "collision",
    severity: Severity::Error,
    why: "the target's platform has a role of this name, which is never touched",
    explanation: "Azure, for example, has a role that is called replication, beside azuresu and \
                  azure_pg_admin. CREATE ROLE of such a name ends with `role \"…\" already \
                  exists`, and ALTER ROLE would change the platform's own role, where it is let at \
                  all. The source's role is left out whole, with its settings and memberships. \
                  Under another name it can be carried over; owners and grants in dumps of the \
                  databases then need that name, too.\n\n\
                  A live target is asked: where no role has the name, it is free.",
    remedy: "carry it over under another name with --rename",
};

pub(super) struct Collision;

impl RoleRule for Collision {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        let platform = cx.rights.platform();
        let Some(own) = cx.rights.platform_role(name.as_str()) else { return Verdict::Keep };
        let message = format!("{} has it: {}", platform.name(), own.note());
        let object = Subject::Role(name.clone());
        // A server of one's own has a superuser of this name as well: it keeps its own password.
        let expected = own.kind() == RoleKind::Admin;
        let severity = if expected { Severity::Warning } else { ABOUT.severity };
        cx.report_as(&ABOUT, severity, Action::Dropped, object, role.origin(), message);
        Verdict::Drop
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn a_role_of_the_platforms_name_is_left_out_whole() {
        let text = "CREATE ROLE replication;\nCREATE ROLE a;\nGRANT replication TO a;\nGRANT a TO replication;\n\
                    ALTER ROLE replication SET work_mem TO '1MB';";
        assert_eq!(
            run(text, "azure 16"),
            "1 error collision dropped role replication: azure has it: a login of Azure's with REPLICATION\n\
             5 warning dropped-role dropped setting replication: work_mem: replication is not carried over\n\
             4 warning dropped-role dropped membership replication in a: replication is not carried over\n\
             3 warning dropped-role dropped membership a in replication: replication is not carried over\n\
             CREATE ROLE a\nkept 1, rewritten 0, dropped 4"
        );
    }
}
