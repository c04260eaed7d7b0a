//! `pg_globals platforms`: what targets and sources are known.

use super::exit::Exit;
use super::named_platform::{PlatformChoice, PlatformName};
use super::output::{self, Format, Stream};
use crate::report::{PlatformDescription, PlatformList};
use anyhow::Result;
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
        let platform = PlatformChoice::builtin(name)?;
        output::print(&PlatformDescription::of(platform)?, self.format, look)?;
        Ok(Exit::Done)
    }
}
