//! The command line's door to the disk: files that a person asked for, readable by their owner alone.

#![expect(clippy::disallowed_methods, reason = "the one door for files that a person asked for")]

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

/// Reads a text.
pub fn read(path: &Path) -> io::Result<String> {
    std::fs::read_to_string(path)
}

/// Writes a file, whole or not at all. A file that is there already stays as it is, unless `force`; anything but a
/// regular file stays in any case.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] when something is there that is not to be replaced.
pub fn write(path: &Path, bytes: &[u8], force: bool) -> io::Result<()> {
    match path.symlink_metadata() {
        Ok(found) if !found.is_file() => {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "what is there is no regular file"));
        }
        Ok(_) if !force => {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "it is there already; --force replaces it"));
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    // What is new comes into being under its name, which fails where a file came meanwhile; what replaces comes whole.
    let name = path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it names no file"))?;
    let beside = path.with_file_name(format!(".{}.{}.tmp", name.to_string_lossy(), std::process::id()));
    let target = if force { beside.as_path() } else { path };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(target)?;
    let written = file.write_all(bytes).and_then(|()| if force { std::fs::rename(target, path) } else { Ok(()) });
    if written.is_err() {
        // The first error is the one to tell.
        let _ = std::fs::remove_file(target);
    }
    written
}
