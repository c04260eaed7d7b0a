//! Law 3: what is read from a server's catalogs is what `pg_dumpall` writes of it, apart from what it
//! is known to leave out.

mod environment;
mod finding;
mod forecast;
mod grants;
mod running;
mod secrets;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use pg_globals::connect::{Connection, Environment, Parameters, connect};
use pg_globals::globals::{Fact, Globals, Password};
use pg_globals::read::live::{self, Live};
use pg_globals::read::pg_dumpall::{Program, dump};
use pg_globals::read::witness::Witness;
use pg_globals::read::{Options, both, pg_dumpall_alone, read};

use crate::support::catalog::assert_same;
use crate::support::cluster::Cluster;
use crate::support::globals;
use crate::support::on_each_major;
use crate::support::platforms;
use crate::support::servers::{client_program, pairs};

on_each_major! { readers_agree_on_rich readers_agree_on_aurora }

/// Longer than anything takes that works.
const LONG: Duration = Duration::from_mins(2);

fn readers_agree_on_rich(major: u32) {
    let source = Cluster::start(major);
    globals::rich(&source, "postgres");
    assert_agree(&source, "postgres");
}

fn readers_agree_on_aurora(major: u32) {
    let source = platforms::aurora_like(major);
    globals::customer(&source);
    assert_agree(&source, "rdsadmin");
    assert_agree(&source, "postgres");
    // The master user is not let near the verifiers, and sees everything else.
    let all = read_live(&source, "rdsadmin").globals;
    let mut without = all.clone();
    for role in without.roles.values_mut() {
        role.password = Password::Unknown;
    }
    assert_models(&read_live(&source, "postgres").globals, &without);
    assert!(all.roles.values().any(|role| matches!(role.password, Password::Is(_))));
}

fn read_live(cluster: &Cluster, user: &str) -> Live {
    cluster.with_client(user, "postgres", async |client| live::read(client).await.unwrap())
}

fn assert_agree(source: &Cluster, user: &str) {
    for pair in pairs().into_iter().filter(|pair| pair.server == source.major) {
        let string = source.connection_string(user, "postgres");
        with_connection(&string, async |connection, live| {
            let program = Program::ask(&client_program(pair.client, "pg_dumpall")).await.unwrap();
            let passwords = live.answers.reads_verifiers;
            let witness = Witness { server: live.probe.major, program: &program, passwords };

            let dumped = dump(&program, connection, passwords, LONG).await.unwrap();
            assert_eq!(dumped.warnings, []);
            let mut text = read(dumped.text.as_slice(), Options::default()).unwrap().globals;
            // It was told to dump passwords: who is without has none, which the text does not say.
            for role in text.roles.values_mut() {
                if passwords && role.password == Password::Unknown {
                    role.password = Password::None(Fact::default());
                }
            }
            assert_models(&text, &witness.shown(live.globals.clone()));

            let (checked, findings) = both(connection, live.clone(), &program, LONG).await.unwrap();
            assert_eq!(findings, []);
            assert_models(&checked.globals, &live.globals);

            let alone = pg_dumpall_alone(connection, live.clone(), &program, LONG).await.unwrap();
            let alone = alone.0.globals;
            assert_same("settings", &alone.settings, &live.globals.settings);
            assert!(alone.settings.keys().any(|key| key.database.is_some()));
            let shown = witness.shown(live.globals.clone());
            assert_same("roles", &alone.roles, &shown.roles);
            assert_same("memberships", &alone.memberships, &shown.memberships);
        });
    }
}

/// Connects as the program does, and reads the catalogs.
fn with_connection<T>(string: &str, work: impl AsyncFnOnce(&Connection, Live) -> T) -> T {
    let environment = Environment::from_pairs([]).with_user("nobody");
    let parameters = Parameters::parse(string, &environment).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let connection = connect(&parameters, None).await.unwrap();
        let live = live::read(&connection.client).await.unwrap();
        let result = work(&connection, live).await;
        assert!(!connection.is_closed());
        connection.close().await;
        result
    })
}

/// An executable script in this directory that says that it is `pg_dumpall` of this version, and
/// otherwise does this.
fn fake(directory: &Path, version: &str, body: &str) -> PathBuf {
    let script = format!(
        "#!/bin/sh\nif [ \"$1\" = --version ]; then echo 'pg_dumpall (PostgreSQL) {version}'; exit; \
         fi\n{body}\n"
    );
    program(directory, &script)
}

/// An executable in this directory that is called `pg_dumpall`.
fn program(directory: &Path, text: &str) -> PathBuf {
    std::fs::create_dir_all(directory).unwrap();
    let path = directory.join("pg_dumpall");
    // Written by a child: one that this process has open for writing cannot be executed, and any
    // other test's child that is being started has everything open that this process has.
    let mut install = Command::new("install");
    install.args(["-m", "755", "/dev/stdin"]).arg(&path).stdin(Stdio::piped());
    let mut install = install.spawn().unwrap();
    install.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(install.wait().unwrap().success());
    path
}

/// The real program of the newest version, as a word of a shell.
fn real() -> String {
    format!("'{}'", client_program(18, "pg_dumpall").display())
}

fn assert_models(got: &Globals, expected: &Globals) {
    assert_same("roles", &got.roles, &expected.roles);
    assert_same("memberships", &got.memberships, &expected.memberships);
    assert_same("settings", &got.settings, &expected.settings);
    assert_same("parameters", &got.parameters, &expected.parameters);
    assert_same("tablespaces", &got.tablespaces, &expected.tablespaces);
}
