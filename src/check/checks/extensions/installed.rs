//! The extensions that the databases have.

use std::collections::BTreeMap;

use super::special::is_platforms_extension;
use crate::check::prelude::*;

pub(super) const INSTALLED: Question = Question {
    name: "pg_extension",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(
            "SELECT e.extname AS name, e.extversion AS version, n.nspname AS schema FROM pg_extension e JOIN pg_namespace n ON \
             n.oid = e.extnamespace WHERE e.extname <> 'plpgsql' ORDER BY 1",
        )
    },
};

/// An extension in one of the databases.
pub(super) struct Installed<'a> {
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    pub(super) schema: &'a str,
}

impl<'a> Installed<'a> {
    fn from_row(row: &'a Row) -> Result<Self, Unseen> {
        let (name, version, schema) =
            (row.text("name")?, row.text("version")?, row.text("schema")?);
        Ok(Self { name, version, schema })
    }
}

/// The extensions of a database; those that the platform creates by itself are apart.
pub(super) fn installed(database: &Database) -> Result<Vec<Installed<'_>>, Unseen> {
    database.rows(&INSTALLED)?.iter().map(Installed::from_row).collect()
}

/// The extensions of all databases.
pub(super) struct Needed<'a> {
    /// By their names, with the databases that have them.
    pub(super) databases: BTreeMap<&'a str, Vec<&'a Name>>,
    /// How many databases could not be seen.
    pub(super) unseen: usize,
}

impl<'a> Needed<'a> {
    pub(super) fn of(cx: &'a Context) -> Self {
        let mut needed = Self { databases: BTreeMap::new(), unseen: 0 };
        for (name, database) in &cx.source.databases {
            let Ok(all) = installed(database) else {
                needed.unseen += 1;
                continue;
            };
            for extension in all {
                if !is_platforms_extension(extension.name) {
                    needed.databases.entry(extension.name).or_default().push(name);
                }
            }
        }
        needed
    }
}
