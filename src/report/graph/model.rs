//! Who is a member of what, as boxes and arrows.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::attribute::Attribute;
use crate::globals::{Globals, Membership};
use crate::name::Name;
use crate::platform::Platform;
use crate::words::plural;

/// From how many members on those that are nothing else are one box.
const MANY: usize = 12;

/// Memberships as a graph.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Graph {
    /// Roles, and groups of roles.
    pub(super) boxes: Vec<Box>,
    /// From members to what they are members of.
    pub(super) arrows: Vec<Arrow>,
    /// The roles that are members of nothing and have no members.
    pub(super) alone: Vec<Box>,
}

/// What a role is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Kind {
    /// It can log in.
    Login,
    /// It cannot.
    Group,
    /// Nothing is refused to it.
    Superuser,
    /// The platform made it.
    Platform,
    /// PostgreSQL made it.
    Predefined,
    /// Only memberships name it.
    Unknown,
}

impl Kind {
    pub(super) const ALL: [Self; 6] = [
        Self::Login,
        Self::Group,
        Self::Superuser,
        Self::Platform,
        Self::Predefined,
        Self::Unknown,
    ];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Group => "group",
            Self::Superuser => "superuser",
            Self::Platform => "platform",
            Self::Predefined => "predefined",
            Self::Unknown => "unknown",
        }
    }
}

/// A role, or several of which there is the same to say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Box {
    /// The roles, in their order.
    pub(super) roles: Vec<Name>,
    /// What they are.
    pub(super) kind: Kind,
    /// Whether they are not carried over.
    pub(super) dropped: bool,
    /// Whether they have the rights of an administrator, or are that role.
    pub(super) powerful: bool,
}

impl Box {
    /// The name, or how many there are.
    pub(super) fn title(&self) -> String {
        match self.roles.as_slice() {
            [role] => role.to_string(),
            roles => plural(roles.len(), "member"),
        }
    }

    /// What it is: `login, not carried over`.
    pub(super) fn words(&self) -> String {
        let dropped = if self.dropped { ", left out" } else { "" };
        format!("{}{dropped}", self.kind.as_str())
    }
}

/// A membership, or several that are alike.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Arrow {
    /// The box of the member.
    pub(super) from: usize,
    /// The box of what it is a member of.
    pub(super) to: usize,
    /// Its options.
    pub(super) options: Options,
    /// Whether it is not carried over.
    pub(super) dropped: bool,
    /// Whether it leads to the rights of an administrator.
    pub(super) powerful: bool,
}

/// The options of a membership that are not as usual.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(super) struct Options {
    pub(super) admin: bool,
    pub(super) no_inherit: bool,
    pub(super) no_set: bool,
}

impl Options {
    fn of(all: &[&Membership]) -> Self {
        let denied =
            |of: fn(&Membership) -> Option<bool>| all.iter().all(|it| of(it) == Some(false));
        Self {
            admin: all.iter().any(|it| it.is_admin()),
            no_inherit: denied(|it| it.inherit.map(|fact| fact.value)),
            no_set: denied(|it| it.set.map(|fact| fact.value)),
        }
    }

    /// `ADMIN, INHERIT FALSE`; empty for a usual membership.
    pub(super) fn words(self) -> String {
        let all =
            [(self.admin, "ADMIN"), (self.no_inherit, "INHERIT FALSE"), (self.no_set, "SET FALSE")];
        all.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect::<Vec<_>>().join(", ")
    }
}

/// What of a source is carried over.
#[derive(Clone, Copy, Debug)]
pub struct Carried<'a> {
    /// The globals as the target is to have them.
    pub globals: &'a Globals,
    /// The new names of roles, and the target's roles that stand for them.
    pub renamed: &'a [&'a BTreeMap<Name, Name>],
}

impl Carried<'_> {
    fn name<'a>(&'a self, name: &'a Name) -> &'a Name {
        self.renamed.iter().find_map(|map| map.get(name)).unwrap_or(name)
    }
}

impl Graph {
    /// The memberships of these globals; where they are `carried` over, what is left out is marked.
    pub fn of(
        globals: &Globals,
        platform: Option<&Platform>,
        carried: Option<Carried<'_>>,
    ) -> Self {
        Self::of_some(globals, globals, platform, carried)
    }

    /// Only the memberships by which `role` reaches others, or others reach it; none where there is no such
    /// role.
    pub fn around(globals: &Globals, platform: Option<&Platform>, role: &Name) -> Option<Self> {
        let shown = around(globals, role)?;
        Some(Self::of_some(&shown, globals, platform, None))
    }

    /// Some memberships of a `whole`, in which it shows who is an administrator.
    fn of_some<'g>(
        globals: &'g Globals,
        whole: &Globals,
        platform: Option<&Platform>,
        carried: Option<Carried<'_>>,
    ) -> Self {
        let mut edges: BTreeMap<(&Name, &Name), Vec<&Membership>> = BTreeMap::new();
        for (key, membership) in &globals.memberships {
            edges.entry((&key.role, &key.member)).or_default().push(membership);
        }
        let names: BTreeSet<&Name> =
            edges.keys().flat_map(|(role, member)| [*role, *member]).collect();
        let powerful = powerful(whole, platform);
        let is_dropped = |name: &Name| {
            let is_there = |to: &Carried<'_>| to.globals.roles.contains_key(to.name(name));
            globals.roles.contains_key(name)
                && carried.as_ref().is_some_and(|to| to.name(name) == name && !is_there(to))
        };
        let kept: Option<BTreeSet<(&Name, &Name)>> = carried
            .as_ref()
            .map(|to| to.globals.memberships.keys().map(|key| (&key.role, &key.member)).collect());
        let is_left_out = |role: &Name, member: &Name| match (&kept, &carried) {
            (Some(kept), Some(to)) => !kept.contains(&(to.name(role), to.name(member))),
            _ => false,
        };
        let has_members: BTreeSet<&Name> = edges.keys().map(|(role, _)| *role).collect();
        let mut known: BTreeMap<&Name, usize> = BTreeMap::new();
        let one = |name: &Name| Box {
            roles: vec![name.clone()],
            kind: kind(name, globals, platform),
            dropped: is_dropped(name),
            powerful: powerful.contains(name),
        };
        let alone = globals.roles.keys().filter(|name| !names.contains(name)).map(one).collect();
        let mut graph = Self { alone, ..Self::default() };
        // The box of a role, which is new where it has none yet.
        let place =
            |name: &'g Name, boxes: &mut Vec<Box>, known: &mut BTreeMap<&'g Name, usize>| {
                *known.entry(name).or_insert_with(|| {
                    boxes.push(one(name));
                    boxes.len() - 1
                })
            };
        let mut by_role: BTreeMap<&Name, Vec<(&Name, &Vec<&Membership>)>> = BTreeMap::new();
        for ((role, member), all) in &edges {
            by_role.entry(role).or_default().push((member, all));
        }
        for (role, members) in by_role {
            // Of which there is the same to say.
            let mut alike: BTreeMap<_, Vec<&Name>> = BTreeMap::new();
            for (member, all) in members {
                let options = Options::of(all);
                let left_out = is_left_out(role, member);
                let kind = kind(member, globals, platform);
                // One with members of its own has its own box.
                let own = has_members.contains(member).then_some(member);
                let key =
                    (own, kind, is_dropped(member), powerful.contains(member), left_out, options);
                alike.entry(key).or_default().push(member);
            }
            let to = place(role, &mut graph.boxes, &mut known);
            for ((_, kind, dropped, is_powerful, left_out, options), members) in alike {
                let powerful = powerful.contains(role);
                let arrow = |from, graph: &mut Self| {
                    graph.arrows.push(Arrow { from, to, options, dropped: left_out, powerful });
                };
                if members.len() > MANY {
                    let roles = members.into_iter().cloned().collect();
                    graph.boxes.push(Box { roles, kind, dropped, powerful: is_powerful });
                    arrow(graph.boxes.len() - 1, &mut graph);
                    continue;
                }
                for member in members {
                    let from = place(member, &mut graph.boxes, &mut known);
                    arrow(from, &mut graph);
                }
            }
        }
        graph
    }

    /// The roles of a membership, or of several that are alike, and their members.
    pub(super) fn pairs(&self, arrow: &Arrow) -> impl Iterator<Item = (&Name, &Name)> {
        let [from, to] = [arrow.from, arrow.to].map(|at| &self.boxes[at].roles);
        to.iter().flat_map(|role| from.iter().map(move |member| (role, member)))
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.arrows.is_empty()
    }
}

/// What is above and below a role.
fn around(globals: &Globals, role: &Name) -> Option<Globals> {
    let is_named =
        |name: &Name| globals.memberships.keys().any(|key| key.names().any(|it| it == name));
    if !globals.roles.contains_key(role) && !is_named(role) {
        return None;
    }
    let reached = |up: bool| {
        let mut all = BTreeSet::from([role.clone()]);
        let mut next = vec![role.clone()];
        while let Some(name) = next.pop() {
            for key in globals.memberships.keys() {
                let (from, to) =
                    if up { (&key.member, &key.role) } else { (&key.role, &key.member) };
                if *from == name && all.insert(to.clone()) {
                    next.push(to.clone());
                }
            }
        }
        all
    };
    let (above, below) = (reached(true), reached(false));
    let mut out = globals.clone();
    out.memberships.retain(|key, _| {
        let is_in = |all: &BTreeSet<Name>| all.contains(&key.role) && all.contains(&key.member);
        is_in(&above) || is_in(&below)
    });
    out.roles.retain(|name, _| above.contains(name) || below.contains(name));
    Some(out)
}

/// The roles with the rights of an administrator: superusers, the platform's role for administrators, and all
/// that are members of these, however.
fn powerful<'a>(globals: &'a Globals, platform: Option<&Platform>) -> BTreeSet<&'a Name> {
    let group = platform.and_then(Platform::admin_role);
    let is_one = |name: &Name, role: &crate::globals::Role| {
        role.has(Attribute::Superuser) || Some(name.as_str()) == group
    };
    let first = globals.roles.iter().filter(|(name, role)| is_one(name, role));
    let mut all: BTreeSet<&Name> = first.map(|(name, _)| name).collect();
    let roles = globals.memberships.keys().map(|key| &key.role);
    all.extend(roles.filter(|role| Some(role.as_str()) == group));
    let mut next: Vec<&Name> = all.iter().copied().collect();
    let mut members: BTreeMap<&Name, Vec<&Name>> = BTreeMap::new();
    for key in globals.memberships.keys() {
        members.entry(&key.role).or_default().push(&key.member);
    }
    while let Some(role) = next.pop() {
        for member in members.get(role).into_iter().flatten() {
            if all.insert(member) {
                next.push(member);
            }
        }
    }
    all
}

fn kind(name: &Name, globals: &Globals, platform: Option<&Platform>) -> Kind {
    let role = globals.roles.get(name);
    if role.is_some_and(|role| role.has(Attribute::Superuser)) {
        return Kind::Superuser;
    }
    let is_admin = platform.and_then(Platform::admin_role) == Some(name.as_str());
    if is_admin || platform.is_some_and(|it| it.is_own(name.as_str())) {
        return Kind::Platform;
    }
    match role {
        Some(role) if role.has(Attribute::Login) => Kind::Login,
        Some(_) => Kind::Group,
        None if name.as_str().starts_with("pg_") => Kind::Predefined,
        None => Kind::Unknown,
    }
}
