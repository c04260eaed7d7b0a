//! The servers themselves: versions, what the target is, and who connects.

use insta::assert_snapshot;

use super::{azure, check, found};
use crate::support::cluster::Cluster;
use crate::support::platforms;

#[test]
fn versions() {
    let old = Cluster::start(15);
    let from = old.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[]);
    let only = ["source-version"];
    assert_snapshot!(found(check(&from, &to, &only), 0), @"succeeded 603400: 15.18 on the source, 16.14 on the target");
    assert_snapshot!(found(check(&to, &from, &only), 1), @"
    failed: 16.14 on the source, 15.18 on the target: a migration cannot go to an older major version
      = create the target with version 16 or later
    ");
    let nobody = "host=/nowhere user=u dbname=d";
    assert_snapshot!(found(check(nobody, &to, &only), 2), @"unknown 603400: the source could not be read");
    assert_snapshot!(found(check(&from, nobody, &only), 2), @"
    succeeded 603400: 15.18 on the source: 9.5 or later
    unknown 603400: the target could not be read: it must be no older than the source
    ");
}

#[test]
fn the_role_that_migrates() {
    let source = Cluster::start(15);
    let from = source.connection_string("postgres", "postgres");
    let (target, to) = azure(16, &[]);
    let only = ["target-user"];
    assert_snapshot!(found(check(&from, &to, &only), 0), @"
    succeeded 603115: azadmin is a member of azure_pg_admin
    succeeded 603116: azadmin may create roles
    succeeded 603111: azadmin may end other sessions
    ");
    target.sql("azuresu", "postgres", "CREATE ROLE nobody LOGIN");
    let to = target.connection_string("nobody", "postgres");
    assert_snapshot!(found(check(&from, &to, &only), 1), @"
    failed 603115: nobody is no member of azure_pg_admin
      = as an administrator: GRANT azure_pg_admin TO nobody
    failed 603116: nobody has no CREATEROLE
      = as an administrator: ALTER ROLE nobody CREATEROLE
    warning 603111: nobody is no member of pg_signal_backend: the service cannot end sessions that use a database that it replaces
      = GRANT pg_signal_backend TO nobody
    ");
    let nowhere = "host=/nowhere user=u dbname=d";
    assert_snapshot!(found(check(&from, nowhere, &only), 2), @"unknown: the target could not be read");
}

/// Names in statements are quoted as SQL wants them.
#[test]
fn a_role_with_a_name_that_is_a_keyword() {
    let source = Cluster::start(15);
    let from = source.connection_string("postgres", "postgres");
    let (target, _) = azure(16, &[]);
    target.sql("azuresu", "postgres", "CREATE ROLE \"user\" LOGIN");
    let to = target.connection_string("user", "postgres");
    assert_snapshot!(found(check(&from, &to, &["target-user"]), 1), @r#"
    failed 603115: user is no member of azure_pg_admin
      = as an administrator: GRANT azure_pg_admin TO "user"
    failed 603116: user has no CREATEROLE
      = as an administrator: ALTER ROLE "user" CREATEROLE
    warning 603111: user is no member of pg_signal_backend: the service cannot end sessions that use a database that it replaces
      = GRANT pg_signal_backend TO "user"
    "#);
}

/// Whoever holds a lock on a catalog is not waited for.
#[test]
fn a_source_with_a_locked_catalog() {
    let source = Cluster::start(15);
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[]);
    let said = source.with_client("postgres", "postgres", async |client| {
        client
            .batch_execute("BEGIN; LOCK TABLE pg_catalog.pg_shdepend IN ACCESS EXCLUSIVE MODE")
            .await
            .unwrap();
        let run = check(&from, &to, &["source-version", "network"]).with("--format text");
        run.status(2).stdout
    });
    let said: Vec<&str> = said.split('\n').filter(|line| line.contains("the source")).collect();
    assert_snapshot!(super::without_sockets(&said.join("\n")), @"
    Failed: network (603000): the source: canceling statement due to lock timeout (55P03)
    next: see why the source could not be read, and run this check again
    Unknown: network, migration service only: the way between the source and the target is the migration service's, and cannot be seen from here
    Unknown: the source could not be read, and so 1 check could not be made: source-version
    ");
}

#[test]
fn what_the_target_is() {
    let source = platforms::aurora_like(15);
    let from = source.connection_string("postgres", "postgres");
    let (target, to) = azure(16, &[]);
    let only = ["target-server"];
    let json = |state: &str| {
        super::SERVER.replace("\"state\": \"Ready\"", &format!("\"state\": \"{state}\""))
    };
    let with = |state: &str| {
        check(&from, &to, &only).with("--azure-server server.json").file("server.json", json(state))
    };
    assert_snapshot!(found(with("Ready"), 0), @"
    succeeded: the target has the roles of a flexible server
    succeeded: the target's state is Ready
    ");
    assert_snapshot!(found(with("Stopped"), 1), @"
    succeeded: the target has the roles of a flexible server
    failed: state Stopped, and not Ready
      = az postgres flexible-server start --resource-group shop-rg --name shop
    ");
    assert_snapshot!(found(check(&from, &to, &only), 0), @"
    succeeded: the target has the roles of a flexible server
    unknown: its state is not in its catalogs
      = give --azure, or --azure-server server.json with what this writes: az postgres flexible-server show --resource-group GROUP --name SERVER --output json > server.json
    ");
    target.sql("azuresu", "postgres", "ALTER ROLE azadmin SET default_transaction_read_only = on");
    assert_snapshot!(found(check(&from, &to, &only), 1), @"
    failed 603112: default_transaction_read_only is on: the migration's session cannot write
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name default_transaction_read_only --value off
    succeeded: the target has the roles of a flexible server
    unknown: its state is not in its catalogs
      = give --azure, or --azure-server server.json with what this writes: az postgres flexible-server show --resource-group GROUP --name SERVER --output json > server.json
    ");
    assert_snapshot!(found(check(&to, &from, &only).with("--azure-server server.json").file("server.json", json("Ready")), 1), @"
    warning: Amazon Aurora PostgreSQL: it does not look like a flexible server
      = see that the connection leads to the server that was created for this
    succeeded: the target's state is Ready
    failed: version 16 there, and 15 on the connection
      = see that both are of the same server
    ");
}
