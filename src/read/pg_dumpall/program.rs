//! One `pg_dumpall`, and what its version is able to.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Command;

use crate::process::{self, ProcessError, environment};
use crate::version::Major;

/// How long a program may take to tell its version, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// More than any version has.
const MOST_BYTES: usize = 1 << 16;

/// A `pg_dumpall` that has told its version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program {
    path: PathBuf,
    version: String,
    major: Major,
    minor: u32,
}

/// Why a program is not used.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// There is none.
    #[error("there is no {}", .0.display())]
    Missing(PathBuf),
    /// It may not be run.
    #[error("{} cannot be run: give the path of pg_dumpall itself", .0.display())]
    NotExecutable(PathBuf),
    /// It is something else.
    #[error("{} is no pg_dumpall: with --version it does not say that it is one", .0.display())]
    NotPgDumpall(PathBuf),
    /// It does not tell its version.
    #[error("{} --version: {}", .0.display(), .1)]
    Silent(PathBuf, #[source] ProcessError),
    /// It refuses servers of later versions than its own.
    #[error(
        "{0} is older than the server, which is PostgreSQL {1}, and refuses it: give one of {1} or later, or \
         --reader catalog"
    )]
    TooOld(Program, Major),
    /// It no longer knows how to read such a server.
    #[error(
        "{0} reads no servers before 10, and this is PostgreSQL {1}: give one of 19 or earlier, or --reader \
         catalog"
    )]
    TooNew(Program, Major),
    /// What stands in the database runs as the role that dumps.
    #[error(
        "{0} calls what stands in the database (CVE-2018-1058, mended in 10.3, 9.6.8 and 9.5.12): give a later \
         one, or --reader catalog"
    )]
    Unsafe(Program),
}

impl Program {
    /// Asks the program for its version.
    ///
    /// # Errors
    /// When it is not there, may not be run, or is no `pg_dumpall`.
    pub async fn ask(path: &Path) -> Result<Self, ProgramError> {
        // A name without a slash would be looked up in PATH.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        if !path.is_file() {
            let there = path.exists();
            let error = if there { ProgramError::NotExecutable } else { ProgramError::Missing };
            return Err(error(path));
        }
        let mut command = Command::new(&path);
        environment::to_start(&mut command).arg("--version").env("LC_ALL", "C");
        let output = match process::output(&mut command, PATIENCE, MOST_BYTES, || {}).await {
            Ok(output) => output,
            Err(ProcessError::Start(error)) => {
                return Err(match error.kind() {
                    io::ErrorKind::PermissionDenied => ProgramError::NotExecutable(path),
                    // No format that can be run, or a script without its interpreter.
                    _ => ProgramError::NotPgDumpall(path),
                });
            }
            Err(error) => return Err(ProgramError::Silent(path, error)),
        };
        let text = String::from_utf8_lossy(&output.stdout);
        match parse(&text).filter(|_| output.status.success()) {
            Some((version, major, minor)) => Ok(Self { path, version, major, minor }),
            None => Err(ProgramError::NotPgDumpall(path)),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its version as it prints it: `16.4`, `19beta1`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Its major version.
    pub const fn major(&self) -> Major {
        self.major
    }

    /// Later ones before earlier ones, by minor version too.
    pub(super) const fn age(&self) -> (Major, u32) {
        (self.major, self.minor)
    }

    /// Whether it reads servers of this version: it refuses those that are newer than itself, and
    /// from 20 on those before 10 (`connectDatabase` in `src/bin/pg_dump/pg_dumpall.c`).
    ///
    /// # Errors
    /// It does not.
    pub fn suits(&self, server: Major) -> Result<(), ProgramError> {
        if self.major < server {
            Err(ProgramError::TooOld(self.clone(), server))
        } else if self.major >= Major::new(20) && server < Major::new(10) {
            Err(ProgramError::TooNew(self.clone(), server))
        } else if !self.looks_nothing_up() {
            Err(ProgramError::Unsafe(self.clone()))
        } else {
            Ok(())
        }
    }

    /// Whether it makes the search path safe before it asks anything, as since the minor versions of
    /// March 2018 (CVE-2018-1058).
    fn looks_nothing_up(&self) -> bool {
        match self.major.to_string().as_str() {
            "9.5" => self.minor >= 12,
            "9.6" => self.minor >= 8,
            "10" => self.minor >= 3,
            _ => true,
        }
    }

    /// Whether it can do without `pg_authid` (`--no-role-passwords`, since 10).
    pub fn does_without_passwords(&self) -> bool {
        self.major >= Major::new(10)
    }

    /// Whether it loses the comments of roles with `--no-role-passwords`: the oid of `pg_roles` was
    /// looked up as that of `pg_authid` until the minor versions of May 2024.
    pub fn loses_comments(&self) -> bool {
        let last = match self.major.number() {
            10 | 11 => u32::MAX,
            12 => 18,
            13 => 14,
            14 => 11,
            15 => 6,
            16 => 2,
            _ => return false,
        };
        self.minor <= last
    }
}

/// The version in `pg_dumpall (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`; vendors put their own
/// name between the parentheses.
fn parse(text: &str) -> Option<(String, Major, u32)> {
    let (_, rest) = text.strip_prefix("pg_dumpall (")?.split_once(") ")?;
    let version = rest.split_whitespace().next()?;
    let digits = |text: &str| -> String { text.chars().take_while(char::is_ascii_digit).collect() };
    let first = digits(version);
    let mut parts = version[first.len()..].strip_prefix('.').unwrap_or_default().split('.');
    let mut next = || digits(parts.next().unwrap_or_default());
    let major: Major = match first.as_str() {
        "9" => format!("9.{}", next()).parse().ok()?,
        number => number.parse().ok()?,
    };
    Some((version.to_owned(), major, next().parse().unwrap_or(0)))
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.path.display(), self.version)
    }
}

#[cfg(test)]
impl Program {
    /// One of this version, which cannot be run.
    pub(crate) fn of(version: &str) -> Self {
        let (version, major, minor) = parse(&format!("pg_dumpall (PostgreSQL) {version}")).unwrap();
        Self { path: "/bin/pg_dumpall".into(), version, major, minor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions() {
        for (text, expected) in [
            ("pg_dumpall (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", Some(("15.18", "15", 18))),
            ("pg_dumpall (EnterpriseDB) 16.2.0", Some(("16.2.0", "16", 2))),
            ("pg_dumpall (PostgreSQL) 19beta1\n", Some(("19beta1", "19", 0))),
            ("pg_dumpall (PostgreSQL) 20devel\n", Some(("20devel", "20", 0))),
            ("pg_dumpall (PostgreSQL) 9.6.24\n", Some(("9.6.24", "9.6", 24))),
            ("pg_dump (PostgreSQL) 15.18\n", None),
            ("pg_dumpall (PostgreSQL) \n", None),
            ("pg_dumpall (PostgreSQL) x\n", None),
            ("pg_dumpall 15\n", None),
            ("", None),
        ] {
            let got = parse(text);
            let got = got.as_ref().map(|(text, major, minor)| (text, major.to_string(), *minor));
            let got =
                got.as_ref().map(|(text, major, minor)| (text.as_str(), major.as_str(), *minor));
            assert_eq!(got, expected, "{text}");
        }
    }

    #[test]
    fn knows_what_a_version_is_able_to() {
        let old = Program::of("15.2");
        assert!(old.suits(Major::new(15)).is_ok() && old.suits(Major::OLDEST).is_ok());
        assert_eq!(
            old.suits(Major::new(16)).unwrap_err().to_string(),
            "/bin/pg_dumpall (15.2) is older than the server, which is PostgreSQL 16, and refuses \
             it: give one of 16 or later, or --reader catalog"
        );
        let new = Program::of("20.1");
        assert!(new.suits(Major::new(10)).is_ok() && new.suits(Major::OLDEST).is_err());
        let unsafe_ones = ["10.2", "9.6.7", "9.5.11"];
        let safe_ones = ["10.3", "9.6.8", "9.5.12", "11.0", "18.1"];
        let suits = |version: &&str| Program::of(version).suits(Major::OLDEST).is_ok();
        assert!(!unsafe_ones.iter().any(suits) && safe_ones.iter().all(suits));
        assert_eq!(
            Program::of("10.2").suits(Major::new(10)).unwrap_err().to_string(),
            "/bin/pg_dumpall (10.2) calls what stands in the database (CVE-2018-1058, mended in 10.3, \
             9.6.8 and 9.5.12): give a later one, or --reader catalog"
        );
        let loses = |version| Program::of(version).loses_comments();
        assert!(loses("15.6") && loses("11.22") && loses("16beta1"));
        assert!(!loses("15.7") && !loses("16.3") && !loses("17.0") && !loses("9.6.1"));
        assert!(!Program::of("9.6.24").does_without_passwords());
    }
}
