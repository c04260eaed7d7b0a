//! Memberships that a server since 16 gives to whoever creates a role.

use crate::attribute::Attribute;
use crate::globals::{Globals, Membership};
use crate::name::Name;
use crate::platform::{Answers, Platform, Protection};

/// The target's globals without the memberships that creating a role brought: granted by the
/// bootstrap superuser, with ADMIN only, to the connected role or another administrator of the
/// platform, or to whoever created a role that only the target has. One that the source has, too, is
/// satisfied by it.
/// (`CreateRole` in `src/backend/commands/user.c`.)
pub fn without_implicit(
    all_current: &Globals,
    desired: &Globals,
    answers: &Answers,
    platform: &Platform,
) -> Globals {
    let mut current = all_current.clone();
    let wanted: foldhash::HashSet<_> =
        desired.memberships.keys().map(|key| (&key.role, &key.member)).collect();
    // Nobody creates predefined roles and those of the platform.
    let all = &all_current.roles;
    let is_creator = |role: &Name, member: &Name| {
        all.get(member).is_some_and(|member| member.has(Attribute::CreateRole))
            && !desired.roles.contains_key(role)
            && !role.as_str().starts_with("pg_")
            && platform.role(role.as_str()).is_none()
    };
    current.memberships.retain(|key, membership| {
        let by_bootstrap = key.grantor.is_some() && key.grantor == answers.bootstrap;
        let is_admin = key.member == answers.user
            || platform.admin_role().is_some_and(|admin| admin == key.member.as_str())
            || matches!(answers.protected.get(&key.member), Some(Protection::Administrator(_)))
            || is_creator(&key.role, &key.member);
        let implicit = by_bootstrap && is_admin && is_admin_only(membership);
        // What the connected role holds is its own, `--for-restore`'s grants included.
        let own = key.member == answers.user;
        !(implicit || own) || wanted.contains(&(&key.role, &key.member))
    });
    current
}

/// Whether a membership lets its member grant the role, and nothing else.
pub(super) fn is_admin_only(membership: &Membership) -> bool {
    let off = |option: Option<crate::globals::Fact<bool>>| option.is_some_and(|fact| !fact.value);
    membership.is_admin() && off(membership.inherit) && off(membership.set)
}
