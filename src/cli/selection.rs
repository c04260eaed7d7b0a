//! Which roles, and under which names: what all commands take that know roles.

use anyhow::Result;
use clap::Args;

use super::options;
use crate::glob::Glob;
use crate::name::Name;
use crate::sanitize::Choices;

#[derive(Args, Debug)]
#[allow(clippy::doc_markdown, reason = "these comments are the help, which is no Markdown")]
pub(super) struct Selection {
    /// Only roles whose whole name matches; *, ? and [..] are known. Repeatable.
    #[arg(long, value_name = "PATTERN", value_parser = options::glob, help_heading = "Which roles")]
    only: Vec<Glob>,

    /// No roles whose name matches. Repeatable.
    #[arg(long, value_name = "PATTERN", value_parser = options::glob, help_heading = "Which roles")]
    exclude: Vec<Glob>,

    /// Give a role of the source another name. Repeatable.
    #[arg(long, value_name = "OLD=NEW", hide_short_help = true, value_parser = options::pair, help_heading = "Which roles")]
    rename: Vec<(Name, Name)>,
}

impl Selection {
    /// What was chosen, and nothing else.
    pub(super) fn choices(&self) -> Result<Choices> {
        Ok(Choices {
            only: self.only.clone(),
            exclude: self.exclude.clone(),
            rename: options::pairs("--rename", &self.rename)?,
            now: options::now(),
            ..Choices::default()
        })
    }
}
