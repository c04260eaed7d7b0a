//! What `az` tells about the target: `az postgres flexible-server … -o json`, or the REST form of
//! the same, in which everything but the names stands below `properties`
//! (`src/azure-cli/azure/cli/command_modules/postgresql/_transformers.py` of azure-cli;
//! `Microsoft.DBforPostgreSQL` in azure-rest-api-specs).

mod ask;
mod command;
mod form;
mod identity;
mod maintenance;
mod read;
mod skus;
mod validation;

use std::collections::BTreeMap;

pub use ask::{AskError, Asked, ask};
pub use maintenance::{Maintenance, read_maintenance};
pub use read::{read_parameters, read_replicas};
pub use skus::{Sku, read_skus};
pub use validation::{Item, Validation, read_migration};

/// What `az` told; none where it was not given.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Azure {
    /// `az postgres flexible-server show`.
    pub server: Option<Server>,
    /// `az postgres flexible-server replica list`.
    pub replicas: Option<Vec<Server>>,
    /// `az postgres flexible-server parameter list`, by name in lower case.
    pub parameters: Option<BTreeMap<String, Parameter>>,
    /// `az postgres flexible-server list-skus` of its region.
    pub skus: Option<Vec<Sku>>,
    /// `az postgres flexible-server migration show`.
    pub validation: Option<Validation>,
    /// `az postgres flexible-server maintenance-event list`.
    pub maintenance: Option<Vec<Maintenance>>,
    /// The name of the target's host, as the connection has it.
    pub host: Option<String>,
}

/// A flexible server. What the JSON leaves out is none.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Server {
    /// Its name.
    pub name: Option<String>,
    /// Its resource group.
    pub resource_group: Option<String>,
    /// The path of its resource.
    pub id: Option<String>,
    /// Its region.
    pub location: Option<String>,
    /// The path of the server that it is a replica of.
    pub source: Option<String>,
    /// Its host name.
    pub host: Option<String>,
    /// `Ready`, `Stopped`, `Updating` ….
    pub state: Option<String>,
    /// Its major version.
    pub version: Option<String>,
    /// `Standard_D4ds_v5`.
    pub sku: Option<String>,
    /// `Burstable`, `GeneralPurpose`, `MemoryOptimized`.
    pub tier: Option<String>,
    /// In GiB.
    pub storage: Option<u64>,
    /// Whether its disk is a Premium SSD v2, whose size is any number of GiB.
    pub is_storage_v2: bool,
    /// Whether its storage grows by itself.
    pub storage_grows: Option<bool>,
    /// `Disabled`, `SameZone`, `ZoneRedundant`.
    pub high_availability: Option<String>,
    /// `NotEnabled`, `Healthy` ….
    pub high_availability_state: Option<String>,
    /// `Primary`, `AsyncReplica` …; `Primary` also where it has no replica.
    pub replication_role: Option<String>,
    /// Whether it is an elastic cluster, to which nothing migrates.
    pub is_cluster: bool,
    /// Whether it can be reached from the internet.
    pub public_access: Option<bool>,
    /// The subnet that it stands in.
    pub subnet: Option<String>,
    /// How many private endpoints it has that are approved.
    pub private_endpoints: Option<usize>,
    /// Whether passwords are taken.
    pub passwords: Option<bool>,
    /// Whether tokens of Microsoft Entra ID are taken.
    pub entra: Option<bool>,
}

/// A server parameter.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Parameter {
    /// The path of its resource, which the server's begins.
    pub id: Option<String>,
    /// What it is set to.
    pub value: Option<String>,
    /// What it is where nobody sets it.
    pub default: Option<String>,
    /// What it can be set to.
    pub allowed: Option<String>,
    /// `Boolean`, `Enumeration`, `Integer`, `Numeric`, `Set`, `String`, in any case.
    pub data_type: Option<String>,
    /// The unit of its value.
    pub unit: Option<String>,
    /// Whether it takes effect without a restart.
    pub is_dynamic: Option<bool>,
    /// Whether nobody can set it.
    pub is_read_only: Option<bool>,
    /// Whether a restart would change it.
    pub pending_restart: Option<bool>,
    /// `system-default`, `user-override`.
    pub source: Option<String>,
}

/// The options that the files come with.
pub(crate) const OF_SERVER: &str = "--azure-server";
pub(crate) const OF_REPLICAS: &str = "--azure-replicas";
pub(crate) const OF_PARAMETERS: &str = "--azure-parameters";
pub(crate) const OF_SKUS: &str = "--azure-skus";
pub(crate) const OF_MIGRATION: &str = "--azure-migration";
