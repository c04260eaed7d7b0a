//! The files of certificates and keys.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::connect::parameters::error::ParameterError;

/// The certificates of a file, of which there must be one.
pub(super) fn certificates(
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
pub(super) fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, ParameterError> {
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
