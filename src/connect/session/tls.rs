//! TLS as the parameters want it, and what a failed handshake was about.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::crypto::ring;
use rustls::{CertificateError, ClientConfig, Error, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::error::Reason;
use super::pem::{certificates, private_key};
use super::verifier::{Problem, Verifier};
use crate::connect::parameters::error::ParameterError;
use crate::connect::parameters::tls::{Mode, Roots, TlsParameters};

/// TLS, ready to be used.
pub(super) struct Tls {
    pub(super) connector: MakeRustlsConnect,
    seen: Arc<Mutex<Option<String>>>,
    trusted: String,
}

impl Tls {
    /// Reads the certificates.
    pub(super) fn load(parameters: &TlsParameters) -> Result<Self, ParameterError> {
        let provider = Arc::new(ring::default_provider());
        let seen = Arc::new(Mutex::new(None));
        let (roots, pins, trusted) = match &parameters.roots {
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
            checks: parameters.roots != Roots::None,
            name: parameters.mode == Mode::VerifyFull,
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
            .with_protocol_versions(parameters.versions)
            .map_err(|error| broken("TLS", Path::new(""), &error))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = match &parameters.certificate {
            None => builder.with_no_client_auth(),
            Some((path, key_path)) => {
                let chain = certificates("certificate file", path)?;
                let key = private_key(key_path)?;
                builder
                    .with_client_auth_cert(chain, key)
                    .map_err(|error| broken("certificate file", path, &error))?
            }
        };
        config.enable_sni = parameters.name_indication;
        config.alpn_protocols = vec![b"postgresql".to_vec()];
        Ok(Self { connector: MakeRustlsConnect::new(config), seen, trusted })
    }

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
