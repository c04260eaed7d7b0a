//! Servers that are none, or say what no server says: one clear error in bounded memory, and nothing
//! that a terminal would obey.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::os::unix::net::UnixStream;

use insta::assert_snapshot;
use pg_globals::connect::{Environment, Parameters, connect};
use serde_json::Value;

use super::plan::{self, state};
use crate::support::cluster::Cluster;
use crate::support::command::{Done, Run};
use crate::support::globals::rich;
use crate::support::impostor::{Answer, Impostor, Question, endlessly, gone, pass, row, values};
use crate::support::proxy::packet;

/// Enough for the program, and not for what it is sent.
const LITTLE: u32 = 300;

/// What clears a screen, turns the direction of writing, and breaks a line.
const EVIL: &str = "\u{1b}[2J\u{9b}31m\u{202e}\r\nevil";

const DUMP: &str = "CREATE ROLE app LOGIN;\n";

/// An error with these fields.
fn error(fields: &[(u8, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (tag, text) in fields {
        body.extend([&[*tag], *text, b"\0"].concat());
    }
    body.push(0);
    packet(b'E', &body)
}

fn refusal(message: &[u8]) -> Vec<u8> {
    error(&[(b'S', b"ERROR"), (b'V', b"ERROR"), (b'C', b"XX000"), (b'M', message)])
}

/// No control character but line breaks, and no more than one error.
#[track_caller]
fn assert_harmless(done: &Done) {
    for text in [&done.stdout, &done.stderr] {
        let is_bad = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!text.contains(is_bad), "{text:?}");
        assert!(!text.contains("panicked"), "{text}");
    }
    let errors = done.stderr.split('\n').filter(|line| line.starts_with("error: ")).count();
    assert!(errors <= 1, "{}", done.stderr);
}

/// The source, its script in a file: in SQL a name may be anything.
fn convert(from: &str) -> Run {
    Run::new(["convert", from, "--reader", "catalog", "-o", "out.sql"]).with_memory(LITTLE)
}

/// What every command says of a server that is none.
#[track_caller]
fn said_of(impostor: &Impostor) -> String {
    let place = &impostor.connection_string("postgres");
    let done = convert(place).status(2);
    assert_harmless(&done);
    assert_eq!((done.stdout.as_str(), done.run.names().is_empty()), ("", true));
    let said = done.stderr;
    let why = said.strip_prefix("error: the source: ").unwrap();
    let copy = Run::new(["copy", "in.sql", place, "--yes"]).file("in.sql", DUMP);
    assert_eq!(copy.with_memory(LITTLE).fails(), format!("error: the target: {why}"));
    let diff = Run::new(["diff", "in.sql", place]).file("in.sql", DUMP);
    assert_eq!(diff.with_memory(LITTLE).fails(), format!("error: the right side: {why}"));
    let check = Run::new(["check", place, place, "--format", "json"]).with_memory(LITTLE);
    let check = check.status(2);
    assert_harmless(&check);
    let report: Value = serde_json::from_str(&check.stdout).unwrap();
    let outcomes = report["checks"].as_array().unwrap();
    let network = outcomes.iter().find(|it| it["check"] == "network").unwrap();
    assert_eq!(network["state"], "failed");
    let found = network["found"].as_str().unwrap();
    assert!(found.contains(why.trim_end()), "{found}");
    assert!(outcomes.iter().all(|it| it["state"] != "succeeded"), "{}", check.stdout);
    why.replace(&impostor.place(), "DIR")
}

#[test]
fn what_is_no_server() {
    let escapes = refusal(EVIL.as_bytes());
    let greetings: [(&str, Vec<u8>, bool); 14] = [
        ("the web", b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n".into(), false),
        ("zeros", vec![0; 100], false),
        ("a negative length", b"R\xff\xff\xff\xff".into(), false),
        ("two gigabytes", b"E\x7f\xff\xff\xff".into(), false),
        ("three bytes", b"R\0\0\0\x03".into(), false),
        ("half a message", b"R\0\0\0\x08\0".into(), true),
        ("silence", Vec::new(), true),
        ("an unknown login", packet(b'R', &99_u32.to_be_bytes()), false),
        ("a short login", packet(b'R', b"\0"), false),
        ("an error without fields", error(&[]), false),
        ("an error without its end", packet(b'E', b"MNo"), false),
        ("an error for terminals", escapes, false),
        ("an error in no encoding", refusal(b"na\xefve"), false),
        ("ready at once", packet(b'Z', b"I"), false),
    ];
    let mut all = String::new();
    for (name, bytes, hangs_up) in greetings {
        let _ = write!(all, "{name}: {}", said_of(&Impostor::greeting(bytes, hangs_up)));
    }
    assert_snapshot!(all, @r#"
    the web: DIR/.s.PGSQL.5432: this is no PostgreSQL server: it says "HTTP/1.1 400 Bad Request"
    zeros: DIR/.s.PGSQL.5432: this is no PostgreSQL server: it says "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    a negative length: DIR/.s.PGSQL.5432: this is no PostgreSQL server: it sends more than 1 MiB before it lets anybody in
    two gigabytes: DIR/.s.PGSQL.5432: this is no PostgreSQL server: it sends more than 1 MiB before it lets anybody in
    three bytes: DIR/.s.PGSQL.5432: this is no PostgreSQL server: it sends a message of 3 bytes
    half a message: DIR/.s.PGSQL.5432: this is no PostgreSQL server: bytes remaining on stream
    silence: DIR/.s.PGSQL.5432: the server closed the connection at once; is it PostgreSQL, and are connections left?
    an unknown login: DIR/.s.PGSQL.5432: this is no PostgreSQL server: unknown authentication tag `99`
    a short login: DIR/.s.PGSQL.5432: the server closed the connection at once; is it PostgreSQL, and are connections left?
    an error without fields: DIR/.s.PGSQL.5432: this is no PostgreSQL server: `S` field missing
    an error without its end: DIR/.s.PGSQL.5432: the server closed the connection at once; is it PostgreSQL, and are connections left?
    an error for terminals: DIR/.s.PGSQL.5432: \u{1b}[2J\u{9b}31m\u{202e}\r\nevil (XX000)
    an error in no encoding: DIR/.s.PGSQL.5432: na�ve (XX000)
    ready at once: DIR/.s.PGSQL.5432: this is no PostgreSQL server: unexpected message from server
    "#);
    let long = said_of(&Impostor::greeting(refusal(&b"x".repeat(500_000)), false));
    let cut = format!("DIR/.s.PGSQL.5432: {}… (XX000)\n", "x".repeat(10_000));
    assert_eq!(long, cut);
}

#[test]
fn what_never_begins() {
    for message in [
        packet(b'N', b"SNOTICE\0C00000\0Mhello\0\0"),
        packet(b'S', b"server_version\x0018\0"),
        packet(b'K', &[0; 8]),
    ] {
        let impostor = Impostor::new(move |mut client| {
            crate::support::proxy::body(&mut client)?;
            (&mut client).write_all(&packet(b'R', &[0; 4]))?;
            endlessly(&message, client)
        });
        let said = said_of(&impostor);
        let why =
            "this is no PostgreSQL server: it sends more than 1 MiB before it lets anybody in";
        assert_eq!(said, format!("DIR/.s.PGSQL.5432: {why}\n"));
    }
}

/// As psql, it waits as long as `connect_timeout` says.
#[test]
fn what_never_answers() {
    let silent = Impostor::greeting("", false);
    let welcome = [packet(b'R', &[0; 4]), packet(b'Z', b"I")].concat();
    let deaf = Impostor::greeting(welcome, false);
    for (impostor, more) in [(&silent, ""), (&deaf, " target_session_attrs=read-write")] {
        let place = impostor.connection_string("postgres") + " connect_timeout=2" + more;
        let stderr = convert(&place).fails().replace(&impostor.place(), "DIR");
        assert_eq!(
            stderr,
            "error: the source: DIR/.s.PGSQL.5432: no answer within 2 s; a firewall may be in between; \
             connect_timeout=SECONDS in the connection string, or PGCONNECT_TIMEOUT, sets another limit, and 0 none\n"
        );
    }
}

/// A server that owes an answer does not keep the program from ending.
#[test]
fn a_goodbye_waits_for_no_answer() {
    let welcome = [packet(b'R', &[0; 4]), packet(b'Z', b"I")].concat();
    let deaf = Impostor::greeting(welcome, false);
    let environment = Environment::from_pairs([]).with_user("nobody");
    let parameters = Parameters::parse(&deaf.connection_string("postgres"), &environment).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let connection = connect(&parameters, None).await.unwrap();
        let limit = std::time::Duration::from_millis(1);
        let answer = tokio::time::timeout(limit, connection.client.simple_query("SELECT 1")).await;
        assert!(answer.is_err());
        connection.close().await;
    });
}

/// What arrives instead of an answer, and what it is called.
type Instead = (&'static str, fn(Answer, &UnixStream) -> io::Result<()>);

fn write(bytes: &[u8], mut client: &UnixStream) -> io::Result<()> {
    client.write_all(bytes)?;
    gone(client)
}

fn hang_up() -> io::Result<()> {
    Err(io::ErrorKind::ConnectionAborted.into())
}

/// An answer that has its end.
fn reply(bytes: &[u8], mut client: &UnixStream) -> io::Result<()> {
    client.write_all(&[bytes, &packet(b'Z', b"I")].concat())
}

const INSTEAD: [Instead; 13] = [
    ("the web", |_, client| write(b"HTTP/1.1 400 Bad Request\r\n\r\n", client)),
    ("an unknown type", |_, client| write(&packet(b'!', b"?"), client)),
    ("two gigabytes", |_, client| write(b"T\x7f\xff\xff\xff", client)),
    ("three bytes", |_, client| write(b"D\0\0\0\x03", client)),
    ("an error without fields", |_, client| reply(&error(&[]), client)),
    ("an error for terminals", |_, client| reply(&refusal(EVIL.as_bytes()), client)),
    ("half of it", |answer, client| {
        let bytes: Vec<u8> = answer.iter().flat_map(|(tag, body)| packet(*tag, body)).collect();
        (&mut { client }).write_all(&bytes[..bytes.len() / 2])?;
        hang_up()
    }),
    ("silence", |_, _| hang_up()),
    ("what was not asked", |_, client| reply(&packet(b'1', b""), client)),
    ("ready, without a word", |_, client| reply(b"", client)),
    ("nothing found", |_, client| reply(&packet(b'C', b"SELECT 0\0"), client)),
    ("rows of no columns", |answer, client| {
        let rows = answer.into_iter().filter(|(tag, _)| *tag != b'T').collect();
        pass(&rows, client)
    }),
    ("a row too short", |mut answer, client| {
        for (tag, body) in &mut answer {
            if *tag == b'D' {
                let values = values(body);
                *body = row(&values[..values.len() - 1]);
            }
        }
        pass(&answer, client)
    }),
];

/// As the source: the first two questions are all.
#[test]
fn answers_that_are_none() {
    let server = Cluster::start(16);
    for at in 0..2 {
        for (name, instead) in INSTEAD {
            let impostor = Impostor::between(&server, move |question, answer, client| {
                if question.number == at { instead(answer, client) } else { pass(&answer, client) }
            });
            let done = convert(&impostor.connection_string("postgres")).status(2);
            assert_harmless(&done);
            let start = format!("error: {}:5432/postgres: ", impostor.place());
            assert!(done.stderr.starts_with(&start), "{at}, {name}: {}", done.stderr);
            assert_eq!(done.stderr.matches('\n').count(), 1, "{at}, {name}: {}", done.stderr);
            assert!(done.run.names().is_empty(), "{at}, {name}");
        }
    }
}

/// Whatever is sent, the program ends before its memory does.
#[test]
fn answers_without_end() {
    const ENOUGH: u32 = 3 << 10;
    let server = Cluster::start(16);
    let long = [Some(vec![b'x'; 8000])];
    let messages = [
        packet(b'D', &row(&long)),
        packet(b'D', &row(&[None])),
        packet(b'N', &[b"SNOTICE\0C00000\0M", &[b'x'; 8000][..], b"\0\0"].concat()),
        packet(b'S', &[b"x", &[b'x'; 8000][..], b"\0y\0"].concat()),
    ];
    for message in messages {
        let endless = message.clone();
        let impostor = Impostor::between(&server, move |question, answer, client| {
            if question.number == 0 {
                return pass(&answer, client);
            }
            let column = [&b"\0\x01x\0"[..], &[0; 18]].concat();
            (&mut { client }).write_all(&packet(b'T', &column))?;
            endlessly(&endless, client)
        });
        let from = impostor.connection_string("postgres");
        let done = convert(&from).with_memory(ENOUGH).status(2);
        assert_harmless(&done);
        let why = if message[0] == b'D' {
            "pg_authid: more than 960 MiB in one answer"
        } else {
            "an answer: it sends more than 1 GiB in one answer"
        };
        assert_eq!(
            done.stderr.replace(&impostor.place(), "DIR"),
            format!(
                "error: DIR:5432/postgres: the server's answer is not PostgreSQL's ({why}): is it a \
                 connection pooler? connect to the server itself\n"
            )
        );
    }
}

/// Each value of each row becomes another, a column at a time.
fn changed(server: &Cluster, by: Option<&'static [u8]>, at: Option<usize>) -> Impostor {
    Impostor::between(server, move |question, mut answer, client| {
        for (tag, body) in &mut answer {
            if *tag == b'D' && is_changed(question, at) {
                let mut values = values(body);
                for (column, value) in values.iter_mut().enumerate() {
                    if at.is_none_or(|at| at == column) {
                        *value = by.map(<[u8]>::to_vec);
                    }
                }
                *body = row(&values);
            }
        }
        pass(&answer, client)
    })
}

/// Where everything is changed, not what everything else depends on.
fn is_changed(question: Question<'_>, at: Option<usize>) -> bool {
    let is_first = ["server_version_num", "pg_auth_members a "];
    at.is_some() || !is_first.iter().any(|text| question.text.contains(text))
}

/// The most columns that a question of ours has.
const COLUMNS: usize = 13;

/// As the source of everything, and as both sides of check.
fn values_that_are_wrong(by: Option<&'static [u8]>) {
    let server = Cluster::start(16);
    rich(&server, "postgres");
    for column in 0..COLUMNS {
        let impostor = changed(&server, by, Some(column));
        let from = impostor.connection_string("postgres");
        let done = convert(&from).status_of(&[0, 2]);
        assert_harmless(&done);
        assert_eq!(done.stderr.starts_with("error: "), done.run.names().is_empty());
    }
    let impostor = changed(&server, by, None);
    let place = impostor.connection_string("postgres");
    for format in ["text", "markdown"] {
        let done = Run::new(["check", &place, &place, "--online", "--format", format]);
        assert_harmless(&done.with_memory(2 * LITTLE).status_of(&[0, 1, 2]));
    }
}

#[test]
fn values_that_are_null() {
    values_that_are_wrong(None);
}

#[test]
fn values_in_no_encoding() {
    values_that_are_wrong(Some(b"\xff\xfe"));
}

#[test]
fn values_for_terminals() {
    values_that_are_wrong(Some(EVIL.as_bytes()));
}

#[test]
fn values_that_are_too_large() {
    values_that_are_wrong(Some(b"9223372036854775807"));
}

#[test]
fn values_that_are_too_small() {
    values_that_are_wrong(Some(b"-9223372036854775808"));
}

/// As the target: whatever it says instead of an answer, it is as before until COMMIT has arrived.
#[test]
fn a_target_that_goes_mad() {
    let target = plan::target(16);
    let dump = &plan::dump(true);
    let before = state(&target);
    let messages = plan::recorded(&target, dump, &[]);
    assert_eq!(state(&target), before);
    // The first is the start-up packet.
    let commit = messages.iter().position(|text| text == "COMMIT").unwrap() - 1;
    let mad = |at: usize, instead: fn(Answer, &UnixStream) -> io::Result<()>| {
        let impostor = Impostor::between(&target, move |question, answer, client| {
            if question.number == at { instead(answer, client) } else { pass(&answer, client) }
        });
        let to = impostor.connection_string("azadmin");
        let run = plan::copy(dump, &to, &["--undo", "undo.sql"]).with_memory(LITTLE);
        let done = run.status(2);
        assert_harmless(&done);
        drop(impostor);
        done
    };
    let some = ["the web", "an error without fields", "what was not asked", "silence"];
    let some = INSTEAD.iter().filter(|(name, _)| some.contains(name));
    for (name, instead) in some {
        for at in 0..commit {
            let done = mad(at, *instead);
            assert_eq!(done.run.names(), ["in.sql"], "{name} at {at}: {}", done.stderr);
            assert_eq!(state(&target), before, "{name} at {at}: {}", done.stderr);
        }
        let done = mad(commit, *instead);
        assert!(done.stderr.contains("is not known: run copy again"), "{name}: {}", done.stderr);
        assert_ne!(state(&target), before);
        plan::undo(&target, &done);
        let done = mad(commit + 1, *instead);
        assert!(done.stderr.contains("everything was done, but cannot"), "{name}: {}", done.stderr);
        plan::undo(&target, &done);
        assert_eq!(state(&target), before);
    }
}
