//! Functions, procedures and aggregates; not those that the server made along with a type.

use super::fragments::{made_by_users, privileges, user_schema};
use super::question::Question;
use crate::verify::contents::Flags;
use crate::verify::object::{Class, Object};
use crate::version::Major;

const COLUMNS: &str = concat!(
    "SELECT n.nspname, p.proname, p.proargtypes, p.proowner, ",
    privileges!("p.proacl", "'f'", "p.proowner"),
    ", p.prosecdef, "
);

const FROM: &str = concat!(
    " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ",
    user_schema!(),
    " AND ",
    made_by_users!("pg_proc", "p")
);

pub(super) const QUESTION: Question = Question {
    name: "pg_proc",
    about: "functions",
    sql: |major| {
        let procedure = if major >= Major::new(11) { "p.prokind = 'p'" } else { "false" };
        Some(format!("{COLUMNS}{procedure}{FROM}"))
    },
    take: |row, all| {
        let class = if row.flag(6)? { Class::Procedure } else { Class::Function };
        let arguments = Some(all.arguments(row, 2)?);
        let object = Object { arguments, ..Object::local(class, row.name(0)?, row.name(1)?) };
        let flags = Flags { definer: row.flag(5)?, ..Flags::default() };
        all.add(object, row, [3, 4], flags)
    },
};
