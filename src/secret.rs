//! Passwords and their verifiers: values that are carried, compared, and never shown.

use std::fmt;

use zeroize::Zeroizing;

/// The text of a `PASSWORD` clause. It has no `Display` and no serialization; `Debug` shows the
/// kind only. The memory is wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    text: Zeroizing<Box<str>>,
    kind: VerifierKind,
}

/// What the server would take a `PASSWORD` literal for
/// (`get_password_type` in `src/backend/libpq/crypt.c`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VerifierKind {
    /// A SCRAM-SHA-256 verifier, stored as it is.
    ScramSha256,
    /// An md5 verifier, stored as it is; it is salted with the role's name.
    Md5,
    /// Begins like a verifier but is none: the server would take it for a plaintext password.
    Malformed,
    /// A plaintext password, which the server hashes itself.
    Plaintext,
}

impl VerifierKind {
    /// What it is called.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::Md5 => "md5",
            Self::Malformed => "malformed",
            Self::Plaintext => "plaintext",
        }
    }
}

impl Secret {
    /// Takes the decoded text of the literal.
    pub fn new(text: &str) -> Self {
        Self { text: Zeroizing::new(text.into()), kind: kind(text) }
    }

    /// The text itself, for the script and the wire only.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// What the server would take it for.
    pub const fn kind(&self) -> VerifierKind {
        self.kind
    }
}

/// The longest verifier in bytes that every version takes (`MAX_ENCRYPTED_PASSWORD_LEN` of 18).
const MAX_VERIFIER: usize = 512;

fn kind(text: &str) -> VerifierKind {
    if is_md5(text) {
        VerifierKind::Md5
    } else if text.len() <= MAX_VERIFIER && is_scram(text) {
        VerifierKind::ScramSha256
    } else if looks_like_verifier(text) {
        VerifierKind::Malformed
    } else {
        VerifierKind::Plaintext
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({:?})", self.kind())
    }
}

/// `md5` and 32 lower-case hexadecimal digits; upper-case ones are a plaintext to the server.
fn is_md5(text: &str) -> bool {
    text.strip_prefix("md5").is_some_and(|hex| {
        hex.len() == 32 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Whether somebody must have meant a verifier. Shells, editors and spreadsheets leave its beginning and
/// damage the rest, or put something in front: `$4096` and `$K…` are gone where a shell took them for
/// variables, and a backslash stands before each `$` that was escaped twice.
fn looks_like_verifier(text: &str) -> bool {
    let in_front =
        |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '`' | '=' | '\\' | '\u{feff}');
    let text = text.trim_start_matches(in_front);
    let begins =
        |with: &str| text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    begins("SCRAM-SHA-") || begins("md5") && looks_like_digest(&text[3..])
}

/// Whether it can have been a digest: long, and of hexadecimal digits but for a few characters. People do
/// choose passwords that begin with md5.
fn looks_like_digest(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    digits >= 12 && digits * 10 >= text.len() * 8
}

/// `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`, the two keys of 32 bytes each
/// (`parse_scram_secret` in `src/backend/libpq/auth-scram.c`).
fn is_scram(text: &str) -> bool {
    let parts = || {
        let rest = text.strip_prefix("SCRAM-SHA-256$")?;
        let (head, keys) = split(rest, b'$')?;
        let (iterations, salt) = split(head, b':')?;
        let (stored, server) = split(keys, b':')?;
        Some((iterations, salt, stored, server))
    };
    parts().is_some_and(|(iterations, salt, stored, server)| {
        iterations.bytes().all(|b| b.is_ascii_digit())
            && iterations.parse::<i32>().is_ok_and(|n| n > 0)
            && base64_bytes(salt).is_some_and(|n| n > 0)
            && base64_bytes(stored) == Some(32)
            && base64_bytes(server) == Some(32)
    })
}

/// `split_once` by an ASCII character, many times as fast.
fn split(text: &str, by: u8) -> Option<(&str, &str)> {
    let at = memchr::memchr(by, text.as_bytes())?;
    Some((&text[..at], &text[at + 1..]))
}

/// How many bytes a padded base64 text decodes to, if it is one. All of it is looked at, since nearly
/// always it is one: many bytes at a time.
fn base64_bytes(text: &str) -> Option<usize> {
    let data = text.trim_end_matches('=');
    let padding = text.len() - data.len();
    let is_digit = |b| matches!(b, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/');
    let valid = text.len().is_multiple_of(4)
        && padding <= 2
        && data.bytes().fold(true, |valid, b| valid & is_digit(b));
    valid.then(|| text.len() / 4 * 3 - padding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_those_of_the_server() {
        let key = "A".repeat(43) + "=";
        let scram = format!("SCRAM-SHA-256$4096:c2FsdA==${key}:{key}");
        let cases = [
            (scram.as_str(), VerifierKind::ScramSha256),
            ("md50123456789abcdef0123456789abcdef", VerifierKind::Md5),
            ("md50123456789ABCDEF0123456789ABCDEF", VerifierKind::Malformed),
            ("md50123456789abcdef0123456789abcde", VerifierKind::Malformed),
            ("SCRAM-SHA-256$junk", VerifierKind::Malformed),
            (&scram[..scram.len() - 1], VerifierKind::Malformed),
            ("SCRAM-SHA-256$0:c2FsdA==$x:y", VerifierKind::Malformed),
            ("SCRAM-SHA-256096:c2FsdA==x:y", VerifierKind::Malformed),
            ("SCRAM-SHA-256:c2FsdA==:x", VerifierKind::Malformed),
            ("scram-sha-256$4096:c2FsdA==$x:y", VerifierKind::Malformed),
            (r"SCRAM-SHA-256\$4096:c2FsdA==\$x:y", VerifierKind::Malformed),
            ("SCRAM-SHA-256", VerifierKind::Malformed),
            (" SCRAM-SHA-256$4096:", VerifierKind::Malformed),
            ("\"md50123456789abcdef0123456789abcdef\"", VerifierKind::Malformed),
            ("md50123456789abcdef", VerifierKind::Malformed),
            ("md5 0123456789abcdef0123456789abcdef", VerifierKind::Malformed),
            ("md50123456789abcdef0123456789abcdef0123456789abcdef", VerifierKind::Malformed),
            ("md5sum", VerifierKind::Plaintext),
            ("md5 is a bad cafe of facade deeds", VerifierKind::Plaintext),
            ("my SCRAM-SHA-256$", VerifierKind::Plaintext),
            ("hunter2", VerifierKind::Plaintext),
            ("", VerifierKind::Plaintext),
        ];
        for (text, kind) in cases {
            assert_eq!(Secret::new(text).kind(), kind, "{text}");
        }
    }

    #[test]
    fn debug_shows_the_kind_only() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(Plaintext)");
    }
}
