//! The databases' extensions: whether the target offers them, in which version, and whether it is
//! set up to create them.

mod databases;
mod servers;
mod special;
mod there;

use std::collections::BTreeMap;

use crate::check::answer::Unseen;
use crate::check::context::{Context, Database, Verdict};
use crate::check::outcome::Outcomes;
use crate::check::question::{Of, Question};
use crate::check::{About, Check};
use crate::name::Name;
use there::{ALLOWED, AVAILABLE, There};

static ABOUT: About = About {
    name: "extensions",
    codes: &["603108", "603109", "603405", "603406", "603407", "603408"],
    title: "the target offers the databases' extensions, and is set up to create them",
    explanation: "On a flexible server an extension passes up to three gates. It must be offered \
                  for the version (codes 603405 and 603408); its name must be in azure.extensions \
                  (603108), or CREATE EXTENSION says `Extension \"…\" is not allow-listed for \
                  \"azure_pg_admin\" users in Azure Database for PostgreSQL`; and some must be in \
                  shared_preload_libraries (603109), which takes a restart. What is offered is \
                  asked of the target where it can be reached, else taken from Azure's \
                  documentation.\n\n\
                  An extension in a system schema (603407) and a PostGIS that is older on the \
                  target (603406) stop the service, too. For some, such as timescaledb, \
                  pg_partman, pg_cron and postgres_fdw, the check says what has to be done by \
                  hand.",
    looked_at: "pg_extension of the source",
    online: false,
};

const INSTALLED: Question = Question {
    name: "pg_extension",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(
            "SELECT e.extname, e.extversion, n.nspname FROM pg_extension e JOIN pg_namespace n ON \
             n.oid = e.extnamespace WHERE e.extname <> 'plpgsql' ORDER BY 1",
        )
    },
};

pub(super) struct Extensions;

impl Check for Extensions {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&INSTALLED, &AVAILABLE, &ALLOWED]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let there = There::of(cx)?;
        let needed = Needed::of(cx);
        servers::allow_list(cx, &there, &needed, out);
        servers::preload(cx, &there, &needed, out);
        databases::each(cx, &there, out)
    }
}

/// An extension in one of the databases.
struct Installed<'a> {
    name: &'a str,
    version: &'a str,
    schema: &'a str,
}

/// The extensions of a database; those that the platform creates by itself are apart.
fn installed(database: &Database) -> Result<Vec<Installed<'_>>, Unseen> {
    let rows = database.rows(&INSTALLED)?.iter();
    let all =
        rows.map(|row| Installed { name: row.text(0), version: row.text(1), schema: row.text(2) });
    Ok(all.collect())
}

/// The extensions of all databases.
struct Needed<'a> {
    /// By their names, with the databases that have them.
    databases: BTreeMap<&'a str, Vec<&'a Name>>,
    /// How many databases could not be seen.
    unseen: usize,
}

impl<'a> Needed<'a> {
    fn of(cx: &'a Context) -> Self {
        let mut needed = Self { databases: BTreeMap::new(), unseen: 0 };
        for (name, database) in &cx.source.databases {
            let Ok(all) = installed(database) else {
                needed.unseen += 1;
                continue;
            };
            for extension in all {
                if !special::is_platforms_extension(extension.name) {
                    needed.databases.entry(extension.name).or_default().push(name);
                }
            }
        }
        needed
    }
}
