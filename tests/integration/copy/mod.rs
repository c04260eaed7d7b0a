//! `copy`: what it prints, and what it does in special cases.

mod administrators;
mod answered;
mod approval;
mod asked;
mod databases;
mod errors;
mod existing;
mod for_restore;
mod freeze;
mod grant_options;
mod grantors;
mod implicit;
mod needed;
mod outsiders;
mod passwords;
mod remedies;
mod selection;
mod self_grants;
mod settings;
mod tablespaces;
mod take_back;
mod text;
mod undo;
mod versions;
mod watched;
mod weekend;

use serde_json::Value;

use crate::support::cluster::Cluster;
use crate::support::command::{Run, without_build};

/// The command line of a copy that asks nobody.
fn command(from: &str, to: &str, more: &[&str]) -> Run {
    let arguments = ["copy", from, to, "--yes", "--into-older", "--reader", "catalog"];
    Run::new([&arguments[..], more].concat())
}

/// The report of a copy that ends with status 0.
fn copy(from: &str, to: &str, more: &[&str]) -> Value {
    report(command(from, to, more))
}

/// The report of a command line that ends with status 0.
fn report(run: Run) -> Value {
    serde_json::from_str(&run.with("--format json").done().stdout).unwrap()
}

/// A second copy finds nothing to do, and nothing remains.
#[track_caller]
fn assert_settled(from: &str, to: &str, more: &[&str]) -> Value {
    let report = copy(from, to, more);
    assert_eq!(report["sent"], 0, "{report:#}");
    assert_eq!(report["remaining"], 0, "{report:#}");
    report
}

/// What was planned, a line each.
fn changes(report: &Value) -> String {
    let all = report["changes"].as_array().unwrap().iter();
    let lines: Vec<_> = all.map(|it| it["description"].as_str().unwrap()).collect();
    lines.join("\n")
}

/// The findings of these rules, a line each; of all where none is named.
fn findings(report: &Value, rules: &[&str]) -> String {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = report["findings"].as_array().unwrap().iter();
    let wanted = all.filter(|it| rules.is_empty() || rules.contains(&it["rule"].as_str().unwrap()));
    let lines: Vec<_> = wanted
        .map(|it| {
            let [rule, severity, action] = ["rule", "severity", "action"].map(|key| text(&it[key]));
            let [kind, name] = ["kind", "name"].map(|key| text(&it["object"][key]));
            let line =
                format!("{severity} {rule} {action} {kind} {name}: {}", text(&it["message"]));
            majors_only(&line)
        })
        .collect();
    lines.join("\n")
}

/// The numbers of a report.
fn numbers(report: &Value) -> String {
    let keys = ["sent", "remaining", "extra", "deferred", "withheld", "refused", "unverifiable"];
    keys.map(|key| format!("{key} {}", report[key])).join(", ")
}

/// The text with placeholders for what differs from run to run.
fn masked(text: &str, source: &Cluster, target: &Cluster) -> String {
    let mut text = text.to_owned();
    for (cluster, name) in [(source, "SOURCE"), (target, "TARGET")] {
        let address = format!("{}:{}", cluster.socket().display(), cluster.port);
        text = text.replace(&address, name);
        text = text.replace(&format!("127.0.0.1:{}", cluster.port), name);
        text = text.replace(&cluster.socket().display().to_string(), &format!("{name}-SOCKET"));
        text = text.replace(&cluster.port.to_string(), "PORT");
    }
    majors_only(&text)
}

/// Minor versions come and go, and so does ours; each server has its own fingerprints.
fn majors_only(text: &str) -> String {
    let mut text = without_build(text).replace(env!("CARGO_PKG_VERSION"), "VERSION");
    for (before, letters) in [
        ("fingerprint: ", 29),
        ("fingerprint\u{241b}[0m: ", 29),
        ("fingerprint of the plan: ", 29),
        ("\"fingerprint\": \"", 29),
        ("system_identifier ", 19),
    ] {
        let mut from = 0;
        while let Some(at) = text[from..].find(before) {
            from += at + before.len();
            text.replace_range(from..from + letters, "…");
        }
    }
    for before in ["PostgreSQL ", "\"server_version\": \"", "version: ", " newer than "] {
        let mut parts = text.split(before);
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let number = part.find(|c: char| !(c.is_ascii_digit() || c == '.'));
            let (number, rest) = part.split_at(number.unwrap_or(part.len()));
            out.push_str(before);
            out.push_str(number.split('.').next().unwrap_or_default());
            out.push_str(rest);
        }
        text = out;
    }
    text
}
