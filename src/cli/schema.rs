//! `pg_globals schema`: what the JSON of a command looks like.

use std::io::{self, Write as _};

use anyhow::{Result, anyhow};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};

use super::exit::Exit;
use super::file;
use crate::report::Schema;

/// Print the JSON schema of what a command says with --format json.
#[derive(Args, Debug)]
#[command(after_help = "Example: pg_globals schema diff > diff.schema.json\n\n\
    Exit status: 0 done, 2 trouble.")]
pub(super) struct PrintSchema {
    /// The command; `platform` is for platforms NAME.
    #[arg(value_name = "COMMAND", value_parser = names())]
    name: String,
}

/// The names, for clap to complete and correct.
fn names() -> PossibleValuesParser {
    let names = Schema::ALL.map(|schema| PossibleValue::new(schema.name).help(schema.title));
    PossibleValuesParser::new(names)
}

impl PrintSchema {
    pub(super) fn run(&self) -> Result<Exit> {
        let schema =
            Schema::named(&self.name).ok_or_else(|| anyhow!("{}: no schema", self.name))?;
        file::to_stdout(io::stdout().lock().write_all(schema.text.as_bytes()))?;
        Ok(Exit::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::Schema;

    #[test]
    fn every_command_with_json_has_a_schema() {
        let program = crate::cli::command();
        let with_json: Vec<_> = program
            .get_subcommands()
            .filter(|command| {
                let mut formats = command.get_arguments().filter(|it| it.get_id() == "format");
                formats
                    .any(|it| it.get_possible_values().iter().any(|it| it.matches("json", false)))
            })
            .map(clap::Command::get_name)
            .collect();
        let documented = Schema::ALL.map(|schema| schema.name);
        assert_eq!(
            with_json,
            documented.into_iter().filter(|it| *it != "platform").collect::<Vec<_>>()
        );
    }
}
