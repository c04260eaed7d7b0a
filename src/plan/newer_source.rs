//! A source that is newer than the target.

use crate::finding::{Action, Finding, Kind, Object, Severity};
use crate::platform::Answers;
use crate::read::live::Live;
use crate::sanitize::About;

pub(super) const ABOUT: About = About {
    name: "newer-source",
    severity: Severity::Warning,
    why: "the source is newer than the target, which is not how databases are moved",
    remedy: "choose a target of the source's version or a later one",
};

/// Says so.
pub(super) fn check(source: Option<&Live>, answers: &Answers) -> Option<Finding> {
    let source = source.filter(|source| source.answers.major > answers.major)?;
    Some(Finding {
        rule: ABOUT.name,
        severity: ABOUT.severity,
        action: Action::Kept,
        object: Object { kind: Kind::Statement, name: "version".to_owned() },
        line: None,
        message: format!("{} is newer than {}", source.answers.version, answers.version).into(),
    })
}
