//! Changes as statements for the server that they were found on.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Grants, Phase, alter_setting, comments, create_role, grantee, in_the_name_of, is_session_role,
    labels, memberships, parameters, passwords, spec, tablespace, tablespace_details, text,
    text_of, waves,
};
use crate::attribute::Attribute;
use crate::globals::changes::{Change, Options, Target};
use crate::globals::fact::{Fact, Origin};
use crate::globals::model::{
    Globals, Membership, MembershipKey, Parameter, ParameterKey, Password, Role, Tablespace,
};
use crate::globals::timestamp::Timestamp;
use crate::name::Name;
use crate::sql::{
    MembershipOption, Object, ParameterPrivileges, Privileges, RoleOption, SettingChange,
    Statement, TablespaceChange,
};
use crate::version::Major;

/// Changes, sorted into what is given and what is taken away.
#[derive(Debug)]
pub struct Delta<'a> {
    major: Major,
    /// What is given: all that is stated here is to be set.
    given: Globals,
    /// The roles among it that are created; the others exist.
    new_roles: BTreeSet<&'a Name>,
    /// The same of tablespaces.
    new_tablespaces: BTreeSet<&'a Name>,
    /// What is taken away.
    taken: Vec<&'a Change>,
    /// Roles that are dropped.
    dropped: BTreeSet<&'a Name>,
    /// Tablespaces that are.
    dropped_tablespaces: BTreeSet<&'a Name>,
}

impl<'a> Delta<'a> {
    /// Sorts the changes.
    pub fn of(changes: &'a [Change], major: Major) -> Self {
        let mut delta = Self {
            major,
            given: Globals::default(),
            new_roles: BTreeSet::new(),
            new_tablespaces: BTreeSet::new(),
            taken: Vec::new(),
            dropped: BTreeSet::new(),
            dropped_tablespaces: BTreeSet::new(),
        };
        for change in changes {
            match change {
                Change::CreateRole { name, .. } => delta.new_roles.insert(name),
                Change::CreateTablespace { name, .. } => delta.new_tablespaces.insert(name),
                _ => false,
            };
        }
        for change in changes {
            delta.add(change);
        }
        delta.given.sort();
        delta
    }

    /// For whoever may not say who grants a membership: before 16 that is a superuser's.
    #[must_use]
    pub fn without_grantors(mut self) -> Self {
        let all = std::mem::take(&mut self.given.memberships);
        let all = all.into_iter().map(|(key, it)| (MembershipKey { grantor: None, ..key }, it));
        self.given.memberships = all.collect();
        self.given.sort();
        self
    }

    fn add(&mut self, change: &'a Change) {
        if change.removes() {
            if let Change::DropRole { name, .. } = change {
                self.dropped.insert(name);
            }
            if let Change::DropTablespace { name, .. } = change {
                self.dropped_tablespaces.insert(name);
            }
            self.taken.push(change);
            return;
        }
        match change {
            Change::CreateRole { name, role } => {
                // Comments and passwords may have come before. A role that was dropped has its own.
                let slot = self.given.roles.entry(name.clone()).or_default();
                let earlier = std::mem::replace(slot, (**role).clone());
                slot.comment = earlier.comment.or(slot.comment.take());
                slot.labels.extend(earlier.labels);
                if earlier.password != Password::Unknown {
                    slot.password = earlier.password;
                }
            }
            Change::Attribute { role, attribute, to, origin } => {
                self.role(role).set(*attribute, Some(Fact::new(*to, *origin)));
            }
            Change::ConnectionLimit { role, to, origin, .. } => {
                self.role(role).connection_limit = Some(Fact::new(*to, *origin));
            }
            Change::ValidUntil { role, to, origin, .. } => {
                let to = to.clone().or_else(|| Timestamp::parse("infinity"));
                self.role(role).valid_until = to.map(|to| Fact::new(to, *origin));
            }
            Change::Password { role, to, .. } => self.role(role).password = to.clone(),
            Change::Comment { on, to: Some(to), origin, .. } => {
                let fact = Fact::new(to.clone(), *origin);
                match on {
                    Target::Role(name) => self.role(name).comment = Some(fact),
                    Target::Tablespace(name) => self.tablespace(name).comment = Some(fact),
                }
            }
            Change::Label { on, provider, to: Some(to), origin, .. } => {
                let labels = match on {
                    Target::Role(name) => &mut self.role(name).labels,
                    Target::Tablespace(name) => &mut self.tablespace(name).labels,
                };
                labels.insert(provider.clone(), Fact::new(to.clone(), *origin));
            }
            Change::Setting { key, to: Some(to), origin, .. } => {
                self.given.settings.insert(key.clone(), Fact::new(to.clone(), *origin));
            }
            Change::Membership { key, from, to: Some(to), origin } => {
                if from.is_some_and(|from| is_more(from, *to)) {
                    self.taken.push(change);
                }
                if from.is_none_or(|from| is_more(*to, from) || !is_more(from, *to)) {
                    let membership = self.membership(*to, from.is_some(), *origin);
                    self.given.memberships.insert(key.clone(), membership);
                }
            }
            Change::Parameter { key, from, to: Some(to) } => {
                let nothing = Parameter::default();
                let from = from.as_ref().unwrap_or(&nothing);
                if from.has_beyond(to) {
                    self.taken.push(change);
                }
                if to.has_beyond(from) {
                    self.given.parameters.insert(key.clone(), to.clone());
                }
            }
            Change::CreateTablespace { name, tablespace } => {
                let slot = self.given.tablespaces.entry(name.clone()).or_default();
                let earlier = std::mem::replace(slot, (**tablespace).clone());
                slot.comment = earlier.comment.or(slot.comment.take());
                slot.labels.extend(earlier.labels);
            }
            Change::TablespaceOwner { name, to, origin, .. } => {
                self.tablespace(name).owner = Some(Fact::new(to.clone(), *origin));
            }
            Change::TablespaceOption { name, option, to: Some(to), origin, .. } => {
                let fact = Fact::new(to.clone(), *origin);
                self.tablespace(name).options.insert(option.clone(), fact);
            }
            Change::TablespaceGrant { from: Some(true), to: Some(false), .. } => {
                self.taken.push(change);
            }
            Change::TablespaceGrant { name, grantee, grantor, to: Some(to), origin, .. } => {
                let fact = Fact::new(*to, *origin);
                let key = (grantee.clone(), grantor.clone());
                self.tablespace(name).grants.insert(key, fact);
            }
            _ => {}
        }
    }

    fn role(&mut self, name: &Name) -> &mut Role {
        self.given.roles.entry(name.clone()).or_default()
    }

    fn tablespace(&mut self, name: &Name) -> &mut Tablespace {
        self.given.tablespaces.entry(name.clone()).or_default()
    }

    /// What is granted; before 16 there is ADMIN only. A membership that exists keeps the options
    /// that are not stated, a new one has SET without it.
    fn membership(&self, options: Options, exists: bool, origin: Origin) -> Membership {
        let fact = |value: bool| Fact::new(value, origin);
        let knows = self.major >= Major::new(16);
        Membership {
            granted: Fact::new((), origin),
            admin: options.admin.then(|| fact(true)),
            inherit: options.inherit.filter(|_| knows).map(fact),
            set: options.set.filter(|set| knows && (exists || !set)).map(fact),
        }
    }

    /// The statements, in the order in which they replay.
    pub fn statements(&self) -> Vec<(Phase, Origin, Statement<'_>)> {
        let mut all = Vec::new();
        self.revokes(&mut all);
        for (name, role) in &self.given.roles {
            if self.new_roles.contains(name) {
                all.push((Phase::Roles, role.origin(), create_role(name, role, true)));
            } else {
                all.extend(alter_role(name, role).map(|it| (Phase::Roles, role.origin(), it)));
            }
        }
        let push = |phase| move |(origin, statement)| (phase, origin, statement);
        let exists = |name: &Name, _: &Role| !self.new_roles.contains(name);
        let existing = passwords(&self.given.roles, exists);
        all.extend(existing.map(push(Phase::Passwords)));
        let (session_roles, settings): (Vec<_>, Vec<_>) =
            self.given.settings.iter().partition(|(key, _)| is_session_role(key));
        let at = all.len();
        for (key, setting) in settings {
            let phase =
                if key.database.is_some() { Phase::DatabaseSettings } else { Phase::Settings };
            all.push((phase, setting.origin, alter_setting(key, setting)));
        }
        // In one database later than everywhere.
        all[at..].sort_by_key(|(phase, ..)| *phase);
        all.extend(comments(&self.given.roles).map(push(Phase::Comments)));
        all.extend(labels(&self.given.roles).map(push(Phase::SecurityLabels)));
        all.extend(
            memberships(&self.given.memberships, Grants::Existing).map(push(Phase::Memberships)),
        );
        let session_roles = session_roles.into_iter().map(|(key, setting)| {
            (Phase::SessionRoles, setting.origin, alter_setting(key, setting))
        });
        all.extend(session_roles);
        all.extend(parameters(&self.given).map(push(Phase::Parameters)));
        for (name, it) in &self.given.tablespaces {
            if self.new_tablespaces.contains(name) {
                continue;
            }
            let owner = it.owner.as_ref().map(|owner| {
                let change = TablespaceChange::Owner(spec(&owner.value));
                Statement::AlterTablespace { name: text_of(name), change }
            });
            let details = owner.into_iter().chain(tablespace_details(name, it));
            all.extend(details.map(|it| (Phase::TablespaceChanges, Origin::LIVE, it)));
        }
        for name in &self.dropped {
            let drop = Statement::DropRole { if_exists: true, roles: vec![spec(name)] };
            all.push((Phase::Drops, Origin::LIVE, drop));
        }
        for (name, it) in &self.given.tablespaces {
            if self.new_tablespaces.contains(name) {
                let origin = it.created.origin;
                all.extend(
                    tablespace((name, it)).into_iter().map(|it| (Phase::Tablespaces, origin, it)),
                );
            }
        }
        for change in &self.taken {
            if let Change::DropTablespace { name, .. } = change {
                let drop = Statement::DropTablespace { if_exists: true, name: text_of(name) };
                all.push((Phase::Tablespaces, Origin::LIVE, drop));
            }
        }
        all
    }

    /// What is taken away, apart from roles and tablespaces themselves. What goes with a role that is
    /// dropped needs no statement, but for memberships on which something else waits: roles are
    /// dropped last, after their grantors have lost the ADMIN option and after other memberships are
    /// given, with which they would make a circle.
    fn revokes<'s>(&'s self, all: &mut Vec<(Phase, Origin, Statement<'s>)>) {
        let goes = |name: &Name| self.dropped.contains(name);
        let tablespace_goes = |name: &Name| self.dropped_tablespaces.contains(name);
        let all_goes = |on: &Target| match on {
            Target::Role(name) => goes(name),
            Target::Tablespace(name) => tablespace_goes(name),
        };
        let may_close_circles = !self.given.memberships.is_empty();
        for change in self.in_revoking_order() {
            let statements: Vec<Statement<'s>> = match change {
                Change::Setting { key, .. } if !key.role.as_ref().is_some_and(goes) => {
                    vec![Statement::AlterSetting {
                        role: key.role.as_ref().map(spec),
                        database: key.database.as_ref().map(text_of),
                        change: SettingChange::Reset(text(key.name.as_str())),
                    }]
                }
                Change::Comment { on, .. } if !all_goes(on) => {
                    vec![Statement::Comment { object: object(on), text: None }]
                }
                Change::Label { on, provider, .. } if !all_goes(on) => {
                    vec![Statement::SecurityLabel {
                        provider: Some(text_of(provider)).filter(|name| !name.is_empty()),
                        object: object(on),
                        label: None,
                    }]
                }
                Change::Password { role, .. } if !goes(role) => {
                    let options = vec![RoleOption::Password(None)];
                    vec![Statement::AlterRole { role: spec(role), options }]
                }
                Change::Membership { key, from: Some(from), to, .. } => {
                    let is_dropped = goes(&key.role) || goes(&key.member);
                    if is_dropped && key.grantor.is_none() && !may_close_circles {
                        continue;
                    }
                    self.revoke(key, *from, *to)
                }
                Change::Parameter { key, from: Some(from), to } => {
                    let revokes = revoke_parameter(key, from, to.as_ref());
                    in_the_name_of(key.grantor.as_ref(), revokes)
                }
                Change::TablespaceOption { name, option, .. } if !tablespace_goes(name) => {
                    let change = TablespaceChange::Reset(vec![text_of(option)]);
                    vec![Statement::AlterTablespace { name: text_of(name), change }]
                }
                Change::TablespaceGrant { name, grantee: from, grantor, to, .. }
                    if !tablespace_goes(name) =>
                {
                    let revoke = Statement::Revoke {
                        privileges: Privileges::Tablespace(vec![text_of(name)]),
                        grantees: vec![grantee(from)],
                        grant_option_only: to.is_some(),
                        granted_by: None,
                        cascade: false,
                    };
                    in_the_name_of(grantor.as_ref(), vec![revoke])
                }
                _ => continue,
            };
            all.extend(statements.into_iter().map(|it| (Phase::Revokes, Origin::LIVE, it)));
        }
    }

    /// Grants that rest on others go before them.
    fn in_revoking_order(&self) -> Vec<&'a Change> {
        let of_what = |change: &'a Change| match change {
            Change::Membership { key, .. } => Some((key.role.as_str(), Granted::Role)),
            Change::Parameter { key, .. } => Some((key.parameter.as_str(), Granted::Parameter)),
            Change::TablespaceGrant { name, .. } => Some((name.as_str(), Granted::Tablespace)),
            _ => None,
        };
        let mut by_object: BTreeMap<_, Vec<&'a Change>> = BTreeMap::new();
        let mut others = Vec::new();
        for &change in &self.taken {
            match of_what(change) {
                Some(object) => by_object.entry(object).or_default().push(change),
                None => others.push(change),
            }
        }
        let grantor = |change: &&'a Change| match change {
            Change::Membership { key, .. } => key.grantor.as_ref(),
            Change::Parameter { key, .. } => key.grantor.as_ref(),
            Change::TablespaceGrant { grantor, .. } => grantor.as_ref(),
            _ => None,
        };
        let may_grant_on = |change: &&'a Change| match change {
            Change::Membership { key, from: Some(from), .. } => from.admin.then_some(&key.member),
            Change::Parameter { key, from: Some(from), .. } => {
                key.grantee.role().filter(|_| from.is_grantable())
            }
            Change::TablespaceGrant { grantee, from: Some(true), .. } => grantee.role(),
            _ => None,
        };
        let mut all = Vec::with_capacity(self.taken.len());
        for grants in by_object.into_values() {
            // Grantors whose own is not taken away come first, and so are last here.
            all.extend(waves(grants, grantor, may_grant_on).into_iter().rev().flatten());
        }
        all.extend(others.into_iter().rev());
        all
    }

    fn revoke<'s>(
        &self,
        key: &'s MembershipKey,
        from: Options,
        to: Option<Options>,
    ) -> Vec<Statement<'s>> {
        // Before 16 there is one membership, whoever granted it.
        let granted_by = || key.grantor.as_ref().filter(|_| self.major >= Major::new(16)).map(spec);
        let revoke = |option| Statement::RevokeRole {
            option,
            roles: vec![text_of(&key.role)],
            members: vec![spec(&key.member)],
            granted_by: granted_by(),
            cascade: false,
        };
        let Some(to) = to else { return vec![revoke(None)] };
        // Before 16 the others are the member's attribute.
        let knows = self.major >= Major::new(16);
        let off =
            |from: Option<bool>, to: Option<bool>| knows && from == Some(true) && to == Some(false);
        [
            (from.admin && !to.admin, MembershipOption::Admin),
            (off(from.inherit, to.inherit), MembershipOption::Inherit),
            (off(from.set, to.set), MembershipOption::Set),
        ]
        .into_iter()
        .filter(|(is_less, _)| *is_less)
        .map(|(_, option)| revoke(Some(option)))
        .collect()
    }
}

/// What is granted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Granted {
    Parameter,
    Role,
    Tablespace,
}

/// What a grantee has beyond what it is to have.
fn revoke_parameter<'a>(
    key: &'a ParameterKey,
    from: &Parameter,
    to: Option<&Parameter>,
) -> Vec<Statement<'a>> {
    let nothing = Parameter::default();
    let to = to.unwrap_or(&nothing);
    let revoke = |set: bool, alter_system: bool, grant_option_only: bool| {
        let names = vec![text(key.parameter.as_str())];
        let privileges = Privileges::Parameter(ParameterPrivileges { set, alter_system }, names);
        (set || alter_system).then(|| Statement::Revoke {
            privileges,
            grantees: vec![grantee(&key.grantee)],
            grant_option_only,
            granted_by: None,
            cascade: false,
        })
    };
    let goes = |from: Option<Fact<bool>>, to: Option<Fact<bool>>| from.is_some() && to.is_none();
    let option = |from: Option<Fact<bool>>, to: Option<Fact<bool>>| {
        from.is_some_and(|fact| fact.value) && to.is_some_and(|fact| !fact.value)
    };
    let all = [
        revoke(goes(from.set, to.set), goes(from.alter_system, to.alter_system), false),
        revoke(option(from.set, to.set), option(from.alter_system, to.alter_system), true),
    ];
    all.into_iter().flatten().collect()
}

/// Whether `one` has something that `other` has not.
fn is_more(one: Options, other: Options) -> bool {
    let more = |one: Option<bool>, other: Option<bool>| one == Some(true) && other == Some(false);
    (one.admin && !other.admin) || more(one.inherit, other.inherit) || more(one.set, other.set)
}

/// Only what is stated.
fn alter_role<'a>(name: &'a Name, role: &'a Role) -> Option<Statement<'a>> {
    let mut options: Vec<_> = Attribute::ALL
        .into_iter()
        .filter_map(|attribute| {
            Some(RoleOption::Attribute(attribute, role.stated(attribute)?.value))
        })
        .collect();
    options.extend(role.connection_limit.map(|limit| RoleOption::ConnectionLimit(limit.value)));
    let until = role.valid_until.as_ref();
    options.extend(until.map(|until| RoleOption::ValidUntil(text(until.value.as_str()))));
    (!options.is_empty()).then(|| Statement::AlterRole { role: spec(name), options })
}

fn object(on: &Target) -> Object<'_> {
    match on {
        Target::Role(name) => Object::Role(text_of(name)),
        Target::Tablespace(name) => Object::Tablespace(text_of(name)),
    }
}
