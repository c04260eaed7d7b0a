//! Memberships that would make a role a member of itself.

use std::collections::BTreeMap;

use foldhash::HashMap;

use crate::finding::{Action, Severity};
use crate::globals::{Map, Membership, MembershipKey};
use crate::name::Name;
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
    let suspects = in_circles(memberships);
    if suspects.is_empty() {
        return;
    }
    let is_mapped = |at| memberships.get_index(at).is_some_and(|(key, _)| cx.mapped.contains(key));
    let (mapped, plain): (Vec<_>, Vec<_>) = suspects.into_iter().partition(|&at| is_mapped(at));
    let mut roles_of: BTreeMap<Name, Vec<Name>> = BTreeMap::new();
    let mut closing = Vec::new();
    for at in plain.into_iter().chain(mapped) {
        let Some((key, it)) = memberships.get_index(at) else { continue };
        let Some(path) = path(&roles_of, &key.role, &key.member) else {
            roles_of.entry(key.member.clone()).or_default().push(key.role.clone());
            continue;
        };
        let others: Vec<_> =
            path.windows(2).map(|pair| format!("{} in {}", pair[0], pair[1])).collect();
        let message = format!("closes a circle with {}", others.join(", "));
        let object = super::membership_object(key);
        cx.report(&ABOUT, Action::Dropped, object, it.granted.origin, message);
        cx.lose_object(it.origins());
        closing.push(at);
    }
    let mut at = 0;
    memberships.retain(|_, _| {
        at += 1;
        !closing.contains(&(at - 1))
    });
}

/// The memberships that are left when those of roles that are members of nothing are taken away
/// again and again.
fn in_circles(memberships: &Map<MembershipKey, Membership>) -> Vec<usize> {
    let mut roles: HashMap<&Name, u32> = HashMap::default();
    let mut members: HashMap<&Name, Vec<&Name>> = HashMap::default();
    for key in memberships.keys() {
        *roles.entry(&key.member).or_default() += 1;
        members.entry(&key.role).or_default().push(&key.member);
    }
    let mut free: Vec<&Name> =
        members.keys().filter(|role| !roles.contains_key(*role)).copied().collect();
    while let Some(role) = free.pop() {
        for member in members.remove(role).unwrap_or_default() {
            if let Some(count) = roles.get_mut(member) {
                *count -= 1;
                if *count == 0 {
                    roles.remove(member);
                    free.push(member);
                }
            }
        }
    }
    let all = memberships.keys().enumerate();
    all.filter(|(_, key)| roles.contains_key(&key.role)).map(|(at, _)| at).collect()
}

/// The roles through which `from` is a member of `to`, both included.
fn path<'a>(
    roles_of: &'a BTreeMap<Name, Vec<Name>>,
    from: &'a Name,
    to: &Name,
) -> Option<Vec<&'a Name>> {
    let mut came_from: HashMap<&Name, &Name> = HashMap::default();
    let mut next = vec![from];
    while let Some(role) = next.pop() {
        if role == to {
            let mut path = vec![role];
            while let Some(&earlier) = path.last().and_then(|last| came_from.get(last)) {
                path.push(earlier);
            }
            path.reverse();
            return Some(path);
        }
        for other in roles_of.get(role).into_iter().flatten() {
            if other != from && !came_from.contains_key(other) {
                came_from.insert(other, role);
                next.push(other);
            }
        }
    }
    None
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
            "8 warning map-role rewritten membership b in boss: instead of membership in old\n\
             9 warning map-role rewritten membership c in boss: instead of membership in old\n\
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
