//! What exists on the target and what may be done there, the target is asked.

use insta::assert_snapshot;

use super::{assert_settled, changes, command, copy, findings, numbers, report};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::platforms;
use crate::support::servers::client_program;

/// A name is taken where the target has the role, and nowhere else.
#[test]
fn a_name_is_free_where_no_role_has_it() {
    let source = Cluster::start(16);
    let sql =
        "CREATE ROLE app LOGIN; GRANT app TO postgres; ALTER ROLE postgres SET work_mem = '8MB'";
    source.sql("postgres", "postgres", sql);
    let target = Cluster::start_with(17, "boss", &[]);
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("boss", "postgres");
    let diff = Run::new(["diff", &from, &to, "--as", "postgres", "--reader", "catalog"]);
    let diff = diff.status(1).stdout;
    assert!(diff.contains("role postgres"), "{diff}");

    let report = copy(&from, &to, &[]);
    assert_snapshot!(changes(&report), @"
    create role app LOGIN
    create role postgres SUPERUSER CREATEROLE CREATEDB LOGIN REPLICATION BYPASSRLS
    set work_mem of postgres to '8MB'
    grant app to postgres
    ");
    assert_snapshot!(findings(&report, &["collision", "protected-role", "dropped-role"]), @"");
    assert_settled(&from, &to, &[]);
    Run::new(["diff", &from, &to, "--as", "postgres", "--reader", "catalog"]).done();
    // Both ways: the other cluster's bootstrap superuser is an ordinary role here.
    let (from, to) = (&target.connection_string("boss", "postgres"), &from);
    let report = copy(from, to, &[]);
    assert_snapshot!(changes(&report), @"create role boss SUPERUSER CREATEROLE CREATEDB LOGIN REPLICATION BYPASSRLS");
    assert_snapshot!(findings(&report, &["collision", "protected-role"]), @"info protected-role dropped role postgres: the connection to the target uses it");
}

/// What the dumps of both sides tell counts where no server can be asked.
#[test]
fn a_dump_of_the_target_tells_which_names_are_taken() {
    let left = "CREATE ROLE postgres; ALTER ROLE postgres WITH SUPERUSER LOGIN; CREATE ROLE app;";
    let right = "CREATE ROLE boss; ALTER ROLE boss WITH SUPERUSER LOGIN; CREATE ROLE app;";
    let run = || {
        let run = Run::new(["diff", "left.sql", "right.sql", "--as", "postgres"]);
        run.file("left.sql", left)
    };
    let out = run().file("right.sql", right).status(1).stdout;
    assert!(out.contains("role postgres"), "{out}");
    let has = format!("{right} CREATE ROLE postgres; ALTER ROLE postgres WITH SUPERUSER LOGIN;");
    run().file("right.sql", has).done();
}

/// Whoever holds a privilege WITH GRANT OPTION grants it, superuser or not.
#[test]
fn privileges_on_parameters_are_granted_by_who_may() {
    let source = Cluster::start(16);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE app LOGIN; CREATE ROLE ops; CREATE ROLE deputy;
         GRANT SET, ALTER SYSTEM ON PARAMETER log_statement TO app;
         GRANT SET ON PARAMETER log_duration TO ops WITH GRANT OPTION;
         GRANT ALTER SYSTEM ON PARAMETER work_mem TO app;
         GRANT SET ON PARAMETER log_min_messages TO app;
         GRANT SET ON PARAMETER log_lock_waits TO deputy WITH GRANT OPTION;
         GRANT SET ON PARAMETER log_lock_waits TO pg_monitor;
         ALTER ROLE app SET log_min_messages = 'debug1'; ALTER ROLE app SET log_duration = on;
         ALTER ROLE app SET log_planner_stats = on;
         SET ROLE deputy; GRANT SET ON PARAMETER log_lock_waits TO app, PUBLIC",
    );
    for major in [15, 18] {
        let target = platforms::azure_like(major);
        target.sql(
            "azuresu",
            "postgres",
            "CREATE ROLE granting; GRANT granting TO azadmin;
             GRANT SET ON PARAMETER log_statement, log_lock_waits TO azadmin WITH GRANT OPTION;
             GRANT SET ON PARAMETER log_duration TO granting WITH GRANT OPTION;
             GRANT SET ON PARAMETER log_min_messages TO azadmin;
             GRANT ALTER SYSTEM ON PARAMETER log_planner_stats TO azadmin WITH GRANT OPTION",
        );
        let from = source.connection_string("postgres", "postgres");
        let to = target.connection_string("azadmin", "postgres");
        let done = command(&from, &to, &["--undo", "undo.sql"]).with("--format json").done();
        let report = serde_json::from_str(&done.stdout).unwrap();
        insta::allow_duplicates! {
            assert_snapshot!(findings(&report, &["parameter"]), @"
            info parameter rewritten parameter log_lock_waits to PUBLIC: its grantor becomes the role that replays it: only a superuser grants in the name of deputy
            info parameter rewritten parameter log_lock_waits to app: its grantor becomes the role that replays it: only a superuser grants in the name of deputy
            warning parameter dropped parameter log_min_messages to app: azadmin may not grant SET on it
            warning parameter rewritten parameter log_statement to app: azadmin may not grant ALTER SYSTEM on it
            warning parameter dropped parameter work_mem to app: azadmin may not grant ALTER SYSTEM on it
            ");
            // What may be set is another question than what may be granted.
            assert_snapshot!(findings(&report, &["setting"]), @"warning setting dropped setting app: log_planner_stats: its context is superuser on the target, and azadmin may not set it");
            assert_snapshot!(numbers(&report), @"sent 12, remaining 0, extra 0, deferred 0, withheld 0, refused 0, unverifiable 0");
        }
        assert_settled(&from, &to, &[]);
        let held = "SELECT parname, a.grantee::regrole::text, a.privilege_type, a.is_grantable::text \
                    FROM pg_parameter_acl, aclexplode(paracl) a \
                    WHERE a.grantor IN ('azadmin'::regrole, 'granting'::regrole) ORDER BY 1, 2, 3";
        let held = || {
            let rows = target.query("azuresu", "postgres", held).into_iter();
            let rows = rows.map(|row| row.into_iter().flatten().collect::<Vec<_>>().join(" "));
            rows.collect::<Vec<_>>().join("\n")
        };
        insta::allow_duplicates! {
            assert_snapshot!(held(), @"
            log_duration ops SET true
            log_lock_waits - SET false
            log_lock_waits app SET false
            log_lock_waits deputy SET true
            log_lock_waits pg_monitor SET false
            log_statement app SET false
            ");
        }
        let undone = target.psql("azadmin", done.file("undo.sql"));
        assert!(undone.status.success(), "{undone:?}");
        assert_eq!(held(), "");
        copy(&from, &to, &[]);
        // Whoever has less is told what is missing, and nothing is tried.
        target.sql(
            "azuresu",
            "postgres",
            "REVOKE SET ON PARAMETER log_statement FROM azadmin CASCADE",
        );
        let report = copy(&from, &to, &[]);
        assert_eq!(report["sent"], 0, "{report:#}");
    }
}

/// What is granted to predefined roles, between them, and set by them, is like any other grant.
#[test]
fn predefined_roles_are_there() {
    let settings = [("allow_in_place_tablespaces", "on")];
    for (from_major, to_major) in [(14, 15), (15, 18), (18, 16)] {
        let in_place = from_major >= 15;
        let source =
            Cluster::start_with(from_major, "postgres", if in_place { &settings } else { &[] });
        source.sql(
            "postgres",
            "postgres",
            "CREATE ROLE app LOGIN; CREATE ROLE x;
             GRANT pg_read_all_stats TO pg_signal_backend WITH ADMIN OPTION;
             GRANT pg_read_all_settings TO pg_read_all_data; GRANT pg_read_all_stats TO pg_monitor;
             GRANT x TO pg_monitor; GRANT pg_monitor TO app;
             ALTER ROLE app SET role = 'pg_monitor'; COMMENT ON ROLE pg_monitor IS 'looks on'",
        );
        if in_place {
            source.sql("postgres", "postgres", "CREATE TABLESPACE t OWNER pg_monitor LOCATION ''");
            source.sql(
                "postgres",
                "postgres",
                "GRANT CREATE ON TABLESPACE t TO pg_signal_backend WITH GRANT OPTION;
                 GRANT SET ON PARAMETER log_statement TO pg_monitor WITH GRANT OPTION;
                 SET ROLE pg_monitor; GRANT SET ON PARAMETER log_statement TO app;
                 GRANT CREATE ON TABLESPACE t TO app",
            );
        }
        let target = Cluster::start_with(to_major, "postgres", &settings);
        let from = source.connection_string("postgres", "postgres");
        let to = target.connection_string("postgres", "postgres");
        let program = client_program(18, "pg_dumpall");
        let program = program.to_str().unwrap();
        let both = || {
            let run =
                Run::new(["copy", &from, &to, "--yes", "--into-older", "--pg-dumpall", program]);
            report(run)
        };
        let first = both();
        let findings = findings(&first, &[]);
        assert!(!findings.contains("pg_"), "{findings}");
        let second = both();
        assert_eq!((&second["sent"], &second["remaining"]), (&0.into(), &0.into()), "{second:#}");
        let query = "SELECT r.rolname::text, m.rolname::text, a.admin_option::text \
                     FROM pg_auth_members a JOIN pg_roles r ON r.oid = roleid \
                     JOIN pg_roles m ON m.oid = member ORDER BY 1, 2";
        let of = |cluster: &Cluster| cluster.query("postgres", "postgres", query);
        assert_eq!(of(&target), of(&source));
        // The same from the other reader alone, and from a dump with what a server's own roles are from
        // the start.
        let alone =
            Run::new(["copy", &from, &to, "--yes", "--into-older", "--reader", "pg_dumpall"]);
        let alone = report(alone.arg("--pg-dumpall").arg(program));
        assert_eq!((&alone["sent"], &alone["remaining"]), (&0.into(), &0.into()), "{alone:#}");
        let dump = "GRANT pg_read_all_stats TO pg_monitor;\nGRANT pg_read_all_settings TO pg_read_all_data;\n\
                    CREATE ROLE app;\nGRANT pg_monitor TO app;\nCOMMENT ON ROLE pg_monitor IS 'mine';\n\
                    ALTER ROLE pg_monitor SET work_mem TO '4MB';";
        let run =
            Run::new(["copy", "dump.sql", &to, "--yes", "--into-older"]).file("dump.sql", dump);
        let report = report(run);
        insta::allow_duplicates! {
            assert_snapshot!(super::findings(&report, &["reserved-name", "predefined-role", "unknown-role"]), @"
            warning reserved-name dropped role pg_monitor: one of PostgreSQL's own roles, which no server lets anybody alter: this statement is left out, and grants of the role and to it stay
            warning reserved-name dropped role pg_monitor: one of PostgreSQL's own roles, which no server lets anybody alter: this statement is left out, and grants of the role and to it stay
            info predefined-role dropped membership pg_monitor in pg_read_all_stats: every server has it from the start
            ");
        }
        assert_eq!((&report["sent"], &report["remaining"]), (&0.into(), &0.into()), "{report:#}");
    }
}

/// Who may grant a predefined role is what the catalogs say, whatever is documented of the platform.
#[test]
fn predefined_roles_are_granted_by_who_may() {
    let source = Cluster::start(16);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE app LOGIN; GRANT pg_write_all_data, pg_read_server_files, pg_checkpoint TO app;
         GRANT pg_read_all_stats TO pg_signal_backend",
    );
    for major in [15, 16] {
        let target = platforms::azure_like(major);
        let from = source.connection_string("postgres", "postgres");
        let to = target.connection_string("azadmin", "postgres");
        if major >= 16 {
            let grant = "GRANT pg_write_all_data TO azadmin WITH ADMIN OPTION";
            target.sql("azuresu", "postgres", grant);
        }
        let report = copy(&from, &to, &[]);
        let all = [changes(&report), findings(&report, &["predefined-role"])].join("\n");
        if major < 16 {
            assert_snapshot!(all, @"
            create role app LOGIN
            create role postgres CREATEROLE CREATEDB LOGIN
            grant pg_checkpoint to app
            grant pg_read_all_stats to pg_signal_backend
            grant pg_write_all_data to app
            warning predefined-role dropped membership app in pg_read_server_files: not tried, by what is documented of azure: on Azure only superusers may grant it; before 16 a server does not tell
            ");
        } else {
            assert_snapshot!(all, @"
            create role app LOGIN
            create role postgres CREATEROLE CREATEDB LOGIN BYPASSRLS
            grant pg_checkpoint to app
            grant pg_read_all_stats to pg_signal_backend
            grant pg_write_all_data to app
            warning predefined-role dropped membership app in pg_read_server_files: azadmin lacks the ADMIN option on it
            ");
        }
        assert_settled(&from, &to, &[]);
    }
}

/// `plpgsql.*` is known once the library is loaded, which any block in PL/pgSQL does.
#[test]
fn settings_of_plpgsql() {
    let source = Cluster::start(16);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE app LOGIN; ALTER ROLE app SET plpgsql.extra_warnings = 'shadowed_variables';
         ALTER ROLE app SET plpgsql.variable_conflict = 'use_column';
         ALTER ROLE app SET auto_explain.log_min_duration = '1s'; ALTER ROLE app SET my.own = '1'",
    );
    for major in [12, 15, 18] {
        let target = platforms::azure_like(major);
        let from = source.connection_string("postgres", "postgres");
        let to = target.connection_string("azadmin", "postgres");
        let only = ["--only", "app"];
        let first = copy(&from, &to, &only);
        insta::allow_duplicates! {
            assert_snapshot!(changes(&first), @"
            create role app LOGIN
            set plpgsql.extra_warnings of app to 'shadowed_variables'
            ");
            assert_snapshot!(findings(&first, &["setting", "refused"]), @"
            warning setting dropped setting app: auto_explain.log_min_duration: the session on the target has not loaded auto_explain, whose setting it is: then only superusers may give it to a role, and azadmin is none
            warning setting dropped setting app: my.own: the session on the target knows no such setting: then only superusers may give it to a role, and azadmin is none
            warning setting dropped setting app: plpgsql.variable_conflict: its context is superuser on the target, and azadmin may not set it
            ");
        }
        assert_settled(&from, &to, &only);
        // Taken away again, as an extra.
        source.sql("postgres", "postgres", "ALTER ROLE app RESET plpgsql.extra_warnings");
        let replaced = copy(&from, &to, &["--existing", "replace", "--only", "app"]);
        assert_eq!(replaced["remaining"], 0, "{replaced:#}");
        assert_eq!(replaced["refused"], 0, "{replaced:#}");
        let set = "ALTER ROLE app SET plpgsql.extra_warnings = 'shadowed_variables'";
        source.sql("postgres", "postgres", set);
        // Where nothing can load it, nothing is tried.
        target.sql("azuresu", "postgres", "REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC");
        let refused = assert_settled(&from, &to, &only);
        insta::allow_duplicates! {
            assert_snapshot!(findings(&refused, &["setting"]), @"
            warning setting dropped setting app: auto_explain.log_min_duration: the session on the target has not loaded auto_explain, whose setting it is: then only superusers may give it to a role, and azadmin is none
            warning setting dropped setting app: my.own: the session on the target knows no such setting: then only superusers may give it to a role, and azadmin is none
            warning setting dropped setting app: plpgsql.extra_warnings: the session on the target has not loaded plpgsql, whose setting it is: then only superusers may give it to a role, and azadmin is none
            warning setting dropped setting app: plpgsql.variable_conflict: the session on the target has not loaded plpgsql, whose setting it is: then only superusers may give it to a role, and azadmin is none
            ");
        }
        target.sql("azuresu", "postgres", "DROP EXTENSION plpgsql CASCADE");
        assert_settled(&from, &to, &only);
    }
}

/// Before 9.6 a role could be called `pg_…`; later, only a superuser can write such a name into the
/// catalog. It is the customer's, and no server takes it.
#[test]
fn roles_of_reserved_names() {
    let source = Cluster::start(14);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE app LOGIN; CREATE ROLE old LOGIN; CREATE ROLE older;
         GRANT old TO app; GRANT older TO old; GRANT pg_monitor TO old;
         ALTER ROLE old SET work_mem = '1MB'; COMMENT ON ROLE old IS 'of 9.5'",
    );
    let rename = "UPDATE pg_authid SET rolname = 'pg_' || rolname WHERE rolname ~ '^old'";
    source.sql("postgres", "postgres", rename);
    let target = Cluster::start(16);
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("postgres", "postgres");
    let rules = ["reserved-name", "dropped-role", "unknown-role", "predefined-role"];
    let program = client_program(18, "pg_dumpall");
    for reader in ["both", "catalog", "pg_dumpall"] {
        let mut run = Run::new(["copy", &from, &to, "--yes", "--into-older"])
            .arg("--pg-dumpall")
            .arg(&program);
        if reader != "both" {
            run = run.arg("--reader").arg(reader);
        }
        let report = report(run);
        insta::allow_duplicates! {
            assert_snapshot!(findings(&report, &rules), @"
            error reserved-name dropped role pg_old: names that begin with pg_ are reserved
            error reserved-name dropped role pg_older: names that begin with pg_ are reserved
            warning dropped-role dropped setting pg_old: work_mem: pg_old is not carried over
            warning dropped-role dropped membership pg_old in pg_monitor: pg_old is not carried over
            warning dropped-role dropped membership app in pg_old: pg_old is not carried over
            warning dropped-role dropped membership pg_old in pg_older: pg_old is not carried over
            ");
        }
    }
    let renamed = copy(&from, &to, &["--rename", "pg_old=old", "--rename", "pg_older=older"]);
    assert_snapshot!(changes(&renamed), @"
    create role old LOGIN
    set the comment on role old
    create role older
    set work_mem of old to '1MB'
    grant old to app
    grant older to old
    grant pg_monitor to old
    ");
    assert_snapshot!(findings(&renamed, &rules), @"");
    assert_settled(&from, &to, &["--rename", "pg_old=old", "--rename", "pg_older=older"]);
}

/// What a setting names may be on the target although nobody carries it over.
#[test]
fn tablespaces_that_the_target_has() {
    let settings = [("allow_in_place_tablespaces", "on")];
    let source = Cluster::start_with(16, "postgres", &settings);
    let target = platforms::azure_like_with(16, &settings);
    for cluster in [&source, &target] {
        cluster.sql(&cluster.superuser, "postgres", "CREATE TABLESPACE fast LOCATION ''");
    }
    source.sql("postgres", "postgres", "CREATE TABLESPACE slow LOCATION ''");
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE app LOGIN; ALTER ROLE app SET default_tablespace = 'fast';
         ALTER ROLE app SET temp_tablespaces = fast, slow",
    );
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let exclude = ["--exclude", "postgres"];
    let report = copy(&from, &to, &exclude);
    assert_snapshot!(changes(&report), @"
    create role app LOGIN
    set default_tablespace of app to 'fast'
    ");
    assert_snapshot!(findings(&report, &["tablespace", "tablespace-setting"]), @"
    warning tablespace dropped tablespace fast: the target has one of this name, which stays as it is
    warning tablespace dropped tablespace slow: azadmin is no superuser, and may create none
    warning tablespace-setting dropped setting app: temp_tablespaces: tablespace slow is not carried over
    ");
    assert_settled(&from, &to, &exclude);
}
