//! Blobs: texts that are too long for a line, compressed, named by their content, shared by all runs.

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::event::Body;
use super::{JournalError, files};

/// A text up to this many bytes stays in its line.
pub const MAX_INLINE: usize = 4 << 10;
/// A longer text is not kept; its hash and length are.
pub const MAX_BLOB: usize = 32 << 20;

/// The folder `blobs/` of a state directory: `ab/cdef...`, each file zstd of one text.
#[derive(Debug, Clone)]
pub struct Blobs {
    dir: PathBuf,
}

/// Keeps eviction away from blobs that no line names yet.
pub(super) struct Hold {
    _lock: File,
}

impl Blobs {
    pub fn new(state_dir: &Path) -> Self {
        Self { dir: state_dir.join("blobs") }
    }

    /// The text of a body, wherever it is. The content is checked against its name.
    pub fn text<'a>(&self, body: &'a Body) -> Result<Cow<'a, str>, JournalError> {
        match body {
            Body::Text(text) => Ok(Cow::Borrowed(text)),
            Body::Blob { blob, .. } => self.get(blob).map(Cow::Owned),
            Body::Omitted { omitted, bytes } => Err(JournalError::Omitted { hash: omitted.clone(), bytes: *bytes }),
        }
    }

    fn get(&self, hash: &str) -> Result<String, JournalError> {
        let damaged = |reason: String| JournalError::Blob { hash: hash.to_owned(), reason };
        let path = self.path(hash).ok_or_else(|| damaged("not a hash".into()))?;
        let file = files::open(&path).map_err(|error| damaged(error.to_string()))?;
        let mut text = Vec::new();
        let decoder = zstd::stream::Decoder::new(file).map_err(|error| damaged(error.to_string()))?;
        io::Read::read_to_end(&mut io::Read::take(decoder, MAX_BLOB as u64 + 1), &mut text)
            .map_err(|error| damaged(error.to_string()))?;
        if blake3::hash(&text).to_hex().as_str() != hash {
            return Err(damaged("its content is not what its name says".into()));
        }
        String::from_utf8(text).map_err(|error| damaged(error.to_string()))
    }

    /// Takes the lock under which blobs are put and named by a line.
    pub(super) fn hold(&self) -> io::Result<Hold> {
        let lock = self.lock_file()?;
        lock.lock_shared()?;
        Ok(Hold { _lock: lock })
    }

    /// Waits until nobody puts blobs, and keeps it so.
    pub(super) fn hold_alone(&self) -> io::Result<Hold> {
        let lock = self.lock_file()?;
        lock.lock()?;
        Ok(Hold { _lock: lock })
    }

    fn lock_file(&self) -> io::Result<File> {
        files::create_dir(&self.dir)?;
        files::open_lock(&self.dir.join("lock"))
    }

    /// Stores a text. Returns what to write in its place, and the new file, not synced yet.
    pub(super) fn put(&self, text: &str, _hold: &Hold) -> io::Result<(Body, Option<File>)> {
        let bytes = text.len() as u64;
        let hash = blake3::hash(text.as_bytes()).to_hex().to_string();
        if text.len() > MAX_BLOB {
            return Ok((Body::Omitted { omitted: hash, bytes }, None));
        }
        let path = self.path(&hash).ok_or(io::ErrorKind::InvalidInput)?;
        let file = if files::open(&path).is_ok() {
            None
        } else {
            static SERIAL: AtomicU64 = AtomicU64::new(0);
            let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
            if let Some(parent) = path.parent() {
                files::create_dir(parent)?;
            }
            let temporary = path.with_extension(format!("{}-{serial}.tmp", std::process::id()));
            Some(files::write_whole(&path, &temporary, &zstd::bulk::compress(text.as_bytes(), 0)?)?)
        };
        Ok((Body::Blob { blob: hash, bytes }, file))
    }

    /// Every file with its hash and size; leftovers of a killed writer have no hash.
    pub(super) fn list(&self) -> io::Result<Vec<(PathBuf, Option<String>, u64)>> {
        let mut blobs = Vec::new();
        for dir in files::list_dirs(&self.dir)? {
            let start = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
            for (path, size) in files::list(&dir)? {
                let rest = path.file_name().unwrap_or_default().to_string_lossy();
                let hash = format!("{start}{rest}");
                blobs.push((path, is_hash(&hash).then_some(hash), size));
            }
        }
        Ok(blobs)
    }

    fn path(&self, hash: &str) -> Option<PathBuf> {
        is_hash(hash).then(|| self.dir.join(&hash[..2]).join(&hash[2..]))
    }
}

/// Whether a JSON object is what a body that moved out leaves behind, and nothing more.
pub(super) fn is_reference(members: &serde_json::Map<String, serde_json::Value>) -> bool {
    let hash = members.get("blob").or_else(|| members.get("omitted"));
    members.len() == 2
        && members.get("bytes").is_some_and(serde_json::Value::is_u64)
        && hash.and_then(serde_json::Value::as_str).is_some_and(is_hash)
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_and_are_stored_once() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(dir.path());
        let hold = blobs.hold().unwrap();
        let text = "fn main() {}\n".repeat(1000);
        let (body, file) = blobs.put(&text, &hold).unwrap();
        assert!(file.is_some());
        let (again, file) = blobs.put(&text, &hold).unwrap();
        assert!(file.is_none());
        assert_eq!(body, again);
        assert_eq!(blobs.text(&body).unwrap(), text);
        let listed = blobs.list().unwrap();
        assert_eq!(listed.len(), 1);
        assert!(listed[0].2 < 200, "compressed to {}", listed[0].2);
    }

    #[test]
    fn too_long_is_refused_with_size_and_hash() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(dir.path());
        let text = "x".repeat(MAX_BLOB + 1);
        let (body, _) = blobs.put(&text, &blobs.hold().unwrap()).unwrap();
        assert_eq!(
            body,
            Body::Omitted { omitted: blake3::hash(text.as_bytes()).to_hex().to_string(), bytes: text.len() as u64 }
        );
        assert!(blobs.list().unwrap().is_empty());
        assert!(blobs.text(&body).unwrap_err().to_string().contains("33554433 bytes"));
    }

    #[test]
    fn damage_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(dir.path());
        let (body, _) = blobs.put("some text", &blobs.hold().unwrap()).unwrap();
        let path = blobs.list().unwrap()[0].0.clone();
        std::fs::write(&path, zstd::bulk::compress(b"other text", 0).unwrap()).unwrap();
        assert!(blobs.text(&body).unwrap_err().to_string().contains("not what its name says"));
        std::fs::write(&path, b"garbage").unwrap();
        assert!(blobs.text(&body).is_err());
        std::fs::remove_file(&path).unwrap();
        assert!(blobs.text(&body).is_err());
        let evil = Body::Blob { blob: "../../../../etc/passwd".into(), bytes: 1 };
        assert!(blobs.text(&evil).unwrap_err().to_string().contains("not a hash"));
    }
}
