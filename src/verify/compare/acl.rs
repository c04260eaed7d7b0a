//! The privileges of one object.

use crate::name::Name;
use crate::subject::Grantee;
use crate::verify::contents::{Contents, Held};
use crate::verify::difference::{Change, Comparing, Comparison, Difference, is_public};
use crate::verify::object::{Class, Object};
use crate::verify::privilege::{Acl, Privilege, Privileges};
use crate::version::Major;

/// The privileges of an object of the source, and of the same on the target.
pub(super) fn compare(
    object: &Object,
    held: &Held,
    there: &Held,
    cx: Comparing<'_>,
    out: &mut Comparison,
) {
    // The most frequent case by far.
    if held.owner == there.owner && held.acl == there.acl && cx.names.is_same(&held.acl) {
        return;
    }
    compare_names(object, held, there, |it| cx.names.expected_grantee(it), cx, out);
}

/// The same, with what grantees of the source are called on the target.
pub(super) fn compare_names(
    object: &Object,
    held: &Held,
    there: &Held,
    expected: impl Fn(&Grantee) -> Grantee,
    cx: Comparing<'_>,
    out: &mut Comparison,
) {
    let owner = match expected(&Grantee::Role(held.owner.clone())) {
        Grantee::Role(owner) => owner,
        Grantee::Public => held.owner.clone(),
    };
    let has_another_owner = owner != there.owner;
    // What an owner has comes and goes with the object.
    let is_owners = |grantee: &Grantee| {
        has_another_owner
            && matches!(grantee, Grantee::Role(role) if *role == owner || *role == there.owner)
    };
    let named = held.acl.iter().map(|(grantee, privileges)| (expected(grantee), privileges));
    let wanted: Acl = named.filter(|(grantee, _)| !is_owners(grantee)).collect();
    let left: Vec<(&Name, Grantee, Privileges)> = held
        .acl
        .iter()
        .filter_map(|(grantee, privileges)| match grantee {
            Grantee::Role(role) if cx.names.is_left(grantee) => {
                Some((role, expected(grantee), privileges))
            }
            _ => None,
        })
        .collect();
    let cause = cause(object, there, &left, cx);
    let is_public = is_public(object);
    for (grantee, privileges) in wanted.iter() {
        let lost = privileges.beyond(there.acl.of(grantee)).known_to(cx.majors);
        if lost.is_empty() {
            continue;
        }
        if let Some((role, ..)) = left.iter().find(|(_, expected, _)| expected == grantee) {
            out.left.entry((*role).clone()).or_default().granted += 1;
            continue;
        }
        if is_public && is_versions_own(grantee, privileges, there.acl.of(grantee), cx.majors) {
            continue;
        }
        let grantee = grantee.clone();
        let change = Change::Lost { grantee, privileges: lost, cause: cause.clone() };
        out.differences.push(Difference {
            object: object.clone(),
            change,
            owner: there.owner.clone(),
        });
    }
    for (grantee, privileges) in there.acl.iter().filter(|(grantee, _)| !is_owners(grantee)) {
        // An administrator that has the name of a role that was left behind got what was granted to that one.
        let is_namesake = is_administrator(grantee, cx)
            && *grantee != Grantee::Role(there.owner.clone())
            && left.iter().any(|(_, it, _)| it == grantee);
        let meant = if is_namesake { Privileges::default() } else { wanted.of(grantee) };
        let gained = privileges.beyond(meant).known_to(cx.majors);
        if gained.is_empty() {
            continue;
        }
        if is_of_no_account(grantee, cx) {
            administrators(object, grantee, gained, cx, out);
            continue;
        }
        if is_public && is_versions_own(grantee, wanted.of(grantee), privileges, cx.majors) {
            continue;
        }
        let change = Change::Gained { grantee: grantee.clone(), privileges: gained };
        out.differences.push(Difference {
            object: object.clone(),
            change,
            owner: there.owner.clone(),
        });
    }
}

/// The target's platform's own roles, those that administer it, and stand-ins, which go again.
fn is_of_no_account(grantee: &Grantee, cx: Comparing<'_>) -> bool {
    let Grantee::Role(role) = grantee else { return false };
    let names = cx.names;
    [&names.platforms, &names.administrators, &names.stand_ins].iter().any(|it| it.contains(role))
}

/// Notes what somebody has gained who administers the target.
fn administrators(
    object: &Object,
    grantee: &Grantee,
    gained: Privileges,
    cx: Comparing<'_>,
    out: &mut Comparison,
) {
    if let Grantee::Role(role) = grantee
        && is_administrator(grantee, cx)
    {
        out.administrators.push((role.clone(), object.clone(), gained));
    }
}

fn is_administrator(grantee: &Grantee, cx: Comparing<'_>) -> bool {
    matches!(grantee, Grantee::Role(role) if cx.names.is_administrator(role))
}

/// Whether everybody may do in schema public what each version lets everybody do there, which since 15
/// is no more to create something.
fn is_versions_own(
    grantee: &Grantee,
    source: Privileges,
    target: Privileges,
    majors: [Major; 2],
) -> bool {
    let usual = majors.map(|major| {
        let create = (major < Major::new(15)).then_some(Privilege::Create);
        Privileges::of([Privilege::Usage].into_iter().chain(create))
    });
    *grantee == Grantee::Public && [source, target] == usual
}

/// Why all grants on an object are gone: `pg_restore` sends them as one command, and a role that they
/// name is not there.
fn cause(
    object: &Object,
    there: &Held,
    left: &[(&Name, Grantee, Privileges)],
    cx: Comparing<'_>,
) -> Vec<Name> {
    // Nobody restores the database that every server has.
    if object.class == Class::Database && object.name.as_str() == "postgres" {
        return Vec::new();
    }
    let owner = Grantee::Role(there.owner.clone());
    let public = object.class.public_default();
    let is_as_made = there.acl.iter().all(|(grantee, privileges)| match grantee {
        Grantee::Public => privileges == public,
        Grantee::Role(_) => *grantee == owner,
    });
    if !is_as_made {
        return Vec::new();
    }
    let missing = left
        .iter()
        .filter(|(_, expected, _)| matches!(expected, Grantee::Role(role) if !cx.names.has(role)));
    missing.map(|(role, ..)| (*role).clone()).collect()
}

/// What was changed of the privileges on objects of PostgreSQL itself and of extensions.
pub(super) fn changed(
    source: &Contents,
    target: &Contents,
    cx: Comparing<'_>,
    out: &mut Comparison,
) {
    let nothing = Privileges::default();
    // What initdb gives to everybody in there it does not note down, and each version has other views.
    let is_initdbs = |object: &Object, grantee: &Grantee| {
        let schema = object.schema.as_ref().map(Name::as_str);
        *grantee == Grantee::Public && schema == Some("information_schema")
    };
    for (object, held) in &source.changed {
        let there = target.changed.get(object);
        // What is as it was made is its maker's.
        let owner = there.map(|there| &there.owner);
        let owner = owner.or(cx.names.bootstrap.as_ref()).unwrap_or(&held.owner);
        for (grantee, privileges) in held.acl.iter() {
            let given = privileges.beyond(held.initial.of(grantee));
            let expected = cx.names.expected_grantee(grantee);
            let has = there.map_or(nothing, |there| there.acl.of(&expected));
            let lost = given.beyond(has).known_to(cx.majors);
            if lost.is_empty()
                || *grantee == Grantee::Role(held.owner.clone())
                || is_initdbs(object, grantee)
            {
                continue;
            }
            if let (Grantee::Role(role), true) = (grantee, cx.names.is_left(grantee)) {
                out.left.entry(role.clone()).or_default().granted += 1;
                continue;
            }
            let change = Change::Lost { grantee: expected, privileges: lost, cause: Vec::new() };
            let (object, owner) = (object.clone(), owner.clone());
            out.differences.push(Difference { object, change, owner });
        }
        // What was taken away of what it was made with.
        for (grantee, privileges) in held.initial.iter() {
            let taken = privileges.beyond(held.acl.of(grantee));
            let expected = cx.names.expected_grantee(grantee);
            let kept = there.map_or(privileges, |there| there.acl.of(&expected));
            let still = taken.beyond(taken.beyond(kept)).known_to(cx.majors);
            if still.is_empty()
                || *grantee == Grantee::Role(held.owner.clone())
                || cx.names.is_left(grantee)
            {
                continue;
            }
            let change = Change::Gained { grantee: expected, privileges: still };
            let (object, owner) = (object.clone(), owner.clone());
            out.differences.push(Difference { object, change, owner });
        }
    }
    for (object, there) in &target.changed {
        for (grantee, privileges) in there.acl.iter() {
            let given = privileges.beyond(there.initial.of(grantee));
            if given.is_empty()
                || *grantee == Grantee::Role(there.owner.clone())
                || is_of_no_account(grantee, cx)
                || is_initdbs(object, grantee)
            {
                continue;
            }
            let has = source.changed.get(object).map_or(nothing, |held| {
                let same =
                    held.acl.iter().filter(|(it, _)| cx.names.expected_grantee(it) == *grantee);
                same.fold(nothing, |all, (_, more)| all.and(more))
            });
            let gained = given.beyond(has).known_to(cx.majors);
            if gained.is_empty() {
                continue;
            }
            let change = Change::Gained { grantee: grantee.clone(), privileges: gained };
            let (object, owner) = (object.clone(), there.owner.clone());
            out.differences.push(Difference { object, change, owner });
        }
    }
}
