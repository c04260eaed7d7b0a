//! Platforms as the user names them: one that the program knows, or a file.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Result, anyhow, bail};
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};

use super::file;
use super::options::shown;
use crate::platform::Platform;

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
            bail!(unknown(name, "; or give a file"));
        }
        let text = file::read_text(name)?;
        Ok(Self::File(Box::new(Platform::from_toml(&text, &shown(name))?)))
    }

    /// One that the program knows by its name.
    pub(super) fn builtin(name: &str) -> Result<&'static Platform> {
        Platform::builtin(name).ok_or_else(|| anyhow!(unknown(name, "")))
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

/// The message for a platform that is not known, and what else could be given.
fn unknown(name: &str, or: &str) -> String {
    let known: Vec<_> = Platform::all().iter().map(Platform::name).collect();
    let typed = name.to_lowercase();
    // The measure and its bound are clap's, which suggests so elsewhere.
    let similar = known.iter().map(|known| (strsim::jaro(&typed, known), known));
    let best = similar.max_by(|(a, _), (b, _)| a.total_cmp(b)).filter(|(how, _)| *how > 0.7);
    let meant = best.map(|(_, best)| format!(", did you mean `{best}`?")).unwrap_or_default();
    let known = known.join(", ");
    format!("there is no platform `{name}`{meant}\n  known are {known}{or}")
}
