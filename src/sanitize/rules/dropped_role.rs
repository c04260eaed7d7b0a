//! What refers to a role that is not carried over.

use crate::attribute::Attribute;
use crate::finding::{Action, Severity, Subject};
use crate::globals::{Membership, MembershipKey, Origin, Setting, SettingKey};
use crate::name::Name;
use crate::sanitize::{About, Context, MembershipRule, SettingRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "dropped-role",
    severity: Severity::Warning,
    why: "it belongs to a role that is not carried over",
    explanation: "A setting or a membership cannot be without its role, and another finding says \
                  why that one stays behind. What belonged to the platform's own roles is listed \
                  as information. What matters is where a role of yours was a member: those of \
                  rds_superuser lose an administrator's rights, and the message says what the \
                  target has for that; those of rds_replication lose REPLICATION (finding \
                  replication). The tool puts nothing in their place by itself, since a role could \
                  get more than it had.",
    remedy: "where a role has lost rights with it, grant what it needs, or name a role of the target \
             that stands for the other with --map-role",
};

pub(super) struct DroppedRole;

/// Reports it; what belongs to a role that the user or the platform left out is no news.
fn report(role: &Name, belongs: bool, object: Subject, origin: Origin, cx: &mut Context<'_>) {
    let is_left_out = cx.is_platform_role(role) || cx.choices.leaves_out(role);
    let expected = belongs && is_left_out;
    if expected && origin == Origin::LIVE && cx.is_platform_role(role) {
        // No statement has to be accounted for.
        return;
    }
    let severity = if expected { Severity::Info } else { ABOUT.severity };
    let message = if belongs || !cx.choices.is_unneeded(role) {
        format!("{role} is not carried over")
    } else {
        // What functions and policies ask for by name is recorded nowhere.
        format!(
            "{role} is not carried over: the chosen databases do not name it, unless the text of a function or policy does"
        )
    };
    cx.report_as(&ABOUT, severity, Action::Dropped, object, origin, message);
}

impl SettingRule for DroppedRole {
    fn apply(&self, key: &SettingKey, setting: &mut Setting, cx: &mut Context<'_>) -> Verdict {
        let Some(role) = key.role.as_ref().filter(|role| cx.dropped.contains(*role)) else {
            return Verdict::Keep;
        };
        report(role, true, key.subject(), setting.origin, cx);
        Verdict::Drop
    }
}

impl MembershipRule for DroppedRole {
    fn apply(&self, key: &mut MembershipKey, it: &mut Membership, cx: &mut Context<'_>) -> Verdict {
        let origin = it.granted.origin;
        if cx.dropped.contains(&key.member) && !cx.is_there(&key.member) {
            report(&key.member, true, key.subject(), origin, cx);
            return Verdict::Drop;
        }
        if !cx.dropped.contains(&key.role) || cx.mapped.contains(key) || cx.is_there(&key.role) {
            return Verdict::Keep;
        }
        let object = key.subject();
        if cx.dropped.contains(&key.member) && cx.choices.leaves_out(&key.member) {
            report(&key.member, true, object, origin, cx);
            return Verdict::Drop;
        }
        let source_admin = cx.source.and_then(|source| source.admin_role());
        let target_admin = cx.rights.platform().admin_role();
        if let (Some(admin), Some(target)) = (source_admin, target_admin)
            && admin == key.role.as_str()
        {
            let message = format!(
                "{} is not carried over; where it should administer the target: --map-role {admin}={target}",
                key.role
            );
            cx.report(&ABOUT, Action::Dropped, object, origin, message);
        } else if let Some(attribute @ Attribute::Replication) =
            cx.source.and_then(|s| s.role(key.role.as_str())?.gives())
        {
            // Where the user has given it, it is not to be taken back.
            if let Some(role) = cx.roles.get_mut(&key.member) {
                role.set(attribute, role.stated(attribute).filter(|fact| fact.value));
            }
            let lost = super::replication::lost(&key.member, cx);
            let message = format!("{} is not carried over: {lost}", key.role);
            cx.report(&super::replication::ABOUT, Action::Dropped, object, origin, message);
        } else {
            report(&key.role, false, object, origin, cx);
        }
        Verdict::Drop
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn members_of_the_sources_administrators_are_told_the_way() {
        let text = "CREATE ROLE rdsadmin SUPERUSER;\nCREATE ROLE rds_superuser;\nCREATE ROLE a;\nGRANT rds_superuser TO a;";
        assert_eq!(
            run(text, "azure 16"),
            "2 info platform-role dropped role rds_superuser: aurora's own\n\
             1 info platform-role dropped role rdsadmin: aurora's own\n\
             4 warning dropped-role dropped membership a in rds_superuser: rds_superuser is not carried over; \
             where it should administer the target: --map-role rds_superuser=azure_pg_admin\n\
             CREATE ROLE a\nkept 1, rewritten 0, dropped 3"
        );
    }
}
