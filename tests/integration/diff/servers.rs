//! Servers.

use insta::assert_snapshot;

use super::{anywhere, stable};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::globals;
use crate::support::on_each_major;
use crate::support::platforms;
use crate::support::servers::dumper;

on_each_major! { sql_makes_them_equal a_server_and_its_dump }

/// The right side like the left, on a target of every version.
fn sql_makes_them_equal(major: u32) {
    if major < 12 {
        return;
    }
    let left = Cluster::start(major);
    globals::rich(&left, "postgres");
    // No script gives anybody a library.
    left.sql("postgres", "postgres", "ALTER ROLE auditors RESET local_preload_libraries");
    let right = Cluster::start(major);
    for database in ["app_db", "\"Odd \"\"Db\"\"; -- x\""] {
        right.sql("postgres", "postgres", &format!("CREATE DATABASE {database}"));
    }
    right.sql(
        "postgres",
        "postgres",
        "CREATE ROLE app NOLOGIN CREATEDB; CREATE ROLE extra; CREATE ROLE readers; \
         GRANT extra TO app; ALTER ROLE app SET work_mem TO '1MB'; \
         COMMENT ON ROLE app IS 'another'",
    );
    let from = left.connection_string("postgres", "postgres");
    let to = right.connection_string("postgres", "postgres");
    let common = ["--reader", "catalog", "--ignore", "tablespaces", "--exclude", "extra"];
    let sql =
        [&["diff", &from, &to, "--format", "sql", "--show-passwords", "--replace"], &common[..]];
    let sql = Run::new(sql.concat()).with("--allow-all-settings --allow-freeze");
    let done = sql.status(1);
    let output = right.psql("postgres", &done.stdout);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && !said.contains("ERROR"), "{said}");
    let done = Run::new([&["diff", &from, &to], &common[..]].concat()).done();
    let shown = anywhere(&done.stdout, &[(&left, "LEFT"), (&right, "RIGHT")]);
    let version = left.query("postgres", "postgres", "SHOW server_version");
    let version = version[0][0].as_deref().unwrap();
    let version = version.split(' ').next().unwrap();
    assert_eq!(
        shown,
        format!(
            "--- LEFT/postgres, PostgreSQL {version}\n+++ RIGHT/postgres, PostgreSQL {version}\n\
             equal; left out: 1 role not selected, 2 differences ignored\n"
        )
    );
}

fn a_server_and_its_dump(major: u32) {
    let server = platforms::aurora_like(major);
    globals::customer(&server);
    let dump = server.dump_globals(dumper(major), "rdsadmin", &[]);
    let from = server.connection_string("rdsadmin", "postgres");
    let arguments = ["diff", &from, "dump.sql", "--reader", "catalog", "--all-roles"];
    let done = Run::new(arguments).file("dump.sql", &dump).done();
    let summary = done.stdout.splitn(3, '\n').nth(2).unwrap();
    // That a login role has no password a dump does not say.
    assert_eq!(summary, "equal, apart from 5 that cannot be compared (3 passwords, 2 settings)\n");
}

/// The whole of it: what stands in front of the statements, and behind.
#[test]
fn as_sql() {
    let left = Cluster::start(16);
    let right = Cluster::start(16);
    left.sql(
        "postgres",
        "postgres",
        "CREATE ROLE app LOGIN PASSWORD 'md50123456789abcdef0123456789abcdef'; CREATE ROLE team; \
         GRANT team TO app; ALTER ROLE app SET work_mem TO '1MB'",
    );
    left.sql("postgres", "postgres", "CREATE DATABASE shop");
    left.sql("postgres", "postgres", "ALTER ROLE app IN DATABASE shop SET work_mem TO '2MB'");
    right.sql(
        "postgres",
        "postgres",
        "CREATE ROLE app CREATEDB; CREATE ROLE other; GRANT other TO app",
    );
    let from = left.connection_string("postgres", "postgres");
    let to = right.connection_string("postgres", "postgres");
    let diff = |more: &[&str]| {
        let arguments = ["diff", &from, &to, "--reader", "catalog", "--format", "sql"];
        Run::new([&arguments, more].concat())
    };
    let shown = |text: &str| anywhere(text, &[(&left, "LEFT"), (&right, "RIGHT")]);
    let done = diff(&["--show-passwords"]).status(1);
    assert_snapshot!(shown(&done.stdout), @r"
    -- Makes RIGHT/postgres like LEFT/postgres, by pg_globals 0.1.0.
    -- For that server only: replay it there with psql -f, as postgres.
    -- not in it: setting app in shop: work_mem: the target has no database shop yet
    -- left as it is: 1 thing that roles have beyond that; --replace removes it
    -- left as it is: role other, which is never dropped

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
      IF pg_catalog.current_setting('server_version_num')::integer OPERATOR(pg_catalog./) 10000 OPERATOR(pg_catalog.<>) 16 THEN
        RAISE EXCEPTION 'this script was made for PostgreSQL 16, this server is %: it is another server: compare with that one', pg_catalog.current_setting('server_version');
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
    ALTER ROLE app WITH NOCREATEDB LOGIN;
    CREATE ROLE team;
    ALTER ROLE app WITH PASSWORD 'md50123456789abcdef0123456789abcdef';
    ALTER ROLE app SET work_mem TO '1MB';
    GRANT team TO app WITH INHERIT TRUE;
    COMMIT;
    ");
    // To a file that nobody else may read, nothing is said.
    let done = diff(&["--replace", "-o", "make.sql"]).status(1);
    assert_eq!((done.stdout.as_str(), done.stderr.as_str()), ("", ""));
    assert_snapshot!(shown(&done.file("make.sql")), @r"
    -- Makes RIGHT/postgres like LEFT/postgres, by pg_globals 0.1.0.
    -- For that server only: replay it there with psql -f, as postgres.
    -- not in it: setting app in shop: work_mem: the target has no database shop yet
    -- left as it is: role other, which is never dropped

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
      IF pg_catalog.current_setting('server_version_num')::integer OPERATOR(pg_catalog./) 10000 OPERATOR(pg_catalog.<>) 16 THEN
        RAISE EXCEPTION 'this script was made for PostgreSQL 16, this server is %: it is another server: compare with that one', pg_catalog.current_setting('server_version');
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
    REVOKE other FROM app GRANTED BY postgres;
    ALTER ROLE app WITH NOCREATEDB LOGIN;
    CREATE ROLE team;
    ALTER ROLE app WITH PASSWORD 'md50123456789abcdef0123456789abcdef';
    ALTER ROLE app SET work_mem TO '1MB';
    GRANT team TO app WITH INHERIT TRUE;
    COMMIT;
    ");
    assert_eq!(
        diff(&[]).fails(),
        "error: --format sql holds verifiers: write it to a file with -o, or give --show-passwords\n"
    );
}

/// What a person sees of two servers.
#[test]
fn a_password_that_was_removed_is_seen() {
    let left = Cluster::start(15);
    let right = Cluster::start(15);
    for server in [&left, &right] {
        let password = "PASSWORD 'md50123456789abcdef0123456789abcdef'";
        let roles = format!("CREATE ROLE a LOGIN {password}; CREATE ROLE b LOGIN {password}");
        server.sql("postgres", "postgres", &roles);
    }
    right.sql("postgres", "postgres", "ALTER ROLE a PASSWORD NULL");
    let from = left.connection_string("postgres", "postgres");
    let to = right.connection_string("postgres", "postgres");
    let done = Run::new(["diff", &from, &to, "--reader", "catalog"]).status(1);
    let live = stable(&anywhere(&done.stdout, &[(&left, "LEFT"), (&right, "RIGHT")]));
    assert_snapshot!(live, @"
    --- LEFT/postgres, PostgreSQL 15.18
    +++ RIGHT/postgres, PostgreSQL 15.18
    - role a: PASSWORD: md5 #…
    1 difference: 0 added, 1 removed, 0 changed (1 attribute of a role)
    ");
    let dumps = [&left, &right].map(|it| it.dump_globals(18, "postgres", &[]));
    let done = Run::new(["diff", "left.sql", "right.sql"])
        .file("left.sql", &dumps[0])
        .file("right.sql", &dumps[1])
        .done();
    let summary = done.stdout.splitn(3, '\n').nth(2).unwrap();
    // A dump without a password for a role does not say that it has none.
    assert_eq!(summary, "equal, apart from 2 that cannot be compared (2 passwords)\n");
}

/// An attribute that the right side's platform does not take is not in the script, which says so.
#[test]
fn sql_names_stripped_attributes() {
    let left = Cluster::start(12);
    let right = platforms::azure_like(12);
    for statement in ["CREATE ROLE boss SUPERUSER", "CREATE ROLE reader BYPASSRLS LOGIN"] {
        left.sql("postgres", "postgres", statement);
    }
    let from = left.connection_string("postgres", "postgres");
    let to = right.connection_string("azadmin", "postgres");
    let arguments = ["diff", &from, &to, "--reader", "catalog", "--format", "sql"];
    let run = Run::new(arguments).with("--show-passwords --only boss --only reader");
    let script = run.status(1).stdout;
    let told = script.split('\n').filter(|line| line.starts_with("-- not in it: "));
    assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @"
    -- not in it: role boss: loses SUPERUSER
    -- not in it: role reader: loses BYPASSRLS
    ");
}

/// What a script says is what there is, to the last character; so is JSON.
#[test]
fn control_characters_reach_the_script() {
    let (left, right) = (Cluster::start(18), Cluster::start(18));
    let name = "a\u{1}b\u{1b}[1mc\r\n\u{7f}d\u{85}";
    left.sql("postgres", "postgres", &format!("CREATE ROLE \"{name}\""));
    let [from, to] = [&left, &right].map(|it| it.connection_string("postgres", "postgres"));
    let diff = |format| {
        let arguments = ["diff", &from, &to, "--reader", "catalog", "--show-passwords"];
        Run::new(arguments).with("--format").arg(format).status(1).stdout
    };
    let report: serde_json::Value = serde_json::from_str(&diff("json")).unwrap();
    assert_eq!(report["differences"][0]["object"], name);
    let script = diff("sql");
    assert!(script.contains(&format!("\nCREATE ROLE \"{name}\";\n")), "{script:?}");
    assert!(right.psql("postgres", script).status.success());
    let same = Run::new(["diff", &from, &to, "--reader", "catalog"]).status(0);
    assert!(same.stdout.ends_with("\nequal\n"), "{same}");
}
