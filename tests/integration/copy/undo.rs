//! `--undo`: the file takes back exactly what the run did.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;

use insta::assert_snapshot;

use super::{command, copy, masked};
use crate::support::catalog::{Catalog, assert_as_before};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::{globals, platforms};

/// What a target has before, of the roles of [`globals::rich`] and others.
const BEFORE: &str = "
    CREATE ROLE readers; CREATE ROLE mine; CREATE ROLE auditors LOGIN CONNECTION LIMIT 9;
    CREATE ROLE app NOLOGIN CREATEDB VALID UNTIL '2098-01-01 00:00:00+00'
        PASSWORD 'md5fedcba9876543210fedcba9876543210';
    CREATE ROLE batch LOGIN CREATEROLE;
    COMMENT ON ROLE readers IS 'mine; -- $undo$ '':x''';
    ALTER ROLE app SET work_mem = '1MB';
    ALTER ROLE app SET geqo = off;
    ALTER ROLE mine SET work_mem = '2MB';
    GRANT readers TO mine; GRANT mine TO app; GRANT mine TO auditors WITH ADMIN OPTION;
    GRANT readers TO app WITH ADMIN OPTION;
    CREATE ROLE \"Zoë Müller\"; GRANT readers TO \"Zoë Müller\"";

macro_rules! on_each_target {
    ($($name:ident $major:literal)*) => { $(
        mod $name {
            #[test]
            fn as_the_administrator() {
                super::undo($major, true);
            }

            #[test]
            fn as_a_superuser() {
                super::undo($major, false);
            }
        }
    )* };
}

on_each_target! { twelve 12 thirteen 13 fourteen 14 fifteen 15 sixteen 16 seventeen 17 eighteen 18 }

/// Into an empty target, into one that has some of the roles, and with extras removed.
fn undo(major: u32, admin: bool) {
    let source = Cluster::start(if major == 16 { 17 } else { 16 });
    globals::rich(&source, "postgres");
    let (target, user) = target(major, admin);
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string(user, "postgres");
    takes_back(&target, user, &from, &to, &["--skip", "tablespaces"]);
    target.sql(user, "postgres", BEFORE);
    if major >= 16 {
        // Narrower than what comes, and by another grantor.
        let narrow = format!(
            "CREATE ROLE legacy; GRANT readers TO legacy WITH INHERIT FALSE, SET FALSE;
             CREATE ROLE writers; GRANT readers TO writers WITH ADMIN OPTION;
             GRANT writers TO {user} WITH INHERIT TRUE;
             SET ROLE writers; GRANT readers TO batch; RESET ROLE"
        );
        target.sql(user, "postgres", &narrow);
    }
    let more = ["--skip", "tablespaces", "--allow-freeze", "--existing", "merge"];
    takes_back(&target, user, &from, &to, &more);
    let more = ["--skip", "tablespaces", "--allow-freeze", "--existing", "replace"];
    takes_back(&target, user, &from, &to, &more);
}

fn target(major: u32, admin: bool) -> (Cluster, &'static str) {
    if admin {
        (platforms::azure_like(major), "azadmin")
    } else {
        (Cluster::start(major), "postgres")
    }
}

fn takes_back(target: &Cluster, user: &str, from: &str, to: &str, more: &[&str]) {
    let before = Catalog::of(target);
    let run = command(from, to, more).with("--undo undo.sql --format json").done();
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["remaining"], 0, "{report:#}");
    let permissions = fs::metadata(run.run.path("undo.sql")).unwrap().permissions().mode();
    assert_eq!(permissions & 0o777, 0o600);
    assert!(Catalog::of(target) != before);
    let script = run.file("undo.sql");
    assert_replays(&target.psql(user, &script), &script);
    assert_as_before(&format!("{more:?}"), &Catalog::of(target), &before);
}

#[track_caller]
fn assert_replays(output: &Output, script: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("ERROR"), "{said}\n{script}");
}

/// A new role's membership rests on what its grantor came to have.
#[test]
fn what_an_existing_role_granted_a_new_one() {
    let text = "GRANT ua TO ub WITH ADMIN OPTION; GRANT ua TO un GRANTED BY ub";
    new_role_between("CREATE ROLE ua; CREATE ROLE ub", text, "merge");
}

/// A membership that comes back would make a circle with those of a new role.
#[test]
fn a_circle_through_a_new_role() {
    let before = "CREATE ROLE ua; CREATE ROLE ub; GRANT ua TO ub";
    new_role_between(before, "GRANT ub TO un; GRANT un TO ua", "replace");
}

/// The target has `ua` and `ub`, the source a role between them.
fn new_role_between(there: &str, grants: &str, existing: &str) {
    let (source, target) = (Cluster::start(18), Cluster::start(18));
    let text = format!("CREATE ROLE ua; CREATE ROLE ub; CREATE ROLE un; {grants}");
    source.sql("postgres", "postgres", &text);
    target.sql("postgres", "postgres", there);
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("postgres", "postgres");
    takes_back(&target, "postgres", &from, &to, &["--existing", existing]);
}

/// Where the server could choose one of several grantors, the file names the one that granted.
#[test]
fn one_of_several_grantors() {
    let (source, target) = (Cluster::start(18), platforms::azure_like(18));
    let text = "CREATE ROLE ambr; CREATE ROLE ambm; CREATE ROLE ambn;
        GRANT ambr TO ambm WITH ADMIN TRUE, INHERIT TRUE, SET TRUE; GRANT ambr TO ambn";
    source.sql("postgres", "postgres", text);
    for order in [["amba", "ambb"], ["ambb", "amba"]] {
        let text = format!(
            "CREATE ROLE ambr; CREATE ROLE ambm; CREATE ROLE ambn;
             CREATE ROLE {}; CREATE ROLE {};
             GRANT ambr TO amba WITH ADMIN OPTION; GRANT ambr TO ambb WITH ADMIN OPTION;
             GRANT amba, ambb TO azadmin WITH INHERIT TRUE;
             GRANT ambr TO ambm WITH INHERIT FALSE, SET TRUE GRANTED BY amba;
             GRANT ambr TO ambm WITH INHERIT TRUE, SET FALSE GRANTED BY ambb;
             GRANT ambm, ambn TO azadmin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE",
            order[0], order[1]
        );
        target.sql("azuresu", "postgres", &text);
        let from = source.connection_string("postgres", "postgres");
        let to = target.connection_string("azadmin", "postgres");
        takes_back(&target, "azadmin", &from, &to, &["--exclude", "postgres"]);
        target.sql(
            "azuresu",
            "postgres",
            "DROP OWNED BY amba, ambb; DROP ROLE ambm, ambn, ambr, amba, ambb",
        );
    }
}

/// The whole file.
#[test]
fn what_it_looks_like() {
    let (source, target) = (Cluster::start(16), platforms::azure_like(16));
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE new LOGIN; CREATE ROLE old LOGIN CONNECTION LIMIT 5; GRANT old TO new;
         ALTER ROLE old SET work_mem = '2MB'; COMMENT ON ROLE old IS 'source'; CREATE ROLE third;
         GRANT third TO old",
    );
    let text = "CREATE ROLE old; CREATE ROLE third; COMMENT ON ROLE old IS 'target'";
    target.sql("azadmin", "postgres", text);
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let run = command(&from, &to, &["--undo", "undo.sql"]).done();
    assert_snapshot!(masked(&run.file("undo.sql"), &source, &target), @r"
    -- Takes back what pg_globals VERSION is about to do on TARGET/postgres.
    -- Replay it with psql -f, as azadmin. It holds until the roles own or are granted anything; then
    -- it fails as a whole, and psql names what depends on them. Roles that are gone by then are
    -- passed over.

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
    DO $undo$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) 'old') AND EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) 'third') THEN
      REVOKE third FROM old;
    END IF; END $undo$;
    DO $undo$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) 'old') THEN
      ALTER ROLE old RESET work_mem;
    END IF; END $undo$;
    DO $undo$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) 'old') THEN
      ALTER ROLE old WITH NOLOGIN CONNECTION LIMIT -1;
    END IF; END $undo$;
    DO $undo$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) 'old') THEN
      COMMENT ON ROLE old IS 'target';
    END IF; END $undo$;
    DROP ROLE IF EXISTS new;
    DROP ROLE IF EXISTS postgres;
    COMMIT;
    ");
}

/// What somebody dropped or revoked meanwhile is no reason to keep the rest.
#[test]
fn what_is_gone_already_is_passed_over() {
    let source = Cluster::start(16);
    globals::rich(&source, "postgres");
    for major in [15, 18] {
        for admin in [true, false] {
            let (target, user) = target(major, admin);
            let from = source.connection_string("postgres", "postgres");
            let to = target.connection_string(user, "postgres");
            target.sql(user, "postgres", BEFORE);
            let before = Catalog::of(&target);
            let more = ["--allow-freeze", "--existing", "replace", "--skip", "tablespaces"];
            let run = command(&from, &to, &more).with("--undo undo.sql").done();
            // One that was there, and some that came.
            let drop = "DROP ROLE app, legacy, \"$$dollar$$\", \"back\\slash\"";
            if !admin && major >= 15 {
                let revoke =
                    "REVOKE SET ON PARAMETER log_min_duration_statement FROM team_lead CASCADE";
                target.sql(user, "postgres", revoke);
            }
            target.sql(user, "postgres", drop);
            let script = run.file("undo.sql");
            assert_replays(&target.psql(user, &script), &script);
            let now = Catalog::of(&target);
            let mut left = before;
            left.roles.remove("app");
            left.grants.retain(|it| it.role != "app" && it.member != "app");
            left.settings.retain(|it| it.role.as_deref() != Some("app"));
            assert_as_before("", &now, &left);
        }
    }
}

/// What owns something by now stays, with everything else; psql says where it is.
#[test]
fn who_owns_something_stays() {
    let (source, target) = (Cluster::start(16), platforms::azure_like(16));
    source.sql("postgres", "postgres", "CREATE ROLE a; CREATE ROLE b; CREATE ROLE c");
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let run = command(&from, &to, &["--undo", "undo.sql"]).done();
    target.sql("azadmin", "postgres", "CREATE DATABASE shop");
    target.sql("azuresu", "shop", "CREATE SCHEMA AUTHORIZATION b");
    let before = Catalog::of(&target);
    let output = target.psql("azadmin", run.file("undo.sql"));
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8(output.stderr).unwrap();
    let said: Vec<_> =
        said.split_terminator('\n').map(|line| line.rsplit(".sql:").next().unwrap()).collect();
    assert_snapshot!(said.join("\n"), @r#"
    36: ERROR:  role "b" cannot be dropped because some objects depend on it
    DETAIL:  1 object in database shop
    "#);
    assert!(Catalog::of(&target) == before);
}

/// Passwords that the target does not show cannot be given back: the file says so.
#[test]
fn passwords_that_cannot_be_read() {
    let (source, target) = (Cluster::start(16), platforms::azure_like(16));
    target.sql("azuresu", "postgres", "REVOKE pg_read_all_data FROM azure_pg_admin");
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE a LOGIN PASSWORD 'x'; CREATE ROLE b LOGIN PASSWORD 'y'",
    );
    target.sql("azadmin", "postgres", "CREATE ROLE a LOGIN PASSWORD 'z'");
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let run = command(&from, &to, &["--undo", "undo.sql", "--passwords", "resend"]).done();
    assert_snapshot!(masked(&run.file("undo.sql"), &source, &target), @r"
    -- Takes back what pg_globals VERSION is about to do on TARGET/postgres.
    -- Replay it with psql -f, as azadmin. It holds until the roles own or are granted anything; then
    -- it fails as a whole, and psql names what depends on them. Roles that are gone by then are
    -- passed over.
    -- The target does not show 1 password that is replaced: it cannot be given back.

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
    DROP ROLE IF EXISTS b;
    DROP ROLE IF EXISTS postgres;
    COMMIT;
    ");
}

/// A tablespace that came is gone again, and its owner too.
#[test]
fn a_tablespace() {
    let source = Cluster::start(16);
    globals::rich(&source, "postgres");
    let target = Cluster::start(17);
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("postgres", "postgres");
    let before = Catalog::of(&target);
    let run = command(&from, &to, &["--undo", "undo.sql"]).done();
    assert!(Catalog::of(&target).others.len() > before.others.len());
    let script = run.file("undo.sql");
    assert_replays(&target.psql("postgres", &script), &script);
    assert_as_before("", &Catalog::of(&target), &before);
}

/// Where something is in it by then, the roles stay too; where it is gone, they go.
#[test]
fn a_tablespace_that_is_used() {
    let target = Cluster::start(16);
    let directory = target.new_directory("space");
    let text = format!(
        "CREATE ROLE owner; CREATE ROLE user_of_it; CREATE ROLE further;\n\
         CREATE TABLESPACE space OWNER owner LOCATION '{}';\n\
         SET SESSION AUTHORIZATION owner;\n\
         GRANT CREATE ON TABLESPACE space TO user_of_it WITH GRANT OPTION;\n\
         RESET SESSION AUTHORIZATION;\n\
         SET SESSION AUTHORIZATION user_of_it;\n\
         GRANT CREATE ON TABLESPACE space TO further;\n\
         RESET SESSION AUTHORIZATION;\n",
        directory.display()
    );
    let to = target.connection_string("postgres", "postgres");
    let before = Catalog::of(&target);
    let copy = || {
        let run = Run::new(["copy", "in.sql", &to, "--yes", "--undo", "undo.sql"]);
        run.file("in.sql", &text).done().file("undo.sql")
    };
    let script = copy();
    target.sql("postgres", "postgres", "CREATE TABLE in_it () TABLESPACE space");
    let used = Catalog::of(&target);
    let output = target.psql("postgres", &script);
    let said = String::from_utf8(output.stderr).unwrap();
    let why = "ERROR:  this tablespace is not empty, and nothing is taken back: space\n";
    assert!(said.contains(why), "{said}");
    assert!(Catalog::of(&target) == used);

    target.sql("postgres", "postgres", "DROP TABLE in_it");
    assert_replays(&target.psql("postgres", &script), &script);
    assert_as_before("", &Catalog::of(&target), &before);

    let script = copy();
    target.sql("postgres", "postgres", "DROP TABLESPACE space");
    assert_replays(&target.psql("postgres", &script), &script);
    assert_as_before("", &Catalog::of(&target), &before);
}

/// Nothing to take back.
#[test]
fn nothing_was_done() {
    let (source, target) = (Cluster::start(16), platforms::azure_like(16));
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let run = command(&from, &to, &["--undo", "undo.sql"]).done();
    let script = run.file("undo.sql");
    assert_replays(&target.psql("azadmin", &script), &script);
    copy(&from, &to, &[]);
}

/// What was written before the target refused something would drop roles that others make later.
#[test]
fn nothing_was_done_after_all() {
    let (source, target) = (Cluster::start(16), platforms::azure_like(16));
    source.sql("postgres", "postgres", "CREATE ROLE a LOGIN; CREATE ROLE \"データ\"");
    let latin =
        "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'";
    target.sql("azuresu", "postgres", latin);
    let before = Catalog::of(&target);
    let from = source.connection_string("postgres", "postgres");
    // The role's name cannot be said in this database.
    let to = target.connection_string("azadmin", "latin");
    let more = ["--undo", "undo.sql", "--for-restore", "own.sql", "--exclude", "postgres"];
    let refused = command(&from, &to, &more).status(2);
    assert_snapshot!(masked(&refused.stderr, &source, &target), @r#"error: TARGET/latin: role a: character with byte sequence 0xe3 0x83 0x87 in encoding "UTF8" has no equivalent in encoding "LATIN1" (22P05); nothing was done"#);
    assert_eq!(refused.run.names(), Vec::<String>::new());
    assert!(Catalog::of(&target) == before);
}
