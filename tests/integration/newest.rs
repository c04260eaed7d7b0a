//! PostgreSQL 19, as source and as target, where `tests/fetch` has found it.

use crate::support::catalog::Catalog;
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::globals;
use crate::support::servers::{NEWEST, client_program, has_newest};

/// Copies everything; a second copy sends nothing.
fn converges(source: &Cluster, target: &Cluster, more: &[&str]) {
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("postgres", "postgres");
    let arguments =
        ["copy", &from, &to, "--yes", "--into-older", "--skip", "tablespaces", "--format", "json"];
    let report = || -> serde_json::Value {
        serde_json::from_str(&Run::new([&arguments[..], more].concat()).done().stdout).unwrap()
    };
    let first = report();
    assert_eq!(first["remaining"], 0, "{first:#}");
    assert!(first["sent"].as_u64().unwrap() > 20, "{first:#}");
    let second = report();
    assert_eq!(second["sent"], 0, "{second:#}");
    assert_eq!(second["remaining"], 0, "{second:#}");
}

#[test]
fn copy_into_it_and_out_of_it() {
    if !has_newest() {
        return;
    }
    let (old, new) = (Cluster::start(15), Cluster::start(NEWEST));
    let made = globals::rich(&old, "postgres");
    let pg_dumpall = client_program(NEWEST, "pg_dumpall");
    converges(&old, &new, &["--pg-dumpall", pg_dumpall.to_str().unwrap()]);
    for login in made.logins {
        let tried = new.login(login.role, login.password.unwrap_or("x"));
        assert_eq!(tried.is_ok(), login.let_in, "{login:?}: {tried:?}");
    }
    // And by both readers into one before it.
    for reader in [&["--reader", "catalog"][..], &["--pg-dumpall", pg_dumpall.to_str().unwrap()]] {
        let target = Cluster::start(18);
        converges(&new, &target, reader);
        let (new, target) = (Catalog::of(&new), Catalog::of(&target));
        assert_eq!(new.roles.len(), target.roles.len());
    }
}

#[test]
fn convert_from_its_dump_for_it() {
    if !has_newest() {
        return;
    }
    let source = Cluster::start(NEWEST);
    source.sql(
        "postgres",
        "postgres",
        r"CREATE ROLE app LOGIN PASSWORD 'x' VALID UNTIL '2040-01-01';
          CREATE ROLE reader; GRANT reader TO app WITH ADMIN OPTION;
          ALTER ROLE app SET search_path TO NULL;
          ALTER ROLE app SET wal_receiver_timeout TO '1min';
          ALTER ROLE app SET application_name TO 'back\slash';
          GRANT SET ON PARAMETER log_statement TO reader",
    );
    let dump = source.dump_globals(NEWEST, "postgres", &[]);
    let dump_text = String::from_utf8_lossy(&dump);
    assert!(dump_text.contains("SET search_path TO NULL"), "{dump_text}");
    for major in [NEWEST, 18] {
        let version = major.to_string();
        let convert = ["convert", "-", "-p", "postgres", "--target-version", &version];
        let script = Run::new(convert).stdin(dump.clone()).done().stdout;
        let target = Cluster::start(major);
        let output = target.psql("postgres", &script);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && !said.contains("ERROR:"), "{major}: {said}\n{script}");
        let mut settings = Catalog::of(&target).settings;
        settings.retain(|it| it.role.is_some());
        let settings: Vec<_> = settings.into_iter().map(|setting| setting.text).collect();
        let timeout = (major == NEWEST).then_some("wal_receiver_timeout=1min");
        let expected =
            ["application_name=back\\slash", "search_path=\"\""].into_iter().chain(timeout);
        assert_eq!(settings, expected.collect::<Vec<_>>(), "{major}");
    }
}

/// It takes no line breaks in names, which is told beforehand, with the way out.
#[test]
fn names_with_line_breaks() {
    if !has_newest() {
        return;
    }
    let source = Cluster::start(18);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE \"two\nlines\"; CREATE ROLE member; GRANT \"two\nlines\" TO member",
    );
    let target = Cluster::start(NEWEST);
    let refused = target.try_sql("postgres", "postgres", "CREATE ROLE \"two\nlines\"").unwrap_err();
    assert!(refused.contains("contains a newline or carriage return character"), "{refused}");
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("postgres", "postgres");
    let arguments = ["copy", &from, &to, "--yes", "--reader", "catalog"];
    let refused = Run::new(arguments).done();
    let said = format!("{}{}", refused.stdout, refused.stderr);
    assert!(said.contains("no name may have a line break"), "{said}");
    assert!(said.contains("--rename"), "{said}");
    assert!(!said.contains("two\nlines"), "{said}");
    Run::new([&arguments[..], &["--rename", "two\nlines=one line"]].concat()).done();
    assert!(Catalog::of(&target).roles.contains_key("one line"));
}

/// What it warns of at each login is told beforehand.
#[test]
fn warnings_at_login() {
    if !has_newest() {
        return;
    }
    let source = Cluster::start(18);
    source.sql(
        "postgres",
        "postgres",
        "SET password_encryption TO md5; CREATE ROLE old LOGIN PASSWORD 'x'; RESET password_encryption;
         CREATE ROLE near LOGIN PASSWORD 'x'; CREATE ROLE far LOGIN PASSWORD 'x' VALID UNTIL '2099-01-01';
         DO $$ BEGIN
             EXECUTE format('ALTER ROLE near VALID UNTIL %L', now() + '3 days');
         END $$",
    );
    let target = Cluster::start(NEWEST);
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("postgres", "postgres");
    let copy = ["copy", &from, &to, "--yes", "--reader", "catalog", "--format", "json"];
    let report: serde_json::Value = serde_json::from_str(&Run::new(copy).done().stdout).unwrap();
    let said: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["object"]["kind"] == "role" && it["rule"] != "protected-role")
        .map(|it| {
            format!("{} {}", it["rule"].as_str().unwrap(), it["object"]["name"].as_str().unwrap())
        })
        .collect();
    assert_eq!(said, ["expires-soon near", "md5-verifier old"]);
    for (role, warning) in [("old", "MD5"), ("near", "expire"), ("far", "")] {
        let string = target.tcp_connection_string(role, "postgres");
        let said = Cluster::warnings_at(&string, "x");
        assert_eq!(said.contains("WARNING:"), !warning.is_empty(), "{role}: {said}");
        assert!(said.contains(warning), "{role}: {said}");
    }
}
