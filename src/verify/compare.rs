//! What the target's database lacks of what the source's has: objects, owners, privileges, row security.
//! It talks to nobody.

mod acl;
mod policies;
mod room;

use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::HashMap;

use super::contents::{Contents, Held};
use super::difference::{Change, Comparing, Comparison, Difference, is_public};
use super::names::Names;
use super::object::{Class, Object};
use super::privilege::Acl;
use crate::name::Name;
use crate::platform::predefined::DATABASE_OWNER;
use crate::subject::Grantee;

/// Compares two databases.
pub fn compare(source: &Contents, target: &Contents, cx: Comparing<'_>) -> Comparison {
    let mut out = Comparison::default();
    let mut keys: HashMap<Object, &Object> = HashMap::default();
    let mut taken = 0;
    for (object, held) in &source.objects {
        let expected = expected(object, cx.names);
        let there = target.objects.get(&expected);
        taken += usize::from(there.is_some());
        one(&expected, object, held, there, cx, &mut out);
        // Of most objects the name is the same on both sides.
        if expected != *object {
            keys.insert(expected, object);
        }
    }
    if taken < target.objects.len() {
        let is_known = |object: &Object| {
            keys.contains_key(object)
                || (source.objects.contains_key(object) && expected(object, cx.names) == *object)
        };
        for (object, held) in target.objects.iter().filter(|(object, _)| !is_known(object)) {
            only_there(object, held, cx, &mut out);
        }
    }
    let owned = target.objects.iter().filter(|(object, held)| {
        cx.names.stand_ins.contains(&held.owner)
            && !matches!(object.class, Class::Column | Class::Policy)
            && object.class.defaults_on().is_none()
            // What takes stand-ins back gives it to the owner of the database.
            && !is_public(object)
    });
    let owned = owned.map(|(object, held)| (held.owner.clone(), object.clone()));
    out.of_stand_ins = owned.collect();
    out.within = within(source, cx);
    acl::changed(source, target, cx, &mut out);
    policies::compare(source, target, cx, &mut out);
    room::note(source, target, cx, &mut out.differences);
    for difference in &mut out.differences {
        if difference.owner.as_str() == DATABASE_OWNER
            && !matches!(difference.change, Change::Owner { .. })
        {
            difference.owner = cx.owners[1].clone();
        }
    }
    out.differences.sort_unstable();
    out.administrators.sort_unstable();
    out.of_stand_ins.sort_unstable();
    out.missing.sort_unstable();
    out.beyond.sort_unstable();
    out
}

/// Who is to own schemas in which somebody else is to own something, and who that is.
fn within(source: &Contents, cx: Comparing<'_>) -> BTreeSet<(Name, Name)> {
    let is_in_schema = |object: &&Object| {
        object.schema.is_some()
            && !matches!(object.class, Class::Column | Class::Policy)
            && object.class.defaults_on().is_none()
    };
    let mut all = BTreeSet::new();
    for (object, held) in source.objects.iter().filter(|(object, _)| is_in_schema(object)) {
        let Some(schema) = &object.schema else { continue };
        let schema = Object::global(Class::Schema, schema.clone());
        let Some(of_schema) = source.objects.get(&schema) else { continue };
        let is_databases = of_schema.owner.as_str() == DATABASE_OWNER;
        let owner = if is_databases { cx.owners[0] } else { &of_schema.owner };
        if *owner != held.owner {
            let expected = |name: &Name| cx.names.expected(name).clone();
            all.insert((expected(owner), expected(&held.owner)));
        }
    }
    all
}

/// What an object of the source is called on the target: default privileges and user mappings have the name of their
/// role.
fn expected(object: &Object, names: &Names) -> Object {
    if !object.is_of_role() {
        return object.clone();
    }
    Object { name: names.expected(&object.name).clone(), ..object.clone() }
}

/// An object of the source, and what the target has of that name.
fn one(
    object: &Object,
    origin: &Object,
    held: &Held,
    there: Option<&Held>,
    cx: Comparing<'_>,
    out: &mut Comparison,
) {
    // What a role that is not carried over would give to others, or log in as elsewhere, it does no more.
    if object.is_of_role() && there.is_none() && cx.names.carried(&origin.name).is_none() {
        out.left.entry(origin.name.clone()).or_default().granted += 1;
        return;
    }
    let Some(there) = there else {
        match &held.unstated {
            Some(unstated) => {
                let owner = cx.names.expected(&held.owner).clone();
                let unstated = in_place_of(unstated, held, &owner);
                let as_there = Held { owner, acl: unstated, ..held.clone() };
                acl::compare(object, held, &as_there, cx, out);
            }
            None => out.missing.push(object.clone()),
        }
        return;
    };
    out.compared += 1;
    if matches!(object.class, Class::Extension | Class::UserMapping) {
        return;
    }
    owner(object, held, there, cx, out);
    acl::compare(object, held, there, cx, out);
    let mut push = |change| {
        let owner = there.owner.clone();
        out.differences.push(Difference { object: object.clone(), change, owner });
    };
    if held.flags.row_security != there.flags.row_security {
        push(Change::RowSecurity(held.flags.row_security));
    }
    if held.flags.forced != there.flags.forced {
        push(Change::ForcedRowSecurity(held.flags.forced));
    }
    if held.flags.definer != there.flags.definer {
        push(Change::Definer(held.flags.definer));
    }
    if held.flags.invoker != there.flags.invoker {
        push(Change::Invoker(held.flags.invoker));
    }
}

/// Privileges that nobody has stated, of an object whose owner is called otherwise.
fn in_place_of(unstated: &Arc<Acl>, held: &Held, owner: &Name) -> Arc<Acl> {
    if held.owner == *owner {
        return Arc::clone(unstated);
    }
    let renamed = unstated.iter().map(|(grantee, privileges)| match grantee {
        Grantee::Role(role) if *role == held.owner => (Grantee::Role(owner.clone()), privileges),
        other => (other.clone(), privileges),
    });
    Arc::new(renamed.collect())
}

/// An object that only the target has.
fn only_there(object: &Object, held: &Held, cx: Comparing<'_>, out: &mut Comparison) {
    let Some(unstated) = &held.unstated else {
        out.beyond.push(object.clone());
        return;
    };
    // The platform's own roles come as they are, and what stand-ins give goes with them.
    let is_left = |names: &Names| {
        names.platforms.contains(&object.name) || names.stand_ins.contains(&object.name)
    };
    if object.class.defaults_on().is_some() && is_left(cx.names) {
        return;
    }
    let as_source = Held { acl: Arc::clone(unstated), ..held.clone() };
    acl::compare_names(object, &as_source, held, Clone::clone, cx, out);
}

/// Whether the right role owns it.
fn owner(object: &Object, held: &Held, there: &Held, cx: Comparing<'_>, out: &mut Comparison) {
    let expected = cx.names.expected(&held.owner);
    let carried = cx.names.carried(&held.owner).is_some();
    // Who has the name of a role that was left behind, and administers the target, is somebody else.
    let is_namesake = !carried && cx.names.is_administrator(&there.owner);
    if (*expected == there.owner && !is_namesake) || object.class.is_statement() {
        return;
    }
    // Whoever owns the database may create in it, if it is not the platform's.
    let is_databases =
        |side: usize, owner: &Name| owner.as_str() == DATABASE_OWNER || owner == cx.owners[side];
    let is_peoples = !cx.names.platforms.contains(cx.owners[1]);
    if is_public(object)
        && is_peoples
        && is_databases(0, &held.owner)
        && !is_databases(1, &there.owner)
    {
        out.differences.push(Difference {
            object: object.clone(),
            change: Change::Owner {
                to: cx.owners[1].clone(),
                definer: false,
                carried: true,
                room: None,
            },
            owner: there.owner.clone(),
        });
        return;
    }
    if is_public(object)
        && cx.names.is_source_maker(&held.owner, cx.owners[0])
        && cx.names.is_target_maker(&there.owner, cx.owners[1])
    {
        return;
    }
    let is_built_in = object.class == Class::Database && object.name.as_str() == "postgres";
    if is_built_in && cx.names.platforms.contains(&there.owner) {
        return;
    }
    if !carried && !held.flags.runs_as_owner() {
        out.left.entry(held.owner.clone()).or_default().owned += 1;
        return;
    }
    let definer = held.flags.runs_as_owner();
    out.differences.push(Difference {
        object: object.clone(),
        change: Change::Owner { to: expected.clone(), definer, carried, room: None },
        owner: there.owner.clone(),
    });
}
