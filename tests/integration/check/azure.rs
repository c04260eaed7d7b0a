//! What `az` tells: size, storage, network, high availability and replicas.

use insta::assert_snapshot;

use super::{SERVER, azure, check, found};
use crate::support::cluster::Cluster;
use crate::support::command::Run;

/// The same by the REST interface, of a server in another state.
const REST: &str = include_str!("../../../fixtures/az/server-rest.json");
const REPLICAS: &str = include_str!("../../../fixtures/az/replicas.json");

const NOWHERE: &str = "host=/nowhere user=u dbname=d";

fn with_server(run: Run, json: &str) -> Run {
    run.with("--azure-server server.json").file("server.json", json)
}

#[test]
fn high_availability_and_replicas() {
    let source = Cluster::start(15);
    let from = source.connection_string("postgres", "postgres");
    let (target, to) = azure(16, &[]);
    let run = || check(&from, &to, &["high-availability", "read-replicas"]);
    assert_snapshot!(found(run(), 0), @"
    unknown: nothing shows a standby, which does not prove that there is none
      = az postgres flexible-server show --resource-group GROUP --name SERVER --output json > server.json, for --azure-server
    unknown: nothing shows a replica, which does not prove that there is none
      = az postgres flexible-server replica list --resource-group GROUP --name SERVER --output json > replicas.json, for --azure-replicas
    ");
    let with_replicas = |run: Run, json: &str| {
        run.with("--azure-replicas replicas.json").file("replicas.json", json)
    };
    assert_snapshot!(found(with_replicas(with_server(run(), SERVER), "[]"), 0), @"
    succeeded: mode Disabled
    succeeded: no replicas
    ");
    assert_snapshot!(found(with_replicas(with_server(run(), REST), REPLICAS), 1), @"
    failed: mode ZoneRedundant
      = az postgres flexible-server update --resource-group shop-rg --name shop --high-availability Disabled, and after the migration az postgres flexible-server update --resource-group shop-rg --name shop --high-availability ZoneRedundant
    failed: shop-read
      = az postgres flexible-server delete --resource-group read-rg --name shop-read, and after the migration az postgres flexible-server replica create --resource-group shop-rg --source-server shop --name shop-read
    ");
    target.sql(
        "azuresu",
        "postgres",
        "SELECT pg_create_physical_replication_slot('azure_standby_1'), \
         pg_create_physical_replication_slot('read_1')",
    );
    assert_snapshot!(found(run(), 0), @"
    warning: slot azure_standby_1: high availability seems to be on
      = az postgres flexible-server update --resource-group GROUP --name SERVER --high-availability Disabled, and after the migration az postgres flexible-server update --resource-group GROUP --name SERVER --high-availability 'ZoneRedundant or SameZone, as it was'
    warning: slot read_1: there seems to be a replica
      = az postgres flexible-server replica list --resource-group GROUP --name SERVER --output json > replicas.json, for --azure-replicas
    ");
}

#[test]
fn size_and_storage() {
    let source = Cluster::start_with(15, "postgres", &[("max_connections", "60")]);
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[]);
    let compute = || check(&from, &to, &["compute"]);
    assert_snapshot!(found(compute(), 0), @"");
    assert_snapshot!(found(with_server(compute(), SERVER), 0), @"");
    assert_snapshot!(found(with_server(check(&to, &from, &["compute"]), REST), 0), @"");
    assert_snapshot!(found(check(NOWHERE, &to, &["compute"]), 0), @"");

    // The size of a database is another on every build.
    let sizes = |text: String| {
        let cut = |line: &str| match line.split_once(" of ") {
            Some((start, rest)) => format!("{start} of …{}", rest.trim_start_matches(|c| c != ';')),
            None => line.to_owned(),
        };
        text.lines().map(cut).collect::<Vec<_>>().join("\n")
    };
    let storage = || check(&from, &to, &["storage"]);
    assert_snapshot!(sizes(found(storage(), 0)), @"");
    assert_snapshot!(sizes(found(with_server(storage(), SERVER), 0)), @"");
    let small = SERVER.replace("\"storageSizeGb\": 128", "\"storageSizeGb\": 0");
    assert_snapshot!(sizes(found(with_server(storage(), &small), 1)), @"");
    let growing = small.replace("\"autoGrow\": \"Disabled\"", "\"autoGrow\": \"Enabled\"");
    assert_snapshot!(sizes(found(with_server(storage(), &growing), 0)), @"");
    source.sql("postgres", "postgres", "CREATE ROLE weak LOGIN");
    source.sql("postgres", "postgres", "CREATE DATABASE closed");
    source.sql("postgres", "postgres", "REVOKE CONNECT ON DATABASE closed FROM PUBLIC");
    let weak = source.connection_string("weak", "postgres");
    assert_snapshot!(sizes(found(with_server(check(&weak, &to, &["storage"]), SERVER), 0)), @"");
    assert_snapshot!(found(check(NOWHERE, &to, &["storage"]), 0), @"");
}

#[test]
fn the_network() {
    let source = Cluster::start(15);
    let from = source.connection_string("postgres", "postgres");
    let (target, to) = azure(16, &[("azure.accepted_password_auth_method", "scram-sha-256")]);
    let network = |from: &str, to: &str| check(from, to, &["network"]);
    assert_snapshot!(found(network(&from, &to), 0), @"");
    assert_snapshot!(found(with_server(network(&from, &to), SERVER), 0), @"");
    assert_snapshot!(found(with_server(network(&from, &to), REST), 1), @"");

    // Roles with md5 verifiers, over the network, without TLS; nobody knows that password.
    source.sql("postgres", "postgres", "ALTER SYSTEM SET password_encryption = 'md5'");
    source.sql("postgres", "postgres", "SELECT pg_reload_conf()");
    let tcp = target.tcp_connection_string("azadmin", "postgres");
    assert_snapshot!(found(network(&from, &tcp).env("PGPASSWORD", "azadmin secret"), 0).replace(&target.port.to_string(), "PORT"), @"");
    assert_snapshot!(found(network(&from, &tcp).env("PGPASSWORD", "wrong"), 1).replace(&target.port.to_string(), "PORT"), @"");
    assert_snapshot!(found(network(NOWHERE, NOWHERE), 1), @"");
}

/// Each file of JSON that is no such JSON ends the command, with its name.
#[test]
fn json_that_is_none() {
    let run = || check(NOWHERE, NOWHERE, &["network"]);
    let mut all = Vec::new();
    for (option, json) in [
        ("--azure-server", "ERROR: Please run 'az login' to setup account."),
        ("--azure-server", "[]"),
        ("--azure-server", "{\"state\": "),
        ("--azure-server", ""),
        ("--azure-replicas", SERVER),
        ("--azure-parameters", REPLICAS),
        (
            "--azure-parameters",
            "{\"error\": {\"code\": \"ResourceNotFound\", \"message\": \"no such server\"}}",
        ),
    ] {
        all.push(run().with(&format!("{option} file.json")).file("file.json", json).fails());
    }
    all.push(run().with("--azure-server missing.json").fails());
    all.push(run().with("--azure-server - --azure-replicas -").fails());
    assert_snapshot!(all.concat(), @"");
}

/// JSON of another flexible server than the connection leads to.
#[test]
fn json_of_another_server() {
    let (target, _) = azure(16, &[]);
    let to = format!(
        "host=crm.postgres.database.azure.com hostaddr=127.0.0.1 port={} user=azadmin dbname=postgres",
        target.port
    );
    let run = || check(NOWHERE, &to, &["high-availability"]).env("PGPASSWORD", "azadmin secret");
    assert_snapshot!(with_server(run(), SERVER).fails(), @"");
    let same = SERVER.replace("shop.postgres", "crm.postgres");
    assert_snapshot!(found(with_server(run(), &same), 0), @"");
    // The server's name is known from its host.
    assert_snapshot!(found(run(), 0), @"");
}
