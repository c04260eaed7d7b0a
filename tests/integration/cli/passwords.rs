//! Passwords: kept, left out, made anew, or taken from elsewhere. Logging in with them is tested on
//! real servers.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use insta::assert_snapshot;

use crate::support::command::{Done, convert};

const SCRAM: &str = "SCRAM-SHA-256$4096:y38EXwrFnEclxthcXl6XvA==$BNdgrFpEvWcDHA8uBBGxYPWbR5kjETB0B8HfcPP/In8=:Yh8CCjpZyy4XcGQyFpM0fasqGwsLrHiACipwD4xxRWE=";
const MD5: &str = "md5f3434e46f2c51773304917bda4780e5d";

/// As an administrator who may not read `pg_authid` dumps: nobody has a password.
const WITHOUT: &str = "CREATE ROLE a LOGIN;\nCREATE ROLE \"b \"\"c\" LOGIN;\nCREATE ROLE team;\n";

/// The passwords of a script, by role, with what is random in verifiers taken out.
fn passwords(done: &Done) -> String {
    let body = done.body();
    let lines = body.split('\n').filter(|line| line.contains(" WITH PASSWORD "));
    let lines = lines.map(|line| match line.split_once("SCRAM-SHA-256$4096:") {
        Some((start, rest)) if !line.contains(SCRAM) => {
            let shape: String =
                rest.chars().map(|c| if "$:=';".contains(c) { c } else { '.' }).collect();
            assert_eq!(shape.len(), 24 + 1 + 44 + 1 + 44 + 2, "{line}");
            format!("{start}[a verifier]';")
        }
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn kept() {
    let dump =
        format!("CREATE ROLE a LOGIN PASSWORD '{SCRAM}';\nCREATE ROLE b LOGIN PASSWORD NULL;\n");
    let done = convert(&dump).done();
    assert_snapshot!(passwords(&done), @"");
    assert_snapshot!(done.stderr, @"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 2 roles, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    2 statements read: 2 kept, 0 rewritten, 0 dropped

    info: no-password: login roles arrive without a password
      line 2, role b: it has no password on the source either
    ");
    assert_eq!(convert(&dump).with("--passwords keep").done().stdout, done.stdout);
}

#[test]
fn omitted() {
    let dump =
        format!("CREATE ROLE a LOGIN PASSWORD '{SCRAM}';\nCREATE ROLE b LOGIN PASSWORD NULL;\n");
    let done = convert(dump).with("--passwords omit").done();
    assert_snapshot!(done.body(), @"
    -- Roles

    CREATE ROLE a WITH LOGIN;
    CREATE ROLE b WITH LOGIN;
    ");
    assert_snapshot!(done.stderr, @"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 2 roles, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    2 statements read: 1 kept, 1 rewritten, 0 dropped

    warning: omitted-password: passwords are left out by --passwords omit
      line 1, role a: arrives without its password
      = set new ones on the target
    ");
}

#[test]
fn missing() {
    let done = convert(WITHOUT).done();
    assert_snapshot!(done.stderr, @r#"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 3 roles, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    3 statements read: 3 kept, 0 rewritten, 0 dropped

    error: no-password (2): login roles arrive without a password
      line 1, role a: its password is not known
      line 2, role "b ""c": its password is not known
      = give theirs with --passwords-from, new ones with --passwords generate, or read the source as a role that may read pg_authid
    "#);
}

/// Plaintext and broken verifiers: the server must not take either as it stands.
#[test]
fn neither_plaintext_nor_broken() {
    let dump = "CREATE ROLE a LOGIN PASSWORD 'geheim';\n\
                CREATE ROLE b LOGIN PASSWORD 'SCRAM-SHA-256$4096:xx$yy:zz';\n\
                CREATE ROLE c LOGIN PASSWORD 'md5short';\n";
    let done = convert(dump).done();
    assert_snapshot!(passwords(&done), @"");
    assert_snapshot!(done.stderr, @"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 3 roles, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    3 statements read: 0 kept, 3 rewritten, 0 dropped

    error: malformed-verifier: the password looks like a verifier and is none: the server would take the text itself for the password
      line 2, role b: its verifier is malformed and left out
      = give the right one with --passwords-from, or a new password with --passwords generate

    warning: plaintext-password (2): the source has the password as plaintext
      line 1, role a: its plaintext password becomes a verifier
      line 3, role c: its plaintext password becomes a verifier
      = keep the source, and dumps of it, as safe as the password itself; set a new one in the end
    ");
    assert!(!done.stdout.contains("geheim"));
}

#[test]
fn generated() {
    let run = convert(WITHOUT).with("--passwords generate --password-file new.txt");
    let done = run.done();
    assert_snapshot!(passwords(&done), @r"");
    assert_snapshot!(done.stderr, @r#"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 3 roles, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    3 statements read: 3 kept, 0 rewritten, 0 dropped

    warning: generated-password (2): the old password could not be read: a new one was made
      line 1, role a: a new password was made
      line 2, role "b ""c": a new password was made
      = hand the new passwords out; they are in the password file
    "#);
    let path = done.run.path("new.txt");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let file = done.file("new.txt");
    let secrets: Vec<_> = file.split('"').filter(|part| part.len() >= 16).collect();
    assert_eq!(secrets.len(), 2, "{file}");
    for secret in &secrets {
        assert!(secret.bytes().all(|b| b.is_ascii_alphanumeric()), "{secret}");
        assert!(!done.stdout.contains(secret) && !done.stderr.contains(secret));
    }
    let shape = secrets.iter().fold(file.clone(), |file, secret| file.replace(secret, "[secret]"));
    assert_snapshot!(shape, @r#"
    "a" "[secret]"
    "b ""c" "[secret]"
    "#);

    // The second run uses them again, and adds what is missing.
    fs::write(done.run.path("in.sql"), format!("{WITHOUT}CREATE ROLE d LOGIN;\n")).unwrap();
    let again = done.again();
    let longer = again.file("new.txt");
    assert!(longer.starts_with(&file));
    assert_eq!(longer.matches('\n').count(), 3);
    assert_snapshot!(again.stderr, @r#"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 4 roles, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    4 statements read: 4 kept, 0 rewritten, 0 dropped

    warning: generated-password (3): the old password could not be read: a new one was made
      line 1, role a: its password is the one in the password file
      line 2, role "b ""c": its password is the one in the password file
      line 4, role d: a new password was made
      = hand the new passwords out; they are in the password file
    "#);
    let last = again.again();
    assert_eq!(last.file("new.txt"), longer);
}

/// Only roles whose password is not known get a new one.
#[test]
fn generated_only_where_unknown() {
    let dump =
        format!("CREATE ROLE a LOGIN PASSWORD '{SCRAM}';\nCREATE ROLE b LOGIN PASSWORD NULL;\n");
    let done = convert(dump).with("--passwords generate --password-file new.txt").done();
    assert_snapshot!(passwords(&done), @"");
    assert_eq!(done.run.names(), ["in.sql"]);
}

#[test]
fn names_with_newlines_come_back_from_the_password_file() {
    let run = convert("CREATE ROLE \"two\nlines\" LOGIN;\n");
    let done = run.with("--passwords generate --password-file new.txt").done();
    let file = done.file("new.txt");
    assert_eq!(done.again().file("new.txt"), file);
}

#[test]
fn from_a_userlist() {
    let list = format!(
        ";; pgbouncer\n\"a\" \"geheim\"\n\"b \"\"c\" \"{SCRAM}\" ignored\n\"d\" \"{MD5}\"\n\
         \"elsewhere\" \"geheim\"\n"
    );
    let dump = format!("{WITHOUT}CREATE ROLE d LOGIN;\nCREATE ROLE e LOGIN;\n");
    let done = convert(dump).secret("list", list).with("--passwords-from list").done();
    assert_snapshot!(passwords(&done), @r"");
    assert_snapshot!(done.stderr, @r#"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 5 roles, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    5 statements read: 5 kept, 0 rewritten, 0 dropped

    error: no-password: login roles arrive without a password
      line 5, role e: its password is not known
      = give theirs with --passwords-from, new ones with --passwords generate, or read the source as a role that may read pg_authid

    warning: md5-verifier: md5 verifiers are deprecated, and not every server accepts them
      role d: the role can log in only while azure.accepted_password_auth_method lists md5
      = set a new password, which the server stores as SCRAM-SHA-256

    info: passwords-from (3): passwords were taken from the file of --passwords-from
      line 1, role a: a plaintext password: its SCRAM-SHA-256 verifier is computed here
      line 2, role "b ""c": a SCRAM-SHA-256 verifier
      line 4, role d: an md5 verifier

    info: passwords-from-unused: passwords of the file of --passwords-from that were not needed
      role elsewhere: it is not among the roles here
    "#);
    assert!(!done.stdout.contains("geheim"));
}

#[test]
fn from_another_dump() {
    let other =
        format!("CREATE ROLE a LOGIN PASSWORD '{SCRAM}';\nCREATE ROLE stranger SUPERUSER;\n");
    let done =
        convert(WITHOUT).secret("other.sql", &other).with("--passwords-from other.sql").done();
    assert_snapshot!(passwords(&done), @"");
    assert_snapshot!(done.stderr, @r#"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 3 roles, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    3 statements read: 3 kept, 0 rewritten, 0 dropped

    error: no-password: login roles arrive without a password
      line 2, role "b ""c": its password is not known
      = give theirs with --passwords-from, new ones with --passwords generate, or read the source as a role that may read pg_authid

    info: passwords-from: passwords were taken from the file of --passwords-from
      line 1, role a: a SCRAM-SHA-256 verifier
    "#);
    let from_stdin = convert(WITHOUT).stdin(other).with("--passwords-from -").done();
    assert_eq!(from_stdin.stdout, done.stdout);
}

/// What the dump says comes first.
#[test]
fn the_dump_comes_first() {
    let dump = format!("CREATE ROLE a LOGIN PASSWORD '{SCRAM}';\n");
    let run = convert(dump).secret("list", "\"a\" \"geheim\"\n").with("--passwords-from list");
    let done = run.done();
    assert_snapshot!(passwords(&done), @"");
    assert_snapshot!(done.stderr, @"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 1 role, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    1 statement read: 1 kept, 0 rewritten, 0 dropped

    info: passwords-from-unused: passwords of the file of --passwords-from that were not needed
      line 1, role a: it has a password here already, which stays
    ");
}

/// As editors and PowerShell save files: with a byte order mark, and in UTF-16.
#[test]
fn files_beside_the_dump_can_have_marks_and_be_in_utf_16() {
    let utf_16 = |text: &str| -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
    };
    let list = "\"a\" \"secret\"\r\n\"b\" \"other\"\r\n";
    let dump =
        "CREATE ROLE a LOGIN PASSWORD 'secret';\r\nCREATE ROLE b LOGIN PASSWORD 'other';\r\n";
    for text in [list, dump] {
        for bytes in [format!("\u{feff}{text}").into_bytes(), utf_16(text)] {
            let done = convert("CREATE ROLE a LOGIN;\nCREATE ROLE b LOGIN;\n")
                .secret("list", bytes)
                .with("--passwords-from list")
                .done();
            assert_eq!(done.stdout.matches(" PASSWORD 'SCRAM-SHA-256$").count(), 2, "{done}");
        }
    }
    let platform = "name = \"ours\"\r\ntitle = \"our own\"\r\n[admin]\r\nsuperuser = true\r\n";
    let plain = convert("CREATE ROLE a;\n").file("p.toml", platform).with("-p p.toml").done();
    for bytes in [format!("\u{feff}{platform}").into_bytes(), utf_16(platform)] {
        let done = convert("CREATE ROLE a;\n").file("p.toml", bytes).with("-p p.toml").done();
        assert_eq!(done.stdout, plain.stdout);
    }
}
