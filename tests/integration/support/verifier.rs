//! What a server stores for a password, computed here so that tests know it beforehand.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::Md5;
use sha2::{Digest as _, Sha256};

/// A SCRAM verifier, always the same for a role: the salt comes from its name. A server takes any
/// number of iterations; one is quick, 4096 is what servers themselves use.
pub fn scram(role: &str, password: &str, iterations: u32) -> String {
    let salt = &Sha256::digest(role)[..16];
    let salted = pbkdf2(password.as_bytes(), salt, iterations);
    let stored_key = Sha256::digest(hmac(&salted, b"Client Key"));
    let server_key = hmac(&salted, b"Server Key");
    format!(
        "SCRAM-SHA-256${iterations}:{}${}:{}",
        BASE64.encode(salt),
        BASE64.encode(stored_key),
        BASE64.encode(server_key)
    )
}

/// The key of a verifier that tells whether a password is right.
pub fn stored_key(password: &str, salt: &[u8], iterations: u32) -> [u8; 32] {
    let salted = pbkdf2(password.as_bytes(), salt, iterations);
    Sha256::digest(hmac(&salted, b"Client Key")).into()
}

/// An MD5 verifier.
pub fn md5(role: &str, password: &str) -> String {
    use std::fmt::Write as _;
    let digest = Md5::digest(format!("{password}{role}"));
    digest.iter().fold(String::from("md5"), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn pbkdf2(password: &[u8], salt: &[u8], iterations: u32) -> [u8; 32] {
    let mut block = hmac(password, &[salt, &1_u32.to_be_bytes()].concat());
    let mut sum = block;
    for _ in 1..iterations {
        block = hmac(password, &block);
        sum.iter_mut().zip(block).for_each(|(sum, byte)| *sum ^= byte);
    }
    sum
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().into()
}
