//! What was approved is what is sent: the plan's fingerprint, and `--expect-plan`.

use std::fs;
use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;
use serde_json::Value;

use super::{command, copy};
use crate::support::catalog::Catalog;
use crate::support::cluster::Cluster;
use crate::support::command::Done;
use crate::support::{platforms, servers, verifier};

const SOURCE: &str = "
    CREATE ROLE app LOGIN CONNECTION LIMIT 5;
    CREATE ROLE reader;
    COMMENT ON ROLE app IS 'the shop';
    ALTER ROLE app SET work_mem = '64MB';
    GRANT reader TO app";

fn servers() -> (Cluster, Cluster, String, String) {
    let source = Cluster::start(16);
    source.sql("postgres", "postgres", SOURCE);
    let target = platforms::azure_like(16);
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    (source, target, from, to)
}

/// The line that a plan ends with.
fn fingerprint(run: &Done) -> String {
    let line = run.stdout.split('\n').find_map(|line| line.strip_prefix("fingerprint: "));
    line.unwrap_or_else(|| panic!("{run}")).to_owned()
}

fn of(report: &Value) -> String {
    report["fingerprint"].as_str().unwrap().to_owned()
}

const OPTIONS: [&str; 2] = ["--exclude", "postgres"];

#[test]
fn what_was_approved_is_sent_and_nothing_else() {
    let (source, target, from, to) = servers();
    let dry = command(&from, &to, &OPTIONS).with("--dry-run --report plan.json").done();
    let approved = fingerprint(&dry);
    let json = dry.file("plan.json");
    assert_eq!(of(&serde_json::from_str(&json).unwrap()), approved);
    let copy = |how: &str| {
        command(&from, &to, &OPTIONS).with(&format!("--expect-plan {how}")).file("plan.json", &json)
    };

    // Between the two somebody has changed a role, and another one's comment.
    source.sql(
        "postgres",
        "postgres",
        "ALTER ROLE app CONNECTION LIMIT 50; COMMENT ON ROLE app IS 'the shop''s'; CREATE ROLE late",
    );
    let before = Catalog::of(&target);
    let run = copy("plan.json").status(2);
    let today = fingerprint(&run);
    let shown = |text: &str| {
        let text = text.replace(&approved, "APPROVED").replace(&today, "TODAY");
        match text.split_once(", the approved") {
            // That of nothing to do.
            Some((before, after)) if !before.ends_with("TODAY") => {
                format!("{}NOTHING, the approved{after}", &before[..before.len() - 29])
            }
            _ => text,
        }
    };
    assert_snapshot!(shown(&run.stderr), @"
    --- plan.json, approved
    +++ the plan as it is now
    - CREATE ROLE app WITH LOGIN CONNECTION LIMIT 5
    + CREATE ROLE app WITH LOGIN CONNECTION LIMIT 50
    + CREATE ROLE late
    - COMMENT ON ROLE app IS 'the shop'
    + COMMENT ON ROLE app IS 'the shop''s'
    error: nothing was sent: this is not the approved plan: its fingerprint is TODAY, the approved one's is APPROVED
    ");
    let run = copy(&approved).status(2);
    assert_snapshot!(shown(&run.stderr), @"error: nothing was sent: this is not the approved plan: its fingerprint is TODAY, the approved one's is APPROVED; give --expect-plan the report that was approved (HTML or JSON) to see what is different");
    // A dry run is for another approval: it is stopped, too, and its report has the new plan.
    let run = copy(&approved).with("--dry-run --report new.json --format json").status(2);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(of(&report), today);
    assert_eq!(report["sent"], 0);
    assert_eq!(run.stdout, run.file("new.json"));
    assert_eq!(before, Catalog::of(&target));

    source.sql(
        "postgres",
        "postgres",
        "ALTER ROLE app CONNECTION LIMIT 5; COMMENT ON ROLE app IS 'the shop'; DROP ROLE late",
    );
    // As people write it.
    copy(&approved.replace('-', "").to_ascii_uppercase()).done();
    assert_eq!(Catalog::of(&target).roles["app"].limit, "5");
    // Saturday's job runs once more.
    let run = copy("plan.json").status(2);
    assert_snapshot!(shown(&run.stderr), @"error: nothing was sent: this is not the approved plan: its fingerprint is NOTHING, the approved one's is APPROVED; there is nothing to do: was it carried out already?");
}

/// What is there before, who is connected, and which server it is.
#[test]
fn what_a_fingerprint_covers() {
    let (_source, target, from, to) = servers();
    let print = |to: &str| of(&copy(&from, to, &[&OPTIONS[..], &["--dry-run"]].concat()));
    let first = print(&to);
    assert_eq!(first, print(&to));
    // What is sent is the same; what it takes the place of is not.
    target.sql("azadmin", "postgres", "CREATE ROLE app LOGIN CONNECTION LIMIT 1");
    let one = print(&to);
    target.sql("azadmin", "postgres", "ALTER ROLE app CONNECTION LIMIT 2");
    let two = print(&to);
    target.sql("azadmin", "postgres", "DROP ROLE app");
    assert_eq!(first, print(&to));
    target.sql("azuresu", "postgres", "CREATE ROLE azadmin2 LOGIN CREATEROLE CREATEDB");
    let by_another = print(&target.connection_string("azadmin2", "postgres"));
    let elsewhere = platforms::azure_like(17);
    let elsewhere = print(&elsewhere.connection_string("azadmin", "postgres"));
    let mut all = [first, one, two, by_another, elsewhere];
    all.sort();
    assert!(all.windows(2).all(|pair| pair[0] != pair[1]), "{all:?}");
}

/// Another password is another plan; neither shows it.
#[test]
fn passwords_are_covered_and_not_shown() {
    let (source, _target, from, to) = servers();
    let set = |text: &str| {
        source.sql("postgres", "postgres", &format!("ALTER ROLE app PASSWORD '{text}'"));
    };
    let print = || {
        let report = copy(&from, &to, &[&OPTIONS[..], &["--dry-run"]].concat());
        (of(&report), report["plan"].to_string())
    };
    let [one, other] = ["one", "other"].map(|it| verifier::scram("app", it, 4096));
    set(&one);
    let (first, shown) = print();
    assert!(shown.contains("PASSWORD '*** (SCRAM-SHA-256)'") && !shown.contains(&one), "{shown}");
    set(&other);
    let (second, shown_then) = print();
    assert_eq!(shown, shown_then);
    assert_ne!(first, second);
    let run = command(&from, &to, &OPTIONS).with("--dry-run --report plan.json").done();
    let json = run.file("plan.json");
    set(&one);
    let run = command(&from, &to, &OPTIONS).with("--expect-plan plan.json").file("plan.json", json);
    let (difference, _) = run
        .status(2)
        .stderr
        .split_once("error: ")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    assert_snapshot!(difference, @"
    --- plan.json, approved
    +++ the plan as it is now
    the statements are the same: a password is another one, or the report is of another version of pg_globals
    ");
}

/// New passwords are others in every run; that they are new is what is approved.
#[test]
fn generated_passwords_are_approved_as_such() {
    let (source, target, _, to) = servers();
    source.sql("postgres", "postgres", "CREATE ROLE closed LOGIN CREATEROLE");
    let from = source.connection_string("closed", "postgres");
    let options =
        "--exclude postgres --exclude closed --passwords generate --password-file new.txt";
    let dry = command(&from, &to, &[]).with(options).with("--dry-run --report plan.json").done();
    let json = dry.file("plan.json");
    assert!(
        json.contains("CREATE ROLE app WITH LOGIN CONNECTION LIMIT 5 PASSWORD '*** (generated)'"),
        "{json}"
    );
    assert!(!dry.run.path("new.txt").exists());
    let run = command(&from, &to, &[]).with(options).with("--expect-plan plan.json");
    let run = run.file("plan.json", json).done();
    assert!(run.file("new.txt").starts_with("\"app\" \""));
    assert!(Catalog::of(&target).roles["app"].password.is_some());
}

/// Whoever may make roles may ask which server it is; where that was closed, its address counts.
#[test]
fn every_version_tells_which_server_it_is() {
    let source = Cluster::start(16);
    source.sql("postgres", "postgres", "CREATE ROLE app");
    let from = source.connection_string("postgres", "postgres");
    for major in servers::MAJORS {
        let target = platforms::azure_like(major);
        let to = target.connection_string("azadmin", "postgres");
        let plan = || copy(&from, &to, &[&OPTIONS[..], &["--dry-run"]].concat())["plan"].clone();
        let asked = "SELECT system_identifier::text FROM pg_control_system()";
        let rows = target.query("azuresu", "postgres", asked);
        assert_eq!(
            plan()["server"],
            format!("system_identifier {}", rows[0][0].as_deref().unwrap()),
            "{major}"
        );
        target.sql(
            "azuresu",
            "postgres",
            "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC",
        );
        let address = format!("{}:{}/postgres", target.socket().display(), target.port);
        assert_eq!(plan()["server"], address, "{major}");
    }
}

#[test]
fn what_names_no_plan() {
    let fails = |name: &str, content: &str| {
        let run = command("in.sql", "host=127.0.0.1 port=1 user=a", &["--expect-plan", name]);
        run.file("plan.json", content).fails()
    };
    assert_snapshot!(fails("aaaa-bbbb", ""), @"error: --expect-plan aaaa-bbbb: this is no file, and no fingerprint as a dry run prints it");
    assert_snapshot!(fails("plan.json", "{\"fingerprint\": \"a\"}"), @"error: --expect-plan plan.json: this is no report of copy as HTML or JSON; give one, or the fingerprint that it names");
    assert_snapshot!(fails("plan.json", "fingerprint: 0000-0000-0000-0000-0000-0000"), @"error: --expect-plan plan.json: this is no report of copy as HTML or JSON; give one, or the fingerprint that it names");
}

/// The commands of the book's page, as make runs them: on Thursday, and on Saturday.
#[test]
fn the_makefile_of_the_book() {
    let (source, target, from, to) = servers();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src/approval.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, block) = page.split_once("```make\n").expect("a block");
    let (block, _) = block.split_once("```").expect("its end");
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("Makefile"), block).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_pg_globals")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let make = |arguments: &[&str]| {
        let mut make = Command::new("make");
        make.args(arguments).current_dir(directory.path()).env("PATH", &path);
        let output = make.envs([("SOURCE", &from), ("TARGET", &to)]).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    };
    let (is_done, said) = make(&["plan"]);
    assert!(is_done, "{said}");
    let (_, fingerprint) = said.split_once("\nfingerprint: ").expect(&said);
    let (fingerprint, _) = fingerprint.split_once('\n').unwrap();
    let approved = format!("APPROVED={fingerprint}");
    source.sql("postgres", "postgres", "CREATE ROLE late");
    let (is_done, said) = make(&["run", &approved]);
    assert!(!is_done && said.contains("this is not the approved plan"), "{said}");
    let (is_done, said) = make(&["different"]);
    assert!(!is_done && said.contains("\n+ CREATE ROLE late\n"), "{said}");
    assert!(!Catalog::of(&target).roles.contains_key("app"));
    source.sql("postgres", "postgres", "DROP ROLE late");
    let (is_done, said) = make(&["run", &approved]);
    assert!(is_done, "{said}");
    assert!(Catalog::of(&target).roles.contains_key("app"));
    assert!(
        directory.path().join("undo.sql").exists() && directory.path().join("done.html").exists()
    );
}
