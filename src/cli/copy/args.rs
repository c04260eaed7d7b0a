//! What `copy` takes.

use std::path::PathBuf;

use clap::Args;

use crate::cli::choosing::Choosing;
use crate::cli::input::InputOptions;
use crate::cli::named_platform::PlatformName;
use crate::cli::output::Format;
use crate::plan::Existing;

/// Copy roles live, from a server or a dump to a server.
///
/// Takes out of the source's globals what the target's administrator may not do, shows what is left as a
/// plan, sends it in one transaction, all or nothing, and compares the target again.
#[derive(Args, Debug)]
#[command(
    after_help = "Example: pg_globals copy \"host=old user=postgres\" \"host=new user=azadmin dbname=postgres\" --dry-run\n\
    Exit status: 0 when nothing remains; 1 when something does, or a dry run was refused; 2 for trouble."
)]
#[allow(clippy::doc_markdown, reason = "these comments are the help, which is no Markdown")]
pub(in crate::cli) struct Copy {
    /// A connection (postgresql://… or "key=value …"), a dump, or - for standard input.
    pub(super) source: String,

    /// A connection to the target, as its administrator.
    pub(super) target: String,

    /// Do it all on the target, then roll back: all refusals at once.
    #[arg(long, help_heading = "What is done")]
    pub(super) dry_run: bool,

    /// Roles that exist: merge, replace, skip or fail.
    #[arg(
        long,
        value_name = "WHAT",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        help_heading = "What is done"
    )]
    pub(super) existing: ExistingChoice,

    /// Also apply NOLOGIN, limit 0, expiry and read-only to roles that exist.
    ///
    /// CONNECTION LIMIT 0 and a VALID UNTIL that is over count as well.
    #[arg(long, hide_short_help = true, help_heading = "What is done")]
    pub(super) allow_freeze: bool,

    /// Prepare the target for pg_restore; FILE takes it back.
    ///
    /// Grants the source's owners to the connected role, and creates a stand-in for each role that objects
    /// name and that is not carried over, so that no grant is lost. FILE, with mode 0600, is for psql -f
    /// after the restore.
    #[arg(long, value_name = "FILE", alias = "can-own", help_heading = "What is done")]
    pub(super) for_restore: Option<PathBuf>,

    /// Write the statements that take exactly this run back, with mode 0600.
    #[arg(long, value_name = "FILE", help_heading = "What is done")]
    pub(super) undo: Option<PathBuf>,

    /// Send nothing but the plan of this fingerprint, or of this report of a dry run.
    #[arg(long, value_name = "PLAN", help_heading = "What is done")]
    pub(super) expect_plan: Option<String>,

    /// Do not ask.
    #[arg(short, long, help_heading = "What is done")]
    pub(super) yes: bool,

    /// Go on where source and target look swapped.
    ///
    /// A target that is older than its source, or has all that the source has and more, is changed with
    /// this option only, or where its name is typed.
    #[arg(long, hide_short_help = true, help_heading = "What is done")]
    pub(super) into_older: bool,

    /// Its platform [default: recognised by its roles].
    #[arg(short, long, value_name = "NAME|FILE", help_heading = "Target", value_parser = PlatformName, hide_possible_values = true)]
    pub(super) platform: Option<String>,

    #[command(flatten)]
    pub(super) input: InputOptions,

    #[command(flatten)]
    pub(super) choosing: Choosing,

    /// Write the report to a file: JSON, or .html or .md by its name.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) report: Option<PathBuf>,

    /// The format of what is printed: text, json or markdown.
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, help_heading = "Output")]
    pub(super) format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub(super) enum ExistingChoice {
    /// Set what the source says, leave what they have beyond it.
    #[default]
    Merge,
    /// Remove what they have beyond it, too.
    Replace,
    /// Leave them as they are.
    Skip,
    /// Do nothing at all where there is one.
    Fail,
}

impl From<ExistingChoice> for Existing {
    fn from(choice: ExistingChoice) -> Self {
        match choice {
            ExistingChoice::Merge => Self::Merge,
            ExistingChoice::Replace => Self::Replace,
            ExistingChoice::Skip => Self::Skip,
            ExistingChoice::Fail => Self::Fail,
        }
    }
}
