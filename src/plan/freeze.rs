//! Changes that would shut a role out that the target lets in.

use super::veto::{Context, Judgement, Veto};
use crate::attribute::Attribute;
use crate::finding::Severity;
use crate::globals::{Change, Password, Value};
use crate::sanitize::About;

pub(super) const ABOUT: About = About {
    name: "freeze",
    severity: Severity::Warning,
    why: "the source's role is frozen, as roles are for a migration; on the target it would be shut \
          out",
    explanation: "Before the data is moved for the last time, roles are shut out on the source: \
                  NOLOGIN, CONNECTION LIMIT 0, VALID UNTIL in the past, PASSWORD NULL, \
                  default_transaction_read_only. A copy in that hour would do the same on the \
                  target, to roles that work there. Such a change to a role that exists is \
                  withheld, and everything else about the role is sent. Roles that the copy \
                  creates get what the source says (finding frozen).",
    remedy: "where that is meant, give --allow-freeze",
};

pub(super) struct Freeze;

impl Veto for Freeze {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, change: &Change, cx: &Context<'_>) -> Option<Judgement> {
        if cx.options.allow_freeze {
            return None;
        }
        let exists = |role| !cx.created.contains(role);
        let message = match change {
            Change::Attribute { role, attribute: Attribute::Login, to: false, .. }
                if exists(role) =>
            {
                "NOLOGIN".to_owned()
            }
            Change::ConnectionLimit { role, to: 0, .. } if exists(role) => {
                "CONNECTION LIMIT 0".to_owned()
            }
            Change::ValidUntil { role, to: Some(to), .. }
                if exists(role) && to.is_before(cx.options.now) =>
            {
                format!("VALID UNTIL {to} is past")
            }
            Change::Password { role, from: Password::Is(_), to: Password::None(_) }
                if exists(role) =>
            {
                "PASSWORD NULL".to_owned()
            }
            Change::Setting { key, from, to: Some(to), .. } => {
                let new = key.role.as_ref().is_some_and(|role| cx.created.contains(role));
                let was = from.as_ref().is_some_and(Value::is_on);
                if new || was || !key.name.is("default_transaction_read_only") || !to.is_on() {
                    return None;
                }
                "default_transaction_read_only is on".to_owned()
            }
            _ => return None,
        };
        Some(Judgement::Withheld(message))
    }
}
