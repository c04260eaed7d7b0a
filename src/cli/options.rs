//! Options that commands share, and how their values are read.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Result, anyhow, bail};
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};

use super::{file, platforms};
use crate::glob::Glob;
use crate::name::Name;
use crate::platform::Platform;
use crate::sanitize::Skip;

/// A platform by its name, or from a file.
pub(super) enum PlatformChoice {
    Builtin(&'static Platform),
    File(Box<Platform>),
}

impl PlatformChoice {
    /// What the option's value names.
    pub(super) fn find(name: &str) -> Result<Self> {
        if let Some(platform) = Platform::builtin(name) {
            return Ok(Self::Builtin(platform));
        }
        let looks_like_a_file = name == "-" || name.contains(['/', '\\', '.']);
        if !looks_like_a_file && !Path::new(name).is_file() {
            bail!(platforms::unknown(name, "; or give a file"));
        }
        let text = file::read_text(name)?;
        Ok(Self::File(Box::new(Platform::from_toml(&text, &shown(name))?)))
    }

    /// One that the program knows by its name.
    pub(super) fn builtin(name: &str) -> Result<&'static Platform> {
        Platform::builtin(name).ok_or_else(|| anyhow!(platforms::unknown(name, "")))
    }

    pub(super) fn get(&self) -> &Platform {
        match self {
            Self::Builtin(platform) => platform,
            Self::File(platform) => platform,
        }
    }
}

/// What completes a platform's name: any text is taken, since a file may describe one.
#[derive(Clone)]
pub(super) struct PlatformName;

impl TypedValueParser for PlatformName {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let names = Platform::all().iter().map(|it| PossibleValue::new(it.name().to_owned()));
        Some(Box::new(names))
    }
}

/// What messages call an input. A misspelt URI, which is taken for a file, can hold a password.
pub(super) fn shown(input: &str) -> String {
    if input == "-" {
        return "standard input".to_owned();
    }
    let hidden = || {
        let (before, host) = input.rsplit_once('@')?;
        let user = before.find(":/")? + 1;
        let password = user + before[user..].find(':')? + 1;
        Some(format!("{}***@{host}", &before[..password]))
    };
    hidden().unwrap_or_else(|| input.to_owned())
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

/// Two names with an equals sign between them; one in a name is doubled.
pub(super) fn pair(text: &str) -> Result<(Name, Name), String> {
    let mut old = String::new();
    let mut rest = text;
    loop {
        let Some(at) = rest.find('=') else {
            return Err(
                "expected two names with = between them; write = in a name as ==".to_owned()
            );
        };
        old.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix('=') {
            Some(behind) => {
                old.push('=');
                rest = behind;
            }
            None => break,
        }
    }
    let new = rest.replace("==", "=");
    for name in [&old, &new] {
        if name.is_empty() || name.len() > crate::name::MAX_BYTES {
            return Err("each name needs 1 to 63 bytes".to_owned());
        }
    }
    Ok((Name::new(old), Name::new(new)))
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

/// The kinds that `--skip` takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(super) enum SkipKind {
    Comments,
    Settings,
    Memberships,
    Parameters,
    Tablespaces,
    SecurityLabels,
}

impl From<SkipKind> for Skip {
    fn from(kind: SkipKind) -> Self {
        match kind {
            SkipKind::Comments => Self::Comments,
            SkipKind::Settings => Self::Settings,
            SkipKind::Memberships => Self::Memberships,
            SkipKind::Parameters => Self::Parameters,
            SkipKind::Tablespaces => Self::Tablespaces,
            SkipKind::SecurityLabels => Self::SecurityLabels,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_uri_shows_no_password() {
        let cases = [
            ("postgres:/a:p:w@x@h/d", "postgres:/a:***@h/d"),
            ("pgsql://a:pw@h:5432/d", "pgsql://a:***@h:5432/d"),
            ("pgsql://a@h/d", "pgsql://a@h/d"),
            ("a:b@c.sql", "a:b@c.sql"),
            ("-", "standard input"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn pairs_can_hold_equals_signs() {
        let read =
            |text: &str| pair(text).map(|(a, b)| (a.as_str().to_owned(), b.as_str().to_owned()));
        assert_eq!(read("a=b"), Ok(("a".to_owned(), "b".to_owned())));
        assert_eq!(read("a==b=c=="), Ok(("a=b".to_owned(), "c=".to_owned())));
        for text in ["a", "=b", "a=", "a==b"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
