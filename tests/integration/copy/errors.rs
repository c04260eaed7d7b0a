//! What a copy cannot be made of: one clear error with the next step, status 2, and the target as
//! it was.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::thread;

use insta::assert_snapshot;

use super::{assert_settled, changes, command, copy, findings, majors_only, masked};
use crate::support::catalog::Catalog;
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::platforms::{self, AZADMIN_PASSWORD};

/// A source with two roles, and an empty target.
struct Servers {
    source: Cluster,
    target: Cluster,
    from: String,
    to: String,
}

impl Servers {
    fn start(major: u32) -> Self {
        let (source, target) = (Cluster::start(16), platforms::azure_like(major));
        source.sql("postgres", "postgres", "CREATE ROLE a LOGIN; CREATE ROLE b; GRANT b TO a");
        let from = source.connection_string("postgres", "postgres");
        let to = target.connection_string("azadmin", "postgres");
        Self { source, target, from, to }
    }

    /// The whole error of a copy between these, which leaves the target as it was.
    fn error(&self, from: &str, to: &str, more: &[&str]) -> String {
        let before = Catalog::of(&self.target);
        let said = command(from, to, more).fails();
        assert!(Catalog::of(&self.target) == before);
        masked(&said, &self.source, &self.target)
    }

    fn masked(&self, text: &str) -> String {
        masked(text, &self.source, &self.target)
    }
}

#[test]
fn no_connection() {
    let it = Servers::start(16);
    let tcp = |more: &str| format!("host=127.0.0.1 user=azadmin dbname=postgres {more}");
    let here = format!("port={} password='{AZADMIN_PASSWORD}'", it.target.port);
    assert_eq!(copy(&it.from, &tcp(&here), &["--dry-run"])["remaining"], 0);

    let nowhere = tcp(&here).replace("127.0.0.1", "nowhere.invalid");
    let said = it.error(&it.from, &nowhere, &[]);
    let error = "error: the target: nowhere.invalid:PORT: the host name cannot be resolved: ";
    assert!(said.contains(error), "{said}");

    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let said = it.error(&it.from, &tcp(&format!("port={closed}")), &[]);
    assert_snapshot!(said.replace(&closed.to_string(), "PORT"), @"error: the target: 127.0.0.1:PORT: connection refused; is the server running, and is this its port?");

    let wrong = here.replace(AZADMIN_PASSWORD, "wrong");
    assert_snapshot!(it.error(&it.from, &tcp(&wrong), &[]), @r#"
    warning: the target: the password in the connection string shows in the process list; set PGPASSWORD, or write it to ~/.pgpass (mode 0600)
    error: the target: TARGET: password authentication failed for user "azadmin" (password from the connection string)
    "#);
    let none = format!("port={}", it.target.port);
    assert_snapshot!(it.error(&it.from, &tcp(&none), &[]), @r#"error: the target: TARGET: the server asks for the password of "azadmin", and there is none; set PGPASSWORD, or write it to ~/.pgpass"#);
    let missing = tcp(&here).replace("dbname=postgres", "dbname=missing");
    assert_snapshot!(it.error(&it.from, &missing, &[]), @r#"
    warning: the target: the password in the connection string shows in the process list; set PGPASSWORD, or write it to ~/.pgpass (mode 0600)
    error: the target: TARGET: database "missing" does not exist; give another one as dbname=…
    "#);
    // The source is told from the target.
    assert_snapshot!(it.error(&missing, &it.to, &[]), @r#"
    warning: the source: the password in the connection string shows in the process list; set PGPASSWORD, or write it to ~/.pgpass (mode 0600)
    error: the source: TARGET: database "missing" does not exist; give another one as dbname=…
    "#);
}

#[test]
fn the_server_wants_tls() {
    let it = Servers::start(16);
    let hba = it.target.socket().join("hba");
    fs::write(hba, "local all all trust\nhostssl all all 127.0.0.1/32 md5\n").unwrap();
    let loaded = || it.target.query("azuresu", "postgres", "SELECT pg_conf_load_time()");
    let before = loaded();
    it.target.sql("azuresu", "postgres", "SELECT pg_reload_conf()");
    while loaded() == before {}
    let to = format!(
        "host=127.0.0.1 port={} user=azadmin password='{AZADMIN_PASSWORD}' dbname=postgres",
        it.target.port
    );
    assert_snapshot!(it.error(&it.from, &format!("{to} sslmode=disable"), &[]), @r#"
    warning: the target: the password in the connection string shows in the process list; set PGPASSWORD, or write it to ~/.pgpass (mode 0600)
    error: the target: TARGET: no pg_hba.conf entry for host "127.0.0.1", user "azadmin", database "postgres", no encryption; the server may want TLS: try sslmode=require
    "#);
    assert_snapshot!(it.error(&it.from, &format!("{to} sslmode=require"), &[]), @"
    warning: the target: the password in the connection string shows in the process list; set PGPASSWORD, or write it to ~/.pgpass (mode 0600)
    error: the target: TARGET: the server does not support TLS, but sslmode requires it; sslmode=disable goes without
    ");
}

/// A server in recovery, and one to which a standby is the source.
#[test]
fn a_standby() {
    for major in [11, 16] {
        let it = Servers::start(16);
        let standby = Cluster::start_standby(major);
        let to = standby.connection_string("postgres", "postgres");
        let said = command(&it.from, &to, &[]).fails();
        insta::allow_duplicates! {
            assert_snapshot!(masked(&said, &it.source, &standby), @"error: TARGET/postgres: the target is a standby: connect to its primary");
        }
        // To read from one is no trouble.
        assert_eq!(copy(&to, &it.to, &[])["remaining"], 0);
    }
}

#[test]
fn the_wrong_user() {
    let it = Servers::start(16);
    it.target.sql("azuresu", "postgres", "CREATE ROLE joe LOGIN");
    let to = it.target.connection_string("joe", "postgres");
    assert_snapshot!(it.error(&it.from, &to, &[]), @"error: TARGET/postgres: joe has no CREATEROLE on the target: connect as its administrator");
}

/// All roles that are in the way are listed, before anything is sent.
#[test]
fn too_little_power_over_roles_that_exist() {
    let it = Servers::start(16);
    it.target.sql(
        "azuresu",
        "postgres",
        "CREATE ROLE a; CREATE ROLE b CONNECTION LIMIT 3; COMMENT ON ROLE b IS 'x'",
    );
    it.source.sql("postgres", "postgres", "COMMENT ON ROLE b IS 'y'; CREATE ROLE c");
    let before = Catalog::of(&it.target);
    let refused = command(&it.from, &it.to, &["--exclude", "postgres"]).status(2);
    assert_snapshot!(it.masked(&refused.to_string()), @"
    source, only read: SOURCE/postgres, no platform recognised, PostgreSQL 16
    target, changed: TARGET/postgres, azure, PostgreSQL 16, as azadmin

    error: missing-admin (3): since 16 roles are altered and granted only by those who have the ADMIN option on them
      role a: azadmin lacks the ADMIN option on a
      comment on role b: azadmin lacks the ADMIN option on b
      membership a in b: azadmin lacks the ADMIN option on b
      = have it granted: GRANT <role> TO <connected role> WITH ADMIN OPTION; or leave roles that exist as they are, with --existing skip

    info: selection: left out by --only, --exclude or --database

    info: no-password: login roles arrive without a password

    info: grantor: GRANTED BY is left out: the role that runs the script becomes the grantor

    plan: 1 change; 1 role to create, 0 changes to what exists; 3 errors above
    new:
      create role c

    fingerprint: …
    ==== stderr ====
    error: nothing was sent: azadmin lacks the ADMIN option on a, and 2 more; have it granted: GRANT <role> TO <connected role> WITH ADMIN OPTION; or leave roles that exist as they are, with --existing skip
    ");
    let refused =
        command(&it.from, &it.to, &["--report", "report.json", "--format", "json"]).status(2);
    let report: serde_json::Value = serde_json::from_str(&refused.stdout).unwrap();
    assert_eq!(refused.stdout, refused.file("report.json"));
    assert_eq!(report["sent"], 0);
    assert_snapshot!(findings(&report, &["missing-admin"]), @"
    error missing-admin dropped role a: azadmin lacks the ADMIN option on a
    error missing-admin dropped comment b: azadmin lacks the ADMIN option on b
    error missing-admin dropped membership a in b: azadmin lacks the ADMIN option on b
    ");
    assert!(Catalog::of(&it.target) == before);

    // The two ways out.
    let skip = ["--existing", "skip", "--exclude", "postgres"];
    assert_snapshot!(changes(&copy(&it.from, &it.to, &skip)), @"create role c");
    assert_settled(&it.from, &it.to, &skip);
    it.target.sql("azuresu", "postgres", "GRANT a, b TO azadmin WITH ADMIN OPTION");
    copy(&it.from, &it.to, &[]);
    assert_settled(&it.from, &it.to, &[]);
}

#[test]
fn the_same_server() {
    let it = Servers::start(16);
    let from = it.target.connection_string("azuresu", "azure_sys");
    let to = it.target.connection_string("azuresu", "postgres");
    assert_snapshot!(it.error(&from, &to, &[]), @"error: TARGET/postgres: the source and the target are the same server");
    assert_snapshot!(it.error(&from, &it.to, &[]), @"error: TARGET/postgres: the source and the target are the same server");
}

#[test]
fn the_target_is_a_file() {
    let it = Servers::start(16);
    assert_snapshot!(it.error(&it.from, "roles.sql", &[]), @r#"error: roles.sql: the target must be a connection, such as postgresql://user@host/database or "host=… user=… dbname=…"; pg_globals convert writes a script instead"#);
    assert_snapshot!(it.error(&it.from, "-", &[]), @r#"error: standard input: the target must be a connection, such as postgresql://user@host/database or "host=… user=… dbname=…"; pg_globals convert writes a script instead"#);
}

/// Nobody can be asked, and nobody has said yes.
#[test]
fn no_terminal() {
    let it = Servers::start(16);
    let before = Catalog::of(&it.target);
    let refused =
        Run::new(["copy", &it.from, &it.to, "--reader", "catalog", "--undo", "undo.sql"]).status(2);
    assert_snapshot!(it.masked(&refused.stderr), @"error: nothing was sent: there is no terminal to ask on; give --yes, or --dry-run to try");
    assert_eq!(refused.run.names(), Vec::<String>::new());
    assert!(Catalog::of(&it.target) == before);
    // Nothing to agree to.
    copy(&it.from, &it.to, &[]);
    Run::new(["copy", &it.from, &it.to, "--reader", "catalog"]).done();
}

#[test]
fn a_newer_source() {
    let (source, target) = (Cluster::start(18), platforms::azure_like(15));
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let report = copy(&from, &to, &[]);
    assert_snapshot!(findings(&report, &["newer-source"]), @"warning newer-source kept statement version: 18 is newer than 15");
}

/// Of a refused verifier the reason stays: only the verifier itself is hidden.
#[test]
fn why_a_password_is_refused() {
    let settings = [("shared_preload_libraries", "passwordcheck")];
    let target = Cluster::start_with(18, "postgres", &settings);
    let to = &target.connection_string("postgres", "postgres");
    let verifier = crate::support::verifier::scram("app", "app", 4096);
    let dump = format!("CREATE ROLE app LOGIN PASSWORD '{verifier}';\n");
    let done = Run::new(["copy", "in.sql", to, "--yes"]).file("in.sql", dump).status(2);
    assert!(done.stderr.contains("password must not equal user name (22023)"), "{}", done.stderr);
    assert!(!done.stderr.contains("SCRAM-SHA-256$"), "{}", done.stderr);
}

/// A target that is older, or has all and more, takes more than `--yes`: of a server or a dump.
#[test]
fn what_looks_swapped_takes_more_than_yes() {
    let (source, target) = (Cluster::start(18), platforms::azure_like(15));
    source.sql("postgres", "postgres", "CREATE ROLE app");
    let from = source.connection_string("postgres", "postgres");
    let to = &target.connection_string("azadmin", "postgres");
    let before = Catalog::of(&target);
    let run =
        |more: &[&str]| Run::new([&["copy", &from, to, "--reader", "catalog"], more].concat());
    let refused = run(&["--yes"]).status(2);
    let version = |text: &str| majors_only(&text.replace("swapped: ", "swapped: version: "));
    assert_snapshot!(version(&refused.stderr), @"error: nothing was sent: source and target look swapped: version: 18 is newer than 15; where that is meant, give --into-older");
    let dump = "-- Dumped from database version 18.1\nCREATE ROLE app;\n";
    let by_dump = Run::new(["copy", "in.sql", to, "--yes"]).file("in.sql", dump).status(2);
    assert!(by_dump.stderr.contains("look swapped: 18.1 is newer than 15"), "{}", by_dump.stderr);
    assert!(Catalog::of(&target) == before);
    run(&["--dry-run"]).done();
    run(&["--yes", "--into-older"]).done();
    // Nothing to do is nothing to be afraid of.
    run(&["--yes"]).done();
    target.sql("azadmin", "postgres", "CREATE ROLE other; ALTER ROLE app CONNECTION LIMIT 5");
    let older = "CREATE ROLE app CONNECTION LIMIT 3;\n";
    let whole = || Run::new(["copy", "in.sql", to, "--yes"]).file("in.sql", older);
    let refused = whole().status(2);
    assert_snapshot!(refused.stderr, @"error: nothing was sent: source and target look swapped: the target has all roles of the source, and 2 others; where that is meant, give --into-older");
    // A dry run says so first and last.
    let dry_run = whole().arg("--dry-run").done().stdout;
    let told =
        "are source and target swapped? the target has all roles of the source, and 2 others";
    let lines: Vec<_> = dry_run.trim_end().split('\n').collect();
    assert_eq!((lines[2], *lines.last().unwrap()), (told, told), "{dry_run}");
    let meant = whole().with("--dry-run --into-older").done().stdout;
    assert!(!meant.contains("swapped?"), "{meant}");
    whole().arg("--into-older").done();
}

/// The old server has all that the new one has, and more.
#[test]
fn source_and_target_swapped() {
    let (new, old) = (platforms::azure_like(16), Cluster::start(16));
    new.sql("azadmin", "postgres", "CREATE ROLE shop CONNECTION LIMIT 5");
    let text = "CREATE ROLE shop; CREATE ROLE a; CREATE ROLE b; CREATE ROLE c; CREATE ROLE d";
    old.sql("postgres", "postgres", text);
    let from = new.connection_string("azuresu", "postgres");
    let to = old.connection_string("postgres", "postgres");
    let report = copy(&from, &to, &["--dry-run"]);
    assert_snapshot!(findings(&report, &["direction"]), @"warning direction kept statement roles: the source has 2 roles, the target 4 others");
    assert_eq!(report["target_only"], 4);
    let report = copy(&from, &to, &["--only", "shop"]);
    assert_snapshot!(findings(&report, &["direction"]), @"warning direction kept statement roles: the target has all roles of the source, and 4 others");
    // Where nothing changes there is nothing to be afraid of.
    assert_eq!(findings(&assert_settled(&from, &to, &["--only", "shop"]), &["direction"]), "");
}

/// Asked on the terminal, and where standard input is the dump, on /dev/tty.
#[test]
fn a_terminal() {
    let it = Servers::start(16);
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("in.sql"), "CREATE ROLE from_stdin;").unwrap();
    let before = Catalog::of(&it.target);
    let ask = |source: &str, answer: &str| {
        let line = format!(
            "exec '{}' copy {source} '{}' --reader catalog",
            env!("CARGO_BIN_EXE_pg_globals"),
            it.to
        );
        let mut script = Command::new("script");
        script.args(["-qec", &line, "/dev/null"]).current_dir(&directory).env("NO_COLOR", "1");
        script.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = script.spawn().unwrap();
        child.stdin.take().unwrap().write_all(answer.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains("/postgres? [y/N] "), "{said}");
        (output.status.code().unwrap(), said)
    };
    for (source, answer) in [("- < in.sql", "n\n"), ("- < in.sql", "\n"), ("in.sql", "no\n")] {
        let (status, said) = ask(source, answer);
        assert!(status == 2 && said.contains("error: nothing was sent"), "{said}");
        assert!(Catalog::of(&it.target) == before);
    }
    let (status, said) = ask("- < in.sql", "y\n");
    assert!(status == 0 && said.contains("done: 1 statement sent, 0 remaining"), "{said}");
    let (status, said) = ask(&format!("'{}'", it.from), "yes\n");
    assert!(status == 0 && said.contains(", 0 remaining"), "{said}");
    let roles = Catalog::of(&it.target).roles;
    assert!(roles.contains_key("from_stdin") && roles.len() > before.roles.len() + 1);
}

/// Read-only by default is not read-only.
#[test]
fn read_only_by_default() {
    let it = Servers::start(16);
    let text = "ALTER ROLE azadmin SET default_transaction_read_only = on;
        ALTER DATABASE postgres SET default_transaction_read_only = on";
    it.target.sql("azuresu", "postgres", text);
    copy(&it.from, &it.to, &[]);
    assert_settled(&it.from, &it.to, &[]);
}

#[test]
fn an_unreadable_dump() {
    let it = Servers::start(16);
    let before = Catalog::of(&it.target);
    let run = |dump: &[u8]| command("in.sql", &it.to, &[]).file("in.sql", dump).fails();
    assert_snapshot!(it.masked(&run(b"CREATE ROLE a;\nCREATE ROLE b LOGN;\n")), @"
    error: expected a role option
     --> in.sql:2:15
      |
    2 | CREATE ROLE b LOGN
      |               ^

    error: in.sql: nothing was written: 1 mistake
    ");
    assert_snapshot!(it.masked(&run(b"PGDMP\x01\x0e\x00")), @"error: in.sql: this is pg_dump's custom format, which holds one database and no globals: make the dump with pg_dumpall --globals-only");
    assert_snapshot!(it.masked(&run(b"--\n-- PostgreSQL database cluster dump\n--\n\nCREATE ROLE a;\n")), @"error: in.sql: the dump is truncated: pg_dumpall's end marker is missing, as when it failed half way; make it again, or give --accept-truncated to use what there is");
    assert_snapshot!(it.masked(&command("missing.sql", &it.to, &[]).fails()), @"error: missing.sql: no such file or directory");
    assert!(Catalog::of(&it.target) == before);
    // A dump is a source like any other.
    let dump = it.source.dump_globals(16, "postgres", &[]);
    let run = command("in.sql", &it.to, &[]).file("in.sql", &dump).with("--format json").done();
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["remaining"], 0);
    assert_settled(&it.from, &it.to, &[]);
}

/// Something in between that speaks the protocol, and answers oddly to what it does not know: as
/// pgbouncer's console does.
#[test]
fn a_pooler() {
    let it = Servers::start(16);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let pooler = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut buffer = [0; 4096];
        // The startup message; no password, and ready.
        let _ = client.read(&mut buffer).unwrap();
        client.write_all(b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I").unwrap();
        // To every query one row with one column.
        while let Ok(1..) = client.read(&mut buffer) {
            let row = b"T\0\0\0\x1d\0\x01name\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0D\0\0\0\x0d\0\x01\0\0\0\x03odd";
            let _ = client.write_all(row);
            let _ = client.write_all(b"C\0\0\0\x09SHOW\0Z\0\0\0\x05I");
        }
    });
    let to = format!("host=127.0.0.1 port={port} user=azadmin dbname=pgbouncer sslmode=disable");
    let said = command(&it.from, &to, &[]).fails();
    assert_snapshot!(said.replace(&port.to_string(), "PORT"), @"error: 127.0.0.1:PORT/pgbouncer: the server's answer is not PostgreSQL's (the server's version: another number of answers than of questions): is it a connection pooler? connect to the server itself");
    pooler.join().unwrap();
}
