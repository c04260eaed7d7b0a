//! A plan on a live target: in one transaction, in chunks instead of round trips, with each refusal
//! attributed to its statement.

mod chunk;
mod error;
mod outcome;
mod transaction;

use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::Client;

pub use error::{Refusal, ReplayError};
pub use outcome::{Outcome, Progress, Stage};

use crate::connect::Connection;
use crate::globals::script::Phase;
use crate::interrupt;
use crate::name::Name;
use crate::plan::Step;
use crate::read::live::{self, Live};
use transaction::Sampling;

/// How long it may take to end a transaction that has failed.
const GOODBYE: Duration = Duration::from_secs(10);

/// A pooler can give another session to each transaction.
const OTHER_ROLE: &str =
    "the session to write in belongs to another role than the one that was read in";

const TABLESPACES: &str = "CREATE TABLESPACE cannot run in a transaction, and behind a pooler it could run in any session";

/// What a replay is to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// All or nothing.
    Commit,
    /// Everything that the target takes, then nothing of it: all its refusals at once. Verifiers are
    /// made-up ones.
    DryRun,
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
    connection: &Connection,
    first: &Live,
    mode: Mode,
    plan: impl FnOnce(&Live) -> Option<Vec<Step>>,
    before_commit: impl FnOnce() -> Result<(), String>,
    progress: &mut impl Progress,
) -> Result<Outcome, ReplayError> {
    let client = &connection.client;
    let pooled = connection.is_pooled(first.probe.process);
    let sampling = Sampling::off(client, first, pooled).await?;
    let result = send(connection, first, pooled, mode, plan, before_commit, progress).await;
    sampling.restore().await;
    result
}

async fn send(
    connection: &Connection,
    first: &Live,
    pooled: bool,
    mode: Mode,
    plan: impl FnOnce(&Live) -> Option<Vec<Step>>,
    before_commit: impl FnOnce() -> Result<(), String>,
    progress: &mut impl Progress,
) -> Result<Outcome, ReplayError> {
    let client = &connection.client;
    progress.enter(Stage::Locking);
    let begun = transaction::begin(client, first).await;
    let result = match begun {
        Ok(()) => inside(connection, first, pooled, mode, plan, before_commit, progress).await,
        Err(error) => Err(error),
    };
    match result {
        Ok((outcome, outside)) if mode == Mode::Commit => {
            progress.enter(Stage::Committing);
            transaction::commit(client).await?;
            after(client, first, outcome, outside, progress).await
        }
        Ok((outcome, _)) => {
            transaction::rollback(client).await?;
            Ok(outcome)
        }
        Err(error) => {
            // Where the connection is gone, so is the transaction; one that hangs is left to its end.
            let _ = timeout(GOODBYE, transaction::rollback(client)).await;
            Err(error)
        }
    }
}

/// The role that the session acts as, for no reason of the connected role's own: the owner of a database can
/// have made it so, and taken the setting away again since; or another client of a pooler has. Who wants to act
/// as another says so with the connection, or for itself.
fn put(connection: &Connection, live: &Live, pooled: bool) -> Option<(Name, Name)> {
    let (user, session) = (&live.answers.user, &live.answers.session_user);
    if user == session || (connection.asks_for_role() && !pooled) {
        return None;
    }
    let is_its_own = live.globals.settings.iter().any(|(key, setting)| {
        let here = key.database.is_none() || key.database == live.database;
        let is_it = key.role.as_ref() == Some(session) && here && key.name.is("role");
        is_it && setting.value.parts().any(|value| value == user.as_str())
    });
    (!is_its_own).then(|| (session.clone(), user.clone()))
}

async fn inside(
    connection: &Connection,
    first: &Live,
    pooled: bool,
    mode: Mode,
    plan: impl FnOnce(&Live) -> Option<Vec<Step>>,
    before_commit: impl FnOnce() -> Result<(), String>,
    progress: &mut impl Progress,
) -> Result<(Outcome, Vec<Step>), ReplayError> {
    let client = &connection.client;
    progress.enter(Stage::Reading);
    let again = live::read_again(client, first).await.map_err(ReplayError::Reading)?;
    let users = [&first.answers, &again.answers].map(|it| (&it.user, &it.session_user));
    if users[0] != users[1] {
        // Somebody can have given the role another name; only a pooler gives another session.
        return Err(if pooled { ReplayError::Pooled(OTHER_ROLE) } else { ReplayError::Changed });
    }
    if let Some((user, role)) = put(connection, &again, pooled) {
        return Err(ReplayError::Put { user, role });
    }
    let mut steps = plan(&again).ok_or(ReplayError::Changed)?;
    if mode == Mode::DryRun {
        // The target may keep what it is sent, in its log above all.
        steps.iter_mut().for_each(Step::make_up_secret);
    }
    if pooled && steps.iter().any(|step| step.phase == Phase::Tablespaces) {
        return Err(ReplayError::Pooled(TABLESPACES));
    }
    let (inside, outside): (Vec<_>, Vec<_>) =
        steps.into_iter().partition(|step| step.phase != Phase::Tablespaces);
    // To superusers a setting of a library that is not loaded is as good as any.
    let loads = again.answers.loads_plpgsql && !again.answers.is_superuser();
    if loads && inside.iter().any(Step::is_of_plpgsql) {
        transaction::load_plpgsql(client).await?;
    }
    progress.enter(Stage::Sending);
    let mut outcome = Outcome::default();
    let tolerant = |step: &Step| mode == Mode::DryRun || step.is_tried();
    for run in inside.chunk_by(|one, other| tolerant(one) == tolerant(other)) {
        if tolerant(&run[0]) {
            chunk::tolerant(client, run, &mut outcome, progress).await?;
        } else {
            chunk::strict(client, run, progress).await?;
            outcome.sent += chunk::changes(run);
        }
    }
    if mode == Mode::Commit {
        // What is written now is kept, whatever comes of COMMIT.
        interrupt::enter(interrupt::Stage::Committing);
        before_commit().map_err(ReplayError::Before)?;
    }
    Ok((outcome, outside))
}

/// What no transaction can hold.
async fn after(
    client: &Client,
    first: &Live,
    mut outcome: Outcome,
    outside: Vec<Step>,
    progress: &mut impl Progress,
) -> Result<Outcome, ReplayError> {
    if !outside.is_empty() {
        let lost = |error| ReplayError::Lost { after_commit: true, error };
        transaction::see_to_session(client, first).await.map_err(lost)?;
    }
    for step in outside {
        match client.batch_execute(&step.text).await {
            Ok(()) => outcome.sent += usize::from(step.is_change()),
            Err(error) => match Refusal::of(&step, &error) {
                Some(refusal) => outcome.refused.push(refusal),
                None => return Err(ReplayError::Lost { after_commit: true, error }),
            },
        }
        progress.advance(std::slice::from_ref(&step));
    }
    Ok(outcome)
}
