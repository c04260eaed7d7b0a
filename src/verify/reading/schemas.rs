//! Schemas.

use super::fragments::{of_no_extension, privileges, user_schema};
use super::question::Question;
use crate::verify::contents::Flags;
use crate::verify::object::{Class, Object};

pub(super) const QUESTION: Question = Question {
    name: "pg_namespace",
    about: "schemas",
    sql: |_| {
        let sql = concat!(
            "SELECT n.nspname, n.nspowner, ",
            privileges!("n.nspacl", "'n'", "n.nspowner"),
            " FROM pg_namespace n WHERE ",
            user_schema!(),
            " AND ",
            of_no_extension!("pg_namespace", "n")
        );
        Some(sql.to_owned())
    },
    take: |row, all| {
        let object = Object::global(Class::Schema, row.name(0)?);
        all.add(object, row, [1, 2], Flags::default())
    },
};
