//! Functions that run while data is loaded: what the check says of each is what a restore does with it.

use std::collections::BTreeSet;

use insta::assert_snapshot;

use super::azure;
use super::proof::{CLIENT, outcomes, run, source};
use crate::support::cluster::Cluster;
use crate::support::command::Run;

/// The objects that a text names: `t_…`, `o_…` and `w_…`, in any place.
pub(super) fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_lowercase() && c != '_');
    let words = words.filter_map(|word| {
        let (kind, rest) = word.split_once('_')?;
        let name = rest.split('_').next()?;
        matches!(kind, "t" | "o" | "w").then(|| format!("{kind}_{name}"))
    });
    words.collect()
}

/// The objects that a restore does not bring, with these extensions there already: Azure lets its administrator create
/// them, which the server itself does not.
pub(super) fn lost(source: &Cluster, target: &Cluster, extensions: &[&str]) -> BTreeSet<String> {
    let file = target.socket().join("shop.dump");
    let mut dump = source.client(CLIENT, "pg_dump", "postgres");
    assert!(dump.arg("-Fc").arg("-f").arg(&file).arg("shop").status().unwrap().success());
    target.sql("azadmin", "postgres", "CREATE DATABASE shop");
    for extension in extensions {
        let create = format!("CREATE EXTENSION {extension} SCHEMA public CASCADE");
        target.sql("azuresu", "shop", &create);
    }
    let mut restore = target.client(CLIENT, "pg_restore", "azadmin");
    let restore = restore
        .args(["--no-owner", "--no-acl", "--no-comments", "-d", "shop"])
        .arg(&file)
        .output()
        .unwrap();
    let said = String::from_utf8(restore.stderr).unwrap();
    // The object stands in the message about a COPY, else in the command's first lines.
    let objects = said.split("pg_restore: error: ").filter_map(|error| {
        let (_, object) =
            error.split_once("COPY failed for table").or(error.split_once("Command was: "))?;
        let lines: Vec<_> =
            object.split('\n').take(if error.starts_with("COPY") { 1 } else { 2 }).collect();
        Some(named(&lines.join("\n")))
    });
    let objects: Vec<_> = objects.collect();
    // Nothing else fails.
    assert_eq!(objects.len(), said.matches("ERROR:").count(), "{said}");
    objects.into_iter().flatten().collect()
}

/// The statements that mend it.
fn remedies(run: Run) -> Vec<String> {
    let report = run.with("--format json").done_or_different().stdout;
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let all = report["checks"].as_array().unwrap().iter();
    let all =
        all.filter_map(|it| it["remedy"].as_str()?.strip_prefix("on the source, as its owner: "));
    all.map(str::to_owned).collect()
}

#[test]
fn what_a_restore_runs_is_judged_as_it_ends() {
    let settings = [("azure.extensions", "hstore,citext,unaccent,cube,earthdistance")];
    let (target, to) = azure(17, &settings);
    let shop = source(15, include_str!("paths.sql"));
    let run = || run(&shop, &to, &["search-paths"]);
    let said = outcomes(run(), 1);
    let of = |state: &str| {
        let all = said.iter().filter(move |it| it[0] == state);
        // What does not arrive stands behind the last colon.
        all.flat_map(|it| named(it[2].rsplit_once(": ").unwrap().1)).collect::<BTreeSet<_>>()
    };
    let lost_before = lost(&shop, &target, &["earthdistance"]);
    let is_told = |it: &&String| !it.starts_with('w');
    assert_eq!(of("failed"), lost_before.iter().filter(is_told).cloned().collect());
    let unsure = lost_before.into_iter().filter(|it| it.starts_with('w')).collect::<Vec<_>>();
    let expected = [
        "w_format",
        "w_holds",
        "w_joins",
        "w_likes",
        "w_list",
        "w_pieces",
        "w_replace",
        "w_tagged",
    ];
    assert_eq!(unsure, expected);
    let warned = of("warning");
    assert!(expected.iter().all(|it| warned.contains(*it)));
    let all = said.iter().map(|it| format!("{} {}", it[0], it[2])).collect::<Vec<_>>();
    assert_snapshot!(all.join("\n"), @"
    failed app.f_added(app.price) names + without a schema, and a restore runs it with an empty search_path: app.t_added arrives empty
    failed app.f_aggregated(text,text) names lookup without a schema, and a restore runs it with an empty search_path: the materialized view app.t_aggregated has no rows
    failed app.f_calls(text) names squashes without a schema, and a restore runs it with an empty search_path: app.t_calls arrives empty
    failed app.f_cast(text) names mood without a schema, and a restore runs it with an empty search_path: app.t_cast arrives empty
    failed app.f_castas(text) names mood without a schema, and a restore runs it with an empty search_path: app.t_castas arrives empty
    failed app.f_casted(app.mood) names helper without a schema, and a restore runs it with an empty search_path: app.t_casted arrives empty
    warning app.f_catches(text) may look for helper without a schema, and a restore runs it with an empty search_path; where it does: app.w_catches arrives empty
    failed app.f_collated(text) names mycoll without a schema, and a restore runs it with an empty search_path: app.t_collated arrives empty
    failed app.f_columns(text) names mood without a schema, and a restore runs it with an empty search_path: app.t_columns arrives empty
    failed app.f_columntype(text) names lookup without a schema, and a restore runs it with an empty search_path: app.t_columntype arrives empty
    failed app.f_comma(text) names lookup without a schema, and a restore runs it with an empty search_path: app.t_comma arrives empty
    warning app.f_comma(text) reads app.lookup while other tables are loaded; where these come first: app.t_comma arrives empty
    failed app.f_compared(text,text) names helper without a schema, and a restore runs it with an empty search_path: the index app.t_compared_i is missing
    failed app.f_contains(public.hstore) names @> without a schema, and a restore runs it with an empty search_path: app.t_contains arrives empty
    failed app.f_declared(text) names citext without a schema, and a restore runs it with an empty search_path: app.t_declared arrives empty
    failed app.f_deletes(text) names lookup without a schema, and a restore runs it with an empty search_path: app.t_deletes arrives empty
    warning app.f_deletes(text) reads app.lookup, app.spare while other tables are loaded; where these come first: app.t_deletes arrives empty
    failed app.f_dictionary(text) names unaccent without a schema, and a restore runs it with an empty search_path: the index app.t_dictionary_i is missing
    failed app.f_domain(text) names helper without a schema, and a restore runs it with an empty search_path: app.t_array arrives empty, app.t_composed arrives empty, app.t_domain arrives empty
    failed app.f_executes(text) names lookup without a schema, and a restore runs it with an empty search_path: app.t_executes arrives empty
    warning app.f_executes(text) reads app.lookup while other tables are loaded; where these come first: app.t_executes arrives empty
    failed app.f_final(text) names lookup without a schema, and a restore runs it with an empty search_path: the materialized view app.t_final has no rows
    warning app.f_format(text) may look for lookup without a schema, and a restore runs it with an empty search_path; where it does: app.w_format arrives empty
    warning app.f_format(text) reads app.lookup while other tables are loaded; where these come first: app.w_format arrives empty
    failed app.f_generated(text) names helper without a schema, and a restore runs it with an empty search_path: app.t_generated is not created, or arrives empty
    failed app.f_hashes(text,bigint) names helper without a schema, and a restore runs it with an empty search_path: the partitions of app.t_hashes are not created, or arrive empty
    warning app.f_holds(text) may look for lookup without a schema, and a restore runs it with an empty search_path; where it does: app.w_holds arrives empty
    warning app.f_holds(text) reads app.lookup while other tables are loaded; where these come first: app.w_holds arrives empty
    failed app.f_implied(text) names folded without a schema, and a restore runs it with an empty search_path: app.t_implied arrives empty
    failed app.f_indexed(text) names helper without a schema, and a restore runs it with an empty search_path: the materialized view app.t_indexed has no rows
    failed app.f_inlined(text) names helper without a schema, and a restore runs it with an empty search_path: the index app.t_inlined_i is missing
    failed app.f_inner(text) names helper without a schema, and a restore runs it with an empty search_path: app.t_chained arrives empty
    failed app.f_inserts(text) names spare without a schema, and a restore runs it with an empty search_path: app.t_inserts arrives empty
    warning app.f_inserts(text) reads app.spare while other tables are loaded; where these come first: app.t_inserts arrives empty
    failed app.f_joined(text) names lookup without a schema, and a restore runs it with an empty search_path: app.t_joined arrives empty
    warning app.f_joined(text) reads app.lookup, app.spare while other tables are loaded; where these come first: app.t_joined arrives empty
    warning app.f_joins(text) may look for lookup without a schema, and a restore runs it with an empty search_path; where it does: app.w_joins arrives empty
    failed app.f_known(app.price) names md5 without a schema, and a restore runs it with an empty search_path: app.t_known arrives empty
    failed app.f_late(text) names helper without a schema, and a restore runs it with an empty search_path: app.t_late arrives empty
    warning app.f_likes(public.citext) may look for ~~ without a schema, and a restore runs it with an empty search_path; where it does: app.w_likes arrives empty
    failed app.f_literal(text) names mood without a schema, and a restore runs it with an empty search_path: app.t_literal arrives empty
    failed app.f_mixed(text) names lookup without a schema, and a restore runs it with an empty search_path: app.t_mixed arrives empty
    warning app.f_mixed(text) reads app.lookup while other tables are loaded; where these come first: app.t_mixed arrives empty
    failed app.f_moves(text) names moves without a schema, and a restore runs it with an empty search_path: app.t_moves arrives empty
    warning app.f_moves(text) reads app.moves while other tables are loaded; where these come first: app.t_moves arrives empty
    failed app.f_nextval(text) names seq without a schema, and a restore runs it with an empty search_path: app.t_nextval arrives empty
    warning app.f_norows(text) names helper without a schema, and a restore runs it with an empty search_path; now there are too few rows for that, with more: the index app.w_norows_i is missing, app.w_norows arrives empty
    failed app.f_operator(text) names =#= without a schema, and a restore runs it with an empty search_path: app.t_operator arrives empty
    failed app.f_overload(app.price) names lower without a schema, and a restore runs it with an empty search_path: the index app.t_overload_i is missing
    failed app.f_partitioned(text) names helper without a schema, and a restore runs it with an empty search_path: the partitions of app.t_partitioned are not created, or arrive empty
    warning app.f_pieces(text) may look for lookup without a schema, and a restore runs it with an empty search_path; where it does: app.w_pieces arrives empty
    failed app.f_predicate(text) names helper without a schema, and a restore runs it with an empty search_path: the index app.t_predicate_i is missing
    failed app.f_ranged(double precision,double precision) names helper without a schema, and a restore runs it with an empty search_path: the index app.t_ranged_i is missing
    failed app.f_regclass(text) names lookup without a schema, and a restore runs it with an empty search_path: app.t_regclass arrives empty
    warning app.f_replace(public.citext) may look for replace without a schema, and a restore runs it with an empty search_path; where it does: app.w_replace arrives empty
    failed app.f_rowtype(text) names lookup without a schema, and a restore runs it with an empty search_path: app.t_rowtype arrives empty
    failed app.f_rowvariable(text) names lookup without a schema, and a restore runs it with an empty search_path: app.t_rowvariable arrives empty
    failed app.f_samename(text) names helper without a schema, and a restore runs it with an empty search_path: app.t_samename arrives empty
    warning app.f_small(double precision,double precision) names helper without a schema, and a restore runs it with an empty search_path; now there are too few rows for that, with more: the index app.w_small_i is missing
    failed app.f_table(text) names lookup without a schema, and a restore runs it with an empty search_path: app.t_table arrives empty
    warning app.f_table(text) reads app.lookup while other tables are loaded; where these come first: app.t_table arrives empty
    warning app.f_tagged() may look for ? without a schema, and a restore runs it with an empty search_path; where it does: the materialized view app.w_tagged has no rows
    failed app.f_tsvector(text) names myconf without a schema, and a restore runs it with an empty search_path: the index app.t_tsvector_i is missing
    failed app.f_typecall(text) names citext without a schema, and a restore runs it with an empty search_path: app.t_typecall arrives empty
    failed app.f_unaccent(text) names unaccent without a schema, and a restore runs it with an empty search_path: the index app.t_unaccent_i is missing
    failed app.f_updates(text) names spare without a schema, and a restore runs it with an empty search_path: app.t_updates arrives empty
    warning app.f_updates(text) reads app.spare while other tables are loaded; where these come first: app.t_updates arrives empty
    failed app.f_viewed(text) names helper without a schema, and a restore runs it with an empty search_path: the materialized view app.t_second has no rows, the materialized view app.t_viewed has no rows
    failed app.f_within(text) names lookup without a schema, and a restore runs it with an empty search_path: app.t_within arrives empty
    warning app.f_within(text) reads app.lookup while other tables are loaded; where these come first: app.t_within arrives empty
    warning app.f_within_list(public.citext) may look for = without a schema, and a restore runs it with an empty search_path; where it does: app.w_list arrives empty
    warning app.o_alias(text) reads app.lookup while other tables are loaded; where these come first: app.o_alias arrives empty
    warning app.o_column(text) reads app.columned while other tables are loaded; where these come first: app.o_column arrives empty
    warning app.o_sets(text) reads app.lookup while other tables are loaded; where these come first: app.o_sets arrives empty
    warning public.ll_to_earth(double precision,double precision) may look for cube, earth without a schema, and a restore runs it with an empty search_path; where it does: the index app.w_earth_i is missing
    ");

    // What is proposed can be done, and mends it.
    for remedy in remedies(run()) {
        shop.sql("postgres", "shop", &remedy);
    }
    let said = outcomes(run(), 0);
    let failed = said.iter().filter(|it| it[0] == "failed").collect::<Vec<_>>();
    assert!(failed.is_empty(), "{failed:?}");
    target.sql("azadmin", "postgres", "DROP DATABASE shop");
    // Only a superuser makes operator classes.
    assert_eq!(lost(&shop, &target, &["earthdistance"]), ["t_hashes".to_owned()].into());
}

/// What is called runs under the same path: a name in two schemas is nobody's to choose.
#[test]
fn a_name_in_two_schemas() {
    let (_target, to) = azure(17, &[]);
    let shop = source(
        15,
        "CREATE SCHEMA app; CREATE TABLE config (v text); CREATE TABLE app.config (v text); INSERT INTO config VALUES ('public');
         CREATE FUNCTION app.helper() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT v FROM config); END $$;
         CREATE FUNCTION app.f() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN helper(); END $$;
         SET search_path = public, app; CREATE MATERIALIZED VIEW app.m AS SELECT app.f()",
    );
    let said = outcomes(run(&shop, &to, &["search-paths"]), 1);
    assert_snapshot!(said[0][2], @"app.f() names helper without a schema, and a restore runs it with an empty search_path: the materialized view app.m has no rows");
    assert!(remedies(run(&shop, &to, &["search-paths"])).is_empty());
}
