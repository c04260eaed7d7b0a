//! A child process whose output is read while it runs, and that ends with its children in time.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::interrupt;

/// How much of what it says on stderr is kept.
const MOST_STDERR: usize = 1 << 20;

/// How long a killed process may take to be gone; one that hangs in the kernel is left to it.
const DYING: Duration = Duration::from_secs(5);

/// What a process has written, and how it has ended.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: Zeroizing<Vec<u8>>,
    pub(crate) stderr: String,
}

/// Why there is no output.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// It could not be started.
    #[error("it cannot be started: {0}")]
    Start(#[source] io::Error),
    /// Its output could not be read.
    #[error("what it writes cannot be read: {0}")]
    Output(#[source] io::Error),
    /// It took longer than this, and was ended.
    #[error("it was not done within {} seconds, and was ended", .0.as_secs_f32())]
    Time(Duration),
    /// It wrote more bytes than this, and was ended.
    #[error("it wrote more than {0} bytes, and was ended")]
    Size(usize),
}

/// Runs it to its end. `started` is called when it has written something.
///
/// # Errors
/// When it does not start, takes too long or writes too much; then it is gone, with its children.
pub(crate) async fn output(
    command: &mut Command,
    limit: Duration,
    most: usize,
    started: impl FnOnce(),
) -> Result<Output, ProcessError> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    // Its children are ended with it; an interrupt at the terminal is for this program.
    #[cfg(unix)]
    command.process_group(0);
    let mut child = command.spawn().map_err(ProcessError::Start)?;
    // Dropped before the child, whose number it has, so also when nobody waits for this any longer.
    let mut group = Group::of(&child);
    let _guard = group.guard();
    let result = timeout(limit, collect(&mut child, most, started)).await;
    let result = result.unwrap_or(Err(ProcessError::Time(limit)));
    if result.is_err() {
        group.kill();
        let _ = child.start_kill();
        let _ = timeout(DYING, child.wait()).await;
    }
    group.release();
    result
}

async fn collect(
    child: &mut Child,
    most: usize,
    started: impl FnOnce(),
) -> Result<Output, ProcessError> {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    // Both at a time: a full pipe would stop it for ever.
    let (stdout, stderr) = tokio::try_join!(all(stdout, most, started), beginning(stderr))?;
    // Waited for last: until then its number, and so its group's, is nobody else's.
    let status = child.wait().await.map_err(ProcessError::Output)?;
    let stderr = String::from_utf8_lossy(&stderr).into_owned();
    Ok(Output { status, stdout, stderr })
}

/// Everything, which must be no more than `most`.
async fn all(
    pipe: Option<impl AsyncRead + Unpin>,
    most: usize,
    started: impl FnOnce(),
) -> Result<Zeroizing<Vec<u8>>, ProcessError> {
    let mut bytes = Zeroizing::new(Vec::new());
    let mut started = Some(started);
    let Some(mut pipe) = pipe else { return Ok(bytes) };
    while pipe.read_buf(&mut *bytes).await.map_err(ProcessError::Output)? > 0 {
        if let Some(started) = started.take() {
            started();
        }
        if bytes.len() > most {
            return Err(ProcessError::Size(most));
        }
    }
    Ok(bytes)
}

/// As much as is kept; what follows is read and forgotten.
async fn beginning(pipe: Option<impl AsyncRead + Unpin>) -> Result<Vec<u8>, ProcessError> {
    let mut bytes = Vec::new();
    let Some(mut pipe) = pipe else { return Ok(bytes) };
    let mut rest = Vec::with_capacity(1 << 12);
    loop {
        let into = if bytes.len() < MOST_STDERR { &mut bytes } else { &mut rest };
        if pipe.read_buf(into).await.map_err(ProcessError::Output)? == 0 {
            return Ok(bytes);
        }
        rest.clear();
    }
}

/// The child's process group, which is killed when this is dropped.
struct Group {
    #[cfg(unix)]
    id: Option<rustix::process::Pid>,
}

#[cfg(unix)]
impl Group {
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self { id: id.and_then(rustix::process::Pid::from_raw) }
    }

    /// It is ended when this program is interrupted.
    fn guard(&self) -> Option<interrupt::Guard> {
        self.id.map(|id| interrupt::children(id.as_raw_nonzero().get()))
    }

    fn kill(&self) {
        if let Some(id) = self.id {
            // It may have ended by itself.
            let _ = rustix::process::kill_process_group(id, rustix::process::Signal::KILL);
        }
    }

    /// The child has been waited for: its number may soon be another's.
    fn release(&mut self) {
        self.id = None;
    }
}

#[cfg(not(unix))]
impl Group {
    fn of(_: &Child) -> Self {
        Self {}
    }

    fn kill(&self) {}

    fn release(&mut self) {}
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn run(script: &str, most: usize) -> Result<(Output, usize), String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let mut started = 0;
        let limit = Duration::from_mins(1);
        let result = runtime.block_on(output(&mut command, limit, most, || started += 1));
        result.map(|output| (output, started)).map_err(|error| error.to_string())
    }

    #[test]
    fn everything_is_read_at_a_time() {
        let million = "head -c 1500000 /dev/zero";
        let script = format!("{million} >&2; {million}; {million} >&2; read -r _ || exit 3");
        let (output, started) = run(&script, 2_000_000).unwrap();
        assert_eq!((output.stdout.len(), output.stderr.len() >= MOST_STDERR), (1_500_000, true));
        assert_eq!((output.status.code(), started), (Some(3), 1));
        assert_eq!(run("true", 0).unwrap().1, 0);
    }

    #[test]
    fn what_never_ends_is_ended() {
        assert_eq!(run("yes", 9_999).unwrap_err(), "it wrote more than 9999 bytes, and was ended");
    }
}
