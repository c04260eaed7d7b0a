//! Verifiers that would take the place of better ones.

use super::veto::{Context, Judgement, Veto};
use crate::finding::Severity;
use crate::globals::{Change, Password};
use crate::sanitize::About;
use crate::secret::VerifierKind;

pub(super) const ABOUT: About = About {
    name: "weaker-verifier",
    severity: Severity::Warning,
    why: "the role has a SCRAM-SHA-256 verifier on the target, and an md5 one on the source: its password on \
          the target stays",
    explanation: "Nobody can make a SCRAM verifier out of an md5 one, so a role that is to log in where md5 is \
                  not accepted gets a new password on the target (finding md5-verifier). A later copy would \
                  take that back, and shut the role out. Such a change to a role that exists is withheld, \
                  also with --existing replace, and everything else about the role is sent.",
    remedy: "where the source's password is the one that counts, give --passwords resend, with --only for some of them",
};

pub(super) struct WeakerVerifier;

impl Veto for WeakerVerifier {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, change: &Change, cx: &Context<'_>) -> Option<Judgement> {
        let Change::Password { from: Password::Is(from), to: Password::Is(to), .. } = change else {
            return None;
        };
        let kinds = [from.value.kind(), to.value.kind()];
        let weaker = kinds == [VerifierKind::ScramSha256, VerifierKind::Md5];
        (weaker && !cx.options.resend).then(|| {
            Judgement::Withheld(
                "its password on the target, a SCRAM-SHA-256 verifier, stays".to_owned(),
            )
        })
    }
}
