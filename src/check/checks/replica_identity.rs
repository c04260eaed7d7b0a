//! Tables whose changes cannot be followed.

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "replica-identity",
    codes: &[],
    title: "every table has a primary key or another replica identity",
    explanation: "To repeat an UPDATE or a DELETE on the target, its row has to be named: by the \
                  primary key, or by another replica identity. A table that is published without \
                  one refuses its own applications: `cannot update table \"…\" because it does not \
                  have a replica identity and publishes updates`. REPLICA IDENTITY FULL sends \
                  whole rows, which is slow for large tables, but needs no key. Unlogged tables \
                  are not followed at all, and stay as they were copied first.",
    looked_at: "pg_class and pg_index of the database",
    online: true,
};

/// A partitioned table has no rows of its own: its partitions count. An index that was named as the
/// identity may be gone.
const WITHOUT: Question = Question {
    name: "tables without replica identity",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT count(*) OVER () AS total, n.nspname AS schema, c.relname AS name FROM pg_class c \
             JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND ",
            user_schema!(),
            " AND ",
            of_no_extension!("pg_class", "c"),
            " AND (c.relreplident = 'n' OR c.relreplident = 'd' AND NOT EXISTS (\
             SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary) \
             OR c.relreplident = 'i' AND NOT EXISTS (\
             SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident)) \
             ORDER BY 2, 3 LIMIT 5"
        ))
    },
};

/// Their changes are not written to the log.
const UNLOGGED: Question = Question {
    name: "unlogged tables",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT count(*) OVER () AS total, n.nspname AS schema, c.relname AS name FROM pg_class c \
             JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind = 'r' AND c.relpersistence = 'u' AND ",
            user_schema!(),
            " ORDER BY 2, 3 LIMIT 5"
        ))
    },
};

pub(super) struct ReplicaIdentity;

impl Check for ReplicaIdentity {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&WITHOUT, &UNLOGGED]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        cx.each_database(
            out,
            "every table has a primary key or another replica identity",
            |_, database, out| {
                let rows = database.rows(&WITHOUT)?;
                if let (Some(list), Some(first)) = (listed(rows, "table")?, rows.first()) {
                    let table = shown(&qualified(first)?);
                    out.failed(format!(
                        "no replica identity, so that UPDATE and DELETE fail once it is followed: {list}"
                    ))
                    .remedy(format!(
                        "give it a primary key, or: ALTER TABLE {table} REPLICA IDENTITY FULL"
                    ));
                }
                if let Some(list) = listed(database.rows(&UNLOGGED)?, "table")? {
                    out.warning(format!("unlogged, so that no change is followed: {list}"))
                        .remedy("ALTER TABLE … SET LOGGED, or fill them again after the migration");
                }
                Ok(())
            },
        )
    }
}
