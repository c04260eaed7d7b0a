//! What a grant states: each grantor's is its own, and goes only when that grantor revokes it. Before
//! 16 there is one membership, whoever granted it.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::{HashMap, HashSet};

use crate::globals::changes::Options;
use crate::globals::{Change, Globals, MembershipKey, Parameter, ParameterKey};
use crate::name::Name;
use crate::platform::Answers;
use crate::version::Major;

/// Makes memberships that are given what our own grants lack: what another grantor's gives already
/// would outlive a later revoke of that one.
pub(super) fn state_what_is_missing(changes: &mut [Change], current: &Globals, answers: &Answers) {
    let taken = Taken::by(changes);
    let grantors = Grantors::of(current, answers);
    for change in changes {
        match change {
            Change::Membership { key, from, to: Some(to), .. } => {
                if answers.major < Major::new(16) || from.is_some_and(|from| to.is_less_than(from))
                {
                    continue;
                }
                if key.grantor.is_none() {
                    key.grantor = grantors.one_of_several(&key.role).cloned();
                }
                let grantor = key.grantor.as_ref().or_else(|| grantors.on(&key.role));
                let Some(grantor) = grantor else { continue };
                let own = MembershipKey { grantor: Some(grantor.clone()), ..key.clone() };
                let there = current.memberships.get(&own);
                let there = there.map(|it| Options::of(current, &own, it));
                let there = taken.memberships.get(&own).copied().unwrap_or(there);
                let missing = from.map_or(*to, |from| to.beyond(from));
                *to = there.map_or(missing, |there| there.or(missing));
                *from = there;
            }
            Change::Parameter { key, from, to: Some(to) } => {
                let missing = from.as_ref().map_or_else(|| to.clone(), |from| to.beyond(from));
                if missing == Parameter::default() {
                    continue;
                }
                // Nobody but a superuser grants as the owner.
                let own = key.grantor.is_none() && !answers.is_superuser();
                let own = own
                    .then(|| ParameterKey { grantor: Some(answers.user.clone()), ..key.clone() });
                let own = own.as_ref().unwrap_or(key);
                let there = taken.parameters.get(own).cloned();
                let there = there.unwrap_or_else(|| current.parameters.get(own).cloned());
                *to = there.as_ref().map_or_else(|| missing.clone(), |there| there.or(&missing));
                *from = there;
            }
            _ => {}
        }
    }
}

/// What is left of grants of which something is taken away: that goes first.
#[derive(Default)]
struct Taken {
    memberships: HashMap<MembershipKey, Option<Options>>,
    parameters: BTreeMap<ParameterKey, Option<Parameter>>,
}

impl Taken {
    fn by(changes: &[Change]) -> Self {
        let mut taken = Self::default();
        for change in changes {
            match change {
                Change::Membership { key, from: Some(from), to, .. }
                    if to.is_none_or(|to| to.is_less_than(*from)) =>
                {
                    taken.memberships.insert(key.clone(), *to);
                }
                Change::Parameter { key, from: Some(from), to }
                    if to.as_ref().is_none_or(|to| from.has_beyond(to)) =>
                {
                    taken.parameters.insert(key.clone(), to.clone());
                }
                _ => {}
            }
        }
        taken
    }
}

/// In whose name a server grants, where the statement does not say.
struct Grantors<'a> {
    /// For all roles.
    all: Option<&'a Name>,
    /// By role: the first by name of those that it could be.
    by_role: HashMap<&'a Name, Nearest<'a>>,
}

/// The nearest that can grant a role.
#[derive(Clone, Copy)]
struct Nearest<'a> {
    first: &'a Name,
    /// Whether there are others as near: which of them the server takes depends on the order of its
    /// catalog.
    has_equals: bool,
}

impl<'a> Grantors<'a> {
    /// A superuser grants as the bootstrap superuser, anybody else as the nearest of the roles whose
    /// privileges it has that has the ADMIN option: itself, or one that it inherits from
    /// (`select_best_admin` in `src/backend/utils/adt/acl.c`).
    fn of(current: &'a Globals, answers: &'a Answers) -> Self {
        let mut by_role = HashMap::default();
        if answers.is_superuser() {
            return Self { all: answers.bootstrap.as_ref(), by_role };
        }
        let mut of_member: HashMap<&Name, Vec<_>> = HashMap::default();
        for (key, membership) in &current.memberships {
            of_member.entry(&key.member).or_default().push((&key.role, membership));
        }
        let mut seen: HashSet<&Name> = HashSet::default();
        let mut near = BTreeSet::from([&answers.user]);
        while !near.is_empty() {
            let mut found: HashMap<&Name, BTreeSet<&Name>> = HashMap::default();
            let mut next = BTreeSet::new();
            for member in near {
                seen.insert(member);
                for (role, membership) in of_member.get(member).into_iter().flatten() {
                    if membership.is_admin() {
                        found.entry(role).or_default().insert(member);
                    }
                    if membership.inherit.is_some_and(|fact| fact.value) {
                        next.insert(*role);
                    }
                }
            }
            for (role, members) in found {
                if let Some(first) = members.first() {
                    let has_equals = members.len() > 1;
                    by_role.entry(role).or_insert(Nearest { first, has_equals });
                }
            }
            next.retain(|role| !seen.contains(role));
            near = next;
        }
        Self { all: None, by_role }
    }

    fn on(&self, role: &Name) -> Option<&'a Name> {
        self.all.or_else(|| self.by_role.get(role).map(|nearest| nearest.first))
    }

    /// The one to name where the server would have to choose: what takes the grant back has to name
    /// the same.
    fn one_of_several(&self, role: &Name) -> Option<&'a Name> {
        self.by_role.get(role).filter(|nearest| nearest.has_equals).map(|nearest| nearest.first)
    }
}
