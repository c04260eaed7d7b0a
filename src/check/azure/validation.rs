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
        let mut whole = None;
        if let Some(details) = details.map(Fields) {
            ended = details.text(&["validationEndTimeInUtc"]);
            whole = details.text(&["status"]);
            for item in details.list(&["serverLevelValidationDetails"]) {
                items.push(Item::of(None, &Fields(item)));
            }
            for database in details.list(&["dbLevelValidationDetails"]).iter().map(Fields) {
                let name = database.text(&["databaseName"]).map(Name::new);
                let summary = database.list(&["summary"]).iter().map(Fields);
                items.extend(summary.map(|item| Item::of(name.as_ref(), &item)));
            }
        }
        // What was never looked at is in no list.
        for database in all.list(&["dbsToMigrate"]).iter().filter_map(Value::as_str).map(Name::new)
        {
            if !items.is_empty() && !items.iter().any(|it| it.database.as_ref() == Some(&database))
            {
                let messages = vec!["the service has no result for this database".to_owned()];
                let kind = "validation".to_owned();
                items.push(Item {
                    database: Some(database),
                    kind,
                    state: State::Unknown,
                    messages,
                });
            }
        }
        let said = all.text(&["currentStatus", "error"]);
        items.extend(Item::whole(whole, said.filter(|error| !error.trim().is_empty()), &items));
        Self { id: all.text(&["id"]), name: all.text(&["name"]).unwrap_or_default(), ended, items }
    }
}

impl Item {
    /// What is said of all of it, where that is worse than any of the items.
    fn whole(status: Option<String>, error: Option<String>, items: &[Self]) -> Option<Self> {
        let is_said = |state: State| items.iter().any(|it| it.state == state);
        let state = match status.as_deref() {
            _ if error.is_some() => State::Failed,
            None | Some("Succeeded" | "Warning" | "SucceededWithWarnings") => return None,
            Some("Failed") if is_said(State::Failed) => return None,
            Some("Failed") => State::Failed,
            Some(_) => State::Unknown,
        };
        let status = status.map(|status| format!("its status is {status}"));
        let messages = status.into_iter().chain(error).collect();
        Some(Self { database: None, kind: "validation as a whole".to_owned(), state, messages })
    }

    fn of(database: Option<&Name>, item: &Fields<'_>) -> Self {
        let known = |state: String| {
            State::ALL.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(&state))
        };
        let messages = item.list(&["messages"]).iter().map(Fields);
        Self {
            database: database.cloned(),
            kind: item.text(&["type"]).unwrap_or_else(|| "validation".to_owned()),
            state: item.text(&["state"]).and_then(known).unwrap_or(State::Unknown),
            messages: messages.filter_map(|message| message.text(&["message"])).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said beside the items that are listed.
    fn said(status: &str, error: &str, items: &str) -> Vec<(Option<String>, String, State)> {
        let text = format!(
            r#"{{"type": "Microsoft.DBforPostgreSQL/flexibleServers/migrations", "name": "m", "dbsToMigrate": ["shop", "b"],
            "currentStatus": {{"error": {error}, "currentSubStateDetails": {{"validationDetails": {{"status": {status},
            "serverLevelValidationDetails": [{items}]}}}}}}}}"#
        );
        let validation = read_migration(&text).unwrap();
        let all = validation.items.into_iter();
        all.map(|it| (it.database.map(|name| name.to_string()), it.kind, it.state)).collect()
    }

    #[test]
    fn what_is_said_of_all_of_it_counts() {
        let whole = |state| (None, "validation as a whole".to_owned(), state);
        let of = |name: &str| (Some(name.to_owned()), "validation".to_owned(), State::Unknown);
        assert_eq!(said(r#""Succeeded""#, "null", ""), []);
        assert_eq!(said(r#""Failed""#, "null", ""), [whole(State::Failed)]);
        assert_eq!(said(r#""InProgress""#, "null", ""), [whole(State::Unknown)]);
        assert_eq!(said("null", r#""boom""#, ""), [whole(State::Failed)]);
        // An item without a type is one, and what it fails with is said once.
        let failed = (None, "validation".to_owned(), State::Failed);
        let items = r#"{"type": null, "state": "Failed"}"#;
        assert_eq!(said(r#""Failed""#, "null", items), [failed, of("shop"), of("b")]);
    }
}
