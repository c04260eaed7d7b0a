//! Asks `az` itself about the target, found by the name of its host.

use futures_util::future::join_all;

use super::form::list;
use super::identity::Identity;
use super::{
    Azure, Server, read_maintenance, read_migration, read_parameters, read_replicas, read_skus,
};
use crate::check::client::{Client, ClientError};
use crate::check::json::{AZ, Fields, JsonError, parse, what};
use crate::words::{self, visible};

const CLIENT: Client = Client {
    name: "az",
    program: if cfg!(windows) { "az.cmd" } else { "az" },
    variables: "AZURE_",
    installation: "https://learn.microsoft.com/cli/azure/install-azure-cli",
    error: "ERROR:",
};

const RESOURCES: &str = "az resource list";
const KIND: &str = "Microsoft.DBforPostgreSQL/flexibleServers";

/// How many servers are named that are not the one.
const NAMED: usize = 20;

/// What `az` told, and what it did not.
#[derive(Debug)]
pub struct Asked {
    /// All that it told.
    pub azure: Azure,
    /// What it could not tell, and why: what depends on it is unknown.
    pub untold: Vec<String>,
}

/// Why nothing could be asked.
#[derive(thiserror::Error, Debug)]
pub enum AskError {
    /// The host's name tells no server.
    #[error(
        "the target's host {0} does not name a flexible server: connect to \
         NAME.postgres.database.azure.com, or give what az writes as files"
    )]
    Host(String),
    /// It did not answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// Its answer is something else.
    #[error("{asked}: {error}")]
    Json {
        /// What was asked.
        asked: String,
        /// What is wrong with the answer.
        error: JsonError,
    },
    /// There is no such server, as far as this login sees.
    #[error(
        "az finds no flexible server {name} in the subscription {subscription}{}: choose the \
         subscription of the target with az account set --subscription NAME",
        others(.found)
    )]
    Absent {
        /// What was looked for.
        name: String,
        /// Where.
        subscription: String,
        /// The servers that are there, with their groups.
        found: Vec<String>,
    },
    /// There are several, which cannot be told apart.
    #[error("az finds more than one flexible server {name}: {}; give what az writes as files", listed(.found))]
    Several {
        /// What was looked for.
        name: String,
        /// All of them, with their groups.
        found: Vec<String>,
    },
    /// The JSON that was asked for is of another server.
    #[error("az shows the server with the host {host}, and the target is {target}")]
    Other {
        /// The host of the one that `az` shows.
        host: String,
        /// The target's.
        target: String,
    },
}

/// Those that are there.
fn others(found: &[String]) -> String {
    if found.is_empty() { ", nor any other".to_owned() } else { format!(", but {}", listed(found)) }
}

fn listed(found: &[String]) -> String {
    words::some(found, NAMED, found.len())
}

/// A resource, as `az resource list` tells of it.
struct Resource {
    name: String,
    group: String,
    location: String,
}

/// Asks `az` all that is not given already about the flexible server of this host: the server, its replicas,
/// parameters, migrations, planned maintenance, and the SKUs of its region, at the same time.
///
/// It must be called within a tokio runtime that has its drivers for I/O and for time.
///
/// # Errors
/// When the server cannot be found, or not be shown. What else cannot be told is listed in the answer.
pub async fn ask(host: &str, given: Azure) -> Result<Asked, AskError> {
    let unnamed = || AskError::Host(visible(host).into_owned());
    let name = Identity::of_host(host).and_then(|it| it.host).ok_or_else(unnamed)?;
    let resource = find(&name).await?;
    let of_server = ["--resource-group", &resource.group, "--server-name", &resource.name];
    let of_name = ["--resource-group", &resource.group, "--name", &resource.name];
    let question = |verb: &[&'static str], rest: &[&str]| {
        let all = ["postgres", "flexible-server"].iter().chain(verb).chain(rest);
        all.map(|&word| word.to_owned()).collect::<Vec<String>>()
    };
    let questions: [(bool, Vec<String>); 6] = [
        (given.server.is_none(), question(&["show"], &of_name)),
        (given.replicas.is_none(), question(&["replica", "list"], &of_name)),
        (given.parameters.is_none(), question(&["parameter", "list"], &of_server)),
        (given.skus.is_none(), question(&["list-skus", "--location"], &[&resource.location])),
        (
            given.validation.is_none(),
            question(&["migration", "list", "--filter", "All"], &of_server),
        ),
        (
            given.maintenance.is_none(),
            question(
                &["maintenance-event", "list", "--maintenance-status", "Upcoming"],
                &of_server,
            ),
        ),
    ];
    let answers = questions.into_iter().map(|(is_asked, words)| async move {
        if is_asked { Some(answer(&words).await) } else { None }
    });
    let mut answers = join_all(answers).await.into_iter();
    let mut azure = given;
    let mut untold = Untold(Vec::new());
    // The server itself is what all the rest is about.
    if let Some((asked, text)) = answers.next().flatten() {
        azure.server = Some(Server::read(&text?).map_err(|error| AskError::Json { asked, error })?);
    }
    untold.take(&mut azure.replicas, answers.next().flatten(), read_replicas);
    untold.take(&mut azure.parameters, answers.next().flatten(), read_parameters);
    untold.take(&mut azure.skus, answers.next().flatten(), read_skus);
    let mut migration = None;
    untold.take(&mut migration, answers.next().flatten(), newest_migration);
    untold.take(&mut azure.maintenance, answers.next().flatten(), read_maintenance);
    if let Some(migration) = migration.flatten() {
        let shown = question(&["migration", "show", "--name"], &[&migration]);
        let shown: Vec<String> = shown.into_iter().chain(of_server.map(str::to_owned)).collect();
        untold.take(&mut azure.validation, Some(answer(&shown).await), read_migration);
    }
    azure.host = Some(host.to_owned());
    let shown = azure.server.as_ref().and_then(|server| server.host.clone());
    match shown {
        Some(shown) if !shown.eq_ignore_ascii_case(host.trim_end_matches('.')) => {
            Err(AskError::Other { host: shown, target: host.to_owned() })
        }
        _ => Ok(Asked { azure, untold: untold.0 }),
    }
}

type Answer = (String, Result<String, ClientError>);

async fn answer(words: &[String]) -> Answer {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    (CLIENT.asked(&words), CLIENT.ask(&words).await)
}

/// What could not be told.
struct Untold(Vec<String>);

impl Untold {
    /// Takes an answer, where there is one.
    fn take<T>(
        &mut self,
        into: &mut Option<T>,
        answer: Option<Answer>,
        read: impl Fn(&str) -> Result<T, JsonError>,
    ) {
        let Some((asked, text)) = answer else { return };
        let text = text.map_err(|error| error.to_string());
        let read = text.and_then(|text| read(&text).map_err(|error| format!("{asked}: {error}")));
        match read {
            Ok(told) => *into = Some(told),
            Err(why) => self.0.push(why),
        }
    }
}

/// The migration whose validation ended last, if there is any.
fn newest_migration(text: &str) -> Result<Option<String>, JsonError> {
    if list(&parse(text, AZ)?)?.is_some_and(Vec::is_empty) {
        return Ok(None);
    }
    read_migration(text).map(|migration| Some(migration.name))
}

/// The server of this name, of which there must be one.
async fn find(name: &str) -> Result<Resource, AskError> {
    let mut servers = resources(&["--name", name]).await?;
    match servers.len() {
        1 => Ok(servers.remove(0)),
        0 => {
            let found = shown(&resources(&[]).await?);
            let account = CLIENT.ask(&["account", "show"]).await?;
            let account = parse(&account, AZ).unwrap_or_default();
            let part = |key| Fields(&account).text(&[key]);
            let subscription = part("name").or_else(|| part("id")).unwrap_or_default();
            let subscription = visible(&subscription).into_owned();
            Err(AskError::Absent { name: name.to_owned(), subscription, found })
        }
        _ => Err(AskError::Several { name: name.to_owned(), found: shown(&servers) }),
    }
}

/// `shop in the group rg`, sorted.
fn shown(servers: &[Resource]) -> Vec<String> {
    let name = |it: &Resource| format!("{} in the group {}", visible(&it.name), visible(&it.group));
    let mut all: Vec<String> = servers.iter().map(name).collect();
    all.sort_unstable();
    all
}

async fn resources(filter: &[&str]) -> Result<Vec<Resource>, AskError> {
    let words = [&["resource", "list", "--resource-type", KIND], filter].concat();
    let text = CLIENT.ask(&words).await?;
    let json = |error| AskError::Json { asked: CLIENT.asked(&words), error };
    let value = parse(&text, AZ).map_err(json)?;
    let wrong = || JsonError::Shape { expected: RESOURCES, found: what(&value) };
    let all = list(&value).and_then(|all| all.ok_or_else(wrong)).map_err(json)?;
    let all = all.iter().filter_map(|one| {
        let fields = Fields(one);
        let text = |key| fields.text(&[key]);
        let resource = Resource {
            name: text("name")?,
            group: text("resourceGroup")?,
            location: text("location").unwrap_or_default(),
        };
        Some(resource)
    });
    Ok(all.collect())
}
