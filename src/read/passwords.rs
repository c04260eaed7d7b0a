//! Verifiers from elsewhere: a pgbouncer `userlist.txt`, or another dump.

use std::collections::BTreeMap;
use std::io::{BufReader, Read};

use zeroize::Zeroizing;

use super::dump::{Failure, Options, read};
use crate::connect;
use crate::encoding::{self, Utf16};
use crate::globals::Password;
use crate::name::Name;
use crate::secret::Secret;

/// Passwords by role; an empty one where the file names the role without one.
pub type Userlist = BTreeMap<Name, Secret>;

/// What the passwords were read from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PasswordSource {
    /// pgbouncer's `auth_file` (<https://www.pgbouncer.org/config.html#authentication-file-format>).
    Userlist,
    /// Another dump.
    Dump,
}

/// Why passwords could not be read.
#[derive(Debug, thiserror::Error)]
pub enum PasswordsError {
    /// The file is a dump, and cannot be read.
    #[error("{}", not_a_dump(.0))]
    Dump(Failure),
    /// The file could not be read.
    #[error("{0}")]
    Io(std::io::Error),
    /// A line is not `"user" "password"`.
    #[error("line {0}: expected \"user\" \"password\", as in pgbouncer's userlist.txt")]
    Line(usize),
    /// A role stands in it twice.
    #[error("line {1}: role {0} has a password already")]
    Twice(Name, usize),
    /// There is no password in it.
    #[error("there is no password in it")]
    Nothing,
}

/// The place only: what is no dump could hold a password anywhere.
fn not_a_dump(failure: &Failure) -> String {
    let Failure::Mistakes { mistakes, .. } = failure else { return failure.to_string() };
    let line = mistakes.first().map_or(1, |mistake| mistake.place.line);
    format!(
        "line {line}: neither \"user\" \"password\", as in pgbouncer's userlist.txt, nor a statement of a dump"
    )
}

/// Reads passwords; what kind of file it is shows in its first character.
///
/// # Errors
/// When it is neither kind of file, or has no password at all.
pub fn read_passwords(input: impl Read) -> Result<(PasswordSource, Userlist), PasswordsError> {
    // No further than needed: a dump can be of a whole cluster.
    let mut input = BufReader::new(input);
    let mut bytes = Zeroizing::new(Vec::new());
    let mut first = None;
    for byte in input.by_ref().bytes() {
        bytes.push(byte.map_err(PasswordsError::Io)?);
        first = first_character(&bytes);
        if first.is_some() {
            break;
        }
    }
    let (source, list) = if matches!(first, Some(b'"' | b';' | b'#')) {
        input.read_to_end(&mut bytes).map_err(PasswordsError::Io)?;
        // Editors and PowerShell write marks and UTF-16.
        let text = encoding::text(&bytes).ok_or_else(|| {
            let valid = std::str::from_utf8(&bytes).err().map_or(0, |error| error.valid_up_to());
            PasswordsError::Line(memchr::memchr_iter(b'\n', &bytes[..valid]).count() + 1)
        })?;
        let text = Zeroizing::new(text.into_owned());
        (PasswordSource::Userlist, userlist(&text)?)
    } else {
        let options = Options { drop_unknown: false, accept_truncated: true };
        let reading = read(bytes.as_slice().chain(input), options).map_err(PasswordsError::Dump)?;
        let roles = reading.globals.roles.into_iter();
        let list = roles.filter_map(|(name, role)| match role.password {
            Password::Is(fact) => Some((name, fact.value)),
            _ => None,
        });
        (PasswordSource::Dump, list.collect())
    };
    if list.values().all(|password| password.expose().is_empty()) {
        Err(PasswordsError::Nothing)
    } else {
        Ok((source, list))
    }
}

/// The first byte that is neither white space nor part of a byte order mark, if it was read already.
fn first_character(bytes: &[u8]) -> Option<u8> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    if MARK.starts_with(bytes) || matches!(bytes, [0xff | 0xfe]) {
        return None;
    }
    let is_mark = Utf16::of_mark(bytes).is_some();
    let text = if is_mark { &bytes[2..] } else { bytes.strip_prefix(MARK).unwrap_or(bytes) };
    text.iter().copied().find(|byte| !(byte.is_ascii_whitespace() || is_mark && *byte == 0))
}

/// `"user" "password"` lines; a quote inside is doubled; what follows is ignored. A name may go on
/// behind a line break, since a role's can.
fn userlist(text: &str) -> Result<Userlist, PasswordsError> {
    let mut list = Userlist::new();
    let mut rest = text;
    let (mut line, mut counted) = (1, 0);
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Ok(list);
        }
        let at = text.len() - rest.len();
        line += memchr::memchr_iter(b'\n', &text.as_bytes()[counted..at]).count();
        counted = at;
        if !rest.starts_with([';', '#']) {
            let parsed = quoted(rest).and_then(|(user, behind)| {
                let (password, behind) = quoted(behind.trim_start_matches([' ', '\t']))?;
                // Neither can be sent to a server.
                let name = connect::name(&user).ok()?;
                (!password.contains(['\n', '\0'])).then_some((name, password, behind))
            });
            let Some((name, password, behind)) = parsed else {
                return Err(PasswordsError::Line(line));
            };
            // pgbouncer lists users without a password of their own with an empty one.
            let password = Secret::new(&password);
            if let Some(earlier) = list.insert(name.clone(), password.clone())
                && earlier != password
            {
                return Err(PasswordsError::Twice(name, line));
            }
            rest = behind;
        }
        rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
    }
}

fn quoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('"')?;
    let mut value = String::new();
    loop {
        let end = rest.find('"')?;
        value.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(behind) => {
                value.push('"');
                rest = behind;
            }
            None => return Some((value, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Result<Vec<String>, String> {
        match read_passwords(text.as_bytes()) {
            Ok((_, list)) => {
                Ok(list.iter().map(|(n, s)| format!("{}={}", n.as_str(), s.expose())).collect())
            }
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn reads_a_userlist_and_a_dump() {
        let list = "; comment\n\"a\" \"secret\"\n\n\"b\"\"c\" \"md5x\" \"more\"\r\n\"d\" \"\"\n";
        assert_eq!(names(list), Ok(["a=secret", "b\"c=md5x", "d="].map(str::to_owned).to_vec()));
        let twice = "\"a\" \"x\"\n\"a\" \"x\"\n";
        assert_eq!(names(twice), Ok(vec!["a=x".to_owned()]));
        assert_eq!(names("\"a\" \"\""), Err("there is no password in it".to_owned()));
        let marked = format!("\u{feff}{list}");
        assert_eq!(names(&marked), names(list));
        for dump in [list, "CREATE ROLE a LOGIN PASSWORD 'secret'"] {
            for big in [false, true] {
                let units = "\u{feff} \r\n".encode_utf16().chain(dump.encode_utf16());
                let bytes: Vec<u8> = units
                    .flat_map(|it| if big { it.to_be_bytes() } else { it.to_le_bytes() })
                    .collect();
                let (_, list) = read_passwords(&bytes[..]).unwrap();
                assert_eq!(list.values().next().unwrap().expose(), "secret");
            }
        }
        let dump = "CREATE ROLE a LOGIN PASSWORD 'x';\nCREATE ROLE b;";
        assert_eq!(names(dump), Ok(vec!["a=x".to_owned()]));
    }

    #[test]
    fn says_which_line_is_wrong_and_nothing_of_it() {
        assert_eq!(
            names("\"a\" \"b\"\n\"c\" secret"),
            Err("line 2: expected \"user\" \"password\", as in pgbouncer's userlist.txt".to_owned())
        );
        assert_eq!(
            names("\"a\" \"b\"\n\"a\" \"c\""),
            Err("line 2: role a has a password already".to_owned())
        );
        assert_eq!(names("CREATE ROLE a;"), Err("there is no password in it".to_owned()));
    }
}
