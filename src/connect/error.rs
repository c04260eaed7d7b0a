//! What is wrong with parameters, and why no connection came about.

use std::error::Error as _;
use std::path::PathBuf;
use std::time::Duration;
use std::{fmt, io};

use super::key::KEYS;
use super::masked::masked;
use super::params::Origin;
use super::password::PasswordSource;
use crate::name::is_hidden;

/// Why parameters cannot be used. It never shows a password.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ParameterError {
    /// A word of a connection string without `=`; not told where it may be part of a password.
    MissingEquals(Option<String>),
    /// A word of a connection string that is neither a key nor a value.
    StrayWord,
    /// A quote that does not end, in the value of this parameter.
    UnterminatedQuote(Option<String>),
    /// No parameter of libpq.
    UnknownKey(Option<String>),
    /// A URI that is none.
    Uri(&'static str),
    /// `%` without two hexadecimal digits, a zero byte, or no UTF-8, in this part of a URI.
    PercentEncoding(&'static str),
    /// A value that the parameter does not take.
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
    Foreign {
        /// The parameter.
        key: &'static str,
        /// Where it was said.
        origin: Origin,
    },
    /// As many of these as there are hosts, or one, must be given.
    Counts(&'static str, usize, usize),
    /// libpq could do it, this program cannot.
    Unsupported {
        /// The parameter, with its value where other values are taken.
        key: String,
        /// Where it was said.
        origin: Origin,
        /// Why, or what to do.
        why: &'static str,
    },
    /// The service is in none of these files.
    ServiceNotFound {
        /// Its name.
        service: String,
        /// The files that there are.
        files: Vec<PathBuf>,
    },
    /// A mistake in a service file.
    Service {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        problem: &'static str,
    },
    /// A file that was named cannot be read or used.
    File {
        /// What it is.
        what: &'static str,
        /// Where it is.
        path: PathBuf,
        /// Why not.
        error: String,
    },
    /// A variable is not UTF-8.
    NotUtf8(&'static str),
    /// Nobody says who logs in.
    NoUser,
}

impl fmt::Display for ParameterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const QUOTES: &str = "behind the password; write a password with blanks in single quotes";
        match self {
            Self::StrayWord => f.write_str(
                "a word without \"=\" in the connection string, which is not shown, since it may be a \
                 password: write key=value",
            ),
            Self::MissingEquals(Some(word)) => {
                write!(f, "missing \"=\" after \"{word}\" in the connection string")
            }
            Self::MissingEquals(None) => {
                write!(f, "missing \"=\" in the connection string, {QUOTES}")
            }
            Self::UnterminatedQuote(Some(key)) => {
                write!(f, "unterminated quoted string after \"{key}\" in the connection string")
            }
            Self::UnterminatedQuote(None) => {
                f.write_str("unterminated quoted string in the connection string")
            }
            Self::UnknownKey(Some(word)) => {
                write!(f, "invalid connection option \"{word}\"")?;
                let near = |name: &&str| strsim::damerau_levenshtein(name, word) <= 2;
                match KEYS.iter().map(|key| key.name).find(near) {
                    Some(name) => write!(f, "; did you mean \"{name}\"?"),
                    None => Ok(()),
                }
            }
            Self::UnknownKey(None) => {
                write!(f, "invalid connection option {QUOTES}, and \"&\" in one of a URI as %26")
            }
            Self::Uri(problem) => write!(f, "in the URI, {problem}"),
            Self::PercentEncoding(what) => write!(
                f,
                "the percent-encoding of the {what} in the URI is wrong; write \"%\" itself as %25"
            ),
            Self::Value { key, value, origin, expected } => {
                let value = masked(value);
                write!(f, "invalid {key} \"{value}\" from {origin}: {expected}")
            }
            Self::Foreign { key, origin } => write!(
                f,
                "the {key} from {origin} looks like a whole connection string: give \
                 postgresql://user@host:port/database, or key=value pairs with blanks between them"
            ),
            Self::Counts(key, given, hosts) => write!(
                f,
                "there are {given} values of {key} for {hosts} hosts: give one for each host"
            ),
            Self::Unsupported { key, origin, why } => {
                write!(f, "{key} (from {origin}) is not supported: {why}")
            }
            Self::ServiceNotFound { service, files } if files.is_empty() => write!(
                f,
                "there is no service \"{service}\": neither ~/.pg_service.conf nor a system-wide \
                 pg_service.conf exists"
            ),
            Self::ServiceNotFound { service, files } => {
                let files: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
                write!(f, "there is no service \"{service}\" in {}", files.join(" or "))
            }
            Self::Service { file, line, problem } => {
                write!(f, "{}:{line}: {problem}", file.display())
            }
            Self::File { what, path, error } => write!(f, "{what} {}: {error}", path.display()),
            Self::NotUtf8(name) => write!(f, "the variable {name} is not UTF-8"),
            Self::NoUser => f.write_str("there is no user name: give user=… or set PGUSER"),
        }
    }
}

impl std::error::Error for ParameterError {}

/// Why there is no connection.
#[derive(Debug)]
pub enum ConnectError {
    /// The parameters cannot be used; above all, certificates that cannot be read.
    Parameters(ParameterError),
    /// Every host that was tried, in the order of trying, and what it said.
    Failed(Vec<Failure>),
}

/// Why one host was of no use.
#[derive(Debug)]
pub struct Failure {
    /// The host, as in `host:port`, or a socket's path.
    pub server: String,
    /// What was wrong with it.
    pub reason: Reason,
}

/// Which side of a cluster a session is on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SessionKind {
    /// It takes writes.
    ReadWrite,
    /// It does not.
    ReadOnly,
    /// It is no standby.
    Primary,
    /// It is one.
    Standby,
}

/// What can go wrong on the way to a connection.
#[derive(Debug)]
pub enum Reason {
    /// The name has no address.
    Name(String),
    /// Nobody listens on that port.
    Refused,
    /// There is no such socket.
    NoSocket,
    /// It took longer than `connect_timeout`.
    Timeout(Duration),
    /// The network failed in another way.
    Network(String),
    /// The server asked for a password, and there is none.
    PasswordMissing {
        /// The role.
        user: String,
    },
    /// The password is wrong (28P01).
    Password {
        /// The role.
        user: String,
        /// Where the password came from.
        source: Option<PasswordSource>,
        /// What the server said.
        message: String,
    },
    /// The server does not let this role in, or not from here (28000).
    Rejected {
        /// What the server said.
        message: String,
        /// Whether TLS, which the server may want, is switched off.
        tls_disabled: bool,
    },
    /// There is no such database (3D000).
    Database {
        /// Its name.
        database: String,
        /// What the server said.
        message: String,
    },
    /// All connections are taken (53300).
    TooMany(String),
    /// It is starting, stopping or recovering (57P03).
    NotReady(String),
    /// The server refused in another way.
    Server {
        /// The SQLSTATE.
        code: String,
        /// What it said.
        message: String,
    },
    /// TLS is required here, and the server has none.
    TlsNotOffered,
    /// The server's certificate is for other names.
    CertificateName {
        /// The name that was connected to.
        host: String,
        /// Those in the certificate.
        names: Vec<String>,
    },
    /// The server's certificate comes from nobody that is trusted.
    CertificateIssuer {
        /// Who it says it comes from.
        issuer: Option<String>,
        /// What is trusted: a file, or the system's store.
        trusted: String,
    },
    /// The server's certificate is not valid any more, or not yet.
    CertificateDate(String),
    /// TLS failed in another way.
    Tls(String),
    /// The server ended TLS after the handshake, as it does with client certificates that it does
    /// not take.
    TlsEnded(String),
    /// A login was refused on our side: channel binding, too many iterations, an unknown method.
    Authentication(String),
    /// Another kind of session was wanted.
    Session {
        /// What it must be.
        wanted: SessionKind,
    },
    /// The server hung up before it let anybody in.
    Closed,
    /// What answered does not speak PostgreSQL's protocol.
    Protocol(String),
}

impl Reason {
    /// Whether libpq goes on to the next address or host.
    pub(super) fn leaves_other_hosts(&self) -> bool {
        matches!(
            self,
            Self::Name(_) | Self::Refused | Self::NoSocket | Self::Timeout(_) | Self::Network(_)
        )
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameters(error) => error.fmt(f),
            Self::Failed(failures) => {
                for (index, failure) in failures.iter().enumerate() {
                    let separator = if index == 0 { "" } else { "; " };
                    write!(f, "{separator}{failure}")?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for ConnectError {}

impl From<ParameterError> for ConnectError {
    fn from(error: ParameterError) -> Self {
        Self::Parameters(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.server, self.reason)
    }
}

impl fmt::Display for SessionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReadWrite => "a session that takes writes",
            Self::ReadOnly => "a read-only session",
            Self::Primary => "a primary",
            Self::Standby => "a standby",
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(error) => write!(f, "the host name cannot be resolved: {error}"),
            Self::Refused => {
                f.write_str("connection refused; is the server running, and is this its port?")
            }
            Self::NoSocket => f.write_str(
                "there is no such socket; is the server running here? For a server elsewhere, give \
                 host=…",
            ),
            Self::Timeout(limit) => write!(
                f,
                "no answer within {} s; a firewall may be in between, or connect_timeout too short",
                limit.as_secs()
            ),
            Self::Network(error) => f.write_str(error),
            Self::PasswordMissing { user } => write!(
                f,
                "the server asks for the password of \"{user}\", and there is none; set PGPASSWORD, \
                 or write it to ~/.pgpass"
            ),
            Self::Password { message, source: Some(source), .. } => {
                write!(f, "{message} (password from {source})")
            }
            // Its name is not translated.
            Self::Rejected { message, tls_disabled: true } if message.contains("pg_hba.conf") => {
                write!(f, "{message}; the server may want TLS: try sslmode=require")
            }
            Self::Database { message, .. } => write!(f, "{message}; give another one as dbname=…"),
            Self::TooMany(message) => {
                write!(f, "{message}; end other connections, or raise max_connections")
            }
            Self::Password { message, .. }
            | Self::Rejected { message, .. }
            | Self::NotReady(message) => f.write_str(message),
            Self::Server { code, message } => write!(f, "{message} ({code})"),
            Self::TlsNotOffered => f.write_str(
                "the server does not support TLS, but sslmode requires it; sslmode=disable goes \
                 without",
            ),
            Self::CertificateName { host, names } if names.is_empty() => {
                write!(
                    f,
                    "the server's certificate is not for \"{host}\", it names no host at all"
                )?;
                f.write_str("; sslmode=verify-ca does not look at the name")
            }
            Self::CertificateName { host, names } => {
                write!(
                    f,
                    "the server's certificate is not for \"{host}\" but for {}",
                    names.join(", ")
                )?;
                f.write_str("; give that name as host, and the address as hostaddr")
            }
            Self::CertificateIssuer { issuer, trusted } => {
                f.write_str("the server's certificate")?;
                if let Some(issuer) = issuer {
                    write!(f, ", issued by \"{issuer}\",")?;
                }
                write!(
                    f,
                    " comes from nobody in {trusted}; give its issuer's certificate as sslrootcert"
                )
            }
            Self::CertificateDate(problem) => write!(f, "the server's certificate {problem}"),
            Self::Tls(error) | Self::TlsEnded(error) => write!(f, "TLS failed: {error}"),
            Self::Authentication(error) => write!(f, "cannot log in: {error}"),
            Self::Session { wanted } => {
                write!(f, "target_session_attrs wants {wanted}, and this is none")
            }
            Self::Closed => f.write_str(
                "the server closed the connection at once; is it PostgreSQL, and are connections left?",
            ),
            Self::Protocol(problem) => {
                write!(f, "this is no PostgreSQL server: {problem}")
            }
        }
    }
}

/// How much of a server's text is shown: a detail can list a hundred objects.
const MOST_CHARACTERS: usize = 10_000;

/// A text of the server's, which may be no PostgreSQL: on one line, and with nothing in it that a
/// terminal would obey.
pub fn said(text: &str) -> String {
    let mut shown = String::new();
    for (number, c) in text.chars().enumerate() {
        if number == MOST_CHARACTERS {
            shown.push('…');
            break;
        }
        if is_hidden(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

/// Why the driver has failed, in the server's words where it has said something.
pub fn why(error: &tokio_postgres::Error) -> String {
    if let Some(db) = error.as_db_error() {
        return format!("{} ({})", said(db.message()), said(db.code().code()));
    }
    match error.source() {
        Some(cause) => cause.downcast_ref().map_or_else(|| cause.to_string(), text),
        None => error.to_string(),
    }
}

/// An error in the words of the operating system, without its number.
pub(super) fn text(error: &io::Error) -> String {
    let text = error.to_string();
    let number = format!(" (os error {})", error.raw_os_error().unwrap_or_default());
    let text = text.strip_suffix(&number).unwrap_or(&text);
    let text = text.strip_prefix("failed to lookup address information: ").unwrap_or(text);
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_ascii_lowercase());
    format!("{}{}", first.map(String::from).unwrap_or_default(), characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_is_shown_on_one_line_and_not_obeyed() {
        assert_eq!(said("a\u{1b}[2J\nb\u{202e}ü"), "a\\u{1b}[2J\\nb\\u{202e}ü");
        let long = said(&"é".repeat(1 << 20));
        assert_eq!(long, format!("{}…", "é".repeat(MOST_CHARACTERS)));
    }
}
