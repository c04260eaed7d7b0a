//! `pg_globals explain`.

use insta::assert_snapshot;

use crate::support::command::{Run, visible};

fn explain(args: &str) -> String {
    let done = Run::new(["explain"].into_iter().chain(args.split_whitespace())).done();
    assert_eq!(done.stderr, "");
    for line in done.stdout.split('\n').filter(|line| line.contains(' ')) {
        assert!(line.chars().count() <= 80 || args.is_empty() || args.contains("json"), "{line}");
    }
    done.stdout
}

#[test]
fn a_rule() {
    assert_snapshot!(explain("superuser"), @"");
    assert_snapshot!(explain("empty-search-path"), @"");
}

#[test]
fn a_check() {
    assert_snapshot!(explain("replication-user"), @"");
}

#[test]
fn everything() {
    assert_snapshot!(explain(""), @"");
}

#[test]
fn a_misspelt_name() {
    assert_snapshot!(Run::new(["explain", "supruser"]).fails(), @"");
    assert_snapshot!(Run::new(["explain", "SUPERUSER"]).fails(), @"");
}

#[test]
fn in_colours() {
    let run = Run::new(["explain", "superuser"]).env("CLICOLOR_FORCE", "1");
    let first = visible(&run.done().stdout);
    assert_snapshot!(first.split('\n').next().unwrap(), @"");
}

/// As `schemas/explain.json` says.
#[test]
fn as_json() {
    assert_snapshot!(explain("superuser --format json"), @"");
    assert_snapshot!(explain("replication-user --format json"), @"");
    let schema = include_str!("../../../schemas/explain.json");
    let schema = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let all = serde_json::from_str(&explain("--format json")).unwrap();
    assert!(validator.is_valid(&all), "{:?}", validator.iter_errors(&all).collect::<Vec<_>>());
    // What is listed is what can be explained.
    let named = |kind: &str| all[kind].as_array().unwrap().iter().map(|it| it["name"].as_str());
    let list = explain("");
    let listed = list.split('\n').filter_map(|line| line.strip_prefix("  "));
    let listed: Vec<_> = listed.map(|line| line.split(' ').next()).collect();
    let names: Vec<_> = named("rules").chain(named("checks")).collect();
    assert_eq!(listed, names);
}
