//! The databases: whether they are there, here and on the target.

use std::collections::BTreeMap;

use crate::check::migration::AT_A_TIME;
use crate::check::prelude::*;

static ABOUT: About = About {
    name: "databases",
    codes: &["603101", "603102", "603110"],
    title: "the databases are on the source, and absent or empty on the target",
    explanation: "pg_restore into a database that has something in it meets it at every step: \
                  `relation \"…\" already exists`. The migration service stops there, or replaces \
                  all of the database where it was told that it may. So a database should be \
                  missing or empty on the target. Databases that nobody may connect to, templates, \
                  the platform's own and postgres, which every server has, are left out unless \
                  --database names them; a name that was given must be there. The migration \
                  service takes eight databases at a time.",
    looked_at: "pg_database of both servers",
    online: false,
};

/// Whether the database can be visited.
const VISITED: Question = Question {
    name: "whether the database can be visited",
    of: Of::SourceDatabases,
    sql: |_| Some("SELECT true AS is_visited"),
};

/// Something that stands in a schema and belongs to no extension, of one kind.
macro_rules! made {
    ($catalog:literal, $namespace:literal) => {
        concat!(
            " UNION ALL SELECT 'o' FROM ",
            $catalog,
            " o JOIN pg_namespace n ON n.oid = o.",
            $namespace,
            " WHERE ",
            user_schema!(),
            " AND ",
            made_by_users!($catalog, "o")
        )
    };
}

/// How many tables, and how many other things, users have made; and whether there are large objects.
const THERE: Question = Question {
    name: "what is in the target's database",
    of: Of::TargetDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT current_database() AS name, \
             count(*) FILTER (WHERE kind IN ('r', 'p', 'm', 'f')) AS tables, \
             count(*) FILTER (WHERE kind NOT IN ('r', 'p', 'm', 'f')) AS others, \
             EXISTS (SELECT FROM pg_largeobject_metadata) AS has_large_objects FROM (\
             SELECT c.relkind::text AS kind FROM pg_class c \
             JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('r', 'p', 'm', 'f', 'v', 'S') AND ",
            user_schema!(),
            " AND ",
            of_no_extension!("pg_class", "c"),
            // Those of tables, and those that come with another type, go with them.
            " UNION ALL SELECT 'type' FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace \
             WHERE (t.typtype IN ('d', 'e', 'r') OR EXISTS (SELECT FROM pg_class c \
             WHERE c.oid = t.typrelid AND c.relkind = 'c')) AND ",
            user_schema!(),
            " AND ",
            made_by_users!("pg_type", "t"),
            " UNION ALL SELECT 'schema' FROM pg_namespace n WHERE n.nspname <> 'public' AND ",
            user_schema!(),
            " AND ",
            made_by_users!("pg_namespace", "n"),
            made!("pg_proc", "pronamespace"),
            made!("pg_operator", "oprnamespace"),
            made!("pg_collation", "collnamespace"),
            made!("pg_ts_config", "cfgnamespace"),
            made!("pg_ts_dict", "dictnamespace"),
            made!("pg_ts_parser", "prsnamespace"),
            made!("pg_ts_template", "tmplnamespace"),
            ") AS things"
        ))
    },
};

/// What is in the source's database that the connection is to, which may be `postgres`.
const HERE: Question =
    Question { name: "what is in the connected database", of: Of::Source, sql: THERE.sql };

pub(super) struct Databases;

impl Check for Databases {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&VISITED, &THERE, &HERE]
    }

    fn tells_visits(&self) -> bool {
        true
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
            invalid(&all, out);
            left_out(cx, out)?;
            if cx.source.databases.is_empty() {
                out.warning("no database of the source is to be migrated")
                    .looked_at("pg_database of the source")
                    .remedy("name it with --database");
            }
        }
        let selected = cx.source.databases.len();
        if selected > AT_A_TIME {
            out.warning(format!(
                "{selected} databases, and the migration service takes {AT_A_TIME} at a time"
            ))
            .concerns(Method::Service)
            .looked_at("pg_database of the source")
            .remedy(format!(
                "{} of the service, one after the other; pg_dump has no such limit",
                count(selected.div_ceil(AT_A_TIME), "migration")
            ));
        }
        cx.each_database(out, "the database is on the source", |name, database, out| {
            here(cx, name, database, out);
            there(cx, name, out)
        })
    }
}

/// Databases whose dropping was interrupted.
fn invalid(all: &BTreeMap<Name, Entry>, out: &mut Outcomes<'_>) {
    let names = all.iter().filter(|(_, entry)| entry.is_invalid).map(|(name, _)| name);
    let names: Vec<&Name> = names.collect();
    let Some(first) = names.first() else { return };
    out.warning(format!(
        "{} left out, since dropping it was interrupted, and nobody can connect to it: {}",
        count(names.len(), "database"),
        some(&names, names.len())
    ))
    .looked_at("pg_database of the source")
    .remedy(drop_it(first));
}

fn drop_it(name: &Name) -> String {
    format!("finish it on the source: DROP DATABASE {}", identifier(name))
}

/// Whether `postgres` has something in it, as far as the connection shows that.
fn left_out(cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
    let Some(row) = cx.source.rows(&HERE)?.first() else { return Ok(()) };
    let name = row.name("name")?;
    let tables = row.number::<usize>("tables")?.unwrap_or(0);
    if tables > 0 && name.as_str() == "postgres" && !cx.source.databases.contains_key(&name) {
        out.warning(format!(
            "the database postgres is left out, as every server has one; on the source it has {}",
            count(tables, "table")
        ))
        .looked_at("what is in the database postgres of the source")
        .remedy("where they are needed, name all databases that are to be migrated: --database");
    }
    Ok(())
}

/// Whether it could be visited.
fn here(cx: &Context, name: &Name, database: &Database, out: &mut Outcomes<'_>) {
    const PLACE: &str = "a connection to it";
    let Err(why) = database.rows(&VISITED) else { return };
    let all = cx.source.catalog().unwrap_or_default();
    let remedy = match (all.get(name), cx.source.server()) {
        (Some(entry), _) if entry.is_invalid => drop_it(name),
        (Some(entry), _) if !entry.allows_connections => {
            format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", identifier(name))
        }
        (Some(entry), Ok(server)) if !entry.may_connect => {
            let user = identifier(&server.live.answers.user);
            format!("GRANT CONNECT ON DATABASE {} TO {user}", identifier(name))
        }
        _ => {
            out.unknown(why.to_string()).looked_at(PLACE);
            return;
        }
    };
    out.failed(why.to_string()).code("603110").looked_at(PLACE).remedy(remedy);
}

/// What the target has of that name.
fn there(cx: &Context, name: &Name, out: &mut Outcomes<'_>) -> Verdict {
    const PLACE: &str = "pg_database of the target, and what is in it";
    let Ok(all) = cx.target.catalog() else {
        out.unknown("the target could not be read: whether the database is there already");
        return Ok(());
    };
    let Some(entry) = all.get(name) else {
        out.succeeded("the database is not on the target yet").code("603101").looked_at(PLACE);
        return Ok(());
    };
    let Some(there) = cx.target.databases.get(name) else { return Ok(()) };
    let row = match there.rows(&THERE) {
        Ok(rows) => rows.first(),
        Err(why) => {
            out.unknown(format!("it is on the target, but whether it is empty: {why}"))
                .code("603101")
                .looked_at(PLACE);
            return Ok(());
        }
    };
    let number = |column| Ok(row.map(|row| row.number(column)).transpose()?.flatten().unwrap_or(0));
    let (tables, others) = (number("tables")?, number("others")?);
    let large = row.map(|row| row.flag("has_large_objects")).transpose()?.unwrap_or_default();
    if tables == 0 && others == 0 && !large {
        out.succeeded(
            "it is on the target, and empty: pg_restore takes it as it is, the migration service \
             replaces it where it may",
        )
        .code("603101")
        .looked_at(PLACE);
        return Ok(());
    }
    let large = if large { ", and large objects" } else { "" };
    let remedy = if cx.target.is_built_in(name) {
        "it cannot be dropped: migrate this database into another one, or drop what is in it"
            .to_owned()
    } else if entry.is_own {
        format!(
            "where nothing in it is needed, on the target: DROP DATABASE {}; or let the migration \
             service overwrite it (overwriteDbsInTarget)",
            identifier(name)
        )
    } else {
        format!(
            "where nothing in it is needed, let its owner {} drop it, or the migration service \
             overwrite it (overwriteDbsInTarget)",
            entry.owner
        )
    };
    out.warning(format!(
        "it is on the target, with {} and {}{large}: pg_restore would meet them, and the migration \
         service stops at a database that is there, or replaces all of it",
        count(tables, "table"),
        count(others, "other object"),
    ))
    .code("603101")
    .looked_at(PLACE)
    .remedy(remedy);
    Ok(())
}
