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
    /// Those of them that are a preview.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub preview: Vec<Major>,
    /// The date of the newest source of what is known of it, as a year or `2026-08`; null where unknown.
    pub as_of: Option<&'static str>,
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
            preview: platform
                .majors()
                .iter()
                .copied()
                .filter(|it| platform.previews(*it))
                .collect(),
            as_of: platform.as_of(),
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
    /// `11, 14 to 17, 18 in preview`.
    fn offered(&self) -> String {
        if self.versions.is_empty() {
            return "versions not confirmed".to_owned();
        }
        let (preview, stable): (Vec<_>, Vec<_>) =
            self.versions.iter().partition(|it| self.preview.contains(it));
        let next = |a: &&Major, b: &&Major| a.number() + 1 == b.number();
        let mut parts: Vec<_> = stable
            .chunk_by(next)
            .map(|run| match run {
                [first, .., last] => format!("{first} to {last}"),
                [one] => one.to_string(),
                [] => String::new(),
            })
            .collect();
        parts.extend(preview.iter().map(|major| format!("{major} in preview")));
        parts.join(", ")
    }

    /// From when that is.
    fn dated(&self) -> String {
        self.as_of.map_or_else(|| "undated".to_owned(), |date| format!("as of {date}"))
    }
}

impl Document for PlatformList {
    /// A line each.
    fn text(&self, _: Look, to: &mut dyn io::Write) -> io::Result<()> {
        let width = self.platforms.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
        let mut out = String::new();
        for entry in &self.platforms {
            // Writing to a String cannot fail.
            let (offered, dated) = (entry.offered(), entry.dated());
            let _ = writeln!(out, "{:width$}  {} ({offered}; {dated})", entry.name, entry.title);
        }
        to.write_all(out.as_bytes())
    }

    fn markdown(&self, to: &mut dyn io::Write) -> io::Result<()> {
        let mut out =
            String::from("| name | platform | versions | data |\n| --- | --- | --- | --- |\n");
        for entry in &self.platforms {
            let (title, offered) = (escaped(entry.title), entry.offered());
            let _ = writeln!(out, "| {} | {title} | {offered} | {} |", entry.name, entry.dated());
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
