//! Columns that have privileges of their own.

use std::sync::Arc;

use super::fragments::{exploded, of_no_extension, user_schema};
use super::question::Question;
use crate::verify::contents::{Flags, Held};
use crate::verify::object::{Class, Object};
use crate::verify::privilege::Acl;

pub(super) const QUESTION: Question = Question {
    name: "pg_attribute",
    about: "privileges on columns",
    sql: |_| {
        let sql = concat!(
            "SELECT n.nspname, c.relname, t.attname, c.relowner, ",
            exploded!("t.attacl"),
            " FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid \
             JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE t.attacl IS NOT NULL AND NOT t.attisdropped AND t.attnum > 0 \
             AND c.relpersistence <> 't' AND ",
            user_schema!(),
            " AND ",
            of_no_extension!("pg_class", "c")
        );
        Some(sql.to_owned())
    },
    take: |row, all| {
        let table = Object::local(Class::Column, row.name(0)?, row.name(1)?);
        let object = Object { part: Some(row.name(2)?), ..table };
        let (owner, acl) = (all.role(row, 3)?, all.acl(row, 4)?);
        let unstated = Some(Arc::new(Acl::default()));
        let held = Held { owner, acl, unstated, flags: Flags::default() };
        all.contents.objects.insert(object, held);
        Ok(())
    },
};
