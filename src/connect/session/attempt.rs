//! One attempt: one address of one host, with and without TLS as the mode wants it.

use std::error::Error as _;
use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::pin::Pin;

use futures_util::Stream;
use rustls::pki_types::ServerName;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_postgres::config::{SslMode, SslNegotiation};
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Client, Config, NoTls};

use super::bounded::{Bounded, BoundedTls, Process};
use super::error::Reason;
use super::said::{said, text};
use super::tls::Tls;
use crate::connect::parameters::Parameters;
use crate::connect::parameters::host::Host;
use crate::connect::parameters::password::Known;
use crate::connect::parameters::tls::Mode;

/// What the server sends, until the connection ends.
pub(super) type Messages =
    Pin<Box<dyn Stream<Item = Result<AsyncMessage, tokio_postgres::Error>> + Send>>;

/// A session that the server has let in.
pub(super) struct Session {
    pub(super) client: Client,
    pub(super) messages: Messages,
    pub(super) address: Option<IpAddr>,
    pub(super) encrypted: bool,
    /// The process that the server says it is.
    pub(super) process: Option<i32>,
}

/// A host, and what to offer it.
pub(super) struct Attempt<'a> {
    pub(super) parameters: &'a Parameters,
    pub(super) host: &'a Host,
    pub(super) tls: Option<&'a Tls>,
    pub(super) password: Option<&'a Known>,
}

/// `SSLRequest` of the protocol: its length and 80877103.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

impl Attempt<'_> {
    /// The addresses of the host; none stands for its socket.
    pub(super) async fn addresses(&self) -> Result<Vec<Option<IpAddr>>, Reason> {
        if self.host.is_socket() {
            return Ok(vec![None]);
        }
        if let Some(address) = self.host.address {
            return Ok(vec![Some(address)]);
        }
        let lookup = tokio::net::lookup_host((self.host.name.as_str(), self.host.port));
        let found = self.limited(async { lookup.await.map_err(|e| Reason::Name(text(&e))) });
        let mut addresses: Vec<_> = found.await?.map(|found| Some(found.ip())).collect();
        addresses.dedup();
        if addresses.is_empty() {
            Err(Reason::Name("it has no address".to_owned()))
        } else {
            Ok(addresses)
        }
    }

    /// Tries an address with TLS and without, in the order that the mode says. What fails is told
    /// for each.
    pub(super) async fn run(&self, address: Option<IpAddr>) -> Result<Session, Vec<Reason>> {
        let mode = if address.is_none() { Mode::Disable } else { self.parameters.tls.mode };
        let plan: &[bool] = match mode {
            Mode::Disable => &[false],
            Mode::Allow => &[false, true],
            Mode::Prefer => &[true, false],
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => &[true],
        };
        let mut reasons = Vec::new();
        for encrypted in plan {
            match self.limited(self.once(address, *encrypted)).await {
                Ok(session) => return Ok(session),
                Err(reason) => {
                    // libpq tries again after a wrong password too; that would offer it a second
                    // time, unencrypted.
                    let again = match reason {
                        Reason::Rejected { .. } => true,
                        Reason::Tls(_)
                        | Reason::CertificateName { .. }
                        | Reason::CertificateIssuer { .. }
                        | Reason::CertificateDate(_) => mode == Mode::Prefer,
                        _ => false,
                    };
                    reasons.push(reason);
                    if !again {
                        break;
                    }
                }
            }
        }
        Err(reasons)
    }

    pub(super) async fn limited<T>(
        &self,
        work: impl Future<Output = Result<T, Reason>>,
    ) -> Result<T, Reason> {
        match self.parameters.timeout {
            None => work.await,
            Some(limit) => timeout(limit, work).await.unwrap_or(Err(Reason::Timeout(limit))),
        }
    }

    async fn once(&self, address: Option<IpAddr>, encrypted: bool) -> Result<Session, Reason> {
        let Some(address) = address else {
            return self.once_socket().await;
        };
        let stream = self.connect(address).await?;
        self.start(stream, Some(address), encrypted).await
    }

    async fn connect(&self, address: IpAddr) -> Result<TcpStream, Reason> {
        let keepalive = self.parameters.keepalive;
        let connect = async {
            let stream = TcpStream::connect(SocketAddr::new(address, self.host.port)).await?;
            stream.set_nodelay(true)?;
            let socket = SockRef::from(&stream);
            if keepalive.on {
                socket.set_keepalive(true)?;
                let mut times = TcpKeepalive::new();
                if let Some(idle) = keepalive.idle {
                    times = times.with_time(idle);
                }
                #[cfg(not(target_os = "openbsd"))]
                if let Some(interval) = keepalive.interval {
                    times = times.with_interval(interval);
                }
                #[cfg(unix)]
                if let Some(count) = keepalive.count {
                    times = times.with_retries(count);
                }
                socket.set_tcp_keepalive(&times)?;
            }
            #[cfg(target_os = "linux")]
            if let Some(limit) = keepalive.user_timeout {
                socket.set_tcp_user_timeout(Some(limit))?;
            }
            Ok(stream)
        };
        connect.await.map_err(|error: io::Error| match error.kind() {
            ErrorKind::ConnectionRefused => Reason::Refused,
            _ => Reason::Network(text(&error)),
        })
    }

    #[cfg(unix)]
    async fn once_socket(&self) -> Result<Session, Reason> {
        let path = socket_path(self.host);
        let stream = tokio::net::UnixStream::connect(Path::new(&path)).await;
        let stream = stream.map_err(|error| match error.kind() {
            ErrorKind::NotFound => Reason::NoSocket,
            ErrorKind::ConnectionRefused => Reason::Refused,
            _ => Reason::Network(text(&error)),
        })?;
        self.start(stream, None, false).await
    }

    #[cfg(not(unix))]
    async fn once_socket(&self) -> Result<Session, Reason> {
        Err(Reason::NoSocket)
    }

    /// Speaks the protocol on a stream, until the server is ready for queries.
    async fn start<S>(
        &self,
        mut stream: S,
        address: Option<IpAddr>,
        encrypted: bool,
    ) -> Result<Session, Reason>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let mode = self.parameters.tls.mode;
        let mut config = self.config();
        let tls = self.tls.filter(|_| encrypted);
        let Some(tls) = tls else { return self.start_plain(stream, address, &config).await };
        if !self.parameters.tls.direct {
            let asked = async {
                stream.write_all(&SSL_REQUEST).await?;
                stream.read_u8().await
            };
            match asked.await.map_err(|error| broken_off(&error))? {
                b'S' => {}
                b'N' if mode == Mode::Prefer => {
                    return self.start_plain(stream, address, &config).await;
                }
                b'N' => return Err(Reason::TlsNotOffered),
                byte => {
                    let byte = byte.escape_ascii();
                    let problem = format!("it answers \"{byte}\" when it is asked for TLS");
                    return Err(Reason::Protocol(problem));
                }
            }
        }
        // The request has been made: what remains is what `direct` does.
        config.ssl_mode(SslMode::Require).ssl_negotiation(SslNegotiation::Direct);
        let mut name = self.host.name.clone();
        if ServerName::try_from(name.as_str()).is_err() {
            match address {
                Some(address) if mode != Mode::VerifyFull => name = address.to_string(),
                _ => {
                    return Err(Reason::Tls(
                        "the host is no name that a certificate can have".to_owned(),
                    ));
                }
            }
        }
        let mut connector = tls.connector.clone();
        let connect = MakeTlsConnect::<S>::make_tls_connect(&mut connector, &name);
        let connect = match connect {
            Ok(connect) => connect,
            Err(never) => match never {},
        };
        let process = Process::default();
        let (client, mut connection) = config
            .connect_raw(stream, BoundedTls(connect, Process::clone(&process)))
            .await
            .map_err(|error| self.reason(&error))?;
        let messages =
            futures_util::stream::poll_fn(move |context| connection.poll_message(context));
        let (messages, process) = (Box::pin(messages), process.get().copied());
        Ok(Session { client, messages, address, encrypted: true, process })
    }

    async fn start_plain<S>(
        &self,
        stream: S,
        address: Option<IpAddr>,
        config: &Config,
    ) -> Result<Session, Reason>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let process = Process::default();
        let stream = Bounded::new(stream, Process::clone(&process));
        let connected = config.connect_raw(stream, NoTls).await;
        let (client, mut connection) = connected.map_err(|error| self.reason(&error))?;
        let messages =
            futures_util::stream::poll_fn(move |context| connection.poll_message(context));
        let (messages, process) = (Box::pin(messages), process.get().copied());
        Ok(Session { client, messages, address, encrypted: false, process })
    }

    fn config(&self) -> Config {
        let parameters = self.parameters;
        let mut config = Config::new();
        config
            .user(&parameters.user)
            .dbname(&parameters.database)
            .channel_binding(parameters.channel_binding)
            .ssl_mode(SslMode::Disable);
        // libpq sends no empty name, so that `options` may have one.
        if !parameters.application_name.is_empty() {
            config.application_name(&parameters.application_name);
        }
        if let Some(options) = &parameters.options {
            config.options(options);
        }
        if let Some(known) = self.password {
            config.password(known.password.expose());
        }
        config
    }

    fn reason(&self, error: &tokio_postgres::Error) -> Reason {
        let user = self.parameters.user.clone();
        if let Some(error) = error.as_db_error() {
            let message = said(error.message());
            return match *error.code() {
                SqlState::INVALID_PASSWORD => {
                    let source = self.password.map(|known| known.source.clone());
                    Reason::Password { user, source, message }
                }
                SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
                    let mode = self.parameters.tls.mode;
                    let tls_disabled = mode == Mode::Disable && !self.host.is_socket();
                    Reason::Rejected { message, tls_disabled }
                }
                SqlState::INVALID_CATALOG_NAME => {
                    Reason::Database { database: self.parameters.database.clone(), message }
                }
                SqlState::TOO_MANY_CONNECTIONS => Reason::TooMany(message),
                SqlState::CANNOT_CONNECT_NOW => Reason::NotReady(message),
                ref code => Reason::Server { code: said(code.code()), message },
            };
        }
        if error.is_closed() {
            return Reason::Closed;
        }
        let error_is_handshake = error.to_string().contains("handshake");
        let cause = error.source();
        let cause_text = cause.map(ToString::to_string).unwrap_or_default();
        if cause_text == "password missing" {
            return Reason::PasswordMissing { user };
        }
        if let Some(error) = cause.and_then(|cause| cause.downcast_ref::<io::Error>()) {
            let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
            if let (Some(error), Some(tls)) = (inner, self.tls) {
                let reason = tls.reason(&self.host.name, error);
                // Behind the handshake, libpq does not try again without TLS.
                return match (reason, error_is_handshake) {
                    (Reason::Tls(text), false) => Reason::TlsEnded(text),
                    (reason, _) => reason,
                };
            }
            return broken_off(error);
        }
        match error.to_string() {
            text if text.starts_with("authentication error") => Reason::Authentication(cause_text),
            text if cause_text.is_empty() => Reason::Protocol(text),
            text => Reason::Protocol(format!("{text}: {cause_text}")),
        }
    }
}

/// Where a host's socket is.
pub(super) fn socket_path(host: &Host) -> String {
    format!("{}/.s.PGSQL.{}", host.name, host.port)
}

/// What an error while reading or writing means.
fn broken_off(error: &io::Error) -> Reason {
    match error.kind() {
        ErrorKind::UnexpectedEof => Reason::Closed,
        ErrorKind::InvalidData | ErrorKind::InvalidInput => Reason::Protocol(text(error)),
        // Of the driver: a message was cut off, or is none.
        _ if error.raw_os_error().is_none() && error.get_ref().is_some() => {
            Reason::Protocol(text(error))
        }
        _ => Reason::Network(text(error)),
    }
}
