//! What a program takes: time, and the most memory that it had.

use std::fmt;
use std::io::{self, Read as _, Seek as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use wait4::Wait4 as _;

/// What one run of a program took.
#[derive(Clone, Copy)]
pub struct Cost {
    /// Of the processor, in the program and for it in the kernel.
    pub time: Duration,
    /// The most memory that was resident, in bytes.
    pub memory: u64,
}

/// The best of `runs` runs; an error when one fails.
pub fn best(runs: u32, mut command: impl FnMut() -> Command) -> io::Result<Cost> {
    let mut best: Option<Cost> = None;
    for _ in 0..runs {
        let cost = once(&mut command())?;
        best = Some(best.filter(|best| best.time <= cost.time).unwrap_or(cost));
    }
    best.ok_or_else(|| io::Error::other("nothing was run"))
}

fn once(command: &mut Command) -> io::Result<Cost> {
    // Into a file: what this program reads would count as memory of the next that it starts.
    let mut messages = tempfile::tempfile()?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(messages.try_clone()?);
    let used = command.spawn()?.wait4()?;
    if !used.status.success() {
        let mut message = String::new();
        messages.rewind()?;
        messages.take(1_000).read_to_string(&mut message)?;
        return Err(io::Error::other(message.trim().to_owned()));
    }
    Ok(Cost { time: used.rusage.utime + used.rusage.stime, memory: used.rusage.maxrss })
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>6.0} ms | {:>4} MiB", self.time.as_secs_f64() * 1e3, self.memory >> 20)
    }
}
