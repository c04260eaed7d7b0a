//! `pg_globals platforms`: what targets and sources are known.

use super::Exit;
use super::options::PlatformName;
use super::output::{self, Format, Stream};
use crate::platform::Platform;
use crate::report::{PlatformDescription, PlatformList};
use anyhow::{Result, bail};
use clap::Args;

/// List the platforms that are known, or print one as TOML to start your own from.
#[derive(Args, Debug)]
#[command(after_help = "Example: pg_globals platforms azure > mine.toml\n\n\
    Exit status: 0 done, 2 trouble.")]
pub(super) struct Platforms {
    /// The platform to print.
    #[arg(value_parser = PlatformName, hide_possible_values = true)]
    name: Option<String>,
    /// The format of the list, or of the platform: text is TOML, which --platform takes.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
}

impl Platforms {
    pub(super) fn run(&self) -> Result<Exit> {
        let look = Stream::Out.look();
        let Some(name) = &self.name else {
            output::print(&PlatformList::all(), self.format, look)?;
            return Ok(Exit::Done);
        };
        let Some(platform) = Platform::builtin(name) else { bail!(unknown(name, "")) };
        output::print(&PlatformDescription::of(platform)?, self.format, look)?;
        Ok(Exit::Done)
    }
}

/// The message for a platform that is not known, and what else could be given.
pub(super) fn unknown(name: &str, or: &str) -> String {
    let known: Vec<_> = Platform::all().iter().map(Platform::name).collect();
    let typed = name.to_lowercase();
    // The measure and its bound are clap's, which suggests so elsewhere.
    let similar = known.iter().map(|known| (strsim::jaro(&typed, known), known));
    let best = similar.max_by(|(a, _), (b, _)| a.total_cmp(b)).filter(|(how, _)| *how > 0.7);
    let meant = best.map(|(_, best)| format!(", did you mean `{best}`?")).unwrap_or_default();
    let known = known.join(", ");
    format!("there is no platform `{name}`{meant}\n  known are {known}{or}")
}
