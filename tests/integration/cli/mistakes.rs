//! Statements that cannot be read or taken together: all of them are told, with their lines.

use insta::assert_snapshot;

use crate::support::command::{Run, convert, many};

fn refused(dump: impl AsRef<[u8]>) -> String {
    convert(dump).with("-o out.sql --report report.json").fails()
}

#[test]
fn statements_outside_the_subset() {
    let dump = "CREATE ROLE a;\n\
                CREATE TABLE t (a integer);\n\
                \x20   SELECT pg_catalog.set_config('search_path', '', false);\n\
                ALTER ROLE a FROB;\n\
                ALTER TABLE t OWNER TO a;\n\
                DROP OWNED BY a;\n\
                DO $$ BEGIN CREATE ROLE b; END $$;\n\
                GRANT SELECT ON t TO a;\n\
                REVOKE ALL ON SCHEMA public FROM a;\n\
                SET ROLE a;\n\
                INSERT INTO t VALUES (1);\n\
                COPY t FROM stdin;\n1\n2\n\\.\n\
                ROLLBACK;\n\
                CREATE USER MAPPING FOR a SERVER s OPTIONS (password 'geheim');\n";
    assert_snapshot!(refused(dump), @"
    error: CREATE TABLE is not a statement of a globals dump
     --> in.sql:2:1
      |
    2 | CREATE TABLE t (a integer)
      | ^
      |
      = help: --drop-unknown lists such statements as dropped instead

    error: SELECT is not a statement of a globals dump
     --> in.sql:3:5
      |
    3 |     SELECT pg_catalog.set_config(*************, **, false)
      |     ^
      |
      = help: let psql run the script on a server of your own that is empty, and dump that with pg_dumpall --globals-only; or write the statements out

    error: expected a role option
     --> in.sql:4:14
      |
    4 | ALTER ROLE a FROB
      |              ^

    error: ALTER TABLE is not a statement of a globals dump
     --> in.sql:5:1
      |
    5 | ALTER TABLE t OWNER TO a
      | ^
      |
      = help: not even --drop-unknown leaves it out, since that could give more rights than before: take it out of the dump yourself

    error: DROP OWNED is not a statement of a globals dump
     --> in.sql:6:1
      |
    6 | DROP OWNED BY a
      | ^

    error: DO is not a statement of a globals dump
     --> in.sql:7:1
      |
    7 | DO $$ BEGIN CREATE ROLE b; END $$
      | ^
      |
      = help: a DO block is a program, and what it does cannot be read from its text: let psql run the script on a server of your own that is empty, and dump that with pg_dumpall --globals-only; or write the statements out

    error: GRANT … ON TABLE is not a statement of a globals dump
     --> in.sql:8:1
      |
    8 | GRANT SELECT ON t TO a
      | ^

    error: REVOKE … ON SCHEMA is not a statement of a globals dump
     --> in.sql:9:1
      |
    9 | REVOKE ALL ON SCHEMA public FROM a
      | ^

    error: SET ROLE: what follows would be done by another role
      --> in.sql:10:1
       |
    10 | SET ROLE a
       | ^

    error: INSERT INTO is not a statement of a globals dump
      --> in.sql:11:1
       |
    11 | INSERT INTO t VALUES (1)
       | ^

    in.sql:12:1: COPY is not a statement of a globals dump
    in.sql:16:1: ROLLBACK is not a statement of a globals dump
    in.sql:17:1: CREATE USER is not a statement of a globals dump

    error: in.sql: nothing was written: 13 mistakes
    ");
}

#[test]
fn drop_unknown_lists_them_as_dropped() {
    let dump = "CREATE ROLE a;\n\
                CREATE TABLE t (a integer);\n\
                INSERT INTO t VALUES (1);\n\
                GRANT SELECT ON t TO a;\n\
                COPY t FROM stdin;\n1\n2\n\\.\n\
                CREATE USER MAPPING FOR a SERVER s OPTIONS (password 'geheim');\n";
    let done = convert(dump).with("--drop-unknown").done();
    assert_snapshot!(done.body(), @"
    -- Roles

    CREATE ROLE a;
    ");
    assert_snapshot!(done.stderr, @"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 1 role, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    6 statements read: 1 kept, 0 rewritten, 5 dropped

    error: unknown-statement (4): statements that are not understood are left out, as --drop-unknown asks
      line 2, CREATE TABLE: CREATE TABLE is not understood and left out
      line 3, INSERT INTO: INSERT INTO is not understood and left out
      line 5, COPY: COPY is not understood and left out
      line 9, CREATE USER: CREATE USER is not understood and left out
      = look at each: whatever they do is not done on the target

    warning: object-privilege: privileges on objects in databases are not among the globals, and left out as --drop-unknown asks
      line 4, GRANT SELECT ON t TO a: it is about an object in a database, and left out
      = where the dump of the database does not bring them, run them there
    ");
}

/// What takes rights away, or says who acts, changes what the others mean.
#[test]
fn drop_unknown_has_limits() {
    let refused = |statement: &str| {
        let dump = format!("CREATE ROLE a;\n{statement};\n");
        convert(dump).with("--drop-unknown").fails()
    };
    assert_snapshot!(refused("REVOKE ALL ON SCHEMA public FROM a"), @"
    error: REVOKE … ON SCHEMA is not a statement of a globals dump
     --> in.sql:2:1
      |
    2 | REVOKE ALL ON SCHEMA public FROM a
      | ^
      |
      = help: not even --drop-unknown leaves it out, since that could give more rights than before: take it out of the dump yourself

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("ALTER TABLE t OWNER TO a"), @"
    error: ALTER TABLE is not a statement of a globals dump
     --> in.sql:2:1
      |
    2 | ALTER TABLE t OWNER TO a
      | ^
      |
      = help: not even --drop-unknown leaves it out, since that could give more rights than before: take it out of the dump yourself

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("DROP OWNED BY a"), @"
    error: DROP OWNED is not a statement of a globals dump
     --> in.sql:2:1
      |
    2 | DROP OWNED BY a
      | ^
      |
      = help: not even --drop-unknown leaves it out, since that could give more rights than before: take it out of the dump yourself

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("SET ROLE a"), @"
    error: SET ROLE: what follows would be done by another role
     --> in.sql:2:1
      |
    2 | SET ROLE a
      | ^
      |
      = help: let psql run the script on a server of your own that is empty, and dump that with pg_dumpall --globals-only; or write the statements out

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("SET SESSION AUTHORIZATION a;\nCREATE ROLE b"), @"
    error: between SET and RESET SESSION AUTHORIZATION only privileges on parameters and tablespaces can be granted
     --> in.sql:3:1
      |
    3 | CREATE ROLE b
      | ^

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("FROB THE ROLES"), @"
    error: FROB THE is not a statement of a globals dump
     --> in.sql:2:1
      |
    2 | FROB THE ROLES
      | ^
      |
      = help: not even --drop-unknown leaves it out, since that could give more rights than before: take it out of the dump yourself

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("42"), @"
    error: expected a statement
     --> in.sql:2:1
      |
    2 | 42
      | ^

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("CREATE TABLE t (a integer)\nREVOKE b FROM a"), @"
    error: CREATE TABLE is not a statement of a globals dump
     --> in.sql:2:1
      |
    2 | CREATE TABLE t (a integer)
      | ^
      |
      = help: not even --drop-unknown leaves it out, since that could give more rights than before: take it out of the dump yourself

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("CREATE TABLE t (a integer) \\gexec\n"), @r"
    error: psql meta-command \gexec: pg_dumpall does not write it, and a dump that carries it could run programs (CVE-2025-8714)
     --> in.sql:2:28
      |
    2 | CREATE TABLE t (a integer) \gexec
      |                            ^
      |
      = help: what it gives only psql can tell: let psql run the script on a server of your own that is empty, and dump that with pg_dumpall --globals-only; or write the statements out

    error: in.sql: nothing was written: 1 mistake
    ");
}

#[test]
fn a_clause_cut_out_with_its_semicolon() {
    let dump = "CREATE ROLE a\nCREATE ROLE b;\nALTER ROLE b\nALTER ROLE a LOGIN;\n";
    assert_snapshot!(refused(dump), @"
    error: a semicolon seems to be missing in front of this line
     --> in.sql:2:1
      |
    2 | CREATE ROLE b
      | ^
      |
      = help: end the statement in front of it with ;

    error: a semicolon seems to be missing in front of this line
     --> in.sql:4:1
      |
    4 | ALTER ROLE a LOGIN
      | ^

    error: in.sql: nothing was written: 2 mistakes
    ");
}

#[test]
fn many_mistakes() {
    let dump = many(15, "CREATE TABLE t# ()");
    assert_snapshot!(refused(dump), @"
    error: CREATE TABLE is not a statement of a globals dump
     --> in.sql:1:1
      |
    1 | CREATE TABLE t1 ()
      | ^
      |
      = help: --drop-unknown lists such statements as dropped instead

    error: CREATE TABLE is not a statement of a globals dump
     --> in.sql:2:1
      |
    2 | CREATE TABLE t2 ()
      | ^

    error: CREATE TABLE is not a statement of a globals dump
     --> in.sql:3:1
      |
    3 | CREATE TABLE t3 ()
      | ^

    error: CREATE TABLE is not a statement of a globals dump
     --> in.sql:4:1
      |
    4 | CREATE TABLE t4 ()
      | ^

    error: CREATE TABLE is not a statement of a globals dump
     --> in.sql:5:1
      |
    5 | CREATE TABLE t5 ()
      | ^

    error: CREATE TABLE is not a statement of a globals dump
     --> in.sql:6:1
      |
    6 | CREATE TABLE t6 ()
      | ^

    error: CREATE TABLE is not a statement of a globals dump
     --> in.sql:7:1
      |
    7 | CREATE TABLE t7 ()
      | ^

    error: CREATE TABLE is not a statement of a globals dump
     --> in.sql:8:1
      |
    8 | CREATE TABLE t8 ()
      | ^

    error: CREATE TABLE is not a statement of a globals dump
     --> in.sql:9:1
      |
    9 | CREATE TABLE t9 ()
      | ^

    error: CREATE TABLE is not a statement of a globals dump
      --> in.sql:10:1
       |
    10 | CREATE TABLE t10 ()
       | ^

    in.sql:11:1: CREATE TABLE is not a statement of a globals dump
    in.sql:12:1: CREATE TABLE is not a statement of a globals dump
    in.sql:13:1: CREATE TABLE is not a statement of a globals dump
    in.sql:14:1: CREATE TABLE is not a statement of a globals dump
    in.sql:15:1: CREATE TABLE is not a statement of a globals dump

    error: in.sql: nothing was written: 15 mistakes
    ");
}

/// The rest is counted: nobody reads so many, and memory stays bounded.
#[test]
fn very_many_mistakes() {
    let dump = many(2500, "CREATE TABLE t# ()");
    let stderr = refused(dump);
    let at = stderr.find("in.sql:999:1").unwrap();
    assert_snapshot!(stderr[at..], @"
    in.sql:999:1: CREATE TABLE is not a statement of a globals dump
    in.sql:1000:1: CREATE TABLE is not a statement of a globals dump
    … and 1500 more

    error: in.sql: nothing was written: 2500 mistakes
    ");
}

#[test]
fn a_long_line_is_cut_round_the_place() {
    let many = "a, ".repeat(400);
    assert_snapshot!(refused(format!("GRANT {many} b TO c d;\n")), @"
    error: expected the end of the statement
     --> in.sql:1:1215
      |
    1 | a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a,  b TO c d
      |                                                                                                                        ^

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused(format!("GRANT b TO c d, {many} e;\n")), @"
    error: expected the end of the statement
     --> in.sql:1:14
      |
    1 | GRANT b TO c d, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a,
      |              ^

    error: in.sql: nothing was written: 1 mistake
    ");
}

#[test]
fn no_password_is_shown() {
    assert_snapshot!(refused("ALTER ROLE a PASSWORD 'geheim' FROB;\n"), @"
    error: expected a role option
     --> in.sql:1:32
      |
    1 | ALTER ROLE a PASSWORD ******** FROB
      |                                ^

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("ALTER ROLE a PASSWORD geheim LOGIN;\n"), @"
    error: expected a string literal
     --> in.sql:1:23
      |
    1 | ALTER ROLE a PASSWORD ************
      |                       ^

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("ALTER ROLE a PASSWORD\n'geheim' FROB;\n"), @"
    error: expected a role option
     --> in.sql:2:10
      |
    2 | ******** FROB
      |          ^

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("ALTER ROLE a PASSWORD\n'geheim;\n"), @"
    error: this string literal does not end
     --> in.sql:2:1
      |
    2 | ********
      | ^
      |
      = help: everything behind it belongs to it: look for what is cut off or not closed

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("ALTER ROLE a PASSWORD\n'geheim' \\gexec\n"), @r"
    error: psql meta-command \gexec: pg_dumpall does not write it, and a dump that carries it could run programs (CVE-2025-8714)
     --> in.sql:2:10
      |
    2 | ******** \gexec
      |          ^
      |
      = help: what it gives only psql can tell: let psql run the script on a server of your own that is empty, and dump that with pg_dumpall --globals-only; or write the statements out

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused(b"ALTER ROLE a PASSWORD\n'geheim\xff';\n"), @"
    error: this is not valid UTF8
     --> in.sql:2:8
      |
    2 | *********;
      |        ^
      |
      = help: dump again with -E UTF8, or let SET client_encoding name the encoding that it is in

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("CREATE ROLE a PASSWORD 'geheim;\nCREATE ROLE b;\n"), @"
    error: this string literal does not end
     --> in.sql:1:24
      |
    1 | CREATE ROLE a PASSWORD ********
      |                        ^
      |
      = help: everything behind it belongs to it: look for what is cut off or not closed

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("CREATE ROLE a PASSWORD geheim';\nCREATE ROLE b;\n"), @"
    error: this string literal does not end
     --> in.sql:1:30
      |
    1 | CREATE ROLE a PASSWORD ********
      |                              ^
      |
      = help: everything behind it belongs to it: look for what is cut off or not closed

    error: in.sql: nothing was written: 1 mistake
    ");
}

#[test]
fn valid_until_in_another_style() {
    assert_snapshot!(refused("ALTER ROLE a VALID UNTIL 'Fri Dec 31 23:59:59 2027 CET';\n"), @"
    error: VALID UNTIL 'Fri Dec 31 23:59:59 2027 CET' is not ISO and could be read in more than one way: dump again with PGDATESTYLE=ISO, or write it as YYYY-MM-DD HH:MM:SS+00
     --> in.sql:1:14
      |
    1 | ALTER ROLE a VALID UNTIL 'Fri Dec 31 23:59:59 2027 CET'
      |              ^

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("ALTER ROLE a VALID UNTIL '31/12/2027';\n"), @"
    error: VALID UNTIL '31/12/2027' is not ISO and could be read in more than one way: dump again with PGDATESTYLE=ISO, or write it as YYYY-MM-DD HH:MM:SS+00
     --> in.sql:1:14
      |
    1 | ALTER ROLE a VALID UNTIL '31/12/2027'
      |              ^

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("ALTER ROLE a VALID UNTIL '2027-02-30 00:00:00+00';\n"), @"
    error: VALID UNTIL '2027-02-30 00:00:00+00' is not ISO and could be read in more than one way: dump again with PGDATESTYLE=ISO, or write it as YYYY-MM-DD HH:MM:SS+00
     --> in.sql:1:14
      |
    1 | ALTER ROLE a VALID UNTIL '2027-02-30 00:00:00+00'
      |              ^

    error: in.sql: nothing was written: 1 mistake
    ");
}

#[test]
fn conflicting_options() {
    assert_snapshot!(refused("CREATE ROLE a LOGIN NOLOGIN;\n"), @"
    error: conflicting or redundant options
     --> in.sql:1:21
      |
    1 | CREATE ROLE a LOGIN NOLOGIN
      |                     ^

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("CREATE ROLE a PASSWORD 'x' PASSWORD 'y';\n"), @"
    error: conflicting or redundant options
     --> in.sql:1:28
      |
    1 | CREATE ROLE a PASSWORD *** PASSWORD ***
      |                            ^

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("CREATE ROLE a CONNECTION LIMIT -2;\n"), @"
    error: invalid connection limit: -2
     --> in.sql:1:32
      |
    1 | CREATE ROLE a CONNECTION LIMIT -2
      |                                ^

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("CREATE ROLE a CONNECTION LIMIT 99999999999;\n"), @"
    error: expected a connection limit
     --> in.sql:1:32
      |
    1 | CREATE ROLE a CONNECTION LIMIT 99999999999
      |                                ^

    error: in.sql: nothing was written: 1 mistake
    ");
}

#[test]
fn roles_twice() {
    assert_snapshot!(refused("CREATE ROLE a;\nCREATE ROLE b;\nCREATE ROLE A;\n"), @"
    error: role a is created twice: first in line 1
     --> in.sql:3:1
      |
    3 | CREATE ROLE A
      | ^
      |
      = help: where several dumps or scripts were put into one file, convert each by itself; --rename gives another name to a role that is not the same on both servers, and --exclude leaves one out

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("CREATE ROLE a;\nCREATE ROLE b;\nALTER ROLE b RENAME TO a;\n"), @"
    error: role b is renamed to a, which exists already
     --> in.sql:3:1
      |
    3 | ALTER ROLE b RENAME TO a
      | ^

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("CREATE ROLE a;\nGRANT a TO a;\n"), @"
    error: role a cannot be a member of itself
     --> in.sql:2:1
      |
    2 | GRANT a TO a
      | ^

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(refused("CREATE ROLE public;\n"), @r#"
    error: role name "public" is reserved
     --> in.sql:1:13
      |
    1 | CREATE ROLE public
      |             ^

    error: in.sql: nothing was written: 1 mistake
    "#);
    assert_snapshot!(refused("ALTER ROLE CURRENT_USER LOGIN;\n"), @"
    error: CURRENT_USER: a dump does not tell who that is; write that role's name
     --> in.sql:1:1
      |
    1 | ALTER ROLE CURRENT_USER LOGIN
      | ^

    error: in.sql: nothing was written: 1 mistake
    ");
}

#[test]
fn a_newline_in_a_name_that_escaped_its_comment() {
    let dump = "--\n-- PostgreSQL database cluster dump\n--\n\nCREATE ROLE a;\n\
                --\n-- User Config \"x\nGRANT a TO b;\n--\"\n--\n\n\
                --\n-- PostgreSQL database cluster dump complete\n--\n";
    assert_snapshot!(refused(dump), @r#"
    error: a newline in a name has broken this comment (CVE-2025-8715), and where it ends cannot be told: dump again with a current pg_dumpall
     --> in.sql:7:1
      |
    7 | -- User Config "x
      | ^

    error: in.sql: nothing was written: 1 mistake
    "#);
}

#[test]
fn a_statement_longer_than_64_mib() {
    let run = Run::new(["convert", "-", "-o", "out.sql"]).with_memory(300);
    let stderr = run.endless_stdin("CREATE ROLE a;\nCREATE ROLE b PASSWORD '", "x");
    assert_snapshot!(stderr, @"error: standard input: line 2: the statement that begins here is longer than 64 MiB");
}

/// A word longer than any name is cut as a server cuts names, and the place is that of the whole word.
#[test]
fn words_that_are_longer_than_names() {
    let word = "z".repeat(70);
    assert_snapshot!(refused(format!("CREATE ROLE a;\n{word} x;\nCREATE ROLE b WITH {word} LOGIN;\n")), @"
    error: ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ X is not a statement of a globals dump
     --> in.sql:2:1
      |
    2 | zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz x
      | ^
      |
      = help: not even --drop-unknown leaves it out, since that could give more rights than before: take it out of the dump yourself

    error: expected a role option
     --> in.sql:3:20
      |
    3 | CREATE ROLE b WITH zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz LOGIN
      |                    ^

    error: in.sql: nothing was written: 2 mistakes
    ");
}
