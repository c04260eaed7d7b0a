//! Input that is no dump, or not a whole one: what is said, and that nothing is written.

use insta::assert_snapshot;

use super::run::{Run, convert};

fn refused(dump: impl AsRef<[u8]>) -> String {
    convert(dump).with("-o out.sql").fails()
}

#[test]
fn files_that_are_no_text() {
    assert_snapshot!(Run::new(["convert", "nowhere.sql"]).fails(), @"error: nowhere.sql: No such file or directory (os error 2)");
    assert_snapshot!(Run::new(["convert", "."]).fails(), @"error: .: this is a directory; give the file that pg_dumpall wrote");
    assert_snapshot!(refused(""), @"error: in.sql: there is nothing in it");
    assert_snapshot!(refused(" \r\n"), @"error: in.sql: there is nothing in it");
    assert_snapshot!(Run::new(["convert", "-"]).fails(), @"error: standard input: there is nothing in it");
    assert_snapshot!(refused(b"PGDMP\x01\x0e\x00"), @"error: in.sql: this is pg_dump's custom format, which holds one database and no globals: make the dump with pg_dumpall --globals-only");
    assert_snapshot!(refused(b"\x1f\x8b\x08\x00\x00"), @"error: in.sql: this is compressed: zcat … | pg_globals convert -");
    assert_snapshot!(refused(b"BZh91AY"), @"error: in.sql: this is compressed: bzcat … | pg_globals convert -");
    assert_snapshot!(refused(b"\xfd7zXZ\x00"), @"error: in.sql: this is compressed: xzcat … | pg_globals convert -");
    assert_snapshot!(refused(b"\x28\xb5\x2f\xfd\x00"), @"error: in.sql: this is compressed: zstdcat … | pg_globals convert -");
    assert_snapshot!(refused(b"\x04\x22\x4d\x18\x00"), @"error: in.sql: this is compressed: lz4cat … | pg_globals convert -");
    let mut tar = vec![0; 512];
    tar[257..262].copy_from_slice(b"ustar");
    assert_snapshot!(refused(tar), @"error: in.sql: this is a tar archive: make the dump with pg_dumpall --globals-only, as plain text");
    assert_snapshot!(refused(b"\x7fELF\x02\x01\x01\x00"), @"error: in.sql: this is binary, not the text of a dump");
    assert_snapshot!(Run::new(["convert", "-"]).stdin(*b"\x1f\x8b\x08").fails(), @"error: standard input: this is compressed: zcat … | pg_globals convert -");
}

#[test]
fn utf_16_without_a_byte_order_mark() {
    let bytes: Vec<u8> = "CREATE ROLE a;\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_snapshot!(refused(bytes), @"error: in.sql: this is binary, not the text of a dump");
    let bytes: Vec<u8> = "CREATE ROLE a;\r\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_snapshot!(refused(bytes), @"error: in.sql: this is binary, not the text of a dump");
}

#[test]
fn nul_bytes() {
    assert_snapshot!(refused("CREATE ROLE a;\nCREATE ROLE b\0b;\n"), @"error: in.sql: this is binary, not the text of a dump");
    let far = format!("{}CREATE ROLE b\0b;\n", "CREATE ROLE a;\n".replace('a', &"a".repeat(1000)));
    assert_snapshot!(refused(far), @"
    error: a NUL byte: this is not a text dump
     --> in.sql:2:14
      |
    2 | CREATE ROLE b b;
      |              ^

    in.sql: 1 statement cannot be read; nothing was written
    ");
}

const HEADER: &str = "--\n-- PostgreSQL database cluster dump\n--\n\n";
const TRAILER: &str = "\n--\n-- PostgreSQL database cluster dump complete\n--\n";

#[test]
fn a_dump_of_one_database() {
    let dump = "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.4\n\
                -- Dumped by pg_dump version 16.1\n\nSET statement_timeout = 0;\n\
                CREATE TABLE public.t (a integer);\nGRANT SELECT ON TABLE public.t TO app;\n";
    assert_snapshot!(refused(dump), @"error: in.sql: this is a dump of one database, made by pg_dump, and has no globals: make it with pg_dumpall --globals-only");
}

#[test]
fn a_dump_without_its_end() {
    let dump = format!("{HEADER}CREATE ROLE a;\n");
    assert_snapshot!(refused(&dump), @"error: in.sql: the dump is truncated: pg_dumpall's end marker is missing, as when it failed half way; make it again, or give --accept-truncated to use what there is");
    assert_snapshot!(convert(&dump).with("--accept-truncated").done(), @r"
    -- Roles and other globals for azure 18, made from in.sql by pg_globals 0.1.0.
    -- Replay it with psql -f, as the administrator. It ends at the first error, with nothing done.

    \set ON_ERROR_STOP on
    SET client_encoding = 'UTF8';
    SET standard_conforming_strings = on;
    DO $pg_globals$
    BEGIN
      IF pg_catalog.current_setting('server_version_num')::integer / 10000 <> 18 THEN
        RAISE EXCEPTION 'this script was made for PostgreSQL 18, this server is %', pg_catalog.current_setting('server_version');
      END IF;
    END
    $pg_globals$;

    BEGIN;
    SET LOCAL default_transaction_read_only = off;
    SET LOCAL createrole_self_grant = '';

    -- Roles

    CREATE ROLE a;

    COMMIT;
    ==== stderr ====
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 1 role, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    1 statement read: 1 kept, 0 rewritten, 0 dropped
    ");
    // Cut in the middle of a statement.
    let cut = format!("{HEADER}CREATE ROLE a;\nALTER ROLE a WITH LOG");
    assert_snapshot!(refused(&cut), @"
    error: expected a role option
     --> in.sql:6:19
      |
    6 | ALTER ROLE a WITH LOG
      |                   ^

    in.sql: 1 statement cannot be read; nothing was written
    ");
    assert_snapshot!(convert(&cut).with("--accept-truncated").fails(), @"
    error: expected a role option
     --> in.sql:6:19
      |
    6 | ALTER ROLE a WITH LOG
      |                   ^

    in.sql: 1 statement cannot be read; nothing was written
    ");
    // A second dump behind a whole one.
    let second = format!("{HEADER}CREATE ROLE a;\n{TRAILER}{HEADER}CREATE ROLE b;\n");
    assert_snapshot!(refused(&second), @"error: in.sql: the dump is truncated: pg_dumpall's end marker is missing, as when it failed half way; make it again, or give --accept-truncated to use what there is");
    // Nothing but what surrounds the globals.
    assert_snapshot!(refused(HEADER), @"error: in.sql: the dump is truncated: pg_dumpall's end marker is missing, as when it failed half way; make it again, or give --accept-truncated to use what there is");
    assert_snapshot!(convert(format!("{HEADER}{TRAILER}")).done(), @r"
    -- Roles and other globals for azure 18, made from in.sql by pg_globals 0.1.0.
    -- Replay it with psql -f, as the administrator. It ends at the first error, with nothing done.

    \set ON_ERROR_STOP on
    SET client_encoding = 'UTF8';
    SET standard_conforming_strings = on;
    DO $pg_globals$
    BEGIN
      IF pg_catalog.current_setting('server_version_num')::integer / 10000 <> 18 THEN
        RAISE EXCEPTION 'this script was made for PostgreSQL 18, this server is %', pg_catalog.current_setting('server_version');
      END IF;
    END
    $pg_globals$;

    BEGIN;
    SET LOCAL default_transaction_read_only = off;
    SET LOCAL createrole_self_grant = '';

    COMMIT;
    ==== stderr ====
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 0 roles, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    0 statements read: 0 kept, 0 rewritten, 0 dropped
    ");
}

#[test]
fn quotes_and_comments_without_an_end() {
    assert_snapshot!(refused("CREATE ROLE a;\nCOMMENT ON ROLE a IS 'it does\nnot end;\n"), @"
    error: this string literal does not end
     --> in.sql:2:22
      |
    2 | COMMENT ON ROLE a IS 'it does
      |                      ^

    in.sql: 1 statement cannot be read; nothing was written
    ");
    assert_snapshot!(refused("CREATE ROLE a;\nALTER ROLE a PASSWORD 'secret;\nGRANT a TO b;\n"), @"
    error: this string literal does not end
     --> in.sql:2:23
      |
    2 | ALTER ROLE a PASSWORD ********
      |                       ^

    in.sql: 1 statement cannot be read; nothing was written
    ");
    assert_snapshot!(refused("CREATE ROLE \"a;\nCREATE ROLE b;\n"), @r#"
    error: this quoted name does not end
     --> in.sql:1:13
      |
    1 | CREATE ROLE "a;
      |             ^

    in.sql: 1 statement cannot be read; nothing was written
    "#);
    assert_snapshot!(refused("CREATE ROLE a;\n/* a comment /* within */\nCREATE ROLE b;\n"), @"
    error: this comment does not end
     --> in.sql:2:1
      |
    2 | ;
      | ^

    in.sql: 1 statement cannot be read; nothing was written
    ");
    assert_snapshot!(refused("CREATE ROLE a;\nDO $body$ BEGIN END $bod$;\nCREATE ROLE b;\n"), @"
    error: this dollar quote does not end: $body$ is missing
     --> in.sql:2:4
      |
    2 | DO $body$ BEGIN END $bod$;
      |    ^

    in.sql: 1 statement cannot be read; nothing was written
    ");
    assert_snapshot!(refused(format!("{HEADER}{TRAILER}\\connect d\nCOPY t FROM stdin;\n1\n2\n")), @r"
    error: the data behind this COPY does not end: \. is missing
      --> in.sql:10:1
       |
    10 | 1
       | ^

    error: expected a statement
      --> in.sql:12:1
       |
    12 | 2
       | ^

    in.sql: 2 statements cannot be read; nothing was written
    ");
    assert_snapshot!(refused("CREATE ROLE a;\nCOPY t FROM stdin;\n1\n2\n"), @r"
    error: the data behind this COPY does not end: \. is missing
     --> in.sql:2:1
      |
    2 | 1
      | ^

    error: expected a statement
     --> in.sql:4:1
      |
    4 | 2
      | ^

    in.sql: 2 statements cannot be read; nothing was written
    ");
}

#[test]
fn meta_commands() {
    assert_snapshot!(refused("CREATE ROLE a;\n\\! rm -rf ~\nCREATE ROLE b;\n"), @r"
    error: psql meta-command \!: pg_dumpall does not write it, and a dump that carries it could run programs (CVE-2025-8714)
     --> in.sql:2:1
      |
    2 | \! rm -rf ~
      | ^

    in.sql: 1 statement cannot be read; nothing was written
    ");
    assert_snapshot!(refused("SELECT 'CREATE ROLE a' \\gexec\n"), @r"
    error: psql meta-command \gexec: pg_dumpall does not write it, and a dump that carries it could run programs (CVE-2025-8714)
     --> in.sql:1:24
      |
    1 | SELECT 'CREATE ROLE a' \gexec
      |                        ^

    in.sql: 1 statement cannot be read; nothing was written
    ");
    assert_snapshot!(refused("\\if :x\nCREATE ROLE a;\n\\endif\n"), @r"
    error: psql meta-command \if: pg_dumpall does not write it, and a dump that carries it could run programs (CVE-2025-8714)
     --> in.sql:1:1
      |
    1 | \if :x
      | ^

    error: psql meta-command \endif: pg_dumpall does not write it, and a dump that carries it could run programs (CVE-2025-8714)
     --> in.sql:3:1
      |
    3 | \endif
      | ^

    in.sql: 2 statements cannot be read; nothing was written
    ");
    assert_snapshot!(refused("ALTER ROLE a \\! ls\n LOGIN;\n"), @r"
    error: psql meta-command \!: pg_dumpall does not write it, and a dump that carries it could run programs (CVE-2025-8714)
     --> in.sql:1:14
      |
    1 | ALTER ROLE a \! ls
      |              ^

    error: LOGIN is not a statement of a globals dump
     --> in.sql:2:2
      |
    2 |  LOGIN
      |  ^

    in.sql: 2 statements cannot be read; nothing was written
    ");
    assert_snapshot!(refused("\\restrict abc\\! ls\nCREATE ROLE a;\n"), @r"
    error: psql meta-command \restrict: pg_dumpall does not write it, and a dump that carries it could run programs (CVE-2025-8714)
     --> in.sql:1:1
      |
    1 | \restrict abc\! ls
      | ^

    in.sql: 1 statement cannot be read; nothing was written
    ");
    assert_snapshot!(refused("\\\nCREATE ROLE a;\n"), @r"
    error: psql meta-command \: pg_dumpall does not write it, and a dump that carries it could run programs (CVE-2025-8714)
     --> in.sql:1:1
      |
    1 | \
      | ^

    in.sql: 1 statement cannot be read; nothing was written
    ");
}

#[test]
fn nothing_about_globals() {
    assert_snapshot!(refused("-- nothing\n"), @"error: in.sql: there is no statement about globals in it");
    assert_snapshot!(refused("SET work_mem = '1MB';\n"), @"error: in.sql: there is no statement about globals in it");
    assert_snapshot!(refused("hello world\n"), @"
    error: HELLO WORLD is not a statement of a globals dump
     --> in.sql:1:1
      |
    1 | hello world
      | ^

    in.sql: 1 statement cannot be read; nothing was written
    ");
}

/// What a shell's mistake leaves: the error message of the client instead of a dump, or in it.
#[test]
fn messages_of_pg_dumpall() {
    assert_snapshot!(refused("pg_dumpall: error: connection to server failed: timeout\n"), @"
    error: PG_DUMPALL is not a statement of a globals dump
     --> in.sql:1:1
      |
    1 | pg_dumpall: error: connection to server failed: timeout
      | ^
      |
      = help: this is a message of pg_dumpall in the middle of its dump: make the dump again

    in.sql: 1 statement cannot be read; nothing was written
    ");
    let within = format!("{HEADER}CREATE ROLE a;\npg_dumpall: error: query failed: ERROR:  permission denied for table pg_authid\npg_dumpall: detail: Query was: SELECT oid, rolname FROM pg_authid ORDER BY 2\n");
    assert_snapshot!(refused(within), @"
    error: PG_DUMPALL is not a statement of a globals dump
     --> in.sql:6:1
      |
    6 | pg_dumpall: error: query failed: ERROR:  permission denied for table pg_authid
      | ^
      |
      = help: this is a message of pg_dumpall in the middle of its dump: make the dump again

    in.sql: 1 statement cannot be read; nothing was written
    ");
}
