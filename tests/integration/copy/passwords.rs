//! Passwords, where the source or the target does not show its own.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use insta::assert_snapshot;

use super::{assert_settled, changes, command, copy, findings, numbers, report};
use crate::support::catalog::Catalog;
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::globals;
use crate::support::{platforms, verifier};

/// As the master user of Aurora, to whom `pg_authid` is closed.
fn servers() -> (Cluster, Cluster, String, String) {
    let source = platforms::aurora_like(15);
    globals::customer(&source);
    let target = platforms::azure_like(16);
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    (source, target, from, to)
}

fn verifiers(target: &Cluster) -> BTreeMap<String, String> {
    let roles = Catalog::of(target).roles.into_iter();
    roles.filter_map(|(name, role)| Some((name, role.password?))).collect()
}

/// Each login role is named that arrives without a password.
#[test]
fn a_closed_source() {
    let (_source, target, from, to) = servers();
    let report = copy(&from, &to, &[]);
    assert_snapshot!(findings(&report, &["no-password"]), @"
    error no-password kept role Jane Doe: its password is not known
    error no-password kept role bi_tool: its password is not known
    error no-password kept role billing_app: its password is not known
    error no-password kept role cdc: its password is not known
    error no-password kept role contractor: its password is not known
    error no-password kept role dba_bob: its password is not known
    error no-password kept role legacy_erp: its password is not known
    error no-password kept role postgres: its password is not known
    error no-password kept role rds_master: its password is not known
    error no-password kept role shop_app: its password is not known
    error no-password kept role shop_worker: its password is not known
    ");
    assert!(!changes(&report).contains("password"));
    assert_eq!(verifiers(&target).into_keys().collect::<Vec<_>>(), ["azadmin"]);
    assert_settled(&from, &to, &[]);

    // What is on the target by now is not touched.
    target.sql("azadmin", "postgres", "ALTER ROLE shop_app PASSWORD 'by hand'");
    for more in [&[][..], &["--existing", "replace"], &["--passwords", "resend"]] {
        assert_settled(&from, &to, more);
    }
    target.login("shop_app", "by hand").unwrap();
}

/// New passwords: in a file that only its owner reads, complete before anything is final.
#[test]
fn generated() {
    let (_source, target, from, to) = servers();
    let generate = ["--passwords", "generate", "--password-file", "new.txt"];
    let run = command(&from, &to, &generate).with("--format json").done();
    let file = run.file("new.txt");
    let mode = fs::metadata(run.run.path("new.txt")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let passwords: BTreeMap<_, _> = file
        .split_terminator('\n')
        .map(|line| {
            let mut parts = line.split('"');
            let role = parts.nth(1).unwrap();
            (role.to_owned(), parts.nth(1).unwrap().to_owned())
        })
        .collect();
    // Who logs in with a token gets none.
    assert_snapshot!(passwords.keys().cloned().collect::<Vec<_>>().join(", "), @"Jane Doe, bi_tool, billing_app, cdc, contractor, dba_bob, legacy_erp, postgres, rds_master, shop_app, shop_worker");
    for (role, password) in &passwords {
        let tried = target.login(role, password);
        assert_eq!(tried.is_ok(), role != "contractor", "{role}: {tried:?}");
        assert!(!run.stdout.contains(password) && !run.stderr.contains(password));
    }
    assert!(!target.log().contains("PASSWORD"));

    // They are used again, and nothing is sent.
    let stored = verifiers(&target);
    let again = run.again();
    let report: serde_json::Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!((&report["sent"], &report["remaining"]), (&0.into(), &0.into()), "{report:#}");
    assert_eq!(again.file("new.txt"), file);
    assert_eq!(verifiers(&target), stored);

    // What people log in with by now stays; who has none by now gets it.
    target.sql(
        "azadmin",
        "postgres",
        "ALTER ROLE shop_app PASSWORD 'by hand'; ALTER ROLE bi_tool PASSWORD NULL",
    );
    again.again();
    target.login("shop_app", "by hand").unwrap();
    target.login("bi_tool", &passwords["bi_tool"]).unwrap();
}

/// A dry run, or one that fails, makes no passwords.
#[test]
fn none_are_kept_of_what_was_not_done() {
    let (_source, target, from, to) = servers();
    let generate = ["--passwords", "generate", "--password-file", "new.txt"];
    let dry = command(&from, &to, &[&generate[..], &["--dry-run"]].concat()).done();
    assert_eq!(dry.run.names(), Vec::<String>::new());

    // A role of somebody else is in the way.
    target.sql("azuresu", "postgres", "CREATE ROLE shop_read");
    let refused = command(&from, &to, &generate).status(2);
    assert_eq!(refused.run.names(), Vec::<String>::new());
    assert!(!verifiers(&target).contains_key("shop_app"));
}

/// From elsewhere: verifiers of either kind and plaintext, which arrives as a verifier.
#[test]
fn from_a_userlist() {
    let (_source, target, from, to) = servers();
    let list = format!(
        "\"shop_app\" \"{}\"\n\"legacy_erp\" \"{}\"\n\"Jane Doe\" \"plain text\"\n\"nobody\" \"x\"\n",
        verifier::scram("shop_app", "one", 4096),
        verifier::md5("legacy_erp", "two"),
    );
    let run =
        || command(&from, &to, &["--passwords-from", "userlist.txt"]).secret("userlist.txt", &list);
    let first = report(run());
    let rules = ["passwords-from", "unused-password", "no-password", "plaintext-password"];
    assert_snapshot!(findings(&first, &rules), @"
    info passwords-from rewritten role Jane Doe: a plaintext password: its SCRAM-SHA-256 verifier is computed here
    info passwords-from rewritten role legacy_erp: an md5 verifier
    info passwords-from rewritten role shop_app: a SCRAM-SHA-256 verifier
    error no-password kept role bi_tool: its password is not known
    error no-password kept role billing_app: its password is not known
    error no-password kept role cdc: its password is not known
    error no-password kept role contractor: its password is not known
    error no-password kept role dba_bob: its password is not known
    error no-password kept role postgres: its password is not known
    error no-password kept role rds_master: its password is not known
    error no-password kept role shop_worker: its password is not known
    ");
    for (role, password) in [("shop_app", "one"), ("legacy_erp", "two"), ("Jane Doe", "plain text")]
    {
        target.login(role, password).unwrap();
    }
    assert!(verifiers(&target)["Jane Doe"].starts_with("SCRAM-SHA-256$"));
    let second = report(run());
    assert_eq!((&second["sent"], &second["remaining"]), (&0.into(), &0.into()), "{second:#}");
}

#[test]
fn omitted() {
    let source = platforms::aurora_like(15);
    globals::customer(&source);
    let target = platforms::azure_like(16);
    let from = source.connection_string("rdsadmin", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let omit = ["--passwords", "omit"];
    copy(&from, &to, &omit);
    assert_eq!(verifiers(&target).into_keys().collect::<Vec<_>>(), ["azadmin"]);
    target.sql("azadmin", "postgres", "ALTER ROLE shop_app PASSWORD 'by hand'");
    for more in [&omit[..], &["--passwords", "omit", "--existing", "replace"]] {
        assert_settled(&from, &to, more);
    }
    target.login("shop_app", "by hand").unwrap();
}

/// Where the target does not show its verifiers they are sent once, and again when asked for.
#[test]
fn resent_to_a_closed_target() {
    let source = platforms::aurora_like(15);
    let made = globals::customer(&source);
    let target = platforms::azure_like(16);
    target.sql("azuresu", "postgres", "REVOKE pg_read_all_data FROM azure_pg_admin");
    let from = source.connection_string("rdsadmin", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    copy(&from, &to, &[]);
    target.sql("azadmin", "postgres", "ALTER ROLE shop_app PASSWORD 'by hand'");
    let report = assert_settled(&from, &to, &[]);
    assert_snapshot!(numbers(&report), @"sent 0, remaining 0, extra 0, deferred 2, withheld 0, refused 0, unverifiable 10");
    target.login("shop_app", "by hand").unwrap();

    let resend = ["--passwords", "resend", "--only", "shop_app"];
    let report = copy(&from, &to, &resend);
    assert_snapshot!(changes(&report), @"set the password of shop_app, which the target does not show");
    assert_snapshot!(numbers(&report), @"sent 1, remaining 0, extra 0, deferred 1, withheld 0, refused 0, unverifiable 0");
    for login in made.logins {
        let tried = target.login(login.role, login.password.unwrap_or("x"));
        assert_eq!(tried.is_ok(), login.let_in, "{login:?}: {tried:?}");
    }
}

/// Neither side shows a verifier, and the roles are there by now: new passwords all the same, when asked for.
#[test]
fn a_closed_source_and_a_closed_target() {
    let (_source, target, from, to) = servers();
    target.sql("azuresu", "postgres", "REVOKE pg_read_all_data FROM azure_pg_admin");
    copy(&from, &to, &[]);
    let rules = ["no-password", "unseen-password", "kept-password", "generated-password"];
    let only = ["--only", "shop_app", "--only", "bi_tool"];
    let generate = ["--passwords", "generate", "--password-file", "new.txt"];
    let generate = [&generate[..], &only].concat();
    let nothing = assert_settled(&from, &to, &generate);
    assert_snapshot!(findings(&nothing, &rules), @"
    error unseen-password kept role bi_tool: its password is not known, and the target does not show whether it has one there
    error unseen-password kept role shop_app: its password is not known, and the target does not show whether it has one there
    ");
    assert!(verifiers(&target).keys().eq(["azadmin"]));

    let resend = ["--passwords", "generate,resend", "--password-file", "new.txt"];
    let resend = [&resend[..], &only].concat();
    let run = command(&from, &to, &resend).with("--format json").done();
    let sent: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_snapshot!(changes(&sent), @"
    set the password of bi_tool, which the target does not show
    set the password of shop_app, which the target does not show
    ");
    assert_snapshot!(findings(&sent, &rules), @"
    warning generated-password rewritten role bi_tool: a new password was made
    warning generated-password rewritten role shop_app: a new password was made
    ");
    let file = run.file("new.txt");
    let password = |role: &str| {
        let line = file.split('\n').find(|line| line.starts_with(&format!("\"{role}\""))).unwrap();
        line.split('"').nth(3).unwrap().to_owned()
    };
    for role in ["shop_app", "bi_tool"] {
        target.login(role, &password(role)).unwrap();
    }
    assert_eq!(file.split_terminator('\n').count(), 2);

    // The file says that they have been sent; what they are now, nobody knows.
    target.sql("azadmin", "postgres", "ALTER ROLE shop_app PASSWORD 'by hand'");
    let list = file.clone();
    let again = report(command(&from, &to, &generate).secret("new.txt", &list));
    assert_snapshot!(findings(&again, &rules), @"
    info kept-password kept role bi_tool: the target does not show whether it still has the one of the password file
    info kept-password kept role shop_app: the target does not show whether it still has the one of the password file
    ");
    assert_eq!(again["sent"], 0, "{again:#}");
    target.login("shop_app", "by hand").unwrap();
    let again = report(command(&from, &to, &resend).secret("new.txt", &list));
    assert_eq!(again["sent"], 2, "{again:#}");
    target.login("shop_app", &password("shop_app")).unwrap();
}

/// Where nothing is sent to roles that exist, no password is made for them either.
#[test]
fn none_are_made_for_roles_that_are_left_as_they_are() {
    let target = Cluster::start(18);
    target.sql("postgres", "postgres", "CREATE ROLE one LOGIN PASSWORD 'old'");
    let to = target.connection_string("postgres", "postgres");
    let more =
        ["--existing", "skip", "--passwords", "generate,resend", "--password-file", "new.txt"];
    let run = command("in.sql", &to, &more)
        .file("in.sql", "CREATE ROLE one LOGIN;\nCREATE ROLE two LOGIN;\n");
    let file = run.done().file("new.txt");
    assert!(file.starts_with("\"two\" ") && file.split_terminator('\n').count() == 1, "{file}");
}

/// Whether a role that was there has a password, a closed target does not show: nobody says that it has.
#[test]
fn a_closed_target_hides_whether_there_is_one() {
    let (source, target) = (Cluster::start(16), platforms::azure_like(16));
    target.sql("azuresu", "postgres", "REVOKE pg_read_all_data FROM azure_pg_admin");
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE has LOGIN PASSWORD 'x'; CREATE ROLE lacks LOGIN PASSWORD 'y';
         CREATE ROLE idle PASSWORD 'z'; CREATE ROLE kind LOGIN PASSWORD 'x'",
    );
    target.sql(
        "azadmin",
        "postgres",
        "CREATE ROLE has LOGIN PASSWORD 'x'; CREATE ROLE lacks LOGIN; CREATE ROLE idle;
         CREATE ROLE kind LOGIN PASSWORD 'x'",
    );
    // Azure tells the kind of a verifier.
    target.sql(
        "azuresu",
        "postgres",
        "SET allow_system_table_mods = on;
         CREATE FUNCTION pg_catalog.azure_roles_authtype(OUT rolename name, OUT authtype text)
         RETURNS SETOF record LANGUAGE sql AS $$ VALUES ('kind'::name, 'SCRAM-256') $$",
    );
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let report = assert_settled(&from, &to, &["--exclude", "postgres"]);
    let rules = ["unverifiable", "hidden-password", "no-password", "unseen-password"];
    assert_snapshot!(findings(&report, &rules), @"
    warning hidden-password kept role has: nothing shows whether it has a password on the target
    warning unverifiable kept role idle: it has a password on the source, and does not log in
    warning unverifiable kept role kind: it has a password there, of kind scram-256
    warning hidden-password kept role lacks: nothing shows whether it has a password on the target
    ");
    assert_snapshot!(numbers(&report), @"sent 0, remaining 0, extra 0, deferred 0, withheld 0, refused 0, unverifiable 4");
    target.login("lacks", "y").unwrap_err();

    // So where the source does not show its own.
    let closed = platforms::aurora_like(15);
    closed.sql("postgres", "postgres", "CREATE ROLE lacks LOGIN PASSWORD 'y'");
    let hidden = closed.connection_string("postgres", "postgres");
    let report = assert_settled(&hidden, &to, &["--only", "lacks"]);
    assert_snapshot!(findings(&report, &rules), @"error unseen-password kept role lacks: its password is not known, and the target does not show whether it has one there");

    copy(&from, &to, &["--exclude", "postgres", "--passwords", "resend"]);
    target.login("lacks", "y").unwrap();
}

/// Who had an md5 verifier has got a new password on the target, as the finding says: it stays.
#[test]
fn md5_takes_no_better_ones_place() {
    let (source, target) = (Cluster::start(16), platforms::azure_like(17));
    let old = |role| verifier::md5(role, "old");
    let made = ["app", "idle", "other"].map(|role| {
        format!("CREATE ROLE {role} LOGIN PASSWORD '{}' CONNECTION LIMIT 3", old(role))
    });
    source.sql("postgres", "postgres", &made.join("; "));
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let chosen = ["--exclude", "postgres"];
    let with = |more: &[&'static str]| [&chosen, more].concat();
    let first = copy(&from, &to, &chosen);
    let rules = ["md5-verifier", "weaker-verifier"];
    assert_snapshot!(findings(&first, &rules), @"
    warning md5-verifier kept role app: the role can log in only while azure.accepted_password_auth_method lists md5
    warning md5-verifier kept role idle: the role can log in only while azure.accepted_password_auth_method lists md5
    warning md5-verifier kept role other: the role can log in only while azure.accepted_password_auth_method lists md5
    ");
    // One md5 verifier for another is an ordinary change.
    target.sql(
        "azadmin",
        "postgres",
        &format!(
            "ALTER ROLE app PASSWORD 'new' CONNECTION LIMIT 4; ALTER ROLE idle PASSWORD '{}'",
            verifier::md5("idle", "another")
        ),
    );
    let second = copy(&from, &to, &chosen);
    assert_snapshot!(changes(&second), @"
    alter role app: connection limit 3, was 4
    replace the password of idle
    ");
    assert_snapshot!(findings(&second, &rules), @"
    warning md5-verifier kept role idle: the role can log in only while azure.accepted_password_auth_method lists md5
    warning md5-verifier kept role other: the role can log in only while azure.accepted_password_auth_method lists md5
    warning weaker-verifier dropped role app: its password on the target, a SCRAM-SHA-256 verifier, stays
    ");
    assert_snapshot!(numbers(&second), @"sent 2, remaining 0, extra 0, deferred 0, withheld 1, refused 0, unverifiable 0");
    for more in [&[][..], &["--existing", "replace"], &["--allow-freeze"]] {
        assert_eq!(assert_settled(&from, &to, &with(more))["withheld"], 1);
    }
    target.login("app", "new").unwrap();

    // So where the verifier comes from a file.
    let dump = "CREATE ROLE app LOGIN CONNECTION LIMIT 3;\n";
    let list = format!("\"app\" \"{}\"\n", old("app"));
    let run = command("dump.sql", &to, &["--passwords-from", "list"]);
    let report_of_list = report(run.file("dump.sql", dump).secret("list", &list));
    assert_eq!((&report_of_list["sent"], &report_of_list["withheld"]), (&0.into(), &1.into()));

    // diff says what copy says.
    let diff = |more: &[&str]| {
        let arguments = ["diff", &from, &to, "--reader", "catalog"];
        Run::new([&arguments, &chosen[..], more].concat())
    };
    let shown = diff(&["--as", "azure"]).done().stdout;
    let says = "role app: its password on the target, a SCRAM-SHA-256 verifier, stays";
    assert!(shown.contains(says) && shown.contains("1 change that copy would not make"), "{shown}");
    assert!(!shown.contains("role app: the role can log in only"), "{shown}");
    let shown = diff(&["--as", "azure", "--ignore", "passwords"]).done().stdout;
    assert!(!shown.contains("its password"), "{shown}");
    let sql = ["--format", "sql", "--show-passwords"];
    let shown = diff(&sql).done_or_different().stdout;
    assert!(shown.contains(&format!("-- not in it: {says}\n")), "{shown}");
    assert!(!shown.contains("PASSWORD"), "{shown}");
    let shown = diff(&[&sql[..], &["--ignore", "passwords"]].concat()).done_or_different().stdout;
    assert!(!shown.contains("its password"), "{shown}");

    let resent = copy(&from, &to, &with(&["--passwords", "resend"]));
    assert_snapshot!(changes(&resent), @"replace the password of app");
    assert_eq!(verifiers(&target)["app"], old("app"));
    assert_settled(&from, &to, &with(&["--passwords", "resend"]));
}
