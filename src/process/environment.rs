//! What children see of this process's own environment: what is named here, and nothing else. A
//! password in `PGPASSWORD`, a token in another variable is none of their business.

use tokio::process::Command;

/// What it takes to start a program, and for it to find its libraries and temporary files.
const TO_START: [&str; 16] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    // Windows has its own.
    "SystemRoot",
    "SystemDrive",
    "WINDIR",
    "TEMP",
    "TMP",
    "PATHEXT",
    "APPDATA",
    "USERPROFILE",
];

/// Where the login by Kerberos and the library of TLS find what they need. What libpq itself takes,
/// the connection knows.
const TO_CONNECT: [&str; 9] = [
    "KRB5CCNAME",
    "KRB5_CONFIG",
    "KRB5_CLIENT_KTNAME",
    "KRB5_KTNAME",
    "GSS_USE_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "OPENSSL_CONF",
    "OPENSSL_MODULES",
];

/// What it takes to ask a cloud: the way out, whom to trust, and how text is written.
const TO_ASK: [&str; 14] = [
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "ProgramData",
];

/// For a program that says what it is.
pub(crate) fn to_start(command: &mut Command) -> &mut Command {
    only(command, TO_START.iter())
}

/// For the one that is used.
pub(crate) fn to_connect(command: &mut Command) -> &mut Command {
    only(command, TO_START.iter().chain(&TO_CONNECT))
}

/// For a cloud's own command line, whose own variables begin with this: `AZURE_`.
pub(crate) fn to_ask<'a>(command: &'a mut Command, own: &str) -> &'a mut Command {
    let its_own = std::env::vars_os()
        .filter(|(name, _)| name.to_str().is_some_and(|name| name.starts_with(own)));
    only(command, TO_START.iter().chain(&TO_ASK)).envs(its_own)
}

fn only(command: &mut Command, names: impl Iterator<Item = &'static &'static str>) -> &mut Command {
    let kept = names.filter_map(|name| Some((name, std::env::var_os(name)?)));
    command.env_clear().envs(kept)
}
