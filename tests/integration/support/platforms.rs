//! Managed platforms, emulated on plain servers: their roles, and the refusals that a plain server
//! has for whoever is no superuser. The platforms' own patches are not there.

use super::cluster::Cluster;

/// The password of [`azure_like`]'s administrator.
pub const AZADMIN_PASSWORD: &str = "azadmin secret";

/// A cluster with the roles of Amazon Aurora: superuser `rdsadmin`, master user `postgres`.
///
/// `rds_superuser` lacks `pg_read_all_data`, which on a plain server opens `pg_authid` to it; on
/// Aurora that stays closed. [`aurora_reads_all_data`] grants it.
pub fn aurora_like(major: u32) -> Cluster {
    aurora_like_with(major, &[])
}

/// As [`aurora_like`], with more settings of the server.
pub fn aurora_like_with(major: u32, settings: &[(&str, &str)]) -> Cluster {
    let cluster = Cluster::start_with(major, "rdsadmin", settings);
    cluster.load("rdsadmin", include_str!("aurora.sql"), &[]);
    cluster
}

/// Gives `rds_superuser` the membership that it really has from 15 on, for dumps.
pub fn aurora_reads_all_data(cluster: &Cluster) {
    let grant = "GRANT pg_read_all_data TO rds_superuser WITH ADMIN OPTION";
    cluster.sql("rdsadmin", "postgres", grant);
}

/// A cluster with the roles of Azure Database for `PostgreSQL`: superuser `azuresu`, administrator
/// `azadmin` with [`AZADMIN_PASSWORD`].
pub fn azure_like(major: u32) -> Cluster {
    azure_like_with(major, &[])
}

/// As [`azure_like`], with more settings of the server.
pub fn azure_like_with(major: u32, settings: &[(&str, &str)]) -> Cluster {
    let cluster = Cluster::start_with(major, "azuresu", settings);
    let space = cluster.new_directory("pg_tmp");
    let variables = [
        ("space".to_owned(), space.to_str().unwrap().to_owned()),
        ("password".to_owned(), AZADMIN_PASSWORD.to_owned()),
    ];
    cluster.load("azuresu", include_str!("azure.sql"), &variables);
    cluster
}
