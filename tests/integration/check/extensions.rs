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
    assert_snapshot!(found(databases(check(&from, &to, &ONLY)), 1), @"");

    let (_target, to) = azure(16, &[("azure.extensions", "hstore,ltree,UUID-OSSP")]);
    assert_snapshot!(found(databases(check(&from, &to, &ONLY)), 0), @"");

    // The parameter is of the platform; az knows it too.
    let (_target, to) = azure(16, &[]);
    assert_snapshot!(found(databases(check(&from, &to, &ONLY)), 0), @"");
    let with = |list: &str, allowed: &str| {
        let json = parameters(&[("azure.extensions", list, allowed)]);
        databases(check(&from, &to, &ONLY))
            .with("--azure-parameters parameters.json")
            .file("parameters.json", json)
    };
    assert_snapshot!(found(with("ltree", ""), 1), @"");
    // What it can be set to is what is offered.
    assert_snapshot!(found(with("ltree", "hstore,ltree"), 1), @"");
}

#[test]
fn what_must_be_preloaded() {
    let loaded = [("shared_preload_libraries", "auto_explain,pg_stat_statements,auth_delay")];
    let shop = "CREATE EXTENSION pg_stat_statements; CREATE EXTENSION pg_prewarm";
    let (_source, from) = source(&loaded, "SELECT 1", shop);
    let allowed = ("azure.extensions", "pg_prewarm,pg_stat_statements");
    let preloads = |list| [allowed, ("shared_preload_libraries", list)];

    let (_target, to) = azure(16, &preloads("pg_stat_statements"));
    assert_snapshot!(found(databases(check(&from, &to, &ONLY)), 1), @"");
    // It is set, and waits.
    let json = [("shared_preload_libraries", "pg_stat_statements,pg_prewarm,auto_explain", "")];
    let waiting = databases(check(&from, &to, &ONLY))
        .with("--azure-parameters parameters.json")
        .file("parameters.json", parameters(&json));
    assert_snapshot!(found(waiting, 1), @"");

    let all = "$libdir/pg_stat_statements, pg_prewarm, auto_explain";
    let (target, to) = azure(16, &preloads(all));
    assert_snapshot!(found(databases(check(&from, &to, &ONLY)), 0), @"");

    // Not everybody may see it.
    target.sql("azuresu", "postgres", "CREATE ROLE nobody LOGIN");
    let to = target.connection_string("nobody", "postgres");
    assert_snapshot!(found(databases(check(&from, &to, &ONLY)), 0), @"");
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
    assert_snapshot!(found(databases(check(&from, &to, &ONLY)), 1), @"");
    // What the allow-list names is offered, whatever the documentation says.
    let (_target, to) = azure(18, &[("azure.extensions", "hstore,ltree,citext,seg")]);
    assert_snapshot!(found(check(&from, &to, &ONLY).with("--database shop"), 1), @"");
}

/// A server that cannot be reached has a version nonetheless, and the documentation knows it.
#[test]
fn without_the_target() {
    let shop = "CREATE EXTENSION hstore; CREATE EXTENSION seg; CREATE EXTENSION pg_prewarm";
    let (_source, from) = source(&[], &pretend(&[("age", "1.5.0")]), shop);
    assert_snapshot!(found(databases(check(&from, NOWHERE, &ONLY)), 0), @"");
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
    assert_snapshot!(found(told, 1), @"");
    assert_snapshot!(found(databases(check(NOWHERE, &from, &ONLY)), 0), @"");
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
    assert_snapshot!(found(databases(check(&from, &to, &ONLY)), 1), @"");
}

/// On the source, what is the platform's own is nobody's concern.
#[test]
fn of_an_aurora_like_source() {
    let source = platforms::aurora_like(15);
    source.sql("rdsadmin", "postgres", "CREATE DATABASE shop");
    source.sql("rdsadmin", "shop", "CREATE EXTENSION hstore SCHEMA public");
    source.sql(
        "rdsadmin",
        "postgres",
        "CREATE DATABASE closed; REVOKE CONNECT ON DATABASE closed FROM PUBLIC",
    );
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[("azure.extensions", "hstore")]);
    assert_snapshot!(found(check(&from, &to, &ONLY), 0), @"");
}
