//! Why a server could not be read.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::connect::{ConnectError, Reason};
use crate::read::live::LiveError;

/// Why a server could not be read.
#[derive(Debug)]
pub enum Unreached {
    /// There is no connection.
    Connect(Arc<ConnectError>),
    /// There is one, and it does not answer as it should.
    Read(LiveError),
    /// There was one, and this ended it.
    Ended(String),
    /// There is one, and it does not answer in this time.
    Late(Duration),
}

impl Unreached {
    /// The code of the migration service's validation that says the same.
    pub(in crate::check) fn code(&self) -> &'static str {
        const CONNECTION: &str = "603000";
        const TLS: &str = "603001";
        const PASSWORD: &str = "603100";
        let Self::Connect(error) = self else { return CONNECTION };
        let ConnectError::Failed(failures) = &**error else { return CONNECTION };
        match failures.last().map(|failure| &failure.reason) {
            Some(Reason::Password { .. } | Reason::PasswordMissing { .. }) => PASSWORD,
            Some(
                Reason::TlsNotOffered
                | Reason::Tls(_)
                | Reason::TlsEnded(_)
                | Reason::CertificateName { .. }
                | Reason::CertificateIssuer { .. }
                | Reason::CertificateDate(_),
            ) => TLS,
            _ => CONNECTION,
        }
    }
}

impl fmt::Display for Unreached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(error) => error.fmt(f),
            Self::Read(error) => error.fmt(f),
            Self::Ended(why) => write!(f, "the connection was lost: {why}"),
            Self::Late(limit) => {
                write!(f, "connected, but no answer within {} s", limit.as_secs())
            }
        }
    }
}
