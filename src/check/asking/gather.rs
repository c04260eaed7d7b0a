//! Asks both servers and their databases everything that the checks want to know.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use futures_util::future::{join, join_all};
use futures_util::stream::{self, StreamExt as _};
use tokio_postgres::Client;

use super::answer::{Answer, Unseen, ask};
use super::link::Link;
use super::question::{Of, Question};
use super::unreached::Unreached;
use super::{catalog, settings};
use crate::check::aws::Aws;
use crate::check::azure::Azure;
use crate::check::context::{Context, Database, Server, Side};
use crate::check::judge::Check;
use crate::connect::{ConnectError, Connection, Parameters, Unfit, connect};
use crate::name::Name;
use crate::platform::Platform;
use crate::read::databases::{self, Databases};
use crate::read::live::{self, LiveError};
use crate::sanitize::Choices;
use crate::version::Major;

/// How many databases are visited at the same time, on both servers together: few connections are a
/// burden to nobody, and enough to hide the network.
const VISITS: usize = 8;

/// How long a database may take until it counts as one that cannot be seen.
const LIMIT: Duration = Duration::from_mins(1);

/// One of the two servers, as far as it could be reached.
pub struct Wanted {
    /// What the connection is made of.
    pub parameters: Parameters,
    /// The connection; or why there is none.
    pub connection: Result<Connection, Arc<ConnectError>>,
    /// The platform that it is taken for; recognised where it is not named.
    pub platform: Option<&'static Platform>,
}

/// What everybody looks at.
const EVERYBODYS: [&Question; 2] = [&settings::QUESTION, &catalog::QUESTION];

/// What the clouds' own command lines told.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Clouds {
    /// Of the source.
    pub aws: Aws,
    /// Of the target.
    pub azure: Azure,
}

/// Somebody who watches.
pub trait Progress {
    /// So many databases will be visited.
    fn begin(&mut self, databases: usize);

    /// One of them has been.
    fn advance(&mut self);
}

/// Asks the questions of these checks. Where `databases` is empty, every database of the source that
/// accepts connections is meant; the templates, the platform's own, `postgres`, which every server has,
/// and those whose dropping was interrupted are left out.
pub async fn gather(
    source: Wanted,
    target: Wanted,
    clouds: Clouds,
    databases: &[Name],
    checks: &[&dyn Check],
    choices: Choices,
    progress: &mut dyn Progress,
) -> Context {
    let mut questions: BTreeMap<&'static str, &'static Question> = BTreeMap::new();
    for question in EVERYBODYS {
        questions.insert(question.name, question);
    }
    for question in checks.iter().flat_map(|check| check.questions()) {
        questions.insert(question.name, question);
    }
    let questions: Vec<&'static Question> = questions.into_values().collect();
    let (mut source_side, mut target_side) = join(
        side("the source", Of::Source, &source, &questions),
        side("the target", Of::Target, &target, &questions),
    )
    .await;
    if let (Ok(server), false) = (&mut source_side.server, databases.is_empty()) {
        // Who owns what in the others does not matter.
        server.live.uses.retain(|it| it.database.as_ref().is_none_or(|it| databases.contains(it)));
    }
    let wanted = selected(&source_side, databases);
    let there = target_side.catalog().unwrap_or_default();
    let asks = |of: Of| questions.iter().any(|question| question.of == of);
    let (mut visits, mut unasked) = (Vec::new(), BTreeMap::new());
    for name in &wanted {
        // Of which nothing is asked, it is still one that is to be migrated.
        if asks(Of::SourceDatabases) {
            visits.push((Of::SourceDatabases, &source, &source_side, name));
        } else {
            unasked.insert(name.clone(), Database { answers: Ok(HashMap::new()) });
        }
        if asks(Of::TargetDatabases) && there.contains_key(name) {
            visits.push((Of::TargetDatabases, &target, &target_side, name));
        }
    }
    progress.begin(visits.len());
    let visits = visits.into_iter().map(|(of, wanted, side, name)| {
        let questions = &questions;
        async move { (of, name.clone(), visit(of, wanted, side, name, questions).await) }
    });
    let mut visits = stream::iter(visits).buffer_unordered(VISITS);
    let mut visited = Vec::new();
    while let Some(one) = visits.next().await {
        progress.advance();
        visited.push(one);
    }
    drop(visits);
    let uses = uses(&source, &source_side, &target_side, &wanted, checks, &choices).await;
    source_side.databases = unasked;
    for (of, name, answers) in visited {
        let side = if of == Of::SourceDatabases { &mut source_side } else { &mut target_side };
        side.databases.insert(name, Database { answers });
    }
    for wanted in [source, target] {
        if let Ok(connection) = wanted.connection {
            connection.close().await;
        }
    }
    let named = databases.to_vec();
    let tells_visits = checks.iter().find(|check| check.tells_visits()).map(|check| check.about());
    let Clouds { aws, azure } = clouds;
    // So far nothing but this function has asked.
    source_side.was_missed = AtomicBool::new(false);
    target_side.was_missed = AtomicBool::new(false);
    let (source, target) = (source_side, target_side);
    Context { source, target, named, azure, aws, uses, choices, tells_visits }
}

/// What the databases say of roles that the target will not have.
async fn uses(
    wanted: &Wanted,
    source: &Side,
    target: &Side,
    databases: &BTreeSet<Name>,
    checks: &[&dyn Check],
    choices: &Choices,
) -> Databases {
    let (Ok(from), Ok(to), Ok(connection)) = (&source.server, &target.server, &wanted.connection)
    else {
        return Databases::new();
    };
    let absent: BTreeSet<Name> =
        checks.iter().flat_map(|check| check.absent(&from.live, &to.live, choices)).collect();
    if absent.is_empty() {
        return Databases::new();
    }
    let parameters = connection.elsewhere(&wanted.parameters, connection.database());
    let (names, major) = (databases.iter().cloned(), from.live.answers.major);
    databases::read(&parameters, Some(connection), names, &absent, major).await
}

/// The databases that are to be migrated.
fn selected(source: &Side, named: &[Name]) -> BTreeSet<Name> {
    let Ok(all) = source.catalog() else { return BTreeSet::new() };
    let all = all.into_iter().filter(|(name, entry)| {
        if named.is_empty() {
            entry.allows_connections
                && !entry.is_template
                && !entry.is_invalid
                && !source.is_built_in(name)
        } else {
            named.contains(name)
        }
    });
    all.map(|(name, _)| name).collect()
}

async fn side(
    word: &'static str,
    of: Of,
    wanted: &Wanted,
    questions: &[&'static Question],
) -> Side {
    let (name, server) = match &wanted.connection {
        Ok(connection) => {
            let server = server(of, wanted.platform, connection, questions);
            let server = within(LIMIT, server).await.map_err(|error| {
                // What was found out first is said.
                if matches!(&error, Unreached::Read(error) if !error.is_lost()) {
                    return error;
                }
                match (connection.violation(), connection.end()) {
                    (Some(what), _) => {
                        let what = what.to_owned();
                        let unfit = Unfit { query: "an answer", column: None, what };
                        Unreached::Read(LiveError::Unexpected(unfit))
                    }
                    (None, Some(why)) => Unreached::Ended(why.to_owned()),
                    (None, None) => error,
                }
            });
            (connection.label(), server)
        }
        Err(why) => (wanted.parameters.label(), Err(Unreached::Connect(Arc::clone(why)))),
    };
    Side { word, name, server, databases: BTreeMap::new(), was_missed: AtomicBool::new(false) }
}

async fn server(
    of: Of,
    platform: Option<&'static Platform>,
    connection: &Connection,
    questions: &[&'static Question],
) -> Result<Server, LiveError> {
    let link = Link::of(connection).await;
    let mut live = live::read(&connection.client).await?;
    if let Some(platform) = platform {
        live.assume(platform);
        live.platform = Some(platform);
    }
    let asked = |question: &&&Question| question.of == of || question.of == Of::Both;
    let questions: Vec<_> = questions.iter().filter(asked).copied().collect();
    let answers = ask_all(&connection.client, &questions, live.answers.major).await;
    Ok(Server { link, live, answers })
}

/// What a server answers within a time.
async fn within(
    limit: Duration,
    server: impl Future<Output = Result<Server, LiveError>>,
) -> Result<Server, Unreached> {
    match tokio::time::timeout(limit, server).await {
        Ok(server) => server.map_err(Unreached::Read),
        Err(_) => Err(Unreached::Late(limit)),
    }
}

/// Connects to a database of the server, and asks.
async fn visit(
    of: Of,
    wanted: &Wanted,
    side: &Side,
    database: &Name,
    questions: &[&'static Question],
) -> Result<HashMap<&'static str, Answer>, Unseen> {
    let unseen = |why: String| Unseen(format!("{} of {}: {why}", database, side.word));
    let (Ok(server), Ok(connection)) = (&side.server, &wanted.connection) else {
        return Err(unseen("the server could not be reached".to_owned()));
    };
    let questions: Vec<_> = questions.iter().filter(|it| it.of == of).copied().collect();
    let major = server.live.answers.major;
    let work = async {
        // A pooler may have no second session for it.
        if database.as_str() == connection.database() {
            return Ok(ask_all(&connection.client, &questions, major).await);
        }
        let parameters = connection.elsewhere(&wanted.parameters, database.as_str());
        let visit = connect(&parameters, None).await.map_err(|error| unseen(error.to_string()))?;
        let answers = ask_all(&visit.client, &questions, major).await;
        visit.close().await;
        Ok(answers)
    };
    match tokio::time::timeout(LIMIT, work).await {
        Ok(answers) => answers,
        Err(_) => Err(unseen(format!("no answer within {} s", LIMIT.as_secs()))),
    }
}

/// Asks all of them at once: one round trip.
async fn ask_all(
    client: &Client,
    questions: &[&'static Question],
    major: Major,
) -> HashMap<&'static str, Answer> {
    let asked = questions.iter().filter_map(|&question| Some((question, (question.sql)(major)?)));
    let asked: Vec<(&Question, _)> = asked.collect();
    let answers = join_all(asked.iter().map(|(question, sql)| ask(client, question, sql))).await;
    asked.iter().map(|(question, _)| question.name).zip(answers).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_that_does_not_answer_is_given_up() {
        let silent = std::future::pending::<Result<Server, LiveError>>();
        let late = within(Duration::ZERO, silent).await.unwrap_err();
        assert_eq!(late.to_string(), "connected, but no answer within 0 s");
    }
}
