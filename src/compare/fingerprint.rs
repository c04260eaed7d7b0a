//! Verifiers, such that equal ones can be told.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::secret::Secret;

/// Shows verifiers such that equal ones can be told, in one run, and nothing else.
pub struct Fingerprint(Hmac<Sha256>);

impl Fingerprint {
    /// With this key, which is to be new for every run.
    pub fn new(key: [u8; 64]) -> Self {
        Self(Hmac::new(&key.into()))
    }

    /// `SCRAM-SHA-256 #3f2a9c41`.
    pub fn of(&self, secret: &Secret) -> String {
        let mut mac = self.0.clone();
        mac.update(secret.expose().as_bytes());
        let digest = mac.finalize().into_bytes();
        let mut shown = format!("{} #", secret.kind().as_str());
        for byte in digest.iter().take(4) {
            // Writing to a String cannot fail.
            let _ = write!(shown, "{byte:02x}");
        }
        shown
    }
}

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fingerprint")
    }
}
