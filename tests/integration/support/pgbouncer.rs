//! The real `PgBouncer`, in front of a cluster.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use tempfile::TempDir;

use super::cluster::Cluster;
use super::process::{as_server_user, command, give_to_server_user};
use super::sql;

/// Of its socket, which has a directory of its own.
pub const PORT: u16 = 6432;

/// It ends when standard input does, which is when the test has ended in whatever way.
const RUN: &str = r#""$1" -q "$2" & read -r _; kill -KILL $!; wait"#;

/// A pooler with one session for each user and database: who comes next gets the very same.
#[derive(Debug)]
pub struct PgBouncer {
    process: Child,
    alive: Option<ChildStdin>,
    directory: TempDir,
}

impl PgBouncer {
    /// In this mode, `session` or `transaction`, for these users. What a client leaves behind is
    /// nobody's to clear.
    pub fn start(cluster: &Cluster, mode: &str, users: &[&str]) -> Self {
        let directory = tempfile::Builder::new().prefix("pg_globals.").tempdir_in("/tmp").unwrap();
        let place = directory.path();
        let names: Vec<_> = users.iter().map(|user| format!("\"{user}\" \"\"\n")).collect();
        fs::write(place.join("users"), names.concat()).unwrap();
        let (socket, port) = (cluster.socket().display(), cluster.port);
        let place_shown = place.display();
        let settings = format!(
            "[databases]\n* = host={socket} port={port}\n[pgbouncer]\nlisten_addr =\n\
             listen_port = {PORT}\nunix_socket_dir = {place_shown}\nauth_type = trust\n\
             auth_file = {place_shown}/users\npool_mode = {mode}\ndefault_pool_size = 1\n\
             server_reset_query =\nignore_startup_parameters =\nlogfile = {place_shown}/log\n"
        );
        fs::write(place.join("ini"), settings).unwrap();
        give_to_server_user(place);
        let mut sh = command("sh", place);
        sh.args(["-c", RUN, "sh"]).arg(program()).arg(place.join("ini"));
        sh.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut process = as_server_user(&mut sh).spawn().unwrap();
        let alive = process.stdin.take();
        let this = Self { process, alive, directory };
        let deadline = Instant::now() + Duration::from_secs(30);
        while let Err(error) = sql::probe(this.socket(), PORT, users[0]) {
            let log = fs::read_to_string(this.socket().join("log")).unwrap_or_default();
            assert!(Instant::now() < deadline, "PgBouncer is not ready: {error}\n{log}");
            thread::sleep(Duration::from_millis(5));
        }
        this
    }

    /// The directory of its socket.
    pub fn socket(&self) -> &Path {
        self.directory.path()
    }

    /// A connection string that leads through it.
    pub fn connection_string(&self, user: &str, database: &str) -> String {
        format!("host={} port={PORT} user={user} dbname={database}", self.socket().display())
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        self.alive.take();
        let _ = self.process.wait();
    }
}

/// Where Debian puts it is not on everybody's PATH.
fn program() -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let places = env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    let mut programs = places.map(|place: PathBuf| place.join("pgbouncer"));
    programs.find(|program| program.is_file()).expect("no pgbouncer: tests/run installs it")
}
