//! What a child sees of our own environment: what it needs, and no secret.

use std::fs;

use super::{program, real};
use crate::support::cluster::Cluster;
use crate::support::command::Run;

/// A `pg_dumpall` of this version that writes down what it sees.
fn telling(directory: &std::path::Path, version: &str) -> String {
    let place = directory.join(version);
    let script = format!(
        "#!/bin/sh\nenv >>'{0}/seen'\nif [ \"$1\" = --version ]; then echo 'pg_dumpall (PostgreSQL) {version}'; exit; fi\n\
         echo DUMP >>'{0}/seen'\nexec {1} \"$@\"\n",
        place.display(),
        real()
    );
    program(&place, &script);
    place.display().to_string()
}

#[test]
fn only_what_is_named_reaches_a_program_of_path() {
    let source = Cluster::start(18);
    source.sql("postgres", "postgres", "CREATE ROLE app SUPERUSER LOGIN PASSWORD 'tops3cret'");
    let directory = tempfile::tempdir().unwrap();
    let [old, new] = ["16.1", "18.1"].map(|version| telling(directory.path(), version));
    let run = Run::new(["convert", &source.tcp_connection_string("app", "postgres")])
        .with("-p postgres -o out.sql --reader pg_dumpall");
    let mut command = run.command();
    let path = std::env::var("PATH").unwrap();
    let output = command
        .env("PATH", format!("{old}:{new}:{path}"))
        .env("PGPASSWORD", "tops3cret")
        .env("PGSSLMODE", "prefer")
        .env("KRB5CCNAME", "FILE:/nowhere")
        .env("AWS_SECRET_ACCESS_KEY", "tops3cret2")
        .env("LD_PRELOAD", "")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let seen = |version: &str| {
        let text = fs::read_to_string(directory.path().join(version).join("seen")).unwrap();
        assert!(!text.contains("tops3cret"), "{text}");
        text
    };
    let names = |text: &str| {
        let names = text.split('\n').filter_map(|line| Some(line.split_once('=')?.0.to_owned()));
        // What the shell sets by itself.
        let mut names: Vec<_> =
            names.filter(|name| !["PWD", "OLDPWD", "SHLVL", "_"].contains(&&**name)).collect();
        names.sort();
        names.join(" ")
    };
    let (old, new) = (seen("16.1"), seen("18.1"));
    // Asked for its version, and not used.
    assert_eq!(names(&old), "LC_ALL PATH");
    let (asked, _) = new.split_once("DUMP\n").unwrap();
    assert_eq!(
        names(asked),
        "KRB5CCNAME LC_ALL LC_ALL LC_MESSAGES PATH PATH PGAPPNAME PGCLIENTENCODING PGDATABASE \
         PGDATESTYLE PGHOST PGHOSTADDR PGPASSFILE PGPORT PGSSLMODE PGTZ PGUSER"
    );
}
