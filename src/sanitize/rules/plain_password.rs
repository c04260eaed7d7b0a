//! Passwords that go as plain text, because the target is not known to take verifiers.

use crate::finding::{Action, Severity, Subject};
use crate::globals::Origin;
use crate::platform::Answer;
use crate::sanitize::{About, Context};
use crate::secret::VerifierKind;

pub(super) const ABOUT: About = About {
    name: "plain-password",
    severity: Severity::Warning,
    why: "the target is not known to take verifiers: passwords go to it as plain text",
    explanation: "A server computes the verifier of a plaintext password itself, and every platform takes one. But \
                  the password then stands in the script, and in the server's log and its list of statements \
                  where those record ALTER ROLE and CREATE ROLE (log_statement, pg_stat_statements, pgaudit). \
                  Where a platform is known to store a verifier that was made elsewhere, only that goes.",
    remedy: "keep the script as safe as the passwords; where the target takes verifiers, say so in a file for \
             --platform (pg_globals platforms NAME prints the one to start from)",
};

/// Whether passwords can go as verifiers only; where they go as plain text, that is told once.
pub(super) fn takes_verifiers(cx: &mut Context<'_>) -> bool {
    let why = match cx.rights.verifier(VerifierKind::ScramSha256) {
        Answer::Yes => return true,
        Answer::No(why) => why.into_owned(),
        Answer::Unconfirmed(why) => format!("not confirmed for {}, {why}", cx.target()),
    };
    if !std::mem::replace(&mut cx.told_of_plain, true) {
        let object = Subject::statement("PASSWORD");
        cx.report(&ABOUT, Action::Kept, object, Origin::LIVE, why);
    }
    false
}
