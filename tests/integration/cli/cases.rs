//! Inputs as people have them, in `fixtures/cases`: what is said of each is pinned whole.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use insta::assert_snapshot;

use crate::support::command::{Run, convert};

fn case(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases").join(name)).unwrap()
}

fn run(name: &str) -> Run {
    convert(case(name))
}

/// With these options, if any.
fn with(run: Run, options: &str) -> Run {
    if options.is_empty() { run } else { run.with(options) }
}

const GENERATE: &str = "--passwords generate --password-file new.txt";

/// No password is concluded from what is missing, none is taken that is none, and nobody gets one who logs
/// in by another service.
#[test]
fn passwords() {
    let mut all = String::new();
    for (name, options) in [
        ("grep-v-rdsadmin.sql", GENERATE),
        ("azure-entra-labels.sql", GENERATE),
        ("azure-single-aad.sql", GENERATE),
        ("shell-mangled-verifier.sql", ""),
        ("shell-mangled-verifier.sql", GENERATE),
        ("rds-one-password-added.sql", GENERATE),
        ("selfhosted-to-rds.sql", "-p rds"),
        ("selfhosted-to-rds.sql", "-p rds --passwords generate --password-file new.txt"),
        ("mask-and-template-passwords.sql", ""),
        ("supabase.sql", ""),
    ] {
        let done = with(run(name), options).done();
        writeln!(all, "{name} {options}\n{}", done.stderr).unwrap();
    }
    assert_snapshot!(all);
}

#[test]
fn a_userlist_is_read_as_pgbouncer_reads_it() {
    let run = run("userlist-base.sql").secret("list.txt", case("userlist.txt"));
    assert_snapshot!(run.with("--passwords-from list.txt").done().stderr);
}

/// Where verifiers are not known to be taken, passwords are made all the same.
#[test]
fn every_platform_gets_generated_passwords() {
    for platform in pg_globals::platform::Platform::all() {
        let options = format!("-p {} {GENERATE}", platform.name());
        let done = convert("CREATE ROLE legacy LOGIN;\n").with(&options).done();
        assert!(done.stderr.contains("role legacy: a new password was made"), "{}", done.stderr);
        assert!(!done.stderr.contains("no-password"), "{}", done.stderr);
        assert!(
            done.stdout.contains("CREATE ROLE legacy WITH LOGIN PASSWORD '"),
            "{}",
            done.stdout
        );
        assert!(done.file("new.txt").starts_with("\"legacy\" \""));
    }
}

/// Databases, objects, and what belongs to neither.
#[test]
fn what_is_no_global() {
    let mut all = String::new();
    let databases = "CREATE ROLE a;\nREVOKE CONNECT ON DATABASE app FROM PUBLIC;\nALTER DATABASE app OWNER TO a;\n\
                     GRANT ALL ON DATABASE app TO a;\nDROP DATABASE old;\nALTER DATABASE app CONNECTION LIMIT 5;\n";
    let many = "CREATE ROLE a;\nGRANT ALL ON SCHEMA s1 TO a;\nGRANT ALL ON SCHEMA s2 TO a;\nGRANT ALL ON TABLE t TO a;\n";
    let edb = "CREATE PROFILE acme;\nALTER PROFILE acme LIMIT FAILED_LOGIN_ATTEMPTS 3;\nCREATE ROLE app LOGIN PASSWORD NULL;\n\
               ALTER ROLE app PROFILE acme;\nALTER ROLE app CREATEDB PROFILE acme;\n";
    for (what, text, options) in [
        ("databases", databases.as_bytes().to_vec(), ""),
        ("objects", case("grants-multi-table.sql"), "--drop-unknown"),
        ("one line each", many.as_bytes().to_vec(), "--drop-unknown"),
        ("another product", edb.as_bytes().to_vec(), "--drop-unknown"),
        (
            "part of a dump",
            b"CREATE ROLE eve LOGIN PASSWORD NULL;\nALTER ROLE eve SUPERUSER;\n".to_vec(),
            "",
        ),
        ("modules", case("module-settings.sql"), "--target-version 16"),
        ("predefined", case("pg-write-all-data-15.sql"), "--target-version 15"),
        ("createrole", case("createrole-ldap-sync.sql"), "--target-version 16"),
    ] {
        let done = with(convert(text), options).done();
        writeln!(all, "{what} {options}\n{}", done.stderr).unwrap();
    }
    assert_snapshot!(all);
}

/// A membership is there before sessions begin as its role.
#[test]
fn memberships_come_before_session_roles() {
    assert_snapshot!(run("set-role-owner.sql").with("--target-version 16").done().body());
}

#[test]
fn refusals_name_what_it_is_and_the_way_out() {
    let mut all = String::new();
    for text in [
        "ALTER ROLE :\"PGUSER\" SET a.b = 1;\nCREATE USER :NAME PASSWORD :'PW';\n",
        "\\if :is_prod\nCREATE ROLE a;\n\\endif\n",
        "DO $$ BEGIN CREATE ROLE a; END $$;\n",
        "CREATE ROLE {{ app_user }} LOGIN;\n",
        "CREATE ROLE a;\nALTER ROLE a WITH NOSUPERUSER LOGIN NOBYPASSRLS\nCREATE ROLE b;\n",
        "CREATE ROLE IF NOT EXISTS app LOGIN;\n",
        "CREATE ROLE a;\nALTER ROLE a PROFILE acme;\n",
        "CREATE ROLE a;\nALTER ROLE a ACCOUNT LOCK;\n",
    ] {
        writeln!(all, "{text}{}", convert(text).fails()).unwrap();
    }
    writeln!(all, "{}", run("two-single-servers.sql").fails()).unwrap();
    let refused = run("pg_authid-refused.sql").with("--accept-truncated");
    writeln!(all, "{}", refused.fails()).unwrap();
    assert_snapshot!(all);
}
