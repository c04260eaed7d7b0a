//! `pg_globals explain`: what a finding or a check means, and what can be done.

use std::io::{self, BufWriter, IsTerminal as _, Write};

use anyhow::Result;
use clap::Args;
use clap::builder::PossibleValuesParser;

use super::{Exit, Format, file, write_json};
use crate::report::{Explanations, write_explanations, write_explanations_list};

/// The longest line that is easy to read.
const WIDEST: usize = 80;

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
        let stdout = io::stdout();
        let colours = anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
        let mut out = BufWriter::new(anstream::stdout());
        let written = match self.format {
            Format::Json => write_json(&explanations, &mut out),
            Format::Text if self.name.is_none() => {
                write_explanations_list(&explanations, colours, &mut out)
            }
            Format::Text => {
                let width = if stdout.is_terminal() { terminal_width() } else { WIDEST };
                write_explanations(&explanations, colours, width.min(WIDEST), &mut out)
            }
        };
        file::to_stdout(written.and_then(|()| out.flush()))?;
        Ok(Exit::Done)
    }
}

fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or(WIDEST, |(width, _)| usize::from(width.0))
}
