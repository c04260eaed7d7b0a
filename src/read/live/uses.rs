//! What the databases say of roles: `pg_shdepend` is shared by them, and every role may read it. What
//! the bootstrap superuser owns or was granted is pinned, and does not stand there.

use super::Row;
use super::named_by::{Use, UseKind};
use super::part::{Collected, Part};

pub(super) fn part() -> Part {
    // Memberships are among it since 16, and privileges on parameters since 15: globals themselves.
    let sql = "SELECT r.rolname, coalesce(o.datname, d.datname), s.deptype, \
               s.classid = 'pg_default_acl'::regclass, count(*) FROM pg_shdepend s \
               JOIN pg_roles r ON r.oid = s.refobjid LEFT JOIN pg_database d ON d.oid = s.dbid \
               LEFT JOIN pg_database o ON o.oid = s.objid AND s.classid = 'pg_database'::regclass \
               WHERE s.refclassid = 'pg_authid'::regclass AND s.deptype IN ('o', 'a', 'r', 'i') \
               AND (s.dbid <> 0 OR s.deptype = 'o' OR s.classid = 'pg_database'::regclass) \
               GROUP BY 1, 2, 3, 4";
    let take = |rows: &[Row], all: &mut Collected| {
        for row in rows {
            let kind = match (row.text(2)?, row.flag(3)?) {
                ("o", true) => UseKind::OwnDefaultPrivileges,
                ("o", false) => UseKind::Owner,
                ("a", true) => UseKind::DefaultPrivileges,
                ("a", false) => UseKind::Grant,
                ("r", _) => UseKind::Policy,
                ("i", _) => UseKind::InitialPrivileges,
                _ => {
                    return Err(row.unfit(2, "a kind of dependency that was not asked for").into());
                }
            };
            all.uses.push(Use {
                role: row.name(0)?,
                database: row.name_or_null(1)?,
                kind,
                objects: row.number(4)?,
            });
        }
        Ok(())
    };
    Part { sql: sql.to_owned(), take }
}
