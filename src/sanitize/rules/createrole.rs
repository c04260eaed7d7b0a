//! The attribute CREATEROLE.

use crate::attribute::Attribute;
use crate::finding::Severity;
use crate::globals::Role;
use crate::name::Name;
use crate::sanitize::{About, Context, RoleRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "createrole",
    severity: Severity::Warning,
    why: "the target's administrator cannot give CREATEROLE",
    remedy: "create roles for it as the administrator",
};

pub(super) struct CreateRole;

impl RoleRule for CreateRole {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        super::attribute::strip(&ABOUT, Attribute::CreateRole, name, role, cx)
    }
}
