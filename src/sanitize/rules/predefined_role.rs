//! Memberships in predefined roles, and in roles of the target's platform that were mapped.

use crate::finding::{Action, Severity};
use crate::globals::{Membership, MembershipKey};
use crate::platform::predefined::is_built_in;
use crate::platform::{Answer, Predefined};
use crate::sanitize::{About, Context, MembershipRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "predefined-role",
    severity: Severity::Warning,
    why: "the target's administrator cannot grant this role, or the target does not have it",
    explanation: "Predefined roles come with a version: pg_read_all_data with 14, pg_checkpoint \
                  with 15, pg_create_subscription with 16, pg_maintain with 17. Up to 15, \
                  CREATEROLE is enough to grant one. Since 16 it takes the ADMIN option on it: \
                  `permission denied to grant role \"…\"`, with the detail `Only roles with the \
                  ADMIN option on role \"…\" may grant this role`.\n\n\
                  Azure's administrator has no such option on pg_write_all_data, \
                  pg_read_server_files, pg_write_server_files and pg_execute_server_program. What \
                  is not confirmed for a platform is left out of scripts, and the message says \
                  that; a copy asks the target.",
    remedy: "grant the single privileges that are needed, or ask the platform's support",
};

pub(super) struct PredefinedRole;

impl MembershipRule for PredefinedRole {
    fn apply(&self, key: &mut MembershipKey, it: &mut Membership, cx: &mut Context<'_>) -> Verdict {
        if cx.roles.contains_key(&key.role) {
            return Verdict::Keep;
        }
        let (role, member) = (key.role.as_str(), key.member.as_str());
        if is_built_in(role, member, cx.rights.major()) && !it.is_admin() {
            let object = key.subject();
            let message = "every server has it from the start";
            cx.report_as(
                &ABOUT,
                Severity::Info,
                Action::Dropped,
                object,
                it.granted.origin,
                message,
            );
            return Verdict::Drop;
        }
        let answer = match cx.rights.predefined(key.role.as_str()) {
            Predefined::NotPredefined => match cx.rights.own_role(key.role.as_str()) {
                Some(answer) => answer,
                None => return Verdict::Keep,
            },
            Predefined::Known(answer) => answer,
            Predefined::Unknown { since } => {
                let target = cx.target();
                Answer::No(match since {
                    Some(since) => {
                        format!("{target} does not have it, it comes with {since}").into()
                    }
                    None => format!("{target} does not have it").into(),
                })
            }
        };
        let message = match answer {
            Answer::Yes => return Verdict::Keep,
            Answer::No(why) => why.into_owned(),
            Answer::Unconfirmed(why) => format!("not confirmed for {}: {why}", cx.target()),
        };
        let object = key.subject();
        cx.report(&ABOUT, Action::Dropped, object, it.granted.origin, message);
        Verdict::Drop
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn what_can_be_granted_depends_on_platform_and_version() {
        let text = "CREATE ROLE a;\nGRANT pg_monitor TO a;\nGRANT pg_write_all_data TO a;\nGRANT pg_maintain TO a;";
        assert_eq!(
            run(text, "azure 16"),
            "4 warning predefined-role dropped membership a in pg_maintain: azure 16 does not have it, it comes with 17\n\
             3 warning predefined-role dropped membership a in pg_write_all_data: not confirmed for azure 16: \
             since 16 it takes the ADMIN option on it, which Microsoft's documentation denies Azure's administrator \
             and one server has shown\n\
             CREATE ROLE a\nGRANT pg_monitor TO a\nkept 2, rewritten 0, dropped 2"
        );
    }
}
