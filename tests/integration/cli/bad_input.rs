//! Input that is no dump, or not a whole one: what is said, and that nothing is written.

use insta::assert_snapshot;

use crate::support::command::{Run, convert};

fn refused(dump: impl AsRef<[u8]>) -> String {
    convert(dump).with("-o out.sql").fails()
}

#[test]
fn files_that_are_no_text() {
    assert_snapshot!(Run::new(["convert", "nowhere.sql"]).fails(), @"error: nowhere.sql: no such file or directory");
    assert_snapshot!(Run::new(["convert", "shop"]).fails(), @r#"error: shop: no such file or directory; if this is a database, give "dbname=shop""#);
    assert_snapshot!(Run::new(["convert", "."]).fails(), @"error: .: this is a directory; give a file");
    assert_snapshot!(refused(""), @"error: in.sql: there is nothing in it");
    assert_snapshot!(refused(" \r\n"), @"error: in.sql: there is nothing in it");
    assert_snapshot!(Run::new(["convert", "-"]).fails(), @"error: standard input: there is nothing in it");
    assert_snapshot!(refused(b"PGDMP\x01\x0e\x00"), @"error: in.sql: this is pg_dump's custom format, which holds one database and no globals: make the dump with pg_dumpall --globals-only");
    assert_snapshot!(refused(b"\x1f\x8b\x08\x00\x00"), @"error: in.sql: this is compressed: zcat in.sql | pg_globals convert -");
    assert_snapshot!(refused(b"BZh91AY"), @"error: in.sql: this is compressed: bzcat in.sql | pg_globals convert -");
    assert_snapshot!(refused(b"\xfd7zXZ\x00"), @"error: in.sql: this is compressed: xzcat in.sql | pg_globals convert -");
    assert_snapshot!(refused(b"\x28\xb5\x2f\xfd\x00"), @"error: in.sql: this is compressed: zstdcat in.sql | pg_globals convert -");
    assert_snapshot!(refused(b"\x04\x22\x4d\x18\x00"), @"error: in.sql: this is compressed: lz4cat in.sql | pg_globals convert -");
    let mut tar = vec![0; 512];
    tar[257..262].copy_from_slice(b"ustar");
    assert_snapshot!(refused(tar), @"error: in.sql: this is a tar archive: make the dump with pg_dumpall --globals-only, as plain text");
    assert_snapshot!(refused(b"\x7fELF\x02\x01\x01\x00"), @"error: in.sql: this is binary, and not the text of a dump: make it with pg_dumpall --globals-only");
    assert_snapshot!(Run::new(["convert", "-"]).stdin(*b"\x1f\x8b\x08").fails(), @"error: standard input: this is compressed: zcat FILE | pg_globals convert -");
}

#[test]
fn utf_16_without_a_byte_order_mark() {
    let bytes: Vec<u8> = "CREATE ROLE a;\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_snapshot!(refused(bytes), @"error: in.sql: this is UTF-16 without a byte order mark: iconv -f UTF-16LE -t UTF-8 in.sql | pg_globals convert -");
    let bytes: Vec<u8> = "CREATE ROLE a;\r\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_snapshot!(refused(bytes), @"error: in.sql: this is UTF-16 without a byte order mark: iconv -f UTF-16BE -t UTF-8 in.sql | pg_globals convert -");
}

#[test]
fn nul_bytes() {
    assert_snapshot!(refused("CREATE ROLE a;\nCREATE ROLE b\0b;\n"), @"
    error: a NUL byte
     --> in.sql:2:14
      |
    2 | CREATE ROLE b b;
      |              ^
      |
      = help: no dump has one: the file is damaged, copy it or make it again

    error: in.sql: nothing was written: 1 mistake
    ");
    let far = format!("{}CREATE ROLE b\0b;\n", "CREATE ROLE a;\n".replace('a', &"a".repeat(1000)));
    assert_snapshot!(refused(far), @"
    error: a NUL byte
     --> in.sql:2:14
      |
    2 | CREATE ROLE b b;
      |              ^
      |
      = help: no dump has one: the file is damaged, copy it or make it again

    error: in.sql: nothing was written: 1 mistake
    ");
}

const HEADER: &str = "--\n-- PostgreSQL database cluster dump\n--\n\n";
const TRAILER: &str = "\n--\n-- PostgreSQL database cluster dump complete\n--\n";

#[test]
fn the_way_out_is_a_command_line() {
    let run = Run::new(["convert"]).file("my dump.gz", b"\x1f\x8b\x08").arg("my dump.gz");
    assert_snapshot!(run.fails(), @"error: my dump.gz: this is compressed: zcat 'my dump.gz' | pg_globals convert -");
    let run = Run::new(["convert", "--"]).file("-d'x.gz", b"\x1f\x8b\x08").arg("-d'x.gz");
    assert_snapshot!(run.fails(), @r"error: -d'x.gz: this is compressed: zcat './-d'\''x.gz' | pg_globals convert -");
    let run = Run::new(["in.sql"]).file("in.sql", "CREATE ROLE a;");
    assert_snapshot!(run.fails(), @"
    error: unrecognized subcommand 'in.sql'

      tip: to convert a dump: pg_globals convert in.sql

    Usage: pg_globals <COMMAND>

    For more information, try '--help'.
    ");
    assert_snapshot!(Run::new(["konvert"]).fails(), @"
    error: unrecognized subcommand 'konvert'

      tip: a similar subcommand exists: 'convert'

    Usage: pg_globals <COMMAND>

    For more information, try '--help'.
    ");
}

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
    -- Where the administrator itself has the name of a role in it, convert again with --exclude for that role.

    \set ON_ERROR_STOP on
    BEGIN READ WRITE;
    SET LOCAL search_path = pg_catalog;
    SET LOCAL client_encoding = 'UTF8';
    SET LOCAL standard_conforming_strings = on;
    SET LOCAL client_min_messages = notice;
    SET LOCAL debug_print_parse = off;
    SET LOCAL debug_print_rewritten = off;
    SET LOCAL debug_print_plan = off;
    SET LOCAL statement_timeout = 0;
    SET LOCAL lock_timeout = 0;
    DO $pg_globals$
    BEGIN
      IF pg_catalog.current_setting('server_version_num')::integer OPERATOR(pg_catalog./) 10000 OPERATOR(pg_catalog.<>) 18 THEN
        RAISE EXCEPTION 'this script was made for PostgreSQL 18, this server is %: make it again with --target-version', pg_catalog.current_setting('server_version');
      END IF;
    END
    $pg_globals$;
    DO $pg_globals$
    BEGIN
      IF current_user OPERATOR(pg_catalog.<>) session_user
        AND EXISTS (SELECT FROM pg_catalog.pg_database d, pg_catalog.pg_roles r
          WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
          AND NOT r.rolsuper AND r.rolname OPERATOR(pg_catalog.<>) session_user
          AND pg_catalog.pg_has_role(r.oid, d.datdba, 'MEMBER')
          AND pg_catalog.pg_has_role(r.oid, current_user, 'MEMBER'))
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_db_role_setting s, pg_catalog.pg_roles r, pg_catalog.pg_database d
          WHERE r.rolname OPERATOR(pg_catalog.=) session_user AND s.setrole OPERATOR(pg_catalog.=) r.oid
          AND d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
          AND (s.setdatabase OPERATOR(pg_catalog.=) '0' OR s.setdatabase OPERATOR(pg_catalog.=) d.oid)
          AND pg_catalog.concat('role=', current_user) OPERATOR(pg_catalog.=) ANY (s.setconfig)) THEN
        RAISE EXCEPTION 'the session of % acts as %, which the owner of this database can bring about, who would administer what is created: run this script in another database',
          session_user, current_user;
      END IF;
    END
    $pg_globals$;
    SET LOCAL createrole_self_grant = '';

    -- Roles

    CREATE ROLE a;

    COMMIT;
    ==== stderr ====
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 1 role, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    1 statement read: 1 kept, 0 rewritten, 0 dropped

    error: truncated: the dump is truncated: whatever stood behind its end is not carried over
      end marker: it is missing at the end of the dump: role a stays without its attributes and its password
      = make the dump again before you rely on this script

    info: not-in-dump (2): pg_dumpall leaves some settings out
      settings IN DATABASE: settings of roles in one database are not in this dump
      settings ALTER ROLE ALL: settings of all roles are in no dump
      = on the source, SELECT setdatabase, setrole, setconfig FROM pg_db_role_setting WHERE setdatabase <> 0 OR setrole = 0 shows them; convert and copy read all of them from a connection, and pg_dumpall --schema-only, of the whole cluster, has those in databases
    ");
    // Cut in the middle of a statement.
    let cut = format!("{HEADER}CREATE ROLE a;\nALTER ROLE a WITH LOG");
    assert_snapshot!(refused(&cut), @"
    error: expected a role option
     --> in.sql:6:19
      |
    6 | ALTER ROLE a WITH LOG
      |                   ^

    error: in.sql: nothing was written: 1 mistake, and pg_dumpall's end marker is missing: make the dump again
    ");
    let done = convert(&cut).with("--accept-truncated").done();
    assert_snapshot!(done.body(), @"
    -- Roles

    CREATE ROLE a;
    ");
    assert_snapshot!(done.stderr, @"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 1 role, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    2 statements read: 1 kept, 0 rewritten, 1 dropped

    error: truncated: the dump is truncated: whatever stood behind its end is not carried over
      line 6, last statement: the dump ends in the middle of this statement, which is left out: role a stays without its attributes and its password
      = make the dump again before you rely on this script

    info: not-in-dump (2): pg_dumpall leaves some settings out
      settings IN DATABASE: settings of roles in one database are not in this dump
      settings ALTER ROLE ALL: settings of all roles are in no dump
      = on the source, SELECT setdatabase, setrole, setconfig FROM pg_db_role_setting WHERE setdatabase <> 0 OR setrole = 0 shows them; convert and copy read all of them from a connection, and pg_dumpall --schema-only, of the whole cluster, has those in databases
    ");
    // It would be read as another limit than the one that the source has.
    let number = format!("{HEADER}CREATE ROLE a;\nALTER ROLE a WITH CONNECTION LIMIT 2");
    let done = convert(&number).with("--accept-truncated").done();
    assert_snapshot!(done.body(), @"
    -- Roles

    CREATE ROLE a;
    ");
    let within = format!("{HEADER}CREATE ROLE a;\nALTER ROLE a WITH PASSWORD 'SCRAM-SHA-256$40");
    let done = convert(&within).with("--accept-truncated").done();
    assert_snapshot!(done.body(), @"
    -- Roles

    CREATE ROLE a;
    ");
    assert_snapshot!(done.stderr, @"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 1 role, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    2 statements read: 1 kept, 0 rewritten, 1 dropped

    error: truncated: the dump is truncated: whatever stood behind its end is not carried over
      line 6, last statement: the dump ends in the middle of this statement, which is left out: role a stays without its attributes and its password
      = make the dump again before you rely on this script

    info: not-in-dump (2): pg_dumpall leaves some settings out
      settings IN DATABASE: settings of roles in one database are not in this dump
      settings ALTER ROLE ALL: settings of all roles are in no dump
      = on the source, SELECT setdatabase, setrole, setconfig FROM pg_db_role_setting WHERE setdatabase <> 0 OR setrole = 0 shows them; convert and copy read all of them from a connection, and pg_dumpall --schema-only, of the whole cluster, has those in databases
    ");
    // A script of one's own may lack its last semicolon, whatever is allowed.
    let own = convert("CREATE ROLE a;\nALTER ROLE a CONNECTION LIMIT 2").with("--accept-truncated");
    assert_snapshot!(own.done().body(), @"
    -- Roles

    CREATE ROLE a WITH CONNECTION LIMIT 2;
    ");
    // A second dump behind a whole one.
    let second = format!("{HEADER}CREATE ROLE a;\n{TRAILER}{HEADER}CREATE ROLE b;\n");
    assert_snapshot!(refused(&second), @"error: in.sql: the dump is truncated: pg_dumpall's end marker is missing, as when it failed half way; make it again, or give --accept-truncated to use what there is");
    // Nothing but what surrounds the globals.
    assert_snapshot!(refused(HEADER), @"error: in.sql: the dump ends before its first role, as when pg_dumpall was refused pg_authid: make it with --no-role-passwords, or as a role that may read verifiers");
    assert_snapshot!(convert(format!("{HEADER}{TRAILER}")).done(), @r"
    -- Roles and other globals for azure 18, made from in.sql by pg_globals 0.1.0.
    -- Replay it with psql -f, as the administrator. It ends at the first error, with nothing done.
    -- Where the administrator itself has the name of a role in it, convert again with --exclude for that role.

    \set ON_ERROR_STOP on
    BEGIN READ WRITE;
    SET LOCAL search_path = pg_catalog;
    SET LOCAL client_encoding = 'UTF8';
    SET LOCAL standard_conforming_strings = on;
    SET LOCAL client_min_messages = notice;
    SET LOCAL debug_print_parse = off;
    SET LOCAL debug_print_rewritten = off;
    SET LOCAL debug_print_plan = off;
    SET LOCAL statement_timeout = 0;
    SET LOCAL lock_timeout = 0;
    DO $pg_globals$
    BEGIN
      IF pg_catalog.current_setting('server_version_num')::integer OPERATOR(pg_catalog./) 10000 OPERATOR(pg_catalog.<>) 18 THEN
        RAISE EXCEPTION 'this script was made for PostgreSQL 18, this server is %: make it again with --target-version', pg_catalog.current_setting('server_version');
      END IF;
    END
    $pg_globals$;
    DO $pg_globals$
    BEGIN
      IF current_user OPERATOR(pg_catalog.<>) session_user
        AND EXISTS (SELECT FROM pg_catalog.pg_database d, pg_catalog.pg_roles r
          WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
          AND NOT r.rolsuper AND r.rolname OPERATOR(pg_catalog.<>) session_user
          AND pg_catalog.pg_has_role(r.oid, d.datdba, 'MEMBER')
          AND pg_catalog.pg_has_role(r.oid, current_user, 'MEMBER'))
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_db_role_setting s, pg_catalog.pg_roles r, pg_catalog.pg_database d
          WHERE r.rolname OPERATOR(pg_catalog.=) session_user AND s.setrole OPERATOR(pg_catalog.=) r.oid
          AND d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
          AND (s.setdatabase OPERATOR(pg_catalog.=) '0' OR s.setdatabase OPERATOR(pg_catalog.=) d.oid)
          AND pg_catalog.concat('role=', current_user) OPERATOR(pg_catalog.=) ANY (s.setconfig)) THEN
        RAISE EXCEPTION 'the session of % acts as %, which the owner of this database can bring about, who would administer what is created: run this script in another database',
          session_user, current_user;
      END IF;
    END
    $pg_globals$;
    SET LOCAL createrole_self_grant = '';

    COMMIT;
    ==== stderr ====
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 0 roles, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    0 statements read: 0 kept, 0 rewritten, 0 dropped

    info: not-in-dump (2): pg_dumpall leaves some settings out
      settings IN DATABASE: settings of roles in one database are not in this dump
      settings ALTER ROLE ALL: settings of all roles are in no dump
      = on the source, SELECT setdatabase, setrole, setconfig FROM pg_db_role_setting WHERE setdatabase <> 0 OR setrole = 0 shows them; convert and copy read all of them from a connection, and pg_dumpall --schema-only, of the whole cluster, has those in databases
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
      |
      = help: everything behind it belongs to it: look for what is cut off or not closed

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("CREATE ROLE a;\nALTER ROLE a PASSWORD 'secret;\nGRANT a TO b;\n"), @"
    error: this string literal does not end
     --> in.sql:2:23
      |
    2 | ALTER ROLE a PASSWORD ********
      |                       ^
      |
      = help: everything behind it belongs to it: look for what is cut off or not closed

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("CREATE ROLE \"a;\nCREATE ROLE b;\n"), @r#"
    error: this quoted name does not end
     --> in.sql:1:13
      |
    1 | CREATE ROLE "a;
      |             ^
      |
      = help: everything behind it belongs to it: look for what is cut off or not closed

    error: in.sql: nothing was written: 1 mistake
    "#);
    assert_snapshot!(refused("CREATE ROLE a;\n/* a comment /* within */\nCREATE ROLE b;\n"), @"
    error: this comment does not end
     --> in.sql:2:1
      |
    2 | /* a comment /* within */
      | ^
      |
      = help: everything behind it belongs to it: look for what is cut off or not closed

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("CREATE ROLE a;\nDO $body$ BEGIN END $bod$;\nCREATE ROLE b;\n"), @"
    error: this dollar quote does not end: $body$ is missing
     --> in.sql:2:4
      |
    2 | DO $body$ BEGIN END $bod$;
      |    ^
      |
      = help: everything behind it belongs to it: look for what is cut off or not closed

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused(format!("{HEADER}{TRAILER}\\connect d\nCOPY t FROM stdin;\n1\n2\n")), @r"
    error: the data behind this COPY does not end: \. is missing
      --> in.sql:10:1
       |
    10 | COPY t FROM stdin;
       | ^
       |
       = help: everything behind it belongs to it: look for what is cut off or not closed

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("CREATE ROLE a;\nCOPY t FROM stdin;\n1\n2\n"), @r"
    error: the data behind this COPY does not end: \. is missing
     --> in.sql:2:1
      |
    2 | COPY t FROM stdin;
      | ^
      |
      = help: everything behind it belongs to it: look for what is cut off or not closed

    error: in.sql: nothing was written: 1 mistake
    ");
}

#[test]
fn meta_commands() {
    assert_snapshot!(refused("CREATE ROLE a;\n\\! rm -rf ~\nCREATE ROLE b;\n"), @r"
    error: psql meta-command \!: pg_dumpall does not write it, and a dump that carries it could run programs (CVE-2025-8714)
     --> in.sql:2:1
      |
    2 | \! ** *** *
      | ^
      |
      = help: make the dump again with pg_dumpall; in a script of your own, take the command out

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("SELECT 'CREATE ROLE a' \\gexec\n"), @r"
    error: psql meta-command \gexec: pg_dumpall does not write it, and a dump that carries it could run programs (CVE-2025-8714)
     --> in.sql:1:24
      |
    1 | SELECT *************** \gexec
      |                        ^
      |
      = help: what it gives only psql can tell: let psql run the script on a server of your own that is empty, and dump that with pg_dumpall --globals-only; or write the statements out

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("\\if :x\nCREATE ROLE a;\n\\endif\n"), @r"
    error: psql meta-command \if: pg_dumpall does not write it, and a dump that carries it could run programs (CVE-2025-8714)
     --> in.sql:1:1
      |
    1 | \if **
      | ^
      |
      = help: which branch is meant only psql's variables say: leave the one that counts and take the others and the command out; or let psql run the script on a server of your own that is empty, and dump that with pg_dumpall --globals-only

    error: psql meta-command \endif: pg_dumpall does not write it, and a dump that carries it could run programs (CVE-2025-8714)
     --> in.sql:3:1
      |
    3 | \endif
      | ^

    error: in.sql: nothing was written: 2 mistakes
    ");
    assert_snapshot!(refused("ALTER ROLE a \\! ls\n LOGIN;\n"), @r"
    error: psql meta-command \!: pg_dumpall does not write it, and a dump that carries it could run programs (CVE-2025-8714)
     --> in.sql:1:14
      |
    1 | ALTER ROLE a \! **
      |              ^
      |
      = help: make the dump again with pg_dumpall; in a script of your own, take the command out

    error: LOGIN is not a statement of a globals dump
     --> in.sql:2:2
      |
    2 |  LOGIN
      |  ^
      |
      = help: not even --drop-unknown leaves it out, since that could give more rights than before: take it out of the dump yourself

    error: in.sql: nothing was written: 2 mistakes
    ");
    assert_snapshot!(refused("\\restrict abc\\! ls\nCREATE ROLE a;\n"), @r"
    error: psql meta-command \restrict: pg_dumpall does not write it, and a dump that carries it could run programs (CVE-2025-8714)
     --> in.sql:1:1
      |
    1 | \restrict ***** **
      | ^
      |
      = help: make the dump again with pg_dumpall; in a script of your own, take the command out

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("\\\nCREATE ROLE a;\n"), @r"
    error: psql meta-command \: pg_dumpall does not write it, and a dump that carries it could run programs (CVE-2025-8714)
     --> in.sql:1:1
      |
    1 | \
      | ^
      |
      = help: make the dump again with pg_dumpall; in a script of your own, take the command out

    error: in.sql: nothing was written: 1 mistake
    ");
}

#[test]
fn nothing_about_globals() {
    assert_snapshot!(refused("-- nothing\n"), @"error: in.sql: there is no statement about globals in it: make the dump with pg_dumpall --globals-only");
    assert_snapshot!(refused("SET work_mem = '1MB';\n"), @"error: in.sql: there is no statement about globals in it: make the dump with pg_dumpall --globals-only");
    assert_snapshot!(refused("hello world\n"), @"
    error: HELLO WORLD is not a statement of a globals dump
     --> in.sql:1:1
      |
    1 | hello world
      | ^
      |
      = help: not even --drop-unknown leaves it out, since that could give more rights than before: take it out of the dump yourself

    error: in.sql: nothing was written: 1 mistake
    ");
}

/// What a shell's mistake leaves: the error message of the client instead of a dump, or in it.
#[test]
fn messages_of_pg_dumpall() {
    assert_snapshot!(refused("pg_dumpall: error: connection to server failed: timeout\n"), @"
    error: this is a message of pg_dumpall and no SQL
     --> in.sql:1:1
      |
    1 | pg_dumpall: error: connection to server failed: timeout
      | ^
      |
      = help: pg_dumpall failed in the middle of its dump: make the dump again

    error: in.sql: nothing was written: 1 mistake
    ");
    let within = format!(
        "{HEADER}CREATE ROLE a;\npg_dumpall: error: query failed: ERROR:  permission denied for table pg_authid\npg_dumpall: detail: Query was: SELECT oid, rolname FROM pg_authid ORDER BY 2\n"
    );
    assert_snapshot!(refused(within), @"
    error: this is a message of pg_dumpall and no SQL
     --> in.sql:6:1
      |
    6 | pg_dumpall: error: query failed: ERROR:  permission denied for table pg_authid
      | ^
      |
      = help: it may not read passwords: dump again with --no-role-passwords, or as a superuser

    error: in.sql: nothing was written: 1 mistake, and pg_dumpall's end marker is missing: make the dump again
    ");
}
