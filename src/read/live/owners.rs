//! Who owns what, in all databases: `pg_shdepend` is shared by them. What the bootstrap superuser
//! owns does not stand there.

use super::{Collected, Ownership, Part, Row};

pub(super) fn part() -> Part {
    let sql = "SELECT r.rolname, d.datname, count(*) FROM pg_shdepend s \
               JOIN pg_roles r ON r.oid = s.refobjid LEFT JOIN pg_database d ON d.oid = s.dbid \
               WHERE s.refclassid = 'pg_authid'::regclass AND s.deptype = 'o' GROUP BY 1, 2";
    let take = |rows: &[Row], all: &mut Collected| {
        for row in rows {
            all.owners.push(Ownership {
                role: row.name(0)?,
                database: row.name_or_null(1)?,
                objects: row.number(2)?,
            });
        }
        Ok(())
    };
    Part { sql: sql.to_owned(), take }
}
