//! What a check is.

use std::collections::BTreeSet;

use super::about::About;
use super::asking::question::Question;
use super::context::{Context, Verdict};
use super::outcome::{Outcome, Outcomes};
use crate::name::Name;
use crate::read::live::Live;
use crate::sanitize::Choices;

/// One prerequisite.
pub trait Check: Sync {
    /// Its name and wording.
    fn about(&self) -> &'static About;

    /// What it asks, apart from what everybody gets.
    fn questions(&self) -> &'static [&'static Question] {
        &[]
    }

    /// The roles of the source that the target will not have, of which it wants to know what stands in the
    /// databases about them.
    fn absent(&self, _source: &Live, _target: &Live, _choices: &Choices) -> BTreeSet<Name> {
        BTreeSet::new()
    }

    /// Whether it says which databases could not be visited, so that the others need not.
    fn tells_visits(&self) -> bool {
        false
    }

    /// Says what it finds.
    ///
    /// # Errors
    /// Why nothing could be seen; that makes the check unknown.
    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict;

    /// Looks at what all checks have said, when they have.
    fn review(&self, _cx: &Context, _all: &mut [Outcome]) {}
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
    for check in checks {
        check.review(cx, &mut all);
    }
    all
}
