//! What the user types: one file per command. Only here is anything printed, and only here is clap
//! known.

mod check;
mod choosing;
mod completions;
mod connection;
mod convert;
mod copy;
mod databases;
mod diff;
mod exit;
mod explain;
mod file;
mod graph;
mod head;
mod help;
mod input;
mod interrupted;
mod man;
mod named_platform;
mod options;
mod output;
mod platforms;
mod schema;
mod secret_file;
mod selection;
mod verify;

use std::io::Write as _;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

pub use exit::Exit;

use crate::words::printable;

/// Moves roles and the other globals of a PostgreSQL cluster to servers that hand out no superuser.
#[derive(Parser, Debug)]
#[command(name = "pg_globals", version, long_version = env!("PG_GLOBALS_VERSION"), max_term_width = 100)]
#[command(after_help = "Example: pg_globals convert globals.sql -o azure.sql\n\n\
    Exit status: 0 done, 1 differences, 2 trouble.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one of it")]
enum Command {
    Convert(Box<convert::Convert>),
    Copy(Box<copy::Copy>),
    Diff(Box<diff::Diff>),
    Check(Box<check::Check>),
    Verify(Box<verify::Verify>),
    Graph(graph::GraphCommand),
    Explain(explain::Explain),
    Platforms(platforms::Platforms),
    Schema(schema::PrintSchema),
    Completions(completions::Completions),
    Man(man::ManPages),
}

/// The command line as it is parsed, and as help, completions and manual pages describe it.
fn command() -> clap::Command {
    Cli::command().mut_subcommands(|command| match command.get_name() {
        "convert" => command.mut_arg("passwords", choosing::without_resend),
        _ => command,
    })
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let parsed = command().try_get_matches_from(&arguments);
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(mut error) => {
            suggest_convert(&mut error);
            hide_long_lists(&mut error);
            if let Some(whole) = help::whole(&error, command(), &arguments) {
                error = whole;
            }
            // Help and version are no errors; clap knows where each is printed.
            if error.use_stderr() {
                let text =
                    options::without_passwords(&error.render().ansi().to_string(), &arguments);
                let _ = write!(anstream::stderr(), "{text}");
            } else {
                let _ = error.print();
            }
            let exit = if error.use_stderr() { Exit::Trouble } else { Exit::Done };
            return ExitCode::from(exit as u8);
        }
    };
    interrupted::watch();
    let result = match cli.command {
        Command::Convert(command) => command.run(),
        Command::Copy(command) => command.run(),
        Command::Diff(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Verify(command) => command.run(),
        Command::Graph(command) => command.run(),
        Command::Explain(command) => command.run(),
        Command::Platforms(command) => command.run(),
        Command::Schema(command) => command.run(),
        Command::Completions(completions) => completions.run(command()),
        Command::Man(pages) => pages.run(command()),
    };
    let exit = result.unwrap_or_else(|error| {
        let red = anstyle::AnsiColor::Red.on_default().bold();
        // Nothing can be done where not even this can be said.
        let text = options::without_passwords(&format!("{error:#}"), &arguments);
        let text = printable(&text);
        let _ = writeln!(anstream::stderr(), "{red}error{red:#}: {text}");
        Exit::Trouble
    });
    ExitCode::from(exit as u8)
}

/// A list of all values that fills the screen hides what was probably meant.
fn hide_long_lists(error: &mut clap::Error) {
    const MOST: usize = 20;
    let long =
        |values: &ContextValue| matches!(values, ContextValue::Strings(all) if all.len() > MOST);
    if error.get(ContextKind::ValidValue).is_some_and(long) {
        error.remove(ContextKind::ValidValue);
    }
}

/// A file in the place of a command is meant to be converted.
fn suggest_convert(error: &mut clap::Error) {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else {
        return;
    };
    let is_file = word.contains(['.', '/']) || std::path::Path::new(word).is_file();
    if is_file {
        let tip = format!("to convert a dump: pg_globals convert {word}");
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
}
