//! Memberships that would make a role a member of itself.

use foldhash::HashMap;

use crate::name::Name;

/// A role, and a member of it.
type Pair<'a> = (&'a Name, &'a Name);

/// Which of these close a circle with those in front of them, each with the roles through which it
/// does: from the role up to its member.
pub(crate) fn closing<'a>(pairs: &[Pair<'a>]) -> Vec<(usize, Vec<&'a Name>)> {
    let mut roles_of: HashMap<&Name, Vec<&'a Name>> = HashMap::default();
    let mut closing = Vec::new();
    for at in suspects(pairs) {
        let (role, member) = pairs[at];
        match path(&roles_of, role, member) {
            Some(path) => closing.push((at, path)),
            None => roles_of.entry(member).or_default().push(role),
        }
    }
    closing
}

/// The memberships that are left when those of roles that are members of nothing are taken away
/// again and again.
fn suspects(pairs: &[Pair<'_>]) -> Vec<usize> {
    let mut roles: HashMap<&Name, u32> = HashMap::default();
    let mut members: HashMap<&Name, Vec<&Name>> = HashMap::default();
    for (role, member) in pairs {
        *roles.entry(member).or_default() += 1;
        members.entry(role).or_default().push(member);
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
    let all = pairs.iter().enumerate();
    all.filter(|(_, (role, _))| roles.contains_key(role)).map(|(at, _)| at).collect()
}

/// The roles through which `from` is a member of `to`, both included.
fn path<'a>(
    roles_of: &HashMap<&Name, Vec<&'a Name>>,
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
            if *other != from && !came_from.contains_key(other) {
                came_from.insert(other, role);
                next.push(other);
            }
        }
    }
    None
}

/// The memberships of a path: `b in a, c in b`.
pub(crate) fn along(path: &[&Name]) -> String {
    let pairs: Vec<_> = path.windows(2).map(|pair| format!("{} in {}", pair[0], pair[1])).collect();
    pairs.join(", ")
}
