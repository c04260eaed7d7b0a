//! Platforms as JSON.

use serde::Serialize;

use super::FORMAT_VERSION;
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
    pub fn of(platform: &Platform) -> Result<Self, toml::de::Error> {
        let platform = toml::from_str(platform.source_text())?;
        Ok(Self { format_version: FORMAT_VERSION, platform })
    }
}
