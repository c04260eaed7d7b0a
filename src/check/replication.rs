//! What a server shows of its standbys and replicas.

use super::answer::{Row, Unseen};
use super::context::Side;
use super::question::{Of, Question};

/// `azure_standby…` is the slot of a high availability standby, by one of Microsoft's samples; whoever
/// else receives the server's WAL may be a replica.
pub(super) const QUESTION: Question = Question {
    name: "standbys and replicas",
    of: Of::Target,
    sql: |_| {
        Some(
            "SELECT 'slot', slot_name::text FROM pg_replication_slots WHERE slot_type = 'physical' \
             UNION ALL SELECT 'sender', application_name FROM pg_stat_replication ORDER BY 1, 2",
        )
    },
};

/// What the catalogs show: indirect, since they do not say what a receiver of WAL is for.
pub(super) struct Signs {
    /// Slots of a high availability standby.
    pub(super) standbys: Vec<String>,
    /// Other physical slots, and processes that send WAL.
    pub(super) receivers: Vec<String>,
}

impl Signs {
    /// Those of the target.
    pub(super) fn of(target: &Side) -> Result<Self, Unseen> {
        let is_standby = |name: &str| name.to_ascii_lowercase().starts_with("azure_standby");
        let rows = target.rows(&QUESTION)?;
        let shown = |row: &Row| match (row.text(0), row.text(1)) {
            ("slot", name) => format!("slot {name}"),
            (_, "") => "a WAL sender".to_owned(),
            (_, name) => format!("a WAL sender to {name}"),
        };
        let (standbys, receivers): (Vec<&Row>, Vec<&Row>) =
            rows.iter().partition(|row| is_standby(row.text(1)));
        let all = |rows: Vec<&Row>| rows.into_iter().map(shown).collect();
        Ok(Self { standbys: all(standbys), receivers: all(receivers) })
    }
}
