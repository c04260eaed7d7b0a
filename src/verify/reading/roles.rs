//! Names of roles by their oids: the answers name roles by oid, which is short.

use super::question::Question;

pub(super) const QUESTION: Question = Question {
    name: "pg_roles",
    about: "the names of roles",
    sql: |_| Some("SELECT oid, rolname FROM pg_roles".to_owned()),
    take: |row, all| {
        all.roles.insert(row.text(0)?.to_owned(), row.name(1)?);
        Ok(())
    },
};
