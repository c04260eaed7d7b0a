//! The prerequisites of a migration to Azure Database for PostgreSQL flexible server, apart from the
//! globals themselves: those of the offline migration from Aurora, and what the migration service's
//! own validation looks at.
//!
//! A check is one file in [`checks`]: what it is about, the questions that it asks of the two
//! servers and their databases, and a function from the answers to what there is to say, which
//! talks to nobody. [`gather`](gather()) asks the questions of all checks at once; a server that
//! cannot be reached, or a question that it refuses, is an answer too, and makes the checks that
//! need it unknown, never succeeded.

mod answer;
pub mod azure;
mod catalog;
pub mod checks;
mod context;
mod gather;
mod link;
mod outcome;
mod question;
mod replication;
mod settings;
mod sql;
mod unreached;
mod words;

pub use answer::{Answer, Row, Unseen};
pub use azure::{Azure, AzureError};
pub use context::{Context, Database, Server, Side, Verdict};
pub use gather::{Progress, Wanted, gather};
pub use link::Link;
pub use outcome::{Outcome, Outcomes, State};
pub use question::{Of, Question};
pub use unreached::Unreached;

/// What is said about a check wherever it appears.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Its stable name.
    pub name: &'static str,
    /// The codes of the migration service's validations that it corresponds to
    /// (<https://learn.microsoft.com/azure/postgresql/migrate/migration-service/troubleshoot-error-codes>).
    pub codes: &'static [&'static str],
    /// What it verifies: one line.
    pub title: &'static str,
    /// Why it matters, what is looked at and how, and what to do. Some sentences, in paragraphs.
    pub explanation: &'static str,
    /// Where it looks, unless an outcome says otherwise.
    pub looked_at: &'static str,
    /// Whether only the online migration needs it.
    pub online: bool,
}

/// One prerequisite.
pub trait Check: Sync {
    /// Its name and wording.
    fn about(&self) -> &'static About;

    /// What it asks, apart from what everybody gets.
    fn questions(&self) -> &'static [&'static Question] {
        &[]
    }

    /// Says what it finds.
    ///
    /// # Errors
    /// Why nothing could be seen; that makes the check unknown.
    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict;
}

/// Lets the checks look at what was gathered, in their order.
pub fn judge(cx: &Context, checks: &[&dyn Check]) -> Vec<Outcome> {
    let mut all = Vec::new();
    for check in checks {
        let mut out = Outcomes::new(check.about(), &mut all);
        if let Err(unseen) = check.judge(cx, &mut out) {
            out.unknown(unseen.to_string());
        }
    }
    all
}
