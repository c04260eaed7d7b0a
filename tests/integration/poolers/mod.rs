//! Law 10: through a connection pooler, whose sessions go on to others. An application has the only
//! session of the real `PgBouncer`; each command gets it too, and leaves it as it was.

use std::process::Command;

use insta::assert_snapshot;
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage};

use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::pgbouncer::{PORT, PgBouncer};
use crate::support::servers::client_program;
use crate::support::{globals, platforms};

/// What an application may do to its session.
const HABITS: [&str; 13] = [
    "SET search_path = app",
    "SET default_transaction_read_only = off",
    "SET default_transaction_isolation = serializable",
    "SET timezone = 'Europe/Berlin'",
    "SET datestyle = 'German'",
    "SET bytea_output = escape",
    "SET quote_all_identifiers = on",
    "SET statement_timeout = '61s'",
    "SET lock_timeout = '62s'",
    "SET app.who = 'alice'",
    "PREPARE mine AS SELECT 1",
    "LISTEN news",
    "SELECT pg_catalog.pg_advisory_lock(7)",
];

/// Temporary objects are found first, where nobody says otherwise.
const TEMPORARY: [&str; 4] = [
    "CREATE TEMPORARY TABLE mine (a pg_catalog.int4)",
    "CREATE TEMPORARY TABLE pg_roles (rolname pg_catalog.name)",
    "CREATE TEMPORARY TABLE pg_database (datname pg_catalog.name)",
    "CREATE DOMAIN pg_temp.text AS pg_catalog.int4",
];

/// An application on a session.
struct Application {
    runtime: Runtime,
    client: Client,
}

impl Application {
    fn connect(pooler: &PgBouncer, user: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut config = Config::new();
        config.host_path(pooler.socket()).port(PORT).user(user).dbname("app");
        // A client without a name of its own gets that of another from PgBouncer, whoever it is.
        config.application_name("the application");
        let (client, connection) = runtime.block_on(config.connect(NoTls)).unwrap();
        runtime.spawn(connection);
        Self { runtime, client }
    }

    fn rows(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        let messages = self.runtime.block_on(self.client.simple_query(sql));
        let messages = messages.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        let rows = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => {
                Some((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect())
            }
            _ => None,
        });
        rows.collect()
    }

    /// Makes the session its own.
    fn settle(&self) {
        for habit in HABITS.iter().chain(&TEMPORARY) {
            self.rows(habit);
        }
    }

    /// All that there is to know of a session, which one it is included.
    fn session(&self) -> String {
        let questions = [
            "SELECT pg_catalog.pg_backend_pid()",
            "SHOW ALL",
            "SHOW app.who",
            "SELECT name, statement FROM pg_catalog.pg_prepared_statements",
            "SELECT pg_catalog.pg_listening_channels()",
            "SELECT locktype, objid, mode FROM pg_catalog.pg_locks
             WHERE pid = pg_catalog.pg_backend_pid() AND locktype = 'advisory'",
            "SELECT relname FROM pg_catalog.pg_class WHERE relpersistence = 't' ORDER BY 1",
            "SELECT name, is_holdable FROM pg_catalog.pg_cursors",
            // It works there as it did: its own table is found by its name.
            "SELECT count(*) FROM things",
            "SELECT count(*) FROM mine",
        ];
        let answers = questions.map(|question| {
            let rows = self.rows(question);
            // What a setting means is no part of it.
            let rows = rows.iter().map(|row| format!("\n  {:?}", &row[..row.len().min(2)]));
            format!("{question}{}\n", rows.collect::<Vec<_>>().concat())
        });
        answers.concat()
    }

    /// The session is as it was.
    #[track_caller]
    fn assert_as_before(&self, before: &str, by: &str) {
        let now = self.session();
        let missing = |these: &str, those: &str| {
            let those: Vec<_> = those.split('\n').collect();
            let lines = these.split('\n').filter(|line| !those.contains(line));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        let empty = Vec::<String>::new();
        let (gone, new) = (missing(before, &now), missing(&now, before));
        assert_eq!((&gone, &new), (&empty, &empty), "{by}");
        assert_eq!(now, before);
    }
}

/// A server with an application's database, behind a pooler.
struct Place {
    server: Cluster,
    pooler: PgBouncer,
    user: &'static str,
}

impl Place {
    fn of(server: Cluster, user: &'static str, mode: &str) -> Self {
        server.sql(&server.superuser, "postgres", "CREATE DATABASE app");
        let app = format!(
            "CREATE SCHEMA app; CREATE TABLE app.things (); GRANT ALL ON SCHEMA app TO {user};
             GRANT ALL ON app.things TO {user}"
        );
        server.sql(&server.superuser, "app", &app);
        let pooler = PgBouncer::start(&server, mode, &[user]);
        Self { server, pooler, user }
    }

    fn connection_string(&self) -> String {
        self.pooler.connection_string(self.user, "app")
    }

    fn application(&self) -> Application {
        Application::connect(&self.pooler, self.user)
    }
}

fn places(major: u32, mode: &str) -> [Place; 2] {
    let source = Cluster::start(major);
    globals::rich(&source, "postgres");
    let target = platforms::azure_like(major);
    [Place::of(source, "postgres", mode), Place::of(target, "azadmin", mode)]
}

/// The commands in their order, the first that changes the target last.
fn commands<'a>(from: &'a str, to: &'a str) -> [Vec<&'a str>; 9] {
    [
        vec!["convert", from],
        vec!["convert", from, "--reader", "catalog"],
        vec!["diff", from, to],
        vec!["diff", from, to, "--as", "azure"],
        vec!["check", from, to],
        vec!["verify", from, to],
        vec!["copy", from, to, "--into-older", "--dry-run"],
        vec![
            "copy",
            from,
            to,
            "--into-older",
            "--yes",
            "--undo",
            "undo.sql",
            "--for-restore",
            "own.sql",
        ],
        vec!["copy", from, to, "--into-older", "--yes", "--existing", "replace"],
    ]
}

fn run(arguments: &[&str]) {
    Run::new(arguments).status_of(&[0, 1]);
}

/// The application stays connected, and its session is lent for one transaction after the other.
#[test]
fn in_transaction_mode_nothing_is_left_behind() {
    for major in [14, 16] {
        let places = places(major, "transaction");
        let [from, to] = places.each_ref().map(Place::connection_string);
        let applications = places.each_ref().map(Place::application);
        applications.iter().for_each(Application::settle);
        let before = applications.each_ref().map(Application::session);
        for arguments in commands(&from, &to) {
            run(&arguments);
            for (application, before) in applications.iter().zip(&before) {
                application.assert_as_before(before, &format!("{major}: {arguments:?}"));
            }
        }
        // What was to be done is done.
        let app = "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'app'";
        let arrived = places[1].server.query("azuresu", "postgres", app);
        assert_eq!(arrived, [[Some("t".to_owned())]]);
    }
}

/// Each script is one transaction, which sets nothing for longer.
#[test]
fn scripts_leave_nothing_behind() {
    let [source, target] = places(16, "transaction");
    let application = target.application();
    application.settle();
    // What loads the library of the guards.
    application.rows("DO LANGUAGE plpgsql 'BEGIN END'");
    let before = application.session();
    let to = target.connection_string();
    let direct = target.server.connection_string("azadmin", "app");
    let from = source.server.connection_string("postgres", "postgres");
    let psql = |script: &str, by: &str| {
        let path = target.pooler.socket().join("script.sql");
        std::fs::write(&path, script).unwrap();
        let output = Command::new(client_program(15, "psql"))
            .args(["--no-psqlrc", "--quiet", "--dbname", &to, "--file"])
            .arg(&path)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !said.contains("ERROR"), "{by}: {said}\n{script}");
        application.assert_as_before(&before, by);
    };
    let script = |arguments: &[&str]| Run::new(arguments).status_of(&[0, 1]).stdout;
    let convert = ["convert", &from, "--platform", "azure", "--target-version", "16"];
    psql(&script(&[&convert[..], &["--if-not-exists"]].concat()), "convert --if-not-exists");
    psql(
        &script(&["diff", &from, &direct, "--format", "sql", "--show-passwords"]),
        "diff --format sql",
    );
    let more = "CREATE ROLE one_more LOGIN; CREATE ROLE owner; CREATE DATABASE its OWNER owner";
    for statement in more.split("; ") {
        source.server.sql("postgres", "postgres", statement);
    }
    let copy = [
        "copy",
        &from,
        &direct,
        "--yes",
        "--into-older",
        "--undo",
        "undo.sql",
        "--for-restore",
        "own.sql",
    ];
    let copied = Run::new(copy).done();
    psql(&copied.file("own.sql"), "own.sql");
    psql(&copied.file("undo.sql"), "undo.sql");
}

/// One client after the other has the session, and nobody clears it.
#[test]
fn in_session_mode_nothing_is_left_behind() {
    let places = places(16, "session");
    let [from, to] = places.each_ref().map(Place::connection_string);
    let before = places.each_ref().map(|place| {
        place.application().settle();
        place.application().session()
    });
    for arguments in commands(&from, &to) {
        run(&arguments);
        for (place, before) in places.iter().zip(&before) {
            place.application().assert_as_before(before, &format!("{arguments:?}"));
        }
    }
}

/// Which readers there are, and why not the other.
#[test]
fn pg_dumpall_is_not_run() {
    let [said, again] = ["transaction", "session"].map(|mode| {
        let server = Cluster::start(16);
        server.sql("postgres", "postgres", "CREATE ROLE app LOGIN");
        let place = Place::of(server, "postgres", mode);
        let from = place.connection_string();
        let pg_dumpall = client_program(18, "pg_dumpall");
        let convert = |from: &str, arguments: &[&str]| {
            let run = Run::new([&["convert", from], arguments].concat());
            run.arg("--pg-dumpall").arg(&pg_dumpall)
        };
        let done = convert(&from, &["--report", "report.json"]).done();
        let report: Value = serde_json::from_str(&done.file("report.json")).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        let mut notes = findings.filter(|it| it["rule"] == "one-reader");
        let note = notes.next().unwrap();
        let refusal = convert(&from, &["--reader", "pg_dumpall"]).fails();
        let refusal = refusal.replace(&place.pooler.socket().display().to_string(), "SOCKET");

        // The server itself is none.
        let direct = place.server.connection_string("postgres", "app");
        convert(&direct, &["--reader", "pg_dumpall"]).done();
        format!("{}: {}\n{refusal}", note["severity"], note["message"])
    });
    assert_eq!(said, again);
    assert_snapshot!(said, @r#"
    "info": "the connection leads through a pooler, whose sessions pg_dumpall would change for those that get them next"
    error: SOCKET:6432/app: the connection leads through a pooler, whose sessions pg_dumpall would change for those that get them next: connect to the server itself, or give --reader catalog
    "#);
}

/// What one transaction cannot hold is refused, with nothing done.
#[test]
fn what_needs_a_session_is_refused() {
    let server = Cluster::start_with(16, "postgres", &[("log_transaction_sample_rate", "1")]);
    let place = Place::of(server, "postgres", "transaction");
    let to = place.connection_string();
    let application = place.application();
    application.settle();
    let before = application.session();
    let copy = |dump: &str, to: &str| {
        Run::new(["copy", "in.sql", to, "--yes", "--into-older", "--platform", "postgres"])
            .file("in.sql", dump)
    };
    let role = "CREATE ROLE app LOGIN;\n";
    let error = copy(role, &to).status(2).stderr;
    let error = error.replace(&place.pooler.socket().display().to_string(), "SOCKET");
    assert_snapshot!(error, @"error: SOCKET:6432/app: nothing was done, since the connection leads through a pooler: the target samples transactions for its log (log_transaction_sample_rate), verifiers included, which can be turned off only for a whole session; connect to the server itself");
    place.server.sql(
        "postgres",
        "postgres",
        "ALTER ROLE postgres SET log_transaction_sample_rate = 0",
    );
    application.assert_as_before(&before, "a copy that was refused");
    // A session of its own has nobody to mind.
    copy(role, &place.server.connection_string("postgres", "app")).done();

    let directory = place.server.new_directory("space");
    let tablespace = format!("CREATE TABLESPACE space LOCATION '{}';\n", directory.display());
    let quiet = Cluster::start(16);
    let place = Place::of(quiet, "postgres", "transaction");
    let error = copy(&tablespace, &place.connection_string()).status(2).stderr;
    let error = error.replace(&place.pooler.socket().display().to_string(), "SOCKET");
    assert_snapshot!(error, @"error: SOCKET:6432/app: nothing was done, since the connection leads through a pooler: CREATE TABLESPACE cannot run in a transaction, and behind a pooler it could run in any session; connect to the server itself");
}

/// A session that began as somebody else, whose setting is gone since: what is created would be theirs.
#[test]
fn nobody_is_put_in_the_place_of_the_administrator() {
    let server = Cluster::start(17);
    server.sql("postgres", "postgres", "CREATE ROLE mallory LOGIN CREATEROLE");
    let place = Place::of(server, "postgres", "transaction");
    let server = &place.server;
    server.sql("postgres", "postgres", "ALTER DATABASE app OWNER TO mallory");
    server.sql("mallory", "app", "ALTER DATABASE app SET role = 'mallory'");
    let application = place.application();
    assert_eq!(application.rows("SELECT current_user"), [[Some("mallory".to_owned())]]);
    server.sql("mallory", "app", "ALTER DATABASE app RESET role");
    for more in ["", " options='-c role=mallory'"] {
        let to = format!("{}{more}", place.connection_string());
        let run = Run::new(["copy", "in.sql", &to, "--yes"]).file("in.sql", "CREATE ROLE boss;\n");
        let error = run.status(2).stderr;
        // PgBouncer takes no options.
        assert!(more.contains("options") || error.contains("acts as mallory"), "{error}");
        let query = "SELECT count(*) FROM pg_roles WHERE rolname = 'boss'";
        assert_eq!(server.query("postgres", "postgres", query), [[Some("0".to_owned())]]);
    }
}
