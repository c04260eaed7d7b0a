//! What is said about a check.

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
