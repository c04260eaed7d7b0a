//! Settings that the connected role may not take away.

use super::veto::{Context, Judgement, Veto};
use crate::finding::Severity;
use crate::globals::Change;
use crate::platform::{Rights, SettingAnswer};
use crate::sanitize::About;

const ABOUT: About = About {
    name: "reset-setting",
    severity: Severity::Warning,
    why: "the target does not let its administrator take this setting away from a role",
    explanation: "A role that may not set a parameter for others may not reset it either: RESET says \
                  `permission denied to set parameter \"…\"`. Somebody with more rights has given \
                  it to the target's role, the source's does not have it, and --existing replace \
                  would take it away. It stays, and everything else is done.",
    remedy: "have a superuser take it away: ALTER ROLE … RESET …",
};

pub(super) struct Reset;

impl Veto for Reset {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, change: &Change, cx: &Context<'_>) -> Option<Judgement> {
        let Change::Setting { key, to: None, .. } = change else { return None };
        let rights = Rights::offline(cx.platform, cx.answers.major).narrowed_by(cx.answers);
        let name = key.name.as_str();
        match rights.setting(name) {
            SettingAnswer::Allowed => None,
            _ => Some(Judgement::Refused(format!("{name} is not {}'s to reset", cx.answers.user))),
        }
    }
}
