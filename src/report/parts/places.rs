//! Servers and dumps, a line each.

use std::fmt::{self, Write as _};

use serde::Serialize;

use crate::name::Name;
use crate::words::one_line;

/// A server, or a dump.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Place {
    /// Its address without a password, or the file.
    pub name: String,
    /// The platform, where it was recognised or named.
    pub platform: Option<String>,
    /// The server's version.
    pub server_version: Option<String>,
    /// The role that is connected; none for a dump.
    pub user: Option<String>,
}

/// What is said of a place whose platform nothing shows.
pub(in crate::report) const UNKNOWN: &str = "no platform recognised";

impl Place {
    /// `db:5432/postgres, azure, PostgreSQL 16.4, as azadmin`; `silent` is said of one that tells no version.
    pub(in crate::report) fn line(&self, silent: &str) -> String {
        let unknown = if self.server_version.is_some() { UNKNOWN } else { silent };
        let platform = self.platform.as_deref().unwrap_or(unknown);
        let mut out = format!("{}, {platform}", one_line(&self.name));
        // Writing to a String cannot fail.
        if let Some(version) = &self.server_version {
            let _ = write!(out, ", PostgreSQL {version}");
        }
        if let Some(user) = &self.user {
            let _ = write!(out, ", as {}", Name::new(user));
        }
        out
    }
}

/// The two places, each behind a word for what it is; `silent` is said of one that tells no version.
pub(in crate::report) fn places(
    places: [(&str, &Place); 2],
    silent: &str,
    out: &mut String,
) -> fmt::Result {
    for (word, place) in places {
        writeln!(out, "{word}: {}", place.line(silent))?;
    }
    Ok(())
}
