//! Logging in: passwords from everywhere, and what a server refuses.

use std::cell::Cell;
use std::os::unix::fs::PermissionsExt as _;
use std::{fs, slice};

use pg_globals::connect::{Password, connect};

use super::{ask, ask_with, parameters, reload, run};
use crate::support::cluster::Cluster;

#[test]
fn passwords_come_from_everywhere() {
    let cluster = Cluster::start(18);
    let token = "t:\\".repeat(1400);
    let create = format!(
        "CREATE ROLE app LOGIN PASSWORD 'p w'; SET password_encryption = md5; \
         CREATE ROLE old LOGIN PASSWORD 'p w'; RESET password_encryption; \
         CREATE ROLE entra LOGIN PASSWORD '{}'",
        "x".repeat(500)
    );
    cluster.sql("postgres", "postgres", &create);
    let who = "SELECT current_user || ' ' || current_setting('application_name')";
    for role in ["app", "old"] {
        let string = cluster.tcp_connection_string(role, "postgres");
        let expected = Ok(format!("{role} pg_globals"));
        let given = parameters(&format!("{string} password='p w'"), &[]);
        assert_eq!(given.warnings().len(), 1);
        assert_eq!(ask(&given, who), expected);
        let variable = parameters(&string, &[("PGPASSWORD", "p w")]);
        assert_eq!(variable.warnings().len(), 0);
        assert_eq!(ask(&variable, who), expected);

        let asked = Cell::new(0);
        let prompt = |prompt: &str| {
            assert_eq!(prompt, format!("Password for user {role}: "));
            asked.set(asked.get() + 1);
            Some(Password::new(if asked.get() == 1 { "p w" } else { "wrong" }))
        };
        assert_eq!(ask_with(&parameters(&string, &[]), Some(&prompt), who).ok(), expected.ok());
        let wrong = ask_with(&parameters(&string, &[]), Some(&prompt), who).unwrap_err();
        assert_eq!(
            wrong.to_string(),
            format!(
                "127.0.0.1:{}: password authentication failed for user \"{role}\" (password from \
                 the prompt)",
                cluster.port
            )
        );
        assert_eq!(asked.get(), 2);
    }

    // A token, as platforms give for a password.
    let hba = format!("host all entra 127.0.0.1/32 password\n{}", hba(&cluster));
    fs::write(cluster.socket().join("hba"), hba).unwrap();
    cluster.sql("postgres", "postgres", &format!("ALTER ROLE entra PASSWORD '{token}'"));
    reload(&cluster);
    let passfile = cluster.new_directory("home").join("pgpass");
    let escaped = token.replace('\\', "\\\\").replace(':', "\\:");
    fs::write(&passfile, format!("# nothing\n*:*:*:entra:{escaped}\n")).unwrap();
    fs::set_permissions(&passfile, fs::Permissions::from_mode(0o600)).unwrap();
    let string = cluster.tcp_connection_string("entra", "postgres");
    let string = format!("{string} passfile={}", passfile.display());
    assert_eq!(ask(&parameters(&string, &[]), "SELECT current_user"), Ok("entra".to_owned()));

    fs::set_permissions(&passfile, fs::Permissions::from_mode(0o644)).unwrap();
    let open = parameters(&string, &[]);
    assert_eq!(
        open.warnings().iter().map(ToString::to_string).collect::<Vec<_>>(),
        slice::from_ref(&format!(
            "password file {0} is not used, since others may read it; chmod 600 {0}",
            passfile.display()
        ))
    );
    assert!(ask(&open, "SELECT 1").unwrap_err().contains("and there is none"));
}

#[test]
fn the_end_is_heard() {
    let cluster = Cluster::start(15);
    let parameters = parameters(&cluster.connection_string("postgres", "postgres"), &[]);
    run(async {
        let connection = connect(&parameters, None).await.unwrap();
        let statement = "DO $$ BEGIN RAISE WARNING 'careful'; END $$";
        connection.client.batch_execute(statement).await.unwrap();
        assert_eq!((connection.is_closed(), connection.end()), (false, None));
        let backend = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name \
                       = 'pg_globals'";
        let end = || cluster.sql("postgres", "postgres", backend);
        std::thread::scope(|scope| scope.spawn(end).join()).unwrap();
        while !connection.is_closed() {
            tokio::task::yield_now().await;
        }
        let end = "terminating connection due to administrator command (57P01)";
        assert_eq!(connection.end(), Some(end));
        connection.close().await;
    });
}

fn hba(cluster: &Cluster) -> String {
    fs::read_to_string(cluster.socket().join("hba")).unwrap()
}
