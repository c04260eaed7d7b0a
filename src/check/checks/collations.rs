//! Collations that columns have, and those that users have made.

use super::locales::{AVAILABLE, Collation};
use crate::check::context::{Context, Verdict};
use crate::check::outcome::Outcomes;
use crate::check::question::{Of, Question};
use crate::check::sql::{made_by_users, user_schema};
use crate::check::words::{count, qualified, shown, some};
use crate::check::{About, Check};
use crate::name::Name;

static ABOUT: About = About {
    name: "collations",
    codes: &["603402", "603403"],
    title: "the target has the collations of columns, and none was made by users",
    explanation: "The migration service stops where users have made collations: `User defined \
                  Collations are present in the source database. Please drop them before retrying \
                  the migration.` (603403). pg_dump and pg_restore bring them, where the target \
                  has the locales behind them. A column whose collation the target does not have \
                  is 603402; restoring it says `collation \"…\" for encoding \"…\" does not \
                  exist`. Another collation can change the order, and what counts as equal, in \
                  indexes and unique constraints.",
    looked_at: "pg_collation of the database and of the target",
    online: false,
};

/// Columns of tables and of indexes; oid 100 is the database's own.
const COLUMNS: Question = Question {
    name: "collations of columns",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT l.collname, count(*), \
             min(format('%I.%I.%I', n.nspname, c.relname, a.attname)) \
             FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
             JOIN pg_namespace n ON n.oid = c.relnamespace \
             JOIN pg_collation l ON l.oid = a.attcollation \
             WHERE a.attcollation <> 100 AND a.attnum > 0 AND NOT a.attisdropped \
             AND l.collnamespace = 'pg_catalog'::regnamespace AND l.collname NOT IN ('C', 'POSIX') \
             AND c.relkind IN ('r', 'p', 'm', 'f', 'i', 'I') AND ",
            user_schema!(),
            " GROUP BY l.collname ORDER BY l.collname"
        ))
    },
};

const OWN: Question = Question {
    name: "collations made by users",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT n.nspname, l.collname FROM pg_collation l \
             JOIN pg_namespace n ON n.oid = l.collnamespace WHERE ",
            user_schema!(),
            " AND ",
            made_by_users!("pg_collation", "l"),
            " ORDER BY 1, 2"
        ))
    },
};

pub(super) struct Collations;

impl Check for Collations {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&AVAILABLE, &COLUMNS, &OWN]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let all = cx.source.catalog()?;
        let collations = cx.target.rows(&AVAILABLE);
        let clean = "the target has the collations of all columns, and none was made by users";
        cx.each_database(out, clean, |name, database, out| {
            let encoding = all.get(name).map_or("", |entry| entry.encoding.as_str());
            let own: Vec<_> =
                database.rows(&OWN)?.iter().map(|row| shown(&qualified(row, 0))).collect();
            if !own.is_empty() {
                out.failed(format!(
                    "{} made by users, with which the migration service stops: {}",
                    count(own.len(), "collation"),
                    some(&own, own.len())
                ))
                .code("603403")
                .remedy(format!(
                    "migrate this database with pg_dump and pg_restore, or drop them on the source: \
                     DROP COLLATION {}",
                    own[0]
                ));
            }
            let columns = database.rows(&COLUMNS)?;
            if columns.is_empty() {
                return Ok(());
            }
            let there: Vec<_> = collations.clone()?.iter().map(Collation::from_row).collect();
            for row in columns {
                let collation = Name::new(row.text(0));
                let alike =
                    |it: &Collation<'_>| it.name == collation.as_str() && it.is_for(encoding);
                if there.iter().any(alike) {
                    continue;
                }
                out.failed(format!(
                    "the target has no collation {collation}, which {} of tables or indexes {}: {}",
                    count(row.number(1).unwrap_or(0), "column"),
                    if row.text(1) == "1" { "has" } else { "have" },
                    some([shown(row.text(2))], row.number(1).unwrap_or(0))
                ))
                .code("603402")
                .remedy(
                    "give them one that pg_collation of the target has: ALTER TABLE … ALTER COLUMN … \
                     TYPE … COLLATE …; or ask Microsoft's support to add it",
                );
            }
            Ok(())
        })
    }
}
