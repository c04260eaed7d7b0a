//! A `pg_dumpall` that fails, hangs, warns, or sees something else.

use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use pg_globals::finding::Finding;
use pg_globals::read::pg_dumpall::{Program, dump};
use pg_globals::read::{both, pg_dumpall_alone};
use tokio::time::timeout;

use super::{LONG, client_program, fake, real, with_connection};
use crate::support::cluster::Cluster;

/// What becomes of a copy whose `pg_dumpall` is this script.
fn run(source: &Cluster, body: &str) -> Result<Vec<Finding>, String> {
    let directory = tempfile::tempdir().unwrap();
    let path = fake(directory.path(), "18.1", body);
    with_connection(&source.connection_string("postgres", "postgres"), async |connection, live| {
        let program = Program::ask(&path).await.unwrap();
        let result = both(connection, live, &program, LONG).await;
        let shown =
            |error: &dyn ToString| error.to_string().replace(path.to_str().unwrap(), "FAKE");
        result.map(|(_, findings)| findings).map_err(|error| shown(&error))
    })
}

#[test]
fn what_goes_wrong_is_an_error() {
    let source = Cluster::start(18);
    source.sql("postgres", "postgres", "CREATE ROLE app LOGIN CREATEDB");
    let real = real();
    let header = "--\\n-- PostgreSQL database cluster dump\\n--\\nCREATE ROLE app;\\n";

    assert_eq!(
        run(&source, &format!("printf '%b' '{header}'")).unwrap_err(),
        "FAKE (18.1) ended without its end marker, as when it failed half way: run it again, or give \
         --reader catalog"
    );
    let fails = "echo \"pg_dumpall: error: it is PASSWORD 'tops3cret'\" >&2; exit 1";
    assert_eq!(
        run(&source, &format!("printf '%b' '{header}'; {fails}")).unwrap_err(),
        "FAKE (18.1) failed (exit status: 1); --reader catalog does without it\npg_dumpall: error: it is PASSWORD ***********"
    );
    assert_eq!(
        run(&source, &format!("{real} \"$@\"; exit 1")).unwrap_err(),
        "FAKE (18.1) failed (exit status: 1); --reader catalog does without it"
    );
    let signal = run(&source, "kill -TERM $$").unwrap_err();
    assert!(signal.starts_with("FAKE (18.1) failed (signal: 15"), "{signal}");
    let new = "s/^ALTER ROLE app WITH/& TIMETRAVEL/";
    let unknown = run(&source, &format!("{real} \"$@\" | sed '{new}'")).unwrap_err();
    assert!(unknown.starts_with("FAKE (18.1) wrote what is not understood here, in line "));
    assert!(
        unknown.contains("the server may have what this program does not know yet"),
        "{unknown}"
    );
    let other = "s/ CREATEDB/ NOCREATEDB/;s/app/ape/";
    let disagree = run(&source, &format!("{real} \"$@\" | sed '/app/{{{other}}}'")).unwrap_err();
    assert!(disagree.starts_with("nothing is copied"), "{disagree}");
    let differences = "\nrole ape: present by pg_dumpall, missing by the catalogs\n\
                       role app: missing by pg_dumpall, present by the catalogs";
    assert!(disagree.contains("--reader catalog or --reader pg_dumpall"), "{disagree}");
    assert!(disagree.contains(differences), "{disagree}");
}

/// The real one does not say why it was not let in.
#[test]
fn a_role_that_is_let_in_once() {
    let source = Cluster::start(18);
    source.sql("postgres", "postgres", "CREATE ROLE app LOGIN CONNECTION LIMIT 1");
    let error =
        with_connection(&source.connection_string("app", "postgres"), async |connection, live| {
            let program = Program::ask(&client_program(18, "pg_dumpall")).await.unwrap();
            both(connection, live, &program, LONG).await.unwrap_err().to_string()
        });
    let (_, said) = error.split_once(" failed (").unwrap();
    assert_eq!(
        said,
        "exit status: 1): app has CONNECTION LIMIT 1, and the connection of pg_globals is one of them; \
         --reader catalog does without it\npg_dumpall: error: could not connect to database \
         \"dbname='postgres'\""
    );
}

#[test]
fn what_it_warns_of_is_a_finding() {
    let source = Cluster::start(18);
    // More than both pipes take, so that it would wait for ever for who reads one after the other.
    let much = "head -c 300000 /dev/zero | tr '\\0' ' '";
    let body = format!(
        "echo 'pg_dumpall: warning: something is odd' >&2; echo 'pg_dumpall: hint: look' >&2\n\
         {much} >&2; {much}; {much} >&2; exec {} \"$@\"",
        real()
    );
    let findings = run(&source, &body).unwrap();
    let shown: Vec<_> = findings.iter().map(|it| (it.about.name, &*it.message)).collect();
    assert_eq!(shown, [("pg_dumpall-warning", "something is odd; look")]);
}

#[test]
fn what_hangs_is_ended_with_its_children() {
    let source = Cluster::start(18);
    let directory = tempfile::tempdir().unwrap();
    let place = |name: &str| directory.path().join(name);
    File::create(place("lock")).unwrap();
    // Whoever is left of it holds the lock.
    let body = format!(
        "exec 9<'{}'; flock --exclusive 9; echo \"$PGPASSFILE\" >'{}'\nsleep 600 & sleep 600",
        place("lock").display(),
        place("passfile").display()
    );
    let path = fake(directory.path(), "18.1", &body);
    let string = source.connection_string("postgres", "postgres") + " password=x";
    with_connection(&string, async |connection, live| {
        let program = Program::ask(&path).await.unwrap();
        let limit = Duration::from_millis(2500);
        let error = both(connection, live, &program, limit).await.unwrap_err().to_string();
        let expected = "was not done within 2.5 seconds, and was ended: give --reader catalog";
        assert!(error.ends_with(expected), "{error}");
        assert_nothing_left(directory.path());
        // And nobody waits for it any longer.
        assert!(timeout(limit, dump(&program, connection, true, LONG)).await.is_err());
        assert_nothing_left(directory.path());
    });
}

/// Waits until no process has the lock; then the password file is gone.
fn assert_nothing_left(directory: &Path) {
    File::open(directory.join("lock")).unwrap().lock().unwrap();
    let passfile = fs::read_to_string(directory.join("passfile")).unwrap();
    assert!(passfile.starts_with('/') && !Path::new(passfile.trim_end()).exists(), "{passfile}");
}

#[test]
fn any_database_will_do() {
    let source = Cluster::start(15);
    let name = "odd = \"db\" it's \\ x";
    source.sql("postgres", "postgres", "CREATE DATABASE \"odd = \"\"db\"\" it's \\ x\"");
    let limit =
        "ALTER DATABASE postgres CONNECTION LIMIT 0; ALTER DATABASE template1 CONNECTION LIMIT 0";
    source.sql("postgres", "postgres", "CREATE ROLE app LOGIN");
    source.sql("postgres", "postgres", limit);
    for client in [15, 16, 18] {
        with_connection(&source.connection_string("app", name), async |connection, live| {
            let path = client_program(client, "pg_dumpall");
            let program = Program::ask(&path).await.unwrap();
            both(connection, live.clone(), &program, LONG).await.unwrap();
            pg_dumpall_alone(connection, live, &program, LONG).await.unwrap();
        });
    }
}
