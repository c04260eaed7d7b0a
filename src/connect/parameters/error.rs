//! What is wrong with parameters.

use std::path::PathBuf;

use thiserror::Error;

use super::key::KEYS;
use super::masked::masked;
use super::origin::Origin;

/// Why parameters cannot be used. It never shows a password.
#[derive(Error, Clone, PartialEq, Eq, Debug)]
pub enum ParameterError {
    /// A word of a connection string without `=`.
    #[error("missing \"=\" after \"{0}\" in the connection string")]
    MissingEquals(String),
    /// The same, where the word is not told, since it may be part of a password.
    #[error(
        "missing \"=\" in the connection string, behind the password; write a password with blanks in \
         single quotes"
    )]
    MissingEqualsInSecret,
    /// A word of a connection string that is neither a key nor a value.
    #[error(
        "a word without \"=\" in the connection string, which is not shown, since it may be a \
         password: write key=value"
    )]
    StrayWord,
    /// A quote that does not end, in the value of this parameter.
    #[error("unterminated quoted string after \"{0}\" in the connection string")]
    UnterminatedQuote(String),
    /// The same, where the parameter's name may be part of a password.
    #[error("unterminated quoted string in the connection string")]
    UnterminatedQuoteInSecret,
    /// No parameter of libpq.
    #[error("invalid connection option \"{0}\"{near}", near = did_you_mean(.0))]
    UnknownKey(String),
    /// The same, where its name may be part of a password.
    #[error(
        "invalid connection option behind the password; write a password with blanks in single \
         quotes, and \"&\" in one of a URI as %26"
    )]
    UnknownKeyInSecret,
    /// A URI that is none.
    #[error("in the URI, {0}")]
    Uri(&'static str),
    /// `%` without two hexadecimal digits, a zero byte, or no UTF-8, in this part of a URI.
    #[error("the percent-encoding of the {0} in the URI is wrong; write \"%\" itself as %25")]
    PercentEncoding(&'static str),
    /// A value that the parameter does not take.
    #[error("invalid {key} \"{}\" from {origin}: {expected}", masked(value))]
    Value {
        /// The parameter.
        key: &'static str,
        /// Its text.
        value: String,
        /// Where it was said.
        origin: Origin,
        /// What it takes.
        expected: String,
    },
    /// A value that is a connection string itself, which may hold a password: not shown.
    #[error(
        "the {key} from {origin} looks like a whole connection string: give \
         postgresql://user@host:port/database, or key=value pairs with blanks between them"
    )]
    Foreign {
        /// The parameter.
        key: &'static str,
        /// Where it was said.
        origin: Origin,
    },
    /// As many of these as there are hosts, or one, must be given.
    #[error("there are {1} values of {0} for {2} hosts: give one for each host")]
    Counts(&'static str, usize, usize),
    /// libpq could do it, this program cannot.
    #[error("{key} (from {origin}) is not supported: {why}")]
    Unsupported {
        /// The parameter, with its value where other values are taken.
        key: String,
        /// Where it was said.
        origin: Origin,
        /// Why, or what to do.
        why: &'static str,
    },
    /// There is no service file, and so no service of this name.
    #[error(
        "there is no service \"{0}\": neither ~/.pg_service.conf nor a system-wide pg_service.conf \
         exists"
    )]
    NoServiceFile(String),
    /// The service is in none of these files.
    #[error("there is no service \"{service}\" in {}", either(files))]
    ServiceNotFound {
        /// Its name.
        service: String,
        /// The files that there are.
        files: Vec<PathBuf>,
    },
    /// A mistake in a service file.
    #[error("{}:{line}: {problem}", file.display())]
    Service {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        problem: &'static str,
    },
    /// A file that was named cannot be read or used.
    #[error("{what} {}: {error}", path.display())]
    File {
        /// What it is.
        what: &'static str,
        /// Where it is.
        path: PathBuf,
        /// Why not.
        error: String,
    },
    /// A variable is not UTF-8.
    #[error("the variable {0} is not UTF-8")]
    NotUtf8(&'static str),
    /// Nobody says who logs in.
    #[error("there is no user name: give user=… or set PGUSER")]
    NoUser,
}

fn did_you_mean(word: &str) -> String {
    let near = |name: &&str| strsim::damerau_levenshtein(name, word) <= 2;
    let name = KEYS.iter().map(|key| key.name).find(near);
    name.map(|name| format!("; did you mean \"{name}\"?")).unwrap_or_default()
}

fn either(files: &[PathBuf]) -> String {
    let files: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
    files.join(" or ")
}
