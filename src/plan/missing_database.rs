//! Settings in databases that do not exist yet.

use super::veto::{Context, Judgement, Veto};
use crate::finding::Severity;
use crate::globals::Change;
use crate::sanitize::About;

const ABOUT: About = About {
    name: "missing-database",
    severity: Severity::Info,
    why: "settings in one database wait for it",
    explanation: "ALTER ROLE … IN DATABASE … SET needs its database: `database \"…\" does not \
                  exist` is the answer otherwise. Databases are usually made after their owners, \
                  whom the first copy brings. Until then these settings are deferred: they are \
                  counted and shown, and are no differences that remain. The next copy sends just \
                  them.",
    remedy: "create the databases, then run copy again",
};

pub(super) struct MissingDatabase;

impl Veto for MissingDatabase {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, change: &Change, cx: &Context<'_>) -> Option<Judgement> {
        let Change::Setting { key, to: Some(_), .. } = change else { return None };
        let database = key.database.as_ref()?;
        let missing = !cx.answers.databases.contains_key(database);
        missing.then(|| Judgement::Deferred(format!("the target has no database {database} yet")))
    }
}
