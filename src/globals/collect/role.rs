//! Roles: created, altered, renamed, dropped.

use foldhash::HashMap;

use super::abouts;
use super::collector::Collector;
use super::era::Era;
use super::refusal::{Refusal, Result, refuse};
use crate::finding::{Action, Severity, Subject};
use crate::globals::fact::Origin;
use crate::globals::model::{MembershipKey, Password, Role, SettingKey};
use crate::globals::timestamp::Timestamp;
use crate::globals::zone::Zone;
use crate::name::Name;
use crate::secret::{Secret, VerifierKind};
use crate::sql::{MembershipOptions, RoleOption, RoleSpec};

impl Collector {
    pub(super) fn create_role(
        &mut self,
        name: &str,
        options: &[RoleOption<'_>],
        origin: Origin,
    ) -> Result<()> {
        let name = self.stored(name, origin);
        let created = self.fact((), origin);
        let role = self.globals.roles.entry(name.clone()).or_default();
        if let Some(earlier) = role.created {
            let line = self.ledger.line(earlier.origin).unwrap_or(0);
            return refuse(format!("role {name} is created twice: first in line {line}"));
        }
        role.created = Some(created);
        self.dropped.remove(&name);
        if options.is_empty() { Ok(()) } else { self.options(&name, options, origin) }
    }

    pub(super) fn alter_role(
        &mut self,
        role: &RoleSpec<'_>,
        options: &[RoleOption<'_>],
        origin: Origin,
    ) -> Result<()> {
        let name = self.named(role, origin)?;
        if options.is_empty() {
            let object = &Subject::Role(name.clone());
            self.no_effect(origin, object, "it states nothing about the role".to_owned());
            return Ok(());
        }
        self.keep_inheritance(&name, options);
        self.options(&name, options, origin)
    }

    fn options(&mut self, name: &Name, options: &[RoleOption<'_>], origin: Origin) -> Result<()> {
        let roles = &mut self.globals.roles;
        let at = roles.get_index_of(name);
        let at = at.unwrap_or_else(|| roles.insert_full(name.clone(), Role::default()).0);
        // Taken out, so that the ledger can be written while it is changed.
        let mut role = std::mem::take(&mut roles[at]);
        let mut memberships = Vec::new();
        for option in options {
            match option {
                RoleOption::InRole(_) | RoleOption::Role(_) | RoleOption::Admin(_) => {
                    memberships.push(option);
                }
                option => self.option(name, &mut role, option, origin)?,
            }
        }
        self.globals.roles[at] = role;
        for option in memberships {
            self.membership_option(name, option, origin)?;
        }
        Ok(())
    }

    fn option(
        &mut self,
        name: &Name,
        role: &mut Role,
        option: &RoleOption<'_>,
        origin: Origin,
    ) -> Result<()> {
        let object = &Subject::Role(name.clone());
        let (earlier, what) = match option {
            RoleOption::Attribute(attribute, given) => {
                let fact = self.fact(*given, origin);
                (role.set(*attribute, Some(fact)).map(|fact| fact.origin), attribute.keyword())
            }
            RoleOption::ConnectionLimit(limit) => {
                let fact = self.fact(*limit, origin);
                let earlier = role.connection_limit.replace(fact);
                (earlier.map(|fact| fact.origin), "its connection limit")
            }
            RoleOption::Password(password) => {
                self.passwords = true;
                let fact = match password {
                    Some(text) => Password::Is(self.fact(Secret::new(&text.0), origin)),
                    None => Password::None(self.fact((), origin)),
                };
                let earlier = match std::mem::replace(&mut role.password, fact) {
                    Password::Unknown => None,
                    Password::None(fact) => Some(fact.origin),
                    Password::Is(fact) => Some(fact.origin),
                };
                (earlier, "its password")
            }
            RoleOption::ValidUntil(text) => {
                let Some(timestamp) = Timestamp::parse_in(text, &self.zone) else {
                    let needs_zone = Timestamp::needs_zone(text);
                    let text = text.escape_debug();
                    if let (Zone::Unknown(zone), true) = (&self.zone, needs_zone) {
                        let why = format!(
                            "VALID UNTIL '{text}' is in the time zone '{}' that SET TIME ZONE names, which is \
                             not known here: write it as YYYY-MM-DD HH:MM:SS+00, with its offset",
                            zone.escape_debug()
                        );
                        return Err(Refusal { why, clause: "VALID UNTIL" });
                    }
                    let why = format!(
                        "VALID UNTIL '{text}' is not ISO and could be read in more than one way: \
                         dump again with PGDATESTYLE=ISO, or write it as YYYY-MM-DD HH:MM:SS+00"
                    );
                    return Err(Refusal { why, clause: "VALID UNTIL" });
                };
                if timestamp.as_str() != text.as_ref() {
                    self.ledger.change(origin);
                    let message = format!("VALID UNTIL '{text}' is taken for {timestamp}");
                    // Of a zone that is said nothing is assumed.
                    if matches!(self.zone, Zone::Unsaid) {
                        let about = &abouts::NO_TIME_ZONE;
                        self.finding(about, Action::Rewritten, object, origin, message);
                    }
                }
                let fact = self.fact(timestamp, origin);
                let earlier = role.valid_until.replace(fact);
                (earlier.map(|fact| fact.origin), "its VALID UNTIL")
            }
            RoleOption::SysId(_) => {
                let why = "no server has obeyed SYSID since 8.1".to_owned();
                self.no_effect(origin, object, why);
                return Ok(());
            }
            RoleOption::InRole(_) | RoleOption::Role(_) | RoleOption::Admin(_) => return Ok(()),
        };
        if let Some(earlier) = earlier {
            self.supersede(earlier, object, what);
        }
        Ok(())
    }

    fn membership_option(
        &mut self,
        name: &Name,
        option: &RoleOption<'_>,
        origin: Origin,
    ) -> Result<()> {
        let options = MembershipOptions::default();
        let (roles, options) = match option {
            RoleOption::InRole(roles) => {
                for role in roles {
                    let role = self.named(role, origin)?;
                    self.grant_role(role, name.clone(), options, None, origin);
                }
                return Ok(());
            }
            RoleOption::Role(members) => (members, options),
            RoleOption::Admin(members) => {
                (members, MembershipOptions { admin: Some(true), ..options })
            }
            _ => return Ok(()),
        };
        for member in roles {
            let member = self.named(member, origin)?;
            self.grant_role(name.clone(), member, options, None, origin);
        }
        Ok(())
    }

    pub(super) fn rename_role(&mut self, from: &str, to: &str, origin: Origin) -> Result<()> {
        let (from, to) = (self.stored(from, origin), self.stored(to, origin));
        if !self.globals.roles.contains_key(&from) {
            return refuse(format!("role {from} is renamed and not created before"));
        }
        if self.globals.roles.contains_key(&to) {
            return refuse(format!("role {from} is renamed to {to}, which exists already"));
        }
        self.rename(&from, &to);
        self.dropped.remove(&to);
        let Some(role) = self.globals.roles.get_mut(&to) else { return Ok(()) };
        let created = role.origin();
        // The server clears an md5 verifier, since it is salted with the old name (`RenameRole`).
        let md5 = match &role.password {
            Password::Is(fact) if fact.value.kind() == VerifierKind::Md5 => Some(fact.origin),
            _ => None,
        };
        if md5.is_some() {
            role.password = Password::None(crate::globals::Fact::default());
        }
        self.ledger.change(created);
        if let Some(earlier) = md5 {
            self.supersede(earlier, &Subject::Role(to.clone()), "its md5 password, by renaming");
        }
        Ok(())
    }

    pub(super) fn drop_roles(&mut self, roles: &[RoleSpec<'_>], origin: Origin) -> Result<()> {
        for role in roles {
            let name = match role {
                RoleSpec::Name(name) => self.stored(name, origin),
                role => self.named(role, origin)?,
            };
            let Some(role) = self.globals.roles.swap_remove(&name) else {
                self.lost(origin);
                let message = "nothing is ever dropped on the target".to_owned();
                let object = &Subject::Role(name.clone());
                self.finding(&abouts::DROP, Action::Dropped, object, origin, message);
                continue;
            };
            let object = &Subject::Role(name.clone());
            self.supersede_all(role.origins(), object, "a later statement drops the role");
            self.forget(&name);
            self.dropped.insert(name, origin);
        }
        Ok(())
    }

    fn rename(&mut self, from: &Name, to: &Name) {
        let mentions = self.mentions();
        let memberships: Vec<_> = mentions.memberships(from).cloned().collect();
        let settings: Vec<_> = mentions.settings(from).cloned().collect();
        let parameters: Vec<_> = mentions.parameters(from).cloned().collect();
        for key in &parameters {
            mentions.remove_parameter(key);
            mentions.add_parameter(&key.renamed(from, to));
        }
        for key in &memberships {
            mentions.remove_membership(key);
            mentions.add_membership(&key.renamed(from, to));
        }
        for key in &settings {
            mentions.remove_setting(key);
            mentions.add_setting(&SettingKey { role: Some(to.clone()), ..key.clone() });
        }
        self.globals.rename_in(from, to, memberships, settings, parameters);
    }

    /// Takes everything out that refers to a role which is dropped.
    fn forget(&mut self, name: &Name) {
        let mentions = self.mentions();
        let memberships: Vec<_> = mentions.memberships(name).cloned().collect();
        let settings: Vec<_> = mentions.settings(name).cloned().collect();
        let message = "a later statement drops the role";
        for key in memberships {
            self.mentions().remove_membership(&key);
            if self.era == Some(Era::Before16) && key.role != *name && key.member != *name {
                // Nobody missed who had granted it.
                if let Some(membership) = self.globals.memberships.swap_remove(&key) {
                    let key = MembershipKey { grantor: None, ..key };
                    self.mentions().add_membership(&key);
                    self.globals.memberships.insert(key, membership);
                }
                continue;
            }
            if let Some(membership) = self.globals.memberships.swap_remove(&key) {
                let object = key.subject();
                self.supersede_all(membership.origins(), &object, message);
            }
        }
        for key in settings {
            self.mentions().remove_setting(&key);
            if let Some(setting) = self.globals.settings.remove(&key) {
                let object = key.subject();
                self.supersede_all([setting.origin], &object, message);
            }
        }
    }

    /// Roles that are altered, and created by no statement: the source has them. Those of which
    /// nothing is known go: only statements that took something back have named them.
    pub(super) fn assume_roles(&mut self) {
        let globals = &mut self.globals;
        if globals.roles.values().all(|role| role.created.is_some()) {
            return;
        }
        let mut first: HashMap<&Name, Origin> = HashMap::default();
        for (key, setting) in &globals.settings {
            if let Some(role) = &key.role {
                let origin = first.entry(role).or_insert(setting.origin);
                *origin = setting.origin.min(*origin);
            }
        }
        let mut assumed = Vec::new();
        globals.roles.retain(|name, role| {
            if role.created.is_some() {
                return true;
            }
            let origins = role.origins().chain(first.get(name).copied());
            let Some(origin) = origins.min() else { return false };
            assumed.push((name.clone(), origin));
            true
        });
        let (predefined, assumed): (Vec<_>, Vec<_>) =
            assumed.into_iter().partition(|(name, _)| name.as_str().starts_with("pg_"));
        for (name, _) in predefined {
            self.pass_over_predefined(&name);
        }
        for (name, origin) in assumed {
            // That the role exists is in the output, whatever becomes of the rest.
            let created = self.fact((), origin);
            if let Some(role) = self.globals.roles.get_mut(&name) {
                role.created = Some(created);
            }
            let message = "it is altered but not created here: taken for a role of the source";
            let object = &Subject::Role(name.clone());
            let about = &abouts::ASSUMED_ROLE;
            self.finding(about, Action::Kept, object, origin, message.to_owned());
        }
    }

    /// A role that is called `pg_…` and that nothing creates is the server's own: it is there on the
    /// target as well, and nobody alters it.
    fn pass_over_predefined(&mut self, name: &Name) {
        let Some(role) = self.globals.roles.swap_remove(name) else { return };
        let settings =
            self.globals.settings.extract_if(.., |key, _| key.role.as_ref() == Some(name));
        let settings: Vec<_> = settings.map(|(_, fact)| fact.origin).collect();
        let mut origins: Vec<_> = role.origins().chain(settings).collect();
        origins.sort_unstable();
        for &origin in &origins {
            self.ledger.lose(origin);
        }
        origins.dedup();
        for origin in origins {
            let message = "one of PostgreSQL's own roles, which no server lets anybody alter: this \
                           statement is left out, and grants of the role and to it stay";
            let object = Subject::Role(name.clone());
            let finding = abouts::RESERVED_NAME.finding(object, Action::Dropped, message);
            let finding = finding.at(self.ledger.line(origin)).matters(Severity::Warning);
            self.findings.push(finding);
        }
    }
}
