//! Something that listens where a server is expected, and says what the test wants.

use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread::{self, JoinHandle};

use tempfile::TempDir;

use super::cluster::Cluster;
use super::proxy::{body, message, packet};

const PORT: u16 = 5432;

/// It speaks with each client in a thread of its own, until one of them hangs up.
#[derive(Debug)]
pub struct Impostor {
    directory: TempDir,
    over: Arc<AtomicBool>,
    listening: Option<JoinHandle<()>>,
}

/// A question of the client.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Its number on this connection, from 0.
    pub number: usize,
    /// Its statements.
    pub text: &'a str,
}

/// The messages of an answer: their types and what is in them.
pub type Answer = Vec<(u8, Vec<u8>)>;

impl Impostor {
    /// `serve` speaks with a client; what ends it, ends the connection.
    pub fn new(serve: impl Fn(&UnixStream) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let directory = tempfile::Builder::new().prefix("pg_globals.").tempdir_in("/tmp").unwrap();
        let listener = UnixListener::bind(path(&directory)).unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let is_over = Arc::clone(&over);
        let listening = thread::spawn(move || {
            thread::scope(|scope| {
                while let Ok((client, _)) = listener.accept() {
                    if is_over.load(SeqCst) {
                        break;
                    }
                    let serve = &serve;
                    // A client may hang up whenever it likes.
                    scope.spawn(move || drop(serve(&client)));
                }
            });
        });
        Self { directory, over, listening: Some(listening) }
    }

    /// Says this to whoever wants to log in, and nothing more until the client has gone; or it hangs
    /// up itself.
    pub fn greeting(bytes: impl Into<Vec<u8>>, hangs_up: bool) -> Self {
        let bytes = bytes.into();
        Self::new(move |mut client| {
            body(&mut client)?;
            client.write_all(&bytes)?;
            if hangs_up { Ok(()) } else { gone(client) }
        })
    }

    /// In front of a server, whose answers to questions go through `change`: it writes to the client
    /// what is to arrive instead, and may end the connection.
    pub fn between(
        server: &Cluster,
        change: impl Fn(Question<'_>, Answer, &UnixStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let server = server.socket().join(format!(".s.PGSQL.{}", server.port));
        Self::new(move |client| {
            let server = UnixStream::connect(&server)?;
            let ended = relay(client, &server, &change);
            // What is open there is rolled back when this has ended.
            server.shutdown(Shutdown::Write)?;
            io::copy(&mut &server, &mut io::sink())?;
            ended
        })
    }

    /// A connection string that leads to it.
    pub fn connection_string(&self, user: &str) -> String {
        format!("host={} port={PORT} user={user} dbname=postgres", self.place())
    }

    /// The directory of its socket.
    pub fn place(&self) -> String {
        self.directory.path().display().to_string()
    }
}

impl Drop for Impostor {
    fn drop(&mut self) {
        if thread::panicking() {
            return;
        }
        self.over.store(true, SeqCst);
        drop(UnixStream::connect(path(&self.directory)));
        if let Some(listening) = self.listening.take() {
            listening.join().unwrap();
        }
    }
}

fn path(directory: &TempDir) -> std::path::PathBuf {
    directory.path().join(format!(".s.PGSQL.{PORT}"))
}

fn relay(
    mut client: &UnixStream,
    mut server: &UnixStream,
    change: &impl Fn(Question<'_>, Answer, &UnixStream) -> io::Result<()>,
) -> io::Result<()> {
    server.write_all(&packet(0, &body(&mut client)?))?;
    pass(&answer(&mut server)?, client)?;
    for number in 0.. {
        let (tag, body) = message(&mut client)?;
        server.write_all(&packet(tag, &body))?;
        if tag == b'X' {
            break;
        }
        let answer = answer(&mut server)?;
        let text = std::str::from_utf8(&body).unwrap().trim_end_matches('\0');
        change(Question { number, text }, answer, client)?;
    }
    Ok(())
}

/// Everything up to where the server is ready for the next question, or has said why it goes.
fn answer(server: &mut impl io::Read) -> io::Result<Answer> {
    let mut answer = Vec::new();
    loop {
        match message(server) {
            Ok((tag, body)) => answer.push((tag, body)),
            Err(error) if answer.is_empty() => return Err(error),
            Err(_) => return Ok(answer),
        }
        if matches!(answer.last(), Some((b'Z', _))) {
            return Ok(answer);
        }
    }
}

/// Writes an answer as it is.
pub fn pass(answer: &Answer, mut client: &UnixStream) -> io::Result<()> {
    let bytes: Vec<u8> = answer.iter().flat_map(|(tag, body)| packet(*tag, body)).collect();
    client.write_all(&bytes)
}

/// Waits until the client has gone.
pub fn gone(mut client: &UnixStream) -> io::Result<()> {
    let mut bytes = [0; 1 << 10];
    while client.read(&mut bytes)? > 0 {}
    Ok(())
}

/// Writes the same for ever.
pub fn endlessly(bytes: &[u8], mut client: &UnixStream) -> io::Result<()> {
    let many = bytes.repeat((1 << 16) / bytes.len() + 1);
    loop {
        client.write_all(&many)?;
    }
}

/// The values of a row; None is NULL.
pub fn values(row: &[u8]) -> Vec<Option<Vec<u8>>> {
    let count = u16::from_be_bytes([row[0], row[1]]);
    let mut at = 2;
    let mut next = || {
        let length = i32::from_be_bytes(row[at..at + 4].try_into().unwrap());
        at += 4;
        let length = usize::try_from(length).ok()?;
        at += length;
        Some(row[at - length..at].to_vec())
    };
    (0..count).map(|_| next()).collect()
}

/// A row of these values.
pub fn row(values: &[Option<Vec<u8>>]) -> Vec<u8> {
    let mut row = u16::try_from(values.len()).unwrap().to_be_bytes().to_vec();
    for value in values {
        let length = value.as_ref().map_or(-1, |value| i32::try_from(value.len()).unwrap());
        row.extend(length.to_be_bytes());
        row.extend(value.iter().flatten());
    }
    row
}
