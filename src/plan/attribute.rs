//! Attributes that the connected role may not even mention in `ALTER ROLE`.

use super::veto::{Context, Judgement, Veto};
use crate::attribute::Attribute as A;
use crate::finding::Severity;
use crate::globals::Change;
use crate::sanitize::About;
use crate::version::Major;

const ABOUT: About = About {
    name: "alter-attribute",
    severity: Severity::Warning,
    why: "in ALTER ROLE the mere mention of some attributes takes a superuser, or since 16 a role that \
          has them",
    explanation: "In CREATE ROLE only the value counts, and NOSUPERUSER is always taken. In ALTER \
                  ROLE the option itself is refused, whatever its value: up to 15 `must be \
                  superuser to alter superuser roles or change superuser attribute`, and likewise \
                  for REPLICATION and BYPASSRLS, and for all that is about a role with \
                  REPLICATION. Since 16 it is `permission denied to alter role`, with the detail \
                  `Only roles with the REPLICATION attribute may change the REPLICATION \
                  attribute`, and so for BYPASSRLS and CREATEDB.\n\n\
                  The copy leaves out that change alone, and sends the rest about the role.",
    remedy: "have it changed by a role that may",
};

pub(super) struct Attribute;

impl Veto for Attribute {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, change: &Change, cx: &Context<'_>) -> Option<Judgement> {
        if cx.answers.is_superuser() {
            return None;
        }
        let before_16 = cx.answers.major < Major::new(16);
        if let Change::Attribute { role, attribute, to, .. } = change {
            let own = cx.answers.attributes.contains(attribute);
            let may = match attribute {
                A::Superuser => false,
                A::Replication | A::BypassRls => own && !before_16,
                A::CreateDb => own || before_16,
                A::Inherit | A::CreateRole | A::Login => true,
            };
            if !may {
                let word = if *to { attribute.keyword() } else { attribute.negative_keyword() };
                return Some(Judgement::Refused(format!("{role} cannot be given {word}")));
            }
        }
        // Before 16 everything about a role with REPLICATION takes a superuser.
        let (Change::Attribute { role, .. }
        | Change::ConnectionLimit { role, .. }
        | Change::ValidUntil { role, .. }
        | Change::Password { role, .. }) = change
        else {
            return None;
        };
        let replicates = cx.current.roles.get(role).is_some_and(|role| role.has(A::Replication));
        (before_16 && replicates).then(|| {
            Judgement::Refused(format!("{role} has REPLICATION, which only a superuser may alter"))
        })
    }
}
