//! A source that is newer than the target.

use crate::finding::{Action, Finding, Severity, Subject};
use crate::platform::Answers;
use crate::sanitize::About;
use crate::version::Major;

/// What it says.
pub const ABOUT: About = About {
    name: "newer-source",
    severity: Severity::Warning,
    why: "the source is newer than the target, which is not how databases are moved",
    explanation: "Roles can go to an older server, without what it has no words for: options of \
                  memberships before 16, privileges on parameters before 15, later predefined \
                  roles. Data cannot be counted on to follow: nothing promises that an older \
                  server loads what a newer pg_dump writes, and Azure's migration service refuses \
                  it. So the target may be the wrong server, or the two are swapped: the \
                  copy is made with --into-older, or where the target's name is typed.",
    remedy: "choose a target of the source's version or a later one, or give --into-older",
};

/// Says so.
pub fn check(version: &str, major: Major, answers: &Answers) -> Option<Finding> {
    (major > answers.major).then(|| {
        let message = format!("{version} is newer than {}", answers.version);
        ABOUT.finding(Subject::statement("version"), Action::Kept, message)
    })
}
