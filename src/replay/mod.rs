//! A plan on a live target: in one transaction, in chunks instead of round trips, with each refusal
//! attributed to its statement.

mod chunk;
mod error;
mod transaction;

use foldhash::HashSet;
use tokio_postgres::Client;

pub use error::{Refusal, ReplayError};

use crate::finding::Object;
use crate::globals::script::Phase;
use crate::interrupt::{self, Stage};
use crate::plan::Step;
use crate::read::live::{self, Live};

/// What a replay is to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// All or nothing.
    Commit,
    /// Everything that the target takes, then nothing of it: all its refusals at once.
    DryRun,
}

/// What a replay did.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// How many statements changed something; none that are left after a dry run.
    pub sent: usize,
    /// Statements that the target refused for their value, or in a dry run for whatever reason.
    pub refused: Vec<Refusal>,
}

impl Outcome {
    /// What statements were about that were refused for their value, and left out.
    pub fn left_out(&self) -> HashSet<&Object> {
        let refused = self.refused.iter().filter(|refusal| !refusal.fatal);
        refused.map(|refusal| &refusal.object).collect()
    }
}

/// Who is told how far it is.
pub trait Progress {
    /// So many statements are done, so many of them verifiers.
    fn advance(&mut self, steps: &[Step]);
}

/// Nobody.
impl Progress for () {
    fn advance(&mut self, _: &[Step]) {}
}

/// Sends the steps that `plan` gives for the target as it is inside the transaction.
///
/// `plan` sees what the target has once the transaction and its lock are there, and says what is to
/// be sent; `None` stops everything, since it is not what was shown. `before_commit` runs when all
/// statements have succeeded.
///
/// # Errors
/// Whatever fails, the target is as before, unless the error says that this is not known.
pub async fn replay(
    client: &Client,
    first: &Live,
    mode: Mode,
    plan: impl FnOnce(&Live) -> Option<Vec<Step>>,
    before_commit: impl FnOnce() -> Result<(), String>,
    progress: &mut impl Progress,
) -> Result<Outcome, ReplayError> {
    transaction::begin(client, first).await?;
    let result = inside(client, first, mode, plan, before_commit, progress).await;
    match result {
        Ok((outcome, outside)) if mode == Mode::Commit => {
            transaction::commit(client).await?;
            after(client, outcome, outside, progress).await
        }
        Ok((outcome, _)) => {
            transaction::rollback(client).await?;
            Ok(outcome)
        }
        Err(error) => {
            // Where the connection is gone, so is the transaction.
            let _ = transaction::rollback(client).await;
            Err(error)
        }
    }
}

async fn inside(
    client: &Client,
    first: &Live,
    mode: Mode,
    plan: impl FnOnce(&Live) -> Option<Vec<Step>>,
    before_commit: impl FnOnce() -> Result<(), String>,
    progress: &mut impl Progress,
) -> Result<(Outcome, Vec<Step>), ReplayError> {
    let again = live::read_again(client, &first.probe).await.map_err(ReplayError::Reading)?;
    let steps = plan(&again).ok_or(ReplayError::Changed)?;
    let (inside, outside): (Vec<_>, Vec<_>) =
        steps.into_iter().partition(|step| step.phase != Phase::Tablespaces);
    // To superusers a setting of a library that is not loaded is as good as any.
    let loads = again.answers.loads_plpgsql && !again.answers.is_superuser();
    if loads && inside.iter().any(Step::is_of_plpgsql) {
        transaction::load_plpgsql(client).await?;
    }
    let mut outcome = Outcome::default();
    let tolerant = |step: &Step| mode == Mode::DryRun || step.is_tried();
    for run in inside.chunk_by(|one, other| tolerant(one) == tolerant(other)) {
        if tolerant(&run[0]) {
            chunk::tolerant(client, run, &mut outcome, progress).await?;
        } else {
            chunk::strict(client, run, progress).await?;
            outcome.sent += run.len();
        }
    }
    if mode == Mode::Commit {
        // What is written now is kept, whatever comes of COMMIT.
        interrupt::enter(Stage::Committing);
        before_commit().map_err(ReplayError::Before)?;
    }
    Ok((outcome, outside))
}

/// What no transaction can hold.
async fn after(
    client: &Client,
    mut outcome: Outcome,
    outside: Vec<Step>,
    progress: &mut impl Progress,
) -> Result<Outcome, ReplayError> {
    for step in outside {
        match client.batch_execute(&step.text).await {
            Ok(()) => outcome.sent += 1,
            Err(error) => match Refusal::of(&step, &error) {
                Some(refusal) => outcome.refused.push(refusal),
                None => return Err(ReplayError::Lost { after_commit: true, error }),
            },
        }
        progress.advance(std::slice::from_ref(&step));
    }
    Ok(outcome)
}
