//! The README and the book show what the program really prints. `UPDATE_BOOK=1 tests/run -- book::` writes it anew.

mod json;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pg_globals::check::checks;
use pg_globals::report::{Document as _, Explanations};
use pg_globals::rules;

use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::{globals, platforms};

/// Runs the program in the repository's directory: what it prints on stdout and on stderr.
fn run(arguments: &[&str]) -> (String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_pg_globals"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{output:?}");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (text(output.stdout), text(output.stderr))
}

/// The README and the pages of the book, by their paths in the repository.
struct Pages(BTreeMap<PathBuf, String>);

impl Pages {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = vec![PathBuf::from("README.md")];
        for directory in ["docs/src", "docs/src/reference"] {
            let entries = fs::read_dir(root.join(directory)).expect("the book");
            let names = entries.map(|entry| entry.expect("an entry").path());
            let pages = names.filter(|path| path.extension().is_some_and(|it| it == "md"));
            files.extend(pages.map(|path| path.strip_prefix(root).expect("below it").to_owned()));
        }
        let text = |path: &PathBuf| fs::read_to_string(root.join(path)).expect("a page");
        Self(files.into_iter().map(|path| (path.clone(), text(&path))).collect())
    }

    /// The text between `<!-- name -->` and `<!-- /name -->`, of whichever page has it.
    fn block(&self, name: &str) -> (&Path, &str) {
        let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
        let mut found = self.0.iter().filter_map(|(path, text)| {
            let (_, rest) = text.split_once(&open)?;
            let (block, _) = rest.split_once(&close).unwrap_or_else(|| panic!("no {close}"));
            Some((path.as_path(), block))
        });
        let first = found.next().unwrap_or_else(|| panic!("no page has {open}"));
        assert!(found.next().is_none(), "{name} is on two pages");
        first
    }

    fn put(&mut self, name: &str, text: &str) {
        let (path, block) = self.block(name);
        let (path, open) = (path.to_owned(), format!("<!-- {name} -->\n"));
        let (old, new) = (format!("{open}{block}<!--"), format!("{open}{text}<!--"));
        let page = self.0.get_mut(&path).expect("it has the block");
        *page = page.replacen(&old, &new, 1);
    }
}

fn rules_table() -> String {
    let mut table =
        String::from("| rule | | what it says | what to do |\n| --- | --- | --- | --- |\n");
    for about in rules::all() {
        let cell = |text: &str| text.replace('|', "\\|").replace('<', "\\<");
        let (why, remedy) = (cell(about.why), cell(about.remedy));
        let _ = writeln!(table, "| `{}` | {} | {why} | {remedy} |", about.name, about.severity);
    }
    table
}

/// A copy between servers, with its long lists cut.
fn copy() -> String {
    const SHOWN: usize = 3;
    let source = platforms::aurora_like(15);
    globals::customer(&source);
    let target = platforms::azure_like(16);
    // The master user, as on the real one.
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("new-passwords");
    let generate = ["--passwords", "generate", "--password-file", file.to_str().unwrap()];
    let arguments = ["copy", &from, &to, "--yes", "--reader", "catalog"];
    let (printed, _) = run(&[&arguments[..], &generate].concat());
    let address = |cluster: &Cluster| format!("{}:{}", cluster.socket().display(), cluster.port);
    let printed = printed
        .replace(&address(&source), "aurora.example.com:5432")
        .replace(&address(&target), "shop.postgres.database.azure.com:5432");
    let mut out = String::from(
        "```console\n$ pg_globals copy postgresql://postgres@aurora.example.com/postgres \\\n    \
         postgresql://azadmin@shop.postgres.database.azure.com/postgres \\\n    --passwords generate --password-file new-passwords --yes\n",
    );
    let mut in_list = 0;
    for line in printed.split('\n') {
        // Each server has its own.
        let line = match line.strip_prefix("fingerprint: ") {
            Some(_) => "fingerprint: 7k3f-9m2q-x4tz-0c8d-1abc-q4e0",
            None => line,
        };
        in_list = if line.starts_with("  ") && !line.starts_with("  =") { in_list + 1 } else { 0 };
        if in_list == SHOWN + 1 {
            out.push_str("  …\n");
        }
        if in_list <= SHOWN {
            let _ = writeln!(out, "{line}");
        }
    }
    out.trim_end().to_owned() + "\n```\n"
}

/// What a check finds that needs something to be done.
fn check() -> String {
    let source = platforms::aurora_like(15);
    globals::customer(&source);
    source.sql(
        "rdsadmin",
        "shop",
        "CREATE EXTENSION hstore SCHEMA public; CREATE EXTENSION pg_trgm SCHEMA public; \
         CREATE COLLATION public.german (provider = icu, locale = 'de'); ALTER COLLATION public.german OWNER TO shop_owner",
    );
    let target = platforms::azure_like_with(16, &[("azure.extensions", "pgcrypto")]);
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let files = [
        "--azure-server",
        "fixtures/az/server.json",
        "--azure-replicas",
        "fixtures/az/replicas.json",
    ];
    let databases = ["--database", "shop", "--database", "billing"];
    // These differ between two machines.
    let skip = ["--skip", "network", "--skip", "storage"];
    let arguments = ["check", &from, &to];
    let output = Command::new(env!("CARGO_BIN_EXE_pg_globals"))
        .args(arguments.iter().chain(&files).chain(&databases).chain(&skip))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    let address = |cluster: &Cluster| format!("{}:{}", cluster.socket().display(), cluster.port);
    let printed = printed
        .replace(&address(&source), "aurora.example.com:5432")
        .replace(&address(&target), "shop.postgres.database.azure.com:5432");
    let mut out = String::from(
        "```console\n$ pg_globals check postgresql://postgres@aurora.example.com/postgres \\\n    \
         postgresql://azadmin@shop.postgres.database.azure.com/postgres \\\n    \
         --azure-server server.json --azure-replicas replicas.json --database shop --database billing\n",
    );
    for part in printed.split_inclusive("\n\n") {
        if part.starts_with("Succeeded: ") {
            out.push_str("Succeeded: …\n\n");
        } else {
            out.push_str(part);
        }
    }
    out.trim_end().to_owned() + "\n```\n"
}

/// Every check, with the codes that it corresponds to.
fn checks_table() -> String {
    let mut table =
        String::from("| check | the service's codes | what it verifies |\n| --- | --- | --- |\n");
    for about in checks::abouts() {
        let online = if about.online { " (`--online`)" } else { "" };
        let codes = about.codes.join(", ");
        let _ = writeln!(table, "| `{}`{online} | {codes} | {} |", about.name, about.title);
    }
    table
}

/// A script with the middle of its verifiers, and of each long section, left out.
fn shortened(script: &str) -> String {
    const SHOWN: usize = 3;
    let mut out = String::new();
    let mut in_section = 0;
    for line in script.split('\n') {
        in_section = if line.is_empty() { 0 } else { in_section + 1 };
        let is_statement = line.ends_with(';') && !line.starts_with("SET");
        if is_statement && in_section > SHOWN {
            if in_section == SHOWN + 1 {
                out.push_str("-- …\n");
            }
            continue;
        }
        match line.find("SCRAM-SHA-256$") {
            Some(at) => {
                let _ = writeln!(out, "{}…';", &line[..at + 25]);
            }
            None => {
                let _ = writeln!(out, "{line}");
            }
        }
    }
    out.trim_end().to_owned() + "\n"
}

/// Two dumps, a day apart.
fn diff() -> String {
    let role = "CREATE ROLE app LOGIN CONNECTION LIMIT 5 PASSWORD 'SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$\
                AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';\n";
    let yesterday = format!(
        "{role}CREATE ROLE writers;\nGRANT writers TO app;\nALTER ROLE app SET statement_timeout TO '1min';\n"
    );
    let today = format!(
        "{}CREATE ROLE writers;\nGRANT writers TO app WITH ADMIN OPTION;\nCREATE ROLE new LOGIN;\n\
         COMMENT ON ROLE new IS 'ask Jane';\n",
        role.replace("LIMIT 5", "LIMIT 10").replace("4096:A", "4096:B")
    );
    let run = Run::new(["diff", "yesterday.sql", "today.sql"]);
    let run = run.file("yesterday.sql", yesterday).file("today.sql", today);
    let printed = run.status(1).stdout;
    // Fingerprints differ from run to run.
    let mut shown = String::new();
    for (number, part) in printed.split('#').enumerate() {
        let fingerprint = ["", "#e097459e", "#6c8c8178"][number];
        let _ = write!(shown, "{fingerprint}{}", if number == 0 { part } else { &part[8..] });
    }
    format!("```console\n$ pg_globals diff yesterday.sql today.sql\n{shown}```\n")
}

/// What the commands of a block of examples print, run by a shell in a directory.
fn examples(pages: &Pages, name: &str, directory: &Path, servers: [&str; 2]) -> String {
    let (_, block) = pages.block(name);
    let program = Path::new(env!("CARGO_BIN_EXE_pg_globals"));
    let path = std::env::var("PATH").expect("PATH");
    let mut printed = String::new();
    for command in block.split('\n').filter_map(|line| line.strip_prefix("$ ")) {
        let output = Command::new("bash")
            .args(["-c", command])
            .current_dir(directory)
            .env("PATH", format!("{}:{path}", program.parent().expect("a directory").display()))
            .envs([("SOURCE", servers[0]), ("TARGET", servers[1])])
            .output()
            .expect("bash");
        assert!(output.status.success(), "{command}: {output:?}");
        printed += &String::from_utf8(output.stdout).expect("UTF-8");
    }
    printed
}

#[test]
fn the_examples_with_jq_give_what_they_promise() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = Pages::read();
    let source = platforms::aurora_like(15);
    source.sql("rdsadmin", "postgres", "CREATE ROLE app LOGIN; CREATE ROLE boss CREATEROLE");
    let target = platforms::azure_like(16);
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(name);
    fs::copy(root.join("fixtures/dumps/ok/aurora-15.sql"), file("globals.sql")).unwrap();
    fs::write(file("yesterday.sql"), "CREATE ROLE a PASSWORD 'x';\nCREATE ROLE b;\n").unwrap();
    fs::write(file("today.sql"), "CREATE ROLE a PASSWORD 'y';\nCREATE ROLE c;\n").unwrap();
    let run = |name| examples(&pages, name, directory.path(), [&from, &to]);
    insta::assert_snapshot!(run("jq convert"), @"
    37: postgres: its password is not known
    149: lambda_iam in rds_iam: lambda_iam logs in with an IAM token of AWS instead of a password
    -: not-in-dump: IN DATABASE
    -: not-in-dump: ALTER ROLE ALL
    39: platform-role: rds_ad
    40: platform-role: rds_ad
    41: platform-role: rds_iam
    42: platform-role: rds_iam
    45: platform-role: rds_password
    46: platform-role: rds_password
    47: platform-role: rds_replication
    48: platform-role: rds_replication
    49: platform-role: rds_superuser
    50: platform-role: rds_superuser
    51: platform-role: rdsadmin
    52: platform-role: rdsadmin
    88: setting: dba_bob: log_statement
    94: setting: legacy_erp: session_replication_role
    100: setting: rds_master: pgaudit.log
    113: dropped-role: rdsadmin: auto_explain.log_min_duration
    119: dropped-role: rdsadmin: default_tablespace
    117: dropped-role: rdsadmin: default_transaction_read_only
    110: dropped-role: rdsadmin: exit_on_error
    108: dropped-role: rdsadmin: log_min_error_statement
    109: dropped-role: rdsadmin: log_min_messages
    107: dropped-role: rdsadmin: log_statement
    116: dropped-role: rdsadmin: pg_hint_plan.enable_hint
    112: dropped-role: rdsadmin: role
    115: dropped-role: rdsadmin: search_path
    111: dropped-role: rdsadmin: statement_timeout
    120: dropped-role: rdsadmin: stats_fetch_consistency
    118: dropped-role: rdsadmin: synchronous_commit
    114: dropped-role: rdsadmin: temp_file_limit
    106: dropped-role: rdsadmin: TimeZone
    143: dropped-role: rds_superuser in pg_checkpoint
    145: dropped-role: rds_superuser in pg_monitor
    146: dropped-role: rds_superuser in pg_read_all_data
    147: dropped-role: rds_superuser in pg_signal_backend
    148: dropped-role: rds_superuser in pg_write_all_data
    149: external-authentication: lambda_iam in rds_iam
    150: dropped-role: rds_superuser in rds_password
    151: replication: cdc in rds_replication
    152: dropped-role: rds_superuser in rds_replication
    153: dropped-role: dba_bob in rds_superuser
    154: dropped-role: postgres in rds_superuser
    ");
    insta::assert_snapshot!(run("jq check"), @"
    roles: 3 roles to create, 3 changes in all until the target has what the source has
      pg_globals copy SOURCE TARGET: the migration service does not bring roles
    ");
    insta::assert_snapshot!(run("jq copy"), @"
    app
    boss
    postgres
    no-password: app: its password is not known
    no-password: postgres: its password is not known
    dropped-role: postgres in rds_superuser: rds_superuser is not carried over; where it should administer the target: --map-role rds_superuser=azure_pg_admin
    createrole-power: boss: GRANT app TO boss WITH ADMIN TRUE, INHERIT FALSE, SET FALSE; it no longer alters postgres, which has CREATEROLE, too
    createrole-power: postgres: GRANT app TO postgres WITH ADMIN TRUE, INHERIT FALSE, SET FALSE; it no longer alters boss, which has CREATEROLE, too
    ");
    insta::assert_snapshot!(run("jq diff"), @"a");
    insta::assert_snapshot!(run("jq platforms"), @"
    azure
    aurora
    rds
    cloudsql
    alloydb
    supabase
    neon
    aiven
    postgres
    ");
    insta::assert_snapshot!(run("jq documents"), @"
    99 read, 41 dropped
    0 changes planned
    0 remaining
    0 differences
    source-version: succeeded
    roles: succeeded
    roles: warning
    roles: warning
    roles: warning
    incomplete
    grant what the role needs, or give it the platform's administrator role with --map-role SUPERUSER=…
    azure aurora rds cloudsql alloydb supabase neon aiven digitalocean timescale postgres
    Azure Database for PostgreSQL flexible server
    format_version left right differences left_out findings
    ");
    let errors = run("jq explain");
    let is_error =
        |name: &str| errors.split('\n').any(|line| line.starts_with(&format!("{name}: ")));
    assert!(is_error("truncated") && !is_error("superuser"), "{errors}");
}

/// The beginning of a report: its head, and the first of its findings.
fn beginning(report: &str) -> String {
    const SHOWN: usize = 3;
    let mut parts = report.split_inclusive("\n\n");
    let mut out: String = parts.by_ref().take(SHOWN + 1).collect();
    assert!(parts.next().is_some());
    out.push_str("…\n");
    out
}

/// What `--help` prints, of each command.
fn options() -> String {
    let (help, _) = run(&["--help"]);
    let (_, commands) = help.split_once("Commands:\n").expect("commands");
    let (commands, _) = commands.split_once("\n\n").expect("an empty line");
    let mut out = String::new();
    for command in commands.split('\n').filter_map(|line| line.split_whitespace().next()) {
        if command != "help" {
            let (help, _) = run(&[command, "--help"]);
            let _ = write!(out, "## {command}\n\n```text\n{help}```\n\n");
        }
    }
    out
}

fn markdown(explanations: &Explanations) -> String {
    let mut out = Vec::new();
    explanations.markdown(&mut out).expect("memory");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn it_is_true() {
    let mut pages = Pages::read();
    let fixture = "fixtures/dumps/ok/aurora-15.sql";
    let (script, report) = run(&["convert", fixture, "--target-version", "16"]);
    let (platforms, _) = run(&["platforms"]);
    let (explained, _) = run(&["explain", "superuser"]);
    let console = |command: &str, output: &str| format!("```console\n$ {command}\n{output}```\n");
    let command = format!("pg_globals convert {fixture} --target-version 16 -o azure.sql");
    let all = Explanations::all;
    for (name, text) in [
        ("short report", console(&command, &beginning(&report))),
        ("report", console(&command, &report)),
        ("script", format!("```sql\n{}```\n", shortened(&script))),
        ("rules", rules_table()),
        ("explained rules", markdown(&Explanations { checks: Vec::new(), ..all() })),
        ("copy", copy()),
        ("check", check()),
        ("checks", checks_table()),
        ("explained checks", markdown(&Explanations { rules: Vec::new(), ..all() })),
        ("diff", diff()),
        ("platforms", console("pg_globals platforms", &platforms)),
        ("explain", console("pg_globals explain superuser", &explained)),
        ("options", options()),
        ("documents", json::documents()),
    ] {
        pages.put(name, &text);
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let written = Pages::read();
    for (path, text) in &pages.0 {
        if std::env::var_os("UPDATE_BOOK").is_some() {
            fs::write(root.join(path), text).expect("it can be written");
        } else {
            let path = path.display();
            let old = &written.0[Path::new(&path.to_string())];
            assert_eq!(old, text, "{path} is out of date: UPDATE_BOOK=1 tests/run -- book::");
        }
    }
}

/// Whatever a page leads to is there, and the summary leads to every page.
#[test]
fn its_links_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = Pages::read();
    let mut linked = BTreeSet::new();
    for (path, text) in &pages.0 {
        let directory = root.join(path.parent().expect("a directory"));
        let mut prose = text.split("```").step_by(2);
        for part in prose.by_ref() {
            for link in part.split("](").skip(1) {
                let (to, _) = link.split_once(')').expect("a closing parenthesis");
                if to.starts_with("http") {
                    continue;
                }
                let to = directory.join(to.split('#').next().expect("a path"));
                let to = fs::canonicalize(&to).unwrap_or_else(|_| panic!("{path:?}: {to:?}"));
                if path.ends_with("SUMMARY.md") {
                    linked.insert(to);
                }
            }
        }
    }
    let all = pages.0.keys().filter(|path| path.starts_with("docs"));
    let all = all.filter(|path| !path.ends_with("SUMMARY.md")).map(|path| root.join(path));
    assert_eq!(linked, all.map(|path| fs::canonicalize(path).expect("a page")).collect());
    let lines = pages.0[Path::new("README.md")].matches('\n').count();
    assert!(lines <= 250, "README.md has {lines} lines: the book is for the rest");
}
