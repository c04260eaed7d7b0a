//! What the target keeps of the statements that it is sent.

use crate::finding::{Action, Finding, Severity, Subject};
use crate::globals::{Change, Password};
use crate::platform::Answers;
use crate::sanitize::About;

pub(super) const ABOUT: About = About {
    name: "kept-statements",
    severity: Severity::Warning,
    why: "the target keeps the text of statements, and so verifiers, where others may read them",
    explanation: "What stands in ALTER ROLE … PASSWORD can be kept by the server's log \
                  (log_statement, log_min_duration_statement), pgaudit, auto_explain, \
                  pg_stat_statements, or Azure's query store. By default \
                  (log_min_error_statement = error) the log has what fails: a statement with a \
                  verifier that the target refuses, with the message that it came in. Only \
                  verifiers are sent, never passwords. But a reader of a SCRAM verifier can try passwords against it at \
                  leisure, and an md5 verifier is all that it takes to log in by md5. For a \
                  superuser the log is off within the transaction; else only the server's \
                  parameters help, and the message names them.",
    remedy: "turn it off for the time of the copy, or see that only administrators can read it",
};

/// Says so before verifiers are sent.
pub(super) fn check(changes: &[Change], answers: &Answers) -> Option<Finding> {
    let sends = |change: &Change| matches!(change, Change::Password { to: Password::Is(_), .. });
    // For a superuser the log is turned off within the transaction.
    let quiet = |keeper: &&String| !(answers.is_superuser() && keeper.starts_with("log_"));
    let keepers: Vec<_> =
        answers.keeps_statements.iter().filter(quiet).map(String::as_str).collect();
    // Every server notes statements that fail, unless it is told not to.
    let only_failed = keepers.iter().all(|keeper| keeper.starts_with("log_min_error_statement"));
    (!keepers.is_empty() && changes.iter().any(sends)).then(|| {
        let severity = if only_failed { Severity::Info } else { ABOUT.severity };
        let object = Subject::statement("verifiers");
        ABOUT.finding(object, Action::Kept, keepers.join(", ")).matters(severity)
    })
}
