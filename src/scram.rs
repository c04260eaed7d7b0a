//! SCRAM-SHA-256 verifiers and passwords that are made here, so that no plaintext travels.

use rand::RngExt;

use crate::secret::Secret;

/// How many characters a generated password has: 32 out of 62 are 190 bits.
const LENGTH: usize = 32;

/// The verifier of a password, with a random salt and 4096 iterations, the server's default
/// (`scram_iterations`). It takes some milliseconds.
pub fn verifier(password: &Secret) -> Secret {
    Secret::new(&postgres_protocol::password::scram_sha_256(password.expose().as_bytes()))
}

/// A new random password of letters and digits.
pub fn generate() -> Secret {
    let letters = rand::rng().sample_iter(rand::distr::Alphanumeric).take(LENGTH);
    let text = zeroize::Zeroizing::new(letters.map(char::from).collect::<String>());
    Secret::new(&text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::VerifierKind;

    #[test]
    fn a_verifier_is_one_and_a_password_is_none() {
        let password = generate();
        assert_eq!(password.kind(), VerifierKind::Plaintext);
        assert_eq!(password.expose().len(), LENGTH);
        assert!(password != generate());
        assert_eq!(verifier(&password).kind(), VerifierKind::ScramSha256);
    }
}
