//! Password files: `hostname:port:database:username:password` lines.

use std::fs::OpenOptions;
use std::io::Read as _;
use std::path::Path;

use zeroize::Zeroizing;

use super::env::is_default_socket;
use super::password::{Known, Password, PasswordSource};
use super::warning::Warning;

/// The lines of a file.
pub(super) struct Passfile<'a> {
    path: &'a Path,
    text: Zeroizing<Vec<u8>>,
}

impl<'a> Passfile<'a> {
    /// Reads a file. One that is missing or cannot be read says nothing; one that others may read is
    /// not used (`passwordFromFile` in `fe-connect.c`).
    pub(super) fn read(path: &'a Path, warnings: &mut Vec<Warning>) -> Option<Self> {
        // What is open is looked at, and no more what is called so. A link is followed, as libpq does.
        let mut options = OpenOptions::new();
        options.read(true);
        #[cfg(unix)]
        {
            // A pipe that nobody writes to keeps nobody waiting.
            let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
            std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags);
        }
        let mut file = options.open(path).ok()?;
        let metadata = file.metadata().ok()?;
        if !metadata.is_file() {
            warnings.push(Warning::PassfileIsNoFile(path.to_owned()));
            return None;
        }
        #[cfg(unix)]
        if std::os::unix::fs::MetadataExt::mode(&metadata) & 0o077 != 0 {
            warnings.push(Warning::PassfileIsOpen(path.to_owned()));
            return None;
        }
        let mut text = Zeroizing::new(Vec::new());
        file.read_to_end(&mut text).ok()?;
        Some(Self { path, text })
    }

    /// The password of the first line that fits.
    pub(super) fn find(&self, host: &str, port: u16, database: &str, user: &str) -> Option<Known> {
        let host = if host.is_empty() || is_default_socket(host) { "localhost" } else { host };
        let port = port.to_string();
        let fields = [host, &port, database, user];
        let lines = self.text.split(|byte| *byte == b'\n').enumerate();
        for (number, line) in lines.filter(|(_, line)| !line.starts_with(b"#")) {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let behind =
                fields.iter().try_fold(line, |rest, field| matched(rest, field.as_bytes()));
            if let Some(rest) = behind {
                let source = PasswordSource::Passfile(self.path.to_owned(), number + 1);
                let password = unescaped(rest)?;
                return Some(Known { password, source });
            }
        }
        None
    }
}

/// What comes after a field that is `*` or this value, in which a backslash escapes.
fn matched<'a>(text: &'a [u8], value: &[u8]) -> Option<&'a [u8]> {
    if let Some(rest) = text.strip_prefix(b"*:") {
        return Some(rest);
    }
    let mut rest = text;
    for byte in value {
        rest = rest.strip_prefix(b"\\").unwrap_or(rest);
        rest = rest.strip_prefix(&[*byte])?;
    }
    rest.strip_prefix(b":")
}

/// The password, which ends at a colon that is not escaped.
fn unescaped(text: &[u8]) -> Option<Password> {
    let mut password = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b':' => break,
            b'\\' => password.push(bytes.next().unwrap_or(byte)),
            byte => password.push(byte),
        }
    }
    let text = str::from_utf8(&password).ok()?;
    (!text.is_empty()).then(|| Password::new(text))
}

/// A file of one line that gives this password for every server; none for a password that no such
/// file can hold.
pub(in crate::connect) fn for_child(password: &Password) -> Option<Zeroizing<String>> {
    let text = password.expose();
    if text.contains(['\n', '\r', '\0']) {
        return None;
    }
    let mut line = Zeroizing::new(String::with_capacity(text.len() * 2 + 16));
    line.push_str("*:*:*:*:");
    for c in text.chars() {
        if matches!(c, '\\' | ':') {
            line.push('\\');
        }
        line.push(c);
    }
    line.push('\n');
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str, host: &str, database: &str, user: &str) -> Option<String> {
        let path = Path::new("f");
        let file = Passfile { path, text: Zeroizing::new(text.as_bytes().to_vec()) };
        let known = file.find(host, 5432, database, user)?;
        Some(format!("{} {}", known.source, known.password.expose()))
    }

    #[test]
    fn finds_the_first_line_that_fits() {
        let text = "#h:*:*:*:no\nh:5433:*:*:no\nh:5432:d:u:one\r\n*:*:*:it\\:s \\\\x:a\\:b\\\\c:rest\n\
                    localhost:*:*:*:local\n\\::\\:1\nlong:*:*:*:";
        for (host, database, user, expected) in [
            ("h", "d", "u", Some("f:3 one")),
            ("h", "d", "v", None),
            ("h", "e", "it:s \\x", Some("f:4 a:b\\c")),
            ("", "d", "u", Some("f:5 local")),
            ("/var/run/postgresql", "d", "u", Some("f:5 local")),
            ("/var/run/postgresql2", "d", "u", None),
            ("long", "d", "u", None),
        ] {
            let found = find(text, host, database, user);
            assert_eq!(found.as_deref(), expected, "{host} {database} {user}");
        }
    }

    #[test]
    fn lines_have_any_length() {
        let token = "x".repeat(100_000);
        let text = format!("*:*:*:*:{token}");
        assert_eq!(find(&text, "h", "d", "u"), Some(format!("f:1 {token}")));
    }

    #[test]
    fn a_child_reads_what_was_written_for_it() {
        for password in ["p", "a:b\\c", " it's ", "ü:"] {
            let line = for_child(&Password::new(password)).unwrap();
            assert_eq!(find(&line, "h", "d", "u"), Some(format!("f:1 {password}")));
        }
        assert!(for_child(&Password::new("a\nb")).is_none());
    }
}
