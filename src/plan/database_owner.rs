//! Settings of databases, which only their owners may give.

use super::{Context, Judgement, Veto};
use crate::finding::Severity;
use crate::globals::Change;
use crate::sanitize::About;

const ABOUT: About = About {
    name: "database-owner",
    severity: Severity::Warning,
    why: "only the owner of a database may give it settings",
    remedy: "let its owner do it: ALTER DATABASE … SET …",
};

pub(super) struct DatabaseOwner;

impl Veto for DatabaseOwner {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, change: &Change, cx: &Context<'_>) -> Option<Judgement> {
        let Change::Setting { key, .. } = change else { return None };
        if key.role.is_some() {
            return None;
        }
        let name = key.database.as_ref()?;
        let database = cx.answers.databases.get(name).filter(|database| !database.may_alter)?;
        Some(Judgement::Refused(format!("{name} belongs to {}", database.owner)))
    }
}
