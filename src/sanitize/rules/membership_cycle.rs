//! Memberships that would make a role a member of itself.

use foldhash::HashSet;

use crate::finding::{Action, Severity};
use crate::globals::{Map, Membership, MembershipKey, circle};
use crate::sanitize::{About, Context};

pub(super) const ABOUT: About = About {
    name: "membership-cycle",
    severity: Severity::Error,
    why: "no server lets a role be a member of itself, through others either",
    explanation: "GRANT says `role \"…\" is a member of role \"…\"` when it would close a circle, \
                  on every version. No server can have one, so that it comes from --map-role, or \
                  from a script that no server took as a whole. One membership of the circle is \
                  left out, one that was mapped where there is one, and the message names those \
                  that it would have met.",
    remedy: "map the role to another one with --map-role, or grant what its members need",
};

/// Finds those that close a circle, and takes them out: those that were mapped first.
pub(in crate::sanitize) fn break_cycles(
    memberships: &mut Map<MembershipKey, Membership>,
    cx: &mut Context<'_>,
) {
    let is_mapped = |key: &&MembershipKey| cx.mapped.contains(*key);
    let (mapped, plain): (Vec<_>, Vec<_>) = memberships.keys().partition(is_mapped);
    let keys: Vec<_> = plain.into_iter().chain(mapped).collect();
    let pairs: Vec<_> = keys.iter().map(|key| (&key.role, &key.member)).collect();
    let closing = circle::closing(&pairs).into_iter().map(|(at, path)| {
        (keys[at].clone(), format!("closes a circle with {}", circle::along(&path)))
    });
    let closing: Vec<_> = closing.collect();
    if closing.is_empty() {
        return;
    }
    let mut gone = HashSet::default();
    for (key, message) in closing {
        if let Some(it) = memberships.get(&key) {
            let object = key.subject();
            cx.report(&ABOUT, Action::Dropped, object, it.granted.origin, message);
            cx.lose_object(it.origins());
        }
        gone.insert(key);
    }
    memberships.retain(|key, _| !gone.contains(key));
}

#[cfg(test)]
mod tests {
    use crate::name::Name;
    use crate::sanitize::Choices;
    use crate::sanitize::testing::{run, run_with};

    #[test]
    fn what_is_mapped_closes_none() {
        let map_role = [(Name::new("old"), Name::new("boss"))].into_iter().collect();
        let choices = Choices { map_role, ..Choices::default() };
        let text = "CREATE ROLE boss;\nCREATE ROLE old;\nCREATE ROLE a;\nCREATE ROLE b;\nCREATE ROLE c;\n\
                    GRANT a TO boss;\nGRANT b TO a;\nGRANT old TO b;\nGRANT old TO c;";
        assert_eq!(
            run_with(text, "azure 16", &choices),
            "9 warning map-role rewritten membership c in boss: instead of membership in old\n\
             8 error membership-cycle dropped membership b in boss: closes a circle with boss in a, a in b\n\
             CREATE ROLE a\nCREATE ROLE b\nCREATE ROLE boss\nCREATE ROLE c\nCREATE ROLE old\n\
             GRANT a TO boss\nGRANT b TO a\nGRANT boss TO c\nkept 7, rewritten 1, dropped 1"
        );
    }

    #[test]
    fn a_circle_of_the_dump_is_opened() {
        let text = "CREATE ROLE a;\nCREATE ROLE b;\nCREATE ROLE c;\nGRANT a TO b;\nGRANT b TO a;\nGRANT a TO c;";
        assert_eq!(
            run(text, "postgres 18"),
            "5 error membership-cycle dropped membership a in b: closes a circle with b in a\n\
             CREATE ROLE a\nCREATE ROLE b\nCREATE ROLE c\nGRANT a TO b, c\nkept 5, rewritten 0, dropped 1"
        );
    }
}
