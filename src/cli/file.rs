//! Files: opened to read, and written whole or not at all.

use std::borrow::Cow;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use sha2::{Digest as _, Sha256};

use super::options::shown;
use crate::{encoding, interrupt};

/// What failed, and why, in the words of the operating system but without its number.
pub(super) fn failed(what: impl fmt::Display, error: &io::Error) -> anyhow::Error {
    let text = error.to_string();
    // A library may add the path behind it, of a temporary file even.
    let text = text.split(" (os error ").next().unwrap_or(&text);
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_ascii_lowercase());
    anyhow!("{what}: {}{}", first.map(String::from).unwrap_or_default(), characters.as_str())
}

/// What became of what was written to standard output: whoever reads it may stop when it has seen
/// enough.
pub(super) fn to_stdout(written: io::Result<()>) -> Result<()> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(failed("standard output", &error))
        }
        _ => Ok(()),
    }
}

/// Opens a file, or standard input for `-`.
pub(super) fn open(path: &str) -> Result<Box<dyn Read>> {
    if path == "-" {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path).map_err(|error| failed(shown(path), &error))?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        bail!("{path}: this is a directory; give a file");
    }
    Ok(Box::new(file))
}

/// What is read, and its digest where that is wanted.
pub(super) struct Digested {
    from: Box<dyn Read>,
    digest: Option<Sha256>,
}

impl Digested {
    pub(super) fn new(from: Box<dyn Read>, wanted: bool) -> Self {
        Self { from, digest: wanted.then(Sha256::new) }
    }

    /// The SHA-256 of all of it, in hexadecimal digits; whatever was not read yet is read now.
    pub(super) fn finish(mut self) -> io::Result<Option<String>> {
        if self.digest.is_some() {
            io::copy(&mut self, &mut io::sink())?;
        }
        Ok(self.digest.map(|digest| {
            digest.finalize().iter().fold(String::new(), |mut out, byte| {
                // Writing to a String cannot fail.
                let _ = fmt::Write::write_fmt(&mut out, format_args!("{byte:02x}"));
                out
            })
        }))
    }
}

impl Read for Digested {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(buffer)?;
        if let Some(digest) = &mut self.digest {
            digest.update(&buffer[..count]);
        }
        Ok(count)
    }
}

/// Reads a text file whole, in UTF-8 or in UTF-16 with its mark, as editors save it.
pub(super) fn read_text(path: &str) -> Result<String> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes).map_err(|error| failed(path, &error))?;
    let text = encoding::text(&bytes);
    text.map(Cow::into_owned).ok_or_else(|| anyhow!("{path}: this is not text in UTF-8"))
}

/// What a path leads to, so that two spellings of it can be told to be one file.
#[derive(PartialEq, Eq)]
pub(super) struct Identity(PathBuf, (u64, u64));

impl Identity {
    /// None for what is no file: devices and pipes can be given twice.
    pub(super) fn of(path: &Path) -> Option<Self> {
        match fs::metadata(path) {
            #[cfg(unix)]
            Ok(metadata) if metadata.is_file() => {
                use std::os::unix::fs::MetadataExt as _;
                Some(Self(PathBuf::new(), (metadata.dev(), metadata.ino())))
            }
            #[cfg(not(unix))]
            Ok(metadata) if metadata.is_file() => Some(Self(fs::canonicalize(path).ok()?, (0, 0))),
            Ok(_) => None,
            // It is going to be made.
            Err(_) => {
                let path = &followed(path);
                let directory = fs::canonicalize(directory_of(path)).ok()?;
                Some(Self(directory.join(path.file_name()?), (0, 0)))
            }
        }
    }
}

/// A path, and what it leads to by links, as far as they can be followed.
fn links(path: &Path) -> impl Iterator<Item = PathBuf> {
    let next = |path: &PathBuf| Some(directory_of(path).join(fs::read_link(path).ok()?));
    // As many as Linux follows.
    std::iter::successors(Some(path.to_owned()), next).take(41)
}

/// Where links lead, to something that is there or not.
pub(super) fn followed(path: &Path) -> PathBuf {
    links(path).last().unwrap_or_default()
}

/// Refuses to write where another user's link leads to, in a directory like /tmp: it could be any file
/// of ours. Linux does so too where `fs.protected_symlinks` is on, but not where a file is replaced.
pub(super) fn refuse_planted_link(option: &str, path: &Path) -> Result<()> {
    #[cfg(unix)]
    for link in links(path) {
        use std::os::unix::fs::MetadataExt as _;
        let (Ok(it), Ok(directory)) =
            (fs::symlink_metadata(&link), fs::metadata(directory_of(&link)))
        else {
            break;
        };
        let open_to_all = directory.mode() & 0o1002 == 0o1002;
        let owner = it.uid();
        let is_ours = [rustix::process::geteuid().as_raw(), directory.uid()].contains(&owner);
        if it.is_symlink() && open_to_all && !is_ours {
            bail!(
                "{option} {}: {} is a link of another user, in a directory where everybody may write; \
                 name the file that you mean",
                path.display(),
                link.display()
            );
        }
    }
    Ok(())
}

/// Refuses options that name one file for two things. What is no file can be given twice, but
/// standard input.
pub(super) fn refuse_overlaps(inputs: &[&str], outputs: &[(&str, Option<&Path>)]) -> Result<()> {
    if 1 < inputs.iter().filter(|input| **input == "-").count() {
        bail!("-: standard input can be read once only; name a file for the others");
    }
    let mut taken: Vec<_> = inputs
        .iter()
        .map(Path::new)
        .filter(|path| path.is_file())
        .map(|path| (Identity::of(path), "an input"))
        .collect();
    for &(option, path) in outputs {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else { continue };
        let identity = Identity::of(path);
        if identity.is_some()
            && let Some((_, other)) = taken.iter().find(|(earlier, _)| *earlier == identity)
        {
            bail!("{option} {}: this is {other} already", path.display());
        }
        taken.push((identity, option));
    }
    Ok(())
}

pub(super) fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Refuses to replace a file that takes something back: it would be the only one that can take an earlier run
/// back.
pub(super) fn refuse_existing(option: &str, path: Option<&Path>) -> Result<()> {
    if let Some(path) = path
        && fs::metadata(path).is_ok_and(|it| it.is_file() && it.len() > 0)
    {
        bail!("{option} {}: it exists, and would be lost; name another file", path.display());
    }
    Ok(())
}

/// Refuses a file in a directory that is not there.
pub(super) fn refuse_missing_directory(option: &str, path: &Path) -> Result<()> {
    let directory = directory_of(path);
    if !directory.exists() {
        bail!("{option} {}: there is no directory {}", path.display(), directory.display());
    }
    Ok(())
}

// A panic ends what it interrupts in order: what is temporary goes with its owner.
const _: () = assert!(cfg!(panic = "unwind"), "temporary files must go when the program panics");

/// A file that appears when it is complete. Until then there is nothing, or what was there before.
pub(super) struct Whole {
    path: PathBuf,
    kind: WholeKind,
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    mode: u32,
}

enum WholeKind {
    /// It has no name until it is complete: whatever ends the program leaves nothing behind.
    #[cfg(target_os = "linux")]
    Unnamed(File),
    Temporary(tempfile::NamedTempFile, interrupt::Guard),
    /// A device or a pipe cannot be replaced.
    Direct(File),
}

impl Whole {
    /// Begins a file with these permissions, as early as can be: a bad path is told before the work.
    pub(super) fn create(option: &str, path: &Path, mode: u32) -> Result<Self> {
        let say = |error: &io::Error| failed(format_args!("{option} {}", path.display()), error);
        refuse_planted_link(option, path)?;
        // A link stays one: what it leads to is replaced.
        let real = match fs::canonicalize(path) {
            Ok(real) => real,
            // A pipe has no place in a directory.
            Err(_) if path.exists() => path.to_owned(),
            Err(_) => {
                let real = followed(path);
                if real.is_symlink() {
                    bail!("{option} {}: this is a link that leads to itself", path.display());
                }
                real
            }
        };

        let kind = match fs::metadata(&real) {
            Ok(metadata) if metadata.is_dir() => {
                bail!("{option} {}: this is a directory; name a file in it", path.display())
            }
            Ok(metadata) if !metadata.is_file() => {
                let refuse = |metadata: &fs::Metadata| refuse_foreign_pipe(option, path, metadata);
                // Before it is opened, which waits for somebody who reads.
                refuse(&metadata)?;
                let file = OpenOptions::new().write(true).open(&real).map_err(|e| say(&e))?;
                refuse(&file.metadata().map_err(|e| say(&e))?)?;
                WholeKind::Direct(file)
            }
            _ => {
                refuse_missing_directory(option, &real)?;
                Self::hidden(directory_of(&real), mode).map_err(|e| say(&e))?
            }
        };
        Ok(Self { path: real, kind, mode })
    }

    /// A file that nobody sees.
    fn hidden(directory: &Path, mode: u32) -> io::Result<WholeKind> {
        #[cfg(target_os = "linux")]
        if let Some(file) = unnamed(directory, mode) {
            return Ok(WholeKind::Unnamed(file));
        }
        Self::temporary(directory, mode)
    }

    /// The same with a name that tells whose it is.
    fn temporary(directory: &Path, mode: u32) -> io::Result<WholeKind> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(TEMPORARY);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
        #[cfg(not(unix))]
        let _ = mode;
        let file = builder.tempfile_in(directory)?;
        let guard = interrupt::file(file.path());
        Ok(WholeKind::Temporary(file, guard))
    }

    /// Writes all of it; nobody sees it yet.
    pub(super) fn fill(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<()> {
        let result = match &mut self.kind {
            WholeKind::Direct(file) => write(file),
            #[cfg(target_os = "linux")]
            WholeKind::Unnamed(file) => write(file).and_then(|()| file.sync_all()),
            WholeKind::Temporary(file, _) => {
                write(file.as_file_mut()).and_then(|()| file.as_file().sync_all())
            }
        };
        result.map_err(|error| failed(self.path.display(), &error))
    }

    /// Makes it appear.
    pub(super) fn finish(self) -> Result<()> {
        let finished = match self.kind {
            WholeKind::Direct(_) => Ok(()),
            WholeKind::Temporary(file, _guard) => {
                file.persist(&self.path).map(drop).map_err(|error| error.error)
            }
            #[cfg(target_os = "linux")]
            WholeKind::Unnamed(mut file) => match name(&file, &self.path) {
                Ok(()) => Ok(()),
                // A file system may have such files, and no way to name them.
                Err(_) => Self::by_copy(&mut file, &self.path, self.mode),
            },
        };
        finished.map_err(|error| failed(self.path.display(), &error))
    }

    #[cfg(target_os = "linux")]
    fn by_copy(from: &mut File, path: &Path, mode: u32) -> io::Result<()> {
        use std::io::Seek as _;
        from.rewind()?;
        let WholeKind::Temporary(mut to, _guard) = Self::temporary(directory_of(path), mode)?
        else {
            return Ok(());
        };
        io::copy(from, to.as_file_mut())?;
        to.as_file().sync_all()?;
        to.persist(path).map(drop).map_err(|error| error.error)
    }
}

/// How the names of temporary files begin.
const TEMPORARY: &str = ".pg_globals-";

/// A file without a name (`O_TMPFILE`), where the system and the file system have such files.
#[cfg(target_os = "linux")]
fn unnamed(directory: &Path, mode: u32) -> Option<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    // It is named by what this leads to.
    if !Path::new("/proc/self/fd").exists() {
        return None;
    }
    let flags = rustix::fs::OFlags::TMPFILE.bits().cast_signed();
    let mut options = OpenOptions::new();
    options.read(true).write(true).custom_flags(flags).mode(mode);
    options.open(directory).ok()
}

/// Gives a file without a name this one, and takes the place of what has it.
#[cfg(target_os = "linux")]
fn name(file: &File, path: &Path) -> io::Result<()> {
    use std::os::fd::AsRawFd as _;

    use rand::RngExt as _;
    use rustix::fs::{AtFlags, CWD, linkat};
    let open = format!("/proc/self/fd/{}", file.as_raw_fd());
    let link = |to: &Path| linkat(CWD, &*open, CWD, to, AtFlags::SYMLINK_FOLLOW);
    match link(path) {
        Err(rustix::io::Errno::EXIST) => {}
        done => return done.map_err(io::Error::from),
    }
    // A link replaces nothing.
    let between = format!("{TEMPORARY}{:016x}", rand::rng().random::<u64>());
    let between = directory_of(path).join(between);
    let guard = interrupt::file(&between);
    link(&between).map_err(io::Error::from)?;
    let renamed = fs::rename(&between, path);
    if renamed.is_err() {
        // What cannot be put in its place is not to stay.
        let _ = fs::remove_file(&between);
    }
    drop(guard);
    renamed
}

/// Refuses to write into another user's pipe: that user reads it.
fn refuse_foreign_pipe(option: &str, path: &Path, metadata: &fs::Metadata) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
        let kind = metadata.file_type();
        let is_ours = metadata.uid() == rustix::process::geteuid().as_raw();
        if (kind.is_fifo() || kind.is_socket()) && !is_ours {
            bail!("{option} {}: this is a pipe of another user; name a file", path.display());
        }
    }
    Ok(())
}

/// The permissions of files that hold secrets.
pub(super) const SECRET: u32 = 0o600;

/// The permissions of others, less what the user's umask takes.
pub(super) const SHARED: u32 = 0o666;

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    #[test]
    fn a_panic_leaves_what_was_there() {
        let directory = tempfile::tempdir().unwrap();
        let [new, old] = ["new", "old"].map(|name| directory.path().join(name));
        fs::write(&old, "as before").unwrap();
        for path in [&new, &old] {
            let mut began = false;
            let panics = AssertUnwindSafe(|| {
                let mut file = Whole::create("-o", path, SECRET).unwrap();
                file.fill(|to| {
                    to.write_all(b"a part")?;
                    began = true;
                    panic!("in the middle of it")
                })
                .unwrap();
                file.finish().unwrap();
            });
            assert!(catch_unwind(panics).is_err() && began);
        }
        let left = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().path());
        assert_eq!(left.collect::<Vec<_>>(), [old.as_path()]);
        assert_eq!(fs::read_to_string(&old).unwrap(), "as before");
    }
}
