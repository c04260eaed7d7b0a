//! Who granted a membership.

use std::sync::Arc;

use crate::attribute::Attribute;
use crate::finding::{Action, Severity};
use crate::globals::{Fact, Membership, MembershipKey};
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
        let was_superuser = cx.superusers.contains_key(grantor) || cx.is_platform_role(grantor);
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
        let message = cx.grantors.get(grantor).cloned().unwrap_or_else(|| {
            let message: Arc<str> = if was_superuser || !cx.rights.membership_options() {
                format!("was granted by {grantor}").into()
            } else {
                // Before 16 every role with CREATEROLE can revoke it.
                format!("was granted by {grantor}, which cannot revoke it any more").into()
            };
            cx.grantors.insert(grantor.clone(), Arc::clone(&message));
            message
        });
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
    let inherits = cx.roles.get(&key.member).is_none_or(|role| role.has(Attribute::Inherit));
    let mut contributes = false;
    for (slot, option, default) in [
        (&mut earlier.admin, later.admin, false),
        (&mut earlier.inherit, later.inherit, inherits),
        (&mut earlier.set, later.set, true),
    ] {
        let had = slot.map_or(default, |first| first.value);
        let gives = option.map_or(default, |fact| fact.value);
        if had || !gives {
            // What the first has already is not needed twice.
            cx.lose(option.map(|fact| fact.origin));
            continue;
        }
        contributes = true;
        cx.lose(slot.map(|first| first.origin));
        *slot = Some(option.unwrap_or_else(|| {
            // It gives what it does not state.
            cx.state(later.granted.origin);
            Fact::new(true, later.granted.origin)
        }));
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

    #[test]
    fn every_option_that_one_of_the_grants_gives() {
        // What a grant does not state it gives all the same: SET, and INHERIT as its member does.
        let text = "CREATE ROLE su SUPERUSER;\nCREATE ROLE a;\nCREATE ROLE b;\nCREATE ROLE c;\n\
                    GRANT a TO c WITH INHERIT TRUE, SET FALSE GRANTED BY b;\n\
                    GRANT a TO c WITH INHERIT FALSE GRANTED BY su;";
        let all = run(text, "azure 16");
        assert!(
            all.ends_with("\nGRANT a TO c WITH INHERIT TRUE\nkept 3, rewritten 3, dropped 0"),
            "{all}"
        );
        // Before 16 there is one grant anyway, and together they are one that it can express.
        let all = run(text, "azure 15");
        assert!(all.ends_with("\nGRANT a TO c\nkept 3, rewritten 3, dropped 0"), "{all}");
        let all = run(text, "postgres 15");
        assert!(all.ends_with("\nGRANT a TO c\nkept 4, rewritten 2, dropped 0"), "{all}");
    }

    #[test]
    fn superusers_are_one_grantor_whoever_stands_between_them() {
        let text = "CREATE ROLE a SUPERUSER;\nCREATE ROLE c SUPERUSER;\nCREATE ROLE b;\nCREATE ROLE r;\n\
                    CREATE ROLE m;\nGRANT r TO b WITH ADMIN OPTION GRANTED BY a;\n\
                    GRANT r TO m WITH ADMIN OPTION GRANTED BY a;\nGRANT r TO m GRANTED BY b;\n\
                    GRANT r TO m GRANTED BY c;";
        let all = run(text, "postgres 16");
        assert!(
            all.ends_with(
                "\nGRANT r TO b, m WITH ADMIN OPTION\nGRANT r TO m GRANTED BY b\n\
                 kept 8, rewritten 0, dropped 1"
            ),
            "{all}"
        );
    }
}
