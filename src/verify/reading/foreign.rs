//! Foreign servers, foreign-data wrappers and user mappings.

use std::sync::Arc;

use super::fragments::{of_no_extension, privileges};
use super::question::Question;
use crate::name::Name;
use crate::verify::contents::{Flags, Held};
use crate::verify::object::{Class, EVERYBODY, Object};
use crate::verify::privilege::Acl;

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

/// Who is mapped to somebody on a server; to whom, only the mapped role itself may see.
pub(super) const MAPPINGS: Question = Question {
    name: "pg_user_mappings",
    about: "user mappings",
    sql: |_| {
        let sql = concat!(
            "SELECT m.umuser, m.srvname FROM pg_user_mappings m JOIN pg_foreign_server s ON s.oid = m.srvid WHERE ",
            of_no_extension!("pg_foreign_server", "s")
        );
        Some(sql.to_owned())
    },
    take: |row, all| {
        let is_everybodys = row.text(0)? == "0";
        let role = if is_everybodys { Name::new(EVERYBODY) } else { all.role(row, 0)? };
        let object =
            Object { part: Some(row.name(1)?), ..Object::global(Class::UserMapping, role.clone()) };
        let acl = Arc::new(Acl::default());
        let held = Held { owner: role, acl, unstated: None, flags: Flags::default() };
        all.contents.objects.insert(object, held);
        Ok(())
    },
};
