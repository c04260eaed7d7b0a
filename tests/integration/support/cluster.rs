//! A server of its own for each test that wants one.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use std::{mem, thread};

use tempfile::TempDir;

use super::process::{as_server_user, command, give_to_server_user};
use super::servers::server_program;
use super::{sql, template};

/// Everybody is let in through the socket, so that a test can be any role; TCP asks for the
/// password, whose verifier may be of either kind (`md5` accepts SCRAM too).
const HBA: &str =
    "local all all trust\nlocal replication all trust\nhost all all 127.0.0.1/32 md5\n";

/// A cluster that lives no longer than the test is about it: dirt is quick.
const SETTINGS: [(&str, &str); 11] = [
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("synchronous_commit", "off"),
    ("autovacuum", "off"),
    ("shared_buffers", "8MB"),
    ("max_connections", "50"),
    ("listen_addresses", "127.0.0.1"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("datestyle", "ISO, MDY"),
    ("lc_messages", "C"),
];

/// How long a server may take to start or to stop, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Stops the server and removes its directory when its standard input ends, which is when the
/// cluster is dropped, and also when the test process dies in whatever way.
const WATCHDOG: &str = r#"
read -r _
kill -QUIT "$1"
# Not for ever: where nobody collects orphans, a dead one can still be signalled.
tries=500
while [ $tries -gt 0 ] && kill -0 "$1"; do tries=$((tries - 1)); sleep 0.02; done
rm -rf "$2"
"#;

/// A running server.
#[derive(Debug)]
pub struct Cluster {
    /// The server's major version.
    pub major: u32,
    /// The bootstrap superuser's name.
    pub superuser: String,
    /// The port on 127.0.0.1, and of the socket.
    pub port: u16,
    server: Server,
    settings: Vec<(String, String)>,
    // Last: removed when the server is gone.
    directory: TempDir,
}

/// The process, and the one that ends it.
#[derive(Debug)]
struct Server {
    process: Child,
    watchdog: Child,
    alive: Option<ChildStdin>,
}

impl Cluster {
    /// A fresh cluster with the superuser `postgres`.
    pub fn start(major: u32) -> Self {
        Self::start_with(major, "postgres", &[])
    }

    /// A fresh cluster whose bootstrap superuser has this name, with more settings.
    pub fn start_with(major: u32, superuser: &str, settings: &[(&str, &str)]) -> Self {
        Self::start_prepared(major, superuser, settings, |_| {})
    }

    /// A standby that waits for a primary that never was: it takes connections, and no changes.
    pub fn start_standby(major: u32) -> Self {
        let (file, text) = if major >= 12 {
            ("standby.signal", "")
        } else {
            ("recovery.conf", "standby_mode = on\n")
        };
        // No fewer connections than the server had that the directory comes from.
        let settings = [("hot_standby", "on"), ("max_connections", "100")];
        let standby = Self::start_prepared(major, "postgres", &settings, |data| {
            fs::write(data.join(file), text).unwrap();
        });
        let state = standby.query("postgres", "postgres", "SELECT pg_is_in_recovery()");
        assert_eq!(state, [[Some("t".to_owned())]]);
        standby
    }

    fn start_prepared(
        major: u32,
        superuser: &str,
        settings: &[(&str, &str)],
        prepare: impl Fn(&Path),
    ) -> Self {
        let template = template::template(major, superuser);
        // Between finding a free port and listening on it, somebody else may take it.
        for _ in 0..10 {
            let directory =
                tempfile::Builder::new().prefix("pg_globals.").tempdir_in(place()).unwrap();
            give_to_server_user(directory.path());
            fs::write(directory.path().join("hba"), HBA).unwrap();
            let data = directory.path().join("data");
            template::copy(&template, &data);
            prepare(&data);
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let mut server = Server::spawn(major, directory.path(), port, settings);
            match server.wait_until_ready(directory.path(), port, superuser) {
                Ok(()) => {
                    let superuser = superuser.to_owned();
                    let settings =
                        settings.iter().map(|(name, value)| ((*name).into(), (*value).into()));
                    let settings = settings.collect();
                    return Self { major, superuser, port, server, settings, directory };
                }
                Err(log) if log.contains("Address already in use") => {}
                Err(log) => panic!("PostgreSQL {major} does not start:\n{log}"),
            }
        }
        panic!("PostgreSQL {major} finds no free port");
    }

    /// The directory of the socket, for `host=`.
    pub fn socket(&self) -> &Path {
        self.directory.path()
    }

    /// A connection string through the socket, which asks for no password.
    pub fn connection_string(&self, user: &str, database: &str) -> String {
        format!(
            "host={} port={} user={} dbname={}",
            self.socket().display(),
            self.port,
            quoted(user),
            quoted(database)
        )
    }

    /// A connection string over TCP, which asks for the password.
    pub fn tcp_connection_string(&self, user: &str, database: &str) -> String {
        format!(
            "host=127.0.0.1 port={} user={} dbname={}",
            self.port,
            quoted(user),
            quoted(database)
        )
    }

    /// A new directory that belongs to the server's user, as a tablespace needs it.
    pub fn new_directory(&self, name: &str) -> PathBuf {
        let directory = self.directory.path().join(name);
        fs::create_dir(&directory).unwrap();
        give_to_server_user(&directory);
        directory
    }

    /// What kills the server with everything that belongs to it, from wherever.
    pub fn killer(&self) -> impl Fn() + Send + 'static {
        let process = self.server.process.id();
        move || kill_all(process)
    }

    /// Starts the server again after it was killed.
    pub fn restart(&mut self) {
        let settings: Vec<_> =
            self.settings.iter().map(|(name, value)| (&**name, &**value)).collect();
        // The old watchdog would remove the directory.
        let _ = self.server.watchdog.kill();
        let _ = self.server.process.wait();
        self.server = Server::spawn(self.major, self.directory.path(), self.port, &settings);
        let ready = self.server.wait_until_ready(self.directory.path(), self.port, &self.superuser);
        ready
            .unwrap_or_else(|log| panic!("PostgreSQL {} does not start again:\n{log}", self.major));
    }

    /// What the server has logged up to now.
    pub fn log(&self) -> String {
        log(self.directory.path())
    }
}

impl Server {
    fn spawn(major: u32, directory: &Path, port: u16, settings: &[(&str, &str)]) -> Self {
        let log = File::create(directory.join("log")).unwrap();
        let mut postgres = command(server_program(major, "postgres"), directory);
        postgres.arg("-D").arg(directory.join("data")).arg("-p").arg(port.to_string());
        let place = directory.to_str().unwrap();
        postgres.arg("-c").arg(format!("hba_file={place}/hba"));
        postgres.arg("-c").arg(format!("unix_socket_directories={place}"));
        for (name, value) in SETTINGS.iter().chain(settings) {
            postgres.arg("-c").arg(format!("{name}={value}"));
        }
        postgres.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        // An interrupt at the terminal is for the test; the watchdog then sees to the server.
        let process = as_server_user(&mut postgres).process_group(0).spawn().unwrap();

        let mut watchdog = command("sh", Path::new("/"));
        watchdog.args(["-c", WATCHDOG, "sh", &process.id().to_string(), place]);
        watchdog.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut watchdog = as_server_user(&mut watchdog).process_group(0).spawn().unwrap();
        let alive = watchdog.stdin.take();
        Self { process, watchdog, alive }
    }

    /// Returns the log if the server ends or takes too long.
    fn wait_until_ready(&mut self, directory: &Path, port: u16, user: &str) -> Result<(), String> {
        let deadline = Instant::now() + PATIENCE;
        while let Err(error) = sql::probe(directory, port, user) {
            if self.process.try_wait().unwrap().is_some() {
                return Err(log(directory));
            }
            if deadline < Instant::now() {
                return Err(format!("{}(still not ready: {error})", log(directory)));
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

/// Kills a process and its children, and waits until these are gone: nothing of the server may be
/// left that still writes.
fn kill_all(process: u32) {
    let children = children(process);
    for process in [process].iter().chain(&children) {
        // One may have seen the end of the first and be gone.
        let mut kill = command("kill", Path::new("/"));
        let _ = kill.args(["-KILL", &process.to_string()]).stderr(Stdio::null()).status();
    }
    let deadline = Instant::now() + PATIENCE;
    while children.iter().any(|&child| is_running(child)) {
        assert!(Instant::now() < deadline, "{children:?} do not end");
        thread::sleep(Duration::from_millis(1));
    }
}

fn children(process: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").unwrap().flatten();
    let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    numbers.filter(|&child| stat(child).is_some_and(|(_, parent)| parent == process)).collect()
}

/// A process that nobody has collected yet runs no more.
fn is_running(process: u32) -> bool {
    stat(process).is_some_and(|(state, _)| state != "Z")
}

/// The state of a process, and its parent.
fn stat(process: u32) -> Option<(String, u32)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut words = stat.rsplit_once(')')?.1.split_whitespace();
    Some((words.next()?.to_owned(), words.next()?.parse().ok()?))
}

impl Drop for Server {
    fn drop(&mut self) {
        mem::drop(self.alive.take());
        let _ = self.process.wait();
        let _ = self.watchdog.wait();
    }
}

/// Where clusters live: in memory where there is room for many (copying a template to a disk takes
/// up to a second). Otherwise in /tmp rather than in `TMPDIR`: a socket's path may have no more
/// than 107 bytes, and the server's user must get at it.
fn place() -> &'static str {
    const ENOUGH_KIB: u64 = 1 << 20;
    static PLACE: OnceLock<&str> = OnceLock::new();
    PLACE.get_or_init(|| {
        let mut df = command("df", Path::new("/"));
        let output = df.args(["-k", "--output=avail", "/dev/shm"]).output().unwrap().stdout;
        let available = String::from_utf8_lossy(&output);
        let available = available.split_whitespace().last().and_then(|kib| kib.parse::<u64>().ok());
        if available.is_some_and(|kib| kib >= ENOUGH_KIB) { "/dev/shm" } else { "/tmp" }
    })
}

/// A value of a connection string.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
}

fn log(directory: &Path) -> String {
    String::from_utf8_lossy(&fs::read(directory.join("log")).unwrap_or_default()).into_owned()
}
