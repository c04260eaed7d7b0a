//! Passwords to log in with, and where they come from.

use std::fmt;
use std::path::PathBuf;

use zeroize::Zeroizing;

/// A password of any length: some platforms take tokens of several kilobytes. It has no `Display`,
/// its `Debug` shows nothing, and its memory is wiped when it is dropped (that of the driver, which
/// holds a copy while it logs in, is not).
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes the password; the text given is not wiped.
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    /// The text itself, for the wire and a child's password file only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<Zeroizing<String>> for Password {
    fn from(text: Zeroizing<String>) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

/// Who can be asked for a password when the server wants one and none is known.
///
/// Closures are such: `&|prompt: &str| Some(Password::new("…"))`.
pub trait AskPassword {
    /// Shows the prompt, which ends with a colon and a space, and reads without echo. None where
    /// nobody can be asked.
    fn ask(&self, prompt: &str) -> Option<Password>;
}

impl<F: Fn(&str) -> Option<Password>> AskPassword for F {
    fn ask(&self, prompt: &str) -> Option<Password> {
        self(prompt)
    }
}

/// Where a password was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PasswordSource {
    /// The connection string or URI.
    Argument,
    /// A section of the service file.
    Service(String),
    /// The variable `PGPASSWORD`.
    Variable,
    /// A line of a password file.
    Passfile(PathBuf, usize),
    /// Somebody was asked.
    Prompt,
}

impl fmt::Display for PasswordSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument => f.write_str("the connection string"),
            Self::Service(name) => write!(f, "service {name}"),
            Self::Variable => f.write_str("PGPASSWORD"),
            Self::Passfile(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Prompt => f.write_str("the prompt"),
        }
    }
}

/// A password and where it was found.
#[derive(Clone, Debug)]
pub(in crate::connect) struct Known {
    pub(in crate::connect) password: Password,
    pub(in crate::connect) source: PasswordSource,
}
