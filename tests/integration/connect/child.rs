//! Children that shall reach the same server.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use pg_globals::connect::connect;

use super::{parameters, run};
use crate::support::cluster::Cluster;
use crate::support::process::{command, succeed};
use crate::support::servers::client_program;

#[test]
fn pg_dumpall_reaches_the_same_server() {
    let cluster = Cluster::start(16);
    cluster.sql("postgres", "postgres", "CREATE ROLE app SUPERUSER LOGIN PASSWORD 'p\\:w'");
    // Nobody listens on the first one.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text = format!(
        "host=127.0.0.1,127.0.0.1 port={closed},{} user=app dbname=postgres sslmode=prefer",
        cluster.port
    );
    let variables = [
        ("PGPASSWORD", "p\\:w"),
        ("PGHOST", "elsewhere"),
        ("PGREQUIRESSL", "0"),
        ("PGOPTIONS", "-c work_mem=5MB"),
    ];
    let parameters = parameters(&text, &variables);
    run(async {
        let connection = connect(&parameters, None).await.unwrap();
        assert_eq!(connection.label(), format!("127.0.0.1:{}/postgres", cluster.port));
        assert_eq!(connection.address().unwrap().to_string(), "127.0.0.1");
        assert!(!connection.is_encrypted());
        let environment = connection.child_environment();
        assert!(environment.unset.contains(&"PGPASSWORD"));
        assert!(environment.unset.contains(&"PGREQUIRESSL"));
        assert!(environment.set.contains(&("PGOPTIONS", "-c work_mem=5MB".to_owned())));
        assert!(environment.set.iter().all(|(_, value)| !value.contains("p\\:w")));

        let passfile = tempfile::NamedTempFile::new().unwrap();
        fs::write(passfile.path(), connection.child_passfile().unwrap().as_bytes()).unwrap();
        fs::set_permissions(passfile.path(), fs::Permissions::from_mode(0o600)).unwrap();
        let mut pg_dumpall = command(client_program(16, "pg_dumpall"), Path::new("/"));
        pg_dumpall.envs(variables);
        for name in environment.unset {
            pg_dumpall.env_remove(name);
        }
        pg_dumpall.envs(environment.set).env("PGPASSFILE", passfile.path());
        pg_dumpall.args(["--globals-only", "--no-password", "-l", connection.database()]);
        let dump = String::from_utf8(succeed(&mut pg_dumpall).stdout).unwrap();
        assert!(dump.contains("CREATE ROLE app;"), "{dump}");
        connection.close().await;
    });
}
