//! The platforms that are known, and what is known of one.

use std::fmt::Write as _;
use std::io;

use serde::Serialize;

use super::FORMAT_VERSION;
use super::document::{Document, Look};
use super::parts::markdown::escaped;
use crate::platform::Platform;
use crate::version::Major;

/// The platforms that are known.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PlatformList {
    /// The version of this format.
    pub format_version: u32,
    /// The platforms.
    pub platforms: Vec<PlatformEntry>,
}

/// One of them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PlatformEntry {
    /// What `--platform` takes.
    pub name: &'static str,
    /// Its full name.
    pub title: &'static str,
    /// The major versions that it offers, ascending; empty where not confirmed.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub versions: Vec<Major>,
}

/// The description of one, with the keys that it has as TOML.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PlatformDescription {
    /// The version of this format.
    pub format_version: u32,
    /// The description.
    #[cfg_attr(test, schemars(with = "std::collections::BTreeMap<String, serde_json::Value>"))]
    pub platform: toml::Table,
    /// The same as it is written.
    #[serde(skip)]
    pub text: &'static str,
}

impl PlatformList {
    /// All of them.
    pub fn all() -> Self {
        let entry = |platform: &'static Platform| PlatformEntry {
            name: platform.name(),
            title: platform.title(),
            versions: platform.majors().to_vec(),
        };
        Self {
            format_version: FORMAT_VERSION,
            platforms: Platform::all().iter().map(entry).collect(),
        }
    }
}

impl PlatformDescription {
    /// Of a platform.
    ///
    /// # Errors
    /// When its text is no TOML; then it would be no platform.
    pub fn of(platform: &'static Platform) -> Result<Self, toml::de::Error> {
        let text = platform.source_text();
        Ok(Self { format_version: FORMAT_VERSION, platform: toml::from_str(text)?, text })
    }
}

impl PlatformEntry {
    /// `14 to 18`.
    fn offered(&self) -> String {
        match (self.versions.first(), self.versions.last()) {
            (Some(first), Some(last)) => format!("{first} to {last}"),
            _ => "versions not confirmed".to_owned(),
        }
    }
}

impl Document for PlatformList {
    /// A line each.
    fn text(&self, _: Look, to: &mut dyn io::Write) -> io::Result<()> {
        let width = self.platforms.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
        let mut out = String::new();
        for entry in &self.platforms {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "{:width$}  {} ({})", entry.name, entry.title, entry.offered());
        }
        to.write_all(out.as_bytes())
    }

    fn markdown(&self, to: &mut dyn io::Write) -> io::Result<()> {
        let mut out = String::from("| name | platform | versions |\n| --- | --- | --- |\n");
        for entry in &self.platforms {
            let (title, offered) = (escaped(entry.title), entry.offered());
            let _ = writeln!(out, "| {} | {title} | {offered} |", entry.name);
        }
        to.write_all(out.as_bytes())
    }
}

impl Document for PlatformDescription {
    /// As `--platform` takes it.
    fn text(&self, _: Look, to: &mut dyn io::Write) -> io::Result<()> {
        to.write_all(self.text.as_bytes())
    }

    fn markdown(&self, to: &mut dyn io::Write) -> io::Result<()> {
        write!(to, "```toml\n{}```\n", self.text)
    }
}
