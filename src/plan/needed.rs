//! Which roles of a server some of its databases need.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::implicit::is_admin_only;
use crate::attribute::Attribute;
use crate::globals::{Membership, MembershipKey, Setting, SettingKey, Value};
use crate::name::Name;
use crate::read::live::{Live, Use, UseKind};
use crate::sanitize::Needed;

/// The roles that objects of these databases name or that own some, or that have settings in them, superusers,
/// and all members of these, which have their rights through them; and whom sessions of these act as.
///
/// `pg_shdepend` records nothing of roles that `initdb` makes: the bootstrap superuser is always among them,
/// and so are the members of predefined roles, which can have been granted something in the databases, or
/// have rights in all of them (`pg_read_all_data`).
pub fn needed(live: &Live, databases: &BTreeSet<Name>) -> Needed {
    needed_without(live, databases, |_, _| false)
}

/// The same of a target: what the connected role has by its own grant, as `--for-restore` makes it, and what
/// came with roles that it created, is no use of a database.
pub fn needed_of_target(live: &Live, databases: &BTreeSet<Name>) -> Needed {
    let user = &live.answers.user;
    needed_without(live, databases, |key, it| {
        key.member == *user
            && key.grantor.is_some()
            && (key.grantor.as_ref() == Some(user)
                || (key.grantor == live.answers.bootstrap && is_admin_only(it)))
    })
}

fn needed_without(
    live: &Live,
    databases: &BTreeSet<Name>,
    is_own: impl Fn(&MembershipKey, &Membership) -> bool,
) -> Needed {
    let mut roles = BTreeMap::new();
    let mut add = |role: &Name, why: String| {
        if live.globals.roles.contains_key(role) {
            roles.entry(role.clone()).or_insert(why);
        }
    };
    let is_asked = |it: &&Use| it.database.as_ref().is_some_and(|name| databases.contains(name));
    let mut uses: Vec<_> = live.uses.iter().filter(is_asked).collect();
    // The weightiest reason is the one that is told.
    uses.sort_by_key(|it| it.kind);
    for (name, database) in &live.answers.databases {
        if databases.contains(name) {
            add(&database.owner, format!("owns the database {name}"));
        }
    }
    for it in uses {
        let Use { role, kind, database: Some(database), .. } = it else { continue };
        add(role, format!("{} {database}", says(*kind)));
    }
    for key in live.globals.settings.keys() {
        if let (Some(role), Some(database)) = (&key.role, &key.database)
            && databases.contains(database)
        {
            add(role, format!("has settings in {database}"));
        }
    }
    for it in live.uses.iter().filter(|it| it.database.is_none() && it.kind == UseKind::Owner) {
        add(&it.role, "owns a tablespace or a subscription".to_owned());
    }
    for (name, role) in &live.globals.roles {
        if role.has(Attribute::Superuser) {
            add(name, "is a superuser".to_owned());
        }
    }
    if let Some(bootstrap) = &live.answers.bootstrap {
        add(
            bootstrap,
            "is the bootstrap superuser, whose objects PostgreSQL does not record".to_owned(),
        );
    }
    let mut members: BTreeMap<&Name, BTreeSet<&Name>> = BTreeMap::new();
    let counted = live.globals.memberships.iter().filter(|(key, it)| !is_own(key, it));
    for (key, _) in counted {
        members.entry(&key.role).or_default().insert(&key.member);
    }
    let predefined = live.answers.predefined.iter();
    let mut next: VecDeque<Name> = roles.keys().chain(predefined).cloned().collect();
    // Whom sessions act as is needed with those whose sessions they are.
    let acted_as: Vec<_> =
        live.globals.settings.iter().filter_map(|it| acted_as(it, databases)).collect();
    for (_, role) in acted_as.iter().filter(|(whose, _)| whose.is_none()) {
        next.push_back(role.clone());
    }
    while let Some(role) = next.pop_front() {
        if live.globals.roles.contains_key(&role) && !roles.contains_key(&role) {
            roles.insert(role.clone(), "is the role that sessions act as".to_owned());
        }
        let acted_as = acted_as.iter().filter(|(whose, _)| *whose == Some(&role));
        next.extend(acted_as.map(|(_, to)| to.clone()).filter(|to| !roles.contains_key(to)));
        for member in members.get(&role).into_iter().flatten() {
            if live.globals.roles.contains_key(*member) && !roles.contains_key(*member) {
                roles.insert((*member).clone(), format!("is a member of {role}"));
                next.push_back((*member).clone());
            }
        }
    }
    Needed { databases: databases.clone(), roles }
}

/// Whose sessions act as whom by a setting, as far as it holds in one of these databases.
fn acted_as<'a>(
    (key, setting): (&'a SettingKey, &Setting),
    databases: &BTreeSet<Name>,
) -> Option<(Option<&'a Name>, Name)> {
    let holds = key.database.as_ref().is_none_or(|name| databases.contains(name));
    match &setting.value {
        Value::Text(role) if holds && key.name.as_str() == "role" => {
            Some((key.role.as_ref(), Name::new(&**role)))
        }
        _ => None,
    }
}

/// How an object names a role, in words that a database's name follows.
const fn says(kind: UseKind) -> &'static str {
    match kind {
        UseKind::Owner => "owns objects in",
        UseKind::OwnDefaultPrivileges => "has default privileges for what it creates in",
        UseKind::Grant => "has privileges in",
        UseKind::DefaultPrivileges => "is named by default privileges in",
        UseKind::Policy => "is named by policies in",
        UseKind::InitialPrivileges => "was granted privileges by an extension in",
    }
}
