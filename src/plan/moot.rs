//! What sanitizing says, and a plan makes untrue.

use std::collections::BTreeSet;

use super::outcome::Plan;
use super::{existing, freeze, weaker_verifier};
use crate::finding::{Action, Finding, Subject};
use crate::globals::Change;
use crate::sanitize::{About, rules};

impl Plan {
    /// Those of sanitizing's findings that are true when the plan is carried out: what it says of an md5
    /// verifier is not, where that is withheld, nor that a role will be frozen that stays as it is, nor that a
    /// setting stays behind that is there.
    pub fn still_true(&self, findings: &[Finding]) -> Vec<Finding> {
        let withheld_by = |rules: &[&About]| -> BTreeSet<&Subject> {
            let withheld = self.withheld.iter().map(|it| &it.finding);
            withheld.filter(|it| rules.contains(&it.about)).map(|it| &it.object).collect()
        };
        let verifiers = withheld_by(&[&weaker_verifier::ABOUT]);
        let freezes = withheld_by(&[&freeze::ABOUT, &existing::ABOUT]);
        let ends = self.withheld.iter().filter(|it| {
            it.changes.iter().any(|change| matches!(change, Change::ValidUntil { .. }))
        });
        let keep_their_end: BTreeSet<_> = ends.map(|it| &it.finding.object).collect();
        let settled: BTreeSet<_> = self.settled.iter().collect();
        let is_moot = |it: &&Finding| {
            it.action == Action::Kept
                && ((*it.about == rules::MD5_VERIFIER && verifiers.contains(&it.object))
                    || ([&rules::EXPIRED, &rules::EXPIRES_SOON].contains(&it.about)
                        && keep_their_end.contains(&it.object))
                    || (*it.about == rules::FROZEN && freezes.contains(&it.object)))
        };
        let is_settled =
            |it: &&Finding| it.action == Action::Dropped && settled.contains(&it.object);
        findings.iter().filter(|it| !is_moot(it) && !is_settled(it)).cloned().collect()
    }
}
