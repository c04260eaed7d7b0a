//! Connection strings of other drivers, and misspelt ones: told from files, and shown without what may
//! be a password.
//!
//! Each driver has its own way to write one, and whoever pastes one here shall not find the password in
//! a log. What is shown is what is known to be harmless; all that follows is not.

use std::borrow::Cow;

use super::form::is_connection;

/// What stands for what is not shown.
const HIDDEN: &str = "***";

/// Words in whose neighbourhood a password stands.
const SECRET: [&str; 12] = [
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "token",
    "passfile",
    "credential",
    "apikey",
    "api_key",
    "userinfo",
    "kennwort",
];

/// Keys whose values are no secrets, in lower case and without blanks.
const HARMLESS: [&str; 27] = [
    "host",
    "hostaddr",
    "hostname",
    "server",
    "servername",
    "address",
    "addr",
    "datasource",
    "port",
    "database",
    "dbname",
    "db",
    "initialcatalog",
    "driver",
    "dsn",
    "user",
    "userid",
    "username",
    "uid",
    "sslmode",
    "encrypt",
    "pooling",
    "timeout",
    "applicationname",
    "application_name",
    "options",
    "connect_timeout",
];

/// What files of ours are called: with these at its end it is one, even if it is not there.
const FILES: [&str; 10] =
    [".sql", ".dump", ".gz", ".txt", ".toml", ".json", ".md", ".out", ".zst", ".bak"];

/// Whether a text that is no file looks as if it were meant to lead to a server.
pub fn looks_like_connection(text: &str) -> bool {
    let text = text.trim();
    if is_connection(text) || has_scheme(text) || text.starts_with('{') {
        return true;
    }
    let lower = text.to_lowercase();
    let is_assigned = |word: &str| {
        lower.match_indices(word).any(|(at, _)| {
            let behind = lower[at + word.len()..].trim_start_matches(|c: char| {
                c.is_whitespace() || c.is_ascii_alphanumeric() || "\"'_-".contains(c)
            });
            behind.starts_with(['=', ':'])
        })
    };
    if SECRET.iter().copied().chain(["pass", "uid", "user id"]).any(is_assigned) {
        return true;
    }
    let pairs = text.split([';', '&', ',']).filter(|pair| pair.contains('=')).count();
    if pairs > 1 && text.contains([';', '&']) {
        return true;
    }
    if let Some(decoded) = percent_decoded(text) {
        return looks_like_connection(&decoded);
    }
    if FILES.iter().any(|end| lower.ends_with(end)) && text.starts_with(['.', '/', '~']) {
        return false;
    }
    let Some((before, _)) = text.rsplit_once('@') else { return is_line_of_passfile(text) };
    if before.contains(':') {
        return true;
    }
    // `scott/tiger@host`.
    let is_file = text.starts_with(['.', '/', '~']) || FILES.iter().any(|end| lower.ends_with(end));
    !is_file && before.contains('/')
}

/// `postgres://`, `jdbc:`, `postgres:/`; a letter alone is a drive of Windows.
fn has_scheme(text: &str) -> bool {
    let Some((scheme, rest)) = text.trim_start_matches(['"', '\'', '<', '(']).split_once(':')
    else {
        return false;
    };
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-._".contains(c));
    is_scheme && (rest.starts_with('/') || has_scheme(rest))
}

/// Whether a value has something like `password=` in it, so that what follows may be the rest of one.
pub(super) fn mentions_secret(text: &str) -> bool {
    let lower = text.to_lowercase();
    SECRET.iter().any(|word| lower.contains(word))
}

/// `host:5432:database:user:password`.
fn is_line_of_passfile(text: &str) -> bool {
    let fields: Vec<&str> = text.split(':').collect();
    fields.len() >= 5 && (fields[1] == "*" || fields[1].parse::<u16>().is_ok())
}

/// The text, where it is encoded.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    let mut changed = false;
    while let [first, behind @ ..] = rest {
        rest = behind;
        let digits = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &behind[2..];
                changed = true;
            }
            _ => bytes.push(*first),
        }
    }
    changed.then(|| String::from_utf8_lossy(&bytes).into_owned())
}

/// The text without what may be a password. It is meant for what is no file.
pub fn masked(text: &str) -> Cow<'_, str> {
    if !looks_like_connection(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(user(text).unwrap_or_else(|| beginning(text)))
}

/// `scheme://user:***`. Where the password ends is not known: it can have every sign in it.
fn user(text: &str) -> Option<String> {
    if text.contains(['=', '{', '"', '\'', ' ', ';', '\\']) {
        return None;
    }
    let start = scheme(text);
    let (before, _) = text[start..].rsplit_once('@')?;
    let end = before.find(':').or_else(|| before.find('/'))?;
    let (user, sign) = (&before[..end], &before[end..=end]);
    let is_user = |c: char| c.is_alphanumeric() || ".-_+@%".contains(c);
    user.chars().all(is_user).then(|| format!("{}{user}{sign}{HIDDEN}", &text[..start]))
}

/// How long `jdbc:postgresql://` is at the beginning.
fn scheme(text: &str) -> usize {
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || "+-._:".contains(c);
    let end = text.find(|c| !is_scheme(c)).unwrap_or(text.len());
    let scheme = &text[..end];
    let name = scheme.strip_suffix(':').map(|it| it.strip_prefix("jdbc:").unwrap_or(it));
    match name {
        Some(name) if !name.contains(':') && text[end..].starts_with('/') => {
            end + text[end..].len() - text[end..].trim_start_matches('/').len()
        }
        _ => 0,
    }
}

/// As much of the beginning as is known to be harmless.
fn beginning(text: &str) -> String {
    let mut end = scheme(text);
    if end > 0 {
        return format!("{}{HIDDEN}", &text[..end]);
    }
    loop {
        let rest = &text[end..];
        let Some((key, behind)) = rest.split_once('=') else { break };
        let plain: String =
            key.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
        let is_number = matches!(&*plain, "port" | "timeout" | "connect_timeout");
        let value = |c: char| {
            c.is_ascii_digit() || (!is_number && (c.is_ascii_alphanumeric() || "._-/".contains(c)))
        };
        let length = behind.find(|c| !value(c)).unwrap_or(behind.len());
        let sign = behind[length..].chars().next();
        // What a value of several words goes on with is not known.
        let ends = sign.is_none_or(|c| matches!(c, ';' | '&' | ' '));
        if !HARMLESS.contains(&&*plain) || !ends {
            if key.chars().all(|c| c.is_ascii_alphabetic() || c == '_') {
                return format!("{}{key}={HIDDEN}", &text[..end]);
            }
            break;
        }
        end += key.len() + 1 + length + sign.map_or(0, char::len_utf8);
        if end == text.len() {
            return text.to_owned();
        }
    }
    format!("{}{HIDDEN}", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_for_another_driver_shows_no_password() {
        for (text, expected) in [
            ("jdbc:postgresql://h:5432/db?user=me&password=pw", "jdbc:postgresql://***"),
            ("jdbc:postgresql://me:pw@h/db", "jdbc:postgresql://me:***"),
            ("Server=h;Port=5432;Password=pw;", "Server=h;Port=5432;Password=***"),
            ("Host=h;Username=me;Pwd=pw", "Host=h;Username=me;Pwd=***"),
            ("Data Source=h;User Id=me;Password='p;w'", "Data Source=h;User Id=me;Password=***"),
            ("Driver={PostgreSQL};Server=h;Pwd=pw", "Driver=***"),
            ("me:pw@h/db", "me:***"),
            ("me:pw@tcp(h:5432)/db", "me:***"),
            ("me/pw@h", "me/***"),
            ("postgres://me@corp.com:pw@h", "postgres://me@corp.com:***"),
            ("postgres://me:p@w:x@h/db", "postgres://me:***"),
            ("postgresql+psycopg2://me:p?w@h/db", "postgresql+psycopg2://me:***"),
            ("POSTGRES://me:pw@h", "POSTGRES://me:***"),
            ("postgres:/a:p:w@x@h/d", "postgres:/a:***"),
            ("postgres%3A%2F%2Fme%3Apw%40h", "***"),
            ("{\"host\": \"h\", \"password\": \"pw\"}", "***"),
            ("PGPASSWORD=pw", "PGPASSWORD=***"),
            ("h:5432:db:me:pw", "***"),
            ("DATABASE_URL=postgres://me:pw@h", "DATABASE_URL=***"),
            ("host=h user=me", "host=h user=me"),
            ("host=h user=me password=pw x", "host=h user=me password=***"),
            ("host=h dbname=a b", "host=h dbname=a ***"),
            ("Passwort:pw@h", "Passwort:***"),
            ("password pw user=me", "***"),
            ("host=h port=pw user=me", "host=h port=***"),
            ("me:pw:/x@h", "me:***"),
        ] {
            assert_eq!(masked(text), expected, "{text}");
        }
    }

    #[test]
    fn files_are_shown_as_they_are() {
        for text in [
            "globals.sql",
            "./a:b.sql",
            "/var/backups/dump@2026.sql",
            "~/a@b.dump",
            "-",
            "",
            "C:\\dumps\\x.sql",
            "C:/dumps/x.sql",
            "roles 2026-01-01 10:00.sql",
            "user.sql",
            "pass.sql",
            "backups/dump@2026.sql",
            "a=b.sql",
        ] {
            assert_eq!(masked(text), text);
        }
    }
}
