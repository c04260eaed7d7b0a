//! `--database` of the commands that carry roles: only what some databases of the source need.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use clap::Args;

use super::options::shown;
use crate::name::Name;
use crate::plan;
use crate::read::Source;
use crate::report::Selected;
use crate::sanitize::{Choices, Needed};

#[derive(Args, Debug)]
#[allow(clippy::doc_markdown, reason = "these comments are the help, which is no Markdown")]
pub(super) struct ForDatabases {
    /// Only roles that this database of the source needs. Repeatable.
    ///
    /// Those that own something in it or are named there, and their members. The source must be a
    /// connection.
    #[arg(long, value_name = "NAME", help_heading = "Which roles")]
    database: Vec<String>,

    /// With --database: say why each role was taken.
    #[arg(long, hide_short_help = true, requires = "database", help_heading = "Which roles")]
    explain_selection: bool,
}

impl ForDatabases {
    /// Chooses what the databases need of the source, and lets it have no others.
    pub(super) fn choose(&self, source: &mut Source, choices: &mut Choices) -> Result<()> {
        choices.needed = self.needed(source)?;
        if let (Some(needed), Some(live)) = (&choices.needed, &mut source.live) {
            live.keep_databases(&needed.databases);
        }
        Ok(())
    }

    /// What the databases need of a source; none where none were named.
    pub(super) fn needed(&self, source: &Source) -> Result<Option<Needed>> {
        let asked: BTreeSet<_> = self.database.iter().map(Name::new).collect();
        if asked.is_empty() {
            return Ok(None);
        }
        let Some(live) = &source.live else {
            bail!(
                "--database: {} is a dump of globals, which does not tell which database names which role: \
                 give a connection to the server, or --only",
                shown(&source.name)
            );
        };
        if let Some(name) = asked.iter().find(|name| !live.answers.databases.contains_key(*name)) {
            bail!("--database: the source has no database {name}; case counts");
        }
        Ok(Some(plan::needed(live, &asked)))
    }

    /// Chooses also what the databases need of the other side, as far as it has them.
    pub(super) fn choose_of_both(other: &Source, choices: &mut Choices) {
        let (Some(needed), Some(live)) = (&mut choices.needed, &other.live) else { return };
        let there = needed.databases.iter();
        let there = there.filter(|name| live.answers.databases.contains_key(*name));
        for (name, because) in plan::needed_of_target(live, &there.cloned().collect()).roles {
            let renamed = choices.rename.iter().find(|(_, to)| **to == name);
            let name = renamed.map_or(name, |(from, _)| from.clone());
            needed.roles.entry(name).or_insert(because);
        }
    }

    /// What a report says of it.
    pub(super) fn selected(&self, choices: &Choices) -> Option<Selected> {
        let needed = choices.needed.as_ref()?;
        Some(Selected::of(needed, |name| choices.selects(name), self.explain_selection))
    }
}
