//! Files: opened to read, and written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

/// Opens a file, or standard input for `-`.
pub(super) fn open(path: &str) -> Result<Box<dyn Read>> {
    if path == "-" {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path).with_context(|| path.to_owned())?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        bail!("{path}: this is a directory; give the file that pg_dumpall wrote");
    }
    Ok(Box::new(file))
}

/// Refuses to write where it is read from.
pub(super) fn refuse_same(input: &str, output: &Path, option: &str) -> Result<()> {
    if input == "-" {
        return Ok(());
    }
    let same = match (fs::canonicalize(input), fs::canonicalize(output)) {
        (Ok(input), Ok(output)) => input == output,
        _ => false,
    };
    if same {
        bail!("{option} {}: this is the input", output.display());
    }
    Ok(())
}

/// A file that appears when it is complete. Until then there is nothing, or what was there before.
pub(super) struct Whole {
    path: PathBuf,
    kind: WholeKind,
}

enum WholeKind {
    Temporary(tempfile::NamedTempFile),
    /// A device or a pipe cannot be replaced.
    Direct(File),
}

impl Whole {
    /// Begins a file with these permissions, as early as can be: a bad path is told before the work.
    pub(super) fn create(path: &Path, mode: u32) -> Result<Self> {
        let say = || path.display().to_string();
        // A link stays one: what it leads to is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let kind = match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => bail!("{}: this is a directory", say()),
            Ok(metadata) if !metadata.is_file() => {
                let file = OpenOptions::new().write(true).open(&path).with_context(say)?;
                WholeKind::Direct(file)
            }
            _ => {
                let directory = match path.parent() {
                    Some(parent) if !parent.as_os_str().is_empty() => parent,
                    _ => Path::new("."),
                };
                let mut builder = tempfile::Builder::new();
                builder.prefix(".pg_globals-");
                #[cfg(unix)]
                builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
                WholeKind::Temporary(builder.tempfile_in(directory).with_context(say)?)
            }
        };
        Ok(Self { path, kind })
    }

    /// Writes all of it, and makes it appear.
    pub(super) fn finish(self, bytes: &[u8]) -> Result<()> {
        let say = || self.path.display().to_string();
        match self.kind {
            WholeKind::Direct(mut file) => file.write_all(bytes).with_context(say)?,
            WholeKind::Temporary(mut file) => {
                file.write_all(bytes).with_context(say)?;
                file.as_file().sync_all().with_context(say)?;
                file.persist(&self.path).map_err(|error| error.error).with_context(say)?;
            }
        }
        Ok(())
    }
}

/// The permissions of files that hold secrets.
pub(super) const SECRET: u32 = 0o600;

/// The permissions of others, less what the user's umask takes.
pub(super) const SHARED: u32 = 0o666;

/// Appends to a file of secrets, which is made if it is missing.
pub(super) fn append_secret(path: &Path, text: &str) -> Result<()> {
    let say = || path.display().to_string();
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, SECRET);
    let mut file = options.open(path).with_context(say)?;
    file.write_all(text.as_bytes()).with_context(say)?;
    file.sync_all().with_context(say)?;
    Ok(())
}
