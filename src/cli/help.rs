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
    if error.kind() != ErrorKind::DisplayHelp {
        return None;
    }
    let mut arguments = arguments.to_vec();
    // As in `help copy`, which is `copy --help`.
    if arguments.get(1).is_some_and(|first| first == "help") {
        arguments.remove(1);
        arguments.push("--help".into());
    }
    let is_named = |command: &Command| arguments.iter().any(|it| it == command.get_name());
    let command = in_lines(command).mut_subcommands(|it| {
        let lines = in_lines(it);
        // Elsewhere the short one stands in the list of commands.
        match lines.get_long_about().filter(|_| is_named(&lines)).cloned() {
            Some(about) => lines.about(about),
            None => lines,
        }
    });
    let is_long = arguments.iter().any(|argument| argument == "--help");
    let lines = is_long.then(|| command.try_get_matches_from(arguments).err()).flatten()?;
    Some(lines).filter(|it| it.kind() == ErrorKind::DisplayHelp)
}

/// A command that shows all its options, a line each.
fn in_lines(command: Command) -> Command {
    let help = Arg::new("help").short('h').long("help").action(ArgAction::HelpShort);
    let command = command.disable_help_flag(true).arg(help.help("Print help"));
    command.mut_args(|arg| arg.hide_short_help(false))
}
