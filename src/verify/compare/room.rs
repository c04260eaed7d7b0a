//! Where somebody has to be able to create, so that an object there can get another owner: PostgreSQL asks it
//! of the new owner, of a schema of whoever alters it (`ATExecChangeOwner` in
//! `src/backend/commands/tablecmds.c`, `AlterObjectOwner_internal` in `alter.c`, `AlterSchemaOwner_internal` in
//! `schemacmds.c`, `AlterPublicationOwner_internal` in `publicationcmds.c`).

use crate::name::Name;
use crate::platform::predefined::DATABASE_OWNER;
use crate::subject::Grantee;
use crate::verify::contents::{Contents, Held};
use crate::verify::difference::{Change, Comparing, Difference, Room};
use crate::verify::object::{Class, Object};
use crate::verify::privilege::{Privilege, Privileges};

/// Notes it for each object that is to have another owner.
pub(super) fn note(
    source: &Contents,
    target: &Contents,
    cx: Comparing<'_>,
    differences: &mut [Difference],
) {
    let database = target.objects.keys().find(|object| object.class == Class::Database);
    for Difference { object, change, .. } in differences {
        let Change::Owner { to, room, .. } = change else { continue };
        let place = match (&object.schema, object.class) {
            (Some(schema), _) => Some(Object::global(Class::Schema, schema.clone())),
            (None, Class::Schema | Class::Publication) => database.cloned(),
            _ => None,
        };
        let Some(place) = place else { continue };
        let Some(held) = target.objects.get(&place) else { continue };
        let owner = owner(held, cx.owners[1]).clone();
        let creators = creators(held, &owner);
        let role = (object.class != Class::Schema).then(|| to.clone());
        let may_create = |role: &Name| {
            [Grantee::Role(role.clone()), Grantee::Public].iter().any(|it| creators.contains(it))
        };
        if role.as_ref().is_some_and(may_create) {
            continue;
        }
        let stays = source.objects.get(&place).is_some_and(|held| {
            let all = self::creators(held, self::owner(held, cx.owners[0]));
            all.iter().any(|it| cx.names.expected_grantee(it) == Grantee::Role(to.clone()))
        });
        *room = Some(Room { place, owner, creators, role, stays });
    }
}

/// Who owns it: what `pg_database_owner` has is the owner's of the database.
fn owner<'a>(held: &'a Held, of_database: &'a Name) -> &'a Name {
    if held.owner.as_str() == DATABASE_OWNER { of_database } else { &held.owner }
}

/// Who can create there.
fn creators(held: &Held, owner: &Name) -> Vec<Grantee> {
    let create = Privileges::of([Privilege::Create]);
    let granted = held.acl.iter().filter(|(_, has)| create.beyond(*has).is_empty());
    granted.map(|(grantee, _)| grantee.clone()).chain([Grantee::Role(owner.clone())]).collect()
}
