//! What `diff` promises, between servers with generated globals.

use std::collections::BTreeSet;

use pg_globals::name::Name;
use proptest::prelude::*;
use serde_json::Value;

use super::changes::pair;
use super::source::{self, load};
use crate::support::cluster::Cluster;
use crate::support::command::Run;

#[test]
fn twelve() {
    equals(12, 12);
}

#[test]
fn fifteen() {
    equals(15, 15);
}

#[test]
fn from_an_older_server() {
    equals(13, 18);
}

#[test]
fn eighteen() {
    equals(18, 18);
}

/// The sql form with removals, replayed, leaves nothing different about the roles that the left side has;
/// swapped sides swap the values; and nothing differs from itself.
fn equals(left: u32, right: u32) {
    let [left, right] = [left, right].map(|major| Cluster::start_with(major, "boot", &[]));
    let keep = source::roles(&left).union(&source::roles(&right)).cloned().collect();
    let config = super::config(10);
    let found = std::cell::Cell::new(0);
    proptest!(config, |((one, other) in pair())| {
        for (server, globals) in [(&left, &one), (&right, &other)] {
            source::reset(server, &keep);
            load(server, globals);
        }
        let forward = differences(&left, &right);
        let swapped: BTreeSet<_> = differences(&right, &left).into_iter().map(swap).collect();
        prop_assert_eq!(&forward, &swapped);
        prop_assert_eq!(differences(&left, &left), BTreeSet::new());
        let all = ["--format=sql", "--show-passwords", "--replace", "--allow-all-settings", "--allow-freeze"];
        let sql = diff(&left, &right, &all);
        let output = right.psql("boot", &sql);
        let said = String::from_utf8(output.stderr).unwrap();
        prop_assert!(output.status.success() && !said.contains("ERROR"), "{}\n{}", said, sql);
        let rest = differences(&left, &right);
        let names = source::roles(&left);
        let of_left: Vec<_> = rest.iter().filter(|it| is_of(it, &names) && !told(it, &sql)).collect();
        prop_assert!(of_left.is_empty(), "{:#?}\n{}", of_left, sql);
        found.set(found.get() + forward.len() - rest.len());
    });
    assert!(found.get() > 20, "{}", found.get());
}

/// Kind, object, field, left and right.
pub(super) type Difference = (String, String, String, Option<String>, Option<String>);

fn diff(left: &Cluster, right: &Cluster, more: &[&str]) -> String {
    let [from, to] = [left, right].map(|it| it.connection_string("boot", "postgres"));
    let arguments = ["diff", &from, &to, "--reader", "catalog"];
    let done = Run::new([&arguments, more].concat()).status_of(&[0, 1]);
    assert_eq!(done.stderr, "");
    done.stdout
}

fn differences(left: &Cluster, right: &Cluster) -> BTreeSet<Difference> {
    let report = serde_json::from_str(&diff(left, right, &["--format", "json"])).unwrap();
    differences_in(&report)
}

/// The differences that a report has.
pub(super) fn differences_in(report: &Value) -> BTreeSet<Difference> {
    let all = report["differences"].as_array().unwrap();
    let text = |it: &Value| it.as_str().map(str::to_owned);
    let set: BTreeSet<_> = all
        .iter()
        .map(|it| {
            let field = |name: &str| text(&it[name]).unwrap();
            // A fingerprint is good for one run.
            let value = |name: &str| {
                text(&it[name]).map(|value| match value.split_once('#') {
                    Some((kind, _))
                        if value.contains("SCRAM-SHA-256 #") || value.contains("md5 #") =>
                    {
                        kind.to_owned()
                    }
                    _ => value,
                })
            };
            (field("kind"), field("object"), field("field"), value("left"), value("right"))
        })
        .collect();
    assert_eq!(set.len(), all.len());
    set
}

fn swap((kind, object, field, left, right): Difference) -> Difference {
    (kind, object, field, right, left)
}

/// Whether a difference is about a role that the left side has. What is everybody's is nobody's.
pub(super) fn is_of((kind, object, ..): &Difference, names: &BTreeSet<String>) -> bool {
    let shown = |name: &String| Name::new(name).to_string();
    match kind.as_str() {
        "role" => names.contains(object),
        "membership" => {
            names.iter().any(|name| object.starts_with(&format!("{} in ", shown(name))))
        }
        "setting" => names.iter().any(|name| {
            *object == shown(name) || object.starts_with(&format!("{} in database ", shown(name)))
        }),
        "parameter" => names.iter().any(|name| object.ends_with(&format!(" to {}", shown(name)))),
        _ => panic!("{kind} {object}"),
    }
}

/// Whether the script says that it leaves this out.
fn told(difference: &Difference, sql: &str) -> bool {
    let head = sql.split("\\set ON_ERROR_STOP").next().unwrap();
    let mut lines = head.split('\n').filter_map(|line| line.strip_prefix("-- not in it: "));
    let name = format!("{} {}: ", difference.0, finding_name(difference));
    let name = bare(&name);
    lines.any(|line| bare(line).starts_with(&name))
}

/// What a finding about the same calls it.
pub(super) fn finding_name((kind, object, field, ..): &Difference) -> String {
    match kind.as_str() {
        "setting" => format!("{}: {field}", object.replace(" in database ", " in ")),
        _ => object.clone(),
    }
}

/// In findings names are undecorated, and on one line: what is between the words does not count.
pub(super) fn bare(text: &str) -> String {
    let mut parts = text.split("\\u{");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    // Behind the number of a character.
    plain.extend(parts.filter_map(|part| Some(part.split_once('}')?.1)));
    let text = plain.replace("\\n", "").replace("\\r", "").replace("\\t", "");
    text.chars().filter(|c| !c.is_control() && !matches!(c, '"' | ' ' | '\\')).collect()
}
