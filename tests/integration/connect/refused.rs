//! What is said when there is no connection.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use pg_globals::connect::{ConnectError, Reason};

use super::{ask, ask_with, parameters};
use crate::support::cluster::Cluster;

/// What a connection string comes to, with the port masked.
fn refusal(text: &str, port: u16) -> String {
    ask(&parameters(text, &[]), "SELECT 1").unwrap_err().replace(&port.to_string(), "PORT")
}

#[test]
fn the_text_says_what_is_wrong_and_what_to_do() {
    let cluster = Cluster::start(18);
    cluster.sql("postgres", "postgres", "CREATE ROLE app LOGIN PASSWORD 'p'; CREATE ROLE nologin");
    let port = cluster.port;
    let socket = cluster.socket().to_str().unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let with = |more: &str| refusal(&format!("port={port} user=app dbname=postgres {more}"), port);

    assert_eq!(
        refusal(&format!("host=127.0.0.1 port={closed}"), closed),
        "127.0.0.1:PORT: connection refused; is the server running, and is this its port?"
    );
    let nowhere = with("host=nowhere.invalid");
    assert!(
        nowhere.starts_with("nowhere.invalid:PORT: the host name cannot be resolved: "),
        "{nowhere}"
    );
    assert_eq!(
        with("host=/nowhere"),
        "/nowhere/.s.PGSQL.PORT: there is no such socket; is the server running here? For a server \
         elsewhere, give host=…"
    );
    assert_eq!(
        with("host=127.0.0.1"),
        "127.0.0.1:PORT: the server asks for the password of \"app\", and there is none; set \
         PGPASSWORD, or write it to ~/.pgpass"
    );
    assert_eq!(
        with("host=127.0.0.1 password=x"),
        "127.0.0.1:PORT: password authentication failed for user \"app\" (password from the \
         connection string)"
    );
    assert_eq!(
        with("host=127.0.0.1 password=p dbname=missing"),
        "127.0.0.1:PORT: database \"missing\" does not exist; give another one as dbname=…"
    );
    assert_eq!(
        with("host=127.0.0.1 password=p target_session_attrs=standby"),
        "127.0.0.1:PORT: target_session_attrs wants a standby, and this is none"
    );
    assert_eq!(
        with("host=127.0.0.1 password=p channel_binding=require"),
        "127.0.0.1:PORT: cannot log in: server did not use channel binding"
    );
    let rejected = with(&format!("host={socket} user=nologin")).replace(socket, "DIR");
    assert_eq!(rejected, "DIR/.s.PGSQL.PORT: role \"nologin\" is not permitted to log in");

    cluster.sql("postgres", "postgres", "ALTER ROLE app CONNECTION LIMIT 0");
    assert_eq!(
        with("host=127.0.0.1 password=p"),
        "127.0.0.1:PORT: too many connections for role \"app\"; end other connections, or raise the \
         limit: max_connections, or CONNECTION LIMIT of the role or database"
    );
}

#[test]
fn what_is_no_server_is_told() {
    for (mode, answer, expected) in [
        (
            "prefer",
            "HTTP/1.1 400 Bad Request\r\n\r\n",
            "this is no PostgreSQL server: it answers \"H\" when it is asked for TLS",
        ),
        (
            "disable",
            "SSH-2.0-OpenSSH_9.2\r\n",
            "this is no PostgreSQL server: it sends more than 1 MiB before it lets anybody in",
        ),
        (
            "prefer",
            "",
            "the server closed the connection at once; is it PostgreSQL, and are connections left?",
        ),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // All of it, so that closing resets nothing.
            let mut bytes = [0; 1024];
            let _ = stream.read(&mut bytes).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
        });
        let text = refusal(&format!("host=127.0.0.1 port={port} sslmode={mode}"), port);
        server.join().unwrap();
        assert_eq!(text, format!("127.0.0.1:PORT: {expected}"), "{mode} {answer}");
    }
}

#[test]
fn a_silent_server_is_given_up() {
    // Connections are taken by the kernel, and nobody answers.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let text = format!("host=127.0.0.1 port={port} connect_timeout=1");
    match ask_with(&parameters(&text, &[]), None, "SELECT 1").unwrap_err() {
        ConnectError::Failed(failures) => {
            assert!(matches!(failures[0].reason, Reason::Timeout(_)), "{failures:?}");
            assert_eq!(failures.len(), 1);
        }
        error @ ConnectError::Parameters(_) => panic!("{error}"),
    }
}
