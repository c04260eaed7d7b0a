//! What the process's surroundings say: the `PG*` variables, the user's name and home.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::key::KEYS;

/// Variables that are no parameters of their own.
const OTHERS: [&str; 2] = ["PGSYSCONFDIR", "PGREQUIRESSL"];

/// The directories of `pg_service.conf` that Debian, Fedora and PostgreSQL's own makefile set.
const SYSTEM: [&str; 3] =
    ["/etc/postgresql-common", "/etc/sysconfig/pgsql", "/usr/local/pgsql/etc"];

/// The directories of sockets that packages and PostgreSQL's own makefile set.
const SOCKETS: [&str; 3] = ["/var/run/postgresql", "/run/postgresql", "/tmp"];

/// The surroundings, taken once, so that nothing else depends on the process. `Debug` shows no
/// values.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<&'static str, Zeroizing<String>>,
    /// Variables whose value is not UTF-8.
    malformed: Vec<&'static str>,
    user: Option<String>,
    home: Option<PathBuf>,
}

impl Environment {
    /// The process's own: its variables, its effective user and the user's home directory.
    pub fn from_process() -> Self {
        let mut environment = Self { home: std::env::home_dir(), ..Self::default() };
        environment.user = whoami::username().ok();
        for name in names() {
            match std::env::var(name) {
                Ok(value) => {
                    environment.variables.insert(name, Zeroizing::new(value));
                }
                Err(std::env::VarError::NotUnicode(_)) => environment.malformed.push(name),
                Err(std::env::VarError::NotPresent) => {}
            }
        }
        environment
    }

    /// One of these variables, without a user's name and home. Names that libpq does not know are
    /// passed over.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut environment = Self::default();
        for (name, value) in pairs {
            if let Some(known) = names().find(|known| *known == name) {
                environment.variables.insert(known, Zeroizing::new(value.to_owned()));
            }
        }
        environment
    }

    /// With the name of the user of the operating system.
    #[must_use]
    pub fn with_user(self, user: impl Into<String>) -> Self {
        Self { user: Some(user.into()), ..self }
    }

    /// With a home directory, in which `.pgpass`, `.pg_service.conf` and `.postgresql/` are.
    #[must_use]
    pub fn with_home(self, home: impl Into<PathBuf>) -> Self {
        Self { home: Some(home.into()), ..self }
    }

    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|value| value.as_str())
    }

    pub(super) fn malformed(&self) -> Option<&'static str> {
        self.malformed.first().copied()
    }

    pub(super) fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    pub(super) fn in_home(&self, path: &str) -> Option<PathBuf> {
        self.home.as_ref().map(|home| home.join(path))
    }

    /// Where the system-wide service file may be.
    pub(super) fn system_directories(&self) -> Vec<PathBuf> {
        match self.variable("PGSYSCONFDIR") {
            Some(directory) => vec![PathBuf::from(directory)],
            None => SYSTEM.map(PathBuf::from).into(),
        }
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

/// Every variable that is looked at.
pub(in crate::connect) fn names() -> impl Iterator<Item = &'static str> {
    KEYS.iter().filter_map(|key| key.variable).chain(OTHERS)
}

/// Whether `localhost` in a password file means this directory of sockets too.
pub(super) fn is_default_socket(directory: &str) -> bool {
    SOCKETS.contains(&directory.trim_end_matches('/'))
}

/// The directory that holds the socket of this port, or else one that exists.
pub(super) fn default_socket(port: u16) -> &'static str {
    let socket = |directory: &&str| Path::new(directory).join(format!(".s.PGSQL.{port}")).exists();
    let mut directories = SOCKETS.iter().copied();
    let exists = |directory: &&str| Path::new(directory).exists();
    directories
        .clone()
        .find(socket)
        .or_else(|| directories.find(exists))
        .unwrap_or(SOCKETS[SOCKETS.len() - 1])
}
