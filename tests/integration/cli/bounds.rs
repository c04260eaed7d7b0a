//! Dumps that are larger than any dump: an error, or an end, in bounded memory.

use std::fmt::Write as _;

use insta::assert_snapshot;

use crate::support::command::{Run, convert};

/// Less than what is read.
const MEMORY: u32 = 300;

fn from_stdin(dump: impl Into<Vec<u8>>) -> Run {
    Run::new(["convert", "-", "-o", "out.sql"]).with_memory(MEMORY).stdin(dump)
}

#[test]
fn a_million_comments_in_comments() {
    const DEEP: usize = 1_000_000;
    let closed = ["/*".repeat(DEEP), "*/".repeat(DEEP), "CREATE ROLE a;\n".to_owned()].concat();
    let done = from_stdin(closed).done();
    assert_snapshot!(done.stderr, @"
    standard input: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 1 role, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    1 statement read: 1 kept, 0 rewritten, 0 dropped
    ");
    let open = from_stdin(format!("CREATE ROLE a;\n{}\n", "/*".repeat(DEEP))).fails();
    assert!(open.starts_with("error: this comment does not end\n --> standard input:2:1\n"));
}

/// In the part of a database it is passed over, however long it is.
#[test]
fn a_literal_longer_than_memory() {
    let length = (MEMORY as usize + 100) << 20;
    let mut dump = b"--\n-- PostgreSQL database cluster dump\n--\n\nCREATE ROLE a;\n\
                     --\n-- Databases\n--\n\n\\connect db\n\n\
                     --\n-- PostgreSQL database dump\n--\n\nINSERT INTO t VALUES ('"
        .to_vec();
    dump.resize(dump.len() + length, b'x');
    dump.extend(
        b"');\n\n--\n-- PostgreSQL database dump complete\n--\n\n\
          --\n-- PostgreSQL database cluster dump complete\n--\n",
    );
    let done = from_stdin(dump).done();
    assert!(done.stderr.contains("\n1 statement read: 1 kept, 0 rewritten, 0 dropped"));
}

/// Each takes some memory, and less than a kilobyte.
#[test]
fn very_many_statements() {
    let dump = crate::support::command::many(200_000, "CREATE ROLE r#");
    let done = convert(dump).with("-o out.sql").with_memory(MEMORY).done();
    assert!(done.stderr.contains("\n200000 statements read: 200000 kept"));
}

#[test]
fn very_many_memberships_in_one_statement() {
    let members: Vec<_> = (0..1_000_001).map(|number| format!("r{number}")).collect();
    let stderr = from_stdin(format!("GRANT a TO {};\n", members.join(","))).fails();
    assert!(stderr.starts_with("error: more than a million memberships in one statement\n"));
}

/// A chain of memberships as long as there are roles.
#[test]
fn a_role_far_below_another() {
    let mut dump = crate::support::command::many(50_000, "CREATE ROLE r#");
    for number in 1..50_000 {
        let _ = writeln!(dump, "GRANT r{number} TO r{};", number + 1);
    }
    let done = convert(dump).with("-o out.sql").with_memory(MEMORY).done();
    assert!(done.stderr.contains("\n99999 statements read: 99999 kept"), "{}", done.stderr);
}
