//! Who is connected, where, and to which server.

use super::part::{Collected, Part, no_row};
use super::{Probe, Row};

/// What the question who is connected is called.
pub(super) const USERS: &str = "current_user";

/// Who is connected, and where.
pub(super) fn part() -> Part {
    let sql = "SELECT current_user, session_user, current_database()".to_owned();
    let take = |rows: &[Row], all: &mut Collected| {
        let row = rows.first().ok_or_else(|| no_row(USERS))?;
        all.answers.user = Some(row.name(0)?);
        all.answers.session_user = Some(row.name(1)?);
        all.database = Some(row.name(2)?);
        Ok(())
    };
    Part { sql, take }
}

/// What tells this server from every other.
pub(super) fn identity(probe: &Probe) -> Option<Part> {
    let sql = "SELECT system_identifier, extract(epoch FROM pg_postmaster_start_time()) \
               FROM pg_control_system()";
    let take = |rows: &[Row], all: &mut Collected| {
        if let Some(row) = rows.first() {
            all.answers.identity = Some((row.text(0)?.to_owned(), row.text(1)?.to_owned()));
        }
        Ok(())
    };
    probe.control_data.then(|| Part { sql: sql.to_owned(), take })
}
