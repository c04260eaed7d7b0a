//! Roles that the target shuts out, and the source does not.

use super::outcome::{LeftOut, finding};
use crate::attribute::Attribute;
use crate::finding::{Action, Finding, Severity};
use crate::globals::{Change, Globals, Ledger, Value};
use crate::name::Name;
use crate::sanitize::About;

pub(super) const ABOUT: About = About {
    name: "still-frozen",
    severity: Severity::Error,
    why: "the role is shut out on the target, and not on the source: what the target has beyond the source stays",
    explanation: "CONNECTION LIMIT 0, a VALID UNTIL that is past and default_transaction_read_only shut a role \
                  out, or let it only read. Where the source states nothing of the kind, merging leaves on the \
                  target what is there. That may be a role that was copied while it was frozen for the \
                  migration, and was thawed on the source afterwards; or somebody shut it out on the target on \
                  purpose.",
    remedy: "where it should be let in: ALTER ROLE … CONNECTION LIMIT -1, VALID UNTIL 'infinity' or RESET on the \
             target; --existing replace does it, too, and takes away whatever else roles have beyond the source",
};

/// What shuts a role out among what stays; `now` is in seconds since 1970.
pub(super) fn check(
    extra: &[Change],
    desired: &Globals,
    now: i64,
    ledger: &Ledger,
) -> Vec<LeftOut> {
    let logs_in =
        |name: &Name| desired.roles.get(name).is_some_and(|role| role.has(Attribute::Login));
    let found = extra.iter().filter_map(|change| {
        let message = match change {
            Change::ConnectionLimit { role, from: 0, .. } if logs_in(role) => {
                "CONNECTION LIMIT 0 on the target".to_owned()
            }
            Change::ValidUntil { role, from: Some(from), .. }
                if logs_in(role) && from.is_before(now) =>
            {
                format!("VALID UNTIL {from} on the target, which is past")
            }
            Change::Setting { key, from: Some(from), .. }
                if key.name.is("default_transaction_read_only") && Value::is_on(from) =>
            {
                "default_transaction_read_only on the target".to_owned()
            }
            _ => return None,
        };
        let finding = Finding { action: Action::Kept, ..finding(&ABOUT, change, ledger, message) };
        // In one database it is less than that.
        let in_database = matches!(change, Change::Setting { key, .. } if key.database.is_some());
        let severity = if in_database { Severity::Warning } else { ABOUT.severity };
        Some(LeftOut { finding: finding.matters(severity), changes: vec![change.clone()] })
    });
    found.collect()
}
