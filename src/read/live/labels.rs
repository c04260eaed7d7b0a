//! Security labels of roles and tablespaces.

use super::Row;
use super::part::{Collected, Part, fact};

pub(super) fn part() -> Part {
    let sql = "SELECT classoid = 'pg_authid'::regclass, objoid, provider, label FROM pg_shseclabel \
               WHERE classoid IN ('pg_authid'::regclass, 'pg_tablespace'::regclass)";
    let take = |rows: &[Row], all: &mut Collected| {
        for row in rows {
            let oid = row.text(1)?;
            let labels = if row.flag(0)? {
                let role = all.oids.get(oid).and_then(|name| all.globals.roles.get_mut(name));
                role.map(|role| &mut role.labels)
            } else {
                let name = all.tablespaces.get(oid);
                let tablespace = name.and_then(|name| all.globals.tablespaces.get_mut(name));
                tablespace.map(|tablespace| &mut tablespace.labels)
            };
            if let Some(labels) = labels {
                labels.insert(row.name(2)?, fact(row.text(3)?.into()));
            }
        }
        Ok(())
    };
    Part { sql: sql.to_owned(), take }
}
