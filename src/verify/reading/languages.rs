//! Languages that somebody has made without an extension.

use super::fragments::{of_no_extension, privileges};
use super::question::Question;
use crate::verify::contents::Flags;
use crate::verify::object::{Class, Object};

/// From `FirstNormalObjectId` on.
pub(super) const QUESTION: Question = Question {
    name: "pg_language",
    about: "languages",
    sql: |_| {
        let sql = concat!(
            "SELECT l.lanname, l.lanowner, ",
            privileges!("l.lanacl", "'l'", "l.lanowner"),
            " FROM pg_language l WHERE l.oid >= 16384 AND ",
            of_no_extension!("pg_language", "l")
        );
        Some(sql.to_owned())
    },
    take: |row, all| {
        let object = Object::global(Class::Language, row.name(0)?);
        all.add(object, row, [1, 2], Flags::default())
    },
};
