//! Each kind of difference, made on a real server by one statement: one line, one entry, and SQL that
//! makes both servers equal again.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use super::{stable, validator};
use crate::support::cluster::Cluster;
use crate::support::command::{Run, body};
use crate::support::on_each_major;
use crate::support::process::give_to_server_user;

/// A statement for the left server, and the one that takes it back there.
#[derive(Clone, Copy)]
struct Case {
    since: u32,
    there: &'static str,
    back: &'static str,
    /// Whether the SQL brings the second to the right server, too. It never drops roles and
    /// tablespaces, and leaves alone what is everybody's.
    is_removed: bool,
}

const fn case(there: &'static str, back: &'static str) -> Case {
    Case { since: 12, there, back, is_removed: true }
}

const fn stays(there: &'static str, back: &'static str) -> Case {
    Case { is_removed: false, ..case(there, back) }
}

const fn since(since: u32, case: Case) -> Case {
    Case { since, ..case }
}

const BASE: &str = "
    CREATE ROLE app LOGIN PASSWORD 'md50123456789abcdef0123456789abcdef' CONNECTION LIMIT 5;
    CREATE ROLE \"the Team\";
    CREATE ROLE member IN ROLE \"the Team\";
    COMMENT ON ROLE member IS 'one of us';";

/// Both servers have it in the directory that they run in.
const SPACE: &str = "CREATE TABLESPACE space OWNER app LOCATION '/proc/self/cwd/space'";

const CASES: &[Case] = &[
    case("ALTER ROLE app SUPERUSER", "ALTER ROLE app NOSUPERUSER"),
    case("ALTER ROLE member NOINHERIT", "ALTER ROLE member INHERIT"),
    case("ALTER ROLE app CREATEROLE", "ALTER ROLE app NOCREATEROLE"),
    case("ALTER ROLE app CREATEDB", "ALTER ROLE app NOCREATEDB"),
    case("ALTER ROLE app NOLOGIN", "ALTER ROLE app LOGIN"),
    case("ALTER ROLE app REPLICATION", "ALTER ROLE app NOREPLICATION"),
    case("ALTER ROLE app BYPASSRLS", "ALTER ROLE app NOBYPASSRLS"),
    case("ALTER ROLE app CONNECTION LIMIT 10", "ALTER ROLE app CONNECTION LIMIT 5"),
    case("ALTER ROLE member CONNECTION LIMIT 0", "ALTER ROLE member CONNECTION LIMIT -1"),
    case(
        "ALTER ROLE app VALID UNTIL '2030-01-01 00:00:00+00'",
        "ALTER ROLE app VALID UNTIL 'infinity'",
    ),
    case(
        "ALTER ROLE app PASSWORD 'md51123456789abcdef0123456789abcdef'",
        "ALTER ROLE app PASSWORD 'md50123456789abcdef0123456789abcdef'",
    ),
    case(
        "ALTER ROLE member PASSWORD 'md51123456789abcdef0123456789abcdef'",
        "ALTER ROLE member PASSWORD NULL",
    ),
    case("COMMENT ON ROLE app IS E'two\\nlines'", "COMMENT ON ROLE app IS NULL"),
    case("COMMENT ON ROLE member IS 'one of them'", "COMMENT ON ROLE member IS 'one of us'"),
    case("ALTER ROLE app SET work_mem TO '8MB'", "ALTER ROLE app RESET work_mem"),
    case(
        "ALTER ROLE app SET search_path TO \"$user\", \"a, b\"",
        "ALTER ROLE app RESET search_path",
    ),
    case("ALTER ROLE app SET application_name TO ''", "ALTER ROLE app RESET application_name"),
    case(
        "ALTER ROLE \"the Team\" IN DATABASE shop SET work_mem TO '8MB'",
        "ALTER ROLE \"the Team\" IN DATABASE shop RESET work_mem",
    ),
    stays("ALTER DATABASE shop SET work_mem TO '8MB'", "ALTER DATABASE shop RESET work_mem"),
    stays("ALTER ROLE ALL SET lock_timeout TO '1min'", "ALTER ROLE ALL RESET lock_timeout"),
    case("GRANT \"the Team\" TO app", "REVOKE \"the Team\" FROM app"),
    case(
        "GRANT \"the Team\" TO member WITH ADMIN OPTION",
        "REVOKE ADMIN OPTION FOR \"the Team\" FROM member",
    ),
    since(
        16,
        case(
            "GRANT \"the Team\" TO member WITH INHERIT FALSE",
            "GRANT \"the Team\" TO member WITH INHERIT TRUE",
        ),
    ),
    since(
        16,
        case(
            "GRANT \"the Team\" TO member WITH SET FALSE",
            "GRANT \"the Team\" TO member WITH SET TRUE",
        ),
    ),
    case("GRANT pg_monitor TO app", "REVOKE pg_monitor FROM app"),
    since(
        15,
        case(
            "GRANT SET ON PARAMETER log_statement TO app",
            "REVOKE SET ON PARAMETER log_statement FROM app",
        ),
    ),
    since(
        15,
        case(
            "GRANT SET, ALTER SYSTEM ON PARAMETER log_statement TO app WITH GRANT OPTION",
            "REVOKE SET, ALTER SYSTEM ON PARAMETER log_statement FROM app",
        ),
    ),
    since(
        15,
        stays(
            "GRANT SET ON PARAMETER log_statement TO PUBLIC",
            "REVOKE SET ON PARAMETER log_statement FROM PUBLIC",
        ),
    ),
    case(
        "ALTER TABLESPACE space SET (random_page_cost = 2)",
        "ALTER TABLESPACE space RESET (random_page_cost)",
    ),
    case("ALTER TABLESPACE space OWNER TO member", "ALTER TABLESPACE space OWNER TO app"),
    case(
        "GRANT CREATE ON TABLESPACE space TO member WITH GRANT OPTION",
        "REVOKE CREATE ON TABLESPACE space FROM member",
    ),
    case("COMMENT ON TABLESPACE space IS 'fast'", "COMMENT ON TABLESPACE space IS NULL"),
    stays(
        "CREATE TABLESPACE other OWNER member LOCATION '/proc/self/cwd/other' \
         WITH (seq_page_cost = 2)",
        "DROP TABLESPACE other",
    ),
    stays(
        "CREATE ROLE \"new\nrole\" LOGIN CONNECTION LIMIT 3 PASSWORD 'md50123456789abcdef0123456789abcdef'",
        "DROP ROLE \"new\nrole\"",
    ),
];

on_each_major! { one_statement_is_one_difference }

fn one_statement_is_one_difference(major: u32) {
    if major < 12 {
        return;
    }
    let servers = [Cluster::start(major), Cluster::start(major)];
    for server in &servers {
        server.sql("postgres", "postgres", BASE);
        server.sql("postgres", "postgres", "CREATE DATABASE shop");
        for name in ["space", "other"] {
            let directory = server.socket().join("data").join(name);
            fs::create_dir(&directory).unwrap();
            give_to_server_user(&directory);
        }
        server.sql("postgres", "postgres", SPACE);
    }
    let [left, right] = &servers;
    let pair = Pair { left, right };
    assert_eq!(pair.lines(0), Vec::<String>::new());
    let mut all = String::new();
    // Since 19 no name has a line break.
    let is_taken = |case: &&Case| case.since <= major && (major < 19 || !case.there.contains('\n'));
    for case in CASES.iter().filter(is_taken) {
        pair.step(case.there, true, &mut all);
        pair.step(case.back, case.is_removed, &mut all);
        if !case.is_removed {
            right.sql("postgres", "postgres", case.back);
            assert_eq!(pair.lines(0), Vec::<String>::new());
        }
    }
    assert_eq!(pair.lines(0), Vec::<String>::new());
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(format!("kinds-{major}"), all));
}

/// The form that is replayed, with all that there is.
const SQL: [&str; 6] =
    ["--format", "sql", "--show-passwords", "--replace", "--allow-all-settings", "--allow-freeze"];

struct Pair<'a> {
    left: &'a Cluster,
    right: &'a Cluster,
}

impl Pair<'_> {
    fn diff(&self, more: &[&str], status: i32) -> String {
        let from = self.left.connection_string("postgres", "postgres");
        let to = self.right.connection_string("postgres", "postgres");
        let arguments = ["diff", &from, &to, "--reader", "catalog"];
        let done = Run::new([&arguments, more].concat()).status(status);
        assert_eq!(done.stderr, "");
        done.stdout
    }

    /// The lines between the head and the summary.
    fn lines(&self, status: i32) -> Vec<String> {
        let text = stable(&self.diff(&[], status));
        let mut lines: Vec<_> = text.split('\n').skip(2).map(str::to_owned).collect();
        assert_eq!(lines.pop().as_deref(), Some(""));
        let summary = lines.pop().unwrap();
        let expected = if lines.is_empty() { "equal" } else { "1 difference: " };
        assert!(summary.starts_with(expected), "{text}");
        lines
    }

    /// One statement on the left server, and what is said of it. That both are equal afterwards is seen in
    /// the next step: what is left adds a line to its own.
    fn step(&self, statement: &str, becomes_equal: bool, all: &mut String) {
        self.left.sql("postgres", "postgres", statement);
        let lines = self.lines(1);
        assert_eq!(lines.len(), 1, "{statement}: {lines:?}");
        let report = tempfile::tempdir().unwrap();
        let report = report.path().join("differences.json");
        let sql = self.diff(&[&SQL[..], &["--report", report.to_str().unwrap()]].concat(), 1);
        let json: Value = serde_json::from_str(&fs::read_to_string(&report).unwrap()).unwrap();
        let errors: Vec<_> = validator().iter_errors(&json).map(|e| e.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new(), "{statement}");
        let [difference] = json["differences"].as_array().unwrap().as_slice() else {
            panic!("{statement}: {json:#}");
        };
        let head = sql.split_once("\n\n").unwrap().0;
        let told: Vec<_> = head.split('\n').skip(2).collect();
        writeln!(all, "{statement}\n  {}\n  {}", lines[0], stable(&difference.to_string()))
            .unwrap();
        let done = sql.split_once("COMMIT;\n").unwrap();
        let done = format!("{}{}", body(&sql).split("COMMIT;").next().unwrap(), done.1);
        for line in told.iter().copied().chain(done.split_terminator('\n')) {
            writeln!(all, "    {line}").unwrap();
        }
        let output = self.right.psql("postgres", &sql);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && !said.contains("ERROR"), "{statement}: {said}");
        if !becomes_equal {
            assert_eq!(self.lines(1), lines, "{statement}: {sql}");
        }
    }
}
