//! Tablespaces that are in use.

use std::collections::BTreeMap;

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "tablespaces",
    codes: &[],
    title: "everything is in the default tablespace",
    explanation: "Azure does not support the creation of tablespaces, so everything goes to the \
                  default one. The migration service does that by itself. With pg_restore it takes \
                  --no-tablespaces; without it, each object of another tablespace is an error. \
                  Nothing is lost but the place, and what was reached with a faster disk. Settings \
                  that name a tablespace are left out by copy (pg_globals explain \
                  tablespace-setting).",
    looked_at: "pg_tablespace and pg_class of the database",
    online: false,
};

/// The database's own comes first. Temporary tables are there for a session only.
const USED: Question = Question {
    name: "tablespaces in use",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(
            "SELECT spcname, 'database' AS kind, 1 AS total, NULL AS names FROM pg_database d \
             JOIN pg_tablespace t ON t.oid = d.dattablespace \
             WHERE d.datname = current_database() AND t.spcname <> 'pg_default' UNION ALL (\
             SELECT t.spcname, CASE WHEN c.relkind IN ('i', 'I') THEN 'index' ELSE 'table' END, \
             count(*), string_agg(format('%I.%I', n.nspname, c.relname), ', ' ORDER BY n.nspname, \
             c.relname) FILTER (WHERE c.number <= 5) FROM (\
             SELECT *, row_number() OVER (PARTITION BY reltablespace, relkind IN ('i', 'I') \
             ORDER BY relnamespace::regnamespace::text, relname) AS number FROM pg_class \
             WHERE relkind IN ('r', 'p', 'm', 'i', 'I') AND relpersistence <> 't' \
             AND reltablespace <> 0) AS c \
             JOIN pg_namespace n ON n.oid = c.relnamespace \
             JOIN pg_tablespace t ON t.oid = c.reltablespace \
             WHERE t.spcname NOT IN ('pg_default', 'pg_global') GROUP BY 1, 2 ORDER BY 1, 2 DESC)",
        )
    },
};

pub(super) struct Tablespaces;

impl Check for Tablespaces {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&USED]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        cx.each_database(
            out,
            "everything in the database is in the default tablespace",
            |_, database, out| {
                let mut used: BTreeMap<Name, Vec<String>> = BTreeMap::new();
                for row in database.rows(&USED)? {
                    let said = used.entry(row.name("spcname")?).or_default();
                    let number = row.number("total")?.unwrap_or(0);
                    match row.text("kind")? {
                        "database" => said.push("all that is not elsewhere".to_owned()),
                        kind => {
                            let names = shown(row.text("names")?);
                            let names = some(names.split(", "), number);
                            said.push(format!("{} ({names})", count(number, kind)));
                        }
                    }
                }
                for (space, things) in used {
                    out.warning(format!(
                        "in the tablespace {space}: {}; on the target they go to the default one",
                        things.join(", ")
                    ))
                    .remedy("nothing with the migration service; else pg_restore --no-tablespaces");
                }
                Ok(())
            },
        )
    }
}
