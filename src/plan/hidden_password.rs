//! Passwords of login roles of which the target does not show whether there is one.

use super::unverifiable;
use crate::attribute::Attribute;
use crate::finding::{Action, Finding, Severity, Subject};
use crate::globals::Globals;
use crate::name::Name;
use crate::platform::Answers;
use crate::sanitize::About;

pub(super) const ABOUT: About = About {
    name: "hidden-password",
    severity: Severity::Warning,
    why: "the target does not show whether these login roles have a password there; none is sent again, \
          and a role that has none cannot log in",
    explanation: "On the target pg_authid is closed to the connected role, and nothing else tells of \
                  a password. A role that was there before the first copy, or that somebody made by \
                  hand, may have none: then `password authentication failed for user \"…\"` is all \
                  that it gets. A copy that created the role has sent its password, too, and a \
                  later one does not send it again, since it could have been changed there.",
    remedy: "see that they log in; --passwords resend sets the source's passwords, with --only for \
             some of them",
};

/// What is not known of roles whose verifiers cannot be compared.
pub(super) fn check(names: &[Name], desired: &Globals, answers: &Answers) -> Vec<Finding> {
    let finding = |name: &Name| {
        let role = desired.roles.get(name);
        let logs_in = role.is_some_and(|role| role.has(Attribute::Login));
        let (about, message) = match answers.verifier_kinds.get(name) {
            Some(kind) => {
                (&unverifiable::ABOUT, format!("it has a password there, of kind {kind}"))
            }
            None if logs_in => {
                (&ABOUT, "nothing shows whether it has a password on the target".to_owned())
            }
            None => (
                &unverifiable::ABOUT,
                "it has a password on the source, and does not log in".to_owned(),
            ),
        };
        about.finding(Subject::Role(name.clone()), Action::Kept, message)
    };
    names.iter().map(finding).collect()
}
