//! Stand-ins: powerless roles that take the place of those that are not carried over, for the time of
//! the restore.

use std::collections::BTreeSet;

use super::ground::Ground;
use crate::globals::changes::Target;
use crate::globals::{Change, Fact, Globals, Origin, Role};
use crate::name::Name;

pub use crate::globals::stand_in::{COMMENT, is_stand_in};

/// One to be created.
pub(super) fn role() -> Role {
    let mut role = Role::default();
    role.created = Some(Fact::new((), Origin::LIVE));
    role
}

/// A whole one, for a script.
pub(super) fn with_comment() -> Role {
    let mut role = role();
    role.comment = Some(Fact::new(COMMENT.into(), Origin::LIVE));
    role
}

/// What creates one.
pub(super) fn create(name: &Name) -> [Change; 2] {
    let comment = Change::Comment {
        on: Target::Role(name.clone()),
        from: None,
        to: Some(COMMENT.into()),
        origin: Origin::LIVE,
    };
    [Change::CreateRole { name: name.clone(), role: Box::new(role()) }, comment]
}

/// Those that the target has.
pub(super) fn there<'a>(current: &'a Globals, desired: &Globals) -> BTreeSet<&'a Name> {
    let all = current.roles.iter();
    let all = all.filter(|(name, role)| is_stand_in(role) && !desired.roles.contains_key(*name));
    all.map(|(name, _)| name).collect()
}

/// A role that is carried over now, and that a stand-in stood for, is none any more.
pub(super) fn no_longer(current: &Globals, desired: &Globals) -> Vec<Change> {
    let all = current.roles.iter().filter(|(name, role)| {
        is_stand_in(role)
            && desired.roles.get(*name).is_some_and(|desired| desired.comment.is_none())
    });
    let comment = |name: &Name| Change::Comment {
        on: Target::Role(name.clone()),
        from: Some(COMMENT.into()),
        to: None,
        origin: Origin::LIVE,
    };
    all.map(|(name, _)| comment(name)).collect()
}

/// The roles that objects name, that there will not be, and whose names are free.
pub(super) fn needed<'a>(ground: &Ground<'a>) -> BTreeSet<&'a Name> {
    let named = named(ground);
    let all = ground.absent.iter().filter(|role| {
        named.as_ref().is_none_or(|named| named.contains(role))
            && !ground.will_be(role)
            && !ground.is_reserved(role)
            // Its objects are its new name's.
            && !ground.renamed.contains_key(*role)
    });
    all.collect()
}

/// The roles that objects name; nobody knows where the source is a dump.
fn named<'a>(ground: &Ground<'a>) -> Option<BTreeSet<&'a Name>> {
    ground.source?;
    let mut named: BTreeSet<&Name> = ground.uses().map(|it| &it.role).collect();
    named.extend(ground.mentions().flat_map(|(_, it)| &it.names));
    // It is pinned, so that no use of it is recorded: what cannot be seen may well be there.
    let unseen = ground.unread().next().is_some();
    named.extend(
        ground
            .bootstrap()
            .filter(|role| unseen || !ground.owned(role).is_empty() || ground.gets_public(role)),
    );
    Some(named)
}
