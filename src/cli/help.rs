//! Help in two sizes, both a line for each option: `-h` has what most need, `--help` has everything.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Command};

/// What `--help` shows, where that was asked for: clap itself takes three lines for each option.
pub(super) fn whole(
    error: &clap::Error,
    command: Command,
    arguments: &[OsString],
) -> Option<clap::Error> {
    let is_long = |argument: &OsString| argument == "--help" || argument == "help";
    if error.kind() != ErrorKind::DisplayHelp || !arguments.iter().any(is_long) {
        return None;
    }
    in_lines(command).try_get_matches_from(arguments).err()
}

/// A command that shows all its options, a line each.
fn in_lines(command: Command) -> Command {
    let about = command.get_long_about().or(command.get_about()).cloned().unwrap_or_default();
    let help = Arg::new("help").short('h').long("help").action(ArgAction::HelpShort);
    let lines = command.about(about).disable_help_flag(true).arg(help.help("Print help"));
    lines.mut_args(|arg| arg.hide_short_help(false)).mut_subcommands(in_lines)
}
