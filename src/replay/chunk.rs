//! Statements by the hundred: one message each, several on their way at once.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::iter::from_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use futures_util::StreamExt as _;
use tokio_postgres::error::{ErrorPosition, SqlState};
use tokio_postgres::{Client, Error, SimpleQueryMessage};

use super::{Outcome, Progress, ReplayError};
use crate::plan::Step;

/// How many statements one message holds.
const STATEMENTS: usize = 500;
/// How many bytes one message holds, unless a single statement is longer.
const BYTES: usize = 1 << 20;
/// Verifiers are slow: smaller chunks of them tell more often how far it is.
const SLOW_STATEMENTS: usize = 50;
/// How many statements are on their way at once, unless a single chunk has more.
const STATEMENTS_ON_THE_WAY: usize = 2000;
/// How many bytes are on their way at once, unless a single chunk has more.
const BYTES_ON_THE_WAY: usize = 4 << 20;

/// Sends statements of which each must succeed.
pub(super) async fn strict(
    client: &Client,
    steps: &[Step],
    progress: &mut impl Progress,
) -> Result<(), ReplayError> {
    let mut waiting = chunks(steps).peekable();
    let mut window = Window::default();
    loop {
        while let Some(chunk) = waiting.next_if(|chunk| window.has_room(chunk)) {
            window.send(client, chunk, None, "").await;
        }
        let Some((chunk, result)) = window.next().await else { return Ok(()) };
        // Those behind a refused one fail with the transaction: that is no news.
        result.map_err(|failed| failed.reason(&chunk.left))?;
        progress.advance(chunk.all);
    }
}

/// Sends statements of which each may be refused. One savepoint a chunk; a chunk with a refusal is
/// sent again without the culprit, and those behind it with it.
pub(super) async fn tolerant(
    client: &Client,
    steps: &[Step],
    outcome: &mut Outcome,
    progress: &mut impl Progress,
) -> Result<(), ReplayError> {
    let mut waiting: VecDeque<_> = chunks(steps).collect();
    let mut window = Window::default();
    let mut before = SAVEPOINT;
    loop {
        while waiting.front().is_some_and(|chunk| window.has_room(chunk))
            && let Some(chunk) = waiting.pop_front()
        {
            window.send(client, chunk, Some(before), "RELEASE SAVEPOINT pg_globals").await;
            before = SAVEPOINT;
        }
        let Some((mut chunk, result)) = window.next().await else { return Ok(()) };
        let Err(failed) = result else {
            outcome.sent += chunk.left.len();
            progress.advance(chunk.all);
            continue;
        };
        let at = failed.at;
        match failed.reason(&chunk.left) {
            ReplayError::Refused(refusal) if !refusal.is_trouble() => {
                outcome.refused.push(refusal);
            }
            ReplayError::Concurrent(refusal) if refusal.is_missing() => {
                outcome.refused.push(refusal);
            }
            error => return Err(error),
        }
        // It is attributed to a statement, so there is one.
        at.map(|at| chunk.left.remove(at));
        let mut again = vec![chunk];
        while let Some((chunk, _)) = window.next().await {
            again.push(chunk);
        }
        for chunk in again.into_iter().rev() {
            waiting.push_front(chunk);
        }
        before = "ROLLBACK TO SAVEPOINT pg_globals";
    }
}

const SAVEPOINT: &str = "SAVEPOINT pg_globals";

/// Statements that travel together.
struct Chunk<'a> {
    all: &'a [Step],
    /// Those that have not been refused.
    left: Vec<&'a Step>,
}

impl Chunk<'_> {
    fn bytes(&self) -> usize {
        self.left.iter().map(|step| step.text.len() + 2).sum()
    }
}

fn chunks(steps: &[Step]) -> impl Iterator<Item = Chunk<'_>> {
    let mut rest = steps;
    from_fn(move || {
        let slow = rest.first()?.is_slow();
        let most = if slow { SLOW_STATEMENTS } else { STATEMENTS };
        let mut bytes = 0;
        let fits = |step: &&Step| {
            bytes += step.text.len();
            bytes <= BYTES && step.is_slow() == slow
        };
        let length = rest.iter().take(most).take_while(fits).count().max(1);
        let (all, later) = rest.split_at(length);
        rest = later;
        Some(Chunk { all, left: all.iter().collect() })
    })
}

type Answer<'a> = Pin<Box<dyn Future<Output = Result<(), Failed>> + 'a>>;

/// Messages on their way, in their order.
#[derive(Default)]
struct Window<'a> {
    sent: VecDeque<(Chunk<'a>, Vec<Pending<'a>>)>,
    statements: usize,
    bytes: usize,
}

/// An answer that may have come with the first look.
struct Pending<'a> {
    early: Poll<Result<(), Failed>>,
    answer: Answer<'a>,
}

impl<'a> Window<'a> {
    fn has_room(&self, chunk: &Chunk<'_>) -> bool {
        self.sent.is_empty()
            || (self.statements + chunk.left.len() <= STATEMENTS_ON_THE_WAY
                && self.bytes + chunk.bytes() <= BYTES_ON_THE_WAY)
    }

    /// Sends a chunk. What comes before it is a message of its own: it takes place even where the
    /// grammar of the chunk is wrong.
    async fn send(
        &mut self,
        client: &'a Client,
        chunk: Chunk<'a>,
        before: Option<&'static str>,
        after: &'static str,
    ) {
        let before = before.map(|before| send(client, &[], before));
        let answers = before.into_iter().chain([send(client, &chunk.left, after)]);
        let mut pending = Vec::with_capacity(2);
        for mut answer in answers {
            // The first poll sends it: the order of the messages is that of the statements.
            let early = poll_fn(|cx| Poll::Ready(answer.as_mut().poll(cx))).await;
            pending.push(Pending { early, answer });
        }
        self.statements += chunk.left.len();
        self.bytes += chunk.bytes();
        self.sent.push_back((chunk, pending));
    }

    /// The next chunk, and what became of it.
    async fn next(&mut self) -> Option<(Chunk<'a>, Result<(), Failed>)> {
        let (chunk, pending) = self.sent.pop_front()?;
        self.statements -= chunk.left.len();
        self.bytes -= chunk.bytes();
        let mut result = Ok(());
        for Pending { early, answer } in pending {
            let next = match early {
                Poll::Ready(result) => result,
                Poll::Pending => answer.await,
            };
            result = result.and(next);
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
    fn reason(self, steps: &[&Step]) -> ReplayError {
        match self.at.and_then(|at| steps.get(at)) {
            Some(step) => ReplayError::refused(step, self.error),
            None => ReplayError::Lost { after_commit: false, error: self.error },
        }
    }
}

/// One message. It is on its way as soon as this is polled for the first time.
fn send<'a>(client: &'a Client, steps: &[&Step], after: &'static str) -> Answer<'a> {
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
