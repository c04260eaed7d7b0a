//! What a restore by an administrator who is no superuser is refused: each error was foreseen, and the way out works.

use std::net::TcpListener;

use insta::assert_snapshot;

use super::{SERVER, azure, check, found};
use crate::support::cluster::Cluster;
use crate::support::command::Run;

/// The `pg_dump` and `pg_restore` that is used.
const CLIENT: u32 = 18;

fn source(major: u32, sql: &str) -> Cluster {
    let source = Cluster::start(major);
    source.sql("postgres", "postgres", "CREATE DATABASE shop");
    source.sql("postgres", "shop", sql);
    source
}

fn run(source: &Cluster, to: &str, only: &[&str]) -> Run {
    check(&source.connection_string("postgres", "postgres"), to, only).with("--database shop")
}

/// The dump of the database, in the target's directory.
fn dump(source: &Cluster, target: &Cluster) -> String {
    let file = target.socket().join("refused.dump").to_str().unwrap().to_owned();
    let mut dump = source.client(CLIENT, "pg_dump", "postgres");
    let dump = dump.args(["-Fc", "-f", &file, "shop"]).output().unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    file
}

/// The errors of a restore as the administrator, a line each.
fn restore(target: &Cluster, arguments: &[&str]) -> String {
    let mut restore = target.client(CLIENT, "pg_restore", "azadmin");
    let said = restore.arg("--no-owner").args(arguments).output().unwrap().stderr;
    let said = String::from_utf8(said).unwrap();
    let errors = said.split('\n').filter_map(|line| Some(line.split_once("ERROR:")?.1.trim()));
    errors.collect::<Vec<_>>().join("\n")
}

/// A host may take connections and never say a word.
#[test]
fn a_target_that_keeps_silent() {
    let source = Cluster::start(15);
    let from = source.connection_string("postgres", "postgres");
    // Connections are taken by the kernel.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let to = format!("host=127.0.0.1 port={port} user=u dbname=d connect_timeout=1");
    let done = check(&from, &to, &["target-user"]).status(2);
    let said = [done.stdout, done.stderr].map(|text| {
        text.replace(&source.socket().display().to_string(), "SOURCE")
            .replace(&port.to_string(), "PORT")
    });
    assert_snapshot!(said[1], @"error: not all checks could be made: the target: 127.0.0.1:PORT: no answer within 2 s; a firewall may be in between; connect_timeout=SECONDS in the connection string, or PGCONNECT_TIMEOUT, sets another limit, and 0 none");
    assert_snapshot!(said[0].split("\n\n").skip(1).collect::<Vec<_>>().join("\n"), @"
    incomplete: nothing failed, but 1 check could not be decided: 0 failed, 0 warnings, 1 unknown, 0 succeeded
    next: see why the target could not be read, and run this check again
    Unknown: the target could not be read, and so 1 check could not be made: target-user
    ");
}
