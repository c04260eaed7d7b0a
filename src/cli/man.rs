//! `pg_globals man`: manual pages, made from the same texts as the help.

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use clap_mangen::Man;

use super::exit::Exit;
use super::file::{self, Whole};
use super::output;

/// Print the manual page, or write those of all commands to a directory.
#[derive(Args, Debug)]
#[command(after_help = "Example: pg_globals man ~/.local/share/man/man1\n\n\
    Exit status: 0 done, 2 trouble.")]
pub(super) struct ManPages {
    /// A directory; each command gets a page of its own in it.
    directory: Option<PathBuf>,
}

impl ManPages {
    pub(super) fn run(&self, program: clap::Command) -> Result<Exit> {
        // What it adds itself has no page.
        let program = program.disable_help_subcommand(true);
        let Some(directory) = &self.directory else {
            file::to_stdout(io::stdout().lock().write_all(&page(program)?))?;
            return Ok(Exit::Done);
        };
        let write = |name: &str, text: &[u8]| {
            let path = directory.join(format!("{name}.1"));
            let mut page = Whole::create("man", &path, file::SHARED)?;
            page.fill(|to| to.write_all(text))?;
            page.finish()
        };
        let is_new = !directory.exists();
        let mut count = 0_usize;
        std::fs::create_dir_all(directory)
            .map_err(|error| file::failed(directory.display(), &error))?;
        for command in program.get_subcommands().filter(|command| !command.is_hide_set()) {
            let name = format!("pg_globals-{}", command.get_name());
            // The page has its file's name, and shows the command as it is typed.
            let typed = format!("pg_globals {}", command.get_name());
            // The page is the long form: what --help alone shows is in it, too.
            let command = command.clone().mut_args(|argument| argument.hide_short_help(false));
            let command = command.name(name.clone()).bin_name(typed);
            write(&name, &page(command)?)?;
            count += 1;
        }
        write("pg_globals", &page(program)?)?;
        let made = if is_new { ", which was made" } else { "" };
        output::note(&format!("wrote {} manual pages to {}{made}", count + 1, directory.display()));
        Ok(Exit::Done)
    }
}

fn page(command: clap::Command) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    Man::new(command).render(&mut text)?;
    // What stands behind the help is an example and the exit status.
    Ok(String::from_utf8_lossy(&text).replace("\n.SH EXTRA\n", "\n.SH EXAMPLE\n").into_bytes())
}
