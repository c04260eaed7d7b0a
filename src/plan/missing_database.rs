//! Settings in databases that do not exist yet.

use super::{Context, Judgement, Veto};
use crate::finding::Severity;
use crate::globals::Change;
use crate::sanitize::About;

const ABOUT: About = About {
    name: "missing-database",
    severity: Severity::Info,
    why: "settings in one database wait for it",
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
