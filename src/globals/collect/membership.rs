//! Memberships.

use indexmap::map::Entry;

use super::abouts;
use super::collector::Collector;
use super::era::Era;
use super::refusal::{Result, refuse};
use crate::finding::{Action, Subject};
use crate::globals::fact::Origin;
use crate::globals::model::{Membership, MembershipKey};
use crate::name::Name;
use crate::sql::{MembershipOption, MembershipOptions, RoleSpec, Text};

impl Collector {
    pub(super) fn grant_roles(
        &mut self,
        roles: &[Text<'_>],
        members: &[RoleSpec<'_>],
        options: MembershipOptions,
        granted_by: Option<&RoleSpec<'_>>,
        origin: Origin,
    ) -> Result<()> {
        // One statement could name more memberships than there is memory for.
        if roles.len().saturating_mul(members.len()) > 1_000_000 {
            return refuse("more than a million memberships in one statement");
        }
        if *members == [RoleSpec::CurrentUser] && options.admin != Some(true) {
            for role in roles {
                let role = self.stored(role, origin);
                self.refuse_dropped(&role)?;
            }
            self.lost(origin);
            let object = &Subject::statement("GRANT … TO CURRENT_USER");
            let message =
                "CURRENT_USER is another role on each server that the script is run on".to_owned();
            self.finding(&abouts::OWN_GRANT, Action::Dropped, object, origin, message);
            return Ok(());
        }
        let grantor = self.grantor(granted_by, origin)?;
        for role in roles {
            let role = self.stored(role, origin);
            self.refuse_dropped(&role)?;
            for member in members {
                let member = self.named(member, origin)?;
                if role == member {
                    return refuse(format!("role {role} cannot be a member of itself"));
                }
                self.grant_role(role.clone(), member, options, grantor.clone(), origin);
            }
        }
        Ok(())
    }

    pub(super) fn grant_role(
        &mut self,
        role: Name,
        member: Name,
        options: MembershipOptions,
        grantor: Option<Name>,
        origin: Origin,
    ) {
        let granted = self.fact((), origin);
        let mut state = |option: Option<bool>| option.map(|value| self.fact(value, origin));
        let new = Membership {
            granted,
            admin: state(options.admin),
            inherit: state(options.inherit),
            set: state(options.set),
        };
        let key = MembershipKey { role, member, grantor };
        let key = self.known_otherwise(&key).unwrap_or(key);
        let (key, earlier) = match self.globals.memberships.entry(key) {
            Entry::Vacant(entry) => {
                if let Some(mentions) = &mut self.mentions {
                    mentions.add_membership(entry.key());
                }
                entry.insert(new);
                return;
            }
            Entry::Occupied(entry) => (entry.key().clone(), entry.get().clone()),
        };
        // Options that the later statement does not mention stay (`AddRoleMems`).
        let merged = Membership {
            granted: new.granted,
            admin: new.admin.or(earlier.admin),
            inherit: new.inherit.or(earlier.inherit),
            set: new.set.or(earlier.set),
        };
        let object = key.subject();
        let lost = [
            Some(earlier.granted.origin),
            earlier.admin.filter(|_| new.admin.is_some()).map(|fact| fact.origin),
            earlier.inherit.filter(|_| new.inherit.is_some()).map(|fact| fact.origin),
            earlier.set.filter(|_| new.set.is_some()).map(|fact| fact.origin),
        ];
        for origin in lost.iter().flatten().skip(1) {
            self.ledger.lose(*origin);
        }
        self.supersede(earlier.granted.origin, &object, "the grant");
        self.globals.memberships.insert(key, merged);
    }

    pub(super) fn revoke_roles(
        &mut self,
        option: Option<MembershipOption>,
        roles: &[Text<'_>],
        members: &[RoleSpec<'_>],
        granted_by: Option<&RoleSpec<'_>>,
        cascade: bool,
        origin: Origin,
    ) -> Result<()> {
        // Before 16, nobody looks at this name.
        let grantor = match granted_by {
            Some(RoleSpec::Name(name)) => Some(self.stored(name, origin)),
            granted_by => self.grantor(granted_by, origin)?,
        };
        // Before 16, nothing rests on who granted it.
        let cascade = cascade && self.era != Some(Era::Before16);
        for role in roles {
            let role = self.stored(role, origin);
            for member in members {
                let member = self.named(member, origin)?;
                let keys = self.granted(&role, &member, grantor.as_ref());
                if keys.is_empty() {
                    let key = MembershipKey { role: role.clone(), member, grantor: None };
                    let why = "nothing is granted that this could revoke".to_owned();
                    self.no_effect(origin, &key.subject(), why);
                    self.revoked_nothing.insert(origin);
                }
                for key in keys {
                    match option {
                        None => self.revoke_membership(key, cascade),
                        Some(option) => {
                            self.revoke_option(&key, option, origin);
                            if cascade && option == MembershipOption::Admin {
                                for key in self.granted_on(&key) {
                                    self.revoke_membership(key, true);
                                }
                            }
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn revoke_membership(&mut self, key: MembershipKey, cascade: bool) {
        let message = "a later statement replaces the grant: it revokes it";
        // A list and no recursion: grants can rest on each other as deep as the input likes.
        let mut going = vec![key];
        while let Some(key) = going.pop() {
            if self.take_membership(&key, message) && cascade {
                going.extend(self.granted_on(&key).into_iter().rev());
            }
        }
    }

    /// Takes one out; whether it was there.
    pub(super) fn take_membership(&mut self, key: &MembershipKey, message: &str) -> bool {
        let Some(earlier) = self.globals.memberships.swap_remove(key) else { return false };
        if let Some(mentions) = &mut self.mentions {
            mentions.remove_membership(key);
        }
        let object = key.subject();
        self.supersede_all(earlier.origins(), &object, message);
        true
    }

    /// What the member of a membership has granted on, in the order of its statements; nothing where
    /// another grantor has given it the ADMIN option, too.
    fn granted_on(&mut self, key: &MembershipKey) -> Vec<MembershipKey> {
        let of_role: Vec<_> = self
            .mentions()
            .memberships(&key.member)
            .filter(|other| other.role == key.role)
            .cloned()
            .collect();
        let is_admin = |other: &MembershipKey| {
            let membership = self.globals.memberships.get(other);
            other.member == key.member && membership.is_some_and(Membership::is_admin)
        };
        if of_role.iter().any(is_admin) {
            return Vec::new();
        }
        let granted_on = |other: &MembershipKey| other.grantor.as_ref() == Some(&key.member);
        of_role.into_iter().filter(granted_on).collect()
    }

    fn revoke_option(&mut self, key: &MembershipKey, option: MembershipOption, origin: Origin) {
        let fact = self.fact(false, origin);
        let Some(entry) = self.globals.memberships.get_mut(key) else { return };
        let slot = match option {
            MembershipOption::Admin => &mut entry.admin,
            MembershipOption::Inherit => &mut entry.inherit,
            MembershipOption::Set => &mut entry.set,
        };
        if let Some(earlier) = slot.replace(fact) {
            let object = key.subject();
            self.supersede(earlier.origin, &object, "an option: it revokes it");
        }
    }
}
