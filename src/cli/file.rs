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
}

enum WholeKind {
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
                let mut builder = tempfile::Builder::new();
                builder.prefix(".pg_globals-");
                #[cfg(unix)]
                builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
                {
                    let file = builder.tempfile_in(directory_of(&real)).map_err(|e| say(&e))?;
                    let guard = interrupt::file(file.path());
                    WholeKind::Temporary(file, guard)
                }
            }
        };
        Ok(Self { path: real, kind })
    }

    /// Writes all of it; nobody sees it yet.
    pub(super) fn fill(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<()> {
        let result = match &mut self.kind {
            WholeKind::Direct(file) => write(file),
            WholeKind::Temporary(file, _) => {
                write(file.as_file_mut()).and_then(|()| file.as_file().sync_all())
            }
        };
        result.map_err(|error| failed(self.path.display(), &error))
    }

    /// Makes it appear.
    pub(super) fn finish(self) -> Result<()> {
        if let WholeKind::Temporary(file, _guard) = self.kind {
            let result = file.persist(&self.path);
            result.map_err(|error| failed(self.path.display(), &error.error))?;
        }
        Ok(())
    }
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
