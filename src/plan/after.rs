//! What is said when a plan has been carried out.

use super::outcome::finding;
use crate::finding::{Action, Finding, Severity, Subject};
use crate::globals::{Change, Ledger};
use crate::name::Name;
use crate::sanitize::About;

/// What the target refuses when it is sent.
pub const REFUSED: About = About {
    name: "refused",
    severity: Severity::Warning,
    why: "the target refuses it",
    explanation: "What the target takes is judged beforehand, by what it answers and by what is \
                  known of its platform. What it refuses all the same comes from rules that only \
                  it knows: a value that is not valid there, an extension that checks passwords, a \
                  hook of the platform. Settings and security labels are tried one by one, and \
                  left out where they are refused; any other refusal is an error, and ends the \
                  copy with nothing done. A dry run goes on after each, so that all are listed at \
                  once.",
    remedy: "look at what the server says; what it is about was left out",
};

/// What is not as it should be after a copy.
pub(super) const REMAINING: About = About {
    name: "remaining",
    severity: Severity::Error,
    why: "it was sent, and the target is still different",
    explanation: "After COMMIT the target is read again, and compared with what was to be there. \
                  The server took these statements without an error and has something else now. An \
                  extension or a hook of the platform may have changed it, or somebody else at the \
                  same moment. The exit status is 1; copy once more to see whether it stays.",
    remedy: "look at the target's log, and for an extension of the platform that changes what is sent",
};

/// A difference that is left after a copy.
pub fn remaining(change: &Change, ledger: &Ledger) -> Finding {
    finding(&REMAINING, change, ledger, "is still different".to_owned())
}

/// A login role without a password whose label, by which it would log in, was refused.
pub fn shut_out(name: &Name) -> Finding {
    let message = "its security label was refused, and it has no password: no login is possible";
    REFUSED.finding(Subject::Role(name.clone()), Action::Kept, message).matters(Severity::Error)
}
