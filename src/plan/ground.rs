//! What restoring the databases rests on: what their objects say of roles, and which of these there will be.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashSet;

use crate::globals::Globals;
use crate::name::Name;
use crate::platform::{Answer, Answers, Protection, Rights};
use crate::read::databases::{Contents, Databases, Mention};
use crate::read::live::{Live, Use, UseKind};
use crate::version::Major;

/// What is known of the source's databases, and of the roles that there will be.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    /// The source, where it is a server.
    pub(super) source: Option<&'a Live>,
    /// What stands in its databases, as far as they were visited.
    pub(super) databases: &'a Databases,
    /// Roles of the source that the target will not have under their names.
    pub(super) absent: &'a BTreeSet<Name>,
    /// The new names of those that get one.
    pub(super) renamed: &'a BTreeMap<Name, Name>,
    /// Databases of which nothing is asked any more.
    pub(super) restored: &'a BTreeSet<Name>,
    /// What is carried over.
    pub(super) desired: &'a Globals,
    /// What the target has; none for a script.
    pub(super) current: Option<&'a Globals>,
    /// What the target accepts.
    pub(super) rights: Rights<'a>,
}

/// The database that `initdb` makes for people, and that is there on every target.
const BUILT_IN: &str = "postgres";

impl<'a> Ground<'a> {
    /// What the target answers.
    pub(super) fn answers(&self) -> Option<&'a Answers> {
        self.rights.answers()
    }

    /// Who restores.
    pub(super) fn user(&self) -> Option<&'a Name> {
        self.answers().map(|answers| &answers.user)
    }

    /// The target's version.
    pub(super) fn major(&self) -> Major {
        self.rights.major()
    }

    /// Whether the target has the role already.
    pub(super) fn is_there(&self, role: &Name) -> bool {
        self.current.is_some_and(|current| current.roles.contains_key(role))
    }

    /// Whether there will be such a role, whatever is done for a restore.
    pub(super) fn will_be(&self, role: &Name) -> bool {
        self.desired.roles.contains_key(role)
            || self.is_there(role)
            || self.answers().is_some_and(|it| it.predefined.contains(role))
            || (!self.absent.contains(role) && self.current.is_none())
    }

    /// Whether nobody but the platform gives it to anybody.
    pub(super) fn is_protected(&self, role: &Name) -> bool {
        self.answers().is_some_and(|it| !it.is_superuser() && it.protected.contains_key(role))
    }

    /// Whether it administers the target, as --map-role makes roles do, and can be granted to the connected role all
    /// the same.
    pub(super) fn may_become(&self, role: &Name) -> bool {
        self.answers().is_some_and(|it| {
            matches!(it.protected.get(role), Some(Protection::Administrator(_)))
                && it.may_grant(role.as_str())
        })
    }

    /// The roles that come to administer the target, as --map-role makes roles do.
    pub(super) fn coming_administrators(&self) -> HashSet<&'a Name> {
        let group = self.rights.platform().admin_role().map(Name::new);
        group.map(|group| self.desired.members_below(&group)).unwrap_or_default()
    }

    /// Whether no role of that name can be made.
    pub(super) fn is_reserved(&self, role: &Name) -> bool {
        matches!(self.rights.role_name(role.as_str()), Answer::No(_))
            || self.rights.platform_role(role.as_str()).is_some()
    }

    /// Everything that the catalogs which all databases share say of roles.
    pub(super) fn uses(&self) -> impl Iterator<Item = &'a Use> + use<'a> {
        let restored = self.restored;
        let all = self.source.map_or(&[][..], |source| &source.uses).iter();
        all.filter(move |it| it.database.as_ref().is_none_or(|name| !restored.contains(name)))
    }

    /// The databases that could be read.
    pub(super) fn read(&self) -> impl Iterator<Item = (&'a Name, &'a Contents)> {
        let all = self.asked();
        all.filter_map(|(name, contents)| Some((name, contents.as_ref().ok()?)))
    }

    /// The databases that were visited, as far as something is asked of them.
    fn asked(&self) -> impl Iterator<Item = (&'a Name, &'a Result<Contents, String>)> {
        let restored = self.restored;
        self.databases.iter().filter(move |(name, _)| !restored.contains(*name))
    }

    /// The databases that could not be read, and why.
    pub(super) fn unread(&self) -> impl Iterator<Item = (&'a Name, &'a str)> {
        let all = self.asked();
        all.filter_map(|(name, contents)| Some((name, contents.as_ref().err()?.as_str())))
    }

    /// All objects that name roles.
    pub(super) fn mentions(&self) -> impl Iterator<Item = (&'a Name, &'a Mention)> {
        self.read().flat_map(|(name, contents)| contents.mentions.iter().map(move |it| (name, it)))
    }

    /// The source's bootstrap superuser: what it owns, the shared catalogs do not tell.
    pub(super) fn bootstrap(&self) -> Option<&'a Name> {
        self.source?.answers.bootstrap.as_ref()
    }

    /// How much a role owns, by database; what it owns itself counts with what is in it. Of what was
    /// visited, what extensions bring is left out.
    pub(super) fn owned(&self, role: &Name) -> BTreeMap<Option<&'a Name>, u64> {
        let mut all: BTreeMap<Option<&Name>, u64> = BTreeMap::new();
        let Some(source) = self.source else { return all };
        let is_bootstrap = self.bootstrap() == Some(role);
        let is_asked = is_bootstrap || self.absent.contains(role);
        let is_read = |name: &Name| matches!(self.databases.get(name), Some(Ok(_)));
        for it in self.uses().filter(|it| it.role == *role && it.kind.takes_member()) {
            let is_counted = it.kind == UseKind::Owner && it.database.as_ref().is_some_and(is_read);
            if !(is_asked && is_counted) {
                *all.entry(it.database.as_ref()).or_default() += it.objects;
            }
        }
        for (database, it) in &source.answers.databases {
            let is_plain = !it.is_template
                && database.as_str() != BUILT_IN
                && !source.platform.is_some_and(|it| it.owns_database(database.as_str()));
            let is_counted = is_bootstrap || (is_asked && is_read(database));
            let is_asked = !self.restored.contains(database);
            if it.owner == *role && is_plain && is_counted && is_asked {
                *all.entry(Some(database)).or_default() += 1;
            }
        }
        for (database, contents) in self.read().filter(|_| is_asked) {
            let count = contents.owned.get(role).copied().unwrap_or_default();
            if count > 0 {
                *all.entry(Some(database)).or_default() += count;
            }
        }
        all
    }

    /// Whether restoring gives the schema `public` to this role: up to 14 it is the bootstrap
    /// superuser's, and that it is so is in every dump.
    pub(super) fn gets_public(&self, role: &Name) -> bool {
        let mut all = self.read().filter(|(database, _)| database.as_str() != BUILT_IN);
        all.any(|(_, contents)| contents.public.as_ref() == Some(role))
    }
}
