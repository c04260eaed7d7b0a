//! What a rule is.

use super::Context;
use crate::globals::{
    Membership, MembershipKey, Parameter, ParameterKey, Role, Setting, SettingKey, Tablespace,
};
use crate::name::Name;

/// Whether an object stays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It stays, perhaps rewritten.
    Keep,
    /// It goes, with all that it says. The rule has reported it.
    Drop,
}

impl Verdict {
    /// Whether it stays.
    pub fn is_keep(self) -> bool {
        self == Self::Keep
    }
}

/// A rule about roles.
pub trait RoleRule: Sync {
    /// Looks at a role, changes it, reports, and says whether it stays.
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict;
}

/// A rule about memberships.
pub trait MembershipRule: Sync {
    /// Looks at a membership. Only the grantor of the key may be changed.
    fn apply(&self, key: &mut MembershipKey, it: &mut Membership, cx: &mut Context<'_>) -> Verdict;
}

/// A rule about settings.
pub trait SettingRule: Sync {
    /// Looks at a setting.
    fn apply(&self, key: &SettingKey, setting: &mut Setting, cx: &mut Context<'_>) -> Verdict;
}

/// A rule about privileges on parameters.
pub trait ParameterRule: Sync {
    /// Looks at the privileges that one grantee has on one parameter. Only the grantor of the key may
    /// be changed.
    fn apply(&self, key: &mut ParameterKey, it: &mut Parameter, cx: &mut Context<'_>) -> Verdict;
}

/// A rule about tablespaces.
pub trait TablespaceRule: Sync {
    /// Looks at a tablespace.
    fn apply(&self, name: &Name, it: &mut Tablespace, cx: &mut Context<'_>) -> Verdict;
}
