//! Values that no server stores, in one column of one answer: refused where rows are read, by name.

use std::fmt::Write as _;

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::cluster::Cluster;
use crate::support::command::{Done, Run};
use crate::support::globals::rich;
use crate::support::impostor::{Answer, Impostor, pass, row, values};

const DUMP: &str = "CREATE ROLE app LOGIN;\n";

/// The names of the columns that are described.
fn columns(description: &[u8]) -> Vec<String> {
    let count = u16::from_be_bytes([description[0], description[1]]);
    let mut rest = &description[2..];
    let mut next = || {
        let end = rest.iter().position(|byte| *byte == 0).unwrap();
        let name = String::from_utf8(rest[..end].to_vec()).unwrap();
        rest = &rest[end + 19..];
        name
    };
    (0..count).map(|_| next()).collect()
}

/// In front of a server: in the first row whose first columns are called so, the last of these has
/// another value.
fn changed(server: &Cluster, names: &'static [&'static str], by: &[u8]) -> Impostor {
    let by = by.to_vec();
    Impostor::between(server, move |_, mut answer: Answer, client| {
        let mut at = None;
        for (tag, body) in &mut answer {
            match tag {
                b'T' => {
                    let columns = columns(body);
                    at = columns
                        .starts_with(&names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>())
                        .then(|| names.len() - 1);
                }
                b'D' => {
                    if let Some(at) = at.take() {
                        let mut values = values(body);
                        values[at] = Some(by.clone());
                        *body = row(&values);
                    }
                }
                _ => {}
            }
        }
        pass(&answer, client)
    })
}

/// No NUL, and nothing written.
#[track_caller]
fn said(done: &Done, impostor: &Impostor) -> String {
    assert!(!done.stdout.contains('\0') && !done.stderr.contains('\0'), "{}", done.stderr);
    assert!(done.run.names().iter().all(|name| name == "in.sql"), "{:?}", done.run.names());
    done.stderr.replace(&impostor.place(), "DIR")
}

/// The answers of a source to convert.
#[test]
fn are_refused_by_the_name_of_the_question_and_the_column() {
    let server = Cluster::start(16);
    rich(&server, "postgres");
    let long = "x".repeat(64);
    let huge = vec![b'x'; (16 << 20) + 1];
    let wrong: [(&str, &[u8]); 5] = [
        ("a NUL", b"a\0b"),
        ("no name", b""),
        ("a long name", long.as_bytes()),
        ("no encoding", b"\xff\xfe"),
        ("too much", &huge),
    ];
    let columns: [&'static [&'static str]; 7] = [
        &["oid", "rolname"],
        &["rolname", "rolname"],
        &["rolname", "rolname", "rolname", "admin_option"],
        &["setrole", "rolname", "setdatabase", "datname", "c"],
        &["oid", "spcname"],
        &["datname"],
        &["current_user"],
    ];
    let mut all = String::new();
    for (name, by) in wrong {
        let _ = writeln!(all, "{name}");
        for column in columns {
            let impostor = changed(&server, column, by);
            let from = impostor.connection_string("postgres");
            let run = Run::new(["convert", &from, "--reader", "catalog", "-o", "out.sql"]);
            let said = said(&run.status(2), &impostor);
            let said = said.strip_prefix(
                "error: DIR:5432/postgres: the server's answer is not PostgreSQL's (",
            );
            let said = said
                .unwrap_or_default()
                .strip_suffix("): is it a connection pooler? connect to the server itself\n");
            let _ = writeln!(all, "  {}", said.unwrap_or("SOMETHING ELSE"));
        }
    }
    assert_snapshot!(all, @r"
    a NUL
      pg_authid, column rolname: a NUL in a value
      pg_auth_members, column rolname: a NUL in a value
      pg_auth_members, column admin_option: a NUL in a value
      pg_db_role_setting, column c: a NUL in a value
      pg_tablespace, column spcname: a NUL in a value
      pg_database, column datname: a NUL in a value
      current_user, column current_user: a NUL in a value
    no name
      pg_authid, column rolname: a name of no length
      pg_auth_members, column rolname: a name of no length
      pg_auth_members, column admin_option: something else where a truth value was expected
      pg_db_role_setting, column c: a setting without =
      pg_tablespace, column spcname: a name of no length
      pg_database, column datname: a name of no length
      current_user, column current_user: a name of no length
    a long name
      pg_authid, column rolname: a name of 64 bytes, where 63 are the most
      pg_auth_members, column rolname: a name of 64 bytes, where 63 are the most
      pg_auth_members, column admin_option: something else where a truth value was expected
      pg_db_role_setting, column c: a setting without =
      pg_tablespace, column spcname: a name of 64 bytes, where 63 are the most
      pg_database, column datname: a name of 64 bytes, where 63 are the most
      current_user, column current_user: a name of 64 bytes, where 63 are the most
    no encoding
      pg_authid, column rolname: text that is not UTF-8
      pg_auth_members, column rolname: text that is not UTF-8
      pg_auth_members, column admin_option: text that is not UTF-8
      pg_db_role_setting, column c: text that is not UTF-8
      pg_tablespace, column spcname: text that is not UTF-8
      pg_database, column datname: text that is not UTF-8
      current_user, column current_user: text that is not UTF-8
    too much
      pg_authid, column rolname: a value of 16777217 bytes
      pg_auth_members, column rolname: a value of 16777217 bytes
      pg_auth_members, column admin_option: a value of 16777217 bytes
      pg_db_role_setting, column c: a value of 16777217 bytes
      pg_tablespace, column spcname: a value of 16777217 bytes
      pg_database, column datname: a value of 16777217 bytes
      current_user, column current_user: a value of 16777217 bytes
    ");
}

/// The same wherever a server is read.
#[test]
fn are_refused_by_every_command() {
    let server = Cluster::start(16);
    rich(&server, "postgres");
    let healthy = &server.connection_string("postgres", "postgres");
    let impostor = changed(&server, &["oid", "rolname"], b"evil\0; DROP ROLE app; --");
    let place = &impostor.connection_string("postgres");
    let why = "error: DIR:5432/postgres: the server's answer is not PostgreSQL's (pg_authid, column \
               rolname: a NUL in a value): is it a connection pooler? connect to the server itself\n";
    for arguments in [
        ["copy", place, healthy, "--yes", "--reader", "catalog"].as_slice(),
        &["copy", "in.sql", place, "--yes"],
        &["diff", place, healthy, "--reader", "catalog"],
        &["diff", healthy, place, "--reader", "catalog"],
        &["diff", "in.sql", place, "--format", "sql", "-o", "out.sql"],
        &["convert", place],
    ] {
        let done = Run::new(arguments).file("in.sql", DUMP).status(2);
        assert_eq!(said(&done, &impostor), why, "{arguments:?}");
    }
    let check = Run::new(["check", place, healthy, "--format", "json"]).status(2);
    let report: Value = serde_json::from_str(&check.stdout).unwrap();
    let outcomes = report["checks"].as_array().unwrap();
    let network = outcomes.iter().find(|it| it["check"] == "network").unwrap();
    assert_eq!(network["state"], "failed");
    let found = network["found"].as_str().unwrap();
    assert!(found.contains("(pg_authid, column rolname: a NUL in a value)"), "{found}");
}

/// Names in no encoding are named, whatever stands in their way.
#[test]
fn names_in_no_encoding_are_named() {
    let server = Cluster::start(16);
    server.sql(
        "postgres",
        "postgres",
        "CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'",
    );
    let place = server.connection_string("postgres", "ascii");
    server.sql(
        "postgres",
        "ascii",
        "DO $$ BEGIN EXECUTE 'CREATE ROLE caf' || convert_from('\\xe9', 'SQL_ASCII'); END $$",
    );
    for database in ["ascii", "postgres"] {
        let from = place.replace("dbname=ascii", &format!("dbname={database}"));
        let run = Run::new(["convert", &from, "--reader", "catalog", "-o", "out.sql"]);
        let said = run.fails();
        assert!(said.contains(": role \"caf\\xe9\" (oid "), "{said}");
        assert!(said.ends_with("a database in whose encoding all names are\n"), "{said}");
    }
}

/// What only check asks: the rest of it is said all the same.
#[test]
fn are_unknown_to_the_checks_that_need_them() {
    let server = Cluster::start(16);
    let healthy = &server.connection_string("postgres", "postgres");
    for (by, what) in [
        (&b"a\0b"[..], "pg_database, column datname: a NUL in a value"),
        (b"", "pg_database, column datname: a name of no length"),
    ] {
        // `pg_get_userbyid` comes second where the globals are read, too, but not this.
        let impostor = changed(&server, &["datname"], by);
        let place = &impostor.connection_string("postgres");
        let check = Run::new(["check", healthy, place, "--format", "json"]).status(2);
        assert!(check.stdout.contains(what), "{}", check.stdout);
    }
}
