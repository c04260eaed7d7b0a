//! `INHERIT` and `SET` options of memberships, which servers before 16 do not have.

use std::collections::BTreeMap;

use crate::attribute::Attribute;
use crate::finding::{Action, Severity, Subject};
use crate::globals::{Fact, Map, Membership, MembershipKey};
use crate::name::Name;
use crate::sanitize::{About, Context, MembershipRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "membership-option",
    severity: Severity::Error,
    why: "before 16 a membership cannot be without INHERIT or SET: it would be wider than it was",
    explanation: "Since 16 each membership says whether its member has the role's privileges \
                  without asking (INHERIT) and whether it may SET ROLE to it (SET). Before, \
                  INHERIT is an attribute of the member and SET always there, and WITH INHERIT \
                  FALSE is a syntax error. A member none of whose memberships has INHERIT becomes \
                  NOINHERIT, which says the same.\n\n\
                  Any other such membership is left out, because narrower is safer than wider. \
                  --widen carries it over with what the target gives.",
    remedy: "grant it on the target if that is acceptable, or give --widen",
};

pub(super) const WIDENED: About = About {
    name: "widened-membership",
    severity: Severity::Warning,
    why: "--widen: before 16 a membership cannot be without INHERIT or SET, and becomes wider than it was",
    explanation: "The target has no word for INHERIT FALSE and SET FALSE (finding \
                  membership-option). The user said that the member may have more there than it had: \
                  the role's privileges without asking, or SET ROLE to it.",
    remedy: "see that the member may have that; where it may not, leave --widen out",
};

pub(super) struct MembershipOption;

/// A member that inherits from none of the roles that it stays a member of becomes NOINHERIT, which
/// says the same there.
pub(in crate::sanitize) fn stop_inheriting(
    memberships: &Map<MembershipKey, Membership>,
    cx: &mut Context<'_>,
) {
    let mut inherits: BTreeMap<&Name, bool> = BTreeMap::new();
    for (key, it) in memberships {
        let stays = cx.choices.widen || it.set.is_none_or(|fact| fact.value);
        if stays {
            let this = it.inherit.is_none_or(|fact| fact.value);
            *inherits.entry(&key.member).or_default() |= this;
        }
    }
    for name in inherits.into_iter().filter_map(|(name, any)| (!any).then_some(name)) {
        let Some(role) = cx.roles.get_mut(name) else { continue };
        if !role.has(Attribute::Inherit) {
            continue;
        }
        let stated = role.stated(Attribute::Inherit);
        let origin = stated.map(|fact| fact.origin).unwrap_or_default();
        role.set(Attribute::Inherit, Some(Fact::new(false, origin)));
        cx.change(origin);
        let object = Subject::Role(name.clone());
        let message = "becomes NOINHERIT: none of its memberships has INHERIT";
        let (severity, action) = (Severity::Info, Action::Rewritten);
        cx.report_as(&ABOUT, severity, action, object, origin, message);
    }
}

impl MembershipRule for MembershipOption {
    fn apply(&self, key: &mut MembershipKey, it: &mut Membership, cx: &mut Context<'_>) -> Verdict {
        if cx.rights.membership_options() {
            return Verdict::Keep;
        }
        let off = |option: Option<Fact<bool>>| option.is_some_and(|fact| !fact.value);
        let inherits = cx.roles.get(&key.member).is_none_or(|role| role.has(Attribute::Inherit));
        let wider = match (off(it.inherit) && inherits, off(it.set)) {
            (true, true) => "INHERIT FALSE and SET FALSE",
            (true, false) => "INHERIT FALSE",
            (false, true) => "SET FALSE",
            (false, false) => "",
        };
        let object = key.subject();
        let origin = it.granted.origin;
        if !wider.is_empty() && !cx.choices.widen {
            let message = format!("{wider} cannot be said on {}", cx.target());
            cx.report(&ABOUT, Action::Dropped, object, origin, message);
            return Verdict::Drop;
        }
        if !wider.is_empty() {
            let message = format!("loses {wider}");
            cx.report(&WIDENED, Action::Rewritten, object, origin, message);
            cx.lose(off(it.set).then_some(it.set).flatten().map(|fact| fact.origin));
            let narrow = off(it.inherit) && inherits;
            cx.lose(narrow.then_some(it.inherit).flatten().map(|fact| fact.origin));
        } else if it.inherit.is_some_and(|fact| fact.value) && !inherits {
            let message =
                format!("{} is NOINHERIT, which there counts for all its memberships", key.member);
            cx.lose(it.inherit.map(|fact| fact.origin));
            cx.report_as(&ABOUT, Severity::Warning, Action::Rewritten, object, origin, message);
        }
        it.inherit = None;
        it.set = None;
        Verdict::Keep
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::Choices;
    use crate::sanitize::testing::{run, run_with};

    const TEXT: &str = "CREATE ROLE a;\nCREATE ROLE b;\nCREATE ROLE m;\nCREATE ROLE n;\n\
                        GRANT a TO m WITH INHERIT FALSE;\nGRANT a TO n WITH INHERIT FALSE;\n\
                        GRANT b TO n WITH INHERIT TRUE, SET FALSE;\nGRANT b TO a WITH INHERIT TRUE;\n\
                        GRANT m TO n;";

    #[test]
    fn narrower_rather_than_wider() {
        assert_eq!(
            run(TEXT, "azure 15"),
            "0 info membership-option rewritten role m: becomes NOINHERIT: none of its memberships has INHERIT\n\
             6 error membership-option dropped membership n in a: INHERIT FALSE cannot be said on azure 15\n\
             7 error membership-option dropped membership n in b: SET FALSE cannot be said on azure 15\n\
             CREATE ROLE a\nCREATE ROLE b\nCREATE ROLE m WITH NOINHERIT\nCREATE ROLE n\n\
             GRANT a TO m\nGRANT b TO a\nGRANT m TO n\nkept 7, rewritten 0, dropped 2"
        );
    }

    #[test]
    fn wider_when_asked_for() {
        let choices = Choices { widen: true, ..Choices::default() };
        let all = run_with(TEXT, "azure 15", &choices);
        assert!(
            all.contains(
                "6 warning widened-membership rewritten membership n in a: loses INHERIT FALSE"
            ),
            "{all}"
        );
        assert!(
            all.ends_with(
                "GRANT a TO m, n\nGRANT b TO a, n\nGRANT m TO n\nkept 7, rewritten 2, dropped 0"
            ),
            "{all}"
        );
    }

    #[test]
    fn since_16_they_are_carried() {
        let all = run(TEXT, "azure 16");
        assert_eq!(
            all,
            "CREATE ROLE a\nCREATE ROLE b\nCREATE ROLE m\nCREATE ROLE n\n\
             GRANT a TO m, n WITH INHERIT FALSE\nGRANT b TO a WITH INHERIT TRUE\n\
             GRANT b TO n WITH INHERIT TRUE, SET FALSE\nGRANT m TO n\nkept 9, rewritten 0, dropped 0"
        );
    }

    #[test]
    fn only_what_stays_counts() {
        // Since 16, who creates a role has a membership of this kind.
        let text = "CREATE ROLE a;\nCREATE ROLE m;\nCREATE ROLE n;\n\
                    GRANT a TO m WITH ADMIN OPTION, INHERIT FALSE, SET FALSE;\n\
                    GRANT a TO n WITH INHERIT FALSE;\nGRANT m TO n WITH SET FALSE;\n\
                    GRANT ghost TO a WITH INHERIT FALSE;";
        let all = run(text, "azure 15");
        assert!(
            all.ends_with(
                "\nCREATE ROLE a\nCREATE ROLE m\nCREATE ROLE n WITH NOINHERIT\nGRANT a TO n\n\
                 kept 4, rewritten 0, dropped 3"
            ),
            "{all}"
        );
    }
}
