//! Memberships of roles that are neither among the globals nor predefined.

use crate::finding::{Action, Severity};
use crate::globals::{Membership, MembershipKey};
use crate::platform::Predefined;
use crate::sanitize::{About, Context, MembershipRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "unknown-role",
    severity: Severity::Warning,
    why: "a role is named that is not among the globals",
    remedy: "where the target has it, grant it there",
};

pub(super) struct UnknownRole;

impl MembershipRule for UnknownRole {
    fn apply(&self, key: &mut MembershipKey, it: &mut Membership, cx: &mut Context<'_>) -> Verdict {
        let mapped = cx.choices.map_role.values().any(|to| *to == key.role);
        let predefined = cx.rights.predefined(key.role.as_str()) != Predefined::NotPredefined;
        let unknown = if !cx.roles.contains_key(&key.member) {
            &key.member
        } else if !cx.roles.contains_key(&key.role) && !mapped && !predefined {
            &key.role
        } else {
            return Verdict::Keep;
        };
        let message = format!("there is no role {unknown} here");
        let object = super::membership_object(key);
        cx.report(&ABOUT, Action::Dropped, object, it.granted.origin, message);
        Verdict::Drop
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn is_dropped_and_said() {
        assert_eq!(
            run("CREATE ROLE a;\nGRANT ghost TO a;\nGRANT a TO ghost;", "azure 16"),
            "3 warning unknown-role dropped membership ghost in a: there is no role ghost here\n\
             2 warning unknown-role dropped membership a in ghost: there is no role ghost here\n\
             CREATE ROLE a\nkept 1, rewritten 0, dropped 2"
        );
    }
}
