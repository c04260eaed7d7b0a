//! Memberships that cannot be revoked, since somebody else has granted them.

use super::{Context, Judgement, Veto};
use crate::finding::Severity;
use crate::globals::Change;
use crate::sanitize::About;
use crate::version::Major;

const ABOUT: About = About {
    name: "not-revocable",
    severity: Severity::Warning,
    why: "since 16 a membership is revoked by its grantor only, or by whoever has that role's privileges",
    remedy: "let its grantor revoke it, or a superuser",
};

pub(super) struct Removal;

impl Veto for Removal {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, change: &Change, cx: &Context<'_>) -> Option<Judgement> {
        let Change::Membership { key, from: Some(from), to, .. } = change else { return None };
        let removes = to.is_none_or(|to| from.admin && !to.admin);
        if !removes {
            return None;
        }
        if cx.answers.protected.contains_key(&key.member) {
            return Some(Judgement::Refused(format!("{} is never altered", key.member)));
        }
        if cx.answers.major < Major::new(16) || cx.answers.is_superuser() {
            return None;
        }
        let grantor = key.grantor.as_ref()?;
        (*grantor != cx.answers.user)
            .then(|| Judgement::Refused(format!("{grantor} has granted it")))
    }
}
