//! Whether the user agrees.

use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal as _, Write as _};

use anyhow::{Result, bail};

use crate::cli::file;

/// Asks, unless that is not needed; where standard input is something to be read, on the terminal
/// itself. Where the two look `swapped`, the target's name is to be typed, whatever was said before.
pub(super) fn agree(
    yes: bool,
    stdin_is_taken: bool,
    target: &str,
    swapped: Option<&str>,
) -> Result<()> {
    if yes && swapped.is_none() {
        return Ok(());
    }
    let stderr = std::io::stderr();
    let Some(mut terminal) = terminal(stdin_is_taken).filter(|_| stderr.is_terminal()) else {
        match swapped {
            Some(why) => bail!(
                "nothing was sent: source and target look swapped: {why}; where that is meant, give \
                 --into-older"
            ),
            None => {
                bail!(
                    "nothing was sent: there is no terminal to ask on; give --yes, or --dry-run to try"
                )
            }
        }
    };
    let _ = match swapped {
        Some(why) => write!(
            stderr.lock(),
            "\nSource and target look swapped: {why}.\nType {target} to change it all the same: "
        ),
        None => write!(stderr.lock(), "\nChange {target}? [y/N] "),
    };
    let mut answer = String::new();
    terminal.read_line(&mut answer).map_err(|error| file::failed("the answer", &error))?;
    let answer = answer.trim();
    let agrees = match swapped {
        Some(_) => answer == target,
        None => matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes"),
    };
    if agrees { Ok(()) } else { bail!("nothing was sent") }
}

fn terminal(stdin_is_taken: bool) -> Option<Box<dyn BufRead>> {
    if stdin_is_taken {
        let terminal = File::open("/dev/tty").ok()?;
        return Some(Box::new(BufReader::new(terminal)));
    }
    let stdin = std::io::stdin();
    stdin.is_terminal().then(|| Box::new(stdin.lock()) as Box<dyn BufRead>)
}
