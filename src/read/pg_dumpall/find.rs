//! Which of the installed `pg_dumpall`s suits a server.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::program::{Program, ProgramError};
use crate::version::Major;

const NAME: &str = "pg_dumpall";

/// Debian's program in `/usr/bin`. It chooses another version by what it is asked for; those that it
/// would start are found in their own directories.
const WRAPPER: &str = "pg_wrapper";

/// Where programs are looked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Places {
    /// Directories in the order in which they are searched.
    directories: Vec<PathBuf>,
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Found {
    /// The newest that suits the server.
    pub program: Option<Program>,
    /// Those that are older than the server, newest first.
    pub too_old: Vec<Program>,
}

impl Places {
    /// The directories of `PATH`, and those in which Debian's and PostgreSQL's own packages for Red
    /// Hat keep one version beside the other.
    pub fn usual(path: &OsStr) -> Self {
        Self::of(path, Path::new("/"))
    }

    /// The same, with the packages' directories below `root`.
    pub fn of(path: &OsStr, root: &Path) -> Self {
        // A relative one depends on where the user happens to be.
        let mut directories: Vec<PathBuf> =
            std::env::split_paths(path).filter(|directory| directory.is_absolute()).collect();
        directories.extend(bin_directories(&root.join("usr/lib/postgresql"), ""));
        directories.extend(bin_directories(&root.join("usr"), "pgsql-"));
        Self { directories }
    }

    /// The programs in these directories, each once.
    fn candidates(&self) -> Vec<PathBuf> {
        let mut seen = BTreeSet::new();
        let paths = self.directories.iter().map(|directory| directory.join(NAME));
        paths
            .filter(|path| {
                let Ok(real) = fs::canonicalize(path) else { return false };
                real.file_name() != Some(OsStr::new(WRAPPER)) && seen.insert(real)
            })
            .collect()
    }
}

/// `bin` in each directory whose name begins with this, by name.
fn bin_directories(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let named =
        entries.filter(|entry| entry.file_name().as_encoded_bytes().starts_with(prefix.as_bytes()));
    let mut directories: Vec<PathBuf> = named.map(|entry| entry.path().join("bin")).collect();
    directories.sort_unstable();
    directories
}

/// The program that the user named.
///
/// # Errors
/// When it is missing, cannot be run, is no `pg_dumpall`, or does not suit the server.
pub async fn given(path: &Path, server: Major) -> Result<Program, ProgramError> {
    let program = Program::ask(path).await?;
    program.suits(server)?;
    Ok(program)
}

/// Asks every program for its version. What is no `pg_dumpall` is passed over; of two of the same
/// version the first counts.
pub async fn find(places: &Places, server: Major) -> Found {
    let mut found = Found::default();
    for path in places.candidates() {
        let Ok(program) = Program::ask(&path).await else { continue };
        match program.suits(server) {
            Ok(()) => {
                let best = found.program.as_ref().map(Program::age);
                if best.is_none_or(|best| best < program.age()) {
                    found.program = Some(program);
                }
            }
            Err(ProgramError::TooOld(program, _)) => found.too_old.push(program),
            Err(_) => {}
        }
    }
    found.too_old.sort_by_key(|program| std::cmp::Reverse(program.age()));
    found
}
