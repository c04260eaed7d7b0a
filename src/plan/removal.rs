//! What cannot be revoked: somebody else has granted it, or other grants rest on it.

use super::{Context, Judgement, Veto};
use crate::finding::Severity;
use crate::globals::Change;
use crate::name::Name;
use crate::sanitize::About;
use crate::version::Major;

const ABOUT: About = About {
    name: "not-revocable",
    severity: Severity::Warning,
    why: "since 16 a membership is revoked by its grantor only, after all that its member has granted on; \
          privileges on parameters take a superuser",
    explanation: "Since 16 each grant of a membership is its grantor's. REVOKE by anybody else \
                  changes nothing and is no error, only the warning `role \"…\" has not been \
                  granted membership in role \"…\" by role \"…\"`. And where the member has \
                  granted the role on, that has to go first: `dependent privileges exist`, the \
                  server says. So what was to be taken away stays, and is listed; everything else \
                  of --existing replace is done.",
    remedy: "let its grantor revoke it, or a superuser",
};

pub(super) struct Removal;

impl Veto for Removal {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, change: &Change, cx: &Context<'_>) -> Option<Judgement> {
        if let Change::Parameter { from: Some(from), to, .. } = change {
            let removes = to.as_ref().is_none_or(|to| from.has_beyond(to));
            let may = cx.answers.is_superuser() || !removes;
            return (!may).then(|| Judgement::Refused("only its grantor may revoke it".to_owned()));
        }
        let Change::Membership { key, from: Some(from), to, .. } = change else { return None };
        if !to.is_none_or(|to| to.is_less_than(*from)) {
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
        if cx.answers.major < Major::new(16) {
            return None;
        }
        let grantor = key.grantor.as_ref()?;
        let superuser = cx.answers.is_superuser();
        if !superuser && *grantor != cx.answers.user {
            return Some(Judgement::Refused(format!("{grantor} has granted it")));
        }
        // What the member has granted on rests on its ADMIN option. A superuser revokes that before,
        // where it goes too.
        let loses_admin = from.admin && !to.is_some_and(|to| to.admin);
        let stays = |member: &&&Name| {
            let is_wanted = cx.memberships.contains(&(&key.role, **member));
            let is_touched = cx.desired.roles.contains_key(**member);
            !superuser || is_wanted || !is_touched
        };
        let members = cx.granted.get(&(&key.role, &key.member)).filter(|_| loses_admin);
        members?.iter().find(stays).map(|member| {
            Judgement::Refused(format!("{} has granted it on, to {member}", key.member))
        })
    }
}
