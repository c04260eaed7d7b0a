//! What `aws` tells about the source: `aws rds describe-db-clusters`, `describe-db-instances`,
//! `describe-db-cluster-parameters` and `describe-db-parameters`, as they write JSON (`rds/2014-10-31` of
//! botocore's models).

mod ask;
mod host;
mod of_source;
mod read;

use std::collections::BTreeSet;

pub use ask::{AskError, Asked, ask};
pub use read::{read_clusters, read_instances, read_parameters};

/// What the files have, of whichever servers they are; none where one was not given.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Told {
    /// `describe-db-clusters`.
    pub clusters: Option<Vec<Cluster>>,
    /// `describe-db-instances`.
    pub instances: Option<Vec<Instance>>,
    /// `describe-db-cluster-parameters` and `describe-db-parameters`: what a customer has set, by the names in
    /// lower case.
    pub chosen: Option<BTreeSet<String>>,
}

/// What `aws` told of the source.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Aws {
    /// The cluster that the source belongs to; none for a single instance of RDS.
    pub cluster: Option<Cluster>,
    /// The instance that is migrated: the writer of the cluster, or the one of the host.
    pub instance: Option<Instance>,
    /// How many instances of the cluster are no writers.
    pub readers: usize,
    /// Parameters that a customer has set, in lower case.
    pub chosen: Option<BTreeSet<String>>,
}

/// A cluster, of Aurora or of several zones.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Cluster {
    /// Its name.
    pub id: String,
    /// The host names that lead to it.
    pub endpoints: Vec<String>,
    /// `aurora-postgresql`, `postgres`.
    pub engine: Option<String>,
    /// `15.4`.
    pub version: Option<String>,
    /// `available`, `upgrading` ….
    pub status: Option<String>,
    /// Its parameter group.
    pub parameter_group: Option<String>,
    /// Its instances, and whether each is the writer.
    pub members: Vec<(String, bool)>,
    /// The class of its instances, where it is one of several zones.
    pub class: Option<String>,
    /// The most that a serverless one takes, in units of 2 GiB.
    pub most_capacity: Option<f64>,
    /// Whether it stands in several zones.
    pub multi_az: Option<bool>,
}

/// An instance.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Instance {
    /// Its name.
    pub id: String,
    /// Its host name.
    pub endpoint: Option<String>,
    /// The cluster that it belongs to.
    pub cluster: Option<String>,
    /// `db.r6g.2xlarge`, `db.serverless`.
    pub class: Option<String>,
    /// `aurora-postgresql`, `postgres`.
    pub engine: Option<String>,
    /// `15.4`.
    pub version: Option<String>,
    /// `available`, `modifying` ….
    pub status: Option<String>,
    /// Its parameter groups.
    pub parameter_groups: Vec<String>,
    /// Whether it has a standby in another zone.
    pub multi_az: Option<bool>,
    /// Whether its host name leads to it from outside of its network.
    pub is_public: Option<bool>,
    /// How many read replicas it has.
    pub replicas: usize,
}

impl Aws {
    /// The name of the source's platform, by its engine: both have the same roles.
    pub(super) fn platform(&self) -> Option<&'static str> {
        let of_instance = self.instance.as_ref().and_then(|it| it.engine.as_deref());
        let engine = of_instance.or_else(|| self.cluster.as_ref()?.engine.as_deref());
        match engine? {
            "aurora-postgresql" => Some("aurora"),
            "postgres" => Some("rds"),
            _ => None,
        }
    }
}

/// The options that the files come with.
pub(crate) const OF_CLUSTER: &str = "--aws-cluster";
pub(crate) const OF_INSTANCES: &str = "--aws-instances";
