//! Which versions there are, and where `tests/fetch` has put them.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The major versions of the servers.
pub const MAJORS: [u32; 9] = [10, 11, 12, 13, 14, 15, 16, 17, 18];

/// A version whose programs are not to be had everywhere: tests of it do nothing where they are not
/// (`tests/fetch` says so).
pub const NEWEST: u32 = 19;

/// Whether they are there.
pub fn has_newest() -> bool {
    cache().join(format!("server/{NEWEST}/bin/postgres")).exists()
}

/// Whether there is a server of this version.
pub fn is_there(major: u32) -> bool {
    major != NEWEST || has_newest()
}

/// All versions that there are.
pub fn majors() -> impl Iterator<Item = u32> {
    MAJORS.into_iter().chain(has_newest().then_some(NEWEST))
}

/// A client that can dump a server of this version, where it does not matter which.
pub fn dumper(server: u32) -> u32 {
    server.max(18)
}

/// The major versions of `pg_dumpall`.
pub const CLIENTS: [u32; 3] = [15, 16, 18];

/// A `pg_dumpall` and a server that it can dump.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Pair {
    pub server: u32,
    pub client: u32,
}

impl Pair {
    /// `pg_dumpall` refuses a server of a later major version.
    pub fn exists(self) -> bool {
        self.client >= self.server
    }
}

/// Each server, each client, each client with its own and with the oldest server; all pairs that
/// exist where `PG_GLOBALS_ALL_PAIRS` is set.
pub fn pairs() -> Vec<Pair> {
    let all = MAJORS.into_iter().flat_map(|server| CLIENTS.map(|client| Pair { server, client }));
    let covering = |pair: &Pair| {
        pair.server == pair.client
            || pair.server == MAJORS[0]
            || pair.client == CLIENTS[pair.server as usize % CLIENTS.len()]
            || CLIENTS.iter().filter(|&&client| client >= pair.server).eq([&pair.client])
    };
    let everything = env::var_os("PG_GLOBALS_ALL_PAIRS").is_some();
    let all = all.filter(|pair| pair.exists() && (everything || covering(pair)));
    let newest = [MAJORS[0], NEWEST].map(|server| Pair { server, client: NEWEST });
    let mut all: Vec<_> = all.chain(newest.into_iter().filter(|_| has_newest())).collect();
    all.sort_unstable();
    all
}

/// A program of the server of this major version.
pub fn server_program(major: u32, name: &str) -> PathBuf {
    program("server", major, name)
}

/// A program that comes with the `pg_dumpall` of this major version.
pub fn client_program(major: u32, name: &str) -> PathBuf {
    // Its server comes with its clients.
    program(if major == NEWEST { "server" } else { "pg_dumpall" }, major, name)
}

fn program(kind: &str, major: u32, name: &str) -> PathBuf {
    let path = cache().join(format!("{kind}/{major}/bin/{name}"));
    assert!(path.exists(), "{} is missing: run tests/fetch", path.display());
    path
}

/// The directory that `tests/fetch` fills: `PG_GLOBALS_CACHE`, or where it goes without that.
pub fn cache() -> &'static Path {
    static CACHE: OnceLock<PathBuf> = OnceLock::new();
    CACHE.get_or_init(|| {
        let places = match env::var_os("PG_GLOBALS_CACHE") {
            Some(place) => vec![PathBuf::from(place)],
            None => vec![
                Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pg-cache"),
                PathBuf::from("/var/cache/pg_globals"),
            ],
        };
        let full = places.iter().find(|place| place.join("ready-marker").exists());
        full.unwrap_or_else(|| panic!("no PostgreSQL servers in {places:?}: run tests/fetch"))
            .canonicalize()
            .unwrap()
    })
}
