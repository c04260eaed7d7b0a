//! TLS: when it is used, and what is checked of the server's certificate. The files are only named here.

use std::path::PathBuf;

use rustls::SupportedProtocolVersion;

use super::env::Environment;
use super::error::ParameterError;
use super::host::Host;
use super::value::Values;
use super::warning::Warning;

/// When TLS is used (`sslmode`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::connect) enum Mode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// What the parameters say about TLS.
#[derive(Clone, Debug)]
pub(in crate::connect) struct TlsParameters {
    pub(in crate::connect) mode: Mode,
    /// TLS begins at once, without asking in PostgreSQL's protocol (`sslnegotiation=direct`).
    pub(in crate::connect) direct: bool,
    /// What the server's certificate is checked with.
    pub(in crate::connect) roots: Roots,
    /// The client's certificate and its key.
    pub(in crate::connect) certificate: Option<(PathBuf, PathBuf)>,
    /// Whether the server hears the name of the host (`sslsni`).
    pub(in crate::connect) name_indication: bool,
    pub(in crate::connect) versions: &'static [&'static SupportedProtocolVersion],
}

/// What the server's certificate is checked with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::connect) enum Roots {
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
