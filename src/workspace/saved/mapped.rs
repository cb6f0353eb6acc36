//! A file's bytes in memory, read when they are needed.

use std::fs::File;
use std::io;

/// A file of the cache folder, as it was when it was opened.
#[cfg(unix)]
pub(super) struct Mapped {
    start: std::ptr::NonNull<u8>,
    length: usize,
}

#[cfg(unix)]
impl Mapped {
    /// Maps a file of so many bytes, which no one changes: see [`AsRef`] below.
    pub(super) fn new(file: &File, length: u64) -> io::Result<Self> {
        use std::os::fd::AsRawFd as _;
        let length = usize::try_from(length).map_err(|_| io::ErrorKind::FileTooLarge)?;
        if length == 0 {
            return Ok(Self { start: std::ptr::NonNull::dangling(), length });
        }
        // SAFETY: A new mapping, wherever there is room; the descriptor is open.
        let start = unsafe {
            libc::mmap(std::ptr::null_mut(), length, libc::PROT_READ, libc::MAP_PRIVATE, file.as_raw_fd(), 0)
        };
        match std::ptr::NonNull::new(start.cast::<u8>()) {
            Some(start) if start.as_ptr().cast() != libc::MAP_FAILED => Ok(Self { start, length }),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

#[cfg(unix)]
impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: The mapping has so many bytes, and lives as long as `self`. Nobody writes to them: the file is private to
        // its owner, it is written under another name and renamed when it is whole, and never touched again after that, only
        // replaced or removed, which a mapping outlives.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }
}

#[cfg(unix)]
impl Drop for Mapped {
    fn drop(&mut self) {
        if self.length > 0 {
            // SAFETY: The mapping was made by `new`, and no slice of it is left.
            unsafe { libc::munmap(self.start.as_ptr().cast(), self.length) };
        }
    }
}

// SAFETY: The bytes are only ever read.
#[cfg(unix)]
unsafe impl Send for Mapped {}

// SAFETY: As above.
#[cfg(unix)]
unsafe impl Sync for Mapped {}

/// A file of the cache folder, as it was when it was opened.
#[cfg(not(unix))]
pub(super) struct Mapped(Vec<u8>);

#[cfg(not(unix))]
impl Mapped {
    /// Reads a file of so many bytes.
    pub(super) fn new(mut file: &File, length: u64) -> io::Result<Self> {
        let mut bytes = Vec::with_capacity(length as usize + 1);
        io::Read::read_to_end(&mut file, &mut bytes)?;
        Ok(Self(bytes))
    }
}

#[cfg(not(unix))]
impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
