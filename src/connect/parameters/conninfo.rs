//! Connection strings of the form `key=value …`.

use zeroize::Zeroizing;

use super::error::ParameterError;
use super::key;
use super::masked::mentions_secret;
use super::origin::Origin;
use super::value::Values;

/// Takes a string apart as libpq does (`conninfo_parse`): blanks around `=`, values in single
/// quotes, a backslash before any character; the last of several values counts.
pub(super) fn parse(text: &str, values: &mut Values) -> Result<(), ParameterError> {
    let mut rest = text.trim_start_matches(is_space);
    // What follows a password may be the rest of it, if its quotes were forgotten.
    let mut secret = false;
    while !rest.is_empty() {
        let end = rest.find(|c| c == '=' || is_space(c)).unwrap_or(rest.len());
        let name = &rest[..end];
        let is_word = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let shown = (!secret && is_word(name)).then(|| name.to_owned());
        rest = rest[end..].trim_start_matches(is_space);
        let Some(behind) = rest.strip_prefix('=') else {
            // A word that stands alone may be a password, or a part of one.
            if !secret && key::find(name).is_none() {
                return Err(ParameterError::StrayWord);
            }
            return Err(
                shown.map_or(ParameterError::MissingEqualsInSecret, ParameterError::MissingEquals)
            );
        };
        let Some((value, behind)) = value(behind.trim_start_matches(is_space)) else {
            return Err(shown.map_or(
                ParameterError::UnterminatedQuoteInSecret,
                ParameterError::UnterminatedQuote,
            ));
        };
        let Some(key) = key::find(name) else {
            return Err(
                shown.map_or(ParameterError::UnknownKeyInSecret, ParameterError::UnknownKey)
            );
        };
        secret |= key.name.contains("password") || mentions_secret(&value);
        values.replace(key.name, value, Origin::Argument);
        rest = behind.trim_start_matches(is_space);
    }
    Ok(())
}

/// One value, and what comes after it.
fn value(text: &str) -> Option<(Zeroizing<String>, &str)> {
    let quoted = text.starts_with('\'');
    let mut value = Zeroizing::new(String::with_capacity(text.len()));
    let mut characters = text.char_indices().skip(usize::from(quoted));
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            '\'' if quoted => return Some((value, &text[at + 1..])),
            c if !quoted && is_space(c) => return Some((value, &text[at..])),
            c => value.push(c),
        }
    }
    (!quoted).then_some((value, ""))
}

/// What C's `isspace` takes.
fn is_space(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\x0b'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, String> {
        let mut values = Values::default();
        parse(text, &mut values).map_err(|error| error.to_string())?;
        Ok(values.shown())
    }

    #[test]
    fn takes_strings_apart_as_libpq_does() {
        for (text, expected) in [
            ("", ""),
            (" host = h  port=1 ", "host=h|port=1"),
            ("host='a b' user='it\\'s' dbname=a\\ b\\\\", "dbname=a b\\|host=a b|user=it's"),
            ("host='a'user=b", "host=a|user=b"),
            ("host= user=b", "host=user=b"),
            ("host=a host=b", "host=b"),
            ("host='' user=x\\", "host=|user=x"),
        ] {
            assert_eq!(parsed(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn mistakes_never_show_what_may_be_a_password() {
        for (text, expected) in [
            ("host", "missing \"=\" after \"host\" in the connection string"),
            (
                "host=h user=u hunter2",
                "a word without \"=\" in the connection string, which is not shown, since it may be a \
                 password: write key=value",
            ),
            ("host='x", "unterminated quoted string after \"host\" in the connection string"),
            ("hots=x", "invalid connection option \"hots\"; did you mean \"host\"?"),
            ("frob=x", "invalid connection option \"frob\""),
            (
                "password=my secret",
                "missing \"=\" in the connection string, behind the password; write a password with \
                 blanks in single quotes",
            ),
            (
                "password=my sec=ret",
                "invalid connection option behind the password; write a password with blanks in \
                 single quotes, and \"&\" in one of a URI as %26",
            ),
        ] {
            assert_eq!(parsed(text), Err(expected.to_owned()), "{text}");
        }
    }
}
