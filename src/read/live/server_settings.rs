//! The server's settings: which exist, who may set them, and those that matter here by themselves.

use super::part::{Collected, Part};
use super::{LiveError, Row};
use crate::platform::Context;

/// What keeps the text of those that fail.
const ON_ERROR: &str = "log_min_error_statement";

/// What can keep the text of statements, and the values with which it does not.
const KEEPERS: [(&str, &[&str]); 7] = [
    ("log_statement", &["none"]),
    ("log_min_duration_statement", &["-1"]),
    ("pg_stat_statements.track", &["none"]),
    ("pgaudit.log", &["", "none"]),
    ("pg_qs.query_capture_mode", &["none"]),
    ("auto_explain.log_min_duration", &["-1"]),
    // Of a statement that fails. Of these only errors that end the session are noted with theirs.
    (ON_ERROR, &["log", "fatal", "panic"]),
];

pub(super) fn part() -> Part {
    let sql = "SELECT lower(name), context, setting FROM pg_settings";
    Part { sql: sql.to_owned(), take: collect }
}

fn collect(rows: &[Row], all: &mut Collected) -> Result<(), LiveError> {
    for row in rows {
        let name = row.text(0)?;
        let value = row.get(2)?.unwrap_or_default();
        let number = || value.parse::<u64>().unwrap_or(0);
        match name {
            "max_locks_per_transaction" => all.answers.locks_per_transaction = number(),
            "max_connections" | "max_prepared_transactions" | "max_worker_processes" => {
                let transactions = &mut all.answers.transactions;
                *transactions = transactions.saturating_add(number());
            }
            "max_wal_senders" => all.answers.wal_senders = number(),
            // Since 18 there can be more slots than workers.
            "autovacuum_max_workers" | "autovacuum_worker_slots" => {
                all.answers.autovacuum = all.answers.autovacuum.max(number());
            }
            _ => {}
        }
        if KEEPERS.iter().any(|(keeper, off)| *keeper == name && !off.contains(&value)) {
            let note = if name == ON_ERROR { " (of a statement that fails)" } else { "" };
            all.answers.keeps_statements.push(format!("{name} = {value}{note}"));
        }
        if let Some(context) = Context::named(row.text(1)?) {
            all.answers.settings.insert(name.to_owned(), context);
        }
    }
    all.answers.keeps_statements.sort_unstable();
    Ok(())
}
