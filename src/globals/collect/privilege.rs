//! Privileges on parameters and tablespaces.

use std::collections::{HashMap, HashSet};

use super::abouts;
use super::collector::Collector;
use super::refusal::Result;
use crate::attribute::Attribute;
use crate::finding::{Action, Finding, Subject};
use crate::globals::fact::{Fact, Origin};
use crate::globals::model::{Grantee, MembershipKey, Parameter, ParameterKey};
use crate::globals::setting::SettingName;
use crate::name::Name;
use crate::sql::{ParameterPrivileges, Privileges, RoleSpec};

/// A grant without the grant option, after one with it.
const REPEATED: &str = "an earlier grant gives this privilege, with the grant option";

/// What a `REVOKE` of privileges takes away beside what it names.
#[derive(Clone, Copy)]
pub(super) struct Revoke {
    /// The grant option, and not the privilege itself.
    pub(super) option_only: bool,
    /// What was granted on by it, too.
    pub(super) cascade: bool,
}

impl Collector {
    pub(super) fn grant(
        &mut self,
        privileges: &Privileges<'_>,
        grantees: &[RoleSpec<'_>],
        grant_option: bool,
        granted_by: Option<&RoleSpec<'_>>,
        origin: Origin,
    ) -> Result<()> {
        let grantor = self.grantor(granted_by, origin)?.or_else(|| self.grantor.clone());
        for grantee in grantees {
            let grantee = self.grantee(grantee, origin)?;
            match privileges {
                Privileges::Parameter(privileges, names) => {
                    for name in names {
                        let parameter = SettingName::new(name);
                        let (grantor, privileges) =
                            self.best_grantor(grantor.as_ref(), &parameter, *privileges);
                        let key = ParameterKey { parameter, grantee: grantee.clone(), grantor };
                        self.grant_parameter(key, privileges, grant_option, origin);
                    }
                }
                Privileges::Tablespace(names) => {
                    for name in names {
                        let name = self.stored(name, origin);
                        let key = (grantee.clone(), self.not_its_owner(&name, grantor.as_ref()));
                        self.grant_tablespace(&name, key, grant_option, origin);
                    }
                }
            }
        }
        Ok(())
    }

    /// In whose name a role grants privileges, and which of them: its own, or those of a role whose rights
    /// it has (`select_best_grantor`).
    fn best_grantor(
        &mut self,
        role: Option<&Name>,
        parameter: &SettingName,
        wanted: ParameterPrivileges,
    ) -> (Option<Name>, ParameterPrivileges) {
        let Some(role) = role else { return (None, wanted) };
        if self.dumped {
            return (Some(role.clone()), wanted);
        }
        if self.globals.roles.get(role).is_some_and(|it| it.has(Attribute::Superuser)) {
            return (None, wanted);
        }
        let count = |it: ParameterPrivileges| u8::from(it.set) + u8::from(it.alter_system);
        let none = ParameterPrivileges { set: false, alter_system: false };
        // Of whom nothing is known here, that may grant it all the same.
        let mut is_known = self.grantable(&Grantee::Public, parameter, wanted, role).is_some();
        let mut best = (role.clone(), none);
        let mut roles = vec![role.clone()];
        let mut seen = HashSet::from([role.clone()]);
        let mut at = 0;
        while let Some(holder) = roles.get(at).cloned() {
            at += 1;
            let has = self.grantable(&Grantee::Role(holder.clone()), parameter, wanted, role);
            is_known |= has.is_some();
            let has = has.unwrap_or(none);
            if count(has) > count(best.1) {
                best = (holder.clone(), has);
            }
            if count(has) == count(wanted) {
                break;
            }
            let more = self.inherited(&holder).into_iter();
            roles.extend(more.filter(|role| seen.insert(role.clone())));
        }
        (Some(best.0), if is_known { best.1 } else { wanted })
    }

    /// Which of the privileges on a parameter a grantee may grant, where it has any. What `grantor` has
    /// granted tells nothing of what that has itself.
    fn grantable(
        &self,
        grantee: &Grantee,
        parameter: &SettingName,
        wanted: ParameterPrivileges,
        grantor: &Name,
    ) -> Option<ParameterPrivileges> {
        let (parameter, grantee) = (parameter.clone(), grantee.clone());
        let first = ParameterKey { parameter, grantee, grantor: None };
        let is_its =
            |key: &ParameterKey| key.parameter == first.parameter && key.grantee == first.grantee;
        let is = |fact: Option<Fact<bool>>| fact.is_some_and(|fact| fact.value);
        let its = self.globals.parameters.range(&first..).take_while(|(key, _)| is_its(key));
        let its = its.filter(|(key, _)| key.grantor.as_ref() != Some(grantor));
        let its = its.map(|(_, it)| ParameterPrivileges {
            set: wanted.set && is(it.set),
            alter_system: wanted.alter_system && is(it.alter_system),
        });
        its.reduce(|one, other| ParameterPrivileges {
            set: one.set || other.set,
            alter_system: one.alter_system || other.alter_system,
        })
    }

    /// The roles that a role is a direct member of, and whose rights it has.
    fn inherited(&mut self, member: &Name) -> Vec<Name> {
        let inherits = self.inherits(member);
        let mentioned: Vec<_> = self.mentions().memberships(member).cloned().collect();
        let has = |key: &MembershipKey| {
            let membership = self.globals.memberships.get(key).filter(|_| key.member == *member);
            membership.is_some_and(|it| it.inherit.map_or(inherits, |fact| fact.value))
        };
        mentioned.into_iter().filter(has).map(|key| key.role).collect()
    }

    fn grantee(&mut self, role: &RoleSpec<'_>, origin: Origin) -> Result<Grantee> {
        match role {
            RoleSpec::Public => Ok(Grantee::Public),
            role => self.named(role, origin).map(Grantee::Role),
        }
    }

    fn grant_parameter(
        &mut self,
        key: ParameterKey,
        privileges: ParameterPrivileges,
        grant_option: bool,
        origin: Origin,
    ) {
        let object = Subject::Parameter { name: key.parameter.as_str().into(), grantee: None };
        if !privileges.set && !privileges.alter_system {
            let why = "its grantor has no grant option for it".to_owned();
            self.no_effect(origin, &object, why);
            return;
        }
        let mut entry = self.globals.parameters.remove(&key).unwrap_or_default();
        let mut earlier = Vec::new();
        for (given, slot) in
            [(privileges.set, &mut entry.set), (privileges.alter_system, &mut entry.alter_system)]
        {
            if !given {
                continue;
            }
            // A grant option that was given stays.
            if slot.is_some_and(|fact| fact.value) && !grant_option {
                self.no_effect(origin, &object, REPEATED.to_owned());
            } else {
                earlier.extend(slot.replace(self.fact(grant_option, origin)));
            }
        }
        for fact in earlier {
            self.supersede(fact.origin, &object, "the grant");
        }
        if let Some(mentions) = &mut self.mentions {
            mentions.add_parameter(&key);
        }
        self.globals.parameters.insert(key, entry);
    }

    /// The grantor of a privilege on a tablespace; none where that is its owner.
    fn not_its_owner(&self, tablespace: &Name, grantor: Option<&Name>) -> Option<Name> {
        let tablespace = self.globals.tablespaces.get(tablespace);
        let owner = tablespace.and_then(|tablespace| tablespace.owner.as_ref());
        grantor.filter(|grantor| owner.is_none_or(|owner| owner.value != **grantor)).cloned()
    }

    fn grant_tablespace(
        &mut self,
        name: &Name,
        key: (Grantee, Option<Name>),
        grant_option: bool,
        origin: Origin,
    ) {
        let object = &Subject::Tablespace(name.clone());
        if !self.globals.tablespaces.contains_key(name) {
            self.no_effect(origin, object, "the tablespace is not created here".to_owned());
            return;
        }
        let tablespace = self.globals.tablespaces.get(name);
        let had = tablespace.and_then(|tablespace| tablespace.grants.get(&key));
        // A grant option that was given stays.
        if had.is_some_and(|fact| fact.value) && !grant_option {
            self.no_effect(origin, object, REPEATED.to_owned());
            return;
        }
        let owner = tablespace.and_then(|tablespace| tablespace.owner.as_ref());
        let is_owners = key.1.is_none() && key.0.role() == owner.map(|owner| &owner.value);
        let fact = self.fact(grant_option, origin);
        let grants =
            self.globals.tablespaces.get_mut(name).map(|tablespace| &mut tablespace.grants);
        if let Some(earlier) = grants.and_then(|grants| grants.insert(key, fact)) {
            self.supersede(earlier.origin, object, "the grant");
        }
        // A dump takes all from the owner before it gives it the grant option.
        let is_kept =
            |it: &&mut Finding| *it.about == abouts::OWNER_PRIVILEGE && it.object == *object;
        if let Some(finding) = self.findings.iter_mut().rev().find(is_kept).filter(|_| is_owners) {
            finding.about = &abouts::NO_EFFECT;
            finding.severity = abouts::NO_EFFECT.severity;
            finding.message = "a later statement gives it to the owner again".into();
        }
    }

    pub(super) fn revoke(
        &mut self,
        privileges: &Privileges<'_>,
        grantees: &[RoleSpec<'_>],
        how: Revoke,
        granted_by: Option<&RoleSpec<'_>>,
        origin: Origin,
    ) -> Result<()> {
        let grantor = self.grantor(granted_by, origin)?.or_else(|| self.grantor.clone());
        for grantee in grantees {
            let grantee = self.grantee(grantee, origin)?;
            match privileges {
                Privileges::Parameter(privileges, names) => {
                    for name in names {
                        let parameter = SettingName::new(name);
                        let (grantor, privileges) =
                            self.best_grantor(grantor.as_ref(), &parameter, *privileges);
                        let key = ParameterKey { parameter, grantee: grantee.clone(), grantor };
                        self.revoke_parameters(&key, privileges, how, origin);
                    }
                }
                Privileges::Tablespace(names) => {
                    for name in names {
                        let name = self.stored(name, origin);
                        let key = (grantee.clone(), self.not_its_owner(&name, grantor.as_ref()));
                        self.revoke_tablespaces(&name, key, how, origin);
                    }
                }
            }
        }
        Ok(())
    }

    /// Revokes a privilege, and what rests on it where that is to go, too.
    fn revoke_parameters(
        &mut self,
        key: &ParameterKey,
        privileges: ParameterPrivileges,
        how: Revoke,
        origin: Origin,
    ) {
        // Each privilege rests on its own.
        let ParameterPrivileges { set, alter_system } = privileges;
        let one = |set, alter_system| ParameterPrivileges { set, alter_system };
        self.revoke_parameter(key, privileges, how.option_only, origin);
        if !how.cascade {
            return;
        }
        for only in [one(set, false), one(false, alter_system)] {
            let has = |it: &Parameter| if only.set { it.set } else { it.alter_system };
            if !only.set && !only.alter_system {
                continue;
            }
            let mut going = vec![key.clone()];
            while let Some(key) = going.pop() {
                let Grantee::Role(name) = &key.grantee else { continue };
                let mentioned: Vec<_> = self.mentions().parameters(name).cloned().collect();
                let same = mentioned.into_iter().filter(|it| it.parameter == key.parameter);
                let fact = |key: &ParameterKey| self.globals.parameters.get(key).and_then(has);
                let (own, others): (Vec<_>, Vec<_>) =
                    same.filter(|it| fact(it).is_some()).partition(|it| it.grantee == key.grantee);
                if own.iter().any(|it| fact(it).is_some_and(|fact| fact.value)) {
                    continue;
                }
                let granted_on = others.into_iter().filter(|it| it.grantor.as_ref() == Some(name));
                let dependent: Vec<_> = granted_on.collect();
                for key in dependent {
                    self.revoke_parameter(&key, only, false, origin);
                    going.push(key);
                }
            }
        }
    }

    fn revoke_parameter(
        &mut self,
        key: &ParameterKey,
        privileges: ParameterPrivileges,
        option_only: bool,
        origin: Origin,
    ) {
        let object = Subject::Parameter { name: key.parameter.as_str().into(), grantee: None };
        let mut entry = self.globals.parameters.remove(key).unwrap_or_default();
        let mut earlier = Vec::new();
        for (taken, slot) in
            [(privileges.set, &mut entry.set), (privileges.alter_system, &mut entry.alter_system)]
        {
            if taken && let Some(fact) = slot.take() {
                earlier.push(fact);
                *slot = option_only.then_some(Fact { value: false, ..fact });
            }
        }
        if entry.set.is_some() || entry.alter_system.is_some() {
            self.globals.parameters.insert(key.clone(), entry);
        } else if let Some(mentions) = &mut self.mentions {
            mentions.remove_parameter(key);
        }
        self.revoked(&earlier, option_only, &object, origin);
    }

    /// As [`revoke_parameters`](Self::revoke_parameters).
    fn revoke_tablespaces(
        &mut self,
        name: &Name,
        key: (Grantee, Option<Name>),
        how: Revoke,
        origin: Origin,
    ) {
        self.revoke_tablespace(name, &key, how.option_only, origin);
        let Some(tablespace) = self.globals.tablespaces.get(name).filter(|_| how.cascade) else {
            return;
        };
        let mut granted_on: HashMap<Name, Vec<(Grantee, Option<Name>)>> = HashMap::new();
        // How many give each role the grant option.
        let mut options: HashMap<Grantee, usize> = HashMap::new();
        for (key, option) in &tablespace.grants {
            if let Some(grantor) = &key.1 {
                granted_on.entry(grantor.clone()).or_default().push(key.clone());
            }
            *options.entry(key.0.clone()).or_default() += usize::from(option.value);
        }
        let mut going = vec![key.0];
        while let Some(grantee) = going.pop() {
            let Grantee::Role(role) = &grantee else { continue };
            if options.get(&grantee).is_some_and(|count| *count > 0) {
                continue;
            }
            for key in granted_on.remove(role).unwrap_or_default() {
                let tablespace = self.globals.tablespaces.get(name);
                let option = tablespace.and_then(|tablespace| tablespace.grants.get(&key));
                if option.is_some_and(|option| option.value)
                    && let Some(count) = options.get_mut(&key.0)
                {
                    *count -= 1;
                }
                self.revoke_tablespace(name, &key, false, origin);
                going.push(key.0);
            }
        }
    }

    fn revoke_tablespace(
        &mut self,
        name: &Name,
        key: &(Grantee, Option<Name>),
        option_only: bool,
        origin: Origin,
    ) {
        let tablespace = self.globals.tablespaces.get(name);
        let owner = tablespace.and_then(|tablespace| tablespace.owner.as_ref());
        let from_owner = owner.is_some_and(|owner| key.0 == Grantee::Role(owner.value.clone()));
        let grants =
            self.globals.tablespaces.get_mut(name).map(|tablespace| &mut tablespace.grants);
        let mut earlier = Vec::new();
        if let Some(grants) = grants
            && let Some(fact) = grants.remove(key)
        {
            earlier.push(fact);
            if option_only {
                grants.insert(key.clone(), Fact { value: false, ..fact });
            }
        }
        let object = &Subject::Tablespace(name.clone());
        if earlier.is_empty() && from_owner {
            self.lost(origin);
            let message = "its owner keeps CREATE in it, which was revoked".to_owned();
            self.finding(&abouts::OWNER_PRIVILEGE, Action::Dropped, object, origin, message);
            return;
        }
        self.revoked(&earlier, option_only, object, origin);
    }

    fn revoked(
        &mut self,
        earlier: &[Fact<bool>],
        option_only: bool,
        object: &Subject,
        origin: Origin,
    ) {
        for fact in earlier {
            if option_only {
                self.ledger.change(fact.origin);
            } else {
                self.supersede(fact.origin, object, "the grant: it revokes it");
            }
        }
        if earlier.is_empty() {
            let why =
                "no grant before it gives this privilege: owners and PUBLIC have it from the start";
            self.no_effect(origin, object, why.to_owned());
        }
    }
}
