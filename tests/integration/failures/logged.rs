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
            assert_eq!(verifiers(&log).len(), 1, "{what}: {log}");
            let real = verifiers(&log).iter().any(|it| dump.contains(it));
            assert_eq!(real, !more.contains(&"--dry-run"), "{what}: {log}");
            assert_eq!(state(&target), before, "{what}");
        }
    }
}

/// The verifiers in a log.
fn verifiers(log: &str) -> BTreeSet<&str> {
    let all = log.match_indices("SCRAM-SHA-256$");
    all.map(|(at, _)| log[at..].split('\'').next().unwrap()).collect()
}

/// As where a module on the target wants other passwords.
#[test]
fn every_verifier_is_refused() {
    assert_eq!(refused_from(0, &[]), 1);
}

/// As where somebody else creates such roles at the same time.
#[test]
fn every_verifier_is_refused_from_one_on() {
    let logged = refused_from(41, &[]);
    assert!((1..=8).contains(&logged), "{logged}");
}

/// A dry run goes on, and what is logged is nobody's.
#[test]
fn every_verifier_is_refused_in_a_dry_run() {
    assert_eq!(refused_from(0, &["--dry-run"]), 0);
}

/// How many verifiers of the source are in the log of a target that refuses all from one on.
fn refused_from(first: u32, more: &[&str]) -> usize {
    let target = platforms::azure_like(16);
    let mut dump = String::new();
    for role in 1000..1000 + ROLES {
        let verifier = verifier::scram(&format!("r{role}"), "p", 1);
        let _ = writeln!(dump, "CREATE ROLE r{role} LOGIN PASSWORD '{verifier}';");
    }
    let mut proxy = Proxy::hooked(target.socket(), target.port, move |message| {
        let name = message.text().strip_prefix("CREATE ROLE r").and_then(|rest| rest.get(..4));
        let number = name.and_then(|digits| digits.parse::<u32>().ok());
        if number.is_some_and(|number| number >= 1000 + first) {
            let text = message.text().replacen("CREATE ROLE r", "CREATE ROLE pg_r", 1);
            message.set_text(&text);
        }
        Act::Forward
    });
    let run = copy(&dump, &proxy.connection_string("azadmin", "postgres"), more);
    let role = 1000 + first;
    if more.is_empty() {
        let said = run.fails();
        let says = format!("role r{role}: role name \"pg_r{role}\" is reserved");
        assert!(said.contains(&says), "{said}");
    } else {
        let said = run.status(1).stdout;
        assert_eq!(said.matches("is reserved").count(), (ROLES - first) as usize, "{said}");
    }
    proxy.finish();
    let log = target.log();
    let all = verifiers(&log);
    assert!(!all.is_empty(), "{log}");
    all.iter().filter(|it| dump.contains(**it)).count()
}
