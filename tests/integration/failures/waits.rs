//! How often a copy waits for an answer, and what a refused setting costs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::plan::{copy, direct, state};
use crate::support::catalog::Catalog;
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::platforms;
use crate::support::proxy::{Act, Proxy};

/// Long enough that messages on their way at once are seen to be.
const ROUND_TRIP: Duration = Duration::from_millis(20);

#[test]
fn a_copy_waits_seldom() {
    let source = Cluster::start(15);
    let mut roles = String::new();
    for role in 0..2500 {
        let _ = write!(
            roles,
            "CREATE ROLE r{role} LOGIN CONNECTION LIMIT 5; ALTER ROLE r{role} SET work_mem = '3MB';
             COMMENT ON ROLE r{role} IS 'no. {role}'; GRANT r{} TO r{role};",
            role / 10 * 10 + 2500
        );
        if role % 10 == 0 {
            roles.insert_str(0, &format!("CREATE ROLE r{};", role + 2500));
        }
    }
    source.sql("postgres", "postgres", &roles);
    let target = platforms::azure_like(16);
    let near_source = Proxy::delaying(source.socket(), source.port, ROUND_TRIP);
    let near_target = Proxy::delaying(target.socket(), target.port, ROUND_TRIP);
    let from = near_source.connection_string("postgres", "postgres");
    let to = near_target.connection_string("azadmin", "postgres");
    let run = Run::new([
        "copy",
        &from,
        &to,
        "--yes",
        "--into-older",
        "--reader",
        "catalog",
        "--format",
        "json",
    ])
    .done();
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let sent = usize::try_from(report["sent"].as_u64().unwrap()).unwrap();
    assert!(sent > 7750, "{sent}");
    assert_eq!(report["remaining"], 0);
    assert!(near_target.waits() <= 14 + sent / 2000, "{}", near_target.waits());
    assert!(near_source.waits() <= 3, "{}", near_source.waits());
}

/// What the target does not have, and its neighbours.
#[test]
fn each_refused_setting_is_found_and_the_rest_arrives() {
    const ROLES: usize = 1000;
    const EVERY: usize = 33;
    let source = Cluster::start(15);
    let mut roles = String::new();
    for role in 0..ROLES {
        let _ = write!(roles, "CREATE ROLE r{role}; ALTER ROLE r{role} SET TimeZone = 'UTC';");
    }
    source.sql("postgres", "postgres", &roles);
    // No server takes these by ALTER ROLE, unless its system has them.
    let bad = (7..ROLES).step_by(EVERY);
    let expected = bad.clone().count();
    for (role, text) in
        bad.zip(["lc_monetary=xx_YY.nowhere", "TimeZone=Mars/Olympus"].iter().cycle())
    {
        let update = format!(
            "UPDATE pg_db_role_setting SET setconfig = ARRAY['{text}']
             WHERE setrole = 'r{role}'::regrole"
        );
        source.sql("postgres", "postgres", &update);
    }
    assert!(expected >= 30);

    let target = platforms::azure_like(15);
    let proxy = Proxy::delaying(target.socket(), target.port, ROUND_TRIP);
    let from = source.connection_string("postgres", "postgres");
    let to = proxy.connection_string("azadmin", "postgres");
    let run = Run::new([
        "copy",
        &from,
        &to,
        "--yes",
        "--into-older",
        "--reader",
        "catalog",
        "--format",
        "json",
    ])
    .done();
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["refused"], expected, "{}", report["refused"]);
    assert_eq!(report["remaining"], 0);
    let findings = report["findings"].as_array().unwrap();
    let of = |message: &str| {
        let refused = findings.iter().filter(|it| it["rule"] == "refused");
        refused.filter(|it| it["message"].as_str().unwrap().contains(message)).count()
    };
    let invalid = "invalid value for parameter";
    assert_eq!(of(&format!("{invalid} \"lc_monetary\"")), expected.div_ceil(2));
    assert_eq!(of(&format!("{invalid} \"TimeZone\"")), expected / 2);
    let arrived = Catalog::of(&target).settings;
    let mine = arrived.iter().filter(|it| it.text.eq_ignore_ascii_case("timezone=UTC"));
    assert_eq!(mine.count(), ROLES - expected);
    let sent = 2 * ROLES - expected;
    // However many there are.
    assert!(proxy.waits() <= 14 + sent / 2000 + 2, "{}", proxy.waits());
}

/// However many are refused, nothing is sent more often than twice.
#[test]
fn refusals_by_the_hundred() {
    const ROLES: usize = 700;
    let target = platforms::azure_like(16);
    let mut dump = String::new();
    for role in 0..ROLES {
        let zone = if role % 7 == 0 { "UTC" } else { "Mars/Olympus" };
        let _ =
            write!(dump, "CREATE ROLE r{role};\nALTER ROLE r{role} SET TimeZone TO '{zone}';\n");
    }
    let before = state(&target);
    for (more, status) in [(&["--dry-run"][..], 0), (&[], 0)] {
        let seen = Arc::new(Mutex::new(BTreeMap::new()));
        let into = Arc::clone(&seen);
        let proxy = super::plan::proxy(&target, move |message| {
            for statement in super::plan::statements(message.text()) {
                *into.lock().unwrap().entry(statement.to_owned()).or_insert(0) += 1;
            }
            Act::Forward
        });
        let to = proxy.connection_string("azadmin", "postgres");
        let done = copy(&dump, &to, more).status(status);
        drop(proxy);
        let report: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
        assert_eq!(report["refused"], ROLES - ROLES / 7, "{}", report["refused"]);
        assert_eq!(report["sent"], ROLES + ROLES / 7);
        assert_eq!(report["remaining"], 0);
        let seen = seen.lock().unwrap();
        assert_eq!(seen.len(), 2 * ROLES);
        assert!(seen.values().all(|times| *times <= 2), "{seen:?}");
        assert_eq!(state(&target) == before, !more.is_empty());
    }
}

/// A second copy reads, and sends nothing.
#[test]
fn a_second_copy_waits_for_reading_only() {
    let target = platforms::azure_like(17);
    let dump = super::plan::dump(true);
    copy(&dump, &direct(&target), &[]).done();
    let before = state(&target);
    let proxy = Proxy::delaying(target.socket(), target.port, ROUND_TRIP);
    copy(&dump, &proxy.connection_string("azadmin", "postgres"), &[]).done();
    assert_eq!(state(&target), before);
    assert_eq!(proxy.waits(), 2);
}
