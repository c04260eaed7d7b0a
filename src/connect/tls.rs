//! TLS: when it is used, and what is checked of the server's certificate.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    SupportedProtocolVersion,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::certificate::{Contents, names_host};
use super::env::Environment;
use super::error::{ParameterError, Reason};
use super::params::{Host, Values, Warning};

/// When TLS is used (`sslmode`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// What the parameters say about TLS.
#[derive(Clone, Debug)]
pub(super) struct TlsParameters {
    pub(super) mode: Mode,
    /// TLS begins at once, without asking in PostgreSQL's protocol (`sslnegotiation=direct`).
    pub(super) direct: bool,
    roots: Roots,
    certificate: Option<(PathBuf, PathBuf)>,
    name_indication: bool,
    versions: &'static [&'static SupportedProtocolVersion],
}

#[derive(Clone, Debug)]
enum Roots {
    /// The certificate is not checked.
    None,
    System,
    File(PathBuf),
}

static TLS_12: &[&SupportedProtocolVersion] = &[&rustls::version::TLS12];
static TLS_13: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13];
static TLS_BOTH: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13, &rustls::version::TLS12];

impl TlsParameters {
    pub(super) fn of(
        values: &Values,
        environment: &Environment,
        hosts: &[Host],
        warnings: &mut Vec<Warning>,
    ) -> Result<Self, ParameterError> {
        let system = values.text("sslrootcert") == Some("system");
        let modes = [
            ("disable", Mode::Disable),
            ("allow", Mode::Allow),
            ("prefer", Mode::Prefer),
            ("require", Mode::Require),
            ("verify-ca", Mode::VerifyCa),
            ("verify-full", Mode::VerifyFull),
        ];
        let default = if system { Mode::VerifyFull } else { Mode::Prefer };
        let mode = values.word("sslmode", &modes, default)?;
        if system && mode != Mode::VerifyFull {
            let expected = "sslrootcert=system goes with verify-full only".to_owned();
            return Err(values.wrong("sslmode", expected));
        }
        let direct =
            values.word("sslnegotiation", &[("postgres", false), ("direct", true)], false)?;
        if direct && matches!(mode, Mode::Disable | Mode::Allow | Mode::Prefer) {
            let expected = "direct goes with sslmode=require, verify-ca or verify-full only";
            return Err(values.wrong("sslnegotiation", expected.to_owned()));
        }
        let name_indication = values.word("sslsni", &[("1", true), ("0", false)], true)?;
        let versions = versions(values)?;
        let plain =
            Self { mode, direct, roots: Roots::None, certificate: None, name_indication, versions };
        if mode == Mode::Disable || hosts.iter().all(Host::is_socket) {
            return Ok(plain);
        }
        let roots =
            if system { Roots::System } else { roots(values, environment, mode, warnings)? };
        let revoked = environment.in_home(".postgresql/root.crl").filter(|path| path.exists());
        if let (Roots::File(_), Some(path)) = (&roots, revoked) {
            warnings.push(Warning::RevocationListIgnored(path));
        }
        Ok(Self { roots, certificate: certificate(values, environment)?, ..plain })
    }

    /// Whether the server's certificate is looked at.
    fn verifies(&self) -> bool {
        !matches!(self.roots, Roots::None)
    }

    /// Reads the certificates.
    pub(super) fn load(&self) -> Result<Tls, ParameterError> {
        let provider = Arc::new(ring::default_provider());
        let seen = Arc::new(Mutex::new(None));
        let (roots, pins, trusted) = match &self.roots {
            Roots::None => (RootCertStore::empty(), Vec::new(), String::new()),
            Roots::System => {
                let loaded = rustls_native_certs::load_native_certs();
                let mut store = RootCertStore::empty();
                store.add_parsable_certificates(loaded.certs);
                (store, Vec::new(), "the system's trusted roots".to_owned())
            }
            Roots::File(path) => {
                let pins = certificates("root certificate file", path)?;
                let mut store = RootCertStore::empty();
                store.add_parsable_certificates(pins.iter().cloned());
                (store, pins, path.display().to_string())
            }
        };
        let webpki =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        let verifier = Verifier {
            checks: self.verifies(),
            name: self.mode == Mode::VerifyFull,
            // Without any root there may be pinned certificates still.
            webpki: webpki.build().ok(),
            pins,
            provider: Arc::clone(&provider),
            seen: Arc::clone(&seen),
        };
        let broken = |what, path: &Path, error: &dyn std::fmt::Display| ParameterError::File {
            what,
            path: path.to_owned(),
            error: error.to_string(),
        };
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(self.versions)
            .map_err(|error| broken("TLS", Path::new(""), &error))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = match &self.certificate {
            None => builder.with_no_client_auth(),
            Some((path, key_path)) => {
                let chain = certificates("certificate file", path)?;
                let key = private_key(key_path)?;
                builder
                    .with_client_auth_cert(chain, key)
                    .map_err(|error| broken("certificate file", path, &error))?
            }
        };
        config.enable_sni = self.name_indication;
        config.alpn_protocols = vec![b"postgresql".to_vec()];
        Ok(Tls { connector: MakeRustlsConnect::new(config), seen, trusted })
    }
}

/// The roots, with which a certificate is checked in every mode if there are any.
fn roots(
    values: &Values,
    environment: &Environment,
    mode: Mode,
    warnings: &mut Vec<Warning>,
) -> Result<Roots, ParameterError> {
    let named = values.text("sslrootcert").map(PathBuf::from);
    let must = matches!(mode, Mode::VerifyCa | Mode::VerifyFull);
    let is_named = named.is_some();
    let path = named.or_else(|| environment.in_home(".postgresql/root.crt"));
    match path {
        Some(path) if path.exists() => Ok(Roots::File(path)),
        Some(path) if must => Err(ParameterError::File {
            what: "root certificate file",
            path,
            error: "it does not exist; give sslrootcert=FILE, or sslrootcert=system for the \
                    system's trusted roots"
                .to_owned(),
        }),
        None if must => Err(values.wrong("sslmode", "give sslrootcert too".to_owned())),
        Some(path) if is_named => {
            warnings.push(Warning::NoRootCertificate(path));
            Ok(Roots::None)
        }
        _ => Ok(Roots::None),
    }
}

/// The client's certificate and its key.
fn certificate(
    values: &Values,
    environment: &Environment,
) -> Result<Option<(PathBuf, PathBuf)>, ParameterError> {
    if values.text("sslcertmode") == Some("disable") {
        return Ok(None);
    }
    let named = values.text("sslcert").map(PathBuf::from);
    let path = named.or_else(|| environment.in_home(".postgresql/postgresql.crt"));
    // As in libpq, a file that is not there is not sent.
    let Some(path) = path.filter(|path| path.exists()) else { return Ok(None) };
    let named = values.text("sslkey").map(PathBuf::from);
    let key = named.or_else(|| environment.in_home(".postgresql/postgresql.key"));
    match key {
        Some(key) if key.exists() => Ok(Some((path, key))),
        _ => Err(ParameterError::File {
            what: "certificate file",
            path,
            error: "its private key is not there; give it as sslkey".to_owned(),
        }),
    }
}

fn versions(
    values: &Values,
) -> Result<&'static [&'static SupportedProtocolVersion], ParameterError> {
    let words = [("TLSv1", 10), ("TLSv1.1", 11), ("TLSv1.2", 12), ("TLSv1.3", 13)];
    let least = values.word("ssl_min_protocol_version", &words, 12)?.max(12);
    let most = values.word("ssl_max_protocol_version", &words, 13)?;
    let wrong = |text: &str| Err(values.wrong("ssl_max_protocol_version", text.to_owned()));
    match (least, most) {
        (_, ..12) => wrong("TLS before 1.2 is not supported"),
        (12, 12) => Ok(TLS_12),
        (12, _) => Ok(TLS_BOTH),
        (_, 12) => wrong("it is less than ssl_min_protocol_version"),
        _ => Ok(TLS_13),
    }
}

fn certificates(
    what: &'static str,
    path: &Path,
) -> Result<Vec<CertificateDer<'static>>, ParameterError> {
    let broken = |error| ParameterError::File { what, path: path.to_owned(), error };
    let bytes = fs::read(path).map_err(|error| broken(error.to_string()))?;
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let all = all.map_err(|error| broken(error.to_string()))?;
    if all.is_empty() {
        Err(broken("there is no PEM certificate in it".to_owned()))
    } else {
        Ok(all)
    }
}

/// Reads a key, which only its owner may read, or, if it is root's, the group too.
fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, ParameterError> {
    let broken = |error: String| ParameterError::File {
        what: "private key file",
        path: path.to_owned(),
        error,
    };
    let mut file = File::open(path).map_err(|error| broken(error.to_string()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        // Of what is open: what is called so can be another by now.
        let metadata = file.metadata().map_err(|error| broken(error.to_string()))?;
        let others = if metadata.uid() == 0 { 0o037 } else { 0o077 };
        if metadata.mode() & others != 0 {
            return Err(broken(format!("others may read it; chmod 600 {}", path.display())));
        }
    }
    let mut bytes = zeroize::Zeroizing::new(Vec::new());
    file.read_to_end(&mut bytes).map_err(|error| broken(error.to_string()))?;
    PrivateKeyDer::from_pem_slice(&bytes).map_err(|error| {
        let encrypted = bytes.windows(9).any(|part| part == b"ENCRYPTED");
        broken(if encrypted {
            "it is encrypted, and sslpassword is not supported; decrypt it with openssl pkey"
                .to_owned()
        } else {
            error.to_string()
        })
    })
}

/// TLS, ready to be used.
pub(super) struct Tls {
    pub(super) connector: MakeRustlsConnect,
    seen: Arc<Mutex<Option<String>>>,
    trusted: String,
}

impl Tls {
    /// Says what a failed handshake was about.
    pub(super) fn reason(&self, host: &str, error: &Error) -> Reason {
        let Error::InvalidCertificate(error) = error else {
            return Reason::Tls(match error {
                Error::AlertReceived(alert) => format!(
                    "the server ended it with {alert:?}; it may refuse the certificate of sslcert, \
                     or miss one"
                ),
                error => error.to_string(),
            });
        };
        match error {
            CertificateError::NotValidForNameContext { presented, .. } => {
                let names = presented.iter().map(|name| plain(name)).collect();
                Reason::CertificateName { host: host.to_owned(), names }
            }
            CertificateError::UnknownIssuer => self.issuer(),
            CertificateError::Other(other) => match other.0.downcast_ref::<Problem>() {
                Some(Problem::Date(text)) => Reason::CertificateDate(text.clone()),
                Some(Problem::Name(names)) => {
                    Reason::CertificateName { host: host.to_owned(), names: names.clone() }
                }
                // webpki's, which rustls passes on.
                None if other.to_string().contains("CaUsedAsEndEntity") => self.issuer(),
                None => Reason::Tls(error.to_string()),
            },
            _ => Reason::Tls(error.to_string()),
        }
    }
}

impl Tls {
    fn issuer(&self) -> Reason {
        let issuer = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Reason::CertificateIssuer { issuer, trusted: self.trusted.clone() }
    }
}

/// `DnsName("x")` or `IpAddress(x)` as rustls shows names, without its decoration.
fn plain(name: &str) -> String {
    let inside = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    inside.unwrap_or(name).trim_matches('"').to_owned()
}

/// What rustls has no word for.
#[derive(Debug)]
enum Problem {
    Date(String),
    Name(Vec<String>),
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the certificate is wrong")
    }
}

impl std::error::Error for Problem {}

fn problem(problem: Problem) -> Error {
    let other = rustls::OtherError(Arc::new(problem));
    Error::InvalidCertificate(CertificateError::Other(other))
}

/// Checks as libpq with OpenSSL does, as far as rustls is stricter than that.
#[derive(Debug)]
struct Verifier {
    checks: bool,
    name: bool,
    webpki: Option<Arc<WebPkiServerVerifier>>,
    /// Certificates that are trusted as they are: PostgreSQL's documentation makes a self-signed one
    /// that is its own root, which webpki does not take.
    pins: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
    /// The issuer of the last certificate, for the message.
    seen: Arc<Mutex<Option<String>>>,
}

impl Verifier {
    fn pinned(
        &self,
        certificate: &CertificateDer<'_>,
        contents: Option<&Contents>,
        host: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Error> {
        if let Some(date) = contents.and_then(|contents| contents.problem_at(now)) {
            return Err(problem(Problem::Date(date)));
        }
        if !self.name {
            return Ok(());
        }
        let parsed = ParsedCertificate::try_from(certificate)?;
        rustls::client::verify_server_name(&parsed, host)
            .or_else(|error| forgive_name(error, contents, host))
    }
}

/// A certificate without any other name is for the host that its common name says.
fn forgive_name(
    error: Error,
    contents: Option<&Contents>,
    host: &ServerName<'_>,
) -> Result<(), Error> {
    let names = contents.map(Contents::common_names).unwrap_or_default();
    if names.iter().any(|name| names_host(name, &host.to_str())) {
        Ok(())
    } else if names.is_empty() {
        Err(error)
    } else {
        Err(problem(Problem::Name(names)))
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if !self.checks {
            return Ok(ServerCertVerified::assertion());
        }
        let contents = Contents::of(certificate);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) =
            contents.as_ref().map(Contents::issuer);
        if self.pins.iter().any(|pin| pin == certificate) {
            self.pinned(certificate, contents.as_ref(), host, now)?;
            return Ok(ServerCertVerified::assertion());
        }
        let Some(webpki) = &self.webpki else {
            return Err(CertificateError::UnknownIssuer.into());
        };
        let result = webpki.verify_server_cert(certificate, intermediates, host, ocsp, now);
        match result {
            // The name is the last that it looks at.
            Err(
                error @ Error::InvalidCertificate(
                    CertificateError::NotValidForName
                    | CertificateError::NotValidForNameContext { .. },
                ),
            ) => {
                if self.name {
                    forgive_name(error, contents.as_ref(), host)?;
                }
                Ok(ServerCertVerified::assertion())
            }
            Err(Error::InvalidCertificate(
                CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. },
            )) => {
                let date = contents.and_then(|contents| contents.problem_at(now));
                // Else it is one of those above it.
                let date = date.unwrap_or_else(|| "has an issuer whose own has expired".to_owned());
                Err(problem(Problem::Date(date)))
            }
            result => result,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
