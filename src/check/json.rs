//! JSON that a cloud's own command line has written.

use serde_json::Value;

use crate::name::Name;

/// Which one it comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Writer {
    /// `az`.
    pub(super) name: &'static str,
    /// How it is told to write JSON.
    pub(super) command: &'static str,
}

/// Azure's.
pub(super) const AZ: Writer =
    Writer { name: "az", command: "az postgres flexible-server … --output json" };

/// Amazon's.
pub(super) const AWS: Writer = Writer { name: "aws", command: "aws rds … --output json" };

/// What is wrong with a file of JSON.
#[derive(thiserror::Error, Clone, PartialEq, Eq, Debug)]
pub enum JsonError {
    /// It is empty.
    #[error("it is empty: did {0} fail?")]
    Empty(&'static str),
    /// It is what the command line says when it fails.
    #[error("{client} failed: {message}")]
    Failed {
        /// Which one.
        client: &'static str,
        /// What it says.
        message: String,
    },
    /// It is no JSON.
    #[error("no JSON, in line {line}, column {column}: write it with {command}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What writes it.
        command: &'static str,
    },
    /// It is JSON of something else.
    #[error("{found} was found where the output of {expected} was expected")]
    Shape {
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// It is one page of several.
    #[error(
        "it is a page of a longer list, of which {field} is the next one: {client} writes all of it at once"
    )]
    Page {
        /// Which one.
        client: &'static str,
        /// What names the next page.
        field: &'static str,
    },
    /// It is of another server than the one that is checked.
    #[error("it is of the server {named}, and {than}")]
    Other {
        /// The server of the JSON.
        named: String,
        /// What is known of the other one: `the target is …`.
        than: String,
    },
}

/// An object's fields, wherever they stand: the REST form has all but the names below `properties`.
pub(super) struct Fields<'a>(pub(super) &'a Value);

impl<'a> Fields<'a> {
    /// What stands at the end of this path; null is nothing.
    pub(super) fn get(&self, path: &[&str]) -> Option<&'a Value> {
        let below = |start: &'a Value| {
            path.iter().try_fold(start, |value, key| value.get(key)).filter(|it| !it.is_null())
        };
        below(self.0).or_else(|| below(self.0.get("properties")?))
    }

    /// The same, where it is text.
    pub(super) fn text(&self, path: &[&str]) -> Option<String> {
        self.get(path).and_then(Value::as_str).map(str::to_owned)
    }

    /// The same, where it is true or false.
    pub(super) fn flag(&self, path: &[&str]) -> Option<bool> {
        self.get(path).and_then(Value::as_bool)
    }

    /// The same, where it is a list; else an empty one.
    pub(super) fn list(&self, path: &[&str]) -> &'a [Value] {
        self.get(path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

/// Reads it, whatever it is of.
pub(super) fn parse(text: &str, writer: Writer) -> Result<Value, JsonError> {
    // PowerShell writes a byte order mark.
    let text = text.trim_start_matches('\u{feff}');
    let failed = |message: &str| JsonError::Failed {
        client: writer.name,
        message: message.split('\n').next().unwrap_or_default().trim().to_owned(),
    };
    let Some(first) = text.split('\n').find(|line| !line.trim().is_empty()) else {
        return Err(JsonError::Empty(writer.name));
    };
    // Both write their errors as text: `ERROR: (ResourceNotFound) The Resource … was not found.`, `An error
    // occurred (DBClusterNotFoundFault) when calling …`.
    let first = first.trim_start();
    if let Some(message) = first.strip_prefix("ERROR:") {
        return Err(failed(message));
    }
    if first.starts_with("An error occurred") {
        return Err(failed(first));
    }
    let value: Value = serde_json::from_str(text).map_err(|error| JsonError::Syntax {
        line: error.line(),
        column: error.column(),
        command: writer.command,
    })?;
    if let Some(error) = value.get("error").filter(|error| error.is_object()) {
        let part = |key| error.get(key).and_then(Value::as_str).unwrap_or_default();
        return Err(failed(&format!("({}) {}", part("code"), part("message"))));
    }
    Ok(value)
}

/// What JSON is, for messages.
pub(super) fn what(value: &Value) -> String {
    match value {
        Value::Object(fields) => match fields.get("type").and_then(Value::as_str) {
            Some(kind) => format!("an object of type {}", Name::new(kind)),
            None => "an object of another kind".to_owned(),
        },
        Value::Array(list) if list.is_empty() => "an empty list".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::String(_) => "a text".to_owned(),
        Value::Null => "null".to_owned(),
        Value::Number(_) | Value::Bool(_) => "a single value".to_owned(),
    }
}
