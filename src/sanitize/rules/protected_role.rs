//! Roles that hold the ladder: whoever replays, superusers, other administrators of the target.

use crate::finding::{Action, Severity, Subject};
use crate::globals::{Membership, MembershipKey, Role};
use crate::name::Name;
use crate::platform::Protection;
use crate::sanitize::{About, Context, MembershipRule, RoleRule, Verdict};

/// What it says.
pub const ABOUT: About = About {
    name: "protected-role",
    severity: Severity::Error,
    why: "the target has a role of this name that is never altered, granted or joined",
    explanation: "These are the role that is connected to the target, its bootstrap superuser, \
                  other superusers, and whoever is a member of the platform's administrator role \
                  already. To alter one could lock the administrator out, and to grant one makes \
                  its members as powerful as it is: up to 15, GRANT of an administrator's role to \
                  anybody simply succeeds.\n\n\
                  The source's role of that name is left out whole, with its attributes, password, \
                  settings and memberships. The same name does not make it the same person; under \
                  another name it is carried over as an ordinary role.",
    remedy: "carry it over under another name with --rename; where --map-role made it an administrator \
             there, give that again",
};

pub(super) struct ProtectedRole;

impl RoleRule for ProtectedRole {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        let Some(protection) = cx.rights.protection(name.as_str()) else { return Verdict::Keep };
        // An administrator that --map-role makes is none that was there before. It makes none of those
        // who come by a superuser.
        if let Protection::Administrator(group) = protection
            && cx.rights.platform().admin_role() == Some(group.as_str())
            && cx.is_mapped_to(name, group)
        {
            return Verdict::Keep;
        }
        // Both ends have a superuser, often of the same name: each keeps its own.
        let expected = cx.superusers.contains_key(name)
            && matches!(protection, Protection::Connected | Protection::Bootstrap);
        let severity = if expected { Severity::Info } else { ABOUT.severity };
        let object = Subject::Role(name.clone());
        let message = protection.to_string();
        cx.report_as(&ABOUT, severity, Action::Dropped, object, role.origin(), message);
        Verdict::Drop
    }
}

/// A role of the target that stands for one of the source is granted, but not one of these.
impl MembershipRule for ProtectedRole {
    fn apply(&self, key: &mut MembershipKey, it: &mut Membership, cx: &mut Context<'_>) -> Verdict {
        let protected = [&key.role, &key.member].into_iter().find_map(|name| {
            // An administrator that --map-role makes is the source's.
            let ours = cx.roles.contains_key(name);
            Some((name, cx.rights.protection(name.as_str()).filter(|_| !ours)?))
        });
        let Some((name, protection)) = protected else { return Verdict::Keep };
        let message = format!("{name}: {protection}");
        let object = key.subject();
        cx.report(&ABOUT, Action::Dropped, object, it.granted.origin, message);
        Verdict::Drop
    }
}
