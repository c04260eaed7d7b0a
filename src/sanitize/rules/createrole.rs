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
    explanation: "To PostgreSQL itself CREATEROLE is enough to give CREATEROLE, on every version. \
                  So either the connected role has none, and can create no role at all, or the \
                  platform has a rule of its own. The role is carried over without it: it exists \
                  and logs in, but cannot create, alter or grant other roles.",
    remedy: "create roles for it as the administrator",
};

pub(super) struct CreateRole;

impl RoleRule for CreateRole {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        super::attribute::strip(&ABOUT, Attribute::CreateRole, name, role, cx)
    }
}
