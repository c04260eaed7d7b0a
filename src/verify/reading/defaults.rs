//! Default privileges. Those of a role in all schemas take the place of what the server has; those in
//! a schema are added to it.

use super::fragments::exploded;
use super::question::Question;
use crate::verify::contents::{Flags, Held};
use crate::verify::object::{Class, Object};

pub(super) const QUESTION: Question = Question {
    name: "pg_default_acl",
    about: "default privileges",
    sql: |_| {
        let sql = concat!(
            "SELECT d.defaclrole, n.nspname, d.defaclobjtype, ",
            exploded!("d.defaclacl"),
            ", CASE WHEN d.defaclnamespace = 0 THEN ",
            exploded!(
                "acldefault(CASE WHEN d.defaclobjtype = 'S' THEN 's'::\"char\" \
                 ELSE d.defaclobjtype END, d.defaclrole)"
            ),
            " END FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace"
        );
        Some(sql.to_owned())
    },
    take: |row, all| {
        let class = match row.text(2)? {
            "r" => Class::DefaultTables,
            "S" => Class::DefaultSequences,
            "f" => Class::DefaultFunctions,
            "T" => Class::DefaultTypes,
            "n" => Class::DefaultSchemas,
            "L" => Class::DefaultLargeObjects,
            _ => return Err(row.unfit(2, "a kind of default privileges that is not known")),
        };
        let owner = all.role(row, 0)?;
        let schema = row.name_or_null(1)?;
        let (acl, unstated) = (all.acl(row, 3)?, Some(all.acl(row, 4)?));
        let object = Object { schema, ..Object::global(class, owner.clone()) };
        let held = Held { owner, acl, unstated, flags: Flags::default() };
        all.contents.objects.insert(object, held);
        Ok(())
    },
};
