//! Objects of PostgreSQL itself and of extensions whose privileges somebody has changed since they were
//! made: what pg_dump tells of them, and nothing else of them.

use super::fragments::{exploded, privileges};
use super::question::Question;
use crate::verify::contents::Changed;
use crate::verify::object::{Class, Object};
use crate::version::Major;

/// Whether an object is PostgreSQL's own or an extension's.
macro_rules! not_of_users {
    ($catalog:literal, $alias:literal) => {
        concat!(
            "(n.nspname ~ '^pg_' OR n.nspname = 'information_schema' OR EXISTS (SELECT FROM pg_depend e \
             WHERE e.classid = '",
            $catalog,
            "'::regclass AND e.objid = ",
            $alias,
            ".oid AND e.objsubid = 0 AND e.deptype = 'e'))"
        )
    };
}

/// Its privileges when it was made, `i`, as far as those were not what every such object has.
macro_rules! made_with {
    ($catalog:literal, $oid:literal, $part:literal) => {
        concat!(
            " LEFT JOIN pg_init_privs i ON i.objoid = ",
            $oid,
            " AND i.classoid = '",
            $catalog,
            "'::regclass AND i.objsubid = ",
            $part,
            " "
        )
    };
}

const SQL: &str = concat!(
    "SELECT CASE WHEN c.relkind = 'S' THEN 'sequence' ELSE 'table' END, n.nspname, c.relname, NULL::name, \
     NULL::text, c.relowner, ",
    exploded!("c.relacl"),
    ", ",
    privileges!(
        "i.initprivs",
        "CASE WHEN c.relkind = 'S' THEN 's'::\"char\" ELSE 'r'::\"char\" END",
        "c.relowner"
    ),
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace",
    made_with!("pg_class", "c.oid", "0"),
    "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't' \
     AND c.relacl IS DISTINCT FROM i.initprivs AND ",
    not_of_users!("pg_class", "c"),
    " UNION ALL SELECT 'column', n.nspname, c.relname, t.attname, NULL, c.relowner, ",
    exploded!("t.attacl"),
    ", ",
    exploded!("i.initprivs"),
    " FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid \
     JOIN pg_namespace n ON n.oid = c.relnamespace",
    made_with!("pg_class", "c.oid", "t.attnum"),
    "WHERE t.attacl IS DISTINCT FROM i.initprivs AND NOT t.attisdropped AND t.attnum > 0 \
     AND c.relpersistence <> 't' AND ",
    not_of_users!("pg_class", "c"),
    " UNION ALL SELECT 'function', n.nspname, p.proname, NULL, p.proargtypes::text, p.proowner, ",
    exploded!("p.proacl"),
    ", ",
    privileges!("i.initprivs", "'f'", "p.proowner"),
    " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace",
    made_with!("pg_proc", "p.oid", "0"),
    "WHERE p.proacl IS DISTINCT FROM i.initprivs AND ",
    not_of_users!("pg_proc", "p"),
    " UNION ALL SELECT 'type', n.nspname, t.typname, NULL, NULL, t.typowner, ",
    exploded!("t.typacl"),
    ", ",
    privileges!("i.initprivs", "'T'", "t.typowner"),
    " FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace",
    made_with!("pg_type", "t.oid", "0"),
    "WHERE t.typacl IS DISTINCT FROM i.initprivs AND ",
    not_of_users!("pg_type", "t"),
    " UNION ALL SELECT 'schema', NULL, n.nspname, NULL, NULL, n.nspowner, ",
    exploded!("n.nspacl"),
    ", ",
    privileges!("i.initprivs", "'n'", "n.nspowner"),
    " FROM pg_namespace n",
    made_with!("pg_namespace", "n.oid", "0"),
    "WHERE n.nspacl IS DISTINCT FROM i.initprivs AND n.nspname !~ '^pg_(temp|toast_temp)_' AND ",
    not_of_users!("pg_namespace", "n"),
    " UNION ALL SELECT 'language', NULL, l.lanname, NULL, NULL, l.lanowner, ",
    exploded!("l.lanacl"),
    ", ",
    privileges!("i.initprivs", "'l'", "l.lanowner"),
    " FROM pg_language l",
    made_with!("pg_language", "l.oid", "0"),
    "WHERE l.lanacl IS DISTINCT FROM i.initprivs AND (l.oid < 16384 OR EXISTS (SELECT FROM pg_depend e \
     WHERE e.classid = 'pg_language'::regclass AND e.objid = l.oid AND e.deptype = 'e'))"
);

/// They are kept since 9.6.
pub(super) const QUESTION: Question = Question {
    name: "pg_init_privs",
    about: "privileges on objects of PostgreSQL itself and of extensions",
    sql: |major| (major > Major::OLDEST).then(|| SQL.to_owned()),
    take: |row, all| {
        let class = match row.text(0)? {
            "sequence" => Class::Sequence,
            "table" => Class::Table,
            "column" => Class::Column,
            "function" => Class::Function,
            "type" => Class::Type,
            "schema" => Class::Schema,
            "language" => Class::Language,
            _ => return Err(row.unfit(0, "a kind of objects that is not known")),
        };
        let arguments = row.get(4)?.is_some().then(|| all.arguments(row, 4)).transpose()?;
        let object = Object {
            schema: row.name_or_null(1)?,
            part: row.name_or_null(3)?,
            arguments,
            ..Object::global(class, row.name(2)?)
        };
        let owner = all.role(row, 5)?;
        let (acl, initial) = (all.acl(row, 6)?, all.acl(row, 7)?);
        all.contents.changed.insert(object, Changed { owner, acl, initial });
        Ok(())
    },
};
