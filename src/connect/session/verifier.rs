//! What is checked of the server's certificate.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

use super::certificate::{Contents, names_host};

/// What rustls has no word for.
#[derive(thiserror::Error, Debug)]
#[error("the certificate is wrong")]
pub(super) enum Problem {
    /// It is not valid now: a sentence without its subject.
    Date(String),
    /// It is for these hosts.
    Name(Vec<String>),
}

fn problem(problem: Problem) -> Error {
    let other = rustls::OtherError(Arc::new(problem));
    Error::InvalidCertificate(CertificateError::Other(other))
}

/// Checks as libpq with OpenSSL does, as far as rustls is stricter than that.
#[derive(Debug)]
pub(super) struct Verifier {
    /// Whether anything is checked.
    pub(super) checks: bool,
    /// Whether the name is, too.
    pub(super) name: bool,
    pub(super) webpki: Option<Arc<WebPkiServerVerifier>>,
    /// Certificates that are trusted as they are: PostgreSQL's documentation makes a self-signed one
    /// that is its own root, which webpki does not take.
    pub(super) pins: Vec<CertificateDer<'static>>,
    pub(super) provider: Arc<CryptoProvider>,
    /// The issuer of the last certificate, for the message.
    pub(super) seen: Arc<Mutex<Option<String>>>,
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
