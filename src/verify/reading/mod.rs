//! What a database answers: one query a file, and what takes its rows.
//!
//! Each query is a message and a transaction of its own, so that one catalog that is closed hides
//! nothing else; all of them are sent before the first answer comes.

mod columns;
mod defaults;
mod extensions;
mod foreign;
mod functions;
mod initial;
mod languages;
mod large_objects;
mod policies;
mod publications;
mod relations;
mod roles;
mod schemas;
mod taking;
mod types;

use futures_util::future::join_all;
use tokio_postgres::Client;

use super::contents::Contents;
use crate::connect::{self, AnswerError, Query, Row, Unfit, why};
use crate::read::live::STATE;
use crate::version::Major;
use taking::Taking;

/// A query, and what takes its rows.
struct Question {
    /// The catalog that it reads, as messages call it.
    name: &'static str,
    /// What is not known where it has no answer.
    about: &'static str,
    /// Its text for a server of this version; none where the version has nothing of the kind.
    sql: fn(Major) -> Option<String>,
    /// Takes a row.
    take: fn(&Row, &mut Taking) -> Result<(), Unfit>,
}

/// All of them; what the rows of others need comes first.
const QUESTIONS: [&Question; 15] = [
    &roles::QUESTION,
    &types::NAMES,
    &schemas::QUESTION,
    &relations::QUESTION,
    &columns::QUESTION,
    &functions::QUESTION,
    &types::QUESTION,
    &languages::QUESTION,
    &foreign::QUESTION,
    &large_objects::QUESTION,
    &defaults::QUESTION,
    &policies::QUESTION,
    &extensions::QUESTION,
    &publications::QUESTION,
    &initial::QUESTION,
];

/// What each message begins with. Without BEGIN it is a transaction of its own; nothing is written, and
/// whoever locks a catalog is not waited for.
const FRONT: [&str; 1] = ["SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY"];
const LIMITS: [&str; 2] = ["SET LOCAL statement_timeout = '50s'", "SET LOCAL lock_timeout = '5s'"];

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
            taking.contents.unread.push((question.about, shown(&error)));
        }
    }
    taking.contents
}

/// The rows of one query.
pub(super) async fn ask(
    client: &Client,
    name: &'static str,
    sql: &str,
) -> Result<Vec<Row>, AnswerError> {
    let fronts = FRONT.into_iter().chain(STATE).chain(LIMITS);
    let queries: Vec<_> = fronts.chain([sql]).map(|sql| Query { name, sql }).collect();
    let results = connect::rows(client, &queries).await?;
    Ok(results.into_iter().next_back().unwrap_or_default())
}

/// What the server said.
pub(super) fn shown(error: &AnswerError) -> String {
    match error {
        AnswerError::Unfit(unfit) => format!("the answer is not PostgreSQL's: {unfit}"),
        AnswerError::Server(error) if error.as_db_error().is_some() => why(error),
        AnswerError::Server(error) if error.is_closed() => {
            format!("the connection was lost: {}", why(error))
        }
        AnswerError::Server(error) => format!("the answer is not PostgreSQL's: {}", why(error)),
    }
}

/// Privileges as [`Acl::read`](super::privilege::Acl::read) reads them, of a column that holds them;
/// where that is NULL, those that the class of objects has then.
macro_rules! privileges {
    ($acl:literal, $kind:literal, $owner:literal) => {
        $crate::verify::reading::exploded!(concat!(
            "coalesce(",
            $acl,
            ", acldefault(",
            $kind,
            ", ",
            $owner,
            "))"
        ))
    };
}

/// The same, of an expression that is never NULL.
macro_rules! exploded {
    ($acl:expr) => {
        concat!(
            "(SELECT string_agg(a.grantee::text || '=' || a.privilege_type || \
             CASE WHEN a.is_grantable THEN '*' ELSE '' END, ',') FROM aclexplode(",
            $acl,
            ") AS a)"
        )
    };
}

/// The schemas of users: `n` is `pg_namespace`. Nobody but the server makes one that begins with `pg_`.
macro_rules! user_schema {
    () => {
        "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
    };
}

/// What belongs to no extension, and was not made along with something else: a catalog, and what it is
/// called in the query.
macro_rules! made_by_users {
    ($catalog:literal, $alias:literal) => {
        concat!(
            "NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '",
            $catalog,
            "'::regclass AND e.objid = ",
            $alias,
            ".oid AND e.objsubid = 0 AND e.deptype IN ('e', 'i'))"
        )
    };
}

/// What belongs to no extension.
macro_rules! of_no_extension {
    ($catalog:literal, $alias:literal) => {
        concat!(
            "NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '",
            $catalog,
            "'::regclass AND e.objid = ",
            $alias,
            ".oid AND e.objsubid = 0 AND e.deptype = 'e')"
        )
    };
}

use {exploded, made_by_users, of_no_extension, privileges, user_schema};
