//! Roles that belong to the source's platform.

use crate::finding::{Action, Severity, Subject};
use crate::globals::Role;
use crate::name::Name;
use crate::sanitize::{About, Context, RoleRule, Verdict};

/// What it says.
pub const ABOUT: About = About {
    name: "platform-role",
    severity: Severity::Info,
    why: "roles that the source's platform made for itself stay there",
    explanation: "A managed platform makes roles for its own work: a superuser (rdsadmin, azuresu, \
                  cloudsqladmin), a role for administrators (rds_superuser, azure_pg_admin), and \
                  more. They mean nothing on another platform, and where both have them they are \
                  not to be altered. The platform is recognised by the name of its superuser, and \
                  only names that are known exactly are left out; for what merely looks like them \
                  there is the finding lookalike.\n\n\
                  What your roles had through memberships in them is told by dropped-role and \
                  external-authentication.",
    remedy: "",
};

pub(super) struct PlatformRole;

impl RoleRule for PlatformRole {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        if !cx.is_platform_role(name) {
            return Verdict::Keep;
        }
        let platform = cx.source.map(crate::platform::Platform::name).unwrap_or_default();
        let object = Subject::Role(name.clone());
        let message = format!("{platform}'s own");
        cx.report(&ABOUT, Action::Dropped, object, role.origin(), message);
        Verdict::Drop
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn a_platform_is_known_by_its_superuser_only() {
        assert_eq!(
            run(
                "CREATE ROLE rdsadmin;\nCREATE ROLE rds_iam;\nALTER ROLE rdsadmin SET x.y TO '1';",
                "azure 16"
            ),
            "2 info platform-role dropped role rds_iam: aurora's own\n\
             1 info platform-role dropped role rdsadmin: aurora's own\n\
             3 info dropped-role dropped setting rdsadmin: x.y: rdsadmin is not carried over\n\
             kept 0, rewritten 0, dropped 3"
        );
        assert_eq!(
            run("CREATE ROLE rds_iam;", "azure 16"),
            "1 warning platform-name kept role rds_iam: aurora or rds has a role of this name for itself\n\
             CREATE ROLE rds_iam\nkept 1, rewritten 0, dropped 0"
        );
    }
}
