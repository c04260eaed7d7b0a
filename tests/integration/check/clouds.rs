//! What the clouds' own command lines tell, as files and asked.

use insta::assert_snapshot;

use super::{SERVER, azure, check, found};
use crate::support::clouds::{Az, Moto, clients};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::platforms;

const REPLICAS: &str = include_str!("../../../fixtures/az/replicas.json");
const PARAMETERS: &str = include_str!("../../../fixtures/az/parameters.json");
const SKUS: &str = include_str!("../../../fixtures/az/skus.json");
const MIGRATION: &str = include_str!("../../../fixtures/az/migration.json");
const MIGRATIONS: &str = include_str!("../../../fixtures/az/migrations.json");
const MAINTENANCE: &str = include_str!("../../../fixtures/az/maintenance.json");
const RESOURCES: &str = include_str!("../../../fixtures/az/resources.json");
const OTHERS: &str = include_str!("../../../fixtures/az/resources-others.json");
const CLUSTERS: &str = include_str!("../../../fixtures/aws/clusters.json");
const INSTANCES: &str = include_str!("../../../fixtures/aws/instances.json");
const CHOSEN: &str = include_str!("../../../fixtures/aws/parameters.json");

/// A server by the name of its host.
fn at(host: &str, cluster: &Cluster, user: &str) -> String {
    let port = cluster.port;
    format!("host={host} hostaddr=127.0.0.1 port={port} user={user} dbname=postgres")
}

const SHOP: &str = "shop.postgres.database.azure.com";

fn with(run: Run, option: &str, json: &str) -> Run {
    let name = format!("{}.json", option.trim_start_matches('-'));
    run.arg(option).arg(&name).file(&name, json)
}

#[test]
fn sizes_by_the_clouds_own_word() {
    let source = platforms::aurora_like_with(15, &[("shared_buffers", "400MB")]);
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[]);
    let compute = || with(check(&from, &to, &["compute"]), "--azure-server", SERVER);
    let instances = |run, class: &str| {
        with(run, "--aws-instances", &INSTANCES.replace("db.r6g.2xlarge", class))
    };
    let cluster = |run| with(run, "--aws-cluster", CLUSTERS);
    let of = |class: &str| cluster(instances(compute(), class));
    // From SQL alone.
    assert_snapshot!(found(compute(), 0), @"succeeded: the source has some 1 GiB, estimated from its shared_buffers, and the target is Standard_D4ds_v5 with 4 vCPUs and 16 GiB");
    // The writer's class counts, not its reader's; what a region offers is taken from its list.
    assert_snapshot!(found(of("db.r6g.2xlarge"), 1), @"
    failed: the source has 8 vCPUs and 64 GiB (db.r6g.2xlarge), and the target is Standard_D4ds_v5 with 4 vCPUs and 16 GiB: less than half
      = az postgres flexible-server update --resource-group shop-rg --name shop --tier MemoryOptimized --sku-name Standard_E8ds_v5
    ");
    assert_snapshot!(found(with(of("db.r6g.2xlarge"), "--azure-skus", SKUS), 1), @"
    failed: the source has 8 vCPUs and 64 GiB (db.r6g.2xlarge), and the target is Standard_D4ds_v5 with 4 vCPUs and 16 GiB: less than half
      = az postgres flexible-server update --resource-group shop-rg --name shop --tier MemoryOptimized --sku-name Standard_E8ads_v5
    ");
    assert_snapshot!(found(of("db.r6g.large"), 0), @"succeeded: the source has 2 vCPUs and 16 GiB (db.r6g.large), and the target is Standard_D4ds_v5 with 4 vCPUs and 16 GiB");
    assert_snapshot!(found(of("db.r6g.xlarge"), 0), @"
    warning: the source has 4 vCPUs and 32 GiB (db.r6g.xlarge), and the target is Standard_D4ds_v5 with 4 vCPUs and 16 GiB: less than the source
      = az postgres flexible-server update --resource-group shop-rg --name shop --tier MemoryOptimized --sku-name Standard_E4ds_v5
    ");
    assert_snapshot!(found(of("db.q1.huge"), 0), @"succeeded: the source has some 1 GiB, estimated from its shared_buffers, and the target is Standard_D4ds_v5 with 4 vCPUs and 16 GiB");
    // The most that a serverless one takes.
    let serverless = CLUSTERS.replace(
        "\"Status\": \"available\"",
        "\"Status\": \"available\", \"ServerlessV2ScalingConfiguration\": {\"MinCapacity\": 0.5, \"MaxCapacity\": 16.0}",
    );
    let run = with(instances(compute(), "db.serverless"), "--aws-cluster", &serverless);
    assert_snapshot!(found(run, 0), @"
    warning: the source takes up to 32 GiB (serverless, 16 ACU), and the target is Standard_D4ds_v5 with 4 vCPUs and 16 GiB: less than the source
      = az postgres flexible-server update --resource-group shop-rg --name shop --tier MemoryOptimized --sku-name Standard_E4ds_v5
    ");
    // Of several instances without their cluster nobody can say which one writes.
    assert_snapshot!(instances(compute(), "db.r6g.2xlarge").fails(), @"error: --aws-instances aws-instances.json: a list of 2 (shop-2, shop-1) was found where the output of aws rds describe-db-instances of one instance, or with --aws-cluster, which tells the writer, was expected");
}

#[test]
fn what_aws_tells_of_the_source() {
    let source = platforms::aurora_like(15);
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[]);
    let only = ["source-version", "network", "high-availability", "read-replicas"];
    let run = |clusters: &str| {
        let run = with(check(&from, &to, &only), "--azure-server", SERVER);
        let run = with(with(run, "--azure-replicas", "[]"), "--aws-cluster", clusters);
        with(run, "--aws-instances", INSTANCES)
    };
    let told = |text: String| {
        let lines =
            text.split('\n').filter(|line| !line.contains("answers") && !line.contains("socket"));
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(told(found(run(CLUSTERS), 0)), @"
    succeeded 603400: 15.18 on the source, 16.14 on the target
      = connect over the network, as the migration service will
      = connect over the network, as the migration service will
    unknown: new passwords become scram-sha-256 on the target; it does not tell which verifiers it accepts
    succeeded: public access; which addresses its firewall lets in is not in this JSON
    warning: the source is not publicly accessible: the migration service reaches it only through a network that is connected to the source's
      = connect both networks (VPN, ExpressRoute), and give the target private access; pg_dump needs the way from its own machine only
    unknown: the way between the source and the target is the migration service's, and cannot be seen from here
      = let the service try it: give --migration-json migration.json, fill in its passwords, and then az postgres flexible-server migration create --resource-group shop-rg --server-name shop --name check --migration-mode offline --migration-option Validate --properties migration.json
    succeeded: high availability is off (mode Disabled); the source has it (MultiAZ)
      = after the migration: az postgres flexible-server update --resource-group shop-rg --name shop --zonal-resiliency Enabled
    succeeded: the target has no read replicas; the source has 1 reader
      = after the migration: az postgres flexible-server replica create --resource-group shop-rg --source-server shop --name REPLICA
    ");
    let other = CLUSTERS.replace("available", "upgrading").replace("shop-1", "shop-9");
    assert_snapshot!(run(&other).fails(), @"error: --aws-instances aws-instances.json: a list without the source (shop-2, shop-1) was found where the output of aws rds describe-db-instances of one instance, or with --aws-cluster, which tells the writer, was expected");
    let old = INSTANCES.replace("15.4", "13.9");
    let upgrading = CLUSTERS.replace("available", "upgrading");
    let run = with(
        with(check(&from, &to, &["source-version"]), "--aws-cluster", &upgrading),
        "--aws-instances",
        &old,
    );
    assert_snapshot!(told(found(run, 1)), @"
    failed: EngineVersion 13.9 in what aws writes, and 15 on the connection
      = see that both are of the same server
    warning: the source's status is upgrading, and not available
      = wait until it is, before data is moved
    succeeded 603400: 15.18 on the source, 16.14 on the target
    ");
}

/// Nobody has chosen what is not said to be a customer's.
#[test]
fn parameters_that_a_customer_has_chosen() {
    let settings = [
        ("autovacuum_naptime", "5"),
        ("random_page_cost", "1.5"),
        ("idle_in_transaction_session_timeout", "86400000"),
        ("work_mem", "65536"),
    ];
    let source = platforms::aurora_like_with(15, &settings);
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[]);
    let chosen = |run: Run| {
        let text = found(run, 0);
        let lines = text.split('\n').skip_while(|line| !line.contains("tuning"));
        lines.take(2).map(str::to_owned).collect::<Vec<_>>().join("\n")
    };
    let run = || check(&from, &to, &["server-parameters"]);
    assert_snapshot!(chosen(run()), @"
    warning: 3 tuning parameters differ, 2 chosen on the source: random_page_cost 1.5 (there 4), work_mem 64MB (there 4MB), autovacuum_naptime 5s (there 1min)
      = where it matters: az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name NAME --value VALUE, with random_page_cost=1.5, work_mem=65536
    ");
    assert_snapshot!(chosen(with(run(), "--aws-parameters", CHOSEN)), @"
    warning: 3 tuning parameters differ, 2 chosen on the source: autovacuum_naptime 5s (there 1min), work_mem 64MB (there 4MB), random_page_cost 1.5 (there 4)
      = where it matters: az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name NAME --value VALUE, with autovacuum_naptime=5, work_mem=65536
    ");
    // The engine tells RDS from Aurora, whose roles are the same; RDS sets another naptime.
    let rds = r#"{"DBInstances": [{"DBInstanceIdentifier": "shop", "Engine": "postgres"}]}"#;
    assert_snapshot!(chosen(with(run(), "--aws-instances", rds)), @"
    warning: 3 tuning parameters differ, 3 chosen on the source: autovacuum_naptime 5s (there 1min), random_page_cost 1.5 (there 4), work_mem 64MB (there 4MB)
      = where it matters: az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name NAME --value VALUE, with autovacuum_naptime=5, random_page_cost=1.5, work_mem=65536
    ");
    // The groups of cluster and instance together.
    let of_instance = CHOSEN.replace(
        "\"random_page_cost\",\n      \"Source\": \"engine-default\"",
        "\"random_page_cost\", \"ParameterValue\": \"1.5\", \"Source\": \"user\"",
    );
    let both = with(run(), "--aws-parameters", CHOSEN);
    let both = both.arg("--aws-parameters").arg("other.json").file("other.json", of_instance);
    assert_snapshot!(chosen(both), @"
    warning: 3 tuning parameters differ, 3 chosen on the source: autovacuum_naptime 5s (there 1min), random_page_cost 1.5 (there 4), work_mem 64MB (there 4MB)
      = where it matters: az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name NAME --value VALUE, with autovacuum_naptime=5, random_page_cost=1.5, work_mem=65536
    ");
}

#[test]
fn json_of_aws_that_is_none() {
    let (_target, to) = azure(16, &[]);
    let source = platforms::aurora_like(15);
    source.sql("rdsadmin", "postgres", "ALTER ROLE postgres PASSWORD 'azadmin secret'");
    let from = at("crm.cluster-c0ffee.eu-west-1.rds.amazonaws.com", &source, "postgres");
    let run = || check(&from, &to, &["compute"]).env("PGPASSWORD", "azadmin secret");
    let mut all = Vec::new();
    for (option, json) in [
        (
            "--aws-cluster",
            "An error occurred (ExpiredToken) when calling the DescribeDBClusters operation: The security token is expired",
        ),
        ("--aws-cluster", INSTANCES),
        ("--aws-cluster", "{\"DBClusters\": []}"),
        ("--aws-cluster", CLUSTERS),
        ("--aws-instances", "{\"DBInstances\": [{}]}"),
        ("--aws-instances", INSTANCES),
        ("--aws-parameters", "[]"),
    ] {
        all.push(with(run(), option, json).fails());
    }
    all.push(run().with("--aws-cluster - --azure-server -").fails());
    assert_snapshot!(all.concat(), @"
    error: --aws-cluster aws-cluster.json: aws failed: An error occurred (ExpiredToken) when calling the DescribeDBClusters operation: The security token is expired
    error: --aws-cluster aws-cluster.json: an object of another kind was found where the output of aws rds describe-db-clusters was expected
    error: --aws-cluster aws-cluster.json: an empty list was found where the output of aws rds describe-db-clusters --db-cluster-identifier NAME was expected
    error: --aws-cluster aws-cluster.json: it is of the server shop, and the source is crm.cluster-c0ffee.eu-west-1.rds.amazonaws.com, which is none of its endpoints
    error: --aws-instances aws-instances.json: an object of another kind was found where the output of aws rds describe-db-instances was expected
    error: --aws-instances aws-instances.json: it is of the server shop-2, shop-1, and the source is crm.cluster-c0ffee.eu-west-1.rds.amazonaws.com, which is none of their endpoints
    error: --aws-parameters aws-parameters.json: an empty list was found where the output of aws rds describe-db-cluster-parameters or describe-db-parameters was expected
    error: only one of the files that az and aws have written can be -
    ");
}

/// The server's own word decides before any table.
#[test]
fn what_the_parameters_can_be_decides() {
    let source = Cluster::start_with(
        15,
        "postgres",
        &[("shared_preload_libraries", "auto_explain,pg_prewarm")],
    );
    source.sql("postgres", "postgres", "CREATE DATABASE shop");
    source.sql("postgres", "shop", "CREATE EXTENSION hstore; CREATE EXTENSION citext; CREATE EXTENSION pg_trgm; CREATE EXTENSION pg_prewarm");
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[("azure.extensions", "PGCRYPTO")]);
    let run = || check(&from, &to, &["extensions"]).with("--database shop");
    assert_snapshot!(found(with(run(), "--azure-parameters", PARAMETERS), 1), @"
    failed 603108: 2 extensions not on the allow-list: hstore (in shop), pg_trgm (in shop)
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name azure.extensions --value PGCRYPTO,hstore,pg_trgm
    failed 603109: pg_stat_statements set, but not loaded yet
      = az postgres flexible-server restart --resource-group GROUP --name SERVER
    warning: the source preloads what the target does not: auto_explain
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name shared_preload_libraries --value pg_stat_statements,auto_explain, and then, since it takes effect with a restart only: az postgres flexible-server restart --resource-group GROUP --name SERVER
    warning: the source preloads what the target does not take, by the values that az shows for it: pg_prewarm
      = find out what needs it, and do without
    failed 603405 shop: not offered by the target: citext 1.6, pg_prewarm 1.2
      = on the source, when nothing needs it any more: DROP EXTENSION citext, pg_prewarm
    ");
    let all = PARAMETERS
        .replace("\"auto_explain,pg_cron", "\"auto_explain,pg_prewarm,pg_cron")
        .replace("address_standardizer,", "citext,pg_prewarm,");
    assert_snapshot!(found(with(run(), "--azure-parameters", &all), 1), @"
    failed 603108: 4 extensions not on the allow-list: citext (in shop), hstore (in shop), pg_prewarm (in shop), pg_trgm (in shop)
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name azure.extensions --value PGCRYPTO,citext,hstore,pg_prewarm,pg_trgm
    failed 603109: 1 extension not preloaded, which must be, by the documentation of Azure: pg_prewarm (in shop)
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name shared_preload_libraries --value pg_stat_statements,pg_prewarm,auto_explain, and then, since it takes effect with a restart only: az postgres flexible-server restart --resource-group GROUP --name SERVER
    failed 603109: pg_stat_statements set, but not loaded yet
      = az postgres flexible-server restart --resource-group GROUP --name SERVER
    warning: the source preloads what the target does not: auto_explain
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name shared_preload_libraries --value pg_stat_statements,pg_prewarm,auto_explain, and then, since it takes effect with a restart only: az postgres flexible-server restart --resource-group GROUP --name SERVER
    succeeded shop: the target offers every extension, in no older version
    ");
}

#[test]
fn what_the_service_itself_validated() {
    let source = Cluster::start(15);
    for name in ["shop", "billing"] {
        source.sql("postgres", "postgres", &format!("CREATE DATABASE {name}"));
        source.sql(
            "postgres",
            name,
            "CREATE COLLATION german (provider = icu, locale = 'de'); CREATE EXTENSION hstore",
        );
    }
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[("azure.extensions", "hstore")]);
    let run = || {
        check(&from, &to, &["service-validation", "collations", "extensions", "source-version"])
            .with("--database shop --database billing")
    };
    let json = with(run(), "--azure-migration", MIGRATION).with("--format json").status(1).stdout;
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let mut lines = Vec::new();
    for outcome in report["checks"].as_array().unwrap() {
        let text = |key: &str| outcome[key].as_str().unwrap_or("-").to_owned();
        let [state, check, concerns, database, found] =
            ["state", "check", "concerns", "database", "found"].map(text);
        lines.push(format!("{state} {check} {concerns} {database}: {found}"));
    }
    assert_snapshot!(lines.join("\n"), @"
    succeeded source-version - -: 15.18 on the source, 16.14 on the target
    succeeded service-validation service -: AuthenticationAndConnectivityValidation, it connects to both servers and logs in, at 2026-11-27T20:04:00+00:00
    succeeded service-validation service -: SourceVersionValidation, the source's version, at 2026-11-27T20:04:00+00:00 (the check source-version says Succeeded)
    succeeded service-validation service -: QuotaValidation, at 2026-11-27T20:04:00+00:00
    succeeded service-validation service shop: SchemaValidation, what the databases have, at 2026-11-27T20:04:00+00:00
    failed service-validation service shop: ExtensionsValidation, extensions of the databases, at 2026-11-27T20:04:00+00:00: Unsupported Extension. The migration service does not support databases with the extension postgres_fdw. (the check extensions says Succeeded, and differs: for the service its own word stands)
    succeeded service-validation service shop: CollationsValidation, collations and encodings of the databases, at 2026-11-27T20:04:00+00:00 (the check collations says Failed, and differs: for the service its own word stands)
    warning service-validation service billing: SchemaValidation, what the databases have, at 2026-11-27T20:04:00+00:00: The database has large objects.
    succeeded service-validation service billing: ExtensionsValidation, extensions of the databases, at 2026-11-27T20:04:00+00:00 (the check extensions says Succeeded)
    succeeded service-validation service billing: CollationsValidation, collations and encodings of the databases, at 2026-11-27T20:04:00+00:00 (the check collations says Failed, and differs: for the service its own word stands)
    succeeded extensions - -: the extension that has to be on the allow-list is there
    succeeded extensions - -: no extension of the databases has to be preloaded
    succeeded extensions - billing: the target offers every extension, in no older version
    succeeded extensions - shop: the target offers every extension, in no older version
    warning collations service billing: 1 collation made by users, with which the migration service stops: public.german; the service's own validation finds nothing wrong here: its word stands, and this differs
    warning collations service shop: 1 collation made by users, with which the migration service stops: public.german; the service's own validation finds nothing wrong here: its word stands, and this differs
    ");
    // A migration that has not come so far; and JSON of something else.
    let none = MIGRATION.replace("\"validationDetails\"", "\"others\"");
    let run = with(check(&from, &to, &["service-validation"]), "--azure-migration", &none);
    assert_snapshot!(found(run, 0), @"
    unknown: the migration rehearsal has not validated anything yet
      = az postgres flexible-server migration create --resource-group GROUP --server-name SERVER --name check --migration-mode offline --migration-option Validate --properties migration.json
    ");
    let other = with(check(&from, &to, &["network"]), "--azure-migration", SERVER);
    assert_snapshot!(other.fails(), @r#"error: --azure-migration azure-migration.json: an object of type "Microsoft.DBforPostgreSQL/flexibleServers" was found where the output of az postgres flexible-server migration show was expected"#);
}

/// All that is asked of az, with its answers.
fn answers() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "resource list --resource-type Microsoft.DBforPostgreSQL/flexibleServers --name shop ",
            RESOURCES,
        ),
        ("postgres flexible-server show ", SERVER),
        ("postgres flexible-server replica list ", REPLICAS),
        ("postgres flexible-server parameter list ", PARAMETERS),
        ("postgres flexible-server list-skus ", SKUS),
        ("postgres flexible-server migration list ", MIGRATIONS),
        ("postgres flexible-server migration show ", MIGRATION),
        ("postgres flexible-server maintenance-event list ", MAINTENANCE),
    ]
}

/// The target, at its host's name.
fn asking(az: &Az, from: &str, target: &Cluster, only: &[&str]) -> Run {
    let to = at(SHOP, target, "azadmin");
    let run = check(from, &to, only).arg("--azure").env("PATH", az.path());
    run.env("PGPASSWORD", "azadmin secret").env("PGSSLKEY", "secret").env("SECRET_TOKEN", "secret")
}

#[test]
fn az_is_asked() {
    let source = platforms::aurora_like(15);
    source.sql("rdsadmin", "postgres", "CREATE DATABASE shop; ");
    source.sql("rdsadmin", "postgres", "CREATE DATABASE billing");
    let from = source.connection_string("postgres", "postgres");
    let (target, _) = azure(16, &[]);
    let az = match clients() {
        Some(clients) => Az::parsing(&answers(), &clients),
        None => Az::answering(&answers()),
    };
    let only = [
        "target-server",
        "compute",
        "service-validation",
        "high-availability",
        "read-replicas",
        "local-temporary",
    ];
    let run = asking(&az, &from, &target, &only);
    let done = run.with("--database shop --database billing --format json").status(1);
    assert_eq!(done.stderr, "");
    let report = serde_json::from_str(&done.stdout).unwrap();
    assert_snapshot!(super::lines(&report), @"
    succeeded: the target has the roles of a flexible server
    succeeded: the target's state is Ready
    warning: maintenance of the target is planned from 2026-11-28T22:00:00+00:00 to 2026-11-29T02:00:00+00:00, which ends its connections
      = migrate before or afterwards, or put it off; that can be done until 2026-12-12T22:00:00+00:00
    unknown: the target is Standard_D4ds_v5 with 4 vCPUs and 16 GiB; what the source has cannot be seen in its catalogs
      = of Aurora and RDS give --aws, or --aws-instances with what aws rds describe-db-instances writes; else compare it with the machine of the source yourself
    succeeded: AuthenticationAndConnectivityValidation, it connects to both servers and logs in, at 2026-11-27T20:04:00+00:00
    succeeded: SourceVersionValidation, the source's version, at 2026-11-27T20:04:00+00:00
    succeeded: QuotaValidation, at 2026-11-27T20:04:00+00:00
    succeeded shop: SchemaValidation, what the databases have, at 2026-11-27T20:04:00+00:00
    failed shop: ExtensionsValidation, extensions of the databases, at 2026-11-27T20:04:00+00:00: Unsupported Extension. The migration service does not support databases with the extension postgres_fdw.
      = mend it, and let the service validate again: az postgres flexible-server migration create --resource-group shop-rg --server-name shop --name check --migration-mode offline --migration-option Validate --properties migration.json
    succeeded shop: CollationsValidation, collations and encodings of the databases, at 2026-11-27T20:04:00+00:00
    warning billing: SchemaValidation, what the databases have, at 2026-11-27T20:04:00+00:00: The database has large objects.
      = mend it, and let the service validate again: az postgres flexible-server migration create --resource-group shop-rg --server-name shop --name check --migration-mode offline --migration-option Validate --properties migration.json
    succeeded billing: ExtensionsValidation, extensions of the databases, at 2026-11-27T20:04:00+00:00
    succeeded billing: CollationsValidation, collations and encodings of the databases, at 2026-11-27T20:04:00+00:00
    succeeded: high availability is off (mode Disabled)
    failed: shop-read
      = az postgres flexible-server delete --resource-group read-rg --name shop-read, and after the migration az postgres flexible-server replica create --resource-group read-rg --source-server /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shop-rg/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop --name shop-read
    unknown: the target does not tell it, and no --azure-parameters does
      = see that it is off: az postgres flexible-server parameter set --resource-group shop-rg --server-name shop --name azure.enable_temp_tablespaces_on_local_ssd --value off
    ");
    let calls = az.calls();
    let asked: Vec<&str> = calls.iter().map(|(call, _)| call.as_str()).collect();
    assert_snapshot!(asked.join("\n"), @"
    az postgres flexible-server list-skus --location westeurope --output json
    az postgres flexible-server maintenance-event list --maintenance-status Upcoming --resource-group shop-rg --server-name shop --output json
    az postgres flexible-server migration list --filter All --resource-group shop-rg --server-name shop --output json
    az postgres flexible-server migration show --name rehearsal --resource-group shop-rg --server-name shop --output json
    az postgres flexible-server parameter list --resource-group shop-rg --server-name shop --output json
    az postgres flexible-server replica list --resource-group shop-rg --name shop --output json
    az postgres flexible-server show --resource-group shop-rg --name shop --output json
    az resource list --resource-type Microsoft.DBforPostgreSQL/flexibleServers --name shop --output json
    ");
    for (call, seen) in calls {
        assert!(seen.contains("PATH="), "{call}");
        for other in ["PG", "secret", "SECRET", "it could read"] {
            let lines: Vec<&str> = seen.split('\n').filter(|line| line.contains(other)).collect();
            assert_eq!(lines, Vec::<&str>::new(), "{call}");
        }
    }
}

/// What a file tells is not asked for; what cannot be told is said, and unknown.
#[test]
fn az_does_not_tell_all() {
    let source = platforms::aurora_like(15);
    let from = source.connection_string("postgres", "postgres");
    let (target, _) = azure(16, &[]);
    let mut some = answers();
    some.retain(|(start, _)| !start.contains("replica") && !start.contains("migration"));
    some.push(("postgres flexible-server migration list ", "[]"));
    some.push(("postgres flexible-server replica list ", "ERROR: (AuthorizationFailed) The client 'me' does not have authorization.\nCode: AuthorizationFailed"));
    let az = Az::answering(&some);
    let run = asking(&az, &from, &target, &["read-replicas", "service-validation"]);
    let run = with(run, "--azure-parameters", PARAMETERS).with("--format json");
    let done = run.status(0);
    assert_snapshot!(done.stderr, @"warning: --azure: az postgres flexible-server replica list --resource-group shop-rg --name shop: (AuthorizationFailed) The client 'me' does not have authorization.");
    assert_snapshot!(super::lines(&serde_json::from_str(&done.stdout).unwrap()), @"
    unknown: nothing shows a replica, which does not prove that there is none
      = give --azure, or --azure-replicas replicas.json with what this writes: az postgres flexible-server replica list --resource-group shop-rg --name shop --output json > replicas.json
    ");
    assert!(az.calls().iter().all(|(call, _)| !call.contains("parameter")));
}

#[test]
fn az_that_cannot_be_asked() {
    let source = platforms::aurora_like(15);
    let from = source.connection_string("postgres", "postgres");
    let (target, to) = azure(16, &[]);
    let only = ["network"];
    let fails =
        |answers: &[(&str, &str)]| asking(&Az::answering(answers), &from, &target, &only).fails();
    let list = "resource list --resource-type Microsoft.DBforPostgreSQL/flexibleServers --name";
    let all = "resource list --resource-type Microsoft.DBforPostgreSQL/flexibleServers --output";
    let account = ("account show", "{\"id\": \"0000\", \"name\": \"Sandbox\"}");
    let twice =
        RESOURCES.replacen('[', &format!("[{},", RESOURCES.trim().trim_matches(['[', ']'])), 1);
    let several = twice.replacen("shop-rg", "old-rg", 9);
    let other = SERVER.replace("shop.postgres", "crm.postgres");
    let missing =
        check(&from, &at(SHOP, &target, "azadmin"), &only).env("PGPASSWORD", "azadmin secret");
    let said = [
        // Nobody is logged in.
        fails(&[("", "ERROR: Please run 'az login' to setup account.")]),
        // Another subscription, with servers and without.
        fails(&[(list, "[]"), (all, OTHERS), account]),
        fails(&[(list, "[]"), (all, "[]"), account]),
        fails(&[(list, &several)]),
        fails(&[(list, "<html>")]),
        fails(&[(list, "{}")]),
        // It is there, and may not be shown; or it is another one.
        fails(&[(list, RESOURCES), ("", "WARNING: old\nERROR: (AuthorizationFailed) no\nCode: x")]),
        fails(&[(list, RESOURCES), ("postgres flexible-server show", &other)]),
        // It is not installed; and a host that names no server.
        missing.arg("--azure").env("PATH", "/nonexistent").fails(),
        check(&from, &to, &only).arg("--azure").fails(),
    ];
    let said = super::without_sockets(&said.concat())
        .replace(&target.socket().display().to_string(), "SOCKET");
    assert_snapshot!(said, @"
    error: --azure: az resource list --resource-type Microsoft.DBforPostgreSQL/flexibleServers --name shop: Please run 'az login' to setup account.
    error: --azure: az finds no flexible server shop in the subscription Sandbox, but crm in the group sales-rg, hr in the group hr-rg: choose the subscription of the target with az account set --subscription NAME
    error: --azure: az finds no flexible server shop in the subscription Sandbox, nor any other: choose the subscription of the target with az account set --subscription NAME
    error: --azure: az finds more than one flexible server shop: shop in the group old-rg, shop in the group old-rg; give what az writes as files
    error: --azure: az resource list --resource-type Microsoft.DBforPostgreSQL/flexibleServers --name shop: no JSON, in line 1, column 1: write it with az postgres flexible-server … --output json
    error: --azure: az resource list --resource-type Microsoft.DBforPostgreSQL/flexibleServers --name shop: an object of another kind was found where the output of az resource list was expected
    error: --azure: az postgres flexible-server show --resource-group shop-rg --name shop: (AuthorizationFailed) no
    error: --azure: az shows the server with the host crm.postgres.database.azure.com, and the target is shop.postgres.database.azure.com
    error: --azure: az is not on PATH: install it (https://learn.microsoft.com/cli/azure/install-azure-cli), or give its answers as files
    error: --azure: the target's host SOCKET does not name a flexible server: connect to NAME.postgres.database.azure.com, or give what az writes as files
    ");
}

/// The real `aws` on a server that answers as AWS does.
#[test]
fn aws_is_asked() {
    let Some(clients) = clients() else {
        eprintln!("not run: tests/run --clients installs aws first");
        return;
    };
    let moto = Moto::start(&clients);
    for (family, group, kind) in [
        ("aurora-postgresql15", "own-cluster", "Cluster"),
        ("aurora-postgresql15", "own", ""),
        ("postgres15", "plain", ""),
    ] {
        let name = format!("DB{kind}ParameterGroupName");
        let of_family = [(&*name, group), ("DBParameterGroupFamily", family), ("Description", "d")];
        moto.act(&format!("CreateDB{kind}ParameterGroup"), &of_family);
        let parameter = if kind.is_empty() { "work_mem" } else { "random_page_cost" };
        let set = [
            (&*name, group),
            ("Parameters.Parameter.1.ParameterName", parameter),
            ("Parameters.Parameter.1.ParameterValue", "2"),
            ("Parameters.Parameter.1.ApplyMethod", "immediate"),
        ];
        moto.act(&format!("ModifyDB{kind}ParameterGroup"), &set);
    }
    let cluster = [
        ("DBClusterIdentifier", "shop"),
        ("Engine", "aurora-postgresql"),
        ("EngineVersion", "15.4"),
        ("MasterUsername", "postgres"),
        ("MasterUserPassword", "secret123"),
        ("DBClusterParameterGroupName", "own-cluster"),
    ];
    let answer = moto.act("CreateDBCluster", &cluster);
    let host = answer.split_once("<Endpoint>").unwrap().1.split('<').next().unwrap();
    for (name, class) in [("shop-1", "db.r6g.2xlarge"), ("shop-2", "db.r6g.large")] {
        let instance = [
            ("DBInstanceIdentifier", name),
            ("DBClusterIdentifier", "shop"),
            ("Engine", "aurora-postgresql"),
            ("DBInstanceClass", class),
            ("DBParameterGroupName", "own"),
        ];
        moto.act("CreateDBInstance", &instance);
    }
    let instance = [
        ("DBInstanceIdentifier", "plain"),
        ("Engine", "postgres"),
        ("EngineVersion", "15.4"),
        ("DBInstanceClass", "db.m5.large"),
        ("AllocatedStorage", "20"),
        ("MasterUsername", "postgres"),
        ("MasterUserPassword", "secret123"),
        ("DBParameterGroupName", "plain"),
    ];
    let answer = moto.act("CreateDBInstance", &instance);
    let plain = answer.split_once("<Address>").unwrap().1.split('<').next().unwrap();

    let settings = [("random_page_cost", "2"), ("work_mem", "2MB"), ("autovacuum_naptime", "5")];
    let source = platforms::aurora_like_with(15, &settings);
    source.sql("rdsadmin", "postgres", "ALTER ROLE postgres PASSWORD 'azadmin secret'");
    let (_target, to) = azure(16, &[]);
    let run = |host: &str, only: &[&str]| {
        let run = check(&at(host, &source, "postgres"), &to, only).arg("--aws");
        let run = with(run, "--azure-server", SERVER).env("PGPASSWORD", "azadmin secret");
        moto.environment().into_iter().fold(run, |run, (name, value)| run.env(name, value))
    };
    let both = ["compute", "server-parameters"];
    let chosen = |text: String| {
        let lines =
            text.split('\n').filter(|line| line.contains("vCPUs") || line.contains("tuning"));
        let lines = lines.map(|line| line.split(", autovacuum").next().unwrap());
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(chosen(found(run(host, &both), 1)), @"
    failed: the source has 8 vCPUs and 64 GiB (db.r6g.2xlarge), and the target is Standard_D4ds_v5 with 4 vCPUs and 16 GiB: less than half
    warning: 3 tuning parameters differ, 2 chosen on the source: random_page_cost 2 (there 4), work_mem 2MB (there 4MB)
    ");
    // By the host of an instance of it, and of one that belongs to no cluster.
    let reader = plain.replacen("plain", "shop-2", 1);
    assert_snapshot!(found(run(&reader, &["compute"]), 1), @"
    failed: the source has 8 vCPUs and 64 GiB (db.r6g.2xlarge), and the target is Standard_D4ds_v5 with 4 vCPUs and 16 GiB: less than half
      = az postgres flexible-server update --resource-group shop-rg --name shop --tier MemoryOptimized --sku-name Standard_E8ds_v5
    ");
    assert_snapshot!(found(run(plain, &["compute"]), 0), @"succeeded: the source has 2 vCPUs and 8 GiB (db.m5.large), and the target is Standard_D4ds_v5 with 4 vCPUs and 16 GiB");
    // None of this name; no such host; and no aws.
    let said = [
        run(&host.replacen("shop", "crm", 1), &["compute"]).fails(),
        run(&plain.replacen("plain", "crm", 1), &["compute"]).fails(),
        run("db.example.com", &["compute"]).fails(),
        run(host, &["compute"]).env("PATH", "/nonexistent").fails(),
    ];
    assert_snapshot!(said.concat(), @"
    error: --aws: aws finds no cluster crm in the region eu-west-1 with this login, but shop: choose the login of the source's account with AWS_PROFILE=NAME
    error: --aws: aws finds no instance crm in the region eu-west-1 with this login, but plain, shop-1, shop-2: choose the login of the source's account with AWS_PROFILE=NAME
    error: --aws: the source's host db.example.com does not name a cluster or an instance: connect to NAME.….REGION.rds.amazonaws.com, or give what aws writes as files
    error: --aws: aws is not on PATH: install it (https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html), or give its answers as files
    ");
}
