//! What statements mean depends on the server's version: since 16, each grantor's membership stands for
//! itself, and whether it inherits is settled by the member's attribute when it is granted. Before,
//! there is one membership, whoever granted it, and the attribute counts when it is used.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;

use super::abouts;
use super::collector::Collector;
use super::era::Era;
use crate::attribute::Attribute;
use crate::finding::Action;
use crate::globals::fact::{Fact, Origin};
use crate::globals::model::{Membership, MembershipKey};
use crate::name::Name;
use crate::sql::{MembershipOption, RoleOption, RoleSpec, Statement};

impl Collector {
    /// Sees whether the statement tells the version, or means another thing on another.
    pub(super) fn learn_version(&mut self, statement: &Statement<'_>) {
        match statement {
            Statement::VersionGuard { major, .. } => self.era = Some(Era::of(*major)),
            Statement::GrantRole { options, .. }
                if options.inherit.or(options.set).is_some() || options.admin == Some(false) =>
            {
                self.era = Some(Era::Since16);
            }
            Statement::RevokeRole { option: Some(option), .. }
                if *option != MembershipOption::Admin =>
            {
                self.era = Some(Era::Since16);
            }
            // Azure gives some of the later ones to earlier versions.
            Statement::GrantRole { roles, .. }
                if self.dumped
                    && roles.iter().any(|role| {
                        matches!(
                            role.as_ref(),
                            "pg_create_subscription" | "pg_use_reserved_connections"
                        )
                    }) =>
            {
                self.era = Some(Era::Since16);
            }
            Statement::GrantRole { .. } => self.silent_on_inherit = true,
            Statement::AlterRole { options, .. } if self.dumped => self.look_for_bypassrls(options),
            _ => {}
        }
        if self.era.is_some() || self.before_16.is_some() || !self.depends_on_version(statement) {
            return;
        }
        self.mentions();
        let mut before_16 = self.clone();
        before_16.era = Some(Era::Before16);
        before_16.one_grantor_each();
        self.before_16 = Some(Box::new(before_16));
    }

    /// Scripts that strip some of the words are to be told from servers that do not know one.
    fn look_for_bypassrls(&mut self, options: &[RoleOption<'_>]) {
        use Attribute::{BypassRls, CreateDb, CreateRole, Inherit, Login, Superuser};
        let says = |attribute: Attribute| {
            options
                .iter()
                .any(|option| matches!(option, RoleOption::Attribute(it, _) if *it == attribute))
        };
        if says(BypassRls) {
            self.on_bypassrls[1] = true;
        } else if [Superuser, Inherit, CreateRole, CreateDb, Login].into_iter().all(says) {
            self.on_bypassrls[0] = true;
        }
    }

    fn depends_on_version(&mut self, statement: &Statement<'_>) -> bool {
        if self.globals.memberships.is_empty() {
            return false;
        }
        match statement {
            Statement::RevokeRole { .. } => true,
            Statement::DropRole { roles, .. } => roles.iter().any(|role| {
                let RoleSpec::Name(name) = role else { return false };
                let name = Name::new(name);
                let is_grantor = |key: &MembershipKey| key.grantor.as_ref() == Some(&name);
                self.mentions().memberships(&name).any(is_grantor)
            }),
            Statement::AlterRole { role: RoleSpec::Name(name), options } => {
                let name = Name::new(name);
                let inherits = options.iter().rev().find_map(inherits);
                inherits.is_some_and(|inherits| self.inherits(&name) != inherits)
                    && !self.of_member(&name).is_empty()
            }
            _ => false,
        }
    }

    pub(super) fn inherits(&self, name: &Name) -> bool {
        let default = Attribute::Inherit.default();
        self.globals.roles.get(name).map_or(default, |role| role.has(Attribute::Inherit))
    }

    /// Its memberships that do not say whether they inherit.
    fn of_member(&mut self, member: &Name) -> Vec<MembershipKey> {
        let all = self.mentions().memberships(member).filter(|key| key.member == *member);
        let all: Vec<_> = all.cloned().collect();
        let is_open = |key: &MembershipKey| {
            self.globals.memberships.get(key).is_some_and(|it| it.inherit.is_none())
        };
        all.into_iter().filter(is_open).collect()
    }

    /// Before its attribute changes, a member's memberships keep what they had from it.
    pub(super) fn keep_inheritance(&mut self, member: &Name, options: &[RoleOption<'_>]) {
        let Some(to) = options.iter().rev().find_map(inherits) else { return };
        if self.era == Some(Era::Before16) || self.globals.memberships.is_empty() {
            return;
        }
        let before = self.inherits(member);
        if before == to {
            return;
        }
        for key in self.of_member(member) {
            if let Some(membership) = self.globals.memberships.get_mut(&key) {
                let origin = membership.granted.origin;
                self.ledger.state(origin);
                membership.inherit = Some(Fact::new(before, origin));
            }
        }
    }

    /// The memberships that a `REVOKE` means, and a `GRANT` changes. Before 16, whoever granted them;
    /// since then, those of the grantor, who is the bootstrap superuser where none is named.
    pub(super) fn granted(
        &mut self,
        role: &Name,
        member: &Name,
        grantor: Option<&Name>,
    ) -> Vec<MembershipKey> {
        let all: Vec<_> = self.mentions().grants(role, member).cloned().collect();
        if self.era == Some(Era::Before16) || all.is_empty() {
            return all;
        }
        let by_bootstrap = self.is_bootstrap(grantor, role);
        let is_its = |key: &MembershipKey| {
            let is_same = key.grantor.as_ref() == grantor;
            let one_is_named = key.grantor.is_some() != grantor.is_some();
            is_same
                || (one_is_named && by_bootstrap && self.is_bootstrap(key.grantor.as_ref(), role))
        };
        all.into_iter().filter(is_its).collect()
    }

    /// Since 16, a grantor must have the ADMIN option, unless it is the bootstrap superuser: that exists
    /// without being created here, or is a superuser.
    fn is_bootstrap(&self, grantor: Option<&Name>, role: &Name) -> bool {
        let (Some(grantor), Some(mentions)) = (grantor, &self.mentions) else { return true };
        if self.globals.roles.get(grantor).is_some_and(|it| !it.has(Attribute::Superuser)) {
            return false;
        }
        let is_admin = |key: &MembershipKey| {
            self.globals.memberships.get(key).is_some_and(Membership::is_admin)
        };
        !mentions.grants(role, grantor).any(is_admin)
    }

    /// The membership that a grant changes, where it is known by another grantor.
    pub(super) fn known_otherwise(&mut self, key: &MembershipKey) -> Option<MembershipKey> {
        self.grantors[usize::from(key.grantor.is_some())] = true;
        let may_be = self.era == Some(Era::Before16) || self.grantors == [true, true];
        if !may_be || self.globals.memberships.contains_key(key) {
            return None;
        }
        self.granted(&key.role, &key.member, key.grantor.as_ref()).pop()
    }

    /// Leaves one membership of those that several grantors gave: the first, or the first with the ADMIN
    /// option.
    pub(super) fn one_grantor_each(&mut self) {
        let mut pairs: BTreeMap<(&Name, &Name), Vec<_>> = BTreeMap::new();
        for (key, it) in &self.globals.memberships {
            let of_pair = pairs.entry((&key.role, &key.member)).or_default();
            of_pair.push((!it.is_admin(), it.granted.origin, key));
        }
        let mut more = Vec::new();
        for mut of_pair in pairs.into_values().filter(|of_pair| of_pair.len() > 1) {
            of_pair.sort_unstable();
            more.extend(of_pair.drain(1..).map(|(_, _, key)| key.clone()));
        }
        for key in more {
            let message = "before 16 there is one membership, however many granted it";
            self.take_membership(&key, message);
        }
    }

    /// Leaves what all versions give, of what these statements give since 16 and `before_16`.
    pub(super) fn narrow(&mut self, before_16: &Self) {
        for origin in take(&mut self.revoked_nothing) {
            if before_16.revoked_nothing.contains(&origin) {
                continue;
            }
            // It takes something back on one of the versions.
            self.ledger.keep(origin);
            let line = self.ledger.line(origin);
            self.findings.retain(|it| *it.about != abouts::NO_EFFECT || it.line != line);
        }
        let before_16 = &before_16.globals;
        let mut there: BTreeMap<(&Name, &Name), bool> = BTreeMap::new();
        for (key, it) in &before_16.memberships {
            *there.entry((&key.role, &key.member)).or_default() |= it.is_admin();
        }
        let mut here = BTreeSet::new();
        for key in self.globals.memberships.keys().cloned().collect::<Vec<_>>() {
            match there.get(&(&key.role, &key.member)) {
                None => self.leave_out(&key),
                Some(admin) => self.narrow_options(&key, *admin),
            }
            here.insert((key.role, key.member));
        }
        for (key, it) in &before_16.memberships {
            if here.insert((key.role.clone(), key.member.clone())) {
                let message = "since 16 it is not there, before it is: it is left out";
                self.depends(key, it.granted.origin, Action::Dropped, message);
            }
        }
    }

    fn leave_out(&mut self, key: &MembershipKey) {
        let Some(earlier) = self.globals.memberships.swap_remove(key) else { return };
        earlier.origins().for_each(|origin| self.ledger.lose(origin));
        let message = "before 16 it is not there, since then it is: it is left out";
        self.depends(key, earlier.granted.origin, Action::Dropped, message);
    }

    fn narrow_options(&mut self, key: &MembershipKey, admin: bool) {
        let inherits = self.inherits(&key.member);
        let Some(it) = self.globals.memberships.get_mut(key) else { return };
        let origin = it.granted.origin;
        let mut messages = Vec::new();
        if let Some(fact) = &mut it.admin
            && fact.value
            && !admin
        {
            fact.value = false;
            messages.push("before 16 it has no ADMIN OPTION, since then it has: it has none");
        }
        if let Some(fact) = &mut it.inherit
            && fact.value != inherits
        {
            fact.value = false;
            messages.push(
                "before 16 the member's INHERIT counts as it is now, since then as it was when this was \
                 granted: it does not inherit",
            );
        }
        for message in messages {
            self.ledger.change(origin);
            self.depends(key, origin, Action::Rewritten, message);
        }
    }

    fn depends(&mut self, key: &MembershipKey, origin: Origin, action: Action, message: &str) {
        let object = key.subject();
        self.finding(&abouts::DEPENDS_ON_VERSION, action, &object, origin, message.to_owned());
    }
}

/// What an option says about the attribute.
fn inherits(option: &RoleOption<'_>) -> Option<bool> {
    match option {
        RoleOption::Attribute(Attribute::Inherit, to) => Some(*to),
        _ => None,
    }
}
