//! What a check says of objects, and what a restore says of the same: what fails there fails here, and what
//! is ordinary does neither.

use insta::assert_snapshot;

use super::{azure, check, found};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::platforms;

/// The `pg_dump` and `pg_restore` that is used.
pub(super) const CLIENT: u32 = 18;

/// A server of one's own, with a database that has this.
pub(super) fn source(major: u32, sql: &str) -> Cluster {
    let source = Cluster::start(major);
    source.sql("postgres", "postgres", "CREATE DATABASE shop");
    source.sql("postgres", "shop", sql);
    source
}

/// The check of some names about the database.
pub(super) fn run(source: &Cluster, to: &str, only: &[&str]) -> Run {
    check(&source.connection_string("postgres", "postgres"), to, only).with("--database shop")
}

/// Restores the database as the administrator, into one that is new: the errors, a line each.
fn restore(source: &Cluster, target: &Cluster) -> String {
    restore_with(source, target, &[])
}

/// The same, with options for `pg_dump`.
fn restore_with(source: &Cluster, target: &Cluster, options: &[&str]) -> String {
    target.sql("azadmin", "postgres", "DROP DATABASE IF EXISTS shop");
    target.sql("azadmin", "postgres", "CREATE DATABASE shop");
    let file = target.socket().join("shop.dump");
    let mut dump = source.client(CLIENT, "pg_dump", "postgres");
    let dump = dump.args(options).arg("-Fc").arg("-f").arg(&file).arg("shop").output().unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let mut restore = target.client(CLIENT, "pg_restore", "azadmin");
    let restore =
        restore.args(["--no-owner", "--no-acl", "-d", "shop"]).arg(&file).output().unwrap();
    let said = String::from_utf8(restore.stderr).unwrap();
    let errors = said.split('\n').filter_map(|line| Some(line.split_once("ERROR:")?.1.trim()));
    errors.collect::<Vec<_>>().join("\n")
}

/// The statements that mend what failed: what follows the first colon of each remedy.
fn remedies(run: Run) -> Vec<String> {
    let report = run.with("--format json").done_or_different().stdout;
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let failed = report["checks"].as_array().unwrap().iter().filter(|it| it["state"] == "failed");
    let remedies = failed.map(|it| it["remedy"].as_str().unwrap().split_once(": ").unwrap().1);
    remedies.map(str::to_owned).collect()
}

fn rows(target: &Cluster, table: &str) -> String {
    let count = target.query("azuresu", "shop", &format!("SELECT count(*) FROM {table}"));
    count[0][0].clone().unwrap()
}

const PATHS: &str = "CREATE SCHEMA app; SET search_path = app, public;
    CREATE TABLE rates (c text PRIMARY KEY, lower text); INSERT INTO rates VALUES ('EUR');
    CREATE FUNCTION norm(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower(t) $$;
    CREATE FUNCTION norm2(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT norm(t) $$;
    CREATE FUNCTION rate_ok(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN EXISTS (SELECT 1 FROM rates WHERE c = x); END $$;
    CREATE FUNCTION \"Odd Name\"(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN rate_ok(x); END $$;
    CREATE TABLE indexed (t text); INSERT INTO indexed VALUES ('A'); CREATE INDEX i ON indexed (norm2(t));
    CREATE TABLE checked (c text CHECK (rate_ok(c))); INSERT INTO checked VALUES ('EUR');
    CREATE TABLE \"odd table\" (c text CHECK (\"Odd Name\"(c))); INSERT INTO \"odd table\" VALUES ('EUR');
    CREATE TABLE generated (t text, n text GENERATED ALWAYS AS (norm2(t)) STORED); INSERT INTO generated VALUES ('B');
    CREATE DOMAIN code AS text CHECK (rate_ok(VALUE)); CREATE TABLE of_domain (c code); INSERT INTO of_domain VALUES ('EUR');
    CREATE FUNCTION total() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM rates); END $$;
    CREATE MATERIALIZED VIEW summed AS SELECT total() AS n";

/// These run in a restore as well, and find what they name: qualified, with a path of their own, or the
/// server's; or they do not run then.
const ORDINARY_PATHS: &str = "CREATE SCHEMA app; SET search_path = app, public;
    CREATE TABLE rates (c text PRIMARY KEY, lower text); INSERT INTO rates VALUES ('EUR');
    CREATE FUNCTION norm(rates text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower(rates) $$;
    CREATE FUNCTION norm2(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT app.norm(t) $$;
    CREATE FUNCTION lower(int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 1 $$;
    CREATE FUNCTION rate_ok(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN EXISTS (SELECT 1 FROM app.rates WHERE c = x); END $$;
    CREATE FUNCTION pathed(x text) RETURNS boolean LANGUAGE plpgsql SET search_path = app AS $$ BEGIN RETURN EXISTS (SELECT 1 FROM rates WHERE c = x); END $$;
    CREATE FUNCTION elsewhere() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM rates $$;
    CREATE TABLE indexed (t text DEFAULT elsewhere()::text); INSERT INTO indexed VALUES ('A'); CREATE INDEX i ON indexed (norm2(t));
    CREATE TABLE checked (c text CHECK (norm2(c) = 'eur')); INSERT INTO checked VALUES ('EUR');
    CREATE TABLE generated (t text, n text GENERATED ALWAYS AS (norm(t)) STORED); INSERT INTO generated VALUES ('B');
    CREATE MATERIALIZED VIEW checks AS SELECT rate_ok('EUR'), pathed('EUR'); CREATE VIEW summed AS SELECT elsewhere() AS n";

#[test]
fn functions_that_find_nothing_while_data_is_loaded() {
    let (target, to) = azure(17, &[]);
    let shop = source(13, PATHS);
    let only = ["search-paths"];
    assert_snapshot!(found(run(&shop, &to, &only), 1), @r#"
    failed shop: app."Odd Name"(text) names rate_ok without a schema, and a restore runs it with an empty search_path: app."odd table" arrives empty
      = on the source, as its owner: ALTER ROUTINE app."Odd Name"(text) SET search_path = app, public
    failed shop: app.norm2(text) names norm without a schema, and a restore runs it with an empty search_path: app.generated is not created, or arrives empty, the index app.i is missing
      = on the source, as its owner: ALTER ROUTINE app.norm2(text) SET search_path = app, public
    failed shop: app.rate_ok(text) names rates without a schema, and a restore runs it with an empty search_path: app.checked arrives empty, app.of_domain arrives empty
      = on the source, as its owner: ALTER ROUTINE app.rate_ok(text) SET search_path = app, public
    warning shop: app.rate_ok(text) reads app.rates while other tables are loaded; where these come first: app."odd table" arrives empty, app.checked arrives empty, app.of_domain arrives empty
      = after the restore, for each table that is empty, once more from the same dump: pg_restore --data-only --schema=… --table=…
    failed shop: app.total() names rates without a schema, and a restore runs it with an empty search_path: the materialized view app.summed has no rows
      = on the source, as its owner: ALTER ROUTINE app.total() SET search_path = app, public
    "#);
    let errors = restore(&shop, &target);
    assert_snapshot!(errors, @r#"
    function norm(text) does not exist
    relation "rates" does not exist
    relation "app.generated" does not exist
    function rate_ok(text) does not exist
    relation "rates" does not exist
    function norm(text) does not exist
    relation "rates" does not exist
    "#);
    for table in ["checked", "\"odd table\"", "of_domain"] {
        assert_eq!(rows(&target, &format!("app.{table}")), "0");
    }
    // What is proposed can be done, and mends it.
    for statement in remedies(run(&shop, &to, &only)) {
        shop.sql("postgres", "shop", &statement);
    }
    assert_snapshot!(found(run(&shop, &to, &only), 0), @r#"
    warning shop: app.rate_ok(text) reads app.rates while other tables are loaded; where these come first: app."odd table" arrives empty, app.checked arrives empty, app.of_domain arrives empty
      = after the restore, for each table that is empty, once more from the same dump: pg_restore --data-only --schema=… --table=…
    "#);
    // What it reads comes later: such a table is loaded once more.
    assert_snapshot!(restore(&shop, &target), @r#"
    new row for relation "checked" violates check constraint "checked_c_check"
    new row for relation "odd table" violates check constraint "odd table_c_check"
    value for domain app.code violates check constraint "code_check"
    "#);
    for table in ["checked", "odd table", "of_domain"] {
        let mut again = target.client(CLIENT, "pg_restore", "azadmin");
        let again = again.args([
            "--no-owner",
            "--data-only",
            "--schema=app",
            "-d",
            "shop",
            "--table",
            table,
        ]);
        assert!(again.arg(target.socket().join("shop.dump")).output().unwrap().status.success());
        assert_eq!(rows(&target, &format!("app.\"{table}\"")), "1");
    }

    let ordinary = source(13, ORDINARY_PATHS);
    assert_snapshot!(found(run(&ordinary, &to, &only), 0), @"succeeded shop: no name without its schema was seen in functions that run while data is loaded, in SQL and PL/pgSQL; names that are made up as they run are not seen");
    assert_eq!(restore(&ordinary, &target), "");
}

#[test]
fn what_newer_versions_have_done_away_with() {
    let (target, to) = azure(17, &[]);
    let shop = source(
        11,
        "CREATE TABLE dated (a int, b abstime, c reltime[]); INSERT INTO dated VALUES (1);
         CREATE AGGREGATE collect(anyelement) (SFUNC = array_append, STYPE = anyarray, INITCOND = '{}');
         CREATE FUNCTION fact(bigint) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT 1::numeric $$;
         CREATE OPERATOR public.!? (LEFTARG = bigint, PROCEDURE = fact);
         CREATE VIEW writes AS SELECT checkpoints_timed, buffers_clean FROM pg_stat_bgwriter;
         CREATE VIEW sources AS SELECT adsrc FROM pg_attrdef;
         CREATE VIEW kinds AS SELECT protransform FROM pg_proc",
    );
    let only = ["version-leap"];
    assert_snapshot!(found(run(&shop, &to, &only), 1), @"
    failed shop: columns of a type that is gone since 12, in 1 relation: public.dated
      = on the source, in a maintenance window, since it rewrites the table: ALTER TABLE … ALTER COLUMN … TYPE timestamptz, or interval for reltime
    failed shop: the aggregate public.collect(anyelement) is over anyarray, with a function that takes anycompatiblearray since 14
      = leave it out of the restore (pg_restore --use-list), and create it on the target with anycompatible and anycompatiblearray; what depends on it after that
    failed shop: the operator public.!?(bigint,NONE) is a postfix one, which are gone since 14
      = call its function instead, and drop the operator on the source
    failed shop: the view public.kinds reads what 17 does not have: pg_proc.protransform
      = leave it out of the restore (pg_restore --use-list), or drop it on the source; write it anew on the target
    failed shop: the view public.sources reads what 17 does not have: pg_attrdef.adsrc
      = leave it out of the restore (pg_restore --use-list), or drop it on the source; write it anew on the target
    failed shop: the view public.writes reads what 17 does not have: pg_stat_bgwriter.checkpoints_timed
      = leave it out of the restore (pg_restore --use-list), or drop it on the source; write it anew on the target
    warning: from 11 to 17: the release notes of each version between list what behaves otherwise
      = review the part Migration to Version of https://www.postgresql.org/docs/release/12.0/, https://www.postgresql.org/docs/release/13.0/, https://www.postgresql.org/docs/release/14.0/, https://www.postgresql.org/docs/release/15.0/, https://www.postgresql.org/docs/release/16.0/, https://www.postgresql.org/docs/release/17.0/
    ");
    assert_snapshot!(restore(&shop, &target), @r#"
    function array_append(anyarray, anyelement) does not exist
    operator right argument type must be specified
    type "abstime" does not exist
    column pg_proc.protransform does not exist
    column pg_attrdef.adsrc does not exist
    column pg_stat_bgwriter.checkpoints_timed does not exist
    relation "public.dated" does not exist
    "#);

    let ordinary = source(
        13,
        "CREATE TABLE dated (a int, b timestamptz);
         CREATE AGGREGATE collect(int) (SFUNC = array_append, STYPE = int[], INITCOND = '{}');
         CREATE FUNCTION fact(bigint) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT 1::numeric $$;
         CREATE OPERATOR public.!? (RIGHTARG = bigint, PROCEDURE = fact);
         CREATE VIEW writes AS SELECT buffers_clean FROM pg_stat_bgwriter;
         CREATE VIEW sessions AS SELECT * FROM pg_stat_activity;
         CREATE VIEW tables AS SELECT table_name FROM information_schema.tables",
    );
    assert_snapshot!(found(run(&ordinary, &to, &only), 0), @"
    succeeded shop: nothing was found in it that the target's version has done away with
    warning: from 13 to 17: the release notes of each version between list what behaves otherwise
      = review the part Migration to Version of https://www.postgresql.org/docs/release/14.0/, https://www.postgresql.org/docs/release/15.0/, https://www.postgresql.org/docs/release/16.0/, https://www.postgresql.org/docs/release/17.0/
    ");
    assert_eq!(restore(&ordinary, &target), "");
    // pg_stat_statements has other columns in 17.
    let statements = source(
        16,
        "CREATE EXTENSION pg_stat_statements; CREATE VIEW slow AS SELECT query, blk_read_time FROM pg_stat_statements",
    );
    assert_snapshot!(found(run(&statements, &to, &only), 1), @"
    failed shop: the view public.slow reads what 17 does not have: pg_stat_statements.blk_read_time
      = leave it out of the restore (pg_restore --use-list), or drop it on the source; write it anew on the target
    warning: from 16 to 17: the release notes of each version between list what behaves otherwise
      = review the part Migration to Version of https://www.postgresql.org/docs/release/17.0/
    ");
}

#[test]
fn functions_that_set_parameters() {
    let shop = source(
        13,
        "CREATE FUNCTION replica() RETURNS void LANGUAGE sql SET session_replication_role = replica AS 'SELECT';
         CREATE FUNCTION logs() RETURNS void LANGUAGE sql SET log_statement = 'all' AS 'SELECT';
         CREATE FUNCTION dotted() RETURNS void LANGUAGE sql SET \"my.tenant\" = '1' AS 'SELECT';
         CREATE FUNCTION gone() RETURNS void LANGUAGE sql SET operator_precedence_warning = on AS 'SELECT';
         CREATE FUNCTION oids() RETURNS void LANGUAGE sql SET default_with_oids = off AS 'SELECT';
         CREATE FUNCTION checked() RETURNS void LANGUAGE sql SET plpgsql.extra_warnings = 'all' AS 'SELECT';
         CREATE FUNCTION fine() RETURNS void LANGUAGE sql SET work_mem = '64MB' SET search_path = public AS 'SELECT'",
    );
    let (target, to) = azure(17, &[]);
    let only = ["function-settings"];
    assert_snapshot!(found(run(&shop, &to, &only), 1), @r#"
    failed shop: public.logs() sets log_statement, which takes a superuser on the target
      = on the source, where it does without: ALTER ROUTINE public.logs() RESET log_statement
    failed shop: public.dotted() sets my.tenant, which no library of the target has
      = on the source, where it does without: ALTER ROUTINE public.dotted() RESET "my.tenant"
    failed shop: public.gone() sets operator_precedence_warning, which the target does not have
      = on the source, where it does without: ALTER ROUTINE public.gone() RESET operator_precedence_warning
    failed shop: public.checked() sets plpgsql.extra_warnings, which no library of the target has
      = on the source, where it does without: ALTER ROUTINE public.checked() RESET "plpgsql.extra_warnings"
    failed shop: public.replica() sets session_replication_role, which takes a superuser on the target
      = on the source, where it does without: ALTER ROUTINE public.replica() RESET session_replication_role
    "#);
    assert_snapshot!(restore(&shop, &target), @r#"
    permission denied to set parameter "plpgsql.extra_warnings"
    permission denied to set parameter "my.tenant"
    unrecognized configuration parameter "operator_precedence_warning"
    permission denied to set parameter "log_statement"
    permission denied to set parameter "session_replication_role"
    "#);
    // As Azure gives it.
    target.sql(
        "azuresu",
        "postgres",
        "GRANT SET ON PARAMETER session_replication_role TO azure_pg_admin",
    );
    for statement in remedies(run(&shop, &to, &only)) {
        shop.sql("postgres", "shop", &statement);
    }
    assert_snapshot!(found(run(&shop, &to, &only), 0), @"succeeded shop: no function sets what the target's administrator may not set");
    assert_eq!(restore(&shop, &target), "");
}

/// Every aggregate is written in `internal`; its state may be of that type for superusers only.
#[test]
fn aggregates() {
    let (target, to) = azure(17, &[]);
    for major in [10, 16] {
        let shop = source(
            major,
            "CREATE ROLE app; CREATE SCHEMA s AUTHORIZATION app;
             CREATE AGGREGATE s.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
             ALTER AGGREGATE s.total(int) OWNER TO app",
        );
        let only = ["superuser-objects"];
        assert_eq!(
            found(run(&shop, &to, &only), 0),
            "succeeded shop: no superuser owns anything in it, and nothing in it takes one to create"
        );
        assert_eq!(restore(&shop, &target), "");
        shop.sql(
            "postgres",
            "shop",
            "CREATE AGGREGATE s.mean(bigint) (SFUNC = int8_avg_accum, STYPE = internal, FINALFUNC = numeric_poly_avg);
             ALTER AGGREGATE s.mean(bigint) OWNER TO app",
        );
        insta::allow_duplicates! {
            assert_snapshot!(found(run(&shop, &to, &only), 1), @"
            failed shop: it takes a superuser, and the target has none, to create 1 aggregate with an internal state (s.mean(bigint))
              = replace them on the source, or leave them out: pg_restore --use-list
            ");
            assert_snapshot!(restore(&shop, &target), @"aggregate transition data type cannot be internal");
        }
    }
}

/// A name of what is restored after the data ends the COPY of its table.
#[test]
fn columns_that_name_objects() {
    let (target, to) = azure(17, &[]);
    let shop = source(
        15,
        "CREATE TABLE t (a int); CREATE INDEX i ON t (a); CREATE TABLE a_named (r regclass); INSERT INTO a_named VALUES ('i'), ('t');
         CREATE TABLE ordinary (a oid)",
    );
    assert_snapshot!(found(run(&shop, &to, &["reg-columns"]), 0), @"
    warning shop: 1 column of types whose values name objects: public.a_named.r (regclass); where one names what is not there yet, its table arrives empty
      = after the restore, where a table is empty: pg_restore --data-only --table=… --schema=… from the same dump
    ");
    assert_snapshot!(restore(&shop, &target), @r#"relation "public.i" does not exist"#);
    assert_eq!(rows(&target, "public.a_named"), "0");
}

/// Where several schemas have what a function names, one path for all of them would be another result.
#[test]
fn no_path_is_proposed_for_names_of_several_schemas() {
    let (_target, to) = azure(17, &[]);
    let tenant = |name: &str, rate: u32| {
        format!(
            "CREATE SCHEMA {name}; SET search_path = {name}; CREATE TABLE rate (v numeric); INSERT INTO rate VALUES ({rate});
             CREATE FUNCTION price(x numeric) RETURNS numeric LANGUAGE sql STABLE AS 'SELECT x * (SELECT v FROM rate)';
             CREATE MATERIALIZED VIEW m AS SELECT price(1) AS p;"
        )
    };
    let shop = source(15, &(tenant("a", 1) + &tenant("b", 100)));
    assert_snapshot!(found(run(&shop, &to, &["search-paths"]), 1), @"
    failed shop: a.price(numeric) names rate without a schema, and a restore runs it with an empty search_path: the materialized view a.m has no rows
      = a, b have what it names, or what it calls: write the schema that is meant before each name in its text
    failed shop: b.price(numeric) names rate without a schema, and a restore runs it with an empty search_path: the materialized view b.m has no rows
      = a, b have what it names, or what it calls: write the schema that is meant before each name in its text
    ");
}

/// A dump opens each large object, and fills materialized views anew.
#[test]
fn what_a_dump_reads() {
    let (_target, to) = azure(17, &[]);
    let shop = source(
        15,
        "CREATE ROLE mig LOGIN; ALTER DATABASE shop OWNER TO mig; CREATE ROLE other;
         CREATE MATERIALIZED VIEW mv AS SELECT 1 AS x; REVOKE ALL ON mv FROM PUBLIC; ALTER TABLE mv OWNER TO other;
         SELECT lo_create(4711); ALTER LARGE OBJECT 4711 OWNER TO other; SELECT lo_create(4712);
         ALTER LARGE OBJECT 4712 OWNER TO mig; SELECT lo_create(4713); GRANT SELECT ON LARGE OBJECT 4713 TO PUBLIC",
    );
    let from = shop.connection_string("mig", "shop");
    let run = || check(&from, &to, &["source-user"]).with("--database shop");
    let dump = || {
        let mut dump = shop.client(CLIENT, "pg_dump", "mig");
        let file = shop.socket().join("shop.dump");
        let output = dump.arg("-Fc").arg("-f").arg(file).arg("shop").output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    assert_snapshot!(found(run(), 1), @"
    failed 603110 shop: mig cannot read 1 large object, 4711 among them
      = as their owner: GRANT SELECT ON LARGE OBJECT 4711 TO mig; and so on for each
    ");
    assert!(dump().contains("permission denied for large object 4711"), "{}", dump());
    shop.sql("postgres", "shop", "GRANT SELECT ON LARGE OBJECT 4711 TO mig");
    assert_eq!(dump(), "");
    assert_snapshot!(found(run(), 0), @"succeeded 603110 shop: mig owns it, or is a member of its owner, and reads everything in it");
}

/// A word that has become one of SQL is restored as that, without an error.
#[test]
fn a_column_by_the_name_of_a_new_word() {
    let (target, to) = azure(17, &[]);
    let shop = source(
        13,
        "CREATE TABLE audit (id int, system_user text CHECK (system_user <> '')); CREATE TABLE ordinary (system_user text);
         CREATE POLICY p ON audit USING (system_user <> 'root'); INSERT INTO ordinary VALUES ('x')",
    );
    assert_snapshot!(found(run(&shop, &to, &["version-leap"]), 1), @"
    failed shop: a column is called system_user, a word of SQL since 16, and expressions name it, in 1 relation: public.audit: they are restored with another meaning, or not at all
      = pg_dump --quote-all-identifiers; for the migration service, rename the column on the source before it: ALTER TABLE … RENAME COLUMN system_user TO …
    warning: from 13 to 17: the release notes of each version between list what behaves otherwise
      = review the part Migration to Version of https://www.postgresql.org/docs/release/14.0/, https://www.postgresql.org/docs/release/15.0/, https://www.postgresql.org/docs/release/16.0/, https://www.postgresql.org/docs/release/17.0/
    ");
    let meant = || {
        let policy = "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy";
        target.query("azuresu", "shop", policy)[0][0].clone().unwrap()
    };
    assert_eq!(restore(&shop, &target), "");
    assert_eq!(meant(), "(SYSTEM_USER <> 'root'::text)");
    assert_eq!(restore_with(&shop, &target, &["--quote-all-identifiers"]), "");
    assert_eq!(meant(), "(\"system_user\" <> 'root'::text)");
    assert_eq!(rows(&target, "public.ordinary"), "1");
}

/// What the service does on the source, as the connected role.
#[test]
fn publications_of_the_service() {
    let (_target, to) = azure(16, &[]);
    let shop = platforms::aurora_like_with(15, &[("wal_level", "logical")]);
    shop.sql("rdsadmin", "postgres", "CREATE ROLE app LOGIN; CREATE ROLE owner");
    shop.sql("rdsadmin", "postgres", "CREATE DATABASE shop");
    shop.sql(
        "rdsadmin",
        "shop",
        "CREATE TABLE public.t (a int); ALTER TABLE public.t OWNER TO owner; INSERT INTO public.t VALUES (1); CREATE TABLE public.mine (a int PRIMARY KEY); \
         ALTER TABLE public.mine OWNER TO app",
    );
    let from = shop.connection_string("app", "postgres");
    let run =
        || check(&from, &to, &["replication-user", "replica-identity"]).with("--database shop");
    let publish = || {
        let said = shop.psql("app", "\\connect shop\nCREATE PUBLICATION p FOR TABLE t, mine");
        String::from_utf8(said.stderr).unwrap()
    };
    assert_snapshot!(found(run(), 1), @"
    failed 603104: app is no member of rds_replication
      = as the master user: GRANT rds_replication TO app
    failed 603104 shop: app has no CREATE on it, which a publication takes
      = as its owner: GRANT CREATE ON DATABASE shop TO app
    failed 603104 shop: app is no member of owner, who owns 1 table (such as public.t): it cannot publish what it does not own
      = as a role that may grant owner: GRANT owner TO app
    failed shop: no replica identity, so that UPDATE and DELETE fail once it is followed: 1 table: public.t
      = give it a primary key, or: ALTER TABLE public.t REPLICA IDENTITY FULL
    ");
    assert!(publish().contains("permission denied for database shop"));
    shop.sql("rdsadmin", "shop", "GRANT CREATE ON DATABASE shop TO app");
    assert!(publish().contains("must be owner of table t"));
    shop.sql("postgres", "postgres", "GRANT owner TO app");
    assert_eq!(publish(), "");
    let update = || {
        let said = shop.psql("app", "\\connect shop\nUPDATE t SET a = 2");
        String::from_utf8(said.stderr).unwrap()
    };
    assert!(update().contains("does not have a replica identity and publishes updates"));
    shop.sql("postgres", "postgres", "GRANT rds_replication TO app");
    shop.sql("rdsadmin", "shop", "ALTER TABLE public.t REPLICA IDENTITY FULL");
    assert_eq!(update(), "");
    assert_snapshot!(found(run(), 0), @"
    succeeded 603104: app is a member of rds_replication
    succeeded 603104 shop: app may publish its tables
    succeeded shop: every table has a primary key or another replica identity
    ");
}

/// As people keep applications from writing.
fn freeze(cluster: &Cluster) {
    let root = &*cluster.superuser;
    let other = if root == "rdsadmin" { "postgres" } else { "azadmin" };
    cluster.sql(root, "postgres", "ALTER SYSTEM SET default_transaction_read_only = on");
    cluster.sql(root, "postgres", "SELECT pg_reload_conf()");
    let shown = "SHOW default_transaction_read_only";
    while cluster.query(other, "postgres", shown) != [[Some("on".to_owned())]] {}
}

/// What the default parameter group of AWS sets, nobody has chosen.
#[test]
fn the_defaults_of_aws() {
    let settings = [
        ("idle_in_transaction_session_timeout", "86400000"),
        ("log_autovacuum_min_duration", "10000"),
        ("maintenance_work_mem", "1048MB"),
        ("max_stack_depth", "6144"),
        ("track_functions", "pl"),
        ("track_io_timing", "on"),
        ("vacuum_cost_page_miss", "0"),
        ("effective_cache_size", "45GB"),
        ("autovacuum_naptime", "5"),
        ("autovacuum_vacuum_scale_factor", "0.1"),
        ("random_page_cost", "1.5"),
        ("session_replication_role", "replica"),
    ];
    let shop = platforms::aurora_like_with(14, &settings);
    freeze(&shop);
    let (_target, to) = azure(16, &[("statement_timeout", "30s")]);
    let from = shop.connection_string("postgres", "postgres");
    assert_snapshot!(found(check(&from, &to, &["server-parameters"]), 0), @"
    warning: applications can notice 3 differences by default: idle_in_transaction_session_timeout 1d (there 0), max_stack_depth 6MB (there 2MB), statement_timeout 0 (there 30s)
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name statement_timeout --value 0
    warning: 11 tuning parameters differ, 1 chosen on the source: random_page_cost 1.5 (there 4), autovacuum_naptime 5s (there 1min), autovacuum_vacuum_scale_factor 0.1 (there 0.2), effective_cache_size 45GB (there 4GB), hash_mem_multiplier 1 (there 2), log_autovacuum_min_duration 10s (there 10min), log_checkpoints off (there on), maintenance_work_mem 1048MB (there 64MB), track_functions pl (there none), track_io_timing on (there off), vacuum_cost_page_miss 0 (there 2)
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name random_page_cost --value 1.5
    succeeded: 181 are as they should be; not compared: 150 that the platform manages or other checks look at, 10 that only one side has
    warning: statement_timeout is 30s on the target: it ends a load of the migration service that takes longer; pg_restore switches it off for itself
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name statement_timeout --value 0, and after the migration az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name statement_timeout --value 30000
    ");
    // Of the target they would stop a restore, or hide its errors.
    let (target, to) = azure(16, &[("session_replication_role", "replica")]);
    freeze(&target);
    assert_snapshot!(found(check(&from, &to, &["target-server"]), 1), @"
    failed 603112: default_transaction_read_only is on: the migration's session cannot write
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name default_transaction_read_only --value off
    failed: session_replication_role is replica: foreign keys and triggers do not see what is loaded, nor what applications write
      = az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name session_replication_role --value origin
    succeeded: the target has the roles of a flexible server
    unknown: its state is not in its catalogs
      = give --azure, or --azure-server server.json with what this writes: az postgres flexible-server show --resource-group GROUP --name SERVER --output json > server.json
    ");
}

/// What foresees an error of a restore: the check that fails, and what it names.
const FORESEEN: [(&str, &str, &str); 14] = [
    ("permission denied to set parameter \"log_statement\"", "function-settings", "app.logs()"),
    ("function app.logs() does not exist", "function-settings", "app.logs()"),
    (
        "permission denied to set parameter \"session_replication_role\"",
        "function-settings",
        "app.replicates()",
    ),
    ("function app.replicates() does not exist", "function-settings", "app.replicates()"),
    (
        "function array_append(anyarray, anyelement) does not exist",
        "version-leap",
        "app.collect(anyelement)",
    ),
    ("aggregate app.collect(anyelement) does not exist", "version-leap", "app.collect(anyelement)"),
    ("operator right argument type must be specified", "version-leap", "public.!?(bigint,NONE)"),
    ("postfix operators are not supported", "version-leap", "public.!?(bigint,NONE)"),
    ("column pg_stat_bgwriter.checkpoints_timed does not exist", "version-leap", "app.writer"),
    ("relation \"app.writer\" does not exist", "version-leap", "app.writer"),
    ("function norm(text) does not exist", "search-paths", "app.norm2(text)"),
    ("relation \"app.generated\" does not exist", "search-paths", "app.generated"),
    ("relation \"rates\" does not exist", "search-paths", "app.rate_ok(text)"),
    ("relation \"plain\" does not exist", "search-paths", "app.total()"),
];

/// What the data alone decide: a check can warn of where it may be, or nobody reads all of them beforehand.
const DATA: [(&str, &str, &str); 4] = [
    ("relation \"app.indexed_norm\" does not exist", "reg-columns", "app.named.r"),
    (
        "violates check constraint \"checked_c_check\"",
        "search-paths",
        "app.rate_ok(text) reads app.rates",
    ),
    (
        "violates check constraint \"rate_code_check\"",
        "search-paths",
        "app.rate_ok(text) reads app.rates",
    ),
    // Rows that were loaded under session_replication_role = replica.
    ("violates foreign key constraint \"violating_p_fkey\"", "", ""),
];

/// Of a report: state, check, and what it found.
pub(super) fn outcomes(run: Run, status: i32) -> Vec<[String; 3]> {
    let report = run.with("--format json").status(status).stdout;
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let all = report["checks"].as_array().unwrap().iter();
    all.map(|it| ["state", "check", "found"].map(|key| it[key].as_str().unwrap().to_owned()))
        .collect()
}

/// Dumps the database as the source's superuser and restores it with all that belongs to it as the target's
/// administrator: the errors, a line each.
fn restore_whole(source: &Cluster, target: &Cluster, client: u32) -> Vec<String> {
    let dump = target.socket().join("whole.dump");
    let mut pg_dump = source.client(client, "pg_dump", &source.superuser);
    let pg_dump = pg_dump.arg("-Fc").arg("-f").arg(&dump).arg("shop").output().unwrap();
    assert!(pg_dump.status.success(), "{}", String::from_utf8_lossy(&pg_dump.stderr));
    let mut restore = target.client(client, "pg_restore", "azadmin");
    let restore = restore.args(["-C", "-d", "postgres"]).arg(&dump).output().unwrap();
    let said = String::from_utf8(restore.stderr).unwrap();
    let errors =
        said.split('\n').filter_map(|line| Some(line.split_once("ERROR:")?.1.trim().to_owned()));
    errors.collect()
}

/// An ordinary application of many years: checked, its globals copied for the restore, and really restored. Every
/// error is foreseen by a check that failed, every failure is confirmed by an error, and what mends it does.
#[test]
fn every_error_of_a_restore_is_foreseen() {
    let source = platforms::aurora_like(13);
    source.load("rdsadmin", include_str!("nasty.sql"), &[]);
    let (target, to) = azure(17, &[("azure.extensions", "hstore,citext")]);
    let from = source.connection_string("rdsadmin", "postgres");
    let file = target.socket().join("take-back.sql");
    let copy = Run::new(["copy", &from, &to, "--yes"]).with("--reader catalog --into-older");
    copy.arg("--for-restore").arg(&file).done();
    let run = || check(&from, &to, &[]).with("--database shop --method pg_dump");

    let said = outcomes(run(), 1);
    let errors = restore_whole(&source, &target, CLIENT);
    let has = |said: &[[String; 3]], states: &[&str], check: &str, named: &str| {
        said.iter().any(|[state, name, found]| {
            states.contains(&&**state) && name == check && found.contains(named)
        })
    };
    for error in &errors {
        let known = FORESEEN.iter().find(|(text, ..)| error.contains(text));
        let data = DATA.iter().find(|(text, ..)| error.contains(text));
        match (known, data) {
            (Some((_, check, named)), _) => {
                assert!(has(&said, &["failed"], check, named), "{error}");
            }
            (None, Some((_, check, named))) => {
                assert!(check.is_empty() || has(&said, &["warning"], check, named), "{error}");
            }
            (None, None) => panic!("nobody has foreseen it: {error}"),
        }
    }
    // Nothing fails for what is restored well.
    for [_, check, found] in said.iter().filter(|[state, ..]| state == "failed") {
        let proven = FORESEEN.iter().any(|(text, by, named)| {
            by == check && found.contains(named) && errors.iter().any(|error| error.contains(text))
        });
        assert!(proven, "{check}: {found}");
    }
    for (text, ..) in FORESEEN {
        assert!(errors.iter().any(|error| error.contains(text)), "it does not come: {text}");
    }

    // What is proposed can be done, and mends it.
    for statement in remedies(run().with("--only search-paths --only function-settings")) {
        source.sql("rdsadmin", "shop", &statement);
    }
    source.sql(
        "rdsadmin",
        "shop",
        "DROP AGGREGATE app.collect(anyelement); DROP OPERATOR public.!? (bigint, NONE); DROP VIEW app.writer",
    );
    target.sql("azadmin", "postgres", "DROP DATABASE shop");
    assert_eq!(outcomes(run(), 0).iter().filter(|[state, ..]| state == "failed").count(), 0);
    let errors = restore_whole(&source, &target, CLIENT);
    let of_data = errors.iter().filter(|error| DATA.iter().any(|(text, ..)| error.contains(text)));
    assert_eq!(of_data.count(), errors.len(), "{errors:#?}");
    assert_eq!(errors.len(), DATA.len(), "{errors:#?}");
}

/// Without --for-restore the administrator can give nothing to owners.
#[test]
fn owners_that_the_administrator_cannot_become() {
    // A later pg_restore sets parameters that an earlier server does not know.
    for (major, client) in [(15, 15), (17, CLIENT)] {
        let source = source(
            15,
            "CREATE ROLE app; CREATE SCHEMA own AUTHORIZATION app; CREATE TABLE own.t (a int);
             ALTER TABLE own.t OWNER TO app",
        );
        let (target, to) = azure(major, &[]);
        let from = source.connection_string("postgres", "postgres");
        let copy = || Run::new(["copy", &from, &to, "--yes"]).with("--reader catalog");
        copy().done();
        let run = || check(&from, &to, &["roles"]).with("--database shop --method pg_dump");
        let failed = |said: Vec<[String; 3]>| {
            let failed = said.into_iter().filter(|[state, ..]| state == "failed");
            failed.map(|[.., found]| found).collect::<Vec<_>>().join("\n")
        };
        insta::allow_duplicates! {
            assert_snapshot!(failed(outcomes(run(), 1)), @"role azadmin is no member of app, postgres, and pg_restore gives objects to owners that it is a member of only (ALTER … OWNER TO)");
        }
        let errors = restore_whole(&source, &target, client);
        let expected = if major < 16 {
            "must be member of role \"app\""
        } else {
            "must be able to SET ROLE \"app\""
        };
        assert!(errors.iter().any(|error| error.contains(expected)), "{errors:?}");
        target.sql("azadmin", "postgres", "DROP DATABASE shop");
        copy().with("--for-restore take-back.sql").done();
        assert_eq!(failed(outcomes(run(), 0)), "");
        assert_eq!(restore_whole(&source, &target, client), Vec::<String>::new());
    }
}
