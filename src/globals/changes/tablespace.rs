//! Tablespaces, by name.

use super::described::{comment, labels};
use super::{Change, Changes, Scope, Target};
use crate::globals::fact::Origin;
use crate::globals::model::{Globals, Grantee, Tablespace};
use crate::name::Name;

pub(super) fn compare(current: &Globals, desired: &Globals, scope: Scope, all: &mut Changes) {
    for (name, to) in &desired.tablespaces {
        let on = Target::Tablespace(name.clone());
        let nothing = Tablespace::default();
        let from = current.tablespaces.get(name);
        match from {
            None => {
                let mut bare = to.clone();
                bare.comment = None;
                bare.labels.clear();
                let tablespace = Box::new(bare);
                all.changes.push(Change::CreateTablespace { name: name.clone(), tablespace });
            }
            Some(from) => details(name, from, to, scope, all),
        }
        let from = from.unwrap_or(&nothing);
        comment(&on, from.comment.as_ref(), to.comment.as_ref(), scope, all);
        labels(&on, &from.labels, &to.labels, scope, all);
    }
    if scope == Scope::Mirror {
        for (name, from) in &current.tablespaces {
            if !desired.tablespaces.contains_key(name) {
                let tablespace = Box::new(from.clone());
                all.changes.push(Change::DropTablespace { name: name.clone(), tablespace });
            }
        }
    }
}

fn details(name: &Name, from: &Tablespace, to: &Tablespace, scope: Scope, all: &mut Changes) {
    // Who owns one whose owner is not stated is not known.
    let mut goes = None;
    if let (Some(there), Some(owner)) = (&from.owner, &to.owner)
        && there != owner
    {
        // The new owner's own grant would become one with what owners have: taken away before, it can be
        // given back afterwards.
        let key = (Grantee::Role(owner.value.clone()), None);
        let rests = from.grants.keys().any(|(_, grantor)| grantor.as_ref() == Some(&owner.value));
        if let Some(fact) = from.grants.get(&key).filter(|_| !rests) {
            all.changes.push(Change::TablespaceGrant {
                name: name.clone(),
                grantee: key.0.clone(),
                grantor: None,
                from: Some(fact.value),
                to: None,
                origin: owner.origin,
            });
            goes = Some(key);
        }
        all.changes.push(Change::TablespaceOwner {
            name: name.clone(),
            from: there.value.clone(),
            to: owner.value.clone(),
            origin: owner.origin,
        });
    }
    // Nothing moves one: it is for showing only.
    if scope == Scope::Mirror && from.place() != to.place() {
        all.changes.push(Change::TablespaceLocation {
            name: name.clone(),
            from: from.place().into(),
            to: to.place().into(),
        });
    }
    for (option, value) in &to.options {
        let there = from.options.get(option);
        if there != Some(value) {
            all.changes.push(Change::TablespaceOption {
                name: name.clone(),
                option: option.clone(),
                from: there.map(|fact| fact.value.clone()),
                to: Some(value.value.clone()),
                origin: value.origin,
            });
        }
    }
    for (option, value) in
        from.options.iter().filter(|(option, _)| !to.options.contains_key(*option))
    {
        let change = Change::TablespaceOption {
            name: name.clone(),
            option: option.clone(),
            from: Some(value.value.clone()),
            to: None,
            origin: Origin::LIVE,
        };
        all.removal(scope, change);
    }
    // Where the owner is not stated, it stays whose it is.
    let owner = to.owner.as_ref().or(from.owner.as_ref()).map(|owner| &owner.value);
    for ((grantee, grantor), grantable) in &to.grants {
        // Every owner has it from the start.
        let is_owners = grantor.is_none() && owner.is_some() && grantee.role() == owner;
        if is_owners && !grantable.value {
            continue;
        }
        let there = from.grants.get(&(grantee.clone(), grantor.clone())).map(|fact| fact.value);
        if there.is_none_or(|there| !there && grantable.value) {
            all.changes.push(Change::TablespaceGrant {
                name: name.clone(),
                grantee: grantee.clone(),
                grantor: grantor.clone(),
                from: there,
                to: Some(grantable.value),
                origin: grantable.origin,
            });
        }
    }
    for (key @ (grantee, grantor), grantable) in &from.grants {
        if goes.as_ref() == Some(key) {
            continue;
        }
        let wanted = to.grants.get(&(grantee.clone(), grantor.clone())).map(|fact| fact.value);
        if wanted.is_none_or(|wanted| !wanted && grantable.value) {
            let change = Change::TablespaceGrant {
                name: name.clone(),
                grantee: grantee.clone(),
                grantor: grantor.clone(),
                from: Some(grantable.value),
                to: wanted,
                origin: Origin::LIVE,
            };
            all.removal(scope, change);
        }
    }
}
