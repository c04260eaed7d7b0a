//! Tables, views and sequences, whether row security is on, and with whose rights views look.

use super::fragments::{of_no_extension, privileges, user_schema};
use super::question::Question;
use crate::verify::contents::Flags;
use crate::verify::object::{Class, Object};

pub(super) const QUESTION: Question = Question {
    name: "pg_class",
    about: "tables and sequences",
    sql: |_| {
        let sql = concat!(
            "SELECT n.nspname, c.relname, c.relkind, c.relowner, ",
            privileges!(
                "c.relacl",
                "CASE WHEN c.relkind = 'S' THEN 's'::\"char\" ELSE 'r'::\"char\" END",
                "c.relowner"
            ),
            ", c.relrowsecurity, c.relforcerowsecurity, c.relkind = 'v' AND EXISTS (\
             SELECT FROM pg_options_to_table(c.reloptions) AS o \
             WHERE o.option_name = 'security_invoker' AND o.option_value::boolean), c.relkind = 'v' \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't' AND ",
            user_schema!(),
            " AND ",
            of_no_extension!("pg_class", "c")
        );
        Some(sql.to_owned())
    },
    take: |row, all| {
        let class = match row.text(2)? {
            "S" => Class::Sequence,
            "v" => Class::View,
            "m" => Class::MaterializedView,
            "f" => Class::ForeignTable,
            _ => Class::Table,
        };
        let object = Object::local(class, row.name(0)?, row.name(1)?);
        let flags = Flags {
            row_security: row.flag(5)?,
            forced: row.flag(6)?,
            invoker: row.flag(7)?,
            view: row.flag(8)?,
            ..Flags::default()
        };
        all.add(object, row, [3, 4], flags)
    },
};
