//! Where somebody has to be able to create, so that an object there can get another owner: PostgreSQL asks it
//! of the new owner, of a schema of whoever alters it (`ATExecChangeOwner` in
//! `src/backend/commands/tablecmds.c`, `AlterObjectOwner_internal` in `alter.c`, `AlterSchemaOwner_internal` in
//! `schemacmds.c`, `AlterPublicationOwner_internal` in `publicationcmds.c`).

use crate::name::Name;
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
        let creators = creators(held);
        let role = (object.class != Class::Schema).then(|| to.clone());
        let may_create = |role: &Name| {
            [Grantee::Role(role.clone()), Grantee::Public].iter().any(|it| creators.contains(it))
        };
        if role.as_ref().is_some_and(may_create) {
            continue;
        }
        let on_source = source.objects.get(&place).map(self::creators).unwrap_or_default();
        let stays =
            on_source.iter().any(|it| cx.names.expected_grantee(it) == Grantee::Role(to.clone()));
        let owner = held.owner.clone();
        *room = Some(Room { place, owner, creators, role, stays });
    }
}

/// Who can create there.
fn creators(held: &Held) -> Vec<Grantee> {
    let create = Privileges::of([Privilege::Create]);
    let granted = held.acl.iter().filter(|(_, has)| create.beyond(*has).is_empty());
    let owner = Grantee::Role(held.owner.clone());
    granted.map(|(grantee, _)| grantee.clone()).chain([owner]).collect()
}
