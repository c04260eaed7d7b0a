//! What a server shows of its standbys and replicas.

use super::answer::Unseen;
use super::question::{Of, Question};
use crate::check::context::Side;

/// `azure_standby…` is the slot of a high availability standby, by one of Microsoft's samples; whoever
/// else receives the server's WAL may be a replica.
pub(in crate::check) const QUESTION: Question = Question {
    name: "standbys and replicas",
    of: Of::Target,
    sql: |_| {
        Some(
            "SELECT 'slot' AS kind, slot_name::text AS name FROM pg_replication_slots WHERE slot_type = 'physical' \
             UNION ALL SELECT 'sender', application_name FROM pg_stat_replication ORDER BY 1, 2",
        )
    },
};

/// What the catalogs show: indirect, since they do not say what a receiver of WAL is for.
pub(in crate::check) struct Signs {
    /// Slots of a high availability standby.
    pub(in crate::check) standbys: Vec<String>,
    /// Other physical slots, and processes that send WAL.
    pub(in crate::check) receivers: Vec<String>,
}

impl Signs {
    /// Those of the target.
    pub(in crate::check) fn of(target: &Side) -> Result<Self, Unseen> {
        let mut signs = Self { standbys: Vec::new(), receivers: Vec::new() };
        for row in target.rows(&QUESTION)? {
            let name = row.text("name")?;
            let shown = match (row.text("kind")?, name) {
                ("slot", name) => format!("slot {name}"),
                (_, "") => "a WAL sender".to_owned(),
                (_, name) => format!("a WAL sender to {name}"),
            };
            let is_standby = name.to_ascii_lowercase().starts_with("azure_standby");
            let all = if is_standby { &mut signs.standbys } else { &mut signs.receivers };
            all.push(shown);
        }
        Ok(signs)
    }
}
