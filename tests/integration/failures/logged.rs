//! What a failure leaves in the target's log: the verifier of the statement that failed, and none of those
//! that were on their way behind it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::plan::{copy, state};
use crate::support::platforms;
use crate::support::proxy::{Act, Proxy};
use crate::support::verifier;

#[test]
fn fourteen() {
    one_verifier(14);
}

#[test]
fn sixteen() {
    one_verifier(16);
}

#[test]
fn eighteen() {
    one_verifier(18);
}

const ROLES: u32 = 120;

fn one_verifier(major: u32) {
    let target = platforms::azure_like(major);
    let mut dump = String::new();
    for role in 0..ROLES {
        let verifier = verifier::scram(&format!("r{role}"), "p", 1);
        let _ = writeln!(dump, "CREATE ROLE r{role} LOGIN PASSWORD '{verifier}';");
        if role % 2 == 0 {
            target.sql("azadmin", "postgres", &format!("CREATE ROLE r{role} LOGIN"));
        }
    }
    let before = state(&target);
    for (statement, instead, says) in [
        ("CREATE ROLE r41 ", "CREATE ROLE pg_r41 ", "role r41: role name \"pg_r41\" is reserved"),
        ("ALTER ROLE r40 ", "ALTER ROLE none40 ", "role r40: role \"none40\" does not exist"),
    ] {
        for more in [&["--passwords", "resend"][..], &["--passwords", "resend", "--dry-run"]] {
            let what = format!("{statement}{more:?} on {major}");
            let mut proxy = Proxy::hooked(target.socket(), target.port, move |message| {
                if message.text().starts_with(statement) {
                    let text = message.text().replacen(statement, instead, 1);
                    message.set_text(&text);
                }
                Act::Forward
            });
            let length = target.log().len();
            let run = copy(&dump, &proxy.connection_string("azadmin", "postgres"), more);
            let said = if more.contains(&"--dry-run") {
                let report: serde_json::Value =
                    serde_json::from_str(&run.status(1).stdout).unwrap();
                let findings = report["findings"].as_array().unwrap().iter();
                let refused: Vec<_> = findings.filter(|it| it["rule"] == "refused").collect();
                assert_eq!(refused.len(), 1, "{what}: {report:#}");
                let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
                let name = text(&refused[0]["object"]["name"]);
                format!("role {name}: {}", text(&refused[0]["message"]))
            } else {
                run.fails()
            };
            proxy.finish();
            assert!(said.contains(says), "{what}: {said}");
            let log = target.log().split_off(length);
            assert_eq!(verifiers(&log), 1, "{what}: {log}");
            assert_eq!(state(&target), before, "{what}");
        }
    }
}

/// How many verifiers there are in a log.
fn verifiers(log: &str) -> usize {
    let all = log.match_indices("SCRAM-SHA-256$");
    all.map(|(at, _)| log[at..].split('\'').next().unwrap()).collect::<BTreeSet<_>>().len()
}

/// As where a module on the target wants other passwords.
#[test]
fn every_verifier_is_refused() {
    let target = platforms::azure_like(16);
    let mut dump = String::new();
    for role in 0..ROLES {
        let verifier = verifier::scram(&format!("r{role}"), "p", 1);
        let _ = writeln!(dump, "CREATE ROLE r{role} LOGIN PASSWORD '{verifier}';");
    }
    let mut proxy = Proxy::hooked(target.socket(), target.port, |message| {
        if message.text().starts_with("CREATE ROLE r") {
            let text = message.text().replacen("CREATE ROLE r", "CREATE ROLE pg_r", 1);
            message.set_text(&text);
        }
        Act::Forward
    });
    let said = copy(&dump, &proxy.connection_string("azadmin", "postgres"), &[]).fails();
    proxy.finish();
    assert!(said.contains("role r0: role name \"pg_r0\" is reserved"), "{said}");
    let log = target.log();
    assert_eq!(verifiers(&log), 1, "{log}");
}
