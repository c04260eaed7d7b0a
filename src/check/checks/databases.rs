//! The databases: whether they are there, here and on the target.

use crate::check::context::{Context, Database, Verdict};
use crate::check::outcome::Outcomes;
use crate::check::question::{Of, Question};
use crate::check::sql::{made_by_users, of_no_extension, user_schema};
use crate::check::words::{count, identifier, some};
use crate::check::{About, Check};
use crate::name::Name;

static ABOUT: About = About {
    name: "databases",
    codes: &["603101", "603102"],
    title: "the databases are on the source, and absent or empty on the target",
    explanation: "pg_restore into a database that has something in it meets it at every step: \
                  `relation \"…\" already exists`. The migration service stops there, or replaces \
                  all of the database where it was told that it may. So a database should be \
                  missing or empty on the target. Databases that nobody may connect to, templates \
                  and the platform's own are left out, and a name that was given with --database \
                  must be there.",
    looked_at: "pg_database of both servers",
    online: false,
};

/// How many tables, and how many other things, users have made.
macro_rules! contents {
    () => {
        concat!(
            "SELECT count(*) FILTER (WHERE kind IN ('r', 'p', 'm', 'f')), \
             count(*) FILTER (WHERE kind NOT IN ('r', 'p', 'm', 'f')) FROM (\
             SELECT c.relkind::text AS kind FROM pg_class c \
             JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('r', 'p', 'm', 'f', 'v', 'S') AND ",
            user_schema!(),
            " AND ",
            of_no_extension!("pg_class", "c"),
            " UNION ALL SELECT 'function' FROM pg_proc p \
             JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ",
            user_schema!(),
            " AND ",
            made_by_users!("pg_proc", "p"),
            ") AS things"
        )
    };
}

const CONTENTS: Question = Question {
    name: "what is in the database",
    of: Of::SourceDatabases,
    sql: |_| Some(contents!()),
};

const THERE: Question = Question {
    name: "what is in the target's database",
    of: Of::TargetDatabases,
    sql: |_| Some(contents!()),
};

pub(super) struct Databases;

impl Check for Databases {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&CONTENTS, &THERE]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let all = cx.source.catalog()?;
        for name in cx.named.iter().filter(|name| !all.contains_key(*name)) {
            let others = all.iter().filter(|(name, entry)| {
                entry.allows_connections && !entry.is_template && !cx.source.is_platforms(name)
            });
            let others: Vec<_> = others.map(|(name, _)| name).collect();
            out.failed(format!("there is no database {name} on the source"))
                .code("603102")
                .database(name)
                .looked_at("pg_database of the source")
                .remedy(format!("name one that is there, such as {}", some(&others, others.len())));
        }
        if cx.named.is_empty() {
            let closed = all.iter().filter(|(name, entry)| {
                !entry.allows_connections && !entry.is_template && !cx.source.is_platforms(name)
            });
            let closed: Vec<_> = closed.map(|(name, _)| name).collect();
            if !closed.is_empty() {
                out.warning(format!(
                    "{} left out, since nobody may connect: {}",
                    count(closed.len(), "database"),
                    some(&closed, closed.len())
                ))
                .looked_at("pg_database of the source")
                .remedy(format!(
                    "where it is to be migrated: ALTER DATABASE {} ALLOW_CONNECTIONS true",
                    identifier(closed[0])
                ));
            }
            if cx.source.databases.is_empty() {
                out.warning("no database of the source is to be migrated")
                    .looked_at("pg_database of the source")
                    .remedy("name it with --database");
            }
        }
        cx.each_database(out, "it is on the source", |name, database, out| {
            here(cx, name, database, out);
            there(cx, name, out);
            Ok(())
        })
    }
}

/// Whether it could be visited.
fn here(cx: &Context, name: &Name, database: &Database, out: &mut Outcomes<'_>) {
    let Err(why) = database.rows(&CONTENTS) else { return };
    let outcome = out.unknown(why.to_string()).looked_at("a connection to it");
    let (Ok(all), Ok(server)) = (cx.source.catalog(), cx.source.server()) else { return };
    let Some(entry) = all.get(name) else { return };
    if !entry.allows_connections {
        outcome.remedy(format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", identifier(name)));
    } else if !entry.may_connect {
        let user = identifier(&server.live.answers.user);
        outcome.remedy(format!("GRANT CONNECT ON DATABASE {} TO {user}", identifier(name)));
    }
}

/// What the target has of that name.
fn there(cx: &Context, name: &Name, out: &mut Outcomes<'_>) {
    const PLACE: &str = "pg_database of the target, and what is in it";
    let Ok(all) = cx.target.catalog() else {
        out.unknown("the target could not be read: whether the database is there already");
        return;
    };
    if !all.contains_key(name) {
        out.succeeded("it is not on the target yet").code("603101").looked_at(PLACE);
        return;
    }
    let Some(there) = cx.target.databases.get(name) else { return };
    let row = match there.rows(&THERE) {
        Ok(rows) => rows.first(),
        Err(why) => {
            out.unknown(format!("it is on the target, but whether it is empty: {why}"))
                .code("603101")
                .looked_at(PLACE);
            return;
        }
    };
    let number = |column| row.and_then(|row| row.number(column)).unwrap_or(0);
    let (tables, others) = (number(0), number(1));
    if tables + others == 0 {
        out.succeeded(
            "it is on the target, and empty: pg_restore takes it as it is, the migration service \
             replaces it where it may",
        )
        .code("603101")
        .looked_at(PLACE);
        return;
    }
    out.warning(format!(
        "it is on the target, with {} and {}: pg_restore would meet them, and the migration service \
         stops at a database that is there, or replaces all of it",
        count(tables, "table"),
        count(others, "other object"),
    ))
    .code("603101")
    .looked_at(PLACE)
    .remedy(format!(
        "where nothing in it is needed, on the target: DROP DATABASE {}; or let the migration \
         service overwrite it (overwriteDbsInTarget)",
        identifier(name)
    ));
}
