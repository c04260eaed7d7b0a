//! `pg_globals completions`: what a shell needs to complete commands, options and names.

use std::io::{self, Write as _};

use anyhow::Result;
use clap::Args;
use clap_complete::{Shell, generate};

use super::exit::Exit;
use super::file;

/// Print completions for a shell: commands, options, platforms, rules and checks.
#[derive(Args, Debug)]
#[command(after_help = "Example: pg_globals completions bash > \
    ~/.local/share/bash-completion/completions/pg_globals\n\n\
    Exit status: 0 done, 2 trouble.")]
pub(super) struct Completions {
    /// The shell.
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self, mut program: clap::Command) -> Result<Exit> {
        let mut text = Vec::new();
        generate(self.shell, &mut program, "pg_globals", &mut text);
        file::to_stdout(io::stdout().lock().write_all(&text))?;
        Ok(Exit::Done)
    }
}
