//! What a rule is.

use super::Context;
use crate::finding::Severity;
use crate::globals::{
    Membership, MembershipKey, Parameter, ParameterKey, Role, Setting, SettingKey, Tablespace,
};
use crate::name::Name;

/// What is said about a rule wherever it appears.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Its stable name.
    pub name: &'static str,
    /// How much its findings matter, unless they say otherwise.
    pub severity: Severity,
    /// What it is about, and why it is so: one sentence.
    pub why: &'static str,
    /// What else there is to know: why targets refuse it, in their own words, what is done instead,
    /// and what is not confirmed. Some sentences, in paragraphs.
    pub explanation: &'static str,
    /// What to do about it: one sentence; empty where there is nothing to do.
    pub remedy: &'static str,
}

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
