//! What the server answers about itself and the connected role.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::HashSet;

use super::Probe;
use super::members::{Members, protect_members};
use super::part::Partial;
use crate::attribute::Attribute;
use crate::globals::stand_in::is_stand_in;
use crate::globals::{Fact, Globals, Membership, Password};
use crate::name::Name;
use crate::platform::{Answers, GrantOptions, Locks, Platform, Protection, State};
use crate::version::Major;

impl Partial {
    /// All answers, with what follows from the globals.
    pub(super) fn complete(
        self,
        probe: &Probe,
        globals: &Globals,
        platform: Option<&Platform>,
    ) -> Answers {
        let user = self.user.unwrap_or_else(|| Name::new(""));
        let session_user = self.session_user.unwrap_or_else(|| user.clone());
        let attributes = attributes(globals, &user);
        let superuser = attributes.contains(&Attribute::Superuser);
        let bootstrap = self.bootstrap.as_ref();
        let users = [&session_user, &user];
        let protected = protected(globals, platform, superuser, bootstrap, users);
        Answers {
            version: probe.version.clone(),
            major: probe.major,
            admin_on: admin_on(globals, &user, probe.major),
            member_of: member_of(globals, &user, probe.major),
            administers: administers(globals, &user),
            user,
            session_user,
            bootstrap: self.bootstrap,
            attributes,
            roles: globals.roles.keys().cloned().collect(),
            stand_ins: stand_ins(globals),
            tablespaces: globals.tablespaces.keys().cloned().collect(),
            without_password: without_password(globals),
            verifier_kinds: BTreeMap::new(),
            predefined: self.predefined,
            protected,
            settings: self.settings,
            settable: self.settable,
            grantable: self.grantable,
            loads_plpgsql: self.loads_plpgsql,
            databases: self.databases,
            reads_verifiers: self.reads_verifiers,
            state: if probe.standby { State::Standby } else { State::Writable },
            identity: self.identity,
            locks: Locks {
                per_transaction: self.locks_per_transaction,
                transactions: [
                    self.transactions,
                    self.autovacuum,
                    // Before 12 they were among the connections.
                    if probe.major < Major::new(12) { 0 } else { self.wal_senders },
                    // The autovacuum launcher and the slot synchronizer (`NUM_SPECIAL_WORKER_PROCS` in
                    // `src/include/storage/proc.h`). They count where the table has no room beyond.
                    if probe.major < Major::new(19) { 0 } else { 2 },
                ]
                .into_iter()
                .fold(0, u64::saturating_add),
            },
            keeps_statements: self.keeps_statements,
        }
    }
}

fn without_password(globals: &Globals) -> HashSet<Name> {
    let without =
        globals.roles.iter().filter(|(_, role)| matches!(role.password, Password::None(_)));
    without.map(|(name, _)| name.clone()).collect()
}

pub(super) fn attributes(globals: &Globals, user: &Name) -> BTreeSet<Attribute> {
    globals.roles.get(user).map_or_else(BTreeSet::new, |role| {
        Attribute::ALL.into_iter().filter(|&attribute| role.has(attribute)).collect()
    })
}

pub(super) fn protected(
    globals: &Globals,
    platform: Option<&Platform>,
    superuser: bool,
    bootstrap: Option<&Name>,
    users: [&Name; 2],
) -> BTreeMap<Name, Protection> {
    let mut protected = BTreeMap::new();
    let members = Members::of(globals);
    if !superuser {
        let is_superuser = |name: &&Name| globals.roles[*name].has(Attribute::Superuser);
        let superusers: Vec<_> = globals.roles.keys().filter(is_superuser).collect();
        // Whoever can become one of these is as good as they are.
        for group in superusers.iter().copied().chain(users) {
            protect_members(&members, group, &mut protected);
        }
        for name in superusers {
            protected.insert(name.clone(), Protection::Superuser);
        }
    }
    if let Some(group) = platform.and_then(Platform::admin_role) {
        protect_members(&members, &Name::new(group), &mut protected);
    }
    protected.extend(bootstrap.map(|name| (name.clone(), Protection::Bootstrap)));
    for name in users {
        protected.insert(name.clone(), Protection::Connected);
    }
    protected
}

/// The roles that take the place of others for a restore.
fn stand_ins(globals: &Globals) -> foldhash::HashSet<Name> {
    let all = globals.roles.iter().filter(|(_, role)| is_stand_in(role));
    all.map(|(name, _)| name.clone()).collect()
}

/// The roles on which `user` has the ADMIN option, directly or by a role whose privileges it has
/// (`select_best_admin` in `src/backend/utils/adt/acl.c`).
pub(super) fn admin_on(globals: &Globals, user: &Name, major: Major) -> HashSet<Name> {
    let mut admin_on = HashSet::default();
    each_privileged(globals, user, major, |_, memberships| {
        let admin = memberships.iter().filter(|(_, membership)| membership.is_admin());
        admin_on.extend(admin.map(|(role, _)| (*role).clone()));
    });
    admin_on
}

/// What each other role with CREATEROLE, superusers apart, has the ADMIN option on by its own
/// memberships.
fn administers(globals: &Globals, user: &Name) -> HashMap<Name, HashSet<Name>> {
    let mut all: HashMap<Name, HashSet<Name>> = HashMap::new();
    for (key, _) in globals.memberships.iter().filter(|(_, it)| it.is_admin()) {
        let member = globals.roles.get(&key.member);
        let creates = member
            .is_some_and(|role| role.has(Attribute::CreateRole) && !role.has(Attribute::Superuser));
        if creates && key.member != *user {
            all.entry(key.member.clone()).or_default().insert(key.role.clone());
        }
    }
    all
}

/// The roles whose privileges `user` has by being a member.
pub(super) fn member_of(globals: &Globals, user: &Name, major: Major) -> HashSet<Name> {
    let mut all = HashSet::default();
    each_privileged(globals, user, major, |role, _| {
        all.insert(role.clone());
    });
    all.remove(user);
    all
}

/// The parameters that `user` may set, and those that it may grant on.
pub(super) fn parameters(
    globals: &Globals,
    user: &Name,
    major: Major,
) -> (BTreeSet<String>, BTreeMap<String, GrantOptions>) {
    let holders = member_of(globals, user, major);
    let is_held = |role: &Name| role == user || holders.contains(role);
    let (mut settable, mut grantable) = (BTreeSet::new(), BTreeMap::new());
    for (key, it) in &globals.parameters {
        if key.grantee.role().is_some_and(|role| !is_held(role)) {
            continue;
        }
        let name = key.parameter.as_str().to_ascii_lowercase();
        if it.set.is_some() {
            settable.insert(name.clone());
        }
        let may = |fact: Option<Fact<bool>>| fact.is_some_and(|fact| fact.value);
        let options: &mut GrantOptions = grantable.entry(name).or_default();
        options.set |= may(it.set);
        options.alter_system |= may(it.alter_system);
    }
    grantable.retain(|_, options| *options != GrantOptions::default());
    (settable, grantable)
}

/// Visits `user` and each role whose privileges it has, with what that is a member of.
fn each_privileged<'a>(
    globals: &'a Globals,
    user: &'a Name,
    major: Major,
    mut visit: impl FnMut(&'a Name, &[(&'a Name, &'a Membership)]),
) {
    let mut of_member: foldhash::HashMap<&Name, Vec<_>> = foldhash::HashMap::default();
    for (key, membership) in &globals.memberships {
        of_member.entry(&key.member).or_default().push((&key.role, membership));
    }
    let mut seen: HashSet<&Name> = HashSet::default();
    let mut next = vec![user];
    while let Some(member) = next.pop() {
        if !seen.insert(member) {
            continue;
        }
        let inherits = globals.roles.get(member).is_none_or(|role| role.has(Attribute::Inherit));
        let memberships = of_member.get(member).map_or(&[][..], Vec::as_slice);
        visit(member, memberships);
        for (role, membership) in memberships {
            let inherited = match membership.inherit {
                Some(fact) => fact.value,
                None => inherits && major < Major::new(16),
            };
            if inherited {
                next.push(role);
            }
        }
    }
}
