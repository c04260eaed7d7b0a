//! What the migration service's own validation said: `az postgres flexible-server migration show`.

use serde_json::Value;

use super::form::{is_of, list};
use crate::check::json::{AZ, Fields, JsonError, parse, what};
use crate::check::outcome::State;
use crate::name::Name;

const SHOW: &str = "az postgres flexible-server migration show";

/// A migration, and what its validation said.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Validation {
    /// The path of the migration's resource, which the target's begins.
    pub id: Option<String>,
    /// The migration's name.
    pub name: String,
    /// When the validation ended.
    pub ended: Option<String>,
    /// What it looked at; none where nothing was validated yet.
    pub items: Vec<Item>,
}

/// One of the things that it looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// The database; none where it is about the servers.
    pub database: Option<Name>,
    /// `ExtensionsValidation`.
    pub kind: String,
    /// How it ended.
    pub state: State,
    /// What it says, as it says it.
    pub messages: Vec<String>,
}

/// Reads what `az postgres flexible-server migration show -o json` writes; of a list, the migration whose
/// validation ended last.
///
/// # Errors
/// When it is something else.
pub fn read_migration(text: &str) -> Result<Validation, JsonError> {
    let value = parse(text, AZ)?;
    let wrong = |found| JsonError::Shape { expected: SHOW, found };
    let all = match list(&value)? {
        Some(list) => list.iter().collect(),
        None => vec![&value],
    };
    if let Some(other) = all.iter().find(|one| !is_of(one, "migrations")) {
        return Err(wrong(what(other)));
    }
    let all = all.into_iter().map(Validation::of);
    all.max_by(|one, other| one.ended.cmp(&other.ended)).ok_or_else(|| wrong(what(&value)))
}

impl Validation {
    fn of(value: &Value) -> Self {
        let all = Fields(value);
        let place = ["currentStatus", "currentSubStateDetails", "validationDetails"];
        let details = all.get(&place);
        let mut items = Vec::new();
        let mut ended = None;
        if let Some(details) = details.map(Fields) {
            ended = details.text(&["validationEndTimeInUtc"]);
            for item in details.list(&["serverLevelValidationDetails"]) {
                items.extend(Item::of(None, &Fields(item)));
            }
            for database in details.list(&["dbLevelValidationDetails"]).iter().map(Fields) {
                let name = database.text(&["databaseName"]).map(Name::new);
                let summary = database.list(&["summary"]).iter().map(Fields);
                items.extend(summary.filter_map(|item| Item::of(name.as_ref(), &item)));
            }
        }
        Self { id: all.text(&["id"]), name: all.text(&["name"]).unwrap_or_default(), ended, items }
    }
}

impl Item {
    fn of(database: Option<&Name>, item: &Fields<'_>) -> Option<Self> {
        let known = |state: String| {
            State::ALL.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(&state))
        };
        let messages = item.list(&["messages"]).iter().map(Fields);
        Some(Self {
            database: database.cloned(),
            kind: item.text(&["type"])?,
            state: item.text(&["state"]).and_then(known).unwrap_or(State::Unknown),
            messages: messages.filter_map(|message| message.text(&["message"])).collect(),
        })
    }
}
