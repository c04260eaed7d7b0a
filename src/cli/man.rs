//! `pg_globals man`: manual pages, made from the same texts as the help.

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, CommandFactory as _};
use clap_mangen::Man;

use super::file::{self, Whole};
use super::{Cli, Exit};

/// Print the manual page, or write those of all commands to a directory.
#[derive(Args, Debug)]
#[command(after_help = "Example: pg_globals man ~/.local/share/man/man1\n\n\
    Exit status: 0 done, 2 trouble.")]
pub(super) struct ManPages {
    /// A directory that is there; each command gets a page of its own in it.
    directory: Option<PathBuf>,
}

impl ManPages {
    pub(super) fn run(&self) -> Result<Exit> {
        let program = Cli::command();
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
        for command in program.get_subcommands().filter(|command| !command.is_hide_set()) {
            let name = format!("pg_globals-{}", command.get_name());
            // The page is called as the command is typed.
            let command = command.clone().name(name.clone());
            write(&name, &page(command)?)?;
        }
        write("pg_globals", &page(program)?)?;
        Ok(Exit::Done)
    }
}

fn page(command: clap::Command) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    Man::new(command).render(&mut text)?;
    Ok(text)
}
