//! SCRAM-SHA-256 verifiers and passwords that are made here, so that no plaintext travels.

mod saslprep;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::RngExt as _;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

pub use saslprep::prepared;

use crate::name::Name;
use crate::secret::{Secret, VerifierKind};

/// How many characters a generated password has: 32 out of 62 are 190 bits.
const LENGTH: usize = 32;

/// The server's default (`scram_iterations`).
const ITERATIONS: u32 = 4096;

/// What salts are made from, so that the same input gives the same verifiers: a digest of all
/// passwords that are at hand.
///
/// A salt need not be secret, but it must not be foreseen, and must not tell more of the password
/// than the verifier does. It is the outcome of as many iterations as the verifier itself.
#[derive(Clone, Copy, Debug)]
pub struct Seed([u8; 32]);

impl Seed {
    /// From all passwords, in their order.
    pub fn of<'a>(passwords: impl Iterator<Item = &'a Secret>) -> Self {
        let mut digest = Sha256::new();
        for password in passwords {
            digest.update(password.expose());
            digest.update([0]);
        }
        Self(digest.finalize().into())
    }

    /// The verifier of a role's password. It takes some milliseconds.
    pub fn verifier(&self, role: &Name, password: &Secret) -> Secret {
        let prepared = saslprep::prepared(password.expose());
        let password: &str = &prepared;
        let context = [self.0.as_slice(), role.as_str().as_bytes()].concat();
        let salt = &iterated(password.as_bytes(), &context, ITERATIONS)[..16];
        let salted = iterated(password.as_bytes(), salt, ITERATIONS);
        let stored_key = Sha256::digest(hmac(&salted[..], &[b"Client Key"]));
        let server_key = hmac(&salted[..], &[b"Server Key"]);
        let [salt, stored_key, server_key] =
            [salt, &stored_key, &server_key].map(|bytes| BASE64_STANDARD.encode(bytes));
        Secret::new(&format!("SCRAM-SHA-256${ITERATIONS}:{salt}${stored_key}:{server_key}"))
    }
}

/// `Hi` of RFC 5802, which is PBKDF2 with one block: each guess of the password costs so many iterations.
pub fn iterated(password: &[u8], salt: &[u8], iterations: u32) -> Zeroizing<[u8; 32]> {
    let mut all = Zeroizing::new([0; 32]);
    // HMAC takes keys of every length.
    let Ok(keyed) = Hmac::<Sha256>::new_from_slice(password) else { return all };
    let mac = |parts: &[&[u8]]| {
        let mut mac = keyed.clone();
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes()
    };
    let mut last = mac(&[salt, &[0, 0, 0, 1]]);
    *all = last.into();
    for _ in 1..iterations {
        last = mac(&[&last]);
        all.iter_mut().zip(&last).for_each(|(a, b)| *a ^= b);
    }
    all
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// A new random password of letters and digits.
pub fn generate() -> Secret {
    let letters = rand::rng().sample_iter(rand::distr::Alphanumeric).take(LENGTH);
    let text = Zeroizing::new(letters.map(char::from).collect::<String>());
    Secret::new(&text)
}

/// A verifier of no password, of the same kind and as costly as `like`: to a server as good as any.
pub fn made_up(like: &Secret) -> Secret {
    let mut rng = rand::rng();
    if like.kind() == VerifierKind::Md5 {
        return Secret::new(&format!("md5{:032x}", rng.random::<u128>()));
    }
    let rest = like.expose().strip_prefix("SCRAM-SHA-256$");
    let iterations = rest.and_then(|rest| rest.split_once(':')).and_then(|(it, _)| it.parse().ok());
    let iterations: u32 = iterations.unwrap_or(ITERATIONS);
    let salt = BASE64_STANDARD.encode(rng.random::<[u8; 16]>());
    let [stored_key, server_key] =
        [(); 2].map(|()| BASE64_STANDARD.encode(rng.random::<[u8; 32]>()));
    Secret::new(&format!("SCRAM-SHA-256${iterations}:{salt}${stored_key}:{server_key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_is_one_and_a_password_is_none() {
        let password = generate();
        assert_eq!(password.kind(), VerifierKind::Plaintext);
        assert_eq!(password.expose().len(), LENGTH);
        assert!(password != generate());
    }

    #[test]
    fn what_is_made_up_is_of_the_same_kind_and_costs_the_same() {
        let key = "A".repeat(43) + "=";
        let scram = Secret::new(&format!("SCRAM-SHA-256$70000:c2FsdA==${key}:{key}"));
        let other = made_up(&scram);
        assert_eq!(other.kind(), VerifierKind::ScramSha256);
        assert!(other.expose().starts_with("SCRAM-SHA-256$70000:"));
        assert!(!other.expose().contains(&key) && !other.expose().contains("c2FsdA=="));
        let md5 = Secret::new("md50123456789abcdef0123456789abcdef");
        assert_eq!(made_up(&md5).kind(), VerifierKind::Md5);
        assert!(made_up(&md5) != md5 && made_up(&md5) != made_up(&md5));
    }

    #[test]
    fn the_same_input_gives_the_same_verifier() {
        let [a, b] = ["secret", "other"].map(Secret::new);
        let verifier = |seed: Seed, role: &str| seed.verifier(&Name::new(role), &a);
        let one = verifier(Seed::of([&a].into_iter()), "r");
        assert_eq!(one.kind(), VerifierKind::ScramSha256);
        assert!(one == verifier(Seed::of([&a].into_iter()), "r"));
        assert!(one != verifier(Seed::of([&a].into_iter()), "s"));
        assert!(one != verifier(Seed::of([&a, &b].into_iter()), "r"));
    }

    #[test]
    fn the_keys_are_those_of_the_server() {
        // RFC 7677: user "user", password "pencil".
        let salt = BASE64_STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let salted = iterated(b"pencil", &salt, ITERATIONS);
        let server_key = hmac(&salted[..], &[b"Server Key"]);
        assert_eq!(
            BASE64_STANDARD.encode(server_key),
            "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
        );
    }
}
