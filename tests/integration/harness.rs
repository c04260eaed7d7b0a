//! The harness itself: every server starts, what is loaded is there, and refusals are real ones.

use crate::support::cluster::Cluster;
use crate::support::globals::{self, Kind, Made};
use crate::support::on_each_major;
use crate::support::platforms::{self, AZADMIN_PASSWORD};
use crate::support::servers::{CLIENTS, NEWEST, majors, pairs};
use crate::support::sql::Rows;

const END: &str = "-- PostgreSQL database cluster dump complete\n--\n\n";

on_each_major! { rich_is_loaded_and_dumped customer_is_loaded_on_aurora azure_refuses }

fn rich_is_loaded_and_dumped(major: u32) {
    let cluster = Cluster::start(major);
    let version = one(&cluster.query("postgres", "postgres", "SHOW server_version_num"));
    assert_eq!(version.parse::<u32>().unwrap() / 10_000, cluster.major);

    let made = globals::rich(&cluster, "postgres");
    assert_logins(&cluster, &made);
    for &database in made.databases {
        cluster.sql("app", database, "SELECT 1");
    }
    assert!(made.tablespace.unwrap().read_dir().unwrap().next().is_some());
    // What pg_dumpall would have to say, were it complete.
    let settings = cluster.query("postgres", "postgres", "SELECT setrole FROM pg_db_role_setting");
    assert_eq!(settings.len(), 14);

    for pair in pairs().into_iter().filter(|pair| pair.server == major) {
        let dump = text(cluster.dump_globals(pair.client, "postgres", &[]));
        assert!(dump.ends_with(END), "{pair:?}: {dump}");
        assert!(dump.contains("ALTER ROLE app SET work_mem TO '64MB';"), "{pair:?}: {dump}");
        let full = text(cluster.dump_all(pair.client, "postgres", &["--schema-only"]));
        assert!(full.contains("IN DATABASE app_db SET work_mem TO '128MB';"), "{pair:?}: {full}");
    }
}

fn customer_is_loaded_on_aurora(major: u32) {
    let cluster = platforms::aurora_like(major);
    let made = globals::customer(&cluster);
    assert_logins(&cluster, &made);
    assert_eq!(made.databases, ["shop", "billing"]);

    let client = CLIENTS.into_iter().find(|&client| client >= major).unwrap_or(NEWEST);
    let refused = cluster.pg_dumpall(client, "postgres").arg("--globals-only").output().unwrap();
    assert!(!refused.status.success());
    assert!(text(refused.stderr).contains("pg_authid"));
    // The way out that loses the passwords.
    cluster.dump_globals(client, "postgres", &["--no-role-passwords"]);
}

fn azure_refuses(major: u32) {
    let cluster = platforms::azure_like(major);
    cluster.login("azadmin", AZADMIN_PASSWORD).unwrap();
    let script = "CREATE ROLE x; ALTER ROLE x WITH NOSUPERUSER LOGIN; ALTER ROLE x LOGIN;";
    let output = cluster.psql("azadmin", script);
    assert!(output.status.success());
    let errors = text(output.stderr);
    assert_eq!(errors.matches("ERROR:").count(), 1, "{errors}");
    let refusal = if major < 16 {
        "must be superuser to alter superuser"
    } else {
        "permission denied to alter role"
    };
    assert!(errors.contains(refusal), "{errors}");

    let refusal = cluster.try_sql("azadmin", "postgres", "GRANT pg_write_server_files TO x");
    // A plain server before 16 lets CREATEROLE grant it; the platform does not.
    assert_eq!(refusal.is_err(), !(11..16).contains(&major), "{refusal:?}");
    assert!(cluster.try_query("azadmin", "azure_maintenance", "SELECT 1").is_err());
    cluster.sql("x", "azure_sys", "SELECT 1");
}

#[test]
fn pairs_cover_every_server_and_every_client() {
    let pairs = pairs();
    assert!(majors().all(|major| pairs.iter().any(|pair| pair.server == major)));
    assert!(CLIENTS.iter().all(|&client| pairs.iter().any(|pair| pair.client == client)));
    assert!(pairs.iter().all(|pair| pair.exists()));
    assert!(pairs.is_sorted());
}

#[test]
fn a_panic_leaves_no_server_behind() {
    let place = std::panic::catch_unwind(|| {
        let cluster = Cluster::start_with(18, "postgres", &[("wal_level", "logical")]);
        assert_eq!(one(&cluster.query("postgres", "postgres", "SHOW wal_level")), "logical");
        assert!(cluster.log().contains("ready to accept connections"));
        let place = cluster.socket().to_owned();
        std::panic::resume_unwind(Box::new((place, cluster.port)));
    });
    let (place, port) = *place.unwrap_err().downcast::<(std::path::PathBuf, u16)>().unwrap();
    assert!(!place.exists());
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn connection_strings_connect() {
    let cluster = Cluster::start(17);
    let odd = "it's a \\ \"role\"";
    cluster.sql(
        "postgres",
        "postgres",
        "CREATE ROLE \"it's a \\ \"\"role\"\"\" LOGIN PASSWORD 'p'",
    );
    let socket = cluster.connection_string(odd, "postgres");
    let tcp = cluster.tcp_connection_string(odd, "postgres");
    for (string, password) in [(&socket, "wrong"), (&tcp, "p")] {
        let output = Cluster::psql_at(string, password, "SELECT current_user").unwrap();
        assert!(output.contains(odd), "{string}: {output}");
    }
    assert!(
        Cluster::psql_at(&tcp, "wrong", "SELECT 1").unwrap_err().contains("authentication failed")
    );
}

fn assert_logins(cluster: &Cluster, made: &Made) {
    let stored = "SELECT rolname, rolpassword FROM pg_authid WHERE oid > 16383 ORDER BY 1";
    let stored = cluster.query(&cluster.superuser, "postgres", stored);
    for login in made.logins {
        let row = stored.iter().find(|row| row[0].as_deref() == Some(login.role)).unwrap();
        assert_eq!(row[1], login.verifier(), "{login:?}");
        let tried = cluster.login(login.role, login.password.unwrap_or("x"));
        assert_eq!(tried.is_ok(), login.let_in, "{login:?}: {tried:?}");
        if login.let_in {
            assert!(cluster.login(login.role, "wrong").is_err());
        }
    }
    for kind in [Kind::Md5, Kind::Scram(4096), Kind::None] {
        assert!(made.logins.iter().any(|login| login.kind == kind), "{kind:?}");
    }
}

fn one(rows: &Rows) -> String {
    rows[0][0].clone().unwrap()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}
