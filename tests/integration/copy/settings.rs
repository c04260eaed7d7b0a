//! Settings that could shut everybody out, or change the administrator's own sessions.

use insta::assert_snapshot;

use super::{changes, command, copy, findings, report};
use crate::support::catalog::Catalog;
use crate::support::cluster::Cluster;
use crate::support::command::{Run, convert};
use crate::support::platforms::azure_like;

const LIBRARIES: &str = "CREATE ROLE a LOGIN;
CREATE ROLE b LOGIN;
CREATE ROLE c LOGIN;
ALTER ROLE a SET local_preload_libraries TO 'no_such';
ALTER ROLE b SET session_preload_libraries TO 'no_such';
ALTER ROLE c IN DATABASE postgres SET local_preload_libraries TO 'no_such';
ALTER DATABASE postgres SET local_preload_libraries TO 'no_such';
ALTER ROLE ALL SET session_preload_libraries TO 'no_such';
ALTER ROLE c SET work_mem TO '1MB';
";

/// Whether these roles can log in, and what they are told otherwise.
fn logins(target: &Cluster, roles: &[&str]) -> String {
    let login = |role: &&str| match target.try_query(role, "postgres", "SELECT 1") {
        Ok(_) => format!("{role} logs in"),
        Err(error) => format!("{role}: {error}"),
    };
    roles.iter().map(login).collect::<Vec<_>>().join("\n")
}

const ENCODINGS: &str = "CREATE ROLE a LOGIN;
CREATE ROLE b LOGIN;
CREATE ROLE c LOGIN;
CREATE ROLE d LOGIN;
CREATE ROLE e LOGIN;
ALTER ROLE a SET client_encoding TO 'iso-8859-1';
ALTER ROLE b SET client_encoding TO 'UTF8';
ALTER ROLE c IN DATABASE jp SET client_encoding TO 'WIN1251';
ALTER ROLE d SET client_encoding TO 'LATIN1';
ALTER ROLE d IN DATABASE jp SET client_encoding TO 'SJIS';
ALTER ROLE e SET client_encoding TO 'mule_internal';
ALTER DATABASE jp SET client_encoding TO 'LATIN1';
";

/// Where the database's encoding is not converted into the client's, each login ends.
#[test]
fn an_encoding_that_is_not_converted() {
    for major in [10, 18] {
        let target = Cluster::start(major);
        let to = target.connection_string("postgres", "postgres");
        let create =
            "CREATE DATABASE jp ENCODING 'EUC_JP' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'";
        target.sql("postgres", "postgres", create);
        let run = |options: &[&str]| {
            let all = [&["--allow-all-settings", "--format", "json"], options].concat();
            let done = command("in.sql", &to, &all).file("in.sql", ENCODINGS).done();
            serde_json::from_str::<serde_json::Value>(&done.stdout).unwrap()
        };
        insta::allow_duplicates! {
            assert_snapshot!(findings(&run(&[]), &["client-encoding"]), @"
            warning client-encoding kept setting a: client_encoding: LATIN1 is not converted in jp (EUC_JP)
            warning client-encoding kept setting e: client_encoding: MULE_INTERNAL is not converted in postgres (UTF8), template1 (UTF8)
            error client-encoding dropped setting ALL in jp: client_encoding: LATIN1 is not converted in jp (EUC_JP)
            error client-encoding dropped setting c in jp: client_encoding: WIN1251 is not converted in jp (EUC_JP)
            ");
        }
        // psql leaves the encoding to the server, unlike most clients.
        let into = |role: &str, database: &str| {
            Cluster::psql_at(&target.connection_string(role, database), "", "SELECT 1")
        };
        for role in ["a", "b", "c", "d", "e"] {
            // What the warning about jp says, and nothing else. What is not converted in postgres, where
            // it was sent, the server has refused.
            assert!(into(role, "postgres").is_ok(), "{role}");
            let login = into(role, "jp");
            assert_eq!(login.is_err(), role == "a", "{role}: {login:?}");
        }
        // The remedy.
        target.sql(
            "postgres",
            "postgres",
            "ALTER ROLE a IN DATABASE jp SET client_encoding TO 'UTF8'",
        );
        assert!(into("a", "jp").is_ok());
    }
}

/// What is known of conversions is what servers have.
#[test]
fn conversions_are_the_servers() {
    use pg_globals::encoding::{converts, named};
    for major in crate::support::servers::MAJORS {
        let server = Cluster::start(major);
        let all = server.query(
            "postgres",
            "postgres",
            "WITH e AS (SELECT pg_encoding_to_char(n) AS name FROM generate_series(0, 60) n WHERE \
             pg_encoding_to_char(n) <> ''), c AS (SELECT pg_encoding_to_char(conforencoding) AS f, \
             pg_encoding_to_char(contoencoding) AS t FROM pg_conversion WHERE condefault) \
             SELECT a.name, b.name, a.name = b.name OR 'SQL_ASCII' IN (a.name, b.name) OR (EXISTS (SELECT \
             FROM c WHERE f = a.name AND t = b.name) AND EXISTS (SELECT FROM c WHERE t = a.name AND f \
             = b.name)) FROM e a, e b",
        );
        let mut count = 0;
        for row in all {
            let [client, database, may] = [0, 1, 2].map(|at| row[at].as_deref().unwrap());
            assert_eq!(named(client), Some(client));
            assert_eq!(converts(client, database), may == "t", "{major}: {client} {database}");
            count += 1;
        }
        assert_eq!(count, 42 * 42);
        let aliases =
            ["Windows-1251", "alt", "iso_8859-15", "SHIFT_JIS", "tcvn5712", "win936", "unicode"];
        for alias in aliases {
            let sql = format!("SELECT pg_encoding_to_char(pg_char_to_encoding('{alias}'))");
            assert_eq!(server.query("postgres", "postgres", &sql)[0][0].as_deref(), named(alias));
        }
    }
}

/// A library that the server does not have ends each login.
#[test]
fn a_library_that_the_target_lacks() {
    insta::allow_duplicates! {
        for (major, user) in [(10, "postgres"), (16, "postgres"), (18, "postgres"), (18, "azadmin")] {
            let is_superuser = user == "postgres";
            let target = if is_superuser { Cluster::start(major) } else { azure_like(major) };
            let to = target.connection_string(user, "postgres");
            let all = ["--allow-all-settings", "--format", "json"];
            let run = command("in.sql", &to, &all).file("in.sql", LIBRARIES);
            let report: serde_json::Value = serde_json::from_str(&run.done().stdout).unwrap();
            if is_superuser {
                assert_snapshot!(findings(&report, &["library-setting"]), @r"
                error library-setting dropped setting ALL: session_preload_libraries: by hand, where the target has the library: ALTER ROLE ALL SET session_preload_libraries TO 'no_such'
                error library-setting dropped setting a: local_preload_libraries: by hand, where the target has the library: ALTER ROLE a SET local_preload_libraries TO 'no_such'
                error library-setting dropped setting b: session_preload_libraries: by hand, where the target has the library: ALTER ROLE b SET session_preload_libraries TO 'no_such'
                error library-setting dropped setting ALL in postgres: local_preload_libraries: by hand, where the target has the library: ALTER DATABASE postgres SET local_preload_libraries TO 'no_such'
                error library-setting dropped setting c in postgres: local_preload_libraries: by hand, where the target has the library: ALTER ROLE c IN DATABASE postgres SET local_preload_libraries TO 'no_such'
                ");
            } else {
                assert_snapshot!(findings(&report, &["library-setting", "global-setting", "setting"]), @r"
                error library-setting dropped setting ALL: session_preload_libraries: only the platform could set it for the whole server
                error library-setting dropped setting a: local_preload_libraries: by hand, where the target has the library: ALTER ROLE a SET local_preload_libraries TO 'no_such'
                warning setting dropped setting b: session_preload_libraries: its context is superuser on the target, and azadmin may not set it
                error library-setting dropped setting ALL in postgres: local_preload_libraries: by hand, where the target has the library: ALTER DATABASE postgres SET local_preload_libraries TO 'no_such'
                error library-setting dropped setting c in postgres: local_preload_libraries: by hand, where the target has the library: ALTER ROLE c IN DATABASE postgres SET local_preload_libraries TO 'no_such'
                ");
            }
            let everybody = ["a", "b", "c", user];
            assert_snapshot!(logins(&target, &everybody[..3]), @r"
            a logs in
            b logs in
            c logs in
            ");
            target.sql(user, "postgres", "SELECT 1");
            let settings = Catalog::of(&target).settings;
            assert_eq!(settings.iter().filter(|it| it.text.contains("preload")).count(), 0);

            // It would have been so.
            if is_superuser {
                for statement in LIBRARIES.split_terminator('\n').skip(3).take(4) {
                    target.sql(user, "template1", statement);
                }
                assert_snapshot!(logins(&target, &everybody), @r#"
                a: 58P01: could not access file "$libdir/plugins/no_such": No such file or directory
                b: 58P01: could not access file "no_such": No such file or directory
                c: 58P01: could not access file "$libdir/plugins/no_such": No such file or directory
                postgres: 58P01: could not access file "$libdir/plugins/no_such": No such file or directory
                "#);
            }
        }
    }
}

/// So with scripts.
#[test]
fn scripts_carry_no_library() {
    for (platform, user) in [("postgres", "postgres"), ("azure", "azadmin")] {
        let target = if platform == "azure" { azure_like(18) } else { Cluster::start(18) };
        let run = convert(LIBRARIES).with("--allow-all-settings --target-version 18");
        let done = run.with(&format!("--platform {platform}")).done();
        assert!(!done.stdout.contains("no_such"), "{}", done.stdout);
        let output = target.psql(user, &done.stdout);
        assert!(output.status.success(), "{output:?}");
        target.sql("a", "postgres", "SELECT 1");
        let differing = ["diff", "in.sql", &target.connection_string(user, "postgres")];
        let more = ["--format", "sql", "--show-passwords", "--allow-all-settings"];
        let diff = Run::new([&differing[..], &more].concat()).file("in.sql", LIBRARIES);
        let sql = diff.status(1).stdout;
        let (head, statements) = sql.split_once("\\set").unwrap();
        assert!(head.contains("no_such") && !statements.contains("no_such"), "{sql}");
    }
}

const ALL: &str = "CREATE ROLE a;
ALTER ROLE ALL SET statement_timeout TO '1h';
ALTER ROLE ALL SET search_path TO s, public;
ALTER ROLE ALL IN DATABASE postgres SET default_transaction_read_only TO 'on';
ALTER DATABASE postgres SET work_mem TO '2MB';
ALTER ROLE a SET work_mem TO '1MB';
";

fn settings(target: &Cluster) -> Vec<String> {
    let all = Catalog::of(target).settings.into_iter();
    all.filter(|it| it.role.is_none()).map(|it| it.text).collect()
}

/// What is set for all roles is sent where somebody says so.
#[test]
fn for_all_roles() {
    for major in [15, 18] {
        let target = Cluster::start(major);
        let to = target.connection_string("postgres", "postgres");
        let run = |more: &[&str]| command("in.sql", &to, more).file("in.sql", ALL);
        let without = report(run(&[]));
        insta::allow_duplicates! {
            assert_snapshot!(findings(&without, &["all-setting"]), @r"
            warning all-setting dropped setting ALL: search_path: every session would look for names in s, public
            warning all-setting dropped setting ALL: statement_timeout: every session would have 1h
            warning all-setting dropped setting ALL in postgres: default_transaction_read_only: no session could write in postgres
            warning all-setting dropped setting ALL in postgres: work_mem: every session would have 2MB in postgres
            ");
        }
        assert_eq!(settings(&target), Vec::<String>::new());
        // What the target has for all roles stays.
        target.sql("postgres", "postgres", "ALTER ROLE ALL SET search_path = mine");
        let report = report(run(&["--existing", "replace"]));
        assert_eq!(changes(&report), "");
        assert_eq!(settings(&target), ["search_path=mine"]);

        let diff = |more: &[&str]| {
            let arguments = ["diff", "in.sql", &to, "--format", "sql", "--show-passwords"];
            let run = Run::new([&arguments, more].concat()).file("in.sql", ALL);
            let sql = run.status(1).stdout;
            sql.split_once("\\set").unwrap().1.matches(" SET search_path TO").count()
        };
        assert_eq!((diff(&[]), diff(&["--allow-all-settings"])), (0, 1));
        let compared = |more: &[&str]| {
            let arguments = ["diff", "in.sql", &to, "--as", "postgres", "--format", "json"];
            let run = Run::new([&arguments, more].concat()).file("in.sql", ALL);
            let report: serde_json::Value =
                serde_json::from_str(&run.done_or_different().stdout).unwrap();
            report["differences"].as_array().unwrap().len()
        };
        assert_eq!((compared(&[]), compared(&["--allow-all-settings"])), (0, 3));

        let allowed = ["--allow-all-settings", "--allow-freeze", "--format", "json"];
        let report = run(&allowed).done().stdout;
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        assert_eq!(report["remaining"], 0, "{report:#}");
        insta::allow_duplicates! {
            assert_snapshot!(changes(&report), @"
            set search_path of ALL to s, public, was mine
            set statement_timeout of ALL to '1h'
            set default_transaction_read_only of ALL in postgres to 'on'
            set work_mem of ALL in postgres to '2MB'
            ");
            assert_snapshot!(findings(&report, &["allowed-all-setting"]), @r"
            warning allowed-all-setting kept setting ALL: search_path: every session would look for names in s, public
            warning allowed-all-setting kept setting ALL: statement_timeout: every session would have 1h
            warning allowed-all-setting kept setting ALL in postgres: default_transaction_read_only: no session could write in postgres
            warning allowed-all-setting kept setting ALL in postgres: work_mem: every session would have 2MB in postgres
            ");
        }
        assert_eq!(settings(&target).len(), 4);
    }
}

/// The same of a live source.
#[test]
fn for_all_roles_of_a_server() {
    let source = Cluster::start(16);
    source.sql("postgres", "postgres", "CREATE ROLE a; ALTER ROLE ALL SET work_mem = '3MB'");
    let target = Cluster::start(16);
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("postgres", "postgres");
    let report = copy(&from, &to, &[]);
    assert_eq!(changes(&report), "create role a");
    let report = copy(&from, &to, &["--allow-all-settings"]);
    assert_eq!(changes(&report), "set work_mem of ALL to '3MB'");
}

/// Nobody has asked what it would mean.
#[test]
fn elsewhere_it_means_nothing() {
    let run = Run::new(["diff", "a.sql", "b.sql", "--allow-all-settings"]);
    let run = run.file("a.sql", ALL).file("b.sql", ALL);
    assert_snapshot!(run.fails(), @"error: --allow-all-settings goes with --as and --format sql only");
}
