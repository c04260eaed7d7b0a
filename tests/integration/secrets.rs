//! Law 6: passwords and verifiers stand in the script, and nowhere else.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use pg_globals::globals::Password;
use pg_globals::globals::script::Shape;
use pg_globals::report::{Title, render_script};
use pg_globals::version::Major;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::command::Run;
use crate::support::generate;

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
        let title = Title { source: "x", platform: "x" };
        let shape = Shape { major: Major::new(target), if_not_exists: false };
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

/// Each case runs the program, so there are fewer than usual, unless the environment says how many.
fn config(cases: u32) -> ProptestConfig {
    let usual = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    ProptestConfig { cases: if asked { usual.cases } else { cases }, ..usual }
}
