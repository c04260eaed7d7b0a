//! Collations that columns and domains have, and those that users have made.

use super::locales::{AVAILABLE, Collation};
use crate::check::prelude::*;

static ABOUT: About = About {
    name: "collations",
    codes: &["603402", "603403"],
    title: "the target has the collations of columns and domains, and none was made by users",
    explanation: "The migration service stops where users have made collations: `User defined \
                  Collations are present in the source database. Please drop them before retrying \
                  the migration.` (603403). pg_dump and pg_restore bring them, where the target \
                  has the locales behind them. A column whose collation the target does not have \
                  is 603402; restoring it says `collation \"…\" for encoding \"…\" does not \
                  exist`. Another collation can change the order, and what counts as equal, in \
                  indexes and unique constraints.",
    looked_at: "pg_collation of both, the database's columns and domains; not what views, functions and defaults compute",
    online: false,
};

/// Columns of tables, indexes and composite types, and domains that do not have their type's; oid
/// 100 is the database's own.
const USED: Question = Question {
    name: "collations of columns and domains",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT l.collname, sum(u.columns) AS columns, sum(u.domains) AS domains, \
             min(u.name) AS example FROM (\
             SELECT a.attcollation AS collation, 1 AS columns, 0 AS domains, \
             format('%I.%I.%I', n.nspname, c.relname, a.attname) AS name \
             FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
             JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE a.attnum > 0 AND NOT a.attisdropped \
             AND c.relkind IN ('r', 'p', 'm', 'f', 'i', 'I', 'c') AND ",
            user_schema!(),
            " UNION ALL SELECT t.typcollation, 0, 1, format('%I.%I', n.nspname, t.typname) \
             FROM pg_type t JOIN pg_type b ON b.oid = t.typbasetype \
             JOIN pg_namespace n ON n.oid = t.typnamespace \
             WHERE t.typtype = 'd' AND t.typcollation <> b.typcollation AND ",
            user_schema!(),
            ") AS u JOIN pg_collation l ON l.oid = u.collation AND l.oid <> 100 \
             AND l.collnamespace = 'pg_catalog'::regnamespace AND l.collname NOT IN ('C', 'POSIX') \
             GROUP BY l.collname ORDER BY l.collname"
        ))
    },
};

const OWN: Question = Question {
    name: "collations made by users",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT n.nspname AS schema, l.collname AS name FROM pg_collation l \
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
        &[&AVAILABLE, &USED, &OWN]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let all = cx.source.catalog()?;
        let collations = cx.target.rows(&AVAILABLE);
        let clean =
            "the target has the collations of all columns and domains, and none was made by users";
        cx.each_database(out, clean, |name, database, out| {
            let encoding = all.get(name).map_or("", |entry| entry.encoding.as_str());
            let own = database.rows(&OWN)?.iter().map(|row| Ok(shown(&qualified(row)?)));
            let own = own.collect::<Result<Vec<_>, Unseen>>()?;
            if !own.is_empty() {
                out.failed(format!(
                    "{} made by users, with which the migration service stops: {}",
                    count(own.len(), "collation"),
                    some(&own, own.len())
                ))
                .code("603403")
                .concerns(Method::Service)
                .remedy(format!(
                    "migrate this database with pg_dump and pg_restore, or drop them on the source in a \
                     maintenance window, since what uses them breaks: DROP COLLATION {}",
                    own[0]
                ));
            }
            let used = database.rows(&USED)?;
            if used.is_empty() {
                return Ok(());
            }
            let there = Collation::all(collations.clone()?)?;
            for row in used {
                let collation = row.name("collname")?;
                let alike =
                    |it: &Collation<'_>| it.name == collation.as_str() && it.is_for(encoding);
                if there.iter().any(alike) {
                    continue;
                }
                let columns: usize = row.number("columns")?.unwrap_or(0);
                let domains = row.number("domains")?.unwrap_or(0);
                let numbers = [(columns, "column"), (domains, "domain")];
                let total = columns.saturating_add(domains);
                let things = numbers.iter().filter(|(number, _)| *number > 0);
                let things: Vec<_> = things.map(|(number, what)| count(*number, what)).collect();
                out.failed(format!(
                    "the target has no collation {collation}, which {} {}: {}",
                    and(&things),
                    if total == 1 { "has" } else { "have" },
                    some([shown(row.text("example")?)], total)
                ))
                .code("603402")
                .remedy(
                    "ask Microsoft's support to add it; or give them one that pg_collation of the \
                     target has, in a maintenance window: ALTER TABLE … ALTER COLUMN … TYPE … COLLATE \
                     … builds indexes anew, and a domain has to be created anew",
                );
            }
            Ok(())
        })
    }
}
