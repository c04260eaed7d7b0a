//! Roles that exist and that the connected role does not administer.

use super::veto::{Context, Judgement, Veto};
use crate::attribute::Attribute;
use crate::finding::Severity;
use crate::globals::Change;
use crate::sanitize::About;
use crate::version::Major;
use crate::words::did_you_mean;

const ABOUT: About = About {
    name: "missing-admin",
    severity: Severity::Error,
    why: "since 16 roles are altered and granted only by those who have the ADMIN option on them",
    explanation: "Since 16 it takes CREATEROLE and the ADMIN option on a role to alter it: \
                  `permission denied to alter role`, with the detail `Only roles with the \
                  CREATEROLE attribute and the ADMIN option on role \"…\" may alter this role`. \
                  Whoever creates a role has that option; other roles need it granted. Up to 15, \
                  CREATEROLE is enough. A copy is all or nothing, so it does not begin.\n\n\
                  Azure's documentation lets members of azure_pg_admin manage the roles of others, \
                  too. That is not confirmed and not counted on.",
    remedy: "have it granted: GRANT <role> TO <connected role> WITH ADMIN OPTION; or leave roles that \
             exist as they are, with --existing skip",
};

pub(super) struct MissingAdmin;

impl Veto for MissingAdmin {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, change: &Change, cx: &Context<'_>) -> Option<Judgement> {
        let answers = cx.answers;
        if answers.is_superuser() {
            return None;
        }
        let role = change.role()?;
        // Whoever creates a role administers it.
        if cx.created.contains(role) || role.as_str().starts_with("pg_") {
            return None;
        }
        // What the platform lets its administrator grant has been judged with the rest of it.
        if cx.is_of_platform(role) {
            return None;
        }
        let creates = answers.attributes.contains(&Attribute::CreateRole);
        let may = if answers.major < Major::new(16) {
            creates
                || (matches!(change, Change::Membership { .. }) && answers.may_grant(role.as_str()))
        } else {
            answers.admin_on.contains(role)
        };
        (!may).then(|| {
            let is_there = answers.roles.contains(role) || answers.predefined.contains(role);
            Judgement::Obstacle(if is_there {
                format!("{} lacks the ADMIN option on {role}", answers.user)
            } else {
                let known = answers.roles.iter().chain(&answers.predefined);
                let meant = did_you_mean(role.as_str(), known);
                format!(
                    "there is no role {role} on the target: --map-role needs one that it has{meant}"
                )
            })
        })
    }
}
