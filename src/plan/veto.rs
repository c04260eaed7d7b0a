//! Reasons not to send a change: what they are told, and what they say.

use std::collections::BTreeSet;

use super::options::Options;
use super::rests::Rests;
use crate::globals::{Change, Globals};
use crate::name::Name;
use crate::platform::{Answers, Platform, Rights};
use crate::sanitize::About;

/// What a veto says about a change.
pub(super) enum Judgement {
    /// It waits.
    Deferred(String),
    /// The user has to allow it.
    Withheld(String),
    /// The target will refuse it.
    Refused(String),
    /// Nothing can be done while it is wanted.
    Obstacle(String),
}

/// What vetoes know.
pub(super) struct Context<'a> {
    /// What the target has, apart from what the connected role holds.
    pub(super) current: &'a Globals,
    /// What rests on what is taken away.
    pub(super) rests: Rests<'a>,
    pub(super) desired: &'a Globals,
    pub(super) answers: &'a Answers,
    pub(super) platform: &'a Platform,
    pub(super) options: &'a Options,
    /// Roles that the plan creates.
    pub(super) created: BTreeSet<&'a Name>,
}

impl Context<'_> {
    /// Whether the target's platform has this role there for itself.
    pub(super) fn is_of_platform(&self, role: &Name) -> bool {
        let rights = Rights::offline(self.platform, self.answers.major).narrowed_by(self.answers);
        rights.platform_role(role.as_str()).is_some()
    }
}

/// One reason not to send a change.
pub(super) trait Veto: Sync {
    /// Its name and wording.
    fn about(&self) -> &'static About;

    /// Whether the change is to be left out, and why.
    fn judge(&self, change: &Change, cx: &Context<'_>) -> Option<Judgement>;
}
