//! What became of the source's roles: under which names they are on the target, and which are not there.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashSet;

use super::privilege::Acl;
use crate::globals::Globals;
use crate::name::Name;
use crate::plan::is_stand_in;
use crate::platform::Platform;
use crate::read::live::Live;
use crate::sanitize::Choices;
use crate::subject::Grantee;

/// What became of the source's roles.
#[derive(Debug, Default)]
pub struct Names {
    /// The names on the target of those that are carried over, by their names on the source.
    carried: BTreeMap<Name, Name>,
    /// All roles of the target, predefined ones included.
    pub(super) there: HashSet<Name>,
    /// Those that are the target's platform's own.
    pub(super) platforms: BTreeSet<Name>,
    /// Whoever administers the target: what they gave themselves there is their own affair.
    pub(super) administrators: BTreeSet<Name>,
    /// The target's bootstrap superuser, who owns what PostgreSQL comes with and what extensions made.
    pub(super) bootstrap: Option<Name>,
    /// Roles that stand in for others.
    pub stand_ins: BTreeSet<Name>,
    /// The roles to which an object falls that nobody has given to anybody: the bootstrap superusers,
    /// platforms' own roles, and the owners of databases.
    source_makers: BTreeSet<Name>,
    target_makers: BTreeSet<Name>,
}

impl Names {
    /// Of a migration whose sanitized globals these are.
    pub fn of(source: &Live, target: &Live, sanitized: &Globals, choices: &Choices) -> Self {
        let mut names = Self::default();
        let answers = &target.answers;
        names.there = answers.roles.iter().chain(&answers.predefined).cloned().collect();
        for role in source.globals.roles.keys() {
            let renamed = choices.rename.get(role).unwrap_or(role);
            if let Some(mapped) = choices.map_role.get(role) {
                names.carried.insert(role.clone(), mapped.clone());
            } else if sanitized.roles.contains_key(renamed) {
                names.carried.insert(role.clone(), renamed.clone());
            }
        }
        for role in &source.answers.predefined {
            let mapped = choices.map_role.get(role).unwrap_or(role);
            if answers.predefined.contains(mapped) || names.there.contains(mapped) {
                names.carried.insert(role.clone(), mapped.clone());
            }
        }
        names.platforms = own(target).collect();
        names.bootstrap.clone_from(&answers.bootstrap);
        let carried: BTreeSet<&Name> = names.carried.values().collect();
        let protected = answers.protected.keys().filter(|role| !carried.contains(role));
        names.administrators = protected.cloned().collect();
        names.source_makers = own(source).chain(source.answers.bootstrap.clone()).collect();
        names.target_makers = own(target).chain(answers.bootstrap.clone()).collect();
        for makers in [&mut names.source_makers, &mut names.target_makers] {
            makers.insert(Name::new("pg_database_owner"));
        }
        let stand_ins = target.globals.roles.iter().filter(|(_, role)| is_stand_in(role));
        names.stand_ins = stand_ins.map(|(name, _)| name.clone()).collect();
        names
    }

    /// The name on the target of a role of the source that is carried over; none for another.
    pub fn carried(&self, role: &Name) -> Option<&Name> {
        self.carried.get(role)
    }

    /// The name that a role would have on the target, carried over or not.
    pub(super) fn expected<'a>(&'a self, role: &'a Name) -> &'a Name {
        self.carried.get(role).unwrap_or(role)
    }

    /// The same for a grantee.
    pub(super) fn expected_grantee(&self, grantee: &Grantee) -> Grantee {
        match grantee {
            Grantee::Public => Grantee::Public,
            Grantee::Role(role) => Grantee::Role(self.expected(role).clone()),
        }
    }

    /// Whether whoever these name is the same on the target.
    pub(super) fn is_same(&self, acl: &Acl) -> bool {
        acl.iter().all(|(grantee, _)| match grantee {
            Grantee::Public => true,
            Grantee::Role(role) => match self.carried.get(role) {
                Some(name) => name == role,
                None => !self.is_administrator(role),
            },
        })
    }

    /// Whether it is a role that is not carried over.
    pub(super) fn is_left(&self, grantee: &Grantee) -> bool {
        matches!(grantee, Grantee::Role(role) if !self.carried.contains_key(role))
    }

    /// Whether it administers the target, and is none of its platform's own roles.
    pub(super) fn is_administrator(&self, role: &Name) -> bool {
        self.administrators.contains(role) && !self.platforms.contains(role)
    }

    /// Whether the target has a role of this name.
    pub fn has(&self, role: &Name) -> bool {
        self.there.contains(role)
    }

    /// Whether what a role of the source owns belongs to it because nobody gave it to anybody.
    pub(super) fn is_source_maker(&self, role: &Name, database_owner: &Name) -> bool {
        role == database_owner || self.source_makers.contains(role)
    }

    /// The same on the target.
    pub(super) fn is_target_maker(&self, role: &Name, database_owner: &Name) -> bool {
        role == database_owner || self.target_makers.contains(role)
    }
}

/// The roles of a server that are its platform's own.
fn own(live: &Live) -> impl Iterator<Item = Name> {
    let platform = live.platform;
    let is_own = move |role: &&Name| {
        platform.is_some_and(|platform: &Platform| platform.is_own(role.as_str()))
    };
    live.globals.roles.keys().filter(is_own).cloned()
}

#[cfg(test)]
impl Names {
    /// Those of a test: roles carried over, and all that the target has.
    pub(super) fn testing(carried: &[(&str, &str)], there: &[&str]) -> Self {
        let pair = |(from, to): &(&str, &str)| (Name::new(from), Name::new(to));
        Self {
            carried: carried.iter().map(pair).collect(),
            there: there.iter().map(Name::new).collect(),
            source_makers: BTreeSet::from([Name::new("postgres"), Name::new("pg_database_owner")]),
            target_makers: BTreeSet::from([Name::new("azuresu"), Name::new("pg_database_owner")]),
            platforms: BTreeSet::from([Name::new("azuresu")]),
            ..Self::default()
        }
    }
}
