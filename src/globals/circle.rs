//! Memberships that would make a role a member of itself.

use std::collections::VecDeque;

use foldhash::{HashMap, HashSet};

use crate::name::Name;

/// A role, and a member of it.
type Pair<'a> = (&'a Name, &'a Name);

/// How many memberships of a path a message names.
const NAMED: usize = 20;

/// Which of these close a circle with those in front of them, each with the roles through which it
/// does: from the role up to its member.
pub(crate) fn closing<'a>(pairs: &[Pair<'a>]) -> Vec<(usize, Vec<&'a Name>)> {
    let mut numbers: HashMap<&Name, usize> = HashMap::default();
    let mut names = Vec::new();
    let mut number = |name: &'a Name| {
        *numbers.entry(name).or_insert_with(|| {
            names.push(name);
            names.len() - 1
        })
    };
    let pairs: Vec<_> = pairs.iter().map(|(role, member)| (number(role), number(member))).collect();
    let places = places(names.len(), &pairs);
    if pairs.iter().all(|&(role, member)| places[role] < places[member]) {
        return Vec::new();
    }
    let mut order = Order::new(places);
    let mut closing = Vec::new();
    for (at, &(role, member)) in pairs.iter().enumerate() {
        if let Err(path) = order.add(role, member) {
            closing.push((at, path.into_iter().map(|role| names[role]).collect()));
        }
    }
    closing
}

/// The place of each role in an order that most of these do not contradict, and none where they have no circle.
fn places(count: usize, pairs: &[(usize, usize)]) -> Vec<usize> {
    // The members of all roles, one role's behind the other's, and where each role's begin.
    let mut starts = vec![0; count + 1];
    for &(role, _) in pairs {
        starts[role + 1] += 1;
    }
    for role in 0..count {
        starts[role + 1] += starts[role];
    }
    let mut next = starts.clone();
    let mut members = vec![0; pairs.len()];
    for &(role, member) in pairs {
        members[next[role]] = member;
        next[role] += 1;
    }
    let mut places = vec![usize::MAX; count];
    let mut seen = vec![false; count];
    let mut next_place = count;
    let mut open: Vec<(usize, usize)> = Vec::new();
    for root in 0..count {
        open.push((root, 0));
        while let Some((role, at)) = open.pop() {
            if at == 0 && std::mem::replace(&mut seen[role], true) {
                continue;
            }
            if let Some(&member) = members[starts[role]..starts[role + 1]].get(at) {
                open.push((role, at + 1));
                if !seen[member] {
                    open.push((member, 0));
                }
            } else {
                next_place -= 1;
                places[role] = next_place;
            }
        }
    }
    places
}

/// Roles in an order in which each comes before its members, kept while memberships are added: where one
/// contradicts it, only the roles between its ends are looked at (Pearce and Kelly, "A dynamic topological
/// sort algorithm for directed acyclic graphs", 2006).
struct Order {
    places: Vec<usize>,
    roles: Vec<Vec<usize>>,
    members: Vec<Vec<usize>>,
}

impl Order {
    fn new(places: Vec<usize>) -> Self {
        let count = places.len();
        Self { places, roles: vec![Vec::new(); count], members: vec![Vec::new(); count] }
    }

    /// Adds a membership; where it closes a circle, gives the way from the role up to the member.
    fn add(&mut self, role: usize, member: usize) -> Result<(), Vec<usize>> {
        if role == member {
            return Err(vec![role]);
        }
        if self.places[role] > self.places[member] {
            if self.is_member(member, role) {
                return Err(vec![role, member]);
            }
            self.reorder(role, member)?;
        }
        self.members[role].push(member);
        self.roles[member].push(role);
        Ok(())
    }

    /// Whether `member` is one itself.
    fn is_member(&self, role: usize, member: usize) -> bool {
        let (up, down) = (&self.roles[member], &self.members[role]);
        if up.len() < down.len() { up.contains(&role) } else { down.contains(&member) }
    }

    /// Moves the member, and what is below it, behind the role and what is above it.
    fn reorder(&mut self, role: usize, member: usize) -> Result<(), Vec<usize>> {
        let (first, last) = (self.places[member], self.places[role]);
        let mut below: HashMap<usize, usize> = HashMap::default();
        below.insert(member, member);
        let mut next = VecDeque::from([member]);
        while let Some(one) = next.pop_front() {
            for &other in &self.members[one] {
                if self.places[other] > last || below.contains_key(&other) {
                    continue;
                }
                below.insert(other, one);
                if other == role {
                    let mut path = vec![role];
                    let mut at = role;
                    while at != member {
                        at = below[&at];
                        path.push(at);
                    }
                    return Err(path);
                }
                next.push_back(other);
            }
        }
        let mut above: HashSet<usize> = HashSet::from_iter([role]);
        let mut next = vec![role];
        while let Some(one) = next.pop() {
            for &other in &self.roles[one] {
                if self.places[other] >= first && above.insert(other) {
                    next.push(other);
                }
            }
        }
        let in_order = |roles: &mut Vec<usize>| roles.sort_unstable_by_key(|it| self.places[*it]);
        let (mut above, mut below): (Vec<_>, Vec<_>) =
            (above.into_iter().collect(), below.into_keys().collect());
        in_order(&mut above);
        in_order(&mut below);
        let roles: Vec<_> = above.into_iter().chain(below).collect();
        let mut places: Vec<_> = roles.iter().map(|role| self.places[*role]).collect();
        places.sort_unstable();
        for (role, place) in roles.into_iter().zip(places) {
            self.places[role] = place;
        }
        Ok(())
    }
}

/// The memberships of a path: `b in a, c in b`.
pub(crate) fn along(path: &[&Name]) -> String {
    let pairs = path.windows(2).take(NAMED).map(|pair| format!("{} in {}", pair[0], pair[1]));
    let text = pairs.collect::<Vec<_>>().join(", ");
    match path.len().saturating_sub(1 + NAMED) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pairs: &[(&str, &str)]) -> Vec<String> {
        let names: Vec<_> = pairs.iter().map(|it| (Name::new(it.0), Name::new(it.1))).collect();
        let pairs: Vec<_> = names.iter().map(|(role, member)| (role, member)).collect();
        closing(&pairs).iter().map(|(at, path)| format!("{at}: {}", along(path))).collect()
    }

    #[test]
    fn those_in_front_stay() {
        assert_eq!(found(&[("a", "b"), ("b", "a")]), ["1: b in a"]);
        assert_eq!(found(&[("b", "c"), ("c", "a"), ("a", "b"), ("b", "a")]), ["2: a in c, c in b"]);
        assert_eq!(found(&[("a", "a"), ("a", "b"), ("a", "b"), ("b", "c")]), ["0: "]);
        assert_eq!(
            found(&[("c", "d"), ("d", "c"), ("b", "c"), ("a", "b"), ("d", "a")]),
            ["1: d in c", "4: d in c, c in b, b in a"]
        );
    }

    #[test]
    fn as_those_in_front_do() {
        // Against a search through everything, with memberships that look random.
        let mut state = 1_u64;
        let mut below = |most: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % most
        };
        for _ in 0..300 {
            let count = 2 + below(10);
            let pairs: Vec<_> = (0..below(30))
                .map(|_| (Name::new(below(count).to_string()), Name::new(below(count).to_string())))
                .collect();
            let pairs: Vec<_> = pairs.iter().map(|(role, member)| (role, member)).collect();
            let mut kept: Vec<Pair<'_>> = Vec::new();
            let mut expected = Vec::new();
            for (at, &(role, member)) in pairs.iter().enumerate() {
                let mut above = vec![role];
                let mut next = 0;
                while let Some(&one) = above.get(next) {
                    next += 1;
                    let more = kept.iter().filter(|it| it.1 == one && !above.contains(&it.0));
                    let more: Vec<_> = more.map(|it| it.0).collect();
                    above.extend(more);
                }
                if above.contains(&member) { expected.push(at) } else { kept.push((role, member)) }
            }
            let found = closing(&pairs);
            assert_eq!(found.iter().map(|it| it.0).collect::<Vec<_>>(), expected, "{pairs:?}");
            for (at, path) in &found {
                let (role, member) = pairs[*at];
                assert_eq!((path.first(), path.last()), (Some(&role), Some(&member)));
                for two in path.windows(2) {
                    assert!(kept.contains(&(two[1], two[0])), "{path:?}");
                }
            }
        }
    }
}
