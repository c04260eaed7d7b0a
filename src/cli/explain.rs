//! `pg_globals explain`: what a finding or a check means, and what can be done.

use anyhow::Result;
use clap::Args;
use clap::builder::PossibleValuesParser;

use super::exit::Exit;
use super::output::{self, Format, Stream};
use crate::report::{Explanations, Look};

/// Explain what a finding or a check means, and what can be done.
#[derive(Args, Debug)]
#[command(after_help = "Example: pg_globals explain superuser\n\n\
    Exit status: 0 done, 2 trouble.")]
pub(super) struct Explain {
    /// The rule or the check, as reports name it [default: a line for each].
    #[arg(value_name = "RULE|CHECK", value_parser = names(), hide_possible_values = true, ignore_case = true)]
    name: Option<String>,
    /// The format of the explanation.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
}

/// The names, for clap to complete and correct.
fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(Explanations::all().names())
}

impl Explain {
    pub(super) fn run(&self) -> Result<Exit> {
        let explanations = match &self.name {
            Some(name) => Explanations::named(&name.to_lowercase()),
            None => Explanations::all(),
        };
        let look = Look { brief: self.name.is_none(), ..Stream::Out.look() };
        output::print(&explanations, self.format, look)?;
        Ok(Exit::Done)
    }
}
