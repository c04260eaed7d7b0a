//! Verifiers that the target does not show.

use crate::finding::Severity;
use crate::sanitize::About;

/// Passwords that cannot be compared, of roles that are let in all the same or never.
pub(super) const ABOUT: About = About {
    name: "unverifiable",
    severity: Severity::Warning,
    why: "the target does not show its verifiers, so that they cannot be compared; they are not sent \
          again",
    explanation: "The source has a password for the role, and on the target pg_authid is closed to \
                  the connected role. The role is seen to have one there, too, or it does not log \
                  in. To send it again each time could undo a password that was \
                  changed there since, and a verifier costs the server 10 to 20 milliseconds. So \
                  it is not sent, and is counted apart from what remains. --passwords resend sets \
                  all of them to what the source has.",
    remedy: "where passwords may have changed on the source since they were copied, give --passwords \
             resend",
};
