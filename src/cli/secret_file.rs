//! Files of passwords: what a path leads to is looked at once it is open, each time. Between two
//! looks, somebody may have put something else in its place.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use zeroize::Zeroizing;

use super::file::{SECRET, directory_of, failed, followed, refuse_planted_link};

/// Opens what is there; none where nothing is. A link is followed as far as it is the user's own, and
/// then no further.
fn existing(option: &str, path: &Path, options: &mut OpenOptions) -> Result<Option<File>> {
    refuse_planted_link(option, path)?;
    // A pipe has no place in a directory.
    let is_special = fs::metadata(path).is_ok_and(|it| !it.is_file());
    let real = if is_special { path.to_owned() } else { followed(path) };
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        // A pipe that nobody reads keeps nobody waiting.
        let link = if is_special { OFlags::empty() } else { OFlags::NOFOLLOW };
        options.custom_flags((link | OFlags::NONBLOCK).bits().cast_signed());
    }
    let file = match options.open(&real) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(|error| failed(path.display(), &error))?,
    };
    let metadata = file.metadata().map_err(|error| failed(path.display(), &error))?;
    refuse_open(path, &metadata)?;
    Ok(Some(file))
}

/// Refuses what others may read, now or by another name.
pub(super) fn refuse_open(path: &Path, metadata: &Metadata) -> Result<()> {
    let path = path.display();
    if metadata.is_dir() {
        bail!("{path}: this is a directory; name a file in it");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
        let kind = metadata.file_type();
        // Such as /dev/null: what is written there is kept by nobody.
        if kind.is_char_device() && metadata.uid() == 0 {
            return Ok(());
        }
        if !metadata.is_file() && !kind.is_fifo() && !kind.is_char_device() {
            bail!("{path}: this is no file; name one");
        }
        if metadata.mode() & 0o077 != 0 {
            bail!("{path}: others than its owner may read it; chmod 600 {path}");
        }
        if metadata.uid() != rustix::process::geteuid().as_raw() {
            bail!("{path}: it belongs to another user, who may read it; name a file of your own");
        }
        if metadata.is_file() && metadata.nlink() > 1 {
            bail!("{path}: it has another name, too (a hard link); name a file that has none");
        }
    }
    Ok(())
}

/// What is in it; none where it is not there or empty.
pub(super) fn read(option: &str, path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let Some(mut file) = existing(option, path, OpenOptions::new().read(true))? else {
        return Ok(None);
    };
    let mut bytes = Zeroizing::new(Vec::new());
    let read = file.read_to_end(&mut bytes);
    read.map_err(|error| failed(path.display(), &error))?;
    Ok(Some(bytes).filter(|bytes| !bytes.is_empty()))
}

/// What was appended to a file, and can be taken away again.
pub(super) struct Appended {
    path: PathBuf,
    file: File,
    /// How long the file was; none where there was none.
    before: Option<u64>,
}

impl Appended {
    pub(super) fn take_back(self) {
        // What is no regular file keeps what it was given.
        let _ = match self.before {
            None => fs::remove_file(&self.path),
            Some(length) if self.file.metadata().is_ok_and(|it| it.is_file()) => {
                self.file.set_len(length)
            }
            Some(_) => Ok(()),
        };
    }

    fn keep(&mut self, text: &str) -> io::Result<()> {
        let is_file = self.file.metadata()?.is_file();
        if is_file && self.before.is_some_and(|length| length > 0) {
            // The last line of an edited file may have lost its end.
            let mut last = [0];
            self.file.seek(SeekFrom::End(-1))?;
            self.file.read_exact(&mut last)?;
            if last != *b"\n" {
                self.file.write_all(b"\n")?;
            }
        }
        self.file.write_all(text.as_bytes())?;
        if is_file {
            self.file.sync_all()?;
        }
        // A new file is there for certain when its directory is written, too.
        #[cfg(unix)]
        if self.before.is_none() {
            File::open(directory_of(&self.path))?.sync_all()?;
        }
        Ok(())
    }
}

/// Appends lines to a file, which is made if it is missing: all or nothing.
pub(super) fn append(option: &str, path: &Path, lines: &str) -> Result<Appended> {
    let say = |error: &io::Error| failed(path.display(), error);
    let is_file = fs::metadata(path).is_ok_and(|it| it.is_file());
    // The last byte is looked at; of a pipe there is none.
    let options = &mut OpenOptions::new();
    options.append(true).read(is_file);
    let mut appended = if let Some(file) = existing(option, path, options)? {
        let before = file.metadata().map_err(|error| say(&error))?.len();
        Appended { path: path.to_owned(), file, before: Some(before) }
    } else {
        // Made by nobody else, and where no link leads.
        let real = followed(path);
        let mut options = OpenOptions::new();
        options.append(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, SECRET);
        let file = options.open(&real).map_err(|error| say(&error))?;
        Appended { path: real, file, before: None }
    };
    match appended.keep(lines) {
        Ok(()) => Ok(appended),
        Err(error) => {
            appended.take_back();
            Err(say(&error))
        }
    }
}
