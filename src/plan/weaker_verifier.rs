//! Verifiers that would take the place of better ones.

use std::collections::BTreeSet;

use super::{Context, Judgement, Plan, Veto, existing, freeze};
use crate::finding::{Action, Finding, Severity, Subject};
use crate::globals::{Change, Password};
use crate::sanitize::{About, rules};
use crate::secret::VerifierKind;

const ABOUT: About = About {
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

impl Plan {
    /// Those of sanitizing's findings that are true when the plan is carried out: what it says of an md5
    /// verifier is not, where that is withheld, nor that a role will be frozen that stays as it is, nor that a
    /// setting stays behind that is there.
    pub fn still_true(&self, findings: &[Finding]) -> Vec<Finding> {
        let withheld_by = |rules: &[&About]| -> BTreeSet<&Subject> {
            let withheld = self.withheld.iter().map(|it| &it.finding);
            withheld.filter(|it| rules.contains(&it.about)).map(|it| &it.object).collect()
        };
        let verifiers = withheld_by(&[&ABOUT]);
        let freezes = withheld_by(&[&freeze::ABOUT, &existing::ABOUT]);
        let ends = self.withheld.iter().filter(|it| {
            it.changes.iter().any(|change| matches!(change, Change::ValidUntil { .. }))
        });
        let keep_their_end: BTreeSet<_> = ends.map(|it| &it.finding.object).collect();
        let settled: BTreeSet<_> = self.settled.iter().collect();
        let is_moot = |it: &&Finding| {
            it.action == Action::Kept
                && ((*it.about == rules::MD5_VERIFIER && verifiers.contains(&it.object))
                    || (*it.about == rules::EXPIRED && keep_their_end.contains(&it.object))
                    || (*it.about == rules::FROZEN && freezes.contains(&it.object)))
        };
        let is_settled =
            |it: &&Finding| it.action == Action::Dropped && settled.contains(&it.object);
        findings.iter().filter(|it| !is_moot(it) && !is_settled(it)).cloned().collect()
    }
}
