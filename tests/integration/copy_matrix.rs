//! `copy` between real servers: nothing remains, a second copy sends nothing, and everybody logs in
//! with the old password.

use crate::support::catalog::{Catalog, Setting};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::globals::{self, Made};
use crate::support::on_each_major;
use crate::support::platforms;
use crate::support::servers::{MAJORS, NEWEST, client_program, dumper, is_there};

on_each_major! { copy_rich_to_azure copy_customer_to_azure copy_rich_to_plain }

/// The targets of a source in a normal run: each of both occurs with its neighbours and the ends.
fn targets(source: u32) -> Vec<u32> {
    let all = MAJORS.into_iter().filter(|target| *target >= 12);
    if std::env::var_os("PG_GLOBALS_ALL_PAIRS").is_some() {
        return all.collect();
    }
    let next = if source >= 18 { 12 } else { source.max(11) + 1 };
    all.filter(|target| [next, 15, 16, 18].contains(target)).collect()
}

fn copy_rich_to_azure(major: u32) {
    let source = Cluster::start(major);
    let made = globals::rich(&source, "postgres");
    to_azure(&source, "postgres", &made);
}

fn copy_customer_to_azure(major: u32) {
    let source = platforms::aurora_like(major);
    let made = globals::customer(&source);
    to_azure(&source, "rdsadmin", &made);
}

fn to_azure(source: &Cluster, user: &str, made: &Made) {
    for major in targets(source.major) {
        let target = platforms::azure_like(major);
        if major % 2 == 1 && major >= 14 {
            // Where pg_authid is closed, verifiers cannot be compared.
            target.sql("azuresu", "postgres", "REVOKE pg_read_all_data FROM azure_pg_admin");
        }
        let from = source.connection_string(user, "postgres");
        let to = target.connection_string("azadmin", "postgres");
        // By both readers.
        let pg_dumpall = client_program(dumper(source.major), "pg_dumpall");
        assert_converges_with(&from, &to, &["--pg-dumpall", pg_dumpall.to_str().unwrap()]);
        assert_logins(&target, made);
        assert_settings(source, &target, &NOT_ON_AZURE);
    }
}

fn copy_rich_to_plain(major: u32) {
    let source = Cluster::start(major);
    let made = globals::rich(&source, "postgres");
    let newest = [NEWEST].into_iter().filter(|newest| source.major >= 15 && is_there(*newest));
    for major in targets(source.major).into_iter().chain(newest) {
        let target = Cluster::start(major);
        target.new_directory("odd space");
        let from = source.connection_string("postgres", "postgres");
        let to = target.connection_string("postgres", "postgres");
        assert_converges_with(&from, &to, &["--skip", "tablespaces", "--reader", "catalog"]);
        assert_logins(&target, &made);
        // Tablespaces were left out, and with them what names one.
        let gone_by_version: &[&str] = &["local_preload_libraries", "temp_tablespaces"];
        assert_settings(&source, &target, gone_by_version);
    }
}

/// Settings of the sources that only a superuser can give to a role, and what names a tablespace.
const NOT_ON_AZURE: [&str; 8] = [
    "local_preload_libraries",
    "log_statement",
    "log_min_duration_statement",
    "session_replication_role",
    "myapp.tenant",
    "MyApp.CamelCase",
    "pgaudit.log",
    "temp_tablespaces",
];

/// Every setting of a role has arrived, apart from these, those in databases that are missing, and
/// those of roles that stay.
fn assert_settings(source: &Cluster, target: &Cluster, gone: &[&str]) {
    // Since 19 no name has a line break.
    let is_taken = |role: &str| target.major < 19 || !role.contains('\n');
    let (source, target) = (Catalog::of(source), Catalog::of(target));
    let stays = |setting: &&Setting| {
        let (name, _) = setting.text.split_once('=').unwrap();
        setting.database.is_none()
            && setting
                .role
                .as_ref()
                .is_some_and(|role| !role.starts_with("rdsadmin") && is_taken(role))
            && !gone.contains(&name)
    };
    let missing: Vec<_> = source
        .settings
        .iter()
        .filter(stays)
        .filter(|setting| setting.text != "search_path=" && !target.settings.contains(*setting))
        .collect();
    assert_eq!(missing, Vec::<&Setting>::new());
}

fn assert_converges_with(from: &str, to: &str, more: &[&str]) {
    let arguments =
        [&["copy", from, to, "--yes", "--into-older", "--format", "json"], more].concat();
    let first = report(&arguments);
    assert_eq!(first["remaining"], 0, "{first:#}");
    assert!(first["sent"].as_u64().unwrap() > 20, "{first:#}");
    let second = report(&arguments);
    assert_eq!(second["sent"], 0, "{second:#}");
    assert_eq!(second["changes"], serde_json::json!([]), "{second:#}");
    assert_eq!(second["remaining"], 0, "{second:#}");
}

fn report(arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&Run::new(arguments).done().stdout).unwrap()
}

fn assert_logins(target: &Cluster, made: &Made) {
    for login in made.logins {
        let tried = target.login(login.role, login.password.unwrap_or("x"));
        assert_eq!(tried.is_ok(), login.let_in, "{login:?}: {tried:?}");
    }
}
