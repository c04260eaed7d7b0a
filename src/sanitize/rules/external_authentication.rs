//! Members of roles that stand for another way of logging in.

use crate::finding::{Action, Severity};
use crate::globals::{Membership, MembershipKey};
use crate::sanitize::{About, Context, MembershipRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "external-authentication",
    severity: Severity::Error,
    why: "the role logs in by a service of the source's platform: it has no password, and the target \
          does not know that service",
    remedy: "give it a password, or a principal of the target's own identity service (on Azure \
             pgaadauth_create_principal)",
};

pub(super) struct ExternalAuthentication;

impl MembershipRule for ExternalAuthentication {
    fn apply(&self, key: &mut MembershipKey, it: &mut Membership, cx: &mut Context<'_>) -> Verdict {
        if !cx.roles.contains_key(&key.member) {
            return Verdict::Keep;
        }
        let way = cx.source.and_then(|source| source.external_authentication(key.role.as_str()));
        let Some(way) = way else { return Verdict::Keep };
        let message = format!("{} logs in with {way}", key.member);
        let object = super::membership_object(key);
        cx.report(&ABOUT, Action::Dropped, object, it.granted.origin, message);
        Verdict::Drop
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn no_password_is_missed() {
        let text = "CREATE ROLE rdsadmin SUPERUSER;\nCREATE ROLE rds_iam;\nCREATE ROLE a LOGIN;\nGRANT rds_iam TO a;";
        assert_eq!(
            run(text, "azure 16"),
            "2 info platform-role dropped role rds_iam: aurora's own\n\
             1 info platform-role dropped role rdsadmin: aurora's own\n\
             4 error external-authentication dropped membership a in rds_iam: a logs in with an IAM token of AWS instead of a password\n\
             CREATE ROLE a WITH LOGIN\nkept 1, rewritten 0, dropped 3"
        );
    }
}
