//! A plan: what will be sent, and what not.

use std::collections::BTreeSet;

use super::restore::TakeBack;
use super::step::Step;
use super::uses::Loss;
use crate::finding::{Action, Finding, Subject};
use crate::globals::script::Delta;
use crate::globals::{Change, Ledger};
use crate::name::Name;
use crate::platform::Answers;
use crate::sanitize::About;
use crate::version::Major;

/// What will be sent, and what not.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    /// What will be done.
    pub changes: Vec<Change>,
    /// What the target has beyond it, and keeps.
    pub extra: Vec<Change>,
    /// Roles whose verifiers cannot be compared; they are not sent.
    pub unverifiable: Vec<Name>,
    /// What waits for its database.
    pub deferred: Vec<LeftOut>,
    /// What is not done unless the user allows it.
    pub withheld: Vec<LeftOut>,
    /// What the target is known to refuse.
    pub refused: Vec<LeftOut>,
    /// Whom the target shuts out, and the source does not.
    pub still_frozen: Vec<LeftOut>,
    /// Members that roles have on the target only.
    pub outsiders: Vec<Finding>,
    /// What there is to know beside.
    pub findings: Vec<Finding>,
    /// Why nothing can be sent at all.
    pub obstacles: Vec<Finding>,
    /// The changes that these stand in the way of.
    pub blocked: Vec<Change>,
    /// Settings that sanitizing took away, and that the target has with the same value.
    pub settled: Vec<Subject>,
    /// What restoring the databases loses on the target as it will be.
    pub losses: Vec<Loss>,
    /// What was done for a restore, or will be, and has to be taken back after it.
    pub take_back: TakeBack,
}

/// Changes that are left out for one reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeftOut {
    /// The reason.
    pub finding: Finding,
    /// What is not done.
    pub changes: Vec<Change>,
}

/// What a rule says of a change.
pub(super) fn finding(
    about: &'static About,
    change: &Change,
    ledger: &Ledger,
    message: String,
) -> Finding {
    let line = ledger.line(change.origin());
    about.finding(change.object(), Action::Dropped, message).at(line)
}

/// Changes as statements that the connected role may send.
pub fn delta<'a>(changes: &'a [Change], answers: &Answers) -> Delta<'a> {
    let delta = Delta::of(changes, answers.major);
    let says_grantors = answers.is_superuser() || answers.major >= Major::new(16);
    if says_grantors { delta } else { delta.without_grantors() }
}

impl Plan {
    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many changes are passwords of roles that are made: a comparison counts them with their roles.
    pub fn passwords_of_new_roles(&self) -> usize {
        let created: BTreeSet<_> = self.changes.iter().filter_map(Change::creates).collect();
        let is_one = |change: &&Change| matches!(change, Change::Password { role, .. } if created.contains(role));
        self.changes.iter().filter(is_one).count()
    }

    /// The statements, in the order in which they are sent.
    pub fn steps(&self, answers: &Answers) -> Vec<Step> {
        let delta = delta(&self.changes, answers);
        let mut steps: Vec<_> = delta.statements().into_iter().map(Step::of).collect();
        // Verifiers are sent one by one: those of a phase together.
        steps.sort_by_key(|step| (step.phase, step.is_secret()));
        steps
    }

    /// All that there is to say: what is left out and why, and what stands in the way.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings_about(|_| true)
    }

    /// The same without what is said of changes that nobody asks for.
    pub fn findings_about(
        &self,
        asked: impl Fn(&Change) -> bool,
    ) -> impl Iterator<Item = &Finding> {
        let left_out = self.deferred.iter().chain(&self.withheld).chain(&self.refused);
        let left_out = left_out.chain(&self.still_frozen);
        let left_out = left_out.filter(move |it| it.changes.iter().any(&asked));
        let left_out = left_out.map(|it| &it.finding).chain(&self.outsiders);
        left_out.chain(&self.findings).chain(&self.obstacles)
    }
}
