//! What users read: reports as text, Markdown and JSON, and mistakes with the line that they are in.

mod check;
mod copy;
mod describe;
mod diff;
mod escaped;
mod explain;
mod markdown;
mod mistake;
mod platforms;
#[cfg(test)]
mod schema;
mod text;
mod unified;

pub use check::{CheckReport, write_markdown as write_check_markdown, write_text as write_check};
pub use copy::{CopyReport, Place, PlannedChange, write_news, write_plan, write_result};
pub use describe::Action;
pub use diff::{DiffReport, Side, write as write_diff};
pub use explain::{
    ExplainedCheck, ExplainedRule, Explanations, write as write_explanations,
    write_list as write_explanations_list,
};
pub use markdown::{
    write_convert as write_markdown, write_copy as write_copy_markdown,
    write_diff as write_diff_markdown,
};
pub use mistake::render_all as render_mistakes;
pub use platforms::{PlatformDescription, PlatformEntry, PlatformList};
pub use text::{Look, write as write_text};
pub use unified::write as write_unified;

use serde::Serialize;

use crate::finding::Finding;
use crate::globals::{Fate, Globals, Ledger};
use crate::read::Counts;
use crate::version::Major;

/// The version of the report's JSON: it grows when something that was there changes or goes.
pub const FORMAT_VERSION: u32 = 1;

/// What a conversion did.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Report {
    /// The version of this format.
    pub format_version: u32,
    /// Where the globals come from.
    pub source: Source,
    /// What the script is for.
    pub target: Target,
    /// What was found in the dump.
    pub found: Found,
    /// What became of its statements.
    pub statements: Statements,
    /// What there is to say about single objects.
    pub findings: Vec<Finding>,
}

/// Where the globals come from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Source {
    /// The file, or `-` for standard input.
    pub name: String,
    /// The platform, where it was recognised or named.
    pub platform: Option<String>,
    /// What the dump shows of the server's version: `16 or later`, `15.4`.
    pub server_version: Option<String>,
    /// What the dump shows of the client's version.
    pub client_version: Option<String>,
}

/// What the script is for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Target {
    /// The platform's name.
    pub platform: String,
    /// The platform's full name.
    pub title: String,
    /// The major version.
    #[cfg_attr(test, schemars(with = "String"))]
    pub version: Major,
}

/// What was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Found {
    /// Roles.
    pub roles: usize,
    /// Memberships, by grantor.
    pub memberships: usize,
    /// Settings of roles and databases.
    pub settings: usize,
    /// Privileges on configuration parameters.
    pub parameters: usize,
    /// Tablespaces.
    pub tablespaces: usize,
}

impl From<&Globals> for Found {
    fn from(globals: &Globals) -> Self {
        Self {
            roles: globals.roles.len(),
            memberships: globals.memberships.len(),
            settings: globals.settings.len(),
            parameters: globals.parameters.len(),
            tablespaces: globals.tablespaces.len(),
        }
    }
}

/// What became of the statements: `read` is the sum of `kept`, `rewritten` and `dropped`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Statements {
    /// Statements about globals and role settings.
    pub read: u64,
    /// All of it is in the script.
    pub kept: u64,
    /// Part of it is in the script, or in another form.
    pub rewritten: u64,
    /// Nothing of it is in the script.
    pub dropped: u64,
    /// Statements about single databases, which are not globals.
    pub skipped: u64,
    /// Statements that only set a session up, and psql's own.
    pub session: u64,
}

impl Statements {
    /// Counts what became of them.
    pub fn count(ledger: &Ledger, counts: Counts) -> Self {
        let mut statements =
            Self { skipped: counts.skipped, session: counts.session, ..Self::default() };
        for (_, fate) in ledger.fates() {
            statements.read += 1;
            match fate {
                Fate::Kept => statements.kept += 1,
                Fate::Rewritten => statements.rewritten += 1,
                Fate::Dropped => statements.dropped += 1,
            }
        }
        statements
    }
}
