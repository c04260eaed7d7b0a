//! `pg_globals platforms`: what targets and sources are known.

use std::io::Write as _;

use anyhow::{Result, bail};
use clap::Args;
use serde::Serialize;

use super::{Exit, Format};
use crate::platform::Platform;

/// List the platforms that are known, or print one as TOML to start your own from.
#[derive(Args, Debug)]
#[command(after_help = "Example: pg_globals platforms azure > mine.toml")]
pub(super) struct Platforms {
    /// The platform to print.
    name: Option<String>,
    /// The format of the list, or of the platform: text is TOML, which --platform takes.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
}

#[derive(Serialize)]
struct Entry<'a> {
    name: &'a str,
    title: &'a str,
    versions: Vec<String>,
}

impl Platforms {
    pub(super) fn run(&self) -> Result<Exit> {
        let mut out = anstream::stdout().lock();
        if let Some(name) = &self.name {
            let Some(platform) = Platform::builtin(name) else { bail!(unknown(name)) };
            match self.format {
                Format::Text => out.write_all(platform.source_text().as_bytes())?,
                Format::Json => {
                    let description: toml::Table = toml::from_str(platform.source_text())?;
                    let platform =
                        serde_json::json!({ "format_version": 1, "platform": description });
                    serde_json::to_writer_pretty(&mut out, &platform)?;
                    writeln!(out)?;
                }
            }
            return Ok(Exit::Done);
        }
        let entries: Vec<_> = Platform::all()
            .iter()
            .map(|platform| Entry {
                name: platform.name(),
                title: platform.title(),
                versions: platform.majors().iter().map(ToString::to_string).collect(),
            })
            .collect();
        if self.format == Format::Json {
            let list = serde_json::json!({ "format_version": 1, "platforms": entries });
            serde_json::to_writer_pretty(&mut out, &list)?;
            writeln!(out)?;
            return Ok(Exit::Done);
        }
        let width = entries.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
        for Entry { name, title, versions } in entries {
            let versions = match (versions.first(), versions.last()) {
                (Some(first), Some(last)) => format!("{first} to {last}"),
                _ => "versions not confirmed".to_owned(),
            };
            writeln!(out, "{name:width$}  {title} ({versions})")?;
        }
        Ok(Exit::Done)
    }
}

/// The message for a platform that is not known.
pub(super) fn unknown(name: &str) -> String {
    let known: Vec<_> = Platform::all().iter().map(Platform::name).collect();
    let typed = name.to_lowercase();
    // The measure and its bound are clap's, which suggests so elsewhere.
    let similar = known.iter().map(|known| (strsim::jaro(&typed, known), known));
    let best = similar.max_by(|(a, _), (b, _)| a.total_cmp(b)).filter(|(how, _)| *how > 0.7);
    let meant = best.map(|(_, best)| format!(", did you mean `{best}`?")).unwrap_or_default();
    let known = known.join(", ");
    format!("there is no platform `{name}`{meant}\n  known are {known}; or give a file")
}
