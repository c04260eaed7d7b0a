//! Which roles of a server some of its databases need.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::name::Name;
use crate::read::live::{Live, Use, UseKind};
use crate::sanitize::Needed;

/// The roles that objects of these databases name or that own some, or that have settings in them, and all
/// members of these, which have their rights through them.
///
/// `pg_shdepend` records nothing of roles that `initdb` makes: the bootstrap superuser is always among them,
/// and so are the members of predefined roles, which can have been granted something in the databases, or
/// have rights in all of them (`pg_read_all_data`).
pub fn needed(live: &Live, databases: &BTreeSet<Name>) -> Needed {
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
    if let Some(bootstrap) = &live.answers.bootstrap {
        add(
            bootstrap,
            "is the bootstrap superuser, whose objects PostgreSQL does not record".to_owned(),
        );
    }
    let mut members: BTreeMap<&Name, BTreeSet<&Name>> = BTreeMap::new();
    for key in live.globals.memberships.keys() {
        members.entry(&key.role).or_default().insert(&key.member);
    }
    let predefined = live.answers.predefined.iter();
    let mut next: VecDeque<Name> = roles.keys().chain(predefined).cloned().collect();
    while let Some(role) = next.pop_front() {
        for member in members.get(&role).into_iter().flatten() {
            if live.globals.roles.contains_key(*member) && !roles.contains_key(*member) {
                roles.insert((*member).clone(), format!("is a member of {role}"));
                next.push_back((*member).clone());
            }
        }
    }
    Needed { databases: databases.clone(), roles }
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
