//! Large objects, which have no name but their oid.

use super::fragments::privileges;
use super::question::Question;
use crate::verify::contents::Flags;
use crate::verify::object::{Class, Object};

pub(super) const QUESTION: Question = Question {
    name: "pg_largeobject_metadata",
    about: "large objects",
    sql: |_| {
        let sql = concat!(
            "SELECT o.oid, o.lomowner, ",
            privileges!("o.lomacl", "'L'", "o.lomowner"),
            " FROM pg_largeobject_metadata o"
        );
        Some(sql.to_owned())
    },
    take: |row, all| {
        let oid: u32 = row.number(0)?;
        let object = Object::global(Class::LargeObject, oid.to_string().as_str().into());
        all.add(object, row, [1, 2], Flags::default())
    },
};
