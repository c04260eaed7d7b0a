//! Law 6: passwords and verifiers stand in the script, and nowhere else.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use pg_globals::globals::Password;
use pg_globals::globals::script::Shape;
use pg_globals::script::{Title, render as render_script};
use pg_globals::version::Major;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::command::Run;
use crate::support::{generate, seeds};

/// A secret as it stands in a literal, and as it is shown where it leaks.
fn literal(secret: &str) -> String {
    format!("'{}'", secret.replace('\'', "''"))
}

/// Fails when a text has a secret in it, or a half of one that has two.
fn assert_hidden(text: &str, secrets: &[String]) -> Result<(), TestCaseError> {
    for secret in secrets {
        for part in secret.split(['\'', '"', '\\', '$', ':']).filter(|part| part.len() > 6) {
            if !part.starts_with("SCRAM-SHA-256") {
                prop_assert!(!text.contains(part), "{} in\n{}", part, text);
            }
        }
    }
    Ok(())
}

#[test]
fn a_report_has_no_secret() {
    let directory = tempfile::tempdir().unwrap();
    let report = directory.path().join("report");
    let script = directory.path().join("script");
    let argument = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    proptest!(config(48), |(globals in generate::globals(), json: bool, target in 15_u32..19)| {
        let secrets: Vec<_> = globals.roles.values().filter_map(|role| match &role.password {
            Password::Is(secret) => Some(secret.value.expose().to_owned()),
            _ => None,
        }).collect();
        let title = Title { source: "x", platform: "x", granted: &[] };
        let shape = Shape { major: Major::new(target), if_not_exists: false, admin: None, once: None };
        let mut dump = render_script(&globals, title, shape);
        // As backups of earlier states stand in dumps that were edited by hand.
        for secret in &secrets {
            write!(dump, "-- ALTER ROLE x PASSWORD {}\n/* {secret} */\n", literal(secret)).unwrap();
        }
        let target = target.to_string();
        let format = if json { "json" } else { "text" };
        let printed = Run::new(["convert", "-", "--target-version", &target, "--format", format])
            .arg("--report").arg(argument(&report)).arg("-o").arg(argument(&script))
            .stdin(dump.as_str()).done();
        prop_assert_eq!(&printed.stdout, "");
        assert_hidden(&printed.stderr, &secrets)?;
        assert_hidden(&fs::read_to_string(&report).unwrap(), &secrets)?;
        prop_assert_eq!(fs::metadata(&script).unwrap().permissions().mode() & 0o777, 0o600);
        // What is a verifier arrives; a password does not, but its verifier.
        let script = fs::read_to_string(&script).unwrap();
        for role in globals.roles.values() {
            if let Password::Is(secret) = &role.password
                && secret.value.kind() == pg_globals::secret::VerifierKind::Plaintext
            {
                prop_assert!(!script.contains(&literal(secret.value.expose())));
            }
        }
    });
}

#[test]
fn a_mistake_shows_no_secret() {
    // Each breaks the statement, or the dump, near a password.
    let broken = vec![
        "ALTER ROLE a PASSWORD {literal} FROB;",
        "ALTER ROLE a FROB PASSWORD {literal};",
        "ALTER ROLE a PASSWORD {literal} PASSWORD {literal};",
        "ALTER ROLE a ENCRYPTED PASSWORD {literal} VALID UNTIL '1.2.2030';",
        "ALTER ROLE a\n  PASSWORD\n  {literal} FROB;",
        "ALTER ROLE a PASSWORD /* x */ {literal} FROB;",
        "ALTER ROLE a PASSWORD -- x\n {literal} FROB;",
        "ALTER ROLE a PASSWORD {literal}\n {literal} FROB;",
        "ALTER ROLE a PASSWORD E{literal} FROB;",
        "ALTER ROLE a PASSWORD $${secret}$$ FROB;",
        "ALTER ROLE a PASSWORD $x${secret}$x$ FROB;",
        "ALTER ROLE a PASSWORD {literal",
        "ALTER ROLE a PASSWORD {secret};",
        "ALTER ROLE a PASSWORD \"{secret}\";",
        "ALTER ROLE a PASSWORD = {literal};",
        "ALTER ROLE a PASWORD {literal};",
        "CREATE USER a IDENTIFIED BY {literal};",
        "CREATE ROLE a PASSWORD {literal} LOGIN; CREATE ROLE a PASSWORD {literal};",
        "ALTER ROLE a PASSWORD {literal}\nCREATE ROLE b;",
        "DO $$ BEGIN EXECUTE 'ALTER ROLE a PASSWORD '{literal}''; END $$;",
        "DO 'BEGIN ALTER ROLE a PASSWORD '{literal}'; END';",
        "SELECT set_password('a',{literal});",
        "\\password {literal}",
        "UPDATE pg_authid SET rolpassword = {literal};",
        "FROB; -- ALTER ROLE a PASSWORD {literal}",
        "CREATE ROLE a PASSWORD {literal} /* ",
    ];
    let options = vec![None, Some("--drop-unknown"), Some("--accept-truncated")];
    proptest!(config(128), |(
        secret in generate::secret(), broken in select(broken), option in select(options)
    )| {
        // E'' and names read a backslash and a quote in their own way.
        let secret = secret.replace(['\\', '"'], "");
        let literal = literal(&secret);
        let statement = broken.replace("{literal}", &literal).replace("{secret}", &secret);
        let statement = statement.replace("{literal", &literal[..literal.len() - 1]);
        let mut run = Run::new(["convert", "-"]);
        if let Some(option) = option {
            run = run.arg(option);
        }
        // Some of these are listed as dropped with --drop-unknown, and some are no mistake then.
        let printed = run.stdin(format!("CREATE ROLE x;\n{statement}\n")).done_or_refused();
        assert_hidden(&printed.stderr, &[secret])?;
    });
}

#[test]
fn passwords_from_elsewhere_stay_there() {
    let directory = tempfile::tempdir().unwrap();
    let list = directory.path().join("userlist.txt");
    let broken = vec![
        "\"a\" \"{}\"\n",
        "\"a\" \"{}\n",
        "\"a\" {}\n",
        "\"a\" \"{}\"\n\"a\" \"{}\"\n",
        "\"ghost\" \"{}\"\n",
        "ALTER ROLE a PASSWORD '{}' FROB;",
        "ALTER ROLE a PASSWORD '{}';\nFROB;",
    ];
    proptest!(config(48), |(secret in generate::secret(), text in select(broken))| {
        let secret = secret.replace(['\\', '"', '\''], "");
        fs::write(&list, text.replace("{}", &secret)).unwrap();
        let run = Run::new(["convert", "-", "--passwords-from", list.to_str().unwrap()]);
        let printed = run.stdin("CREATE ROLE a LOGIN;").done_or_refused();
        assert_hidden(&printed.stderr, &[secret])?;
    });
}

/// Connection strings as other drivers have them, and misspelt ones; `{}` is the password.
const STRINGS: [&str; 40] = [
    "jdbc:postgresql://h.invalid:5432/db?user=me&password={}",
    "jdbc:postgresql://h.invalid/db?password={}&sslmode=require",
    "JDBC:POSTGRESQL://me:{}@h.invalid/db",
    "Server=h.invalid;Port=5432;Database=db;User Id=me;Password={};",
    "server = h.invalid ; uid = me ; pwd = {} ;",
    "Host=h.invalid;Username=me;Pwd={}",
    "host=h.invalid;password={};user=me",
    "HOST=h.invalid USER=me PASSWORD={}",
    "Data Source=h.invalid;User Id=me;Password='{}'",
    "Driver={PostgreSQL Unicode};Server=h.invalid;Uid=me;Pwd={};",
    "DSN=pg;UID=me;PWD={}",
    "me:{}@h.invalid/db",
    "me:{}@h.invalid:5432/db",
    "me:{}@tcp(h.invalid:5432)/db",
    "me/{}@h.invalid",
    "postgres://me@corp.com:{}@h.invalid",
    "postgresql://me@corp.com:{}@h.invalid:5432/db",
    "postgres://me@h.invalid:{}/db",
    "postgres://me:{}/db",
    "postgres:///me:{}@h.invalid/db",
    "postgres://h.invalid/me:{}@db",
    "postgres:/me:{}@h.invalid/db",
    "postgres//me:{}@h.invalid/db",
    "Postgres://me:{}@h.invalid/db",
    "postgresql+psycopg2://me:{}@h.invalid/db",
    "postgresql+asyncpg://me:{}@h.invalid/db?ssl=require",
    "pgsql://me:{}@h.invalid/db",
    "postgres://h.invalid/db?user=me&pwd={}",
    "postgres://h.invalid/db?password=x&{}=y",
    "postgres%3A%2F%2Fme%3A{}%40h.invalid%2Fdb",
    "\"postgres://me:{}@h.invalid/db\"",
    "DATABASE_URL=postgres://me:{}@h.invalid/db",
    "PGPASSWORD={}",
    "{\"host\": \"h.invalid\", \"password\": \"{}\"}",
    "h.invalid:5432:db:me:{}",
    "host=h.invalid user=me pasword={}",
    "host=h.invalid user=me password=x {}",
    "host=h.invalid user=me token:{}",
    "host=h.invalid port={} user=me",
    "dbname=postgres://me:{}@h.invalid/db host=/nowhere",
];

/// Where an argument stands that is echoed.
const PLACES: [&str; 11] = [
    "convert {}",
    "convert in.sql -p {}",
    "convert in.sql -o{}",
    "convert in.sql --report={}",
    "convert in.sql --passwords-from {}",
    "copy {} host=/nowhere --yes",
    "copy in.sql {} --yes",
    "diff in.sql {}",
    "check {} {}",
    "{} in.sql",
    "convert in.sql more {}",
];

#[test]
fn a_connection_string_that_is_none_shows_no_password() {
    // Of these, none stands in any string but as the password.
    let secret = "[a-zA-Z0-9]{4}zQ7[a-zA-Z0-9!#%?&/+:=@;,.~^*()_ -]{0,12}x9";
    proptest!(config(600), |(
        secret in secret, string in select(STRINGS.to_vec()), place in select(PLACES.to_vec())
    )| {
        // A password of a port or a word is one word.
        let plain: String = secret.chars().filter(char::is_ascii_alphanumeric).collect();
        let is_odd = string.contains("port={}") || string.contains("password=x ")
            || string.contains("&{}=") || string.contains("%3A");
        let secret = if is_odd { plain } else { secret };
        // What stands behind an "@" is the host, if it can be one.
        let is_host = string == "postgres://me:{}/db";
        let secret = if is_host { secret.replace('@', "") } else { secret };
        let string = string.replace("{}", &secret);
        let arguments = place.split(' ').map(|it| it.replace("{}", &string));
        let run = Run::new(arguments).file("in.sql", "CREATE ROLE a;\n");
        let printed = run.status_of(&[0, 1, 2]);
        for text in [&printed.stdout, &printed.stderr] {
            // The beginning and the end, by which a part of it would show.
            let parts = [&secret[..7], &secret[secret.len() - 4..]];
            for part in parts {
                prop_assert!(!text.contains(part), "{} of {} in\n{}", part, string, text);
            }
        }
    });
}

/// Each case runs the program, so there are fewer than usual.
fn config(cases: u32) -> ProptestConfig {
    seeds::fixed(cases)
}
