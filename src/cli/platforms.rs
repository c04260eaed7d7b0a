//! `pg_globals platforms`: what targets and sources are known.

use std::fmt::Write as _;
use std::io::Write as _;

use super::options::PlatformName;
use super::{Exit, Format, file, write_json};
use crate::platform::Platform;
use crate::report::{PlatformDescription, PlatformEntry, PlatformList};
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
        let mut out = anstream::stdout().lock();
        let written = match (&self.name, self.format) {
            (Some(name), format) => {
                let Some(platform) = Platform::builtin(name) else { bail!(unknown(name, "")) };
                match format {
                    Format::Text => out.write_all(platform.source_text().as_bytes()),
                    Format::Json => write_json(&PlatformDescription::of(platform)?, &mut out),
                }
            }
            (None, Format::Json) => write_json(&PlatformList::all(), &mut out),
            (None, Format::Text) => out.write_all(list().as_bytes()),
        };
        file::to_stdout(written)?;
        Ok(Exit::Done)
    }
}

/// The platforms, a line each.
fn list() -> String {
    let all = PlatformList::all();
    let width = all.platforms.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for PlatformEntry { name, title, versions } in all.platforms {
        let versions = match (versions.first(), versions.last()) {
            (Some(first), Some(last)) => format!("{first} to {last}"),
            _ => "versions not confirmed".to_owned(),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{name:width$}  {title} ({versions})");
    }
    out
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
