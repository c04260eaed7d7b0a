//! Which roles, and under which names: what all commands take that know roles.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use clap::Args;

use super::{options, output};
use crate::glob::Glob;
use crate::name::Name;
use crate::platform::Answers;
use crate::sanitize::Choices;
use crate::words::did_you_mean;

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

/// Warns of what names nothing, where no report of the command says it.
pub(super) fn warn_unused(unused: Vec<(Name, String)>) {
    for (name, message) in unused {
        output::warn(&format!("{name}: {message}"));
    }
}

/// Refuses a role that is to stand for another and is not on the target, and is none of those that are carried
/// over, under these names.
pub(super) fn refuse_unknown_targets<'a>(
    map_role: &BTreeMap<Name, Name>,
    target: &'a Answers,
    carried: impl IntoIterator<Item = &'a Name>,
) -> Result<()> {
    if map_role.is_empty() {
        return Ok(());
    }
    let known: BTreeSet<_> = target.roles.iter().chain(&target.predefined).chain(carried).collect();
    for to in map_role.values() {
        if !known.contains(to) && !to.as_str().starts_with("pg_") {
            let meant = did_you_mean(to.as_str(), known);
            bail!("--map-role: there is no role {to} on the target{meant}");
        }
    }
    Ok(())
}
