//! Why no connection came about.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

use crate::connect::parameters::error::ParameterError;
use crate::connect::parameters::password::PasswordSource;

/// Why there is no connection.
#[derive(Error, Debug)]
pub enum ConnectError {
    /// The parameters cannot be used; above all, certificates that cannot be read.
    #[error(transparent)]
    Parameters(#[from] ParameterError),
    /// Every host that was tried, in the order of trying, and what it said.
    #[error("{}", one_after_another(.0))]
    Failed(Vec<Failure>),
}

impl ConnectError {
    /// Whether all that is missing is a password.
    pub fn is_password_missing(&self) -> bool {
        let Self::Failed(failures) = self else { return false };
        let last = failures.last().map(|failure| &failure.reason);
        matches!(last, Some(Reason::PasswordMissing { .. }))
    }
}

/// Why one host was of no use.
#[derive(Error, Debug)]
#[error("{server}: {reason}")]
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
#[derive(Error, Debug)]
pub enum Reason {
    /// The name has no address.
    #[error("the host name cannot be resolved: {0}")]
    Name(String),
    /// Nobody listens on that port.
    #[error("connection refused; is the server running, and is this its port?")]
    Refused,
    /// There is no such socket.
    #[error(
        "there is no such socket; is the server running here? For a server elsewhere, give host=…"
    )]
    NoSocket,
    /// It took longer than `connect_timeout`, or than the default.
    #[error(
        "no answer within {} s; a firewall may be in between; connect_timeout=SECONDS in the connection \
         string, or PGCONNECT_TIMEOUT, sets another limit, and 0 none",
        .0.as_secs()
    )]
    Timeout(Duration),
    /// The network failed in another way.
    #[error("{0}")]
    Network(String),
    /// The server asked for a password, and there is none.
    #[error(
        "the server asks for the password of \"{user}\", and there is none; set PGPASSWORD, or write \
         it to ~/.pgpass"
    )]
    PasswordMissing {
        /// The role.
        user: String,
    },
    /// The password is wrong (28P01).
    #[error("{message}{}", password_from(source.as_ref()))]
    Password {
        /// The role.
        user: String,
        /// Where the password came from; no error that this one comes from.
        r#source: Option<PasswordSource>,
        /// What the server said.
        message: String,
    },
    /// The server does not let this role in, or not from here (28000).
    #[error("{message}{}", tls_may_help(message, *tls_disabled))]
    Rejected {
        /// What the server said.
        message: String,
        /// Whether TLS, which the server may want, is switched off.
        tls_disabled: bool,
    },
    /// There is no such database (3D000).
    #[error("{message}; give another one as dbname=…")]
    Database {
        /// Its name.
        database: String,
        /// What the server said.
        message: String,
    },
    /// All connections are taken (53300).
    #[error(
        "{0}; end other connections, or raise the limit: max_connections, or CONNECTION LIMIT of the role or database"
    )]
    TooMany(String),
    /// It is starting, stopping or recovering (57P03).
    #[error("{0}")]
    NotReady(String),
    /// The server refused in another way.
    #[error("{message} ({code})")]
    Server {
        /// The SQLSTATE.
        code: String,
        /// What it said.
        message: String,
    },
    /// TLS is required here, and the server has none.
    #[error(
        "the server does not support TLS, but sslmode requires it; sslmode=disable goes without"
    )]
    TlsNotOffered,
    /// The server's certificate is for other names.
    #[error("the server's certificate is not for \"{host}\"{}", but_for(names))]
    CertificateName {
        /// The name that was connected to.
        host: String,
        /// Those in the certificate.
        names: Vec<String>,
    },
    /// The server's certificate comes from nobody that is trusted.
    #[error(
        "the server's certificate{} leads to no certificate in {trusted}; give its issuer's certificate as \
         sslrootcert",
        issued_by(issuer.as_deref())
    )]
    CertificateIssuer {
        /// Who it says it comes from.
        issuer: Option<String>,
        /// What is trusted: a file, or the system's store.
        trusted: String,
    },
    /// The server's certificate is not valid any more, or not yet.
    #[error("the server's certificate {0}")]
    CertificateDate(String),
    /// TLS failed in another way.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// The server ended TLS after the handshake, as it does with client certificates that it does
    /// not take.
    #[error("TLS failed: {0}")]
    TlsEnded(String),
    /// A login was refused on our side: channel binding, too many iterations, an unknown method.
    #[error("cannot log in: {0}")]
    Authentication(String),
    /// Another kind of session was wanted.
    #[error("target_session_attrs wants {wanted}, and this is none")]
    Session {
        /// What it must be.
        wanted: SessionKind,
    },
    /// The server hung up before it let anybody in.
    #[error(
        "the server closed the connection at once; is it PostgreSQL, and are connections left?"
    )]
    Closed,
    /// What answered does not speak PostgreSQL's protocol.
    #[error("this is no PostgreSQL server: {0}")]
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

fn one_after_another(failures: &[Failure]) -> String {
    failures.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn password_from(source: Option<&PasswordSource>) -> String {
    source.map(|source| format!(" (password from {source})")).unwrap_or_default()
}

fn tls_may_help(message: &str, tls_disabled: bool) -> &'static str {
    // The file's name is not translated.
    if tls_disabled && message.contains("pg_hba.conf") {
        "; the server may want TLS: try sslmode=require"
    } else {
        ""
    }
}

fn but_for(names: &[String]) -> String {
    if names.is_empty() {
        ", it names no host at all; sslmode=verify-ca does not look at the name".to_owned()
    } else {
        format!(
            " but for {}; give that name as host, and the address as hostaddr",
            names.join(", ")
        )
    }
}

fn issued_by(issuer: Option<&str>) -> String {
    issuer.map(|issuer| format!(", issued by \"{issuer}\",")).unwrap_or_default()
}
