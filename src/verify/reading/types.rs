//! Types and domains, and the names of those that functions take.

use super::fragments::{made_by_users, privileges, user_schema};
use super::question::Question;
use crate::verify::contents::Flags;
use crate::verify::object::{Class, Object, TypeName};

/// The types that functions take. An array's name is of no account: the server chooses it.
pub(super) const NAMES: Question = Question {
    name: "pg_type",
    about: "the types that functions take",
    sql: |_| {
        let sql = "SELECT t.oid, n.nspname, coalesce(e.typname, t.typname), e.oid IS NOT NULL \
                   FROM (SELECT DISTINCT unnest(p.proargtypes) AS oid FROM pg_proc p) AS u \
                   JOIN pg_type t ON t.oid = u.oid LEFT JOIN pg_type e ON e.typarray = t.oid \
                   JOIN pg_namespace n ON n.oid = coalesce(e.typnamespace, t.typnamespace)";
        Some(sql.to_owned())
    },
    take: |row, all| {
        let named = TypeName { schema: row.name(1)?, name: row.name(2)?, is_array: row.flag(3)? };
        all.types.insert(row.text(0)?.to_owned(), named);
        Ok(())
    },
};

/// Arrays, the rows of tables and multiranges were made along with something else.
pub(super) const QUESTION: Question = Question {
    name: "pg_type",
    about: "types",
    sql: |_| {
        let sql = concat!(
            "SELECT n.nspname, t.typname, t.typowner, ",
            privileges!("t.typacl", "'T'", "t.typowner"),
            " FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE ",
            user_schema!(),
            " AND ",
            made_by_users!("pg_type", "t")
        );
        Some(sql.to_owned())
    },
    take: |row, all| {
        let object = Object::local(Class::Type, row.name(0)?, row.name(1)?);
        all.add(object, row, [2, 3], Flags::default())
    },
};
