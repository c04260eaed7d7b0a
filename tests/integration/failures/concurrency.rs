//! Somebody else changes roles while a copy runs.

use std::sync::mpsc::channel;

use super::plan::{self, copy, direct, state};
use crate::support::cluster::Cluster;
use crate::support::proxy::{Act, Message, Proxy};

/// Runs statements as the superuser before the first message that fits.
fn meanwhile(
    target: &Cluster,
    fits: impl Fn(&Message<'_>) -> bool + Send + 'static,
    sql: &'static str,
) -> Proxy {
    let string = target.connection_string("azuresu", "postgres");
    let mut done = false;
    plan::proxy(target, move |message| {
        if !done && fits(message) {
            done = true;
            Cluster::psql_at(&string, "", sql).unwrap();
        }
        Act::Forward
    })
}

fn first_statements(message: &Message<'_>) -> bool {
    plan::statements(message.text()).next().is_some()
}

const ALL: [u32; 4] = [12, 15, 16, 18];

#[test]
fn a_role_made_after_the_last_look() {
    for major in ALL {
        let target = plan::target(major);
        let before = state(&target);
        let proxy = meanwhile(&target, first_statements, "CREATE ROLE r7");
        let to = proxy.connection_string("azadmin", "postgres");
        let stderr = copy(&plan::dump(true), &to, &["--undo", "undo.sql"]).fails();
        assert!(stderr.contains(
            "role r7: role \"r7\" already exists (42710); somebody is changing roles, nothing was \
             done: run copy again; it comes from in.sql:19\n"
        ) || stderr.contains("role r7: duplicate key value"), "{stderr}");
        assert!(stderr.contains("somebody is changing roles, nothing was done: run copy again"));
        drop(proxy);
        target.sql("azuresu", "postgres", "DROP ROLE r7");
        assert_eq!(state(&target), before);
        copy(&plan::dump(true), &direct(&target), &[]).done();
    }
}

#[test]
fn a_role_dropped_after_the_last_look() {
    for major in ALL {
        let target = plan::target(major);
        let proxy = meanwhile(&target, first_statements, "DROP ROLE old3");
        let before = {
            let mut before = state(&target);
            before.roles.remove("old3");
            before.grants.retain(|grant| grant.role != "old3");
            before
        };
        let to = proxy.connection_string("azadmin", "postgres");
        let stderr = copy(&plan::dump(true), &to, &[]).fails();
        assert!(
            stderr
                .contains("role old3: role \"old3\" does not exist (42704); somebody is changing"),
            "{stderr}"
        );
        drop(proxy);
        assert_eq!(state(&target), before);
    }
}

#[test]
fn another_plan_than_the_one_shown() {
    for sql in ["ALTER ROLE old1 CONNECTION LIMIT 3", "CREATE ROLE r7", "GRANT old1 TO old2"] {
        let target = plan::target(17);
        let begin =
            |message: &Message<'_>| message.text().starts_with("BEGIN ISOLATION LEVEL READ C");
        let proxy = meanwhile(&target, begin, sql);
        let to = proxy.connection_string("azadmin", "postgres");
        let run = copy(&plan::dump(true), &to, &[]);
        if sql.starts_with("GRANT") {
            // What does not matter to the plan does not stop it.
            run.done();
            continue;
        }
        let stderr = run.fails();
        assert!(
            stderr.contains(
                "the target has changed since the plan was made; nothing was done: run copy again"
            ),
            "{stderr}"
        );
        drop(proxy);
        let roles = state(&target).roles;
        assert!(!roles.contains_key("r8"));
        let (is_limited, is_made) = (roles["old1"].limit == "3", roles.contains_key("r7"));
        assert_eq!((is_limited, is_made), (sql.starts_with("ALTER"), sql.starts_with("CREATE")));
    }
}

/// The administrator gets another name between the two readings: no pooler gave another session.
#[test]
fn the_connected_role_is_renamed() {
    let target = plan::target(17);
    let begin = |message: &Message<'_>| message.text().starts_with("BEGIN ISOLATION LEVEL READ C");
    let proxy = meanwhile(&target, begin, "ALTER ROLE azadmin RENAME TO azboss");
    let to = proxy.connection_string("azadmin", "postgres");
    let stderr = copy(&plan::dump(true), &to, &[]).fails();
    let changed =
        "the target has changed since the plan was made; nothing was done: run copy again";
    assert!(stderr.contains(changed) && !stderr.contains("pooler"), "{stderr}");
    drop(proxy);
    assert!(!state(&target).roles.contains_key("r8"));
}

/// The second waits for the first, and then sees that it has nothing to do any more.
#[test]
fn two_copies_at_once() {
    let target = plan::target(16);
    let (arrived, first_arrives) = channel();
    let (go, may_go) = channel::<()>();
    let mut first = true;
    let proxy = plan::proxy(&target, move |message| {
        if first && first_statements(message) {
            first = false;
            arrived.send(()).unwrap();
            may_go.recv().unwrap();
        }
        Act::Forward
    });
    let dump = plan::dump(true);
    std::thread::scope(|scope| {
        let one = scope
            .spawn(|| copy(&dump, &proxy.connection_string("azadmin", "postgres"), &[]).done());
        first_arrives.recv().unwrap();
        let two = scope.spawn(|| copy(&dump, &direct(&target), &[]).fails());
        let waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
        while target.query("azuresu", "postgres", waiting).is_empty() {
            std::thread::yield_now();
        }
        go.send(()).unwrap();
        one.join().unwrap();
        let stderr = two.join().unwrap();
        assert!(stderr.contains("the target has changed since the plan was made"), "{stderr}");
    });
    let third = copy(&dump, &direct(&target), &[]).done();
    assert!(third.stdout.contains("\"sent\": 0,"), "{}", third.stdout);
}

/// Nobody waits for ever, neither for another copy nor for whoever has altered a role.
#[test]
fn what_takes_too_long() {
    let target = plan::target(16);
    let before = state(&target);
    let holders = [
        (
            "SELECT pg_advisory_xact_lock(123589419102050)",
            "another copy into this database is running",
        ),
        ("ALTER ROLE old1 CONNECTION LIMIT 3", "somebody is changing roles"),
    ];
    for (holder, says) in holders {
        // Half a minute is much for a test.
        let proxy = plan::proxy(&target, |message| {
            plan::impatient(message);
            Act::Forward
        });
        let to = proxy.connection_string("azadmin", "postgres");
        let stderr = target.with_client("azuresu", "postgres", async |client| {
            client.batch_execute(&format!("BEGIN; {holder}")).await.unwrap();
            copy(&plan::dump(true), &to, &[]).fails()
        });
        assert!(stderr.contains(says), "{stderr}");
        assert!(stderr.contains("run copy again"), "{stderr}");
        drop(proxy);
        assert_eq!(state(&target), before);
    }
}
