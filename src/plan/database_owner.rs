//! Settings of databases, which only their owners may give.

use super::veto::{Context, Judgement, Veto};
use crate::finding::Severity;
use crate::globals::Change;
use crate::sanitize::About;
use crate::sql::shown_identifier;
use crate::version::Major;

const ABOUT: About = About {
    name: "database-owner",
    severity: Severity::Warning,
    why: "only the owner of a database may give it settings",
    explanation: "ALTER DATABASE … SET is for the owner: others are told `must be owner of \
                  database`, whatever else they may do. It sets something for everybody in that \
                  database; what is set for one role in it only takes the right to alter the role. \
                  The copy leaves it out as refused, and sends the rest. A connected role that is \
                  a member of the owner may do it.",
    remedy: "where the owner is a role of yours, be a member of it for the time of the copy: the message has \
             the statements; else let the owner do it: ALTER DATABASE … SET …",
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
        let (owner, answers) = (&database.owner, cx.answers);
        let mut message = format!("{name} belongs to {owner}");
        if answers.may_grant(owner.as_str()) && !answers.protected.contains_key(owner) {
            let [owner, user] = [owner, &answers.user].map(shown_identifier);
            let options =
                if answers.major < Major::new(16) { "" } else { " WITH INHERIT TRUE, SET TRUE" };
            message = format!(
                "{message}; before the copy: GRANT {owner} TO {user}{options}; after it: REVOKE {owner} FROM {user}"
            );
        }
        Some(Judgement::Refused(message))
    }
}
