//! Options that commands share, and how their values are read.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Result, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::attribute::Attribute;
use crate::connect::{is_connection, masked};
use crate::glob::Glob;
use crate::globals::changes::Part;
use crate::name::Name;

/// What is said of a text that is meant for a connection, and is none.
pub(super) const NO_CONNECTION: &str = "this is no file, and no connection as libpq takes it: give \
     postgresql://user@host:port/database (\"@\" in a user's name is %40) or \"host=… port=… user=… \
     dbname=…\", and the password in PGPASSWORD or ~/.pgpass";

/// Refuses what is no connection where a server is meant: `what` is `the source` or `the target`.
pub(super) fn require_connection(what: &str, text: &str) -> Result<()> {
    if is_connection(text) {
        return Ok(());
    }
    bail!(
        "{}: {what} must be a connection, such as postgresql://user@host/database or \
         \"host=… user=… dbname=…\"",
        shown(text)
    )
}

/// What messages call an input. What is no file may be meant for a connection, and hold a password.
pub(super) fn shown(input: &str) -> String {
    match input {
        "-" => "standard input".to_owned(),
        file if Path::new(file).exists() => file.to_owned(),
        other => masked(other).into_owned(),
    }
}

/// A text that names arguments, without what may be passwords in them: a message of clap's, or of
/// whatever has named one as it was given.
pub(super) fn without_passwords(text: &str, arguments: &[std::ffi::OsString]) -> String {
    let mut text = text.to_owned();
    // The longest first: one can be a part of another.
    let mut arguments: Vec<_> = arguments.iter().map(|it| it.to_string_lossy()).collect();
    arguments.sort_by_key(|it| std::cmp::Reverse(it.len()));
    for argument in &arguments {
        // `--report=FILE`, and `-oFILE`.
        let long = argument.starts_with("--").then(|| argument.split_once('=')).flatten();
        let short = argument.strip_prefix('-').and_then(|it| it.get(1..));
        let value = match long {
            Some((_, value)) => value,
            None => short.filter(|_| !argument.starts_with("--")).unwrap_or(argument),
        };
        let hidden = shown(value);
        if value == "-" || hidden == value {
            continue;
        }
        text = text.replace(value, &hidden);
        // The directory that it would be in, which is named where it is missing.
        let harmless = hidden.strip_suffix("***").unwrap_or_default();
        let directories = value.rmatch_indices('/').map(|(at, _)| &value[..at]);
        for directory in directories.filter(|it| it.len() > harmless.len()) {
            text = text.replace(directory, &hidden);
        }
    }
    text
}

/// The time, in seconds since 1970.
pub(super) fn now() -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_secs()).unwrap_or(i64::MAX)
}

/// Role name patterns.
pub(super) fn glob(text: &str) -> Result<Glob, String> {
    Glob::new(text)
}

/// Two names with an equals sign between them. Names are as they are stored, or quoted as in SQL; without
/// quotes, an equals sign in a name is doubled.
pub(super) fn pair(text: &str) -> Result<(Name, Name), String> {
    const EXPECTED: &str = "expected two names with = between them; a name with = in it goes in double quotes, as in SQL";
    let (old, rest) = match quoted_name(text)? {
        Some((old, rest)) => (old, rest.strip_prefix('=').ok_or(EXPECTED)?),
        None => bare_name(text).ok_or(EXPECTED)?,
    };
    let new = match quoted_name(rest)? {
        Some((new, "")) => new,
        Some(_) => return Err(EXPECTED.to_owned()),
        None => rest.replace("==", "="),
    };
    for name in [&old, &new] {
        if name.is_empty() || name.len() > crate::name::MAX_BYTES {
            return Err("each name needs 1 to 63 bytes".to_owned());
        }
    }
    Ok((Name::new(old), Name::new(new)))
}

/// What stands in double quotes, where a quote is doubled, and what stands behind them.
fn quoted_name(text: &str) -> Result<Option<(String, &str)>, String> {
    let Some(mut rest) = text.strip_prefix('"') else { return Ok(None) };
    let mut name = String::new();
    loop {
        let end = rest.find('"').ok_or("the double quote that begins a name does not end it")?;
        name.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(behind) => {
                name.push('"');
                rest = behind;
            }
            None => return Ok(Some((name, rest))),
        }
    }
}

/// The name in front of the first equals sign that is not doubled, and what stands behind that.
fn bare_name(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let at = rest.find('=')?;
        name.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix('=') {
            Some(behind) => {
                name.push('=');
                rest = behind;
            }
            None => return Some((name, rest)),
        }
    }
}

/// Pairs by their old name; each may be given once.
pub(super) fn pairs(option: &str, pairs: &[(Name, Name)]) -> Result<BTreeMap<Name, Name>> {
    let mut map = BTreeMap::new();
    for (old, new) in pairs {
        if map.insert(old.clone(), new.clone()).is_some() {
            bail!("{option}: {old} is given twice");
        }
    }
    Ok(map)
}

/// The names of these parts, for clap to complete and correct.
fn parts(parts: Vec<Part>) -> impl TypedValueParser<Value = Part> {
    let names: Vec<_> = parts.iter().map(|part| part.name().into_owned()).collect();
    PossibleValuesParser::new(names).try_map(move |typed| {
        let found = parts.iter().find(|part| part.name().eq_ignore_ascii_case(&typed));
        found.copied().ok_or_else(|| format!("there is no {typed}"))
    })
}

/// What `--skip` takes: passwords have an option of their own.
pub(super) fn skipped() -> impl TypedValueParser<Value = Part> {
    parts(Part::ALL.into_iter().filter(|part| *part != Part::Passwords).collect())
}

/// What `--ignore` takes.
pub(super) fn ignored() -> impl TypedValueParser<Value = Part> {
    let attributes = Attribute::ALL.into_iter().map(Part::Attribute);
    parts(Part::ALL.into_iter().chain(attributes).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_show_no_password_of_an_argument() {
        let arguments = ["convert", "a:pw@h/d", "--report=b:pw2@h/d", "dump.sql", "-"];
        let text = without_passwords(
            "convert: a:pw@h/d - and b:pw2@h/d of dump.sql",
            &arguments.map(std::ffi::OsString::from),
        );
        assert_eq!(text, "convert: a:*** - and b:*** of dump.sql");
    }

    #[test]
    fn pairs_can_hold_equals_signs() {
        let read =
            |text: &str| pair(text).map(|(a, b)| (a.as_str().to_owned(), b.as_str().to_owned()));
        assert_eq!(read("a=b"), Ok(("a".to_owned(), "b".to_owned())));
        assert_eq!(read("a==b=c=="), Ok(("a=b".to_owned(), "c=".to_owned())));
        for (text, old, new) in [
            ("\"cn=x,dc=y\"=x", "cn=x,dc=y", "x"),
            ("\"a\"\"b\"=\"c=d\"", "a\"b", "c=d"),
            ("CORP\\jdoe=jdoe", "CORP\\jdoe", "jdoe"),
            ("jdoe@CORP.LOCAL=jdoe", "jdoe@CORP.LOCAL", "jdoe"),
            ("[admin]=admin", "[admin]", "admin"),
            ("star*=\"what?\"", "star*", "what?"),
            ("\" a \"=b c", " a ", "b c"),
            ("\"==\"=\"=\"", "==", "="),
            ("a\"b=c", "a\"b", "c"),
        ] {
            assert_eq!(read(text), Ok((old.to_owned(), new.to_owned())), "{text}");
        }
        for text in ["a", "=b", "a=", "a==b", "\"a", "\"a\"", "\"a\"b=c", "a=\"b\"c", "\"\"=b"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
