//! What later versions do not have: what the check says of what uses it is what a restore does with it, and the table
//! of it is what the servers say.

use std::collections::{BTreeMap, BTreeSet};

use insta::assert_snapshot;
use serde::Deserialize;

use super::azure;
use super::paths::{lost, named};
use super::proof::{outcomes, run, source};
use crate::support::cluster::Cluster;
use crate::support::servers::{NEWEST, has_newest, majors};

#[test]
fn what_uses_what_is_gone_is_judged_as_a_restore_ends() {
    let settings = [("azure.extensions", "hstore,pg_stat_statements")];
    let (target, to) = azure(17, &settings);
    let shop = source(11, include_str!("leaps.sql"));
    let said = outcomes(run(&shop, &to, &["version-leap"]), 1);
    let of = |state: &str| {
        let all = said.iter().filter(move |it| it[0] == state);
        all.flat_map(|it| named(&it[2])).collect::<BTreeSet<_>>()
    };
    let mut lost = lost(&shop, &target, &["hstore", "pg_stat_statements"]);
    // Here the types do not fit.
    assert!(lost.remove("w_keywords"));
    assert_eq!(of("failed"), lost);
    let grant = "GRANT SELECT (adsrc) ON pg_attrdef TO PUBLIC";
    let refused = "42703: column \"adsrc\" of relation \"pg_attrdef\" does not exist";
    assert_eq!(target.try_sql("azuresu", "shop", grant), Err(refused.to_owned()));
    assert_eq!(of("warning"), ["w_keywords", "w_statements"].map(str::to_owned).into());
    // A restore makes another column of what was a text.
    let kind = "SELECT format_type(atttypid, NULL) FROM pg_attribute \
                WHERE attrelid = 'public.w_statements'::regclass AND attname = 'query'";
    assert_eq!(target.query("azuresu", "shop", kind), [[Some("bigint".to_owned())]]);
    let all = said.iter().map(|it| format!("{} {}", it[0], it[2])).collect::<Vec<_>>();
    assert_snapshot!(all.join("\n"), @"
    failed columns of a type that is gone since 12, in 1 relation: public.t_column
    failed the index public.t_hidden_i reads the column oid of public.o_oids, which is gone since 12
    failed the view public.t_oids reads the column oid of public.o_oids, which is gone since 12
    failed a column is called system_user, a word of SQL since 16, and expressions name it, in 1 relation: public.t_keyed: they are restored with another meaning, or not at all
    failed public.t_opaque() takes or returns opaque, which is gone since 13
    failed public.t_json(text) has a parameter by the name of json, which is a word of SQL to 17: the function is not created
    failed public.t_named(text) has a parameter by the name of json, which is a word of SQL to 17: the function is not created
    failed public.t_out() has a parameter by the name of json_value, which is a word of SQL to 17: the function is not created
    failed public.t_user(text) has a parameter by the name of system_user, which is a word of SQL to 17: the function is not created
    failed the constraint t_null_not_null of public.t_null has the name that the server gives its own for NOT NULL since 17: the domain, and what is of it, is not created
    failed the operator public.+|+(anyarray,anyarray) is over anyarray, with a function that takes anycompatiblearray since 14
    failed the range type public.t_called has a multirange type by the name of t_called_multirange since 14, and a function has that name: one of the two is not created
    failed the range type public.t_float_range has a multirange type by the name of t_float_multirange since 14, and a relation or type has that name: one of the two is not created
    failed the range type public.t_span has a multirange type by the name of t_span_multirange since 14, and a type has that name: one of the two is not created
    failed aggregate public.t_aggregate(interval) uses what 17 does not have: the function interval_accum(interval[],interval) (gone since 17), the function interval_avg(interval[]) (gone since 17)
    failed default value for public.t_default.a uses what 17 does not have: the function pg_is_in_backup() (gone since 15)
    failed function public.t_argument(numeric) uses what 17 does not have: the operator !(bigint,NONE) (gone since 14)
    failed function public.t_dated(pg_catalog.abstime) uses what 17 does not have: the type abstime (gone since 12)
    failed function public.t_returned() uses what 17 does not have: the type tinterval (gone since 12)
    failed index public.t_hindex_i uses what 17 does not have: the operator ~(hstore,hstore) of hstore (gone since 14)
    failed index public.t_index_i uses what 17 does not have: the operator @(point,box) (gone since 14)
    failed materialized view public.t_materialized uses what 17 does not have: the function numeric_fac(bigint) (gone since 14)
    failed operator class public.t_class USING btree uses what 17 does not have: the function btabstimecmp(abstime,abstime) (gone since 12), the operator <(abstime,abstime) (gone since 12), the operator =(abstime,abstime) (gone since 12), the type abstime (gone since 12)
    failed policy p on public.t_policy uses what 17 does not have: the function pg_is_in_backup() (gone since 15)
    failed table constraint t_check_a_check on public.t_check uses what 17 does not have: the function numeric_fac(bigint) (gone since 14)
    failed table public.t_partition uses what 17 does not have: the operator !(bigint,NONE) (gone since 14)
    failed table public.t_rule uses what 17 does not have: the function pg_is_in_backup() (gone since 15)
    failed trigger t on public.t_trigger uses what 17 does not have: the function pg_is_in_backup() (gone since 15)
    failed type public.t_composite uses what 17 does not have: the type abstime (gone since 12)
    failed type public.t_domain uses what 17 does not have: the type reltime (gone since 12)
    failed type public.t_rangeof uses what 17 does not have: the type abstime (gone since 12)
    failed view public.t_backup uses what 17 does not have: the function pg_is_in_backup() (gone since 15)
    failed view public.t_box uses what 17 does not have: the operator ~(box,box) (gone since 14)
    failed view public.t_cast uses what 17 does not have: the function abstime(timestamp with time zone) (gone since 12), the type abstime (gone since 12)
    failed view public.t_contained uses what 17 does not have: the operator @(point,box) (gone since 14)
    failed view public.t_factorial uses what 17 does not have: the operator !!(NONE,bigint) (gone since 14)
    failed view public.t_hstore uses what 17 does not have: the operator @(hstore,hstore) of hstore (gone since 14)
    failed view public.t_postfix uses what 17 does not have: the operator !(bigint,NONE) (gone since 14)
    failed view public.t_start uses what 17 does not have: the function pg_start_backup(text,boolean,boolean) (gone since 15)
    failed view public.t_stop uses what 17 does not have: the function pg_stop_backup(boolean,boolean) (gone since 15)
    failed view public.t_timenow uses what 17 does not have: the function timenow() (gone since 12), the type abstime (gone since 12)
    warning view public.w_keywords calls a function whose columns are others on 17; in FROM it has them by their place: the function pg_get_keywords() (others since 14)
    warning view public.w_statements calls a function whose columns are others on 17; in FROM it has them by their place: the function pg_stat_statements(boolean) of pg_stat_statements (others since 13)
    failed the policy p on public.t_reads reads what 17 does not have: pg_stat_bgwriter.checkpoints_timed
    failed privileges were granted on pg_attrdef.adsrc, which the target does not have: granting them fails
    warning from 11 to 17: the release notes of each version between list what behaves otherwise
    ");
}

/// A standard body is read when it is created.
#[test]
fn standard_bodies() {
    let shop = source(
        16,
        "CREATE FUNCTION t_atomic() RETURNS bigint BEGIN ATOMIC SELECT checkpoints_timed FROM pg_stat_bgwriter; END;
         CREATE FUNCTION o_atomic() RETURNS bigint BEGIN ATOMIC SELECT buffers_clean FROM pg_stat_bgwriter; END;
         CREATE FUNCTION o_text() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT checkpoints_timed FROM pg_stat_bgwriter); END $$",
    );
    let (target, to) = azure(17, &[]);
    let said = outcomes(run(&shop, &to, &["version-leap"]), 1);
    let failed = said.iter().filter(|it| it[0] == "failed");
    let failed: BTreeSet<_> = failed.flat_map(|it| named(&it[2])).collect();
    assert_eq!(failed, ["t_atomic".to_owned()].into());
    assert_eq!(failed, lost(&shop, &target, &[]));
}

/// Since 18 constraints for NOT NULL have names, which others may have.
#[test]
fn names_of_constraints_for_not_null() {
    let shop = source(
        16,
        "CREATE TABLE t_null (a int NOT NULL, b int NOT NULL);
         ALTER TABLE t_null ADD CONSTRAINT t_null_a_not_null CHECK (a IS NOT NULL) NOT VALID;
         CREATE TABLE t_unique (a int NOT NULL CONSTRAINT t_unique_a_not_null UNIQUE);
         CREATE TABLE o_null (a int NOT NULL CONSTRAINT o_null_a_not_null CHECK (a IS NOT NULL));
         CREATE TABLE o_other (a int CONSTRAINT o_other_a_not_null UNIQUE)",
    );
    for (major, status) in [(17, 0), (18, 1)] {
        let (target, to) = azure(major, &[]);
        let said = outcomes(run(&shop, &to, &["version-leap"]), status);
        let failed = said.iter().filter(|it| it[0] == "failed");
        let failed: BTreeSet<_> = failed.flat_map(|it| named(&it[2])).collect();
        assert_eq!(failed, lost(&shop, &target, &[]), "{major}");
        assert_eq!(failed.len(), if major == 18 { 2 } else { 0 });
    }
}

/// What the table has, or the servers: extension, kind and name.
type Names = BTreeSet<[String; 3]>;

fn table() -> BTreeMap<u32, Names> {
    #[derive(Deserialize)]
    struct Gone {
        since: u32,
        #[serde(default)]
        extension: String,
        #[serde(flatten)]
        kinds: BTreeMap<String, Vec<String>>,
    }
    let table: BTreeMap<String, Vec<Gone>> =
        toml::from_str(include_str!("../../../src/check/data/gone.toml")).unwrap();
    let mut all: BTreeMap<u32, Names> = BTreeMap::new();
    for gone in &table["gone"] {
        for (kind, names) in &gone.kinds {
            let names =
                names.iter().map(|name| [gone.extension.clone(), kind.clone(), name.clone()]);
            all.entry(gone.since).or_default().extend(names);
        }
    }
    all
}

/// The extensions that come with the server, without languages; each where that version has it.
const EXTENSIONS: &str = "DO $$ DECLARE e text; BEGIN FOREACH e IN ARRAY regexp_split_to_array('adminpack amcheck autoinc bloom btree_gin btree_gist citext cube dblink dict_int dict_xsyn earthdistance
     file_fdw fuzzystrmatch hstore insert_username intagg intarray isn lo ltree moddatetime old_snapshot
     pageinspect pg_buffercache pg_freespacemap pg_prewarm pg_stat_statements pg_surgery pg_trgm pg_visibility
     pg_walinspect pgcrypto pgrowlocks pgstattuple postgres_fdw refint seg sslinfo tablefunc tcn tsm_system_rows
     tsm_system_time unaccent uuid-ossp xml2', '\\s+') LOOP
     BEGIN EXECUTE format('CREATE EXTENSION IF NOT EXISTS %I CASCADE', e); EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END $$";

/// Types, operators and functions, with the expression that uses each, of a function also the names of its columns.
const OBJECTS: &str = "WITH t AS (SELECT y.oid, CASE WHEN y.oid < 16384 THEN format_type(y.oid, NULL) ELSE y.typname END AS name,
     CASE WHEN y.typname ~ '^any(compatible)?(element|nonarray)?$' THEN 'NULL::int'
     WHEN y.typname ~ '^any(compatible)?array$' THEN 'NULL::int[]' WHEN y.typname ~ '^any(compatible)?range$' THEN 'NULL::int4range'
     WHEN y.typname ~ '^any(compatible)?multirange$' THEN 'NULL::int4multirange' WHEN y.typname = 'record' THEN 'ROW(1)'
     WHEN y.typtype <> 'p' AND y.typname NOT IN ('unknown', '_record', '_cstring') THEN 'NULL::' || format_type(y.oid, NULL) END AS value FROM pg_type y),
 o AS (SELECT 'pg_operator'::regclass AS catalog, 'operators' AS kind, o.oid,
     o.oprname || '(' || coalesce(l.name, 'NONE') || ',' || coalesce(r.name, 'NONE') || ')' AS name,
     CASE WHEN (o.oprleft = 0 OR l.value IS NOT NULL) AND (o.oprright = 0 OR r.value IS NOT NULL)
     THEN concat(l.value, ' OPERATOR(', n.nspname, '.', o.oprname, ') ', r.value) END AS expression, NULL::text[] AS columns
     FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace LEFT JOIN t l ON l.oid = o.oprleft LEFT JOIN t r ON r.oid = o.oprright
   UNION ALL SELECT 'pg_proc', 'functions', p.oid, p.proname || '(' || coalesce(a.names, '') || ')',
     CASE WHEN a.known IS NOT FALSE AND f.name NOT IN ('internal', 'trigger', 'event_trigger', 'language_handler', 'fdw_handler',
     'index_am_handler', 'table_am_handler', 'tsm_handler') THEN concat(quote_ident(n.nspname), '.', quote_ident(p.proname), '(', a.vals, ')') END,
     (SELECT array_agg(c.name ORDER BY c.place) FROM unnest(p.proargnames, p.proargmodes) WITH ORDINALITY AS c (name, mode, place)
     WHERE c.mode IN ('o', 't', 'b'))
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN t f ON f.oid = p.prorettype, LATERAL (
     SELECT string_agg(t.name, ',' ORDER BY x.place) AS names, string_agg(t.value, ', ' ORDER BY x.place) AS vals,
     bool_and(t.value IS NOT NULL) AS known FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS x (type, place) JOIN t ON t.oid = x.type) AS a
   UNION ALL SELECT 'pg_type', 'types', y.oid, t.name, t.value, NULL FROM pg_type y JOIN t ON t.oid = y.oid WHERE y.typtype IN ('b', 'r') AND y.typcategory <> 'A')
 SELECT coalesce(x.extname, ''), o.kind, o.name, o.expression, o.columns::text[]::text FROM o LEFT JOIN pg_depend e ON e.classid = o.catalog
     AND e.objid = o.oid AND e.deptype = 'e' LEFT JOIN pg_extension x ON x.oid = e.refobjid WHERE o.oid < 16384 OR x.oid IS NOT NULL";

/// Of each name, the expression and the columns.
fn objects(server: &Cluster) -> BTreeMap<[String; 3], (Option<String>, Vec<String>)> {
    let rows = server.query("postgres", "postgres", OBJECTS).into_iter();
    rows.map(|row| {
        let mut row = row.into_iter();
        let mut next = || row.next().unwrap();
        let key = [next().unwrap(), next().unwrap(), next().unwrap()];
        let expression = next();
        let columns = next().unwrap_or_default();
        let columns = columns.trim_matches(['{', '}']).split(',').map(str::to_owned).collect();
        (key, (expression, columns))
    })
    .collect()
}

/// Whether a query that uses it is understood.
fn is_understood(server: &Cluster, expression: &str) -> bool {
    let prepare = format!("PREPARE p AS SELECT {expression}");
    server.try_sql("postgres", "postgres", &prepare).is_ok()
}

#[test]
fn the_table_of_what_is_gone_is_what_the_servers_say() {
    let start = |major| {
        let server = Cluster::start(major);
        server.sql("postgres", "postgres", EXTENSIONS);
        let objects = objects(&server);
        assert!(objects.len() > 5000, "{}", objects.len());
        (server, objects)
    };
    let mut all = BTreeMap::new();
    let mut majors = majors();
    let mut before = start(majors.next().unwrap());
    for major in majors {
        let after = start(major);
        let (mut gone, mut extensions) = (Names::new(), BTreeSet::new());
        extensions.extend(after.1.keys().map(|[extension, ..]| extension));
        for (key, (expression, columns)) in &before.1 {
            let [extension, kind, name] = key;
            // An extension that is gone itself is another check's.
            if !extensions.contains(extension) {
                continue;
            }
            if let Some((_, later)) = after.1.get(key) {
                if !later.starts_with(columns) {
                    gone.insert([extension.clone(), "other_columns".to_owned(), name.clone()]);
                }
                continue;
            }
            let Some(expression) = expression else { continue };
            if is_understood(&before.0, expression) && !is_understood(&after.0, expression) {
                gone.insert([extension.clone(), kind.clone(), name.clone()]);
            }
        }
        if !gone.is_empty() {
            all.insert(major, gone);
        }
        before = after;
    }
    let mut table = table();
    if !has_newest() {
        table.remove(&NEWEST);
    }
    assert_eq!(all, table);
}
