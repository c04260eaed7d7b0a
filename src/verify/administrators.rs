//! What administrators of the target have gained through the migration, and keep when what was made for
//! the restore is taken back.

use std::collections::{BTreeMap, BTreeSet};

use super::gather::{Outcome, Verified};
use super::globals::Arrived;
use super::names::Names;
use super::object::Object;
use super::outstanding::Outstanding;
use super::privilege::Privileges;
use crate::globals::{Change, Fact, Membership, MembershipKey};
use crate::name::Name;
use crate::read::live::Live;

/// What one administrator has gained.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Gains {
    /// Memberships in roles of the migration that the source does not know.
    pub memberships: Vec<Gained>,
    /// Privileges on objects of the databases that the source grants to nobody who was carried over under that
    /// name, by database.
    pub privileges: Vec<(Name, Object, Privileges)>,
}

/// A membership that an administrator has on the target only.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gained {
    /// The role.
    pub role: Name,
    /// Who granted it; since 16 the bootstrap superuser, where it came with the creation of the role
    /// (`CreateRole` in `src/backend/commands/user.c`).
    pub grantor: Option<Name>,
    /// `ADMIN`.
    pub admin: bool,
    /// `INHERIT`; none before 16.
    pub inherit: Option<bool>,
    /// `SET`; none before 16.
    pub set: Option<bool>,
}

impl Gained {
    /// Whether it lets the member grant the role, and do nothing else with it.
    pub fn is_admin_only(&self) -> bool {
        self.admin && self.inherit == Some(false) && self.set == Some(false)
    }

    /// Its options, as `GRANT` has them.
    pub fn options(&self) -> String {
        let options = [("ADMIN", Some(self.admin)), ("INHERIT", self.inherit), ("SET", self.set)];
        let words = options.into_iter().filter_map(|(word, value)| {
            let value = if value? { "TRUE" } else { "FALSE" };
            Some(format!("{word} {value}"))
        });
        words.collect::<Vec<_>>().join(", ")
    }

    fn of(key: &MembershipKey, it: &Membership) -> Self {
        let value = |option: Option<Fact<bool>>| option.map(|fact| fact.value);
        Self {
            role: key.role.clone(),
            grantor: key.grantor.clone(),
            admin: it.is_admin(),
            inherit: value(it.inherit),
            set: value(it.set),
        }
    }
}

/// What each administrator of the target has gained, the platform's own roles apart.
pub fn gained(
    source: &Live,
    target: &Live,
    names: &Names,
    arrived: &Arrived,
    verified: &[Verified],
    outstanding: &Outstanding,
) -> BTreeMap<Name, Gains> {
    let mut gains: BTreeMap<Name, Gains> = BTreeMap::new();
    let of_source: BTreeSet<_> = source
        .globals
        .memberships
        .keys()
        .map(|key| (names.expected(&key.role), names.expected(&key.member)))
        .collect();
    // Others that are members of the platform's own roles, as those of --map-role may be, were so before.
    let migrated = source.globals.roles.keys().filter_map(|role| names.carried(role));
    let migrated: BTreeSet<_> = migrated.filter(|role| !names.platforms.contains(*role)).collect();
    // What stands among what roles have beyond the source is told there.
    let told: BTreeSet<_> = arrived
        .extra
        .iter()
        .filter_map(|change| match change {
            Change::Membership { key, .. } => Some((&key.role, &key.member)),
            _ => None,
        })
        .collect();
    let user = &target.answers.user;
    let is_taken_back = |key: &MembershipKey| {
        key.member == *user
            && key.grantor.as_ref() == Some(user)
            && outstanding.owners.contains(&key.role)
    };
    for (key, it) in &target.globals.memberships {
        let pair = (&key.role, &key.member);
        if names.is_administrator(&key.member)
            && migrated.contains(&key.role)
            && !of_source.contains(&pair)
            && !told.contains(&pair)
            && !is_taken_back(key)
        {
            gains.entry(key.member.clone()).or_default().memberships.push(Gained::of(key, it));
        }
    }
    for Verified { name, outcome } in verified {
        let Outcome::Compared { comparison, .. } = outcome else { continue };
        for (role, object, privileges) in &comparison.administrators {
            let gains = gains.entry(role.clone()).or_default();
            gains.privileges.push((name.clone(), object.clone(), *privileges));
        }
    }
    for gains in gains.values_mut() {
        gains
            .memberships
            .sort_by(|one, other| (&one.role, &one.grantor).cmp(&(&other.role, &other.grantor)));
        gains.privileges.sort();
    }
    gains
}
