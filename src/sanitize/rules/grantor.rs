//! Who granted a membership.

use std::sync::Arc;

use foldhash::HashMap;

use crate::attribute::Attribute;
use crate::finding::{Action, Severity};
use crate::globals::{Fact, Membership, MembershipKey};
use crate::name::Name;
use crate::sanitize::{About, Context, MembershipRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "grantor",
    severity: Severity::Info,
    why: "GRANTED BY is left out: the role that runs the script becomes the grantor",
    explanation: "GRANTED BY says who granted a membership. Up to 15 only a superuser may name \
                  another: `must be superuser to set grantor`. Since 16 it takes that role's \
                  privileges: `permission denied to grant privileges as role \"…\"`. So the clause \
                  goes, and the role that replays becomes the grantor; who is a member of what \
                  stays the same.\n\n\
                  What changes is who may revoke it since 16. For a former grantor REVOKE is only \
                  a warning, `role \"…\" has not been granted membership in role \"…\" by role \
                  \"…\"`, and does nothing.",
    remedy: "",
};

pub(super) const UNITED: About = About {
    name: "united-grants",
    severity: Severity::Info,
    why: "grants of one membership by several grantors are one grant now, with all their options",
    explanation: "Since 16 several roles can grant one and the same membership, each with options \
                  of its own, and the member has what any of them gives. They are united where all \
                  of them get one grantor, and where the target is older and has one grant for \
                  each membership. The grant that stays has ADMIN, INHERIT and SET wherever one of \
                  them had it, so that the member has what it had.",
    remedy: "",
};

pub(super) struct Grantor;

impl MembershipRule for Grantor {
    fn apply(&self, key: &mut MembershipKey, it: &mut Membership, cx: &mut Context<'_>) -> Verdict {
        let Some(grantor) = &key.grantor else { return Verdict::Keep };
        let superuser = cx.rights.is_superuser();
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
        let object = key.subject();
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

/// Makes the replaying role the grantor where no order of the grants of a role gives each grantor its
/// ADMIN option first: up to 15 grantors could rest on each other in a circle.
pub(in crate::sanitize) fn reroot(
    memberships: &mut [(MembershipKey, Membership)],
    cx: &mut Context<'_>,
) {
    let kept = |(key, _): &(MembershipKey, Membership)| key.grantor.is_some();
    if !cx.rights.membership_options() || !memberships.iter().any(kept) {
        return;
    }
    memberships.sort_by(|(one, _), (other, _)| one.cmp(other));
    for grants in memberships.chunk_by_mut(|(one, _), (other, _)| one.role == other.role) {
        reroot_one(grants, cx);
    }
}

/// The grants of one role.
fn reroot_one(grants: &mut [(MembershipKey, Membership)], cx: &mut Context<'_>) {
    let mut ready = Vec::new();
    let mut by_grantor: HashMap<Name, Vec<usize>> = HashMap::default();
    // How many wait for each grantor.
    let mut waiting: HashMap<Name, usize> = HashMap::default();
    for (at, (key, _)) in grants.iter().enumerate() {
        match &key.grantor {
            Some(grantor) => {
                by_grantor.entry(grantor.clone()).or_default().push(at);
                *waiting.entry(grantor.clone()).or_default() += 1;
            }
            None => ready.push(at),
        }
    }
    let mut is_done = vec![false; grants.len()];
    // Whoever is passed over once never comes into question again.
    let (mut next_holder, mut next) = (0, 0);
    loop {
        while let Some(at) = ready.pop() {
            if std::mem::replace(&mut is_done[at], true) {
                continue;
            }
            let (key, it) = &grants[at];
            if it.is_admin() {
                waiting.remove(&key.member);
                ready.extend(by_grantor.remove(&key.member).into_iter().flatten());
            }
        }
        // The first that others rest on; where there is none, nobody can have granted the first.
        let rests = |at: usize| {
            let (key, it) = &grants[at];
            it.is_admin() && waiting.get(&key.member).is_some_and(|count| *count > 0)
        };
        while next_holder < grants.len() && (is_done[next_holder] || !rests(next_holder)) {
            next_holder += 1;
        }
        while next < grants.len() && is_done[next] {
            next += 1;
        }
        let at = if next_holder < grants.len() { next_holder } else { next };
        let Some((key, it)) = grants.get_mut(at) else { return };
        ready.push(at);
        let Some(grantor) = key.grantor.take() else { continue };
        if let Some(count) = waiting.get_mut(&grantor) {
            *count -= 1;
        }
        let object = key.subject();
        let message = format!("was granted by {grantor}, which can grant it by nothing else");
        cx.change(it.granted.origin);
        cx.report(&ABOUT, Action::Rewritten, object, it.granted.origin, message);
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
    cx.report(&UNITED, action, key.subject(), later.granted.origin, message);
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
    fn grantors_in_a_circle_are_broken_up() {
        let text = "CREATE ROLE r;\nCREATE ROLE a;\nCREATE ROLE b;\nCREATE ROLE c;\n\
                    GRANT r TO a WITH ADMIN OPTION GRANTED BY b;\n\
                    GRANT r TO b WITH ADMIN OPTION GRANTED BY a;\n\
                    GRANT r TO c GRANTED BY b;";
        assert_eq!(
            run(text, "postgres 16"),
            "5 info grantor rewritten membership a in r: was granted by b, which can grant it by nothing else\n\
             CREATE ROLE a\nCREATE ROLE b\nCREATE ROLE c\nCREATE ROLE r\n\
             GRANT r TO a WITH ADMIN OPTION\nGRANT r TO b WITH ADMIN OPTION GRANTED BY a\n\
             GRANT r TO c GRANTED BY b\nkept 6, rewritten 1, dropped 0"
        );
        // Before 16 a grantor is a name and nothing more.
        assert_eq!(
            run(text, "postgres 15"),
            "CREATE ROLE a\nCREATE ROLE b\nCREATE ROLE c\nCREATE ROLE r\n\
             GRANT r TO b WITH ADMIN OPTION GRANTED BY a\nGRANT r TO c GRANTED BY b\n\
             GRANT r TO a WITH ADMIN OPTION GRANTED BY b\nkept 7, rewritten 0, dropped 0"
        );
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
