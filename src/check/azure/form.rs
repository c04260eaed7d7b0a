//! The forms in which `az` and the REST interface wrap what they tell.

use serde_json::Value;

use crate::check::json::{AZ, Fields, JsonError};

/// What follows a word in the path of a resource.
pub(super) fn part(path: &str, word: &str) -> Option<String> {
    let mut parts = path.split('/');
    parts.find(|part| part.eq_ignore_ascii_case(word))?;
    parts.next().filter(|part| !part.is_empty()).map(str::to_owned)
}

/// The elements, as az lists them, or as the REST interface wraps them.
pub(super) fn list(value: &Value) -> Result<Option<&Vec<Value>>, JsonError> {
    let next = value.get("nextLink").and_then(Value::as_str).unwrap_or_default();
    if !next.is_empty() {
        return Err(JsonError::Page { client: AZ.name, field: "nextLink" });
    }
    Ok(value.as_array().or_else(|| value.get("value")?.as_array()))
}

/// Whether it is a resource of this type.
pub(super) fn is_of(value: &Value, kind: &str) -> bool {
    let Some(text) = value.get("type").and_then(Value::as_str) else {
        // Old clients leave it out; then its own fields tell.
        let field = if kind == "configurations" { "value" } else { "fullyQualifiedDomainName" };
        return value.is_object() && Fields(value).get(&[field]).is_some();
    };
    text.to_ascii_lowercase().rsplit('/').next() == Some(kind)
}
