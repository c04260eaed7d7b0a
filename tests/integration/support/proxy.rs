//! A proxy in front of a server's socket that sees the protocol's messages. It delays them, counts
//! how often the client has to wait, changes what is sent, and cuts the connection.
//!
//! It needs nothing but the standard library and `tempfile`, so that benchmarks can use it too.

use std::collections::VecDeque;
use std::io::{self, BufReader, Read, Write};
use std::net::Shutdown;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// What happens to a message of the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// It arrives.
    Forward,
    /// The connection ends before it arrives.
    CutBefore,
    /// Half of its bytes arrive.
    CutInside,
    /// It arrives, and the server has done what it says; nothing of the answer arrives.
    CutAfter,
    /// The same, and half of the answer's bytes arrive.
    CutAnswer,
}

impl Act {
    /// All ways to cut.
    pub const CUTS: [Self; 4] = [Self::CutBefore, Self::CutInside, Self::CutAfter, Self::CutAnswer];
}

/// A message of the client, all earlier ones of which have been answered.
#[derive(Debug)]
pub struct Message<'a> {
    /// Its number; that of the start-up packet is 0.
    pub number: usize,
    /// Its type, such as `Q`; 0 for the start-up packet.
    pub tag: u8,
    body: &'a mut Vec<u8>,
}

impl Message<'_> {
    /// The statements of a simple query; of any other message nothing.
    pub fn text(&self) -> &str {
        let text = self.body.strip_suffix(b"\0").filter(|_| self.tag == b'Q').unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }

    /// Changes the statements of a simple query.
    pub fn set_text(&mut self, text: &str) {
        assert_eq!(self.tag, b'Q');
        *self.body = [text.as_bytes(), b"\0"].concat();
    }
}

/// Sees each message, changes it, and says what happens to it.
pub type Hook = Box<dyn FnMut(&mut Message<'_>) -> Act + Send>;

/// A proxy that listens.
#[derive(Debug)]
pub struct Proxy {
    directory: TempDir,
    port: u16,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

struct Shared {
    server: PathBuf,
    /// Half a round trip.
    delay: Duration,
    hook: Mutex<Option<Hook>>,
    counts: Mutex<Counts>,
    over: AtomicBool,
}

#[derive(Debug, Default)]
struct Counts {
    messages: usize,
    /// By connection: how often it has waited.
    waits: Vec<usize>,
    /// How many connections wait now, and the most that ever did at the same time.
    waiting: usize,
    most_waiting: usize,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("counts", &self.counts).finish_non_exhaustive()
    }
}

impl Proxy {
    /// In front of the socket in `directory`, each round trip takes this much longer.
    pub fn delaying(directory: &Path, port: u16, round_trip: Duration) -> Self {
        Self::start(directory, port, round_trip / 2, None)
    }

    /// In front of the socket in `directory`, the hook decides. It is called when everything that
    /// was sent before has been answered: what it does meanwhile is between two messages.
    pub fn hooked(
        directory: &Path,
        port: u16,
        hook: impl FnMut(&mut Message<'_>) -> Act + Send + 'static,
    ) -> Self {
        Self::start(directory, port, Duration::ZERO, Some(Box::new(hook)))
    }

    fn start(server: &Path, port: u16, delay: Duration, hook: Option<Hook>) -> Self {
        let directory = tempfile::Builder::new().prefix("pg_globals.").tempdir_in("/tmp").unwrap();
        let name = format!(".s.PGSQL.{port}");
        let path = directory.path().join(&name);
        let listener = UnixListener::bind(&path).unwrap();
        for path in [directory.path(), &path] {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let shared = Arc::new(Shared {
            server: server.join(name),
            delay,
            hook: Mutex::new(hook),
            counts: Mutex::default(),
            over: AtomicBool::new(false),
        });
        let listening = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || listen(&listener, &shared))
        };
        Self { directory, port, shared, listening: Some(listening) }
    }

    /// A connection string that leads through it.
    pub fn connection_string(&self, user: &str, database: &str) -> String {
        let host = self.directory.path().display();
        format!("host={host} port={} user={user} dbname={database}", self.port)
    }

    /// How often a client has waited since it was connected: the length of the longest chain of
    /// messages of which each was sent after the answer to the one before it. Messages on their way
    /// at once wait together: they count once.
    pub fn waits(&self) -> usize {
        self.waits_by_connection().into_iter().max().unwrap_or_default()
    }

    /// The same for each connection, in the order in which they were made.
    pub fn waits_by_connection(&self) -> Vec<usize> {
        lock(&self.shared.counts).waits.clone()
    }

    /// How many connections have waited for an answer at the same time. One waits until it is told,
    /// so that what it does then finds it waiting no more.
    pub fn most_waiting(&self) -> usize {
        lock(&self.shared.counts).most_waiting
    }

    /// Takes no more connections, and waits until the server's sides of all have ended: by then what
    /// was open is rolled back.
    pub fn finish(&mut self) {
        self.shared.over.store(true, SeqCst);
        // Whoever waits for a connection sees that it is over.
        let path = self.directory.path().join(format!(".s.PGSQL.{}", self.port));
        drop(UnixStream::connect(path));
        if let Some(listening) = self.listening.take() {
            listening.join().unwrap();
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.finish();
        }
    }
}

fn listen(listener: &UnixListener, shared: &Arc<Shared>) {
    let mut open = Vec::new();
    while let Ok((client, _)) = listener.accept() {
        if shared.over.load(SeqCst) {
            break;
        }
        // Where there is no server any more, nobody answers.
        let Ok(server) = UnixStream::connect(&shared.server) else { continue };
        let shared = Arc::clone(shared);
        open.push(thread::spawn(move || serve(&client, &server, &shared)));
    }
    for connection in open {
        connection.join().unwrap();
    }
}

/// One connection.
#[derive(Default)]
struct State {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Default)]
struct Inner {
    /// The depth of each message that waits for its answer: how many waits it stands behind.
    asked: VecDeque<usize>,
    /// How many messages have no answer that was told.
    untold: usize,
    /// The depth of the deepest answer that has arrived.
    told: usize,
    /// Answers are kept in here instead of told.
    withheld: Option<Vec<u8>>,
    /// The server has ended the connection.
    ended: bool,
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        lock(&self.inner)
    }

    /// Waits until everything is answered.
    fn quiet(&self) -> MutexGuard<'_, Inner> {
        let busy = |inner: &mut Inner| !inner.asked.is_empty() && !inner.ended;
        self.changed.wait_while(self.lock(), busy).unwrap_or_else(PoisonError::into_inner)
    }
}

fn serve(client: &UnixStream, server: &UnixStream, shared: &Shared) {
    let state = State::default();
    let number = {
        let mut counts = lock(&shared.counts);
        counts.waits.push(0);
        counts.waits.len() - 1
    };
    let (to_server, from_client) = channel();
    let (to_client, from_server) = channel();
    thread::scope(|scope| {
        let state = &state;
        scope.spawn(move || deliver(&from_client, server, shared, state));
        scope.spawn(move || {
            deliver(&from_server, client, shared, state);
            // What the server has ended is ended.
            let _ = client.shutdown(Shutdown::Both);
        });
        scope.spawn(move || {
            // Whatever ends it, the other direction sees its end.
            let _ = answers(server, to_client, shared.delay, state);
            state.lock().ended = true;
            state.changed.notify_all();
        });
        let _ = messages(client, to_server, number, shared, state);
    });
    if state.lock().untold > 0 {
        lock(&shared.counts).waiting -= 1;
    }
}

/// Bytes on their way.
struct Parcel {
    due: Instant,
    bytes: Vec<u8>,
    /// The end of an answer, of this depth.
    answers: Option<usize>,
}

fn deliver(parcels: &Receiver<Parcel>, mut to: &UnixStream, shared: &Shared, state: &State) {
    for Parcel { due, bytes, answers } in parcels {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        if let Some(depth) = answers {
            let mut inner = state.lock();
            inner.told = inner.told.max(depth);
            inner.untold -= 1;
            if inner.untold == 0 {
                lock(&shared.counts).waiting -= 1;
            }
        }
        if to.write_all(&bytes).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

/// What the client says.
#[expect(clippy::needless_pass_by_value, reason = "its end is the end of what is said")]
fn messages(
    client: &UnixStream,
    to: Sender<Parcel>,
    connection: usize,
    shared: &Shared,
    state: &State,
) -> io::Result<()> {
    let mut from = BufReader::new(client);
    let mut connected = false;
    loop {
        let (tag, mut body) = if connected { message(&mut from)? } else { (0, body(&mut from)?) };
        let number = {
            let mut counts = lock(&shared.counts);
            counts.messages += 1;
            counts.messages - 1
        };
        let mut act = Act::Forward;
        if let Some(hook) = lock(&shared.hook).as_mut() {
            drop(state.quiet());
            act = hook(&mut Message { number, tag, body: &mut body });
        }
        let mut bytes = packet(tag, &body);
        match act {
            Act::Forward => {}
            Act::CutBefore => bytes.clear(),
            Act::CutInside => bytes.truncate(bytes.len() / 2),
            Act::CutAfter | Act::CutAnswer => state.lock().withheld = Some(Vec::new()),
        }
        // Only these are answered to their end.
        if matches!(tag, 0 | b'Q' | b'S' | b'F') && !bytes.is_empty() {
            let mut inner = state.lock();
            let depth = if connected { inner.told + 1 } else { 0 };
            inner.asked.push_back(depth);
            inner.untold += 1;
            let mut counts = lock(&shared.counts);
            counts.waits[connection] = counts.waits[connection].max(depth);
            if inner.untold == 1 {
                counts.waiting += 1;
                counts.most_waiting = counts.most_waiting.max(counts.waiting);
            }
        }
        connected = true;
        let parcel = Parcel { due: Instant::now() + shared.delay, bytes, answers: None };
        if to.send(parcel).is_err() {
            return Ok(());
        }
        if act == Act::Forward {
            continue;
        }
        if matches!(act, Act::CutAfter | Act::CutAnswer) {
            let answer = state.quiet().withheld.take().unwrap_or_default();
            if act == Act::CutAnswer {
                let mut client = client;
                client.write_all(&answer[..answer.len() / 2])?;
            }
        }
        return client.shutdown(Shutdown::Both);
    }
}

/// What the server says.
#[expect(clippy::needless_pass_by_value, reason = "its end is the end of what is said")]
fn answers(
    server: &UnixStream,
    to: Sender<Parcel>,
    delay: Duration,
    state: &State,
) -> io::Result<()> {
    let mut from = BufReader::with_capacity(1 << 16, server);
    let mut bytes = Vec::new();
    loop {
        let (tag, body) = message(&mut from)?;
        bytes.extend(packet(tag, &body));
        let is_end = tag == b'Z';
        if !is_end && !from.buffer().is_empty() {
            continue;
        }
        let mut inner = state.lock();
        let answers = if is_end { inner.asked.pop_front() } else { None };
        let bytes = std::mem::take(&mut bytes);
        if let Some(withheld) = &mut inner.withheld {
            withheld.extend(bytes);
        } else {
            let _ = to.send(Parcel { due: Instant::now() + delay, bytes, answers });
        }
        drop(inner);
        state.changed.notify_all();
    }
}

/// A message with its type.
pub fn message(from: &mut impl Read) -> io::Result<(u8, Vec<u8>)> {
    let mut tag = [0];
    from.read_exact(&mut tag)?;
    Ok((tag[0], body(from)?))
}

/// What follows the length, which counts itself.
pub fn body(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length) as usize;
    let mut body = vec![0; length.saturating_sub(4)];
    from.read_exact(&mut body)?;
    Ok(body)
}

/// The bytes of a message; that of the start-up packet has no type.
pub fn packet(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    let tag = if tag == 0 { Vec::new() } else { vec![tag] };
    [&tag, &length[..], body].concat()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
