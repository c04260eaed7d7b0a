//! The maintenance that is planned for a server: `az postgres flexible-server maintenance-event list`.

use super::form::list;
use crate::check::json::{AZ, Fields, JsonError, parse, what};

const EVENTS: &str = "az postgres flexible-server maintenance-event list";

/// Maintenance that is to come, or is going on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Maintenance {
    /// `Planned`, `InProgress`, `Rescheduled`.
    pub status: String,
    /// When it begins, as the service writes times: `2026-12-05T22:00:00+00:00`.
    pub start: String,
    /// When it ends.
    pub end: String,
    /// Until when it can be put off; none where it cannot.
    pub deferrable_until: Option<String>,
}

/// Reads what `az postgres flexible-server maintenance-event list -o json` writes; what is over or was
/// cancelled is left out.
///
/// # Errors
/// When it is something else.
pub fn read_maintenance(text: &str) -> Result<Vec<Maintenance>, JsonError> {
    let value = parse(text, AZ)?;
    let wrong = |found| JsonError::Shape { expected: EVENTS, found };
    let list = list(&value)?.ok_or_else(|| wrong(what(&value)))?;
    let mut all = Vec::new();
    for event in list {
        let fields = Fields(event);
        let text = |key| fields.text(&[key]);
        let (Some(status), Some(start)) = (text("status"), text("startTime")) else {
            return Err(wrong(what(event)));
        };
        if matches!(status.as_str(), "Planned" | "InProgress" | "Rescheduled") {
            let end = text("endTime").unwrap_or_default();
            all.push(Maintenance {
                status,
                start,
                end,
                deferrable_until: text("deferralDeadline"),
            });
        }
    }
    Ok(all)
}
