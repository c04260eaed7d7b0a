//! What a check is.

use super::about::About;
use super::asking::question::Question;
use super::context::{Context, Verdict};
use super::outcome::{Outcome, Outcomes};

/// One prerequisite.
pub trait Check: Sync {
    /// Its name and wording.
    fn about(&self) -> &'static About;

    /// What it asks, apart from what everybody gets.
    fn questions(&self) -> &'static [&'static Question] {
        &[]
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
