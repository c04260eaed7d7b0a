//! Whether the user agrees.

use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal as _, Write as _};

use anyhow::{Result, bail};

use crate::cli::file;

/// Asks, unless that is not needed; where standard input is something to be read, on the terminal
/// itself.
pub(super) fn agree(yes: bool, stdin_is_taken: bool, target: &str) -> Result<()> {
    if yes {
        return Ok(());
    }
    let stderr = std::io::stderr();
    let Some(mut terminal) = terminal(stdin_is_taken).filter(|_| stderr.is_terminal()) else {
        bail!("nothing was sent: there is no terminal to ask on; give --yes, or --dry-run to try");
    };
    let _ = write!(stderr.lock(), "\nChange {target}? [y/N] ");
    let mut answer = String::new();
    terminal.read_line(&mut answer).map_err(|error| file::failed("the answer", &error))?;
    if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        Ok(())
    } else {
        bail!("nothing was sent")
    }
}

fn terminal(stdin_is_taken: bool) -> Option<Box<dyn BufRead>> {
    if stdin_is_taken {
        let terminal = File::open("/dev/tty").ok()?;
        return Some(Box::new(BufReader::new(terminal)));
    }
    let stdin = std::io::stdin();
    stdin.is_terminal().then(|| Box::new(stdin.lock()) as Box<dyn BufRead>)
}
