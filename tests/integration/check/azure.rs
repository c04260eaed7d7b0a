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
      = give --azure or --azure-server: see target-server
    unknown: nothing shows a replica, which does not prove that there is none
      = give --azure, or --azure-replicas replicas.json with what this writes: az postgres flexible-server replica list --resource-group GROUP --name SERVER --output json > replicas.json
    ");
    let with_replicas = |run: Run, json: &str| {
        run.with("--azure-replicas replicas.json").file("replicas.json", json)
    };
    assert_snapshot!(found(with_replicas(with_server(run(), SERVER), "[]"), 0), @"
    succeeded: high availability is off (mode Disabled)
    succeeded: the target has no read replicas
    ");
    assert_snapshot!(found(with_replicas(with_server(run(), REST), REPLICAS), 1), @"
    failed: mode ZoneRedundant
      = az postgres flexible-server update --resource-group shop-rg --name shop --zonal-resiliency Disabled, and after the migration az postgres flexible-server update --resource-group shop-rg --name shop --zonal-resiliency Enabled
    failed: shop-read
      = az postgres flexible-server delete --resource-group read-rg --name shop-read, and after the migration az postgres flexible-server replica create --resource-group read-rg --source-server /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shop-rg/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop --name shop-read
    ");
    // On its way off.
    let going = SERVER.replace("NotEnabled", "RemovingStandby");
    let run_ha = with_server(check(&from, &to, &["high-availability"]), &going);
    assert_snapshot!(found(run_ha, 0), @"
    warning: mode Disabled, and state RemovingStandby: it is not off yet
      = wait until az shows the state NotEnabled
    ");
    // In the server's own group and region, as far as the JSON tells.
    let near = REPLICAS.replace("read-rg", "shop-rg").replace(
        "\"name\": \"shop-read\",",
        "\"name\": \"shop-read\", \"location\": \"North Europe\",",
    );
    let run_near = with_replicas(with_server(check(&from, &to, &["read-replicas"]), SERVER), &near);
    assert_snapshot!(found(run_near, 1), @"
    failed: shop-read
      = az postgres flexible-server delete --resource-group shop-rg --name shop-read, and after the migration az postgres flexible-server replica create --resource-group shop-rg --source-server shop --name shop-read --location 'North Europe'
    ");
    target.sql(
        "azuresu",
        "postgres",
        "SELECT pg_create_physical_replication_slot('azure_standby_1'), \
         pg_create_physical_replication_slot('read_1')",
    );
    assert_snapshot!(found(run(), 0), @"
    warning: slot azure_standby_1: high availability seems to be on
      = az postgres flexible-server update --resource-group GROUP --name SERVER --zonal-resiliency Disabled, and after the migration az postgres flexible-server update --resource-group GROUP --name SERVER --zonal-resiliency Enabled
    warning: slot read_1: there seems to be a replica
      = give --azure, or --azure-replicas replicas.json with what this writes: az postgres flexible-server replica list --resource-group GROUP --name SERVER --output json > replicas.json
    ");
}

#[test]
fn size_and_storage() {
    let source = Cluster::start_with(15, "postgres", &[("max_connections", "60")]);
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[]);
    let compute = || check(&from, &to, &["compute"]);
    assert_snapshot!(found(compute(), 0), @"
    unknown: the target's SKU is not in its catalogs
      = give --azure or --azure-server: see target-server
    ");
    assert_snapshot!(found(with_server(compute(), SERVER), 0), @"
    unknown: the target is Standard_D4ds_v5 with 4 vCPUs and 16 GiB; what the source has cannot be seen in its catalogs
      = of Aurora and RDS give --aws, or --aws-instances with what aws rds describe-db-instances writes; else compare it with the machine of the source yourself
    ");
    assert_snapshot!(found(with_server(check(&to, &from, &["compute"]), REST), 0), @"
    warning: Standard_B2ms is burstable: it runs out of credits under the load of a migration
      = az postgres flexible-server update --resource-group shop-rg --name shop --tier GeneralPurpose --sku-name Standard_D4ds_v5
    unknown: the target is Standard_B2ms with 2 vCPUs and 8 GiB; what the source has cannot be seen in its catalogs
      = of Aurora and RDS give --aws, or --aws-instances with what aws rds describe-db-instances writes; else compare it with the machine of the source yourself
    ");
    assert_snapshot!(found(check(NOWHERE, &to, &["compute"]), 2), @"unknown: the source could not be read");

    // The size of a database is another on every build.
    let sizes = |text: String| {
        let cut = |line: &str| match line.split_once(" of ") {
            Some((start, rest)) => format!("{start} of …{}", rest.trim_start_matches(|c| c != ';')),
            None => line.to_owned(),
        };
        text.split('\n').map(cut).collect::<Vec<_>>().join("\n")
    };
    let storage = || check(&from, &to, &["storage"]).with("--database postgres");
    assert_snapshot!(sizes(found(storage(), 0)), @"
    unknown: 1 database of …; the target's storage is not in its catalogs
      = give --azure or --azure-server: see target-server
    ");
    assert_snapshot!(sizes(found(with_server(storage(), SERVER), 0)), @"succeeded: 1 database of …; 128 GiB on the target");
    let small = SERVER.replace("\"storageSizeGb\": 128", "\"storageSizeGb\": 0");
    assert_snapshot!(sizes(found(with_server(storage(), &small), 1)), @"
    failed: 1 database of …; 0 GiB on the target, and 1.25 times the databases with what is there are 37.7 MiB
      = az postgres flexible-server update --resource-group shop-rg --name shop --storage-size 32
    ");
    let growing = small.replace("\"autoGrow\": \"Disabled\"", "\"autoGrow\": \"Enabled\"");
    assert_snapshot!(sizes(found(with_server(storage(), &growing), 0)), @"
    warning: 1 database of …; 0 GiB on the target, and 1.25 times the databases with what is there are 37.7 MiB; it grows by itself, which can be slower than the load
      = az postgres flexible-server update --resource-group shop-rg --name shop --storage-size 32
    ");
    // Of what is named only.
    source.sql("postgres", "postgres", "CREATE DATABASE one");
    source.sql("postgres", "postgres", "CREATE DATABASE two");
    let named = with_server(storage().with("--database one"), SERVER);
    assert_snapshot!(sizes(found(named, 0)), @"succeeded: 2 databases of …; 128 GiB on the target");
    source.sql("postgres", "postgres", "DROP DATABASE one");
    source.sql("postgres", "postgres", "DROP DATABASE two");
    source.sql("postgres", "postgres", "CREATE ROLE weak LOGIN");
    source.sql("postgres", "postgres", "CREATE DATABASE closed");
    source.sql("postgres", "postgres", "REVOKE CONNECT ON DATABASE closed FROM PUBLIC");
    let weak = source.connection_string("weak", "postgres");
    assert_snapshot!(sizes(found(with_server(check(&weak, &to, &["storage"]), SERVER), 2)), @"unknown: the size of …");
    assert_snapshot!(found(check(NOWHERE, &to, &["storage"]), 2), @"unknown: the source could not be read");
}

#[test]
fn the_network() {
    let source = Cluster::start(15);
    let from = source.connection_string("postgres", "postgres");
    let (target, to) = azure(16, &[("azure.accepted_password_auth_method", "scram-sha-256")]);
    let network = |from: &str, to: &str| check(from, to, &["network"]);
    let found = |run: Run, status| {
        let text = found(run, status).replace(&target.port.to_string(), "PORT");
        // A busy machine takes longer.
        let cut = |line: &str| match line.split_once(", in ") {
            Some((start, rest)) if rest.ends_with(" ms") => format!("{start}, in … ms"),
            _ => line.to_owned(),
        };
        text.split('\n').map(cut).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(found(network(&from, &to), 0), @"
    succeeded 603000: the source answers through a socket, in … ms
    succeeded 603000: the target answers through a socket, in … ms
    unknown 603001: the source is connected to through a socket, without TLS
      = connect over the network, as the migration service will
    unknown 603001: the target is connected to through a socket, without TLS
      = connect over the network, as the migration service will
    succeeded: new passwords become scram-sha-256 on the target, which accepts scram-sha-256
    unknown: firewall and private access of the target are not in its catalogs
      = give --azure or --azure-server: see target-server
    unknown: the way between the source and the target is the migration service's, and cannot be seen from here
      = let the service try it: give --migration-json migration.json, fill in its passwords, and then az postgres flexible-server migration create --resource-group GROUP --server-name SERVER --name check --migration-mode offline --migration-option Validate --properties migration.json
    ");
    assert_snapshot!(found(with_server(network(&from, &to), SERVER), 0), @"
    succeeded 603000: the source answers through a socket, in … ms
    succeeded 603000: the target answers through a socket, in … ms
    unknown 603001: the source is connected to through a socket, without TLS
      = connect over the network, as the migration service will
    unknown 603001: the target is connected to through a socket, without TLS
      = connect over the network, as the migration service will
    succeeded: new passwords become scram-sha-256 on the target, which accepts scram-sha-256
    succeeded: public access; which addresses its firewall lets in is not in this JSON
    unknown: the way between the source and the target is the migration service's, and cannot be seen from here
      = let the service try it: give --migration-json migration.json, fill in its passwords, and then az postgres flexible-server migration create --resource-group shop-rg --server-name shop --name check --migration-mode offline --migration-option Validate --properties migration.json
    ");
    assert_snapshot!(found(with_server(network(&from, &to), REST), 1), @"
    succeeded 603000: the source answers through a socket, in … ms
    succeeded 603000: the target answers through a socket, in … ms
    unknown 603001: the source is connected to through a socket, without TLS
      = connect over the network, as the migration service will
    unknown 603001: the target is connected to through a socket, without TLS
      = connect over the network, as the migration service will
    succeeded: new passwords become scram-sha-256 on the target, which accepts scram-sha-256
    failed: no public access, and 0 private endpoints: nothing can reach it
      = give it a private endpoint, or public access
    failed: passwords are not taken, only tokens of Microsoft Entra ID
      = az postgres flexible-server update --resource-group shop-rg --name shop --password-auth Enabled
    unknown: the way between the source and the target is the migration service's, and cannot be seen from here
      = let the service try it: give --migration-json migration.json, fill in its passwords, and then az postgres flexible-server migration create --resource-group shop-rg --server-name shop --name check --migration-mode offline --migration-option Validate --properties migration.json
    ");

    // Roles with md5 verifiers; over the network, without TLS.
    source.sql(
        "postgres",
        "postgres",
        "SET password_encryption = md5; CREATE ROLE old LOGIN PASSWORD 'x'; CREATE ROLE new",
    );
    let tcp = target.tcp_connection_string("azadmin", "postgres");
    assert_snapshot!(found(network(&from, &tcp).env("PGPASSWORD", "azadmin secret"), 0), @"
    succeeded 603000: the source answers through a socket, in … ms
    succeeded 603000: the target answers at 127.0.0.1, in … ms
    unknown 603001: the source is connected to through a socket, without TLS
      = connect over the network, as the migration service will
    warning 603001: the target is connected to without TLS; the migration service has prefer and require only
      = switch TLS on there, and connect with sslmode=require
    warning: new passwords become scram-sha-256 on the target, which accepts scram-sha-256: 1 role with an md5 verifier cannot log in
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name azure.accepted_password_auth_method --value md5,scram-sha-256
    unknown: firewall and private access of the target are not in its catalogs
      = give --azure or --azure-server: see target-server
    unknown: the way between the source and the target is the migration service's, and cannot be seen from here
      = let the service try it: give --migration-json migration.json, fill in its passwords, and then az postgres flexible-server migration create --resource-group GROUP --server-name SERVER --name check --migration-mode offline --migration-option Validate --properties migration.json
    ");
    assert_snapshot!(found(network(&from, &tcp).env("PGPASSWORD", "wrong"), 2), @r#"
    succeeded 603000: the source answers through a socket, in … ms
    failed 603100: the target: 127.0.0.1:PORT: password authentication failed for user "azadmin" (password from PGPASSWORD)
      = give the right password: PGPASSWORD, or ~/.pgpass
    unknown 603001: the source is connected to through a socket, without TLS
      = connect over the network, as the migration service will
    unknown: firewall and private access of the target are not in its catalogs
      = give --azure or --azure-server: see target-server
    unknown: the way between the source and the target is the migration service's, and cannot be seen from here
      = let the service try it: give --migration-json migration.json, fill in its passwords, and then az postgres flexible-server migration create --resource-group GROUP --server-name SERVER --name check --migration-mode offline --migration-option Validate --properties migration.json
    "#);
    assert_snapshot!(found(network(NOWHERE, NOWHERE), 2), @"
    failed 603000: the source: SOCKET: there is no such socket; is the server running here? For a server elsewhere, give host=…
      = see that the server runs, and that its firewall lets this machine in
    failed 603000: the target: SOCKET: there is no such socket; is the server running here? For a server elsewhere, give host=…
      = see that the server runs, and that its firewall lets this machine in
    unknown: firewall and private access of the target are not in its catalogs
      = give --azure or --azure-server: see target-server
    unknown: the way between the source and the target is the migration service's, and cannot be seen from here
      = let the service try it: give --migration-json migration.json, fill in its passwords, and then az postgres flexible-server migration create --resource-group GROUP --server-name SERVER --name check --migration-mode offline --migration-option Validate --properties migration.json
    ");
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
    assert_snapshot!(all.concat(), @r#"
    error: --azure-server file.json: az failed: Please run 'az login' to setup account.
    error: --azure-server file.json: an empty list was found where the output of az postgres flexible-server show was expected
    error: --azure-server file.json: no JSON, in line 1, column 10: write it with az postgres flexible-server … --output json
    error: --azure-server file.json: it is empty: did az fail?
    error: --azure-replicas file.json: an object of type "Microsoft.DBforPostgreSQL/flexibleServers" was found where the output of az postgres flexible-server replica list was expected
    error: --azure-parameters file.json: an object of type "Microsoft.DBforPostgreSQL/flexibleServers" was found where the output of az postgres flexible-server parameter list was expected
    error: --azure-parameters file.json: az failed: (ResourceNotFound) no such server
    error: --azure-server missing.json: no such file or directory
    error: only one of the files that az and aws have written can be -
    "#);
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
    assert_snapshot!(with_server(run(), SERVER).fails(), @"error: --azure-server server.json: it is of the server shop, and the target is crm");
    let with = |option: &str, json: &str| {
        run().with(&format!("{option} file.json")).file("file.json", json)
    };
    assert_snapshot!(with("--azure-replicas", REPLICAS).fails(), @"error: --azure-replicas file.json: it is of the server shop, and the target is crm");
    let parameters = r#"[{"name": "work_mem", "value": "4096", "type": "Microsoft.DBforPostgreSQL/flexibleServers/configurations",
        "id": "/subscriptions/s/resourceGroups/shop-rg/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop/configurations/work_mem"}]"#;
    assert_snapshot!(with("--azure-parameters", parameters).fails(), @"error: --azure-parameters file.json: it is of the server shop, and the target is crm");
    let same = SERVER.replace("shop.postgres", "crm.postgres");
    assert_snapshot!(found(with_server(run(), &same), 0), @"succeeded: high availability is off (mode Disabled)");
    // The server's name is known from its host.
    assert_snapshot!(found(run(), 0), @"
    unknown: nothing shows a standby, which does not prove that there is none
      = give --azure or --azure-server: see target-server
    ");
}
