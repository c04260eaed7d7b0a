//! What psql connects to from the same inputs.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use pg_globals::connect::{Environment, Parameters, is_connection};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;

use super::{ask, psql};
use crate::support::cluster::Cluster;
use crate::support::seeds;

/// Parameters, how often in percent they are given, and values of which one is. `{a}` and `{b}` stand
/// for a server's directory, `{A}` and `{B}` for its port.
const VALUES: &[(&str, &str, u32, &[&str])] = &[
    ("host", "PGHOST", 60, &["{a}", "{b}", "127.0.0.1", "localhost"]),
    ("host", "PGHOST", 8, &["{a},{b}", "127.0.0.1,{b}", "{a},127.0.0.1", ""]),
    ("port", "PGPORT", 80, &["{A}", "{B}"]),
    ("port", "PGPORT", 5, &["{A},{B}", "{B},{A}", " {A}", "1", "x", "99999", ""]),
    ("user", "PGUSER", 70, &["app", "app", "it's \\ a", "postgres"]),
    ("user", "PGUSER", 4, &["missing", ""]),
    ("dbname", "PGDATABASE", 80, &["postgres", "d b"]),
    ("dbname", "PGDATABASE", 4, &["missing", ""]),
    ("password", "PGPASSWORD", 50, &["p w"]),
    ("password", "PGPASSWORD", 5, &["wrong", ""]),
    ("application_name", "PGAPPNAME", 20, &["x y", "é%\\'", ""]),
    (
        "options",
        "PGOPTIONS",
        20,
        &["-c work_mem=5MB", "-c work_mem=6MB -c application_name=z", "-c search_path=a\\ b", ""],
    ),
    ("hostaddr", "PGHOSTADDR", 4, &["127.0.0.1", "127.0.0.1,127.0.0.1", "x", ""]),
    ("sslmode", "PGSSLMODE", 15, &["disable", "prefer", "allow", ""]),
    ("sslmode", "PGSSLMODE", 3, &["require", "bad"]),
    (
        "target_session_attrs",
        "PGTARGETSESSIONATTRS",
        10,
        &["any", "read-write", "primary", "prefer-standby"],
    ),
    ("target_session_attrs", "PGTARGETSESSIONATTRS", 3, &["read-only", "standby", "bad"]),
    ("connect_timeout", "PGCONNECT_TIMEOUT", 10, &["30", "0", "-1", " 30 "]),
    ("connect_timeout", "PGCONNECT_TIMEOUT", 1, &["x", "3x"]),
    ("channel_binding", "PGCHANNELBINDING", 5, &["disable", "prefer"]),
    ("channel_binding", "PGCHANNELBINDING", 2, &["require", "bad"]),
    ("gssencmode", "PGGSSENCMODE", 5, &["prefer", "disable"]),
    ("frob", "PGFROB", 1, &["1"]),
];

/// Where things are said.
#[derive(Clone, Debug)]
struct Case {
    uri: bool,
    argument: Vec<Option<&'static str>>,
    service: Vec<Option<&'static str>>,
    variables: Vec<Option<&'static str>>,
    names_service: Option<bool>,
    passfile_mode: u32,
}

fn some(divisor: u32) -> impl Strategy<Value = Vec<Option<&'static str>>> {
    let each = VALUES.iter().map(move |(_, _, often, values)| {
        let given = proptest::bool::weighted(f64::from(*often) / f64::from(100 * divisor));
        (given, select(*values)).prop_map(|(given, value)| given.then_some(value))
    });
    each.collect::<Vec<_>>()
}

fn case() -> impl Strategy<Value = Case> {
    let service = prop_oneof![4 => Just(None), 2 => Just(Some(true)), 1 => Just(Some(false))];
    let mode = prop_oneof![4 => Just(0o600_u32), 1 => Just(0o640)];
    (any::<bool>(), some(2), some(2), some(1), service, mode).prop_map(
        |(uri, argument, service, variables, names_service, passfile_mode)| Case {
            uri,
            argument,
            service,
            variables,
            names_service,
            passfile_mode,
        },
    )
}

/// The parameters that are given, with the servers' places filled in.
fn given(
    values: &[Option<&str>],
    servers: [&Cluster; 2],
) -> Vec<(&'static str, &'static str, String)> {
    let fill = |value: &str| {
        let [a, b] = servers.map(|server| server.socket().to_str().unwrap());
        let value = value.replace("{a}", a).replace("{b}", b);
        let [a, b] = servers.map(|server| server.port.to_string());
        value.replace("{A}", &a).replace("{B}", &b)
    };
    let all = VALUES.iter().zip(values);
    let mut given: Vec<_> = all
        .filter_map(|((key, variable, ..), value)| Some((*key, *variable, fill((*value)?))))
        .collect();
    given.dedup_by_key(|(key, ..)| *key);
    given
}

fn conninfo(case: &Case, servers: [&Cluster; 2]) -> String {
    let mut text = String::new();
    for (key, _, value) in given(&case.argument, servers) {
        let value = value.replace('\\', "\\\\").replace('\'', "\\'");
        text += &format!("{key} = '{value}' ");
    }
    if case.names_service == Some(true) {
        text += "service=s";
    }
    text
}

fn uri(case: &Case, servers: [&Cluster; 2]) -> String {
    let all = given(&case.argument, servers);
    let get = |key: &str| all.iter().find(|(k, ..)| *k == key).map(|(.., value)| encoded(value));
    let mut text = "postgresql://".to_owned();
    text += &match (get("user"), get("password")) {
        (None, None) => String::new(),
        (user, None) => format!("{}@", user.unwrap_or_default()),
        (user, Some(password)) => format!("{}:{password}@", user.unwrap_or_default()),
    };
    // In the place of hosts stands one; several, and their ports, go behind the question mark.
    text += "/";
    text += &get("dbname").unwrap_or_default();
    let mut separator = '?';
    for (key, _, value) in &all {
        if !["user", "password", "dbname"].contains(key) {
            text += &format!("{separator}{key}={}", encoded(value));
            separator = '&';
        }
    }
    if case.names_service == Some(true) {
        text += &format!("{separator}service=s");
    }
    text
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

const QUESTION: &str = "SELECT concat_ws('|', current_user, current_database(), \
    current_setting('port'), current_setting('application_name'), current_setting('work_mem'), \
    current_setting('client_encoding'), inet_server_addr())";

#[test]
fn psql_connects_to_the_same() {
    let servers = [Cluster::start(18), Cluster::start(12)];
    for server in &servers {
        let roles = "CREATE ROLE app LOGIN PASSWORD 'p w'; \
                     CREATE ROLE \"it's \\ a\" LOGIN PASSWORD 'p w'";
        server.sql("postgres", "postgres", roles);
        server.sql("postgres", "postgres", "CREATE DATABASE \"d b\"");
    }
    let servers = [&servers[0], &servers[1]];
    let home = tempfile::tempdir().unwrap();
    let passwords = format!(
        "#*:*:*:*:wrong\n{}:*:*:*:wrong\n127.0.0.1:{}:d b:app:p w\nlocalhost:*:*:app:p\\ w\n\
         127.0.0.1:*:*:it's \\\\ a:p w:rest\n",
        servers[1].socket().display(),
        servers[0].port
    );
    fs::write(home.path().join(".pgpass"), passwords).unwrap();

    let connected = std::cell::Cell::new(0);
    let result = TestRunner::new(seeds::fixed(600)).run(&case(), |case| {
        connected.set(connected.get() + u32::from(compare(&case, servers, home.path())?));
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    // Comparing refusals only would compare little.
    assert!(connected.get() > 60, "{} cases connect", connected.get());
}

/// Whether both connect; an error if they differ.
fn compare(case: &Case, servers: [&Cluster; 2], home: &Path) -> Result<bool, TestCaseError> {
    let passfile = home.join(".pgpass");
    fs::set_permissions(&passfile, fs::Permissions::from_mode(case.passfile_mode)).unwrap();
    let mut file = "[other]\nhost=nowhere\n\n# a comment\n[s]\n".to_owned();
    for (key, _, value) in given(&case.service, servers) {
        file += &format!("{key}={value}\n");
    }
    fs::write(home.join(".pg_service.conf"), file).unwrap();
    let mut variables = given(&case.variables, servers)
        .into_iter()
        .map(|(_, variable, value)| (variable, value))
        .collect::<Vec<_>>();
    if case.names_service == Some(false) {
        variables.push(("PGSERVICE", "s".to_owned()));
    }
    let text = if case.uri { uri(case, servers) } else { conninfo(case, servers) };
    // What has no parameter of libpq's in it is taken for a file.
    let is_file = text.is_empty() || text == "frob = '1' ";
    prop_assert_eq!(is_connection(&text), !is_file, "{}", text);

    let mut psql = psql();
    psql.env("HOME", home).envs(variables.iter().cloned());
    // An empty text is no connection string to psql, but neither does it say anything.
    if !text.is_empty() {
        psql.arg("--dbname").arg(&text);
    }
    let output = psql.args(["-X", "-At", "-w", "-c", QUESTION]).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let theirs = output.status.success().then(|| {
        let answer = String::from_utf8(output.stdout).unwrap();
        answer.trim_end().replace("|psql|", "|pg_globals|")
    });

    let pairs = variables.iter().map(|(name, value)| (*name, value.as_str()));
    let environment = Environment::from_pairs(pairs).with_user(operating_user()).with_home(home);
    let ours = Parameters::parse(&text, &environment)
        .map_err(|error| error.to_string())
        .and_then(|parameters| ask(&parameters, QUESTION));
    prop_assert_eq!(
        ours.as_ref().ok(),
        theirs.as_ref(),
        "{}\n{:?}\nours: {:?}\npsql: {}",
        text,
        variables,
        ours,
        stderr
    );
    Ok(theirs.is_some())
}

/// Who the tests run as, as psql sees it.
fn operating_user() -> String {
    let output = std::process::Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}
