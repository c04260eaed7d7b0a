//! Foreign servers and foreign-data wrappers.

use super::fragments::{of_no_extension, privileges};
use super::question::Question;
use crate::verify::contents::Flags;
use crate::verify::object::{Class, Object};

pub(super) const QUESTION: Question = Question {
    name: "pg_foreign_server",
    about: "foreign servers and foreign-data wrappers",
    sql: |_| {
        let sql = concat!(
            "SELECT true, s.srvname, s.srvowner, ",
            privileges!("s.srvacl", "'S'", "s.srvowner"),
            " FROM pg_foreign_server s WHERE ",
            of_no_extension!("pg_foreign_server", "s"),
            " UNION ALL SELECT false, w.fdwname, w.fdwowner, ",
            privileges!("w.fdwacl", "'F'", "w.fdwowner"),
            " FROM pg_foreign_data_wrapper w WHERE ",
            of_no_extension!("pg_foreign_data_wrapper", "w")
        );
        Some(sql.to_owned())
    },
    take: |row, all| {
        let class = if row.flag(0)? { Class::ForeignServer } else { Class::ForeignDataWrapper };
        let object = Object::global(class, row.name(1)?);
        all.add(object, row, [2, 3], Flags::default())
    },
};
