//! Conversions that go well: the script and the report, whole.

use std::path::Path;

use insta::{Settings, assert_snapshot};

use crate::support::command::{Run, convert, visible};

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/dumps").join(name);
    std::fs::read(path).unwrap()
}

fn aurora() -> Run {
    Run::new(["convert", "aurora.sql"]).file("aurora.sql", fixture("ok/aurora-15.sql"))
}

/// Compares with files that do not change with every version.
fn assert_file(name: &str, text: &str) {
    let text = text.replace(env!("CARGO_PKG_VERSION"), "[version]");
    let mut settings = Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| assert_snapshot!(name, text));
}

#[test]
fn aurora_for_azure() {
    for major in ["15", "16", "18"] {
        let done = aurora().with("--target-version").arg(major).done();
        assert_file(&format!("aurora-15-azure-{major}-script"), &done.stdout);
        assert_file(&format!("aurora-15-azure-{major}-report"), &done.stderr);
    }
}

#[test]
fn azure_and_its_newest_version_are_the_default() {
    let given = aurora().with("-p azure --target-version 18 --source-platform aurora").done();
    let default = aurora().done();
    // Who names the platform knows which it is.
    let told = default.stderr.replace(": aurora or rds (not told apart)", ": aurora");
    assert_ne!(told, default.stderr);
    assert_eq!((default.stdout, told), (given.stdout, given.stderr));
}

#[test]
fn from_standard_input() {
    let from_file = aurora().done();
    let done = Run::new(["convert", "-"]).stdin(fixture("ok/aurora-15.sql")).done();
    assert_eq!(
        done.stdout.replace("from standard input by", "from aurora.sql by"),
        from_file.stdout
    );
    assert_eq!(done.stderr.replace("standard input: ", "aurora.sql: "), from_file.stderr);
}

/// What is written is in the subset itself, and says the same.
#[test]
fn a_script_converts_to_itself() {
    let script = aurora().done().stdout;
    let again = Run::new(["convert", "aurora.sql"]).file("aurora.sql", &script).done();
    assert_eq!(again.stdout, script);
    assert_snapshot!(again.stderr, @"
    aurora.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 17 roles, 14 memberships, 7 settings, 0 parameter privileges, 0 tablespaces
    34 statements read: 34 kept, 0 rewritten, 0 dropped

    error: no-password (2): login roles arrive without a password
      line 52, role lambda_iam: its password is not known
      line 54, role postgres: its password is not known
      = give theirs with --passwords-from, new ones with --passwords generate, or read the source as a role that may read pg_authid

    warning: md5-verifier (2): md5 verifiers are deprecated, and not every server accepts them
      line 50, role contractor: the role can log in only while azure.accepted_password_auth_method lists md5
      line 53, role legacy_erp: the role can log in only while azure.accepted_password_auth_method lists md5
      = set a new password, which the server stores as SCRAM-SHA-256

    warning: expired: VALID UNTIL lies in the past: the role cannot log in with its password
      line 50, role contractor: expired at 2024-01-31 00:00:00+00
      = where it should, ALTER ROLE … VALID UNTIL on the target

    warning: frozen: the role is locked on the source (NOLOGIN, limit 0 or read-only), and will be locked on the target, too
      line 66, setting bi_tool: default_transaction_read_only: default_transaction_read_only is on
      = where that was done for the migration only, take the dump before it, or undo it on the target
    ");
}

#[test]
fn to_a_server_of_ones_own() {
    let dump = "CREATE ROLE boss SUPERUSER LOGIN PASSWORD 'SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';\n\
                CREATE ROLE repl REPLICATION;\n\
                CREATE TABLESPACE fast OWNER boss LOCATION '/mnt/fast';\n\
                GRANT SET ON PARAMETER log_statement TO repl;\n\
                ALTER ROLE ALL SET work_mem TO '64MB';\n";
    let done = convert(dump).with("-p postgres --allow-all-settings").done();
    assert_snapshot!(done.body(), @r"
    -- Roles

    CREATE ROLE boss WITH SUPERUSER LOGIN PASSWORD 'SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
    CREATE ROLE repl WITH REPLICATION;

    -- Settings

    ALTER ROLE ALL SET work_mem TO '64MB';

    -- Privileges on configuration parameters

    GRANT SET ON PARAMETER log_statement TO repl;

    COMMIT;

    -- Tablespaces: no transaction can hold them

    \set AUTOCOMMIT on
    SET default_transaction_read_only = off;
    SET search_path = pg_catalog;
    SET client_encoding = 'UTF8';
    SET standard_conforming_strings = on;
    CREATE TABLESPACE fast OWNER boss LOCATION '/mnt/fast';
    ");
    assert_snapshot!(done.stderr, @"
    in.sql: no platform recognised
    for postgres 18 (self-hosted PostgreSQL)
    found 2 roles, 0 memberships, 1 setting, 1 parameter privilege, 1 tablespace
    5 statements read: 5 kept, 0 rewritten, 0 dropped

    warning: allowed-all-setting: --allow-all-settings: each session of the target will have it, the administrator's own too
      line 5, setting ALL: work_mem: every session would have 64MB
      = see that the administrator, pg_restore and monitoring can work with it; where they cannot, leave --allow-all-settings out
    ");
}

const DUMP: &str = "\
CREATE ROLE app LOGIN CONNECTION LIMIT 5 PASSWORD 'md5f3434e46f2c51773304917bda4780e5d';
CREATE ROLE owner;
CREATE ROLE \"Jane Doe\" SUPERUSER;
COMMENT ON ROLE app IS 'the application';
ALTER ROLE app SET work_mem TO '64MB';
ALTER ROLE app IN DATABASE shop SET search_path TO shop, public;
GRANT owner TO app GRANTED BY boss;
GRANT app TO \"Jane Doe\" WITH ADMIN OPTION;
";

#[test]
fn only_some_roles() {
    let done = convert(DUMP).with("--only o* --only app").done();
    assert_snapshot!(done.body(), @"
    -- Roles

    CREATE ROLE app WITH LOGIN CONNECTION LIMIT 5 PASSWORD 'md5f3434e46f2c51773304917bda4780e5d';
    CREATE ROLE owner;

    -- Settings

    ALTER ROLE app SET work_mem TO '64MB';

    -- Settings in one database: run this section again when it exists

    DO $pg_globals$
    BEGIN
      IF EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) 'shop') THEN
        ALTER ROLE app IN DATABASE shop SET search_path TO 'shop', 'public';
      ELSE
        RAISE NOTICE USING MESSAGE = 'this database does not exist yet: run this section again when it does: shop';
      END IF;
    END
    $pg_globals$;

    -- Comments

    COMMENT ON ROLE app IS 'the application';

    -- Memberships

    GRANT owner TO app;
    ");
    assert_snapshot!(done.stderr, @r#"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 3 roles, 2 memberships, 2 settings, 0 parameter privileges, 0 tablespaces
    8 statements read: 5 kept, 1 rewritten, 2 dropped

    warning: md5-verifier: md5 verifiers are deprecated, and not every server accepts them
      line 1, role app: the role can log in only while azure.accepted_password_auth_method lists md5
      = set a new password, which the server stores as SCRAM-SHA-256

    info: selection: left out by --only, --exclude or --database
      line 3, role "Jane Doe": not selected

    info: dropped-role: it belongs to a role that is not carried over
      line 8, membership "Jane Doe" in app: "Jane Doe" is not carried over

    info: grantor: GRANTED BY is left out: the role that runs the script becomes the grantor
      line 7, membership app in owner: was granted by boss, which cannot revoke it any more

    info: database-setting: settings in one database wait for it: where it is missing, the script says so and goes on
      line 6, setting app in shop: search_path: for one database only
      = when the databases exist, convert with --if-not-exists and replay that, or set them by hand
    "#);
    assert_eq!(convert(DUMP).with("--exclude J*").done().body(), done.body());
    let both = convert(DUMP).with("--only [a-o]* --exclude ?pp").done();
    assert_snapshot!(both.body(), @"
    -- Roles

    CREATE ROLE owner;
    ");
}

#[test]
fn renamed() {
    let done = convert(DUMP).with("--rename app=owner --rename owner=own==er").done();
    assert_snapshot!(done.body(), @r#"
    -- Roles

    CREATE ROLE "Jane Doe";
    CREATE ROLE "own=er";
    CREATE ROLE owner WITH LOGIN CONNECTION LIMIT 5;

    -- Settings

    ALTER ROLE owner SET work_mem TO '64MB';

    -- Settings in one database: run this section again when it exists

    DO $pg_globals$
    BEGIN
      IF EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) 'shop') THEN
        ALTER ROLE owner IN DATABASE shop SET search_path TO 'shop', 'public';
      ELSE
        RAISE NOTICE USING MESSAGE = 'this database does not exist yet: run this section again when it does: shop';
      END IF;
    END
    $pg_globals$;

    -- Comments

    COMMENT ON ROLE owner IS 'the application';

    -- Memberships

    GRANT "own=er" TO owner;
    GRANT owner TO "Jane Doe" WITH ADMIN OPTION;
    "#);
    assert_snapshot!(done.stderr, @r#"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 3 roles, 2 memberships, 2 settings, 0 parameter privileges, 0 tablespaces
    8 statements read: 3 kept, 5 rewritten, 0 dropped

    error: rename-md5: an md5 verifier is salted with the role's name, and does not survive a new one
      line 1, role owner: its md5 password is gone with its old name
      = set a new password, or give one with --passwords-from or --passwords generate

    error: no-password: login roles arrive without a password
      line 1, role owner: its password is not known
      = give theirs with --passwords-from, new ones with --passwords generate, or read the source as a role that may read pg_authid

    warning: superuser: the target's administrator cannot make superusers
      line 3, role "Jane Doe": loses SUPERUSER
      = grant what the role needs, or give it the platform's administrator role with --map-role SUPERUSER=…

    info: rename (2): renamed by --rename
      line 1, role owner: was app on the source
      line 2, role "own=er": was owner on the source

    info: grantor: GRANTED BY is left out: the role that runs the script becomes the grantor
      line 7, membership owner in "own=er": was granted by boss, which cannot revoke it any more

    info: database-setting: settings in one database wait for it: where it is missing, the script says so and goes on
      line 6, setting owner in shop: search_path: for one database only
      = when the databases exist, convert with --if-not-exists and replay that, or set them by hand
    "#);
}

#[test]
fn mapped() {
    let dump = "CREATE ROLE boss SUPERUSER;\nCREATE ROLE app;\nGRANT rds_superuser TO app;\n";
    let maps = "--map-role SUPERUSER=azure_pg_admin --map-role rds_superuser=azure_pg_admin";
    let done = convert(dump).with(maps).done();
    assert_snapshot!(done.body(), @"
    -- Roles

    CREATE ROLE app;
    CREATE ROLE boss;

    -- Memberships

    GRANT azure_pg_admin TO app, boss;
    ");
    assert_snapshot!(done.stderr, @"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 2 roles, 1 membership, 0 settings, 0 parameter privileges, 0 tablespaces
    3 statements read: 1 kept, 2 rewritten, 0 dropped

    warning: map-role (2): granted instead of what the source had, as --map-role asks
      line 1, membership boss in azure_pg_admin: instead of SUPERUSER
      line 3, membership app in azure_pg_admin: instead of membership in rds_superuser
      = check that these roles should have these rights on the target

    info: superuser: the target's administrator cannot make superusers
      line 1, role boss: loses SUPERUSER
    ");
}

#[test]
fn kinds_left_out() {
    let dump = format!(
        "{DUMP}SECURITY LABEL FOR p ON ROLE app IS 'x';\n\
         GRANT SET ON PARAMETER work_mem TO app;\nCREATE TABLESPACE t LOCATION '/t';\n"
    );
    let all = "--skip comments --skip settings --skip memberships --skip parameters \
               --skip tablespaces --skip security-labels";
    let done = convert(&dump).with("-p postgres").with(all).done();
    assert_snapshot!(done.body(), @r#"
    -- Roles

    CREATE ROLE "Jane Doe" WITH SUPERUSER;
    CREATE ROLE app WITH LOGIN CONNECTION LIMIT 5 PASSWORD 'md5f3434e46f2c51773304917bda4780e5d';
    CREATE ROLE owner;
    "#);
    assert_snapshot!(done.stderr, @r#"
    in.sql: no platform recognised
    for postgres 18 (self-hosted PostgreSQL)
    found 3 roles, 2 memberships, 2 settings, 1 parameter privilege, 1 tablespace
    11 statements read: 3 kept, 0 rewritten, 8 dropped

    warning: md5-verifier: md5 verifiers are deprecated, and not every server accepts them
      line 1, role app: deprecated since 18, which warns where one is set; 19 warns at each login, and a later version will take none
      = set a new password, which the server stores as SCRAM-SHA-256

    info: skip (8): left out by --skip
      line 4, comment on role app: --skip comments
      line 5, setting app: work_mem: --skip settings
      line 6, setting app in shop: search_path: --skip settings
      line 7, membership app in owner: --skip memberships
      line 8, membership "Jane Doe" in app: --skip memberships
      line 9, security label on role app: --skip security-labels
      line 10, parameter work_mem to app: --skip parameters
      line 11, tablespace t: --skip tablespaces
    "#);
    let done = convert(&dump).with("-p postgres --skip settings").done();
    assert_snapshot!(done.body(), @r#"
    -- Roles

    CREATE ROLE "Jane Doe" WITH SUPERUSER;
    CREATE ROLE app WITH LOGIN CONNECTION LIMIT 5 PASSWORD 'md5f3434e46f2c51773304917bda4780e5d';
    CREATE ROLE owner;

    -- Comments

    COMMENT ON ROLE app IS 'the application';

    -- Memberships

    GRANT app TO "Jane Doe" WITH ADMIN OPTION;
    GRANT owner TO app;

    -- Privileges on configuration parameters

    GRANT SET ON PARAMETER work_mem TO app;

    COMMIT;

    -- Tablespaces: no transaction can hold them

    \set AUTOCOMMIT on
    SET default_transaction_read_only = off;
    SET search_path = pg_catalog;
    SET client_encoding = 'UTF8';
    SET standard_conforming_strings = on;
    CREATE TABLESPACE t LOCATION '/t';
    "#);
}

#[test]
fn guarded() {
    assert_snapshot!(convert(DUMP).with("--if-not-exists").done().body(), @r#"
    -- Roles

    DO $pg_globals$
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) 'Jane Doe') THEN
        CREATE ROLE "Jane Doe";
      ELSIF EXISTS (SELECT FROM pg_catalog.pg_roles r, pg_catalog.pg_roles a WHERE r.rolname OPERATOR(pg_catalog.=) 'Jane Doe' AND (r.rolname OPERATOR(pg_catalog.=) current_user OR r.rolname OPERATOR(pg_catalog.=) session_user OR r.oid OPERATOR(pg_catalog.=) '10' OR pg_catalog.pg_has_role(r.oid, a.oid, 'MEMBER') AND (NOT pg_catalog.current_setting('is_superuser')::boolean AND (a.rolsuper OR a.rolname OPERATOR(pg_catalog.=) current_user OR a.rolname OPERATOR(pg_catalog.=) session_user) OR NOT r.rolsuper AND a.rolname OPERATOR(pg_catalog.=) 'azure_pg_admin'))) THEN
        RAISE EXCEPTION USING MESSAGE = 'this role replays the script, or is a superuser or an administrator, and is never touched: convert again with --exclude or --rename: Jane Doe';
      ELSE
        RAISE NOTICE USING MESSAGE = pg_catalog.concat('this role exists, its attributes stay as they are: Jane Doe',
          (SELECT pg_catalog.concat('; it keeps its members: ', pg_catalog.string_agg(DISTINCT pg_catalog.quote_ident(m.rolname), ', '))
          FROM pg_catalog.pg_auth_members g, pg_catalog.pg_roles r, pg_catalog.pg_roles m
          WHERE g.roleid OPERATOR(pg_catalog.=) r.oid AND g.member OPERATOR(pg_catalog.=) m.oid
          AND m.rolname OPERATOR(pg_catalog.<>) current_user AND r.rolname OPERATOR(pg_catalog.=) 'Jane Doe'
          HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0),
          (SELECT '; it has ' OPERATOR(pg_catalog.||) pg_catalog.concat_ws(', ', CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END, CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolreplication THEN 'REPLICATION' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END)
          FROM pg_catalog.pg_roles r WHERE r.rolname OPERATOR(pg_catalog.=) 'Jane Doe' AND (r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls)),
          (SELECT pg_catalog.concat('; it is a member of: ', pg_catalog.string_agg(DISTINCT pg_catalog.quote_ident(r.rolname), ', '))
          FROM pg_catalog.pg_auth_members g, pg_catalog.pg_roles r, pg_catalog.pg_roles m
          WHERE g.roleid OPERATOR(pg_catalog.=) r.oid AND g.member OPERATOR(pg_catalog.=) m.oid
          AND m.rolname OPERATOR(pg_catalog.=) 'Jane Doe'
          HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0));
      END IF;
    END
    $pg_globals$;
    DO $pg_globals$
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) 'app') THEN
        CREATE ROLE app WITH LOGIN CONNECTION LIMIT 5 PASSWORD 'md5f3434e46f2c51773304917bda4780e5d';
      ELSIF EXISTS (SELECT FROM pg_catalog.pg_roles r, pg_catalog.pg_roles a WHERE r.rolname OPERATOR(pg_catalog.=) 'app' AND (r.rolname OPERATOR(pg_catalog.=) current_user OR r.rolname OPERATOR(pg_catalog.=) session_user OR r.oid OPERATOR(pg_catalog.=) '10' OR pg_catalog.pg_has_role(r.oid, a.oid, 'MEMBER') AND (NOT pg_catalog.current_setting('is_superuser')::boolean AND (a.rolsuper OR a.rolname OPERATOR(pg_catalog.=) current_user OR a.rolname OPERATOR(pg_catalog.=) session_user) OR NOT r.rolsuper AND a.rolname OPERATOR(pg_catalog.=) 'azure_pg_admin'))) THEN
        RAISE EXCEPTION USING MESSAGE = 'this role replays the script, or is a superuser or an administrator, and is never touched: convert again with --exclude or --rename: app';
      ELSE
        RAISE NOTICE USING MESSAGE = pg_catalog.concat('this role exists, its attributes stay as they are: app',
          (SELECT pg_catalog.concat('; it keeps its members: ', pg_catalog.string_agg(DISTINCT pg_catalog.quote_ident(m.rolname), ', '))
          FROM pg_catalog.pg_auth_members g, pg_catalog.pg_roles r, pg_catalog.pg_roles m
          WHERE g.roleid OPERATOR(pg_catalog.=) r.oid AND g.member OPERATOR(pg_catalog.=) m.oid
          AND m.rolname OPERATOR(pg_catalog.<>) current_user AND r.rolname OPERATOR(pg_catalog.=) 'app'
          HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0),
          (SELECT '; it has ' OPERATOR(pg_catalog.||) pg_catalog.concat_ws(', ', CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END, CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolreplication THEN 'REPLICATION' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END)
          FROM pg_catalog.pg_roles r WHERE r.rolname OPERATOR(pg_catalog.=) 'app' AND (r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls)),
          (SELECT pg_catalog.concat('; it is a member of: ', pg_catalog.string_agg(DISTINCT pg_catalog.quote_ident(r.rolname), ', '))
          FROM pg_catalog.pg_auth_members g, pg_catalog.pg_roles r, pg_catalog.pg_roles m
          WHERE g.roleid OPERATOR(pg_catalog.=) r.oid AND g.member OPERATOR(pg_catalog.=) m.oid
          AND m.rolname OPERATOR(pg_catalog.=) 'app'
          HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0));
      END IF;
    END
    $pg_globals$;
    DO $pg_globals$
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) 'owner') THEN
        CREATE ROLE owner;
      ELSIF EXISTS (SELECT FROM pg_catalog.pg_roles r, pg_catalog.pg_roles a WHERE r.rolname OPERATOR(pg_catalog.=) 'owner' AND (r.rolname OPERATOR(pg_catalog.=) current_user OR r.rolname OPERATOR(pg_catalog.=) session_user OR r.oid OPERATOR(pg_catalog.=) '10' OR pg_catalog.pg_has_role(r.oid, a.oid, 'MEMBER') AND (NOT pg_catalog.current_setting('is_superuser')::boolean AND (a.rolsuper OR a.rolname OPERATOR(pg_catalog.=) current_user OR a.rolname OPERATOR(pg_catalog.=) session_user) OR NOT r.rolsuper AND a.rolname OPERATOR(pg_catalog.=) 'azure_pg_admin'))) THEN
        RAISE EXCEPTION USING MESSAGE = 'this role replays the script, or is a superuser or an administrator, and is never touched: convert again with --exclude or --rename: owner';
      ELSE
        RAISE NOTICE USING MESSAGE = pg_catalog.concat('this role exists, its attributes stay as they are: owner',
          (SELECT pg_catalog.concat('; it keeps its members: ', pg_catalog.string_agg(DISTINCT pg_catalog.quote_ident(m.rolname), ', '))
          FROM pg_catalog.pg_auth_members g, pg_catalog.pg_roles r, pg_catalog.pg_roles m
          WHERE g.roleid OPERATOR(pg_catalog.=) r.oid AND g.member OPERATOR(pg_catalog.=) m.oid
          AND m.rolname OPERATOR(pg_catalog.<>) current_user AND r.rolname OPERATOR(pg_catalog.=) 'owner'
          HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0),
          (SELECT '; it has ' OPERATOR(pg_catalog.||) pg_catalog.concat_ws(', ', CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END, CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolreplication THEN 'REPLICATION' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END)
          FROM pg_catalog.pg_roles r WHERE r.rolname OPERATOR(pg_catalog.=) 'owner' AND (r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls)),
          (SELECT pg_catalog.concat('; it is a member of: ', pg_catalog.string_agg(DISTINCT pg_catalog.quote_ident(r.rolname), ', '))
          FROM pg_catalog.pg_auth_members g, pg_catalog.pg_roles r, pg_catalog.pg_roles m
          WHERE g.roleid OPERATOR(pg_catalog.=) r.oid AND g.member OPERATOR(pg_catalog.=) m.oid
          AND m.rolname OPERATOR(pg_catalog.=) 'owner'
          HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0));
      END IF;
    END
    $pg_globals$;

    -- Settings

    ALTER ROLE app SET work_mem TO '64MB';

    -- Settings in one database: run this section again when it exists

    DO $pg_globals$
    BEGIN
      IF EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) 'shop') THEN
        ALTER ROLE app IN DATABASE shop SET search_path TO 'shop', 'public';
      ELSE
        RAISE NOTICE USING MESSAGE = 'this database does not exist yet: run this section again when it does: shop';
      END IF;
    END
    $pg_globals$;

    -- Comments

    COMMENT ON ROLE app IS 'the application';

    -- Memberships

    GRANT app TO "Jane Doe" WITH ADMIN OPTION;
    GRANT owner TO app;
    "#);
}

#[test]
fn memberships_that_15_cannot_express() {
    let dump = "CREATE ROLE team;\nCREATE ROLE a;\nCREATE ROLE b;\n\
                GRANT team TO a WITH INHERIT FALSE;\nGRANT team TO b WITH SET FALSE;\n";
    let done = convert(dump).with("--target-version 15").done();
    assert_snapshot!(done.body(), @"
    -- Roles

    CREATE ROLE a WITH NOINHERIT;
    CREATE ROLE b;
    CREATE ROLE team;

    -- Memberships

    GRANT team TO a;
    ");
    assert_snapshot!(done.stderr, @"
    in.sql: no platform recognised, PostgreSQL 16 or later
    for azure 15 (Azure Database for PostgreSQL flexible server)
    found 3 roles, 2 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    5 statements read: 4 kept, 0 rewritten, 1 dropped

    error: membership-option: before 16 a membership cannot be without INHERIT or SET: it would be wider than it was
      line 5, membership b in team: SET FALSE cannot be said on azure 15
      = grant it on the target if that is acceptable, or give --widen

    info: membership-option: before 16 a membership cannot be without INHERIT or SET: it would be wider than it was
      role a: becomes NOINHERIT: none of its memberships has INHERIT
    ");
    let done = convert(dump).with("--target-version 15 --widen").done();
    assert_snapshot!(done.body(), @"
    -- Roles

    CREATE ROLE a WITH NOINHERIT;
    CREATE ROLE b;
    CREATE ROLE team;

    -- Memberships

    GRANT team TO a, b;
    ");
    assert_snapshot!(done.stderr, @"
    in.sql: no platform recognised, PostgreSQL 16 or later
    for azure 15 (Azure Database for PostgreSQL flexible server)
    found 3 roles, 2 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    5 statements read: 4 kept, 1 rewritten, 0 dropped

    warning: widened-membership: --widen: before 16 a membership cannot be without INHERIT or SET, and becomes wider than it was
      line 5, membership b in team: loses SET FALSE
      = see that the member may have that; where it may not, leave --widen out

    info: membership-option: before 16 a membership cannot be without INHERIT or SET: it would be wider than it was
      role a: becomes NOINHERIT: none of its memberships has INHERIT
    ");
}

/// The whole of a cluster: roles from its beginning, settings from each database's properties.
#[test]
fn a_cluster_dump() {
    let dump = "--\n-- PostgreSQL database cluster dump\n--\n\nSET client_encoding = 'UTF8';\n\
                CREATE ROLE app;\n\n\
                --\n-- Database \"shop\" dump\n--\n\n\
                --\n-- PostgreSQL database dump\n--\n\n\
                -- Dumped from database version 15.4\n-- Dumped by pg_dump version 16.1\n\n\
                CREATE DATABASE shop WITH TEMPLATE = template0;\n\
                \\connect shop\n\
                ALTER DATABASE shop SET work_mem TO '1MB';\n\
                ALTER ROLE app IN DATABASE shop SET search_path TO 'shop';\n\
                CREATE FUNCTION f() RETURNS void LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;\n\
                CREATE TABLE t (a text);\n\
                COPY t (a) FROM stdin;\nGRANT app TO evil;\n\\.\n\
                GRANT SELECT ON TABLE t TO app;\n\
                --\n-- PostgreSQL database dump complete\n--\n\n\
                --\n-- PostgreSQL database cluster dump complete\n--\n\n";
    let done = convert(dump).done();
    assert_snapshot!(done.body(), @r"
    -- Roles

    CREATE ROLE app;

    -- Settings in one database: run this section again when it exists

    DO $pg_globals$
    BEGIN
      IF EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) 'shop') THEN
        ALTER ROLE app IN DATABASE shop SET search_path TO 'shop';
      ELSE
        RAISE NOTICE USING MESSAGE = 'this database does not exist yet: run this section again when it does: shop';
      END IF;
    END
    $pg_globals$;
    ");
    assert_snapshot!(done.stderr, @"
    in.sql: no platform recognised, PostgreSQL 15.4, dumped by pg_dumpall 16.1
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 1 role, 0 memberships, 2 settings, 0 parameter privileges, 0 tablespaces
    3 statements read: 2 kept, 0 rewritten, 1 dropped; 5 skipped, of databases

    error: missing-attributes: the dump creates roles without saying whether they log in, with which password, and what else they may
      line 6, role app: its ALTER ROLE is missing in the dump: without it, it cannot log in and has no password
      = convert the dump as pg_dumpall wrote it: what the target refuses is taken out word by word

    warning: all-setting: what is set for all roles changes the administrator's own sessions, too
      line 21, setting ALL in shop: work_mem: every session would have 1MB in shop
      = where each session of the target should have it, give --allow-all-settings

    info: not-in-dump: pg_dumpall leaves some settings out
      settings ALTER ROLE ALL: settings of all roles are in no dump
      = on the source, SELECT setdatabase, setrole, setconfig FROM pg_db_role_setting WHERE setdatabase <> 0 OR setrole = 0 shows them; convert and copy read all of them from a connection, and pg_dumpall --schema-only, of the whole cluster, has those in databases

    info: database-setting: settings in one database wait for it: where it is missing, the script says so and goes on
      line 22, setting app in shop: search_path: for one database only
      = when the databases exist, convert with --if-not-exists and replay that, or set them by hand
    ");
}

/// A name can hold anything but a NUL; none of it ends a comment or reaches the terminal.
#[test]
fn odd_names() {
    let dump = "CREATE ROLE \"a\nDROP ROLE b; --\";\nCREATE ROLE \"\u{1b}[31mred\";\n\
                CREATE ROLE \"it's\"\"quoted\" SUPERUSER;\nCREATE ROLE müller;\n\
                COMMENT ON ROLE \"a\nDROP ROLE b; --\" IS E'one\\ntwo';\n\
                ALTER ROLE \"\u{1b}[31mred\" SUPERUSER;\nCREATE ROLE pg_mine;\n";
    let done = convert(dump).done();
    assert_snapshot!(visible(&done.body()), @r#"
    -- Roles

    CREATE ROLE "␛[31mred";
    CREATE ROLE "a
    DROP ROLE b; --";
    CREATE ROLE "it's""quoted";
    CREATE ROLE "müller";

    -- Comments

    COMMENT ON ROLE "a
    DROP ROLE b; --" IS 'one
    two';
    "#);
    assert_snapshot!(done.stderr, @r#"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 5 roles, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    7 statements read: 4 kept, 1 rewritten, 2 dropped

    error: reserved-name: the target does not take a role of this name
      line 9, role pg_mine: names that begin with pg_ are reserved
      = give it another with --rename

    warning: superuser (2): the target's administrator cannot make superusers
      line 4, role "it's""quoted": loses SUPERUSER
      line 8, role "\u{1b}[31mred": loses SUPERUSER
      = grant what the role needs, or give it the platform's administrator role with --map-role SUPERUSER=…
    "#);
}

#[test]
fn edited_dumps() {
    // Two dumps in one file, and a banner in front.
    let one = |role: &str| {
        format!(
            "--\n-- PostgreSQL database cluster dump\n--\n\nCREATE ROLE {role};\n\n\
             --\n-- PostgreSQL database cluster dump complete\n--\n\n"
        )
    };
    let done = convert(format!("/* made by cron */\n{}{}", one("a"), one("b"))).done();
    assert_snapshot!(done.body(), @"
    -- Roles

    CREATE ROLE a;
    CREATE ROLE b;
    ");
    // Later statements change what earlier ones say.
    let dump = "CREATE ROLE a SUPERUSER;\nALTER ROLE a NOSUPERUSER;\nCREATE ROLE b;\nDROP ROLE b;\n\
                CREATE ROLE c;\nALTER ROLE c RENAME TO d;\nGRANT a TO d;\nREVOKE a FROM d;\n\
                ALTER ROLE d SET work_mem TO '1MB';\nALTER ROLE d RESET work_mem;\nALTER ROLE e LOGIN;\n";
    let done = convert(dump).done();
    assert_snapshot!(done.body(), @"
    -- Roles

    CREATE ROLE a;
    CREATE ROLE d;
    CREATE ROLE e WITH LOGIN;
    ");
    assert_snapshot!(done.stderr, @"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 3 roles, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    11 statements read: 6 kept, 2 rewritten, 3 dropped

    error: no-password: login roles arrive without a password
      line 11, role e: its password is not known
      = give theirs with --passwords-from, new ones with --passwords generate, or read the source as a role that may read pg_authid

    warning: assumed-role: the dump alters roles that it does not create
      line 11, role e: it is altered but not created here: taken for a role of the source
      = leave them out with --exclude where the target has them already

    info: superseded (4): a later statement of the dump replaces what this one says
      line 1, role a: a later statement replaces SUPERUSER
      line 3, role b: a later statement drops the role
      line 7, membership d in a: a later statement replaces the grant: it revokes it
      line 9, setting d: work_mem: a later statement replaces its value
    ");
}

/// Names that glued together read alike are told apart, and no line is missing.
#[test]
fn what_reads_alike_is_not_the_same() {
    let dump = "CREATE ROLE a;\nCREATE ROLE \"a in b\";\nCREATE ROLE c;\nCREATE ROLE \"b in c\";\n\
                CREATE ROLE \"a in shop\";\nGRANT c TO \"a in b\";\nGRANT \"b in c\" TO a;\n\
                ALTER ROLE \"a in shop\" SET work_mem TO '1MB';\n\
                ALTER ROLE a IN DATABASE shop SET work_mem TO '1MB';\n\
                CREATE EVENT TRIGGER a;\nCREATE EVENT TRIGGER b;";
    let skip = "--drop-unknown --skip memberships --skip settings -o out.sql";
    let done = convert(dump).with(skip).done();
    assert_snapshot!(done.stderr, @r#"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 5 roles, 2 memberships, 2 settings, 0 parameter privileges, 0 tablespaces
    11 statements read: 5 kept, 0 rewritten, 6 dropped

    error: unknown-statement (2): statements that are not understood are left out, as --drop-unknown asks
      line 10, CREATE EVENT: CREATE EVENT is not understood and left out
      line 11, CREATE EVENT: CREATE EVENT is not understood and left out
      = look at each: whatever they do is not done on the target

    info: skip (4): left out by --skip
      line 6, membership "a in b" in c: --skip memberships
      line 7, membership a in "b in c": --skip memberships
      line 8, setting "a in shop": work_mem: --skip settings
      line 9, setting a in shop: work_mem: --skip settings
    "#);
    let json = convert(dump).with(skip).with("--report report.json").done();
    let report: serde_json::Value = serde_json::from_str(&json.file("report.json")).unwrap();
    let told = report["findings"].as_array().unwrap().iter().filter(|it| !it["line"].is_null());
    let told: Vec<_> = told.map(|it| format!("{} {}", it["line"], it["object"]["name"])).collect();
    assert_snapshot!(told.join("\n"), @r#"
    10 "CREATE EVENT"
    11 "CREATE EVENT"
    8 "\"a in shop\": work_mem"
    9 "a in shop: work_mem"
    7 "a in \"b in c\""
    6 "\"a in b\" in c"
    "#);
}
