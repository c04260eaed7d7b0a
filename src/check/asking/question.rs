//! What is asked, and of whom.

use crate::version::Major;

/// A query that a check asks. The same question is asked once, however many checks ask it.
#[derive(Debug)]
pub struct Question {
    /// Its name, which no other question has.
    pub name: &'static str,
    /// Who is asked.
    pub of: Of,
    /// The query for a server of this version; none where it has nothing to answer.
    pub sql: fn(Major) -> Option<&'static str>,
}

/// Who is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Of {
    /// The source, in the database that the connection is to.
    Source,
    /// The target, in the database that the connection is to.
    Target,
    /// Both servers.
    Both,
    /// Each database of the source that is to be migrated.
    SourceDatabases,
    /// Those of the target with the same names.
    TargetDatabases,
}
