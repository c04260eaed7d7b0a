//! Statements by the hundred: one message each, several on their way at once.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::pin;
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
/// How many messages are on their way at once.
const MESSAGES: usize = 4;
/// Verifiers are slow: smaller chunks of them tell more often how far it is.
const SLOW_STATEMENTS: usize = 50;

/// Sends statements of which each must succeed.
pub(super) async fn strict(
    client: &Client,
    steps: &[Step],
    progress: &mut impl Progress,
) -> Result<(), ReplayError> {
    let mut waiting = chunks(steps);
    let mut on_their_way = VecDeque::new();
    loop {
        while on_their_way.len() < MESSAGES
            && let Some(chunk) = waiting.next()
        {
            let mut answer = Box::pin(send(client, "", chunk, ""));
            // The first poll sends it: the order of the messages is that of the statements.
            let early = poll_fn(|cx| Poll::Ready(answer.as_mut().poll(cx))).await;
            on_their_way.push_back((chunk, early, answer));
        }
        let Some((chunk, early, answer)) = on_their_way.pop_front() else { return Ok(()) };
        let result = match early {
            Poll::Ready(result) => result,
            Poll::Pending => answer.await,
        };
        match result {
            Ok(()) => progress.advance(chunk),
            Err(Failed { at, error }) => {
                // Those behind it fail with the transaction: that is no news.
                let step = chunk.get(at).or(chunk.last());
                return Err(match step {
                    Some(step) => ReplayError::refused(step, error),
                    None => ReplayError::Lost { after_commit: false, error },
                });
            }
        }
    }
}

/// Sends statements of which each may be refused. One savepoint a chunk; a chunk with a refusal is
/// sent again without the culprit.
pub(super) async fn tolerant(
    client: &Client,
    steps: &[Step],
    outcome: &mut Outcome,
    progress: &mut impl Progress,
) -> Result<(), ReplayError> {
    for chunk in chunks(steps) {
        let mut left: Vec<&Step> = chunk.iter().collect();
        let mut before = "SAVEPOINT pg_globals;";
        loop {
            let Err(Failed { at, error }) =
                send(client, before, &left, "RELEASE SAVEPOINT pg_globals").await
            else {
                break;
            };
            let refusal = left.get(at).and_then(|step| Refusal::of(step, &error));
            let Some(refusal) = refusal else {
                return Err(ReplayError::Lost { after_commit: false, error });
            };
            outcome.refused.push(refusal);
            left.remove(at);
            before = "ROLLBACK TO SAVEPOINT pg_globals;";
        }
        outcome.sent += left.len();
        progress.advance(chunk);
    }
    Ok(())
}

fn chunks(steps: &[Step]) -> impl Iterator<Item = &[Step]> {
    let mut rest = steps;
    std::iter::from_fn(move || {
        let slow = rest.first()?.is_slow();
        let most = if slow { SLOW_STATEMENTS } else { STATEMENTS };
        let mut bytes = 0;
        let fits = |step: &&Step| {
            bytes += step.text.len();
            bytes <= BYTES && step.is_slow() == slow
        };
        let length = rest.iter().take(most).take_while(fits).count().max(1);
        let (chunk, later) = rest.split_at(length);
        rest = later;
        Some(chunk)
    })
}

/// Which statement of a message failed.
struct Failed {
    at: usize,
    error: Error,
}

/// Sends one message. It is on its way as soon as this is polled for the first time.
fn send<'a, S: AsRef<Step>>(
    client: &'a Client,
    before: &'static str,
    steps: &[S],
    after: &'static str,
) -> impl Future<Output = Result<(), Failed>> + use<'a, S> {
    let bytes: usize = steps.iter().map(|step| step.as_ref().text.len() + 2).sum();
    let mut text = zeroize::Zeroizing::new(String::with_capacity(bytes + 100));
    text.push_str(before);
    let mut ends = Vec::with_capacity(steps.len());
    for step in steps {
        text.push_str(&step.as_ref().text);
        text.push_str(";\n");
        ends.push(text.len());
    }
    text.push_str(after);
    let skipped = usize::from(!before.is_empty());
    async move {
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
            ends.partition_point(|end| *end <= byte) + skipped
        });
        Err(Failed { at: at.saturating_sub(skipped), error })
    }
}

/// The position of a grammar error, in characters from 0.
fn grammar_error(error: &Error) -> Option<usize> {
    let db = error.as_db_error()?;
    let Some(ErrorPosition::Original(position)) = db.position() else { return None };
    let position = (*position as usize).saturating_sub(1);
    (*db.code() == SqlState::SYNTAX_ERROR).then_some(position)
}
