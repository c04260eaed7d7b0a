//! Asks `aws` itself about the source, found by the name of its host.

use std::collections::BTreeSet;

use futures_util::future::{join, join_all};

use super::host::{Host, Kind};
use super::of_source::cluster_of;
use super::{Aws, Cluster, Instance, Told, read_clusters, read_instances, read_parameters};
use crate::check::client::{Client, ClientError};
use crate::check::json::JsonError;
use crate::words::{self, visible};

const CLIENT: Client = Client {
    name: "aws",
    program: "aws",
    variables: "AWS_",
    installation: "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
    error: "An error occurred",
};

/// How many are named that are not the one.
const NAMED: usize = 20;

/// What `aws` told, and what it did not.
#[derive(Debug)]
pub struct Asked {
    /// All that it told.
    pub told: Told,
    /// What it could not tell, and why: what depends on it is unknown.
    pub untold: Vec<String>,
}

/// Why nothing could be asked.
#[derive(thiserror::Error, Debug)]
pub enum AskError {
    /// The host's name tells no cluster and no instance.
    #[error(
        "the source's host {0} does not name a cluster or an instance: connect to \
         NAME.….REGION.rds.amazonaws.com, or give what aws writes as files"
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
    /// There is no such one, as far as this login sees.
    #[error(
        "aws finds no {what} {name} in the region {region} with this login{}: choose the login of \
         the source's account with AWS_PROFILE=NAME",
        others(.found)
    )]
    Absent {
        /// `cluster` or `instance`.
        what: &'static str,
        /// What was looked for.
        name: String,
        /// Where.
        region: String,
        /// Those that are there.
        found: Vec<String>,
    },
}

/// Those that are there.
fn others(found: &[String]) -> String {
    if found.is_empty() { ", nor any other".to_owned() } else { format!(", but {}", listed(found)) }
}

fn listed(found: &[String]) -> String {
    words::some(found, NAMED, found.len())
}

/// Asks `aws` all that is not given already about the cluster or instance of this host: itself, its
/// instances, and what a customer has set in its parameter groups.
///
/// It must be called within a tokio runtime that has its drivers for I/O and for time.
///
/// # Errors
/// When it cannot be found. What else cannot be told is listed in the answer.
pub async fn ask(host: &str, given: Told) -> Result<Asked, AskError> {
    let at = Host::of(host).ok_or_else(|| AskError::Host(visible(host).into_owned()))?;
    let questions = Questions { region: &at.region };
    let Told { mut clusters, mut instances, mut chosen } = given;
    if instances.is_none() && at.kind == Kind::Instance {
        instances = Some(questions.instances(&at.name).await?);
    }
    // An instance may be one of a cluster.
    let of_instance = || instances.as_ref()?.iter().find_map(|it| it.cluster.clone());
    let name = match at.kind {
        Kind::Cluster => Some(at.name.clone()),
        Kind::Custom => None,
        Kind::Instance => of_instance(),
    };
    if clusters.is_none() && (at.kind == Kind::Custom || name.is_some()) {
        clusters = Some(questions.clusters(name.as_deref()).await?);
    }
    let known = instances.as_deref().unwrap_or_default();
    let cluster = cluster_of(Some(host), clusters.clone(), known).ok().flatten();
    // All of a cluster: its writer need not be the one of the host.
    if let Some(cluster) = &cluster
        && known.len() < cluster.members.len()
    {
        instances = Some(questions.members(&cluster.id).await?);
    }
    let mut untold = Vec::new();
    if chosen.is_none() {
        let told = Told { clusters: clusters.clone(), instances: instances.clone(), chosen: None };
        let aws = Aws::of_source(Some(host), told).unwrap_or_default();
        match questions.chosen(aws.cluster.as_ref(), aws.instance.as_ref()).await {
            Ok(names) => chosen = Some(names),
            Err(error) => untold.push(error.to_string()),
        }
    }
    Ok(Asked { told: Told { clusters, instances, chosen }, untold })
}

struct Questions<'a> {
    region: &'a str,
}

impl Questions<'_> {
    async fn clusters(&self, name: Option<&str>) -> Result<Vec<Cluster>, AskError> {
        let verb = "describe-db-clusters";
        let Some(name) = name else { return self.ask(&[verb], read_clusters).await };
        let asked = self.ask(&[verb, "--db-cluster-identifier", name], read_clusters).await;
        if !is_absent(&asked) {
            return asked;
        }
        let all = self.ask(&[verb], read_clusters).await?;
        let found = all.into_iter().map(|it| visible(&it.id).into_owned()).collect();
        Err(self.absent("cluster", name, found))
    }

    async fn instances(&self, name: &str) -> Result<Vec<Instance>, AskError> {
        let verb = "describe-db-instances";
        let asked = self.ask(&[verb, "--db-instance-identifier", name], read_instances).await;
        if !is_absent(&asked) {
            return asked;
        }
        let all = self.ask(&[verb], read_instances).await?;
        let found = all.into_iter().map(|it| visible(&it.id).into_owned()).collect();
        Err(self.absent("instance", name, found))
    }

    /// The instances of a cluster.
    async fn members(&self, cluster: &str) -> Result<Vec<Instance>, AskError> {
        let filter = format!("Name=db-cluster-id,Values={cluster}");
        self.ask(&["describe-db-instances", "--filters", &filter], read_instances).await
    }

    /// What a customer has set; nobody can set anything in a default group.
    async fn chosen(
        &self,
        cluster: Option<&Cluster>,
        instance: Option<&Instance>,
    ) -> Result<BTreeSet<String>, AskError> {
        let set = |group: &&String| !group.starts_with("default.");
        let of_cluster = cluster.and_then(|it| it.parameter_group.as_ref()).filter(set);
        let of_instance = instance.map(|it| &it.parameter_groups[..]).unwrap_or_default();
        let one = |verb: &'static str, option: &'static str, group: String| async move {
            self.ask(&[verb, option, &group, "--source", "user"], read_parameters).await
        };
        let of_cluster = of_cluster.map(|group| {
            let option = "--db-cluster-parameter-group-name";
            one("describe-db-cluster-parameters", option, group.clone())
        });
        let of_instance = of_instance
            .iter()
            .filter(set)
            .map(|group| one("describe-db-parameters", "--db-parameter-group-name", group.clone()));
        let (of_cluster, of_instance) = join(join_all(of_cluster), join_all(of_instance)).await;
        let mut all = BTreeSet::new();
        for names in of_cluster.into_iter().chain(of_instance) {
            all.extend(names?);
        }
        Ok(all)
    }

    async fn ask<T>(
        &self,
        words: &[&str],
        read: impl Fn(&str) -> Result<T, JsonError>,
    ) -> Result<T, AskError> {
        let words = [&["rds"], words, &["--region", self.region]].concat();
        let text = CLIENT.ask(&words).await?;
        read(&text).map_err(|error| AskError::Json { asked: CLIENT.asked(&words), error })
    }

    fn absent(&self, what: &'static str, name: &str, mut found: Vec<String>) -> AskError {
        found.sort_unstable();
        let (name, region) = (visible(name).into_owned(), self.region.to_owned());
        AskError::Absent { what, name, region, found }
    }
}

/// Whether it is said that there is none of this name.
fn is_absent<T>(asked: &Result<T, AskError>) -> bool {
    matches!(asked, Err(AskError::Client(error)) if error.says("NotFound"))
}
