//! Statements by the hundred: one message each, several on their way at once.
//!
//! A server writes the whole message of a statement that fails into its log, and those of all that are on
//! their way behind it, since they fail with the transaction. So a statement with a verifier is a message of
//! its own, with a savepoint before and behind it: one failure logs one verifier (measured on 14, 16 and 18).

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::iter::from_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use futures_util::StreamExt as _;
use tokio_postgres::error::{ErrorPosition, SqlState};
use tokio_postgres::{Client, Error, SimpleQueryMessage};

use super::{Outcome, Progress, Refusal, ReplayError};
use crate::plan::Step;

/// How many statements one message holds.
const STATEMENTS: usize = 500;
/// How many bytes one message holds, unless a single statement is longer.
const BYTES: usize = 1 << 20;
/// How many statements are on their way at once, unless a single chunk has more.
const STATEMENTS_ON_THE_WAY: usize = 2000;
/// How many of them with verifiers. What begins to refuse them midway has as many in its log when that
/// is known. A line whose round trip takes longer than the server does for so many waits for it.
const SECRETS_ON_THE_WAY: usize = 8;
/// How many bytes are on their way at once, unless a single chunk has more.
const BYTES_ON_THE_WAY: usize = 4 << 20;

/// Sends statements of which each must succeed.
pub(super) async fn strict(
    client: &Client,
    steps: &[Step],
    progress: &mut impl Progress,
) -> Result<(), ReplayError> {
    for run in steps.chunk_by(|one, other| one.is_secret() == other.is_secret()) {
        let is_secret = run.iter().any(Step::is_secret);
        let mut waiting = chunks(run).peekable();
        let mut window = Window::default();
        let mut before = if is_secret { SAVEPOINT } else { "" };
        let (end, behind) = if is_secret { (NEXT, ROLLBACK) } else { ("", "") };
        loop {
            while let Some(chunk) = waiting.next_if(|chunk| window.has_room(chunk)) {
                window.send(client, chunk, [before, end, behind]).await;
                before = "";
            }
            let Some((chunk, result)) = window.next().await else { break };
            // What those behind a refused one come to is no news: all is rolled back.
            result.map_err(|failed| failed.reason(chunk.steps))?;
            progress.advance(chunk.steps);
        }
    }
    Ok(())
}

/// Sends statements of which each may be refused: as long as none is, a savepoint a chunk. From the
/// first refusal on each goes by itself, with no need to wait for what becomes of it, and so do those
/// with verifiers from the start.
pub(super) async fn tolerant(
    client: &Client,
    steps: &[Step],
    outcome: &mut Outcome,
    progress: &mut impl Progress,
) -> Result<(), ReplayError> {
    for run in steps.chunk_by(|one, other| one.is_secret() == other.is_secret()) {
        if run.iter().any(Step::is_secret) {
            one_by_one(client, run, SAVEPOINT, outcome, progress).await?;
        } else {
            together(client, run, outcome, progress).await?;
        }
    }
    Ok(())
}

async fn together(
    client: &Client,
    steps: &[Step],
    outcome: &mut Outcome,
    progress: &mut impl Progress,
) -> Result<(), ReplayError> {
    let mut waiting = chunks(steps).peekable();
    let mut window = Window::default();
    let mut done = 0;
    loop {
        while let Some(chunk) = waiting.next_if(|chunk| window.has_room(chunk)) {
            window.send(client, chunk, [SAVEPOINT, "RELEASE SAVEPOINT pg_globals", ""]).await;
        }
        let Some((chunk, result)) = window.next().await else { return Ok(()) };
        let Err(failed) = result else {
            done += chunk.steps.len();
            outcome.sent += changes(chunk.steps);
            progress.advance(chunk.steps);
            continue;
        };
        // It is said when it comes again.
        if let Some(error) = trouble(failed, &chunk, &mut Vec::new()) {
            return Err(error);
        }
        // Those behind it have failed with it.
        while window.next().await.is_some() {}
        return one_by_one(client, &steps[done..], ROLLBACK, outcome, progress).await;
    }
}

/// How many of them change something.
pub(super) fn changes(steps: &[Step]) -> usize {
    steps.iter().filter(|step| step.is_change()).count()
}

/// The same behind what makes a savepoint, or goes back to it. Each statement has two messages, and both
/// can be sent before the answer to the first: where it succeeds, the second goes back to the new
/// savepoint behind it, which does nothing; where it is refused, to the old one before it.
async fn one_by_one(
    client: &Client,
    steps: &[Step],
    mut before: &'static str,
    outcome: &mut Outcome,
    progress: &mut impl Progress,
) -> Result<(), ReplayError> {
    let mut waiting = steps.chunks(1).map(|steps| Chunk { steps }).peekable();
    let mut window = Window::default();
    loop {
        while let Some(chunk) = waiting.next_if(|chunk| window.has_room(chunk)) {
            window.send(client, chunk, [before, NEXT, ROLLBACK]).await;
            before = "";
        }
        let Some((chunk, result)) = window.next().await else { return Ok(()) };
        if let Err(failed) = result {
            if let Some(error) = trouble(failed, &chunk, &mut outcome.refused) {
                return Err(error);
            }
        } else {
            outcome.sent += changes(chunk.steps);
        }
        progress.advance(chunk.steps);
    }
}

/// Notes what the target says about one statement; what it says about the transaction or itself ends
/// everything, and is given back.
fn trouble(failed: Failed, chunk: &Chunk<'_>, refused: &mut Vec<Refusal>) -> Option<ReplayError> {
    match failed.reason(chunk.steps) {
        ReplayError::Refused(refusal) if !refusal.is_trouble() => refused.push(refusal),
        ReplayError::Concurrent(refusal) if refusal.is_missing() => refused.push(refusal),
        error => return Some(error),
    }
    None
}

const NEXT: &str = "RELEASE SAVEPOINT pg_globals; SAVEPOINT pg_globals";
const SAVEPOINT: &str = "SAVEPOINT pg_globals";
const ROLLBACK: &str = "ROLLBACK TO SAVEPOINT pg_globals";

/// Statements that travel together.
struct Chunk<'a> {
    steps: &'a [Step],
}

impl Chunk<'_> {
    fn bytes(&self) -> usize {
        self.steps.iter().map(|step| step.text.len() + 2).sum()
    }

    fn is_secret(&self) -> bool {
        self.steps.iter().any(Step::is_secret)
    }
}

fn chunks(steps: &[Step]) -> impl Iterator<Item = Chunk<'_>> {
    let mut rest = steps;
    from_fn(move || {
        let most = if rest.first()?.is_secret() { 1 } else { STATEMENTS };
        let mut bytes = 0;
        let fits = |step: &&Step| {
            bytes += step.text.len();
            bytes <= BYTES && !step.is_secret()
        };
        let length = rest.iter().take(most).take_while(fits).count().max(1);
        let (steps, later) = rest.split_at(length);
        rest = later;
        Some(Chunk { steps })
    })
}

type Answer<'a> = Pin<Box<dyn Future<Output = Result<(), Failed>> + 'a>>;

/// Messages on their way, in their order.
#[derive(Default)]
struct Window<'a> {
    sent: VecDeque<(Chunk<'a>, Vec<Pending<'a>>)>,
    statements: usize,
    bytes: usize,
    /// How many statements have succeeded.
    done: usize,
}

/// An answer that may have come with the first look.
struct Pending<'a> {
    early: Poll<Result<(), Failed>>,
    answer: Answer<'a>,
}

impl<'a> Window<'a> {
    fn has_room(&self, chunk: &Chunk<'_>) -> bool {
        // A target that refuses all verifiers, as a module that checks passwords may, has written one
        // into its log when that is known.
        let most = if chunk.is_secret() {
            SECRETS_ON_THE_WAY.min(1 + self.done)
        } else {
            STATEMENTS_ON_THE_WAY
        };
        self.sent.is_empty()
            || (self.statements + chunk.steps.len() <= most
                && self.bytes + chunk.bytes() <= BYTES_ON_THE_WAY)
    }

    /// Sends a chunk, with what comes before it, at its end, and behind it. The first and the last are
    /// messages of their own: they take place even where the grammar of the chunk is wrong.
    async fn send(
        &mut self,
        client: &'a Client,
        chunk: Chunk<'a>,
        [before, end, behind]: [&'static str; 3],
    ) {
        let alone = |text: &'static str| (!text.is_empty()).then(|| send(client, &[], text));
        let statements = send(client, chunk.steps, end);
        let answers = alone(before).into_iter().chain([statements]).chain(alone(behind));
        let mut pending = Vec::with_capacity(3);
        for mut answer in answers {
            // The first poll sends it: the order of the messages is that of the statements.
            let early = poll_fn(|cx| Poll::Ready(answer.as_mut().poll(cx))).await;
            pending.push(Pending { early, answer });
        }
        self.statements += chunk.steps.len();
        self.bytes += chunk.bytes();
        self.sent.push_back((chunk, pending));
    }

    /// The next chunk, and what became of it.
    async fn next(&mut self) -> Option<(Chunk<'a>, Result<(), Failed>)> {
        let (chunk, pending) = self.sent.pop_front()?;
        self.statements -= chunk.steps.len();
        self.bytes -= chunk.bytes();
        let mut result = Ok(());
        for Pending { early, answer } in pending {
            let next = match early {
                Poll::Ready(result) => result,
                Poll::Pending => answer.await,
            };
            result = result.and(next);
        }
        if result.is_ok() {
            self.done += chunk.steps.len();
        }
        Some((chunk, result))
    }
}

/// Which statement of a message failed.
struct Failed {
    /// None where it is none of a plan's.
    at: Option<usize>,
    error: Error,
}

impl Failed {
    fn reason(self, steps: &[Step]) -> ReplayError {
        match self.at.and_then(|at| steps.get(at)) {
            Some(step) => ReplayError::refused(step, self.error),
            None => ReplayError::Lost { after_commit: false, error: self.error },
        }
    }
}

/// One message. It is on its way as soon as this is polled for the first time.
fn send<'a>(client: &'a Client, steps: &[Step], after: &'static str) -> Answer<'a> {
    let bytes: usize = steps.iter().map(|step| step.text.len() + 2).sum();
    let mut text = zeroize::Zeroizing::new(String::with_capacity(bytes + after.len()));
    let mut ends = Vec::with_capacity(steps.len());
    for step in steps {
        text.push_str(&step.text);
        text.push_str(";\n");
        ends.push(text.len());
    }
    text.push_str(after);
    Box::pin(async move {
        let mut done = 0;
        let error = 'failed: {
            let mut answers = match client.simple_query_raw(&text).await {
                Ok(answers) => pin!(answers),
                Err(error) => break 'failed error,
            };
            while let Some(answer) = answers.next().await {
                match answer {
                    Ok(SimpleQueryMessage::CommandComplete(_)) => done += 1,
                    Ok(_) => {}
                    Err(error) => break 'failed error,
                }
            }
            return Ok(());
        };
        // What is wrong with the grammar refuses the whole message, and says where.
        let at = grammar_error(&error).map_or(done, |position| {
            let byte = text.char_indices().nth(position).map_or(text.len(), |(byte, _)| byte);
            ends.partition_point(|end| *end <= byte)
        });
        Err(Failed { at: (at < ends.len()).then_some(at), error })
    })
}

/// The position of a grammar error, in characters from 0.
fn grammar_error(error: &Error) -> Option<usize> {
    let db = error.as_db_error()?;
    let Some(ErrorPosition::Original(position)) = db.position() else { return None };
    let position = (*position as usize).saturating_sub(1);
    (*db.code() == SqlState::SYNTAX_ERROR).then_some(position)
}
