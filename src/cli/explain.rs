//! `pg_globals explain`: what a finding or a check means, and what can be done.

use anyhow::Result;
use clap::Args;
use clap::builder::PossibleValuesParser;

use super::exit::Exit;
use super::output::{self, Format, Stream};
use crate::report::{Explanations, Look};

/// Explain what a finding or a check means, and what can be done.
#[derive(Args, Debug)]
#[command(after_help = "Example: pg_globals explain superuser 603110\n\n\
    Exit status: 0 done, 2 trouble.")]
pub(super) struct Explain {
    /// Rules or checks, as reports name them, or codes of the migration service [default: a line for each].
    #[arg(value_name = "RULE|CHECK|CODE", value_parser = names(), hide_possible_values = true, ignore_case = true)]
    names: Vec<String>,
    /// The format of the explanation.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
}

/// The names and codes, for clap to complete and correct.
fn names() -> PossibleValuesParser {
    let all = Explanations::all();
    let names = all.names().map(str::to_owned);
    PossibleValuesParser::new(names.chain(all.codes().into_iter().map(str::to_owned)))
}

impl Explain {
    pub(super) fn run(&self) -> Result<Exit> {
        let names: Vec<_> = self.names.iter().map(|name| name.to_lowercase()).collect();
        let is_all = names.is_empty();
        let explanations = if is_all { Explanations::all() } else { Explanations::named(&names) };
        let look = Look { brief: is_all, ..Stream::Out.look() };
        output::print(&explanations, self.format, look)?;
        Ok(Exit::Done)
    }
}
