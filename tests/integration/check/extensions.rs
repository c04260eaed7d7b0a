//! Extensions: what the target offers, and what it is set up for.

use std::fs;

use insta::assert_snapshot;

use super::{azure, check, found};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::platforms;

const ONLY: [&str; 1] = ["extensions"];
const NOWHERE: &str = "host=/nowhere user=u dbname=d";

/// A source of 15 with the databases `crm` and `shop`, and what is created in them.
fn source(settings: &[(&str, &str)], crm: &str, shop: &str) -> (Cluster, String) {
    let source = Cluster::start_with(15, "postgres", settings);
    for (database, statements) in [("crm", crm), ("shop", shop)] {
        source.sql("postgres", "postgres", &format!("CREATE DATABASE {database}"));
        source.sql("postgres", database, statements);
    }
    let from = source.connection_string("postgres", "postgres");
    (source, from)
}

/// Extensions that cannot be installed here, as far as the catalog knows.
fn pretend(extensions: &[(&str, &str)]) -> String {
    let values: Vec<_> = extensions
        .iter()
        .zip(90_000..)
        .map(|((name, version), oid)| format!("({oid}, '{name}', 10, 2200, true, '{version}')"))
        .collect();
    format!(
        "SET allow_system_table_mods = on; INSERT INTO pg_extension (oid, extname, extowner, \
         extnamespace, extrelocatable, extversion) VALUES {}",
        values.join(", ")
    )
}

fn databases(run: Run) -> Run {
    run.with("--database crm --database shop")
}

/// What `az postgres flexible-server parameter list` says of some parameters.
fn parameters(all: &[(&str, &str, &str)]) -> String {
    let one = |(name, value, allowed): &(&str, &str, &str)| {
        format!(
            r#"{{"type": "Microsoft.DBforPostgreSQL/flexibleServers/configurations",
            "name": "{name}", "value": "{value}", "allowedValues": "{allowed}"}}"#
        )
    };
    format!("[{}]", all.iter().map(one).collect::<Vec<_>>().join(","))
}

#[test]
fn the_allow_list() {
    let shop = "CREATE EXTENSION hstore; CREATE EXTENSION \"uuid-ossp\"";
    let (_source, from) = source(&[], "CREATE EXTENSION hstore; CREATE EXTENSION ltree", shop);
    let (_target, to) = azure(16, &[("azure.extensions", "LTREE, pg_trgm")]);
    assert_snapshot!(found(databases(check(&from, &to, &ONLY)), 1), @r#"
    failed 603108: 2 extensions not on the allow-list: hstore (in crm, shop), "uuid-ossp" (in shop)
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name azure.extensions --value LTREE,pg_trgm,hstore,uuid-ossp
    succeeded 603109: no extension of the databases has to be preloaded
    succeeded crm: the target offers every extension, in no older version
    succeeded shop: the target offers every extension, in no older version
    "#);

    let (_target, to) = azure(16, &[("azure.extensions", "hstore,ltree,UUID-OSSP")]);
    assert_snapshot!(found(databases(check(&from, &to, &ONLY)), 0), @"
    succeeded 603108: the 3 extensions that have to be on the allow-list are there
    succeeded 603109: no extension of the databases has to be preloaded
    succeeded crm: the target offers every extension, in no older version
    succeeded shop: the target offers every extension, in no older version
    ");

    // The parameter is of the platform; az knows it too.
    let (_target, to) = azure(16, &[]);
    assert_snapshot!(found(databases(check(&from, &to, &ONLY)), 0), @"
    unknown 603108: nothing shows azure.extensions of the target: it must list hstore, ltree, uuid-ossp
      = az postgres flexible-server parameter list --resource-group GROUP --server-name SERVER -o json, to a file for --azure-parameters
    succeeded 603109: no extension of the databases has to be preloaded
    succeeded crm: the target offers every extension, in no older version
    succeeded shop: the target offers every extension, in no older version
    ");
    let with = |list: &str, allowed: &str| {
        let json = parameters(&[("azure.extensions", list, allowed)]);
        databases(check(&from, &to, &ONLY))
            .with("--azure-parameters parameters.json")
            .file("parameters.json", json)
    };
    assert_snapshot!(found(with("ltree", ""), 1), @r#"
    failed 603108: 2 extensions not on the allow-list: hstore (in crm, shop), "uuid-ossp" (in shop)
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name azure.extensions --value ltree,hstore,uuid-ossp
    succeeded 603109: no extension of the databases has to be preloaded
    succeeded crm: the target offers every extension, in no older version
    succeeded shop: the target offers every extension, in no older version
    "#);
    // What it can be set to is what is offered.
    assert_snapshot!(found(with("ltree", "hstore,ltree"), 1), @r#"
    failed 603108: 1 extension not on the allow-list: hstore (in crm, shop)
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name azure.extensions --value ltree,hstore
    succeeded 603109: no extension of the databases has to be preloaded
    succeeded crm: the target offers every extension, in no older version
    failed 603405 shop: not offered by the target: "uuid-ossp" 1.1
      = on the source, when nothing needs it any more: DROP EXTENSION "uuid-ossp"
    "#);
}

#[test]
fn what_must_be_preloaded() {
    let loaded = [("shared_preload_libraries", "auto_explain,pg_stat_statements,auth_delay")];
    let shop = "CREATE EXTENSION pg_stat_statements; CREATE EXTENSION pg_prewarm";
    let (_source, from) = source(&loaded, "SELECT 1", shop);
    let allowed = ("azure.extensions", "pg_prewarm,pg_stat_statements");
    let preloads = |list| [allowed, ("shared_preload_libraries", list)];

    let (_target, to) = azure(16, &preloads("pg_stat_statements"));
    assert_snapshot!(found(databases(check(&from, &to, &ONLY)), 1), @"
    succeeded 603108: the 2 extensions that have to be on the allow-list are there
    failed 603109: 1 extension not preloaded, which must be, by the documentation of Azure: pg_prewarm (in shop)
      = look at its value first, which has to stay in it: az postgres flexible-server parameter show --resource-group GROUP --server-name SERVER --name shared_preload_libraries --query value; then az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name shared_preload_libraries --value pg_stat_statements,pg_prewarm,auto_explain, and then, since it takes effect with a restart only: az postgres flexible-server restart --resource-group GROUP --name SERVER
    warning: the source preloads what the target does not: auto_explain
      = look at its value first, which has to stay in it: az postgres flexible-server parameter show --resource-group GROUP --server-name SERVER --name shared_preload_libraries --query value; then az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name shared_preload_libraries --value pg_stat_statements,pg_prewarm,auto_explain, and then, since it takes effect with a restart only: az postgres flexible-server restart --resource-group GROUP --name SERVER
    warning: the source preloads what a flexible server does not offer, by the documentation of Azure: auth_delay
      = find out what needs it, and do without
    succeeded crm: the target offers every extension, in no older version
    succeeded shop: the target offers every extension, in no older version
    ");
    // It is set, and waits.
    let json = [("shared_preload_libraries", "pg_stat_statements,pg_prewarm,auto_explain", "")];
    let waiting = databases(check(&from, &to, &ONLY))
        .with("--azure-parameters parameters.json")
        .file("parameters.json", parameters(&json));
    assert_snapshot!(found(waiting, 1), @"
    succeeded 603108: the 2 extensions that have to be on the allow-list are there
    failed 603109: pg_prewarm, auto_explain set, but not loaded yet
      = az postgres flexible-server restart --resource-group GROUP --name SERVER
    warning: the source preloads what a flexible server does not offer, by the documentation of Azure: auth_delay
      = find out what needs it, and do without
    succeeded crm: the target offers every extension, in no older version
    succeeded shop: the target offers every extension, in no older version
    ");

    let all = "$libdir/pg_stat_statements, pg_prewarm, auto_explain";
    let (target, to) = azure(16, &preloads(all));
    assert_snapshot!(found(databases(check(&from, &to, &ONLY)), 0), @"
    succeeded 603108: the 2 extensions that have to be on the allow-list are there
    succeeded 603109: what has to be preloaded is: pg_prewarm, pg_stat_statements
    warning: the source preloads what a flexible server does not offer, by the documentation of Azure: auth_delay
      = find out what needs it, and do without
    succeeded crm: the target offers every extension, in no older version
    succeeded shop: the target offers every extension, in no older version
    ");

    // Not everybody may see it.
    target.sql("azuresu", "postgres", "CREATE ROLE nobody LOGIN");
    let to = target.connection_string("nobody", "postgres");
    assert_snapshot!(found(databases(check(&from, &to, &ONLY)), 0), @"
    succeeded 603108: the 2 extensions that have to be on the allow-list are there
    unknown 603109: nothing shows shared_preload_libraries of the target: it must list pg_prewarm, pg_stat_statements
      = az postgres flexible-server parameter list --resource-group GROUP --server-name SERVER -o json, to a file for --azure-parameters
    succeeded crm: the target offers every extension, in no older version
    succeeded shop: the target offers every extension, in no older version
    ");
}

#[test]
fn what_the_target_does_not_offer() {
    let crm =
        pretend(&[("aws_commons", "1.2"), ("aws_s3", "1.1"), ("plrust", "1.2"), ("nemo", "1")]);
    let shop = format!(
        "CREATE EXTENSION seg; CREATE EXTENSION hstore SCHEMA pg_catalog; {}",
        pretend(&[("age", "1.5.0"), ("ltree", "1.9"), ("citext", "1.5"), ("azure", "1.1")])
    );
    let (_source, from) = source(&[], &crm, &shop);
    let allowed = "hstore,ltree,citext";
    let (_target, to) = azure(18, &[("azure.extensions", allowed)]);
    assert_snapshot!(found(databases(check(&from, &to, &ONLY)), 1), @"
    succeeded 603108: the 3 extensions that have to be on the allow-list are there
    succeeded 603109: no extension of the databases has to be preloaded
    failed 603405 crm: aws_commons 1.2 is not offered by the target; it only serves aws_s3 and aws_lambda, and goes with them
      = on the source, when nothing needs it any more: DROP EXTENSION aws_commons
    failed 603405 crm: aws_s3 1.1 is not offered by the target; azure_storage reads and writes files of Azure Blob Storage: other functions
      = on the source, when nothing needs it any more: DROP EXTENSION aws_s3
    failed 603405 crm: plrust 1.2 is not offered by the target; extensions of one's own cannot be installed there: keep their objects as plain SQL
      = on the source, when nothing needs it any more: DROP EXTENSION plrust
    failed 603405 crm: not offered by the target: nemo 1
      = on the source, when nothing needs it any more: DROP EXTENSION nemo
    failed 603408 shop: not offered for version 18: age 1.5.0
      = create the target with version 16, for which Azure documents it; or on the source, when nothing needs it any more: DROP EXTENSION age
    warning shop: the target has it, but the documentation of Azure does not list it for version 18: seg 1.4
      = see whether azure.extensions of the target can be set to it
    warning shop: older on the target: ltree 1.9 (there 1.3)
      = see that nothing needs what is new in the source's version
    succeeded shop: 1 extension newer on the target, where restoring creates them in its version: citext 1.5 (there 1.8)
    failed 603407 shop: in a system schema: hstore
      = on the source: ALTER EXTENSION hstore SET SCHEMA public; what cannot be moved: DROP EXTENSION, and CREATE EXTENSION … SCHEMA public
    succeeded shop: the platform's own, and not migrated: azure
    ");
    // What the allow-list names is offered, whatever the documentation says.
    let (_target, to) = azure(18, &[("azure.extensions", "hstore,ltree,citext,seg")]);
    assert_snapshot!(found(check(&from, &to, &ONLY).with("--database shop"), 1), @"
    succeeded 603108: the 4 extensions that have to be on the allow-list are there
    succeeded 603109: no extension of the databases has to be preloaded
    failed 603408 shop: not offered for version 18: age 1.5.0
      = create the target with version 16, for which Azure documents it; or on the source, when nothing needs it any more: DROP EXTENSION age
    warning shop: older on the target: ltree 1.9 (there 1.3)
      = see that nothing needs what is new in the source's version
    succeeded shop: 1 extension newer on the target, where restoring creates them in its version: citext 1.5 (there 1.8)
    failed 603407 shop: in a system schema: hstore
      = on the source: ALTER EXTENSION hstore SET SCHEMA public; what cannot be moved: DROP EXTENSION, and CREATE EXTENSION … SCHEMA public
    succeeded shop: the platform's own, and not migrated: azure
    ");
}

/// A server that cannot be reached has a version nonetheless, and the documentation knows it.
#[test]
fn without_the_target() {
    let shop = "CREATE EXTENSION hstore; CREATE EXTENSION seg; CREATE EXTENSION pg_prewarm";
    let (_source, from) = source(&[], &pretend(&[("age", "1.5.0")]), shop);
    assert_snapshot!(found(databases(check(&from, NOWHERE, &ONLY)), 2), @"
    unknown 603108: nothing shows azure.extensions of the target: it must list age, hstore, pg_prewarm, seg
      = az postgres flexible-server parameter list --resource-group GROUP --server-name SERVER -o json, to a file for --azure-parameters
    unknown 603109: nothing shows shared_preload_libraries of the target: it must list age, pg_prewarm
      = az postgres flexible-server parameter list --resource-group GROUP --server-name SERVER -o json, to a file for --azure-parameters
    unknown crm: neither the target nor the documentation could be asked for age
    unknown shop: neither the target nor the documentation could be asked for hstore, pg_prewarm, seg
    ");
    let server = r#"{"type": "Microsoft.DBforPostgreSQL/flexibleServers", "name": "shop",
        "resourceGroup": "rg", "version": "17"}"#;
    let json = parameters(&[
        ("azure.extensions", "hstore", ""),
        ("shared_preload_libraries", "pg_stat_statements", ""),
    ]);
    let told = databases(check(&from, NOWHERE, &ONLY))
        .with("--azure-server server.json --azure-parameters parameters.json")
        .file("server.json", server)
        .file("parameters.json", json);
    assert_snapshot!(found(told, 1), @"
    failed 603108: 1 extension not on the allow-list: pg_prewarm (in shop)
      = az postgres flexible-server parameter set --resource-group rg --server-name shop --name azure.extensions --value hstore,pg_prewarm
    failed 603109: 1 extension not preloaded, which must be, by the documentation of Azure: pg_prewarm (in shop)
      = az postgres flexible-server parameter set --resource-group rg --server-name shop --name shared_preload_libraries --value pg_stat_statements,pg_prewarm, and then, since it takes effect with a restart only: az postgres flexible-server restart --resource-group rg --name shop
    failed 603408 crm: not offered for version 17: age 1.5.0
      = create the target with version 16, for which Azure documents it; or on the source, when nothing needs it any more: DROP EXTENSION age
    failed 603405 shop: not offered by the target: seg 1.4
      = on the source, when nothing needs it any more: DROP EXTENSION seg
    ");
    assert_snapshot!(found(databases(check(NOWHERE, &from, &ONLY)), 2), @"unknown: the source could not be read");
}

/// Since 18 a server finds extensions elsewhere too: these pretend to be what they are called.
#[test]
fn extensions_that_need_care() {
    let all = [
        ("timescaledb", "2.22.0", "2.20.0"),
        ("postgis", "3.4.0", "3.5.2"),
        ("postgis_raster", "3.6.0", "2.5.0"),
        ("postgis_topology", "3.6.0", "3.6.0"),
        ("postgis_tiger_geocoder", "3.6.0", "3.6.0"),
        ("pg_partman", "5.0.1", "4.7.1"),
        ("pg_cron", "1.6", "1.6"),
        ("pg_repack", "1.4.7", "1.5.1"),
        ("anon", "2.4.0", "1.3.2"),
        ("pglogical", "2.4.6", "2.4.6"),
    ];
    let (target, to) = azure(18, &[("azure.extensions", "postgres_fdw,dblink")]);
    let place = target.new_directory("more");
    fs::create_dir(place.join("extension")).unwrap();
    for (name, version, _) in all {
        let file = place.join("extension").join(format!("{name}.control"));
        fs::write(file, format!("default_version = '{version}'\n")).unwrap();
    }
    let path = format!("$system:{}", place.display());
    let set = format!("ALTER DATABASE postgres SET extension_control_path = '{path}'");
    target.sql("azuresu", "postgres", &set);

    let installed: Vec<_> = all.iter().map(|(name, _, version)| (*name, *version)).collect();
    let crm = pretend(&installed);
    let shop = "CREATE EXTENSION postgres_fdw; CREATE EXTENSION dblink";
    let (_source, from) = source(&[], &crm, shop);
    assert_snapshot!(found(databases(check(&from, &to, &ONLY)), 1), @"
    failed 603108: 9 extensions not on the allow-list: anon (in crm), pg_cron (in crm), pg_partman (in crm), pg_repack (in crm), pglogical (in crm), postgis (in crm), postgis_raster (in crm), postgis_tiger_geocoder (in crm), postgis_topology (in crm)
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name azure.extensions --value postgres_fdw,dblink,anon,pg_cron,pg_partman,pg_repack,pglogical,postgis,postgis_raster,postgis_tiger_geocoder,postgis_topology
    failed 603109: 4 extensions not preloaded, which must be, by the documentation of Azure: anon (in crm), pg_cron (in crm), pg_partman (in crm), pglogical (in crm)
      = look at its value first, which has to stay in it: az postgres flexible-server parameter show --resource-group GROUP --server-name SERVER --name shared_preload_libraries --query value; then az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name shared_preload_libraries --value anon,pg_cron,pg_partman_bgw,pglogical, and then, since it takes effect with a restart only: az postgres flexible-server restart --resource-group GROUP --name SERVER
    warning crm: the target has it, but the documentation of Azure does not list it for version 18: timescaledb 2.22.0
      = see whether azure.extensions of the target can be set to it
    failed 603406 crm: older on the target: postgis 3.5.2 (there 3.4.0)
      = create the target with a version that has it
    warning crm: older on the target: pg_repack 1.5.1 (there 1.4.7)
      = see that nothing needs what is new in the source's version
    succeeded crm: 4 extensions newer on the target, where restoring creates them in its version: anon 1.3.2 (there 2.4.0), pg_partman 4.7.1 (there 5.0.1), postgis_raster 2.5.0 (there 3.6.0), timescaledb 2.20.0 (there 2.22.0)
    warning crm: anon: its masking rules are security labels, which can be restored only where its library is preloaded
      = afterwards compare SELECT objtype, objname, label FROM pg_seclabels WHERE provider = 'anon' on both sides
    warning crm: anon: another major version: functions and masking rules of the former one can be gone
      = try the rules on the target before the migration
    warning crm: pg_cron: its jobs are rows of cron.job, and run in the database that cron.database_name names; those for other users cannot be scheduled on a flexible server
      = stop the jobs on the source first, set cron.database_name on the target, and compare cron.job on both sides afterwards: what is missing, SELECT cron.schedule(…)
    failed 603405 crm: pg_partman: version 5 cannot read what earlier versions wrote into its tables
      = update it to version 5 on the source first, or create the target with version 15, which has version 4
    warning 603405 crm: pg_partman: its configuration is rows of its own tables, and its maintenance must rest while they are copied
      = stop its background worker and its jobs on both sides until the migration is over; afterwards compare the rows of part_config on both sides
    warning crm: pg_repack: on a flexible server only members of azure_pg_admin can use it
      = run pg_repack as such a member, with its option --no-superuser-check, in the version of the target
    warning crm: pglogical: its nodes, sets and subscriptions mean this very server
      = drop them on the source first, or create them again on the target with its address
    warning crm: postgis_raster: another major version of PostGIS: functions were removed, and rasters have an extension of their own since 3
      = update it on the source first: SELECT postgis_extensions_upgrade()
    warning 603405 crm: postgis_tiger_geocoder: its loader's settings are rows of its own tables
      = afterwards compare the rows of tiger.geocode_settings and tiger.loader_* on both sides
    warning 603405 crm: postgis_topology: its topologies are rows of its own tables, and the sequence of their numbers begins again
      = on the target, afterwards: SELECT setval('topology.topology_id_seq', (SELECT coalesce(max(id), 1) FROM topology.topology))
    warning 603405 crm: timescaledb: a flexible server has its Apache-2 edition only, and the service brings it offline only: no compression, no continuous aggregates
      = migrate this database offline, and see that its hypertables use nothing of the community edition; its own tables come as configuration tables
    succeeded shop: 1 extension newer on the target, where restoring creates them in its version: postgres_fdw 1.1 (there 1.2)
    warning shop: dblink: the target will open the connections that the source opens today
      = see that what they lead to can be reached from the target's network, and that its firewall lets the target in
    warning 603405 shop: postgres_fdw: the service brings neither its foreign servers nor their user mappings, and can refuse the database
      = create them on the target by hand: CREATE SERVER, CREATE USER MAPPING; where the service refuses, drop it on the source or migrate this database with pg_dump
    ");
}

/// On the source, what is the platform's own is nobody's concern.
#[test]
fn of_an_aurora_like_source() {
    let source = platforms::aurora_like(15);
    source.sql("rdsadmin", "postgres", "CREATE DATABASE shop");
    source.sql("rdsadmin", "shop", "CREATE EXTENSION hstore SCHEMA public");
    source.sql("rdsadmin", "postgres", "CREATE DATABASE closed");
    source.sql("rdsadmin", "postgres", "REVOKE CONNECT ON DATABASE closed FROM PUBLIC");
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[("azure.extensions", "hstore")]);
    let socket = format!("{}/.s.PGSQL.{}", source.socket().display(), source.port);
    let told = found(check(&from, &to, &ONLY), 2).replace(&socket, "SOCKET");
    assert_snapshot!(told, @r#"
    unknown 603108: the extension that has to be on the allow-list is there, but 1 database could not be seen
    unknown 603109: no extension of the databases has to be preloaded, but 1 database could not be seen
    unknown closed: closed of the source: SOCKET: permission denied for database "closed" (42501)
    succeeded shop: the target offers every extension, in no older version
    "#);
}

/// The jobs of all databases are in one of them.
#[test]
fn jobs_outside_of_the_selection() {
    let source = Cluster::start_with(15, "postgres", &[("cron.database_name", "jobs")]);
    source.sql("postgres", "postgres", "CREATE DATABASE jobs");
    source.sql("postgres", "postgres", "CREATE DATABASE shop");
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[]);
    let run = || check(&from, &to, &["extensions"]).with("--database shop");
    let of_cron = |text: String| {
        text.split('\n')
            .filter(|line| line.contains("cron"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_snapshot!(of_cron(found(run(), 0)), @"
    warning: pg_cron of the source has its jobs in jobs (cron.database_name), which is not among the databases: they stay behind, those that run in other databases, too
      = see which there are, in jobs: SELECT jobname, schedule, command, database, username FROM cron.job; and schedule them on the target afterwards, in its own cron.database_name: SELECT cron.schedule_in_database(…)
    ");
    assert_eq!(of_cron(found(run().with("--database jobs"), 0)), "");
}
