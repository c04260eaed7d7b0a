//! Law 6, over all commands and ways to fail: no secret is in what is printed, written beside, shown
//! as a command line or logged by the target.

use std::fmt::Write as _;
use std::fs;
use std::process::Stdio;

use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::platforms::{AZADMIN_PASSWORD, azure_like};
use crate::support::verifier;

/// A target that writes down all that it can.
const TALKATIVE: [(&str, &str); 6] = [
    ("log_statement", "all"),
    ("log_min_duration_statement", "0"),
    ("log_min_error_statement", "debug5"),
    ("log_duration", "on"),
    ("log_error_verbosity", "verbose"),
    ("debug_print_parse", "on"),
];

/// What nobody may see, and where a target may have it all the same.
struct Secrets {
    plaintexts: Vec<&'static str>,
    verifiers: Vec<String>,
}

impl Secrets {
    fn new() -> Self {
        Self {
            plaintexts: vec![
                AZADMIN_PASSWORD,
                "plain-in-dump",
                "plain-in-list",
                "wrong-in-uri",
                "right-in-uri",
                "in-the-environment",
                "in-the-passfile",
                "in-the-service",
                "of-the-target",
                "plain-by-hand",
            ],
            verifiers: vec![
                verifier::scram("scram", "pw", 4096),
                verifier::md5("md5", "pw"),
                verifier::scram("of_target", "of-the-target", 4096),
                "md5FFFFFFFF0123456789abcdef01234567".to_owned(),
                "SCRAM-SHA-256$4096:bWFsZm9ybWVk$bWFsZm9ybWVkbWFsZm9ybWVk".to_owned(),
            ],
        }
    }

    /// The parts of a verifier that are secret by themselves.
    fn verifier_parts(&self) -> impl Iterator<Item = &str> {
        let parts = self.verifiers.iter().flat_map(|verifier| verifier.split(['$', ':']));
        parts.filter(|part| part.len() > 15)
    }

    fn assert_absent(&self, what: &str, text: &str) {
        for part in self.plaintexts.iter().copied().chain(self.verifier_parts()) {
            assert!(!text.contains(part), "{what}: {part} in\n{text}");
        }
    }

    fn dump(&self) -> String {
        let [scram, md5, _, upper, malformed] = &self.verifiers[..] else { panic!() };
        format!(
            "CREATE ROLE scram LOGIN PASSWORD '{scram}';\nCREATE ROLE md5 LOGIN PASSWORD '{md5}';\n\
             CREATE ROLE upper LOGIN PASSWORD '{upper}';\nCREATE ROLE malformed PASSWORD '{malformed}';\n\
             CREATE ROLE plain LOGIN PASSWORD 'plain-in-dump';\nCREATE ROLE bare LOGIN;\n\
             CREATE ROLE of_target LOGIN PASSWORD '{scram}';\nCREATE ROLE listed LOGIN;\n"
        )
    }
}

/// Runs it to whatever end, and looks at everything that it shows.
fn run(secrets: &Secrets, run: &Run, what: &str) -> (Option<i32>, String) {
    let mut command = run.command();
    command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
    let mut child = command.stdin(Stdio::null()).spawn().unwrap();
    let mut seen = String::new();
    // Its children, for as long as it runs.
    let id = child.id().to_string();
    while child.try_wait().unwrap().is_none() {
        for entry in fs::read_dir("/proc").unwrap().flatten() {
            let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            let parent = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1));
            if parent == Some(id.as_str()) {
                let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
                // Before it becomes another program, a child shows what the user typed.
                let own = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
                if line == own {
                    continue;
                }
                let _ = writeln!(seen, "{}", String::from_utf8_lossy(&line));
            }
        }
    }
    let output = child.wait_with_output().unwrap();
    let mut all = String::from_utf8_lossy(&output.stdout).into_owned();
    all.push_str(&String::from_utf8_lossy(&output.stderr));
    secrets.assert_absent(what, &all);
    secrets.assert_absent(what, &seen);
    for name in run.names() {
        // What it writes for others to read.
        if name == "report.json" {
            secrets.assert_absent(&name, &fs::read_to_string(run.path(&name)).unwrap());
        }
    }
    (output.status.code(), all)
}

fn copy(source: &str, target: &str) -> Run {
    Run::new(["copy", source, target, "--yes", "--into-older", "--report", "report.json"])
}

#[test]
fn whatever_is_run_and_however_it_fails() {
    let secrets = Secrets::new();
    let source = Cluster::start(15);
    let dump = secrets.dump();
    source.sql(
        "postgres",
        "postgres",
        &dump.replace("CREATE ROLE malformed", "CREATE ROLE \"malformed\""),
    );
    source.sql("postgres", "postgres", "ALTER ROLE postgres PASSWORD 'right-in-uri'");
    let target = azure_like(16);
    for (name, value) in TALKATIVE {
        target.sql("azuresu", "postgres", &format!("ALTER ROLE azadmin SET {name} TO '{value}'"));
    }
    let local = target.connection_string("azadmin", "postgres");
    let tcp = |user: &str, password: &str| {
        format!("postgresql://{user}:{password}@127.0.0.1:{}/postgres?sslmode=disable", target.port)
    };
    let from_uri = format!("postgresql://postgres:right-in-uri@127.0.0.1:{}/postgres", source.port);
    let expect = |run_: Run, statuses: &[i32], what: &str| {
        for format in ["text", "json"] {
            let again = Run::new(run_.command().get_args()).with("--format").arg(format);
            let again = again
                .file("in.sql", &dump)
                .file("bad.sql", format!("{dump}ALTER ROLE x PASSWORD 'plain-by-hand' FROB;"));
            let again =
                again.file("list.txt", "\"listed\" \"plain-in-list\"\n\"bare\" \"plain-in-list\n");
            let again = again.file("good.txt", "\"listed\" \"plain-in-list\"\n");
            let again = again.file(
                "pg_service.conf",
                format!(
                    "[there]\nhost=127.0.0.1\nport={}\nuser=azadmin\npassword=in-the-service\n",
                    target.port
                ),
            );
            let again = again.secret(".pgpass", "*:*:*:*:in-the-passfile\n");
            let place = |name: &str| again.path(name).to_str().unwrap().to_owned();
            let (passfile, services) = (place(".pgpass"), place("pg_service.conf"));
            let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
            let mut again =
                again.env("PGSERVICEFILE", leak(services)).env("PGPASSFILE", leak(passfile));
            if what.contains("environment") {
                again = again.env("PGPASSWORD", "in-the-environment");
            }
            let (status, all) = run(&secrets, &again, what);
            assert!(statuses.contains(&status.unwrap()), "{what}: {status:?}\n{all}");
        }
    };
    expect(
        Run::new(["convert", "in.sql", "-o", "out.sql", "--report", "report.json"]),
        &[0],
        "convert",
    );
    expect(Run::new(["convert", "bad.sql", "-o", "out.sql"]), &[2], "bad dump");
    expect(copy("bad.sql", &local), &[2], "bad dump, copied");
    expect(Run::new(["platforms"]), &[0], "platforms");
    expect(copy("in.sql", &local).with("--passwords-from list.txt"), &[2], "bad list");
    let wrong = tcp("azadmin", "wrong-in-uri");
    expect(copy("in.sql", &wrong), &[2], "wrong password");
    expect(
        copy(
            "in.sql",
            &format!("host=127.0.0.1 port={} user=azadmin password=wrong-in-uri", target.port),
        ),
        &[2],
        "wrong password in a string",
    );
    let bare = format!("postgresql://azadmin@127.0.0.1:{}/postgres", target.port);
    expect(copy("in.sql", &bare), &[2], "wrong password in the environment");
    expect(copy("in.sql", &bare), &[2], "wrong password in the passfile");
    expect(copy("in.sql", "service=there dbname=postgres"), &[2], "wrong password in the service");
    expect(copy("in.sql", &format!("{wrong}&frob=wrong-in-uri")), &[2], "bad parameter");
    let right = tcp("azadmin", &AZADMIN_PASSWORD.replace(' ', "%20"));
    expect(copy("in.sql", &right).with("--dry-run"), &[0], "dry run");
    // A trigger refuses a statement in the middle, and its message quotes nothing of ours.
    target.sql(
        "azuresu",
        "postgres",
        "CREATE ROLE of_target LOGIN REPLICATION PASSWORD 'of-the-target'",
    );
    expect(copy("in.sql", &right).with("--undo undo.sql"), &[0, 2], "no ADMIN option");
    target.sql("azuresu", "postgres", "DROP ROLE of_target");
    target.sql("azadmin", "postgres", "CREATE ROLE of_target LOGIN PASSWORD 'of-the-target'");
    expect(
        copy(&from_uri, &right).with("--passwords-from good.txt --undo undo.sql"),
        &[0],
        "copy from a server",
    );
    expect(copy(&from_uri, &right).with("--passwords resend"), &[0], "resend");
    expect(
        copy("in.sql", &right)
            .with("--rename bare=new --passwords generate --password-file generated.txt"),
        &[0],
        "generate",
    );
    // Statements of an administrator who is no superuser are logged with their verifiers; passwords are
    // not among them, apart from those that this test has sent itself.
    let log = target.log();
    let sent_here = ["of-the-target"];
    for plaintext in secrets.plaintexts.iter().filter(|it| !sent_here.contains(it)) {
        assert!(!log.contains(plaintext), "{plaintext}");
    }
    assert!(log.contains("ALTER ROLE"), "{log}");
}

#[test]
fn a_superusers_target_writes_nothing_down() {
    let secrets = Secrets::new();
    for major in [12, 15, 18] {
        let mut settings = TALKATIVE.to_vec();
        settings.push(("log_transaction_sample_rate", "1"));
        settings.push(("log_parser_stats", "on"));
        if major >= 13 {
            settings.push(("log_min_duration_sample", "0"));
        }
        let target = Cluster::start_with(major, "postgres", &settings);
        let to = target.connection_string("postgres", "postgres");
        let good = copy("in.sql", &to).file("in.sql", secrets.dump());
        let (status, all) = run(&secrets, &good, "superuser");
        assert_eq!(status, Some(0), "{all}");
        assert_eq!(
            target.query(
                "postgres",
                "postgres",
                "SELECT rolpassword FROM pg_authid WHERE rolname = 'md5'"
            )[0][0],
            Some(secrets.verifiers[1].clone())
        );
        secrets.assert_absent("the log", &target.log());
    }
}
