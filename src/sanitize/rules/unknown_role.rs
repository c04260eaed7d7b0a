//! Memberships of roles that are neither among the globals nor predefined.

use crate::finding::{Action, Severity};
use crate::globals::{Membership, MembershipKey};
use crate::name::Name;
use crate::platform::Predefined;
use crate::sanitize::{About, Context, MembershipRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "unknown-role",
    severity: Severity::Warning,
    why: "a role is named that is not among the globals",
    explanation: "The membership names a role that the dump does not create and that is none of \
                  the target's predefined ones. GRANT would end with `role \"…\" does not exist`, \
                  and the script with it, so the membership is left out. Mostly a part of the dump \
                  is missing. A copy sees which roles the target has, and grants those.",
    remedy: "where the target has it, grant it there",
};

pub(super) struct UnknownRole;

impl MembershipRule for UnknownRole {
    fn apply(&self, key: &mut MembershipKey, it: &mut Membership, cx: &mut Context<'_>) -> Verdict {
        let message = if let Some(message) = no_member(&key.member, cx) {
            message
        } else if let Some(message) = no_role(key, cx) {
            message
        } else if is_between_others(key, cx) {
            let object = key.subject();
            let message = "neither its role nor its member is selected";
            let origin = it.granted.origin;
            cx.report(&super::selection::ABOUT, Action::Dropped, object, origin, message);
            return Verdict::Drop;
        } else {
            return Verdict::Keep;
        };
        let object = key.subject();
        cx.report(&ABOUT, Action::Dropped, object, it.granted.origin, message);
        Verdict::Drop
    }
}

/// Whether it is between roles that the user left out, though the target has both.
fn is_between_others(key: &MembershipKey, cx: &Context<'_>) -> bool {
    let ends = [&key.role, &key.member];
    ends.iter().all(|name| !cx.roles.contains_key(*name))
        && ends.iter().any(|name| super::selection::is_left_out(name, cx))
}

/// Why the role cannot be granted; none where another rule says it.
fn no_role(key: &MembershipKey, cx: &Context<'_>) -> Option<String> {
    let name = key.role.as_str();
    let is_judged = cx.mapped.contains(key)
        || cx.rights.predefined(name) != Predefined::NotPredefined
        || cx.rights.protection(name).is_some();
    if is_judged { None } else { cx.missing(&key.role) }
}

/// Why the role cannot become a member of anything; none where it can, or another rule says it.
fn no_member(name: &Name, cx: &Context<'_>) -> Option<String> {
    if cx.roles.contains_key(name) || cx.rights.protection(name.as_str()).is_some() {
        return None;
    }
    if name.as_str() == "pg_database_owner" {
        return Some(format!("{name} cannot be a member of any role"));
    }
    // What is granted to a predefined role reaches all of its members.
    cx.missing(name)
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn predefined_roles_can_be_members() {
        let text = "CREATE ROLE a;\nGRANT a TO pg_monitor;\nGRANT a TO pg_maintain;\nGRANT a TO pg_database_owner;";
        assert_eq!(
            run(text, "azure 16"),
            "4 warning unknown-role dropped membership pg_database_owner in a: pg_database_owner cannot be a member of any role\n\
             3 warning unknown-role dropped membership pg_maintain in a: azure 16 does not have pg_maintain\n\
             CREATE ROLE a\nGRANT a TO pg_monitor\nkept 2, rewritten 0, dropped 2"
        );
    }

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
