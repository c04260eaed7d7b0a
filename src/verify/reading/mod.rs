//! What a database answers: one query a file, and what takes its rows.
//!
//! Each query is a message and a transaction of its own, so that one catalog that is closed hides
//! nothing else; all of them are sent before the first answer comes.

mod columns;
mod defaults;
mod extensions;
mod foreign;
mod fragments;
mod functions;
mod initial;
mod languages;
mod large_objects;
mod others;
mod policies;
mod publications;
pub(super) mod question;
mod relations;
mod roles;
mod schemas;
mod taking;
mod types;

use futures_util::future::join_all;
use tokio_postgres::Client;

use super::contents::Contents;
use crate::connect::AnswerError;
use crate::version::Major;
use question::{Question, ask};
use taking::Taking;

/// All of them; what the rows of others need comes first.
const QUESTIONS: [&Question; 17] = [
    &roles::QUESTION,
    &types::NAMES,
    &schemas::QUESTION,
    &relations::QUESTION,
    &columns::QUESTION,
    &functions::QUESTION,
    &types::QUESTION,
    &languages::QUESTION,
    &foreign::QUESTION,
    &foreign::MAPPINGS,
    &large_objects::QUESTION,
    &defaults::QUESTION,
    &policies::QUESTION,
    &extensions::QUESTION,
    &publications::QUESTION,
    &others::QUESTION,
    &initial::QUESTION,
];

/// Asks a database of a server of this version everything.
pub(super) async fn read(client: &Client, major: Major) -> Contents {
    let asked: Vec<_> = QUESTIONS.iter().filter_map(|it| Some((*it, (it.sql)(major)?))).collect();
    let answers = join_all(asked.iter().map(|(question, sql)| ask(client, question.name, sql)));
    let mut taking = Taking::default();
    for ((question, _), answer) in asked.iter().zip(answers.await) {
        let taken = answer.and_then(|rows| {
            let mut rows = rows.iter();
            rows.try_for_each(|row| (question.take)(row, &mut taking)).map_err(AnswerError::from)
        });
        if let Err(error) = taken {
            taking.contents.unread.push((question.about, error.to_string()));
        }
    }
    taking.contents
}
