//! The scripts of the book's page about drift, as GitHub and cron run them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::support::cluster::Cluster;

/// What stands between the marks of a name on the page, without its fence.
fn block(name: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src/drift.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, rest) = page.split_once(&format!("<!-- {name} -->\n```")).unwrap();
    let (_, rest) = rest.split_once('\n').unwrap();
    rest.split("```").next().unwrap().to_owned()
}

/// What was agreed: the server's dump without passwords, as the page takes it.
fn agreed(server: &Cluster) -> TempDir {
    server.sql(
        "postgres",
        "postgres",
        "CREATE ROLE watcher LOGIN; CREATE ROLE writers; CREATE ROLE app LOGIN PASSWORD 'x'",
    );
    let directory = tempfile::tempdir().unwrap();
    let dump = server.dump_globals(18, "postgres", &["--no-role-passwords"]);
    fs::write(directory.path().join("roles.sql"), dump).unwrap();
    directory
}

/// Runs a script as that shell does, with the program where it is found.
fn run(shell: &[&str], script: &str, directory: &Path, environment: &[(&str, &str)]) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_pg_globals")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).arg(script).current_dir(directory).env("PATH", path);
    command.envs(environment.iter().copied()).output().unwrap()
}

#[test]
fn on_github() {
    let server = Cluster::start(16);
    let directory = agreed(&server);
    let workflow = block("drift on GitHub");
    let (_, script) = workflow.split_once("run: ").unwrap();
    let address = server.connection_string("watcher", "postgres");
    let compare = |address: &str| {
        let summary = directory.path().join("summary.md");
        let _ = fs::remove_file(&summary);
        let environment = [("SERVER", address), ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())];
        // As GitHub runs steps.
        let output = run(&["bash", "-e", "-c"], script, directory.path(), &environment);
        (output.status.code().unwrap(), fs::read_to_string(summary).unwrap_or_default(), output)
    };
    let (status, summary, _) = compare(&address);
    assert!(status == 0 && !summary.contains("What is different"), "{summary}");
    server.sql("postgres", "postgres", "GRANT writers TO app");
    let (status, summary, output) = compare(&address);
    assert!(status == 1 && summary.contains("| + | membership app in writers |"), "{summary}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    let (status, summary, output) = compare("host=/nowhere user=watcher dbname=postgres");
    assert_eq!((status, summary.as_str()), (2, ""));
    assert!(String::from_utf8(output.stderr).unwrap().contains("/nowhere"));
}

#[test]
fn with_cron() {
    let server = Cluster::start(16);
    let directory = agreed(&server);
    let service = format!(
        "[production]\nhost={}\nport={}\nuser=watcher\ndbname=postgres\n",
        server.socket().display(),
        server.port
    );
    fs::write(directory.path().join("services.conf"), service).unwrap();
    let here = directory.path().to_str().unwrap();
    let script = block("drift with cron").replace("/etc/pg_globals", here);
    let compare = || {
        let output = run(&["sh", "-c"], &script, Path::new("/"), &[]);
        let printed = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(printed).unwrap())
    };
    assert_eq!(compare(), (0, String::new()));
    server.sql("postgres", "postgres", "ALTER ROLE app NOLOGIN");
    let (status, printed) = compare();
    assert!(status == 1 && printed.contains("\n~ role app: LOGIN: true -> false\n"), "{printed}");
    fs::write(directory.path().join("services.conf"), "").unwrap();
    let (status, printed) = compare();
    assert!(status == 2 && printed.contains("production"), "{printed}");
}
