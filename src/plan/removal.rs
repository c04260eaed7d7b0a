//! Memberships that cannot be revoked, since somebody else has granted them.

use super::{Context, Judgement, Veto};
use crate::finding::Severity;
use crate::globals::Change;
use crate::name::Name;
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
        let is_untouched = |name: &&Name| {
            cx.answers.protected.contains_key(*name) || cx.platform.role(name.as_str()).is_some()
        };
        // A mapped role is the platform's, and its members may have come with an earlier copy.
        let joined = Some(&key.role).filter(|_| !cx.desired.roles.contains_key(&key.role));
        if let Some(name) = [Some(&key.member), joined].into_iter().flatten().find(is_untouched) {
            return Some(Judgement::Refused(format!("{name} is never altered")));
        }
        if cx.answers.major < Major::new(16) || cx.answers.is_superuser() {
            return None;
        }
        let grantor = key.grantor.as_ref()?;
        (*grantor != cx.answers.user)
            .then(|| Judgement::Refused(format!("{grantor} has granted it")))
    }
}
