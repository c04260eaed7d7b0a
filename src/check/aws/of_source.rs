//! Which of the clusters and instances that `aws` tells of is the source.

use super::host::{Host, Kind};
use super::{Aws, Cluster, Instance, OF_CLUSTER, OF_INSTANCES, Told};
use crate::check::json::JsonError;
use crate::words::{self, visible};

const ONE_CLUSTER: &str = "aws rds describe-db-clusters --db-cluster-identifier NAME";
const ONE_INSTANCE: &str =
    "aws rds describe-db-instances of one instance, or with --aws-cluster, which tells the writer,";

/// How many are named.
const NAMED: usize = 20;

impl Aws {
    /// What is told of the source, whose connection leads to this host; or the option whose file is of
    /// another server.
    ///
    /// # Errors
    /// When the host is one of RDS, and no cluster or instance has it; or when it is not, and there are
    /// several.
    pub fn of_source(host: Option<&str>, told: Told) -> Result<Self, (&'static str, JsonError)> {
        let host = rds(host);
        let instances = told.instances.unwrap_or_default();
        let cluster = cluster_of(host, told.clusters, &instances);
        let cluster = cluster.map_err(|error| (OF_CLUSTER, error))?;
        let writer = cluster.iter().flat_map(|it| &it.members).find(|(_, is_writer)| *is_writer);
        let writer = writer.map(|(name, _)| name.clone());
        let is_it = |it: &Instance| match (&cluster, &writer) {
            (_, Some(writer)) => it.id == *writer,
            (Some(cluster), None) => it.cluster.as_ref() == Some(&cluster.id),
            (None, None) => match host {
                Some(host) if it.is_at(host) => true,
                // A cluster's host tells its name, and that of no instance.
                Some(host) => {
                    Host::of(host).is_some_and(|at| it.cluster.as_ref() == Some(&at.name))
                }
                None => true,
            },
        };
        let names: Vec<String> = instances.iter().map(|it| it.id.clone()).collect();
        let found: Vec<Instance> = instances.into_iter().filter(is_it).collect();
        let instance = match (names.is_empty(), &cluster, found.len()) {
            (true, ..) => None,
            // Of the same class, as far as anybody can say which one writes.
            (_, None, 2..) if host.is_some() && is_same(&found) => found.into_iter().next(),
            (_, Some(_), 2..) => found.into_iter().next(),
            _ => Some(
                only(found, &names, host, ONE_INSTANCE).map_err(|error| (OF_INSTANCES, error))?,
            ),
        };
        let readers =
            cluster.iter().flat_map(|it| &it.members).filter(|(_, writes)| !writes).count();
        Ok(Self { cluster, instance, readers, chosen: told.chosen })
    }
}

/// The host, if it is one of RDS; another may lead anywhere.
fn rds(host: Option<&str>) -> Option<&str> {
    host.filter(|host| Host::of(host).is_some()).map(|host| host.trim_end_matches('.'))
}

/// The cluster that the source belongs to.
pub(super) fn cluster_of(
    host: Option<&str>,
    clusters: Option<Vec<Cluster>>,
    instances: &[Instance],
) -> Result<Option<Cluster>, JsonError> {
    let (host, Some(clusters)) = (rds(host), clusters) else { return Ok(None) };
    // An instance's own host leads to a cluster, too.
    let by_instance = host.and_then(|host| instances.iter().find(|it| it.is_at(host)));
    let of_instance = by_instance.and_then(|it| it.cluster.as_ref());
    let is_it = |cluster: &Cluster| {
        host.is_none_or(|host| cluster.is_at(host) || cluster.has_member_at(host))
            || of_instance == Some(&cluster.id)
    };
    let names: Vec<String> = clusters.iter().map(|it| it.id.clone()).collect();
    let found = clusters.into_iter().filter(is_it).collect();
    only(found, &names, host, ONE_CLUSTER).map(Some)
}

fn is_same(instances: &[Instance]) -> bool {
    instances.windows(2).all(|pair| pair[0].class == pair[1].class)
}

/// The only one there is.
fn only<T>(
    mut found: Vec<T>,
    names: &[String],
    host: Option<&str>,
    expected: &'static str,
) -> Result<T, JsonError> {
    let listed = || visible(&words::some(names, NAMED, names.len())).into_owned();
    match (found.len(), host) {
        (1, _) => Ok(found.remove(0)),
        (0, Some(host)) if !names.is_empty() => {
            let whose = if names.len() == 1 { "its" } else { "their" };
            let than =
                format!("the source is {}, which is none of {whose} endpoints", visible(host));
            Err(JsonError::Other { named: listed(), than })
        }
        (0, _) if names.is_empty() => {
            Err(JsonError::Shape { expected, found: "an empty list".to_owned() })
        }
        (0, _) => Err(JsonError::Shape {
            expected,
            found: format!("a list without the source ({})", listed()),
        }),
        (several, _) => {
            let found = format!("a list of {several} ({})", listed());
            Err(JsonError::Shape { expected, found })
        }
    }
}

impl Cluster {
    fn is_at(&self, host: &str) -> bool {
        self.endpoints.iter().any(|endpoint| endpoint.eq_ignore_ascii_case(host))
    }

    /// Whether the host is that of one of its instances, by its name.
    fn has_member_at(&self, host: &str) -> bool {
        let Some(host) = Host::of(host).filter(|it| it.kind == Kind::Instance) else {
            return false;
        };
        self.members.iter().any(|(name, _)| name.eq_ignore_ascii_case(&host.name))
    }
}

impl Instance {
    fn is_at(&self, host: &str) -> bool {
        self.endpoint.as_ref().is_some_and(|endpoint| endpoint.eq_ignore_ascii_case(host))
    }
}
