//! What somebody sees who watches a long copy on a terminal.

use std::fs;
use std::process::{Command, Stdio};

use anstream::adapter::strip_str;

use crate::support::command::many;
use crate::support::platforms;

#[test]
fn a_long_copy_says_what_it_does() {
    let target = platforms::azure_like(16);
    let to = target.connection_string("azadmin", "postgres");
    let directory = tempfile::tempdir().unwrap();
    let long = "a_name_that_is_as_long_as_names_are_where_somebody_has_made_rules";
    let dump = many(400, "CREATE ROLE r# LOGIN")
        + &many(30, &format!("CREATE ROLE {long:.60}# SUPERUSER"));
    fs::write(directory.path().join("in.sql"), dump).unwrap();
    let program = env!("CARGO_BIN_EXE_pg_globals");
    let line = format!("stty cols 80 rows 24; exec '{program}' copy in.sql '{to}' --yes");
    let mut script = Command::new("script");
    script.args(["-qec", &line, "/dev/null"]).current_dir(&directory).env("NO_COLOR", "1");
    let output = script.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    let said = strip_str(&said).to_string();
    for stage in
        ["reading the target once more", "roles: 0 of 430 ", "comparing the target with the plan"]
    {
        assert!(said.contains(stage), "{stage}: {said}");
    }
    for line in said.split(['\r', '\n']) {
        // A name that is longer has a line of its own.
        let is_one_word = !line.trim().contains(' ');
        assert!(line.chars().count() <= 80 || is_one_word, "{line}");
    }
    assert!(said.contains("… and 20 more: | less -R, or --report FILE has them all"), "{said}");
    assert!(said.contains("\ndone: "), "{said}");
}
