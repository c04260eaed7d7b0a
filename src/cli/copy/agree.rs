//! Whether the user agrees.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use anyhow::{Result, bail};

use crate::cli::file;

/// Asks, unless that is not needed; where the source is standard input, on the terminal itself.
pub(super) fn agree(yes: bool, source_is_stdin: bool, target: &str) -> Result<()> {
    if yes {
        return Ok(());
    }
    let (stdin, stderr) = (std::io::stdin(), std::io::stderr());
    if !stderr.is_terminal() || !(source_is_stdin || stdin.is_terminal()) {
        bail!("nothing was sent: there is no terminal to ask on; give --yes, or --dry-run to try");
    }
    let _ = write!(stderr.lock(), "\nChange {target}? [y/N] ");
    let mut answer = String::new();
    let read = if source_is_stdin {
        let terminal = std::fs::File::open("/dev/tty");
        let terminal = terminal.map_err(|error| file::failed("/dev/tty", &error))?;
        std::io::BufReader::new(terminal).read_line(&mut answer)
    } else {
        stdin.lock().read_line(&mut answer)
    };
    read.map_err(|error| file::failed("the answer", &error))?;
    if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        Ok(())
    } else {
        bail!("nothing was sent")
    }
}
