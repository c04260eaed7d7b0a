use proptest::prelude::*;

use super::generate;
use super::*;
use crate::version::Major;

fn printed(statement: &Statement<'_>) -> String {
    let mut text = String::new();
    print(statement, &mut text);
    text
}

/// Reads `text` and writes it in our spelling.
fn again(text: &str) -> String {
    match parse(text) {
        Ok(statement) => printed(&statement),
        Err(error) => format!("{}: {error}", error.offset),
    }
}

proptest! {
    #![proptest_config(crate::testing::cases(2_000))]

    #[test]
    fn a_printed_statement_reads_back_to_itself(statement in generate::statement()) {
        let text = printed(&statement);
        let back = parse(&text);
        prop_assert_eq!(back.as_ref(), Ok(&statement), "{}", text);
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC*") {
        let _ = parse(&text);
    }

    #[test]
    fn no_text_that_looks_like_sql_makes_it_panic(
        words in proptest::collection::vec(
            prop_oneof![
                Just("ALTER ROLE"), Just("CREATE ROLE"), Just("GRANT"), Just("SET"), Just("TO"),
                Just("ON PARAMETER"), Just("'"), Just("''"), Just("E'\\"), Just("U&'\\"), Just("\""),
                Just("$a$"), Just("/*"), Just("--"), Just("\n"), Just("x"), Just("é"), Just(","),
                Just("PASSWORD"), Just("VALID UNTIL"), Just("-1"), Just("UESCAPE"), Just(";"),
                Just("DO $pg_globals$"), Just("WITH ADMIN"), Just("IN DATABASE d"), Just("COMMENT ON"),
            ],
            0..8,
        )
    ) {
        let _ = parse(&words.join(" "));
    }
}

/// Statements as people write them, and our spelling of each.
pub(super) const SPELLINGS: &[(&str, &str)] = &[
    ("CREATE USER a", "CREATE ROLE a WITH LOGIN"),
    ("create user a nologin", "CREATE ROLE a WITH NOLOGIN"),
    ("CREATE GROUP a WITH USER b, c SYSID 5", "CREATE ROLE a WITH USER b, c SYSID 5"),
    ("CREATE ROLE a \"superuser\"", "CREATE ROLE a WITH SUPERUSER"),
    ("CREATE ROLE a U&\"\\0073uperuser\"", "CREATE ROLE a WITH SUPERUSER"),
    ("CREATE ROLE a NOCREATEUSER", "CREATE ROLE a WITH NOSUPERUSER"),
    ("CREATE ROLE a UNENCRYPTED PASSWORD 'x'", "CREATE ROLE a WITH PASSWORD 'x'"),
    ("CREATE ROLE a PASSWORD ''", "CREATE ROLE a WITH PASSWORD NULL"),
    ("ALTER USER a", "ALTER ROLE a"),
    ("ALTER GROUP g ADD USER a, b", "GRANT g TO a, b"),
    ("ALTER GROUP g DROP USER a", "REVOKE g FROM a"),
    ("ALTER ROLE a CONNECTION LIMIT +5;", "ALTER ROLE a WITH CONNECTION LIMIT 5"),
    ("CREATE USER mapping", "CREATE ROLE mapping WITH LOGIN"),
    ("ALTER ROLE a SET TIME ZONE 'UTC'", "ALTER ROLE a SET timezone TO 'UTC'"),
    (
        "ALTER ROLE a SET TIME ZONE INTERVAL '05:30'",
        "ALTER ROLE a SET timezone TO 'INTERVAL ''05:30:00'''",
    ),
    ("ALTER ROLE a SET search_path TO ;", "ALTER ROLE a SET search_path TO NULL"),
    (
        "ALTER ROLE a SET search_path TO \"$user\", public",
        "ALTER ROLE a SET search_path TO '$user', 'public'",
    ),
    ("ALTER ROLE a SET search_path TO \"\", b", "ALTER ROLE a SET search_path TO '', 'b'"),
    ("ALTER ROLE a SET SCHEMA 's'", "ALTER ROLE a SET search_path TO 's'"),
    ("ALTER ROLE a SET work_mem = 1024", "ALTER ROLE a SET work_mem TO '1024'"),
    ("ALTER ROLE a SET x.y TO on", "ALTER ROLE a SET \"x.y\" TO 'on'"),
    ("ALTER ROLE a SET x TO DEFAULT", "ALTER ROLE a RESET x"),
    ("ALTER ROLE a SET role TO 'b'", "ALTER ROLE a SET role TO 'b'"),
    ("ALTER ROLE a SET role b", "ALTER ROLE a SET role TO 'b'"),
    ("ALTER ROLE ALL IN DATABASE d RESET ALL", "ALTER DATABASE d RESET ALL"),
    ("GRANT a, b TO c WITH ADMIN TRUE", "GRANT a, b TO c WITH ADMIN OPTION"),
    (
        "GRANT a TO c WITH ADMIN OPTION, INHERIT TRUE, SET FALSE GRANTED BY d",
        "GRANT a TO c WITH ADMIN OPTION, INHERIT TRUE, SET FALSE GRANTED BY d",
    ),
    ("GRANT select TO c", "GRANT \"select\" TO c"),
    ("GRANT set, alter system ON PARAMETER a.b TO c", "GRANT ALL ON PARAMETER \"a.b\" TO c"),
    ("GRANT ALL PRIVILEGES ON TABLESPACE t TO GROUP c", "GRANT CREATE ON TABLESPACE t TO c"),
    ("REVOKE ADMIN OPTION FOR a FROM b RESTRICT", "REVOKE ADMIN OPTION FOR a FROM b"),
    ("COMMENT ON ROLE a IS ''", "COMMENT ON ROLE a IS NULL"),
    ("SET SESSION AUTHORIZATION DEFAULT", "RESET SESSION AUTHORIZATION"),
    ("SET SESSION work_mem TO '1MB'", "SET work_mem TO '1MB'"),
    ("START TRANSACTION", "BEGIN"),
    (
        "SELECT binary_upgrade_set_next_pg_authid_oid('16427'::oid)",
        "SELECT pg_catalog.binary_upgrade_set_next_pg_authid_oid('16427'::pg_catalog.oid)",
    ),
    (
        "ALTER TABLESPACE t SET (random_page_cost=1.1)",
        "ALTER TABLESPACE t SET (random_page_cost='1.1')",
    ),
    (
        "ALTER TABLESPACE t SET (random_page_cost=exists)",
        "ALTER TABLESPACE t SET (random_page_cost='exists')",
    ),
    ("ALTER ROLE a SET TIME ZONE role", "ALTER ROLE a SET timezone TO 'role'"),
    ("CREATE ROLE system_user", "CREATE ROLE \"system_user\""),
    ("CREATE ROLE /* a */ a -- b\n LOGIN", "CREATE ROLE a WITH LOGIN"),
];

#[test]
fn every_spelling_has_one_form() {
    for (text, expected) in SPELLINGS {
        assert_eq!(again(text), *expected, "{text}");
    }
}

#[test]
fn statements_about_databases_are_told_apart() {
    for text in [
        "CREATE DATABASE d WITH TEMPLATE = template0",
        "ALTER DATABASE d OWNER TO x",
        "ALTER DATABASE d SET TABLESPACE t",
        "DROP DATABASE IF EXISTS d",
        "GRANT ALL ON DATABASE d TO x",
        "REVOKE CONNECT,TEMPORARY ON DATABASE d FROM PUBLIC",
        "COMMENT ON DATABASE d IS 'x'",
        "SECURITY LABEL FOR p ON DATABASE d IS 'x'",
    ] {
        assert_eq!(parse(text), Ok(Statement::Database), "{text}");
    }
    assert!(matches!(parse("ALTER DATABASE d SET a TO b"), Ok(Statement::AlterSetting { .. })));
}

#[test]
fn what_is_wrong_is_said_where_it_is() {
    let cases = [
        ("CREATE ROLE", "11: expected a role name"),
        ("CREATE ROLE user", "12: expected a role name"),
        ("CREATE ROLE \"public\"", "12: role name \"public\" is reserved"),
        ("CREATE ROLE a FROB", "14: expected a role option"),
        ("CREATE ROLE a \"SUPERUSER\"", "14: expected a role option"),
        ("CREATE ROLE a \"inherit\"", "14: expected a role option"),
        ("CREATE ROLE a LOGIN NOLOGIN", "20: conflicting or redundant options"),
        ("CREATE ROLE a\nCREATE ROLE b", "14: expected a role option"),
        ("CREATE ROLE a CONNECTION LIMIT -2", "31: invalid connection limit: -2"),
        ("CREATE ROLE a SYSID -5", "20: expected a number without a sign"),
        ("START TRANSACTION WORK", "18: expected the end of the statement"),
        ("CREATE ROLE a PASSWORD x", "23: expected a string literal"),
        ("CREATE ROLE a PASSWORD 'x", "23: this string literal does not end"),
        ("ALTER ROLE a IN ROLE b", "16: expected DATABASE"),
        ("ALTER ROLE a SET x", "18: expected TO or ="),
        ("ALTER ROLE a SET x TO 64MB", "22: a value with a unit needs quotes"),
        (
            "ALTER ROLE a SET TRANSACTION READ ONLY",
            "17: this form of SET is not one of a globals dump",
        ),
        ("ALTER GROUP g LOGIN", "14: expected ADD or DROP"),
        ("GRANT a TO b\nGRANT c TO d", "13: expected the end of the statement"),
        ("GRANT a TO b WITH FROB OPTION", "18: expected ADMIN, INHERIT or SET"),
        (
            "GRANT CREATE ON PARAMETER a TO b",
            "6: a parameter has the privileges SET and ALTER SYSTEM only",
        ),
        ("GRANT SELECT (x) ON t TO b", "0: GRANT … ON TABLE is not a statement of a globals dump"),
        (
            "GRANT USAGE ON SCHEMA s TO b",
            "0: GRANT … ON SCHEMA is not a statement of a globals dump",
        ),
        ("CREATE TABLE t (a int)", "0: CREATE TABLE is not a statement of a globals dump"),
        (
            "CREATE USER MAPPING FOR a SERVER s",
            "0: CREATE USER is not a statement of a globals dump",
        ),
        (
            "DO $$ BEGIN CREATE ROLE evil SUPERUSER; END $$",
            "0: DO is not a statement of a globals dump",
        ),
        ("ROLLBACK", "0: ROLLBACK is not a statement of a globals dump"),
        ("pg_dumpall: error: query failed", "0: PG_DUMPALL is not a statement of a globals dump"),
        ("COMMENT ON TABLE t IS 'x'", "0: COMMENT ON is not a statement of a globals dump"),
        ("SELECT 1", "0: SELECT is not a statement of a globals dump"),
        ("42", "0: expected a statement"),
        ("", "0: expected a statement"),
    ];
    for (text, expected) in cases {
        assert_eq!(again(text), expected, "{text}");
    }
}

#[test]
fn a_guard_must_be_exactly_ours() {
    let guard = Statement::DatabaseGuard {
        database: "d".into(),
        owned: false,
        statements: vec![parse("ALTER ROLE a IN DATABASE d SET x TO 'y'").unwrap()],
    };
    let text = printed(&guard);
    assert_eq!(parse(&text), Ok(guard));
    for changed in [
        text.replace("IF EXISTS", "IF  EXISTS"),
        text.replace("ALTER ROLE a", "ALTER  ROLE a"),
        text.replace("RAISE NOTICE", "ALTER ROLE b SUPERUSER; RAISE NOTICE"),
        text.replace("'y';", "'y'; DROP TABLE t;"),
        text.replace("$pg_globals$", "$x$"),
    ] {
        assert!(parse(&changed).is_err(), "{changed}");
    }
}

/// Scripts of earlier releases had guards whose operators were looked for in `search_path`.
#[test]
fn guards_of_earlier_releases_are_read() {
    let version = "DO $pg_globals$\nBEGIN\n  IF pg_catalog.current_setting('server_version_num')::integer \
                   / 10000 <> 16 THEN\n    RAISE EXCEPTION 'this script was made for PostgreSQL 16, \
                   this server is %: make it again with --target-version', \
                   pg_catalog.current_setting('server_version');\n  END IF;\nEND\n$pg_globals$";
    let database = "DO $pg_globals$\nBEGIN\n  IF EXISTS (SELECT FROM pg_catalog.pg_database \
                    WHERE datname = 'd' AND pg_catalog.pg_has_role(datdba, 'USAGE')) THEN\n    \
                    ALTER DATABASE d SET x TO 'y';\n  ELSE\n    RAISE NOTICE USING MESSAGE = \
                    'this database does not exist yet, or is another''s: its owner may run this \
                    section: d';\n  END IF;\nEND\n$pg_globals$";
    let role = "DO $pg_globals$\nBEGIN\n  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles \
                WHERE rolname = 'a') THEN\n    CREATE ROLE a;\n  ELSIF EXISTS (SELECT FROM \
                pg_catalog.pg_roles WHERE rolname = 'a' AND (rolname IN (current_user, session_user) \
                OR rolsuper AND NOT pg_catalog.current_setting('is_superuser')::boolean)) THEN\n    \
                RAISE EXCEPTION USING MESSAGE = 'this role replays the script or is a superuser, and \
                is never touched: convert again with --exclude or --rename: a';\n  ELSE\n    \
                RAISE NOTICE USING MESSAGE = 'this role exists, its attributes stay as they are: \
                a';\n  END IF;\nEND\n$pg_globals$";
    let name = |name: &'static str| -> Text<'static> { name.into() };
    let guarded = Statement::RoleGuard {
        role: name("a"),
        admin: None,
        create: Box::new(parse("CREATE ROLE a").unwrap()),
    };
    // Between these and today's were some that named no members.
    let exists = "'this role exists, its attributes stay as they are: a'";
    let today = printed(&guarded);
    let (head, rest) = today.split_once("pg_catalog.concat(").unwrap();
    let (_, tail) = rest.split_once("(pg_catalog.>) 0))").unwrap();
    let no_members = format!("{head}{exists}{tail}");
    let guards = [
        (&*no_members, guarded.clone()),
        (version, Statement::VersionGuard { major: Major::new(16), one_server: false }),
        (
            database,
            Statement::DatabaseGuard {
                database: name("d"),
                owned: true,
                statements: vec![parse("ALTER DATABASE d SET x TO 'y'").unwrap()],
            },
        ),
        (role, guarded),
    ];
    for (earlier, guard) in guards {
        assert_eq!(parse(earlier), Ok(guard.clone()), "{earlier}");
        assert_ne!(printed(&guard), earlier);
    }
    // Nothing between the two.
    let half = role.replacen(" = ", " OPERATOR(pg_catalog.=) ", 1);
    assert!(parse(&half).is_err(), "{half}");
}

#[test]
fn debug_output_hides_passwords() {
    let statement = parse("CREATE ROLE a PASSWORD 'hunter2'").unwrap();
    assert!(!format!("{statement:?}").contains("hunter2"));
}
