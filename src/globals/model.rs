//! Roles, memberships, settings, parameter privileges and tablespaces.

use std::collections::BTreeMap;

use foldhash::fast::RandomState;
use foldhash::{HashMap, HashSet};
use indexmap::IndexMap;

use super::fact::{Fact, Origin};
use super::setting::{SettingName, Value};
use super::timestamp::Timestamp;
use crate::attribute::Attribute;
use crate::name::Name;
use crate::secret::Secret;
pub use crate::subject::Grantee;
use crate::subject::Subject;

/// A map that is found by hash and kept in the order of insertion or of sorting.
pub type Map<K, V> = IndexMap<K, V, RandomState>;

/// Everything that a cluster keeps outside its databases.
///
/// The large maps are found by hash, since every statement of a dump looks something up, and put in
/// order once, by [`sort`](Self::sort): whoever adds to them does it. All others are always in order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Globals {
    /// The roles by name.
    pub roles: Map<Name, Role>,
    /// Who is a member of what, by grantor.
    pub memberships: Map<MembershipKey, Membership>,
    /// Settings of roles and databases.
    pub settings: BTreeMap<SettingKey, Setting>,
    /// Privileges on configuration parameters.
    pub parameters: BTreeMap<ParameterKey, Parameter>,
    /// The tablespaces by name.
    pub tablespaces: BTreeMap<Name, Tablespace>,
}

/// A role.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Role {
    /// The statement that creates it, or the first that alters it, where none does.
    pub created: Option<Fact<()>>,
    /// The attributes that are stated, by [`Attribute::ALL`].
    attributes: [Option<Fact<bool>>; 7],
    /// How many sessions it may have at the same time; -1 is any number.
    pub connection_limit: Option<Fact<i32>>,
    /// Its password.
    pub password: Password,
    /// Until when its password is valid.
    pub valid_until: Option<Fact<Timestamp>>,
    /// Its comment.
    pub comment: Option<Fact<Box<str>>>,
    /// Its security labels by provider; an empty provider is the only one that is loaded.
    pub labels: BTreeMap<Name, Fact<Box<str>>>,
}

/// What is known about a role's password.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Password {
    /// Nothing: what was read could not show it, or has not.
    #[default]
    Unknown,
    /// It has none.
    None(Fact<()>),
    /// It has this one.
    Is(Fact<Secret>),
}

/// What a membership is known by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MembershipKey {
    /// The role that was granted.
    pub role: Name,
    /// The role that has become a member.
    pub member: Name,
    /// Who granted it, as far as stated.
    pub grantor: Option<Name>,
}

/// A membership and its options; what is not stated follows the server's defaults.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Membership {
    /// The statement that grants it.
    pub granted: Fact<()>,
    /// `ADMIN`: may grant the role on.
    pub admin: Option<Fact<bool>>,
    /// `INHERIT`: has the role's privileges without asking; stated since 16.
    pub inherit: Option<Fact<bool>>,
    /// `SET`: may become the role; stated since 16.
    pub set: Option<Fact<bool>>,
}

impl MembershipKey {
    /// The roles that it names.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        [&self.role, &self.member].into_iter().chain(&self.grantor)
    }

    /// The key with `to` in place of `from`.
    pub(super) fn renamed(&self, from: &Name, to: &Name) -> Self {
        let renamed = |name: &Name| if name == from { to.clone() } else { name.clone() };
        Self {
            role: renamed(&self.role),
            member: renamed(&self.member),
            grantor: self.grantor.as_ref().map(renamed),
        }
    }
}

impl Membership {
    /// Where everything that is known about it comes from.
    pub fn origins(&self) -> impl Iterator<Item = Origin> {
        let options = [self.admin, self.inherit, self.set].into_iter().flatten();
        std::iter::once(self.granted.origin).chain(options.map(|fact| fact.origin))
    }

    /// Whether the member may grant the role on.
    pub fn is_admin(&self) -> bool {
        self.admin.is_some_and(|fact| fact.value)
    }
}

/// What a setting is known by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct SettingKey {
    /// The database that it is limited to.
    pub database: Option<Name>,
    /// Whose it is; none for every role.
    pub role: Option<Name>,
    /// Which it is.
    pub name: SettingName,
}

/// A setting's value.
pub type Setting = Fact<Value>;

/// What a privilege on a configuration parameter is known by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ParameterKey {
    /// The parameter.
    pub parameter: SettingName,
    /// Who has it.
    pub grantee: Grantee,
    /// Who granted it, where it was not the owner.
    pub grantor: Option<Name>,
}

/// Privileges on a configuration parameter, each with its grant option.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Parameter {
    /// `SET`.
    pub set: Option<Fact<bool>>,
    /// `ALTER SYSTEM`.
    pub alter_system: Option<Fact<bool>>,
}

impl Parameter {
    /// Whether one of the privileges may be granted on.
    pub(super) fn is_grantable(&self) -> bool {
        [self.set, self.alter_system].into_iter().flatten().any(|fact| fact.value)
    }

    /// Whether it gives something that `other` does not.
    pub(crate) fn has_beyond(&self, other: &Self) -> bool {
        self.beyond(other) != Self::default()
    }

    /// What it gives and `other` does not.
    pub(crate) fn beyond(&self, other: &Self) -> Self {
        let beyond = |one: Option<Fact<bool>>, other: Option<Fact<bool>>| {
            one.filter(|one| other.is_none_or(|other| one.value && !other.value))
        };
        Self {
            set: beyond(self.set, other.set),
            alter_system: beyond(self.alter_system, other.alter_system),
        }
    }

    /// What one of both gives.
    pub(crate) fn or(&self, other: &Self) -> Self {
        let or = |one: Option<Fact<bool>>, other: Option<Fact<bool>>| {
            if other.is_some_and(|fact| fact.value) { other } else { one.or(other) }
        };
        Self {
            set: or(self.set, other.set),
            alter_system: or(self.alter_system, other.alter_system),
        }
    }

    /// What both give.
    pub(super) fn and(&self, other: &Self) -> Self {
        let and = |one: Option<Fact<bool>>, other: Option<Fact<bool>>| match (one, other) {
            (Some(one), Some(other)) => Some(if one.value { other } else { one }),
            _ => None,
        };
        Self {
            set: and(self.set, other.set),
            alter_system: and(self.alter_system, other.alter_system),
        }
    }
}

/// A tablespace.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tablespace {
    /// The statement that creates it.
    pub created: Fact<()>,
    /// Its owner.
    pub owner: Option<Fact<Name>>,
    /// Its directory; empty for one inside the data directory.
    pub location: Box<str>,
    /// Its storage options.
    pub options: BTreeMap<Name, Fact<Box<str>>>,
    /// Who may create in it, by grantor, with the grant option.
    pub grants: BTreeMap<(Grantee, Option<Name>), Fact<bool>>,
    /// Its comment.
    pub comment: Option<Fact<Box<str>>>,
    /// Its security labels by provider.
    pub labels: BTreeMap<Name, Fact<Box<str>>>,
}

impl Globals {
    /// Whether there is a role of this name that is a superuser, or that nothing says it of.
    pub fn may_be_superuser(&self, name: &str) -> bool {
        let role = self.roles.get(name);
        role.is_some_and(|role| role.stated(Attribute::Superuser).is_none_or(|fact| fact.value))
    }

    /// All members of a role, members' members included.
    pub fn members_below(&self, group: &Name) -> HashSet<&Name> {
        let mut members: HashMap<&Name, Vec<&Name>> = HashMap::default();
        for key in self.memberships.keys() {
            members.entry(&key.role).or_default().push(&key.member);
        }
        let mut all = HashSet::default();
        let mut next: Vec<&Name> = vec![group];
        while let Some(role) = next.pop() {
            for member in members.remove(role).into_iter().flatten() {
                if all.insert(member) {
                    next.push(member);
                }
            }
        }
        all
    }

    /// Puts everything in order: by name, memberships by role, member and grantor.
    pub fn sort(&mut self) {
        // Dumps are in order, mostly, and finding that out is less than sorting.
        if !self.roles.keys().is_sorted() {
            self.roles.sort_unstable_keys();
        }
        if !self.memberships.keys().is_sorted() {
            self.memberships.sort_unstable_keys();
        }
    }

    /// Gives the role `from` the name `to`, wherever it occurs; where it is mentioned is known. No role
    /// may have that name yet. The order is to be restored with [`sort`](Self::sort).
    pub(super) fn rename_in(
        &mut self,
        from: &Name,
        to: &Name,
        memberships: Vec<MembershipKey>,
        settings: Vec<SettingKey>,
        parameters: Vec<ParameterKey>,
    ) {
        let renamed = |name: &Name| if name == from { to.clone() } else { name.clone() };
        let grantee = |grantee: &Grantee| match grantee {
            Grantee::Role(name) => Grantee::Role(renamed(name)),
            Grantee::Public => Grantee::Public,
        };
        if let Some(role) = self.roles.swap_remove(from) {
            self.roles.insert(to.clone(), role);
        }
        for key in memberships {
            if let Some(membership) = self.memberships.swap_remove(&key) {
                self.memberships.insert(key.renamed(from, to), membership);
            }
        }
        for key in settings {
            if let Some(setting) = self.settings.remove(&key) {
                self.settings.insert(SettingKey { role: Some(to.clone()), ..key }, setting);
            }
        }
        for key in parameters {
            if let Some(parameter) = self.parameters.remove(&key) {
                self.parameters.insert(key.renamed(from, to), parameter);
            }
        }
        for tablespace in self.tablespaces.values_mut() {
            if let Some(owner) = &mut tablespace.owner {
                owner.value = renamed(&owner.value);
            }
            let names_it = |(to, by): &(Grantee, Option<Name>)| {
                to.role() == Some(from) || by.as_ref() == Some(from)
            };
            if !tablespace.grants.keys().any(names_it) {
                continue;
            }
            let grants = std::mem::take(&mut tablespace.grants);
            tablespace.grants.extend(
                grants
                    .into_iter()
                    .map(|((to, by), fact)| ((grantee(&to), by.as_ref().map(renamed)), fact)),
            );
        }
    }
}

impl MembershipKey {
    /// How findings call it.
    pub fn subject(&self) -> Subject {
        Subject::Membership { role: self.role.clone(), member: self.member.clone() }
    }
}

impl SettingKey {
    /// How findings call it.
    pub fn subject(&self) -> Subject {
        Subject::Setting {
            role: self.role.clone(),
            database: self.database.clone(),
            name: self.name.as_str().into(),
        }
    }
}

impl ParameterKey {
    /// The roles that it names.
    pub(super) fn names(&self) -> impl Iterator<Item = &Name> {
        self.grantee.role().into_iter().chain(&self.grantor)
    }

    /// The key with `to` in place of `from`.
    pub(super) fn renamed(&self, from: &Name, to: &Name) -> Self {
        let renamed = |name: &Name| if name == from { to.clone() } else { name.clone() };
        let grantee = match &self.grantee {
            Grantee::Role(name) => Grantee::Role(renamed(name)),
            Grantee::Public => Grantee::Public,
        };
        let grantor = self.grantor.as_ref().map(renamed);
        Self { parameter: self.parameter.clone(), grantee, grantor }
    }

    /// How findings call it.
    pub fn subject(&self) -> Subject {
        Subject::Parameter {
            name: self.parameter.as_str().into(),
            grantee: Some(self.grantee.clone()),
        }
    }
}

impl Role {
    /// What it has beyond a plain role, in SQL's words: `LOGIN CONNECTION LIMIT 5`. No password.
    pub fn words(&self) -> String {
        let valid_until = self.valid_until.as_ref().map(|it| format!("VALID UNTIL '{}'", it.value));
        let words = [Some(self.attribute_words()), valid_until];
        let words: Vec<_> = words.into_iter().flatten().filter(|it| !it.is_empty()).collect();
        words.join(" ")
    }

    /// The same without what is said of its password's expiry.
    pub fn attribute_words(&self) -> String {
        let mut words: Vec<String> = Attribute::ALL
            .into_iter()
            .filter(|&attribute| self.has(attribute) != attribute.default())
            .map(|attribute| {
                let default = attribute.default();
                if default { attribute.negative_keyword() } else { attribute.keyword() }.to_owned()
            })
            .collect();
        words.extend(self.connection_limit.map(|it| format!("CONNECTION LIMIT {}", it.value)));
        words.join(" ")
    }

    /// What is stated about an attribute.
    pub fn stated(&self, attribute: Attribute) -> Option<Fact<bool>> {
        self.attributes[attribute as usize]
    }

    /// Whether the role has an attribute: what is stated, or what a new role has.
    pub fn has(&self, attribute: Attribute) -> bool {
        self.stated(attribute).map_or(attribute.default(), |fact| fact.value)
    }

    /// States an attribute; gives what was stated before.
    pub fn set(&mut self, attribute: Attribute, fact: Option<Fact<bool>>) -> Option<Fact<bool>> {
        std::mem::replace(&mut self.attributes[attribute as usize], fact)
    }

    /// Where everything that is known about the role itself comes from.
    pub fn origins(&self) -> impl Iterator<Item = Origin> {
        let password = match &self.password {
            Password::Unknown => None,
            Password::None(fact) => Some(fact.origin),
            Password::Is(fact) => Some(fact.origin),
        };
        let attributes = self.attributes.iter().flatten().map(|fact| fact.origin);
        attributes
            .chain(self.created.iter().map(|fact| fact.origin))
            .chain(self.connection_limit.iter().map(|fact| fact.origin))
            .chain(password)
            .chain(self.valid_until.iter().map(|fact| fact.origin))
            .chain(self.comment.iter().map(|fact| fact.origin))
            .chain(self.labels.values().map(|fact| fact.origin))
    }

    /// The statement that messages about the role point to.
    pub fn origin(&self) -> Origin {
        self.created
            .map(|fact| fact.origin)
            .or_else(|| self.origins().next())
            .unwrap_or(Origin::LIVE)
    }
}

impl Parameter {
    /// Where everything that is known about it comes from.
    pub fn origins(&self) -> impl Iterator<Item = Origin> {
        [self.set, self.alter_system].into_iter().flatten().map(|fact| fact.origin)
    }
}

impl Tablespace {
    /// What the new owner has of the earlier one: `aclnewowner` (PostgreSQL's `acl.c`) puts it in its place,
    /// as grantee and as grantor.
    pub(super) fn pass_on_grants(&mut self, earlier: Option<&Name>) {
        let Some(owner) = self.owner.as_ref().map(|owner| owner.value.clone()) else { return };
        for ((grantee, grantor), fact) in std::mem::take(&mut self.grants) {
            let grantee = match grantee {
                Grantee::Role(role) if Some(&role) == earlier => Grantee::Role(owner.clone()),
                other => other,
            };
            let key = (grantee, grantor.filter(|grantor| *grantor != owner));
            let option = fact.value;
            self.grants.entry(key).or_insert(fact).value |= option;
        }
    }

    /// Its directory; some versions of pg_dumpall tell where in the data directory one is that has none
    /// of its own, others do not.
    pub fn place(&self) -> &str {
        Some(&*self.location).filter(|it| !it.starts_with("pg_tblspc/")).unwrap_or_default()
    }

    /// Where everything that is known about the tablespace comes from.
    pub fn origins(&self) -> impl Iterator<Item = Origin> {
        std::iter::once(self.created.origin)
            .chain(self.owner.iter().map(|fact| fact.origin))
            .chain(self.options.values().map(|fact| fact.origin))
            .chain(self.grants.values().map(|fact| fact.origin))
            .chain(self.comment.iter().map(|fact| fact.origin))
            .chain(self.labels.values().map(|fact| fact.origin))
    }
}
