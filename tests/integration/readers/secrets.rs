//! Law 6: the password reaches `pg_dumpall` by a file that only its user can read, and that is gone
//! afterwards.

use std::fs;
use std::path::Path;

use pg_globals::read::both;
use pg_globals::read::pg_dumpall::{Program, dump};

use super::{LONG, fake, real, with_connection};
use crate::support::cluster::Cluster;

/// A value of a connection string.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
}

#[test]
fn no_password_in_arguments_and_variables() {
    let source = Cluster::start(18);
    let long = "tok3n:\\'\"$ ".repeat(400);
    for password in ["p:w\\x 'q\" $(ü) %41", &long] {
        let literal = password.replace('\'', "''");
        let sql = format!("DROP ROLE IF EXISTS app; CREATE ROLE app LOGIN PASSWORD '{literal}'");
        source.sql("postgres", "postgres", &sql);
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path().display();
        let body = format!(
            "printf '%s\\n' \"$@\" >'{place}/arguments'; env >'{place}/variables'\n\
             tr '\\0' '\\n' </proc/$$/cmdline >'{place}/process'\n\
             stat -c %a \"$PGPASSFILE\" >'{place}/mode'; cp \"$PGPASSFILE\" '{place}/passfile'\n\
             echo \"pg_dumpall: warning: $(cut -d: -f5- \"$PGPASSFILE\")\" >&2\n\
             exec {} \"$@\"",
            real()
        );
        let program = fake(directory.path(), "18.1", &body);
        let written = |name: &str| fs::read_to_string(directory.path().join(name)).unwrap();
        let string = source.tcp_connection_string("app", "postgres");
        let string = format!("{string} password={}", quoted(password));
        with_connection(&string, async |connection, live| {
            let program = Program::ask(&program).await.unwrap();
            both(connection, live, &program, LONG).await.unwrap();
        });
        assert_eq!(
            written("arguments"),
            "--globals-only\n--no-password\n--database\ndbname='postgres'\n--no-role-passwords\n"
        );
        // A part of it that no escape changes.
        let part = if password == long { "tok3n" } else { "p:w" };
        for name in ["arguments", "variables", "process"] {
            assert!(!written(name).contains(part), "{name}");
        }
        let variables = written("variables");
        for expected in ["PGDATESTYLE=ISO", "PGTZ=UTC", "PGCLIENTENCODING=UTF8", "LC_ALL=C"] {
            assert!(variables.split('\n').any(|line| line == expected), "{expected}");
        }
        assert_eq!(written("mode"), "600\n");
        assert!(written("passfile").starts_with("*:*:*:*:"));
        let passfile = variables.split('\n').find_map(|line| line.strip_prefix("PGPASSFILE="));
        assert!(!Path::new(passfile.unwrap()).exists());
    }
}

#[test]
fn errors_and_warnings_hide_the_password() {
    let source = Cluster::start(18);
    let directory = tempfile::tempdir().unwrap();
    let body = "echo 'pg_dumpall: error: tops3cret is no password for user \"app\"' >&2; exit 1";
    let path = fake(directory.path(), "18.1", body);
    let string = source.connection_string("postgres", "postgres");
    let with_password = format!("{string} password=tops3cret");
    let error = with_connection(&with_password, async |connection, _| {
        let program = Program::ask(&path).await.unwrap();
        dump(&program, connection, true, LONG).await.unwrap_err().to_string()
    });
    let end = "\npg_dumpall: error: ********* is no password for user \"app\"";
    assert!(error.ends_with(end), "{error}");
    // No file of lines can hold this one.
    let with_line_break = format!("{string} password='a\nb'");
    let error = with_connection(&with_line_break, async |connection, _| {
        let program = Program::ask(&path).await.unwrap();
        dump(&program, connection, true, LONG).await.unwrap_err().to_string()
    });
    assert!(error.starts_with("the password has a line break"), "{error}");
}
