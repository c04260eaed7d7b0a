//! Who granted a membership.

use crate::finding::{Action, Severity};
use crate::globals::{Membership, MembershipKey};
use crate::sanitize::{About, Context, MembershipRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "grantor",
    severity: Severity::Info,
    why: "the grantor becomes the role that replays the script: only it may name itself",
    remedy: "",
};

pub(super) const UNITED: About = About {
    name: "united-grants",
    severity: Severity::Info,
    why: "grants of one membership by several grantors are one grant now, with all their options",
    remedy: "",
};

pub(super) struct Grantor;

impl MembershipRule for Grantor {
    fn apply(&self, key: &mut MembershipKey, it: &mut Membership, cx: &mut Context<'_>) -> Verdict {
        let Some(grantor) = &key.grantor else { return Verdict::Keep };
        let superuser = cx.rights.platform().admin_is_superuser();
        let was_superuser = cx.superusers.contains(grantor) || cx.is_platform_role(grantor);
        if superuser && was_superuser {
            // Granted by a superuser there, replayed by a superuser here: nothing is different.
            key.grantor = None;
            return Verdict::Keep;
        }
        // A superuser may name another grantor; since 16 only one who has the ADMIN option.
        let can = cx.roles.contains_key(grantor)
            && (!cx.rights.membership_options()
                || cx.admins.contains(&(key.role.clone(), grantor.clone())));
        if superuser && can {
            return Verdict::Keep;
        }
        let object = super::membership_object(key);
        let message = if was_superuser || !cx.rights.membership_options() {
            format!("was granted by {grantor}")
        } else {
            // Before 16 every role with CREATEROLE can revoke it.
            format!("was granted by {grantor}, which cannot revoke it any more")
        };
        let origin = it.granted.origin;
        cx.change(origin);
        cx.report(&ABOUT, Action::Rewritten, object, origin, message);
        key.grantor = None;
        Verdict::Keep
    }
}

/// Takes a second grant of the same membership into the first.
pub(in crate::sanitize) fn unite(
    earlier: &mut Membership,
    later: &Membership,
    key: &MembershipKey,
    cx: &mut Context<'_>,
) {
    // What the first has already is not needed twice; what only the second has is kept.
    let mut contributes = false;
    for (slot, option) in [
        (&mut earlier.admin, later.admin),
        (&mut earlier.inherit, later.inherit),
        (&mut earlier.set, later.set),
    ] {
        let Some(fact) = option else { continue };
        match slot {
            Some(first) if first.value || !fact.value => cx.lose([fact.origin]),
            Some(first) => {
                cx.lose([first.origin]);
                *first = fact;
                contributes = true;
            }
            None => {
                *slot = Some(fact);
                contributes = true;
            }
        }
    }
    cx.lose([later.granted.origin]);
    let (action, message) = if contributes {
        (Action::Rewritten, "its options go with those of another grant")
    } else {
        (Action::Dropped, "another grant says as much")
    };
    cx.report(&UNITED, action, super::membership_object(key), later.granted.origin, message);
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    const TEXT: &str = "CREATE ROLE su SUPERUSER;\nCREATE ROLE a;\nCREATE ROLE b;\nCREATE ROLE c;\n\
                        GRANT a TO b WITH ADMIN OPTION GRANTED BY su;\nGRANT a TO c GRANTED BY b;\n\
                        GRANT a TO c WITH ADMIN OPTION GRANTED BY su;";

    #[test]
    fn only_a_superuser_can_name_another() {
        assert_eq!(
            run(TEXT, "azure 16"),
            "1 warning superuser rewritten role su: loses SUPERUSER\n\
             5 info grantor rewritten membership b in a: was granted by su\n\
             6 info grantor rewritten membership c in a: was granted by b, which cannot revoke it any more\n\
             7 info grantor rewritten membership c in a: was granted by su\n\
             7 info united-grants rewritten membership c in a: its options go with those of another grant\n\
             CREATE ROLE a\nCREATE ROLE b\nCREATE ROLE c\nCREATE ROLE su\n\
             GRANT a TO b, c WITH ADMIN OPTION\n\
             kept 3, rewritten 4, dropped 0"
        );
        assert_eq!(
            run(TEXT, "postgres 16"),
            "CREATE ROLE a\nCREATE ROLE b\nCREATE ROLE c\nCREATE ROLE su WITH SUPERUSER\n\
             GRANT a TO b, c WITH ADMIN OPTION\nGRANT a TO c GRANTED BY b\n\
             kept 7, rewritten 0, dropped 0"
        );
    }
}
