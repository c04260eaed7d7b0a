//! What comes first: each message begins a transaction and makes it safe, or belongs to one that does.

use std::sync::{Arc, Mutex};

use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::platforms;
use crate::support::proxy::{Act, Proxy};

/// What any message outside of a transaction begins with.
const FRONTS: [&str; 3] = [
    "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL search_path = pg_catalog, pg_temp;",
    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY; SET LOCAL search_path = pg_catalog, pg_temp;",
    "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE; SET LOCAL search_path = pg_catalog, pg_temp;",
];

/// A proxy, and all messages that have passed it.
fn listening(server: &Cluster) -> (Proxy, Arc<Mutex<Vec<String>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&heard);
    let proxy = Proxy::hooked(server.socket(), server.port, move |message| {
        if message.tag == b'Q' {
            into.lock().unwrap().push(message.text().to_owned());
        }
        Act::Forward
    });
    (proxy, heard)
}

/// How many messages have begun a transaction; any other is in one, or is empty.
#[track_caller]
fn begun(messages: &[String], writes: bool) -> usize {
    let mut open = false;
    let mut begun = 0;
    for message in messages.iter().filter(|message| !message.is_empty()) {
        let text = message.replace(";\n", "; ").replace(";SET", "; SET");
        if !open {
            let front = FRONTS.iter().position(|front| text.starts_with(front));
            let front = front.unwrap_or_else(|| panic!("{message}"));
            assert!(writes || front < 2, "{message}");
            begun += 1;
            open = text.starts_with("BEGIN");
        }
        open &= !(text.ends_with("COMMIT") || text == "ROLLBACK");
    }
    assert!(!open);
    begun
}

#[test]
fn nothing_is_said_outside_of_a_transaction_that_is_safe() {
    let source = platforms::aurora_like(16);
    source.sql(
        "rdsadmin",
        "postgres",
        "CREATE ROLE app LOGIN; ALTER ROLE app SET work_mem = '3MB'",
    );
    let target = platforms::azure_like(16);
    for (arguments, [most_source, most_target], writes) in [
        (&["convert"][..], [2, 0], false),
        (&["diff"], [1, 1], false),
        (&["check"], [100, 100], false),
        (&["verify"], [100, 100], false),
        (&["copy", "--dry-run", "--into-older"], [2, 2], true),
        (&["copy", "--yes", "--into-older"], [2, 3], true),
    ] {
        let (mut near_source, from_source) = listening(&source);
        let (mut near_target, from_target) = listening(&target);
        let (command, more) = arguments.split_first().unwrap();
        let mut run =
            Run::new([*command]).arg(near_source.connection_string("postgres", "postgres"));
        if *command != "convert" {
            run = run.arg(near_target.connection_string("azadmin", "postgres"));
        }
        if !["check", "verify"].contains(command) {
            run = run.arg("--reader").arg("catalog");
        }
        more.iter().fold(run, Run::arg).status_of(&[0, 1]);
        near_source.finish();
        near_target.finish();
        let heard = begun(&from_source.lock().unwrap(), false);
        assert!((1..=most_source).contains(&heard), "{arguments:?}: {heard}");
        let heard = begun(&from_target.lock().unwrap(), writes);
        assert!(heard <= most_target, "{arguments:?}: {heard}");
    }
}
