//! Roles with a name of a platform's own, in a dump that does not show the platform's superuser.

use crate::attribute::Attribute;
use crate::finding::{Action, Severity, Subject};
use crate::globals::{Password, Role};
use crate::name::Name;
use crate::platform::{Ownership, RoleKind};
use crate::sanitize::{About, Context, RoleRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "platform-name",
    severity: Severity::Warning,
    why: "managed platforms have a role of this name for themselves, and the dump does not show whether this is one",
    explanation: "The platform of a source is recognised by its superuser (rdsadmin, azuresu, \
                  cloudsqladmin). Recipes for moving roles often cut that out of the dump, and then the \
                  platform's other roles look like anybody's. Such a role is carried over, since it can be \
                  yours, but the password of a login that the platform made for its services is not: \
                  nobody would know who can log in with it.",
    remedy: "say which platform the source is with --source-platform, and its own roles stay there; where the \
             source is none, --source-platform postgres",
};

pub(super) struct PlatformName;

impl RoleRule for PlatformName {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        let own = cx.suspects.iter().filter(|platform| platform.is_own(name.as_str()));
        let own: Vec<_> = own.copied().collect();
        if own.is_empty() {
            return Verdict::Keep;
        }
        let names: Vec<&str> = own.iter().map(|platform| platform.name()).collect();
        let mut message = format!("{} has a role of this name for itself", names.join(" or "));
        let is_service = own.iter().any(|platform| match platform.owns(name.as_str()) {
            Some(Ownership::Exact(own)) => own.kind() != RoleKind::Group,
            _ => true,
        });
        if is_service && role.has(Attribute::Login) {
            if let Password::Is(fact) = &role.password {
                cx.lose([fact.origin]);
            }
            role.password = Password::Unknown;
            cx.without_password.insert(name.clone());
            message.push_str(", as a login of its services: it arrives without a password");
        }
        let object = Subject::Role(name.clone());
        cx.report(&ABOUT, Action::Kept, object, role.origin(), message);
        Verdict::Keep
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn names_of_a_platform_are_told_without_its_superuser() {
        let md5 = format!("md5{}", "0".repeat(32));
        let text = format!(
            "CREATE ROLE rds_iam;\nCREATE ROLE rdstopmgr LOGIN PASSWORD '{md5}';\nCREATE ROLE rds_mine;"
        );
        assert_eq!(
            run(&text, "azure 16"),
            "1 warning platform-name kept role rds_iam: aurora or rds has a role of this name for itself\n\
             2 warning platform-name kept role rdstopmgr: aurora or rds has a role of this name for itself, \
             as a login of its services: it arrives without a password\n\
             CREATE ROLE rds_iam\nCREATE ROLE rds_mine\nCREATE ROLE rdstopmgr WITH LOGIN\n\
             kept 2, rewritten 1, dropped 0"
        );
    }

    #[test]
    fn names_that_any_server_may_have_show_nothing() {
        let text = "CREATE ROLE anon;\nCREATE ROLE authenticator;\nCREATE ROLE pgbouncer LOGIN PASSWORD NULL;\n\
                    CREATE ROLE postgres;\nCREATE ROLE application;";
        let all = run(text, "aiven 16");
        assert!(!all.contains("platform-name"), "{all}");
        let all = run(&format!("{text}\nCREATE ROLE supabase_auth_admin;"), "aiven 16");
        assert!(all.contains("role anon: supabase has a role of this name for itself"), "{all}");
        assert!(all.contains("role supabase_auth_admin: supabase has"), "{all}");
    }
}
