//! The file: replies by key in SQLite, several processes at once, the least recently used going first.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, TransactionBehavior, params};

use super::{Key, files};
use crate::model::Reply;

/// A file with any other is emptied: replies can be had again.
const VERSION: i64 = 1;

/// Waits this long for another process that writes.
const PATIENCE: Duration = Duration::from_millis(500);

/// Bytes from which a reply is compressed.
const WORTH_PACKING: usize = 512;

/// Bytes of the hash that tells whether a reply is still what was kept.
const DIGEST: usize = 16;

const TABLE: &str = "
    CREATE TABLE replies (
        id INTEGER PRIMARY KEY,
        key BLOB NOT NULL UNIQUE,
        packed INTEGER NOT NULL,
        digest BLOB NOT NULL,
        reply BLOB NOT NULL,
        used INTEGER NOT NULL
    );
    CREATE INDEX by_use ON replies (used);
";

/// The pages that hold something, in bytes.
const IN_USE: &str = "SELECT (pages.page_count - free.freelist_count) * size.page_size
    FROM pragma_page_count AS pages, pragma_freelist_count AS free, pragma_page_size AS size";

/// A clock that counts uses, the same for all processes.
const NOW: &str = "(SELECT coalesce(max(used), 0) + 1 FROM replies)";

/// How much a cache holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    pub replies: u64,
    /// Of the file, those that are free again left out.
    pub bytes: u64,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum StoreError {
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("a reply cannot be written: {0}")]
    Reply(#[from] serde_json::Error),
}

impl StoreError {
    /// Whether the file is no database, or a damaged one.
    pub fn is_corruption(&self) -> bool {
        matches!(self.code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
    }

    /// Whether another process has the file, and will be done.
    pub fn is_busy(&self) -> bool {
        match self {
            Self::Io(error) => error.kind() == io::ErrorKind::WouldBlock,
            _ => matches!(self.code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)),
        }
    }

    fn code(&self) -> Option<ErrorCode> {
        let Self::Sqlite(error) = self else { return None };
        error.sqlite_error_code()
    }
}

/// An open file. Everything blocks.
pub(super) struct Store {
    connection: Connection,
    /// Bytes that the file may hold.
    most: u64,
}

impl Store {
    /// Opens the file, or makes it.
    pub fn open(path: &Path, most: u64) -> Result<Self, StoreError> {
        files::create(path)?;
        let _alone = files::lock(path, PATIENCE)?;
        Self::open_alone(path, most)
    }

    /// Sets a damaged file aside and makes a new one, unless another process did by now. Says where the old one is.
    pub fn renew(path: &Path, most: u64) -> Result<(Self, Option<PathBuf>), StoreError> {
        files::create(path)?;
        let _alone = files::lock(path, PATIENCE)?;
        match Self::open_alone(path, most).and_then(|store| store.check().map(|()| store)) {
            Ok(store) => Ok((store, None)),
            Err(error) if error.is_corruption() => {
                let aside = files::set_aside(path)?;
                files::create(path)?;
                Ok((Self::open_alone(path, most)?, Some(aside)))
            }
            Err(error) => Err(error),
        }
    }

    fn open_alone(path: &Path, most: u64) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(PATIENCE)?;
        if version(&connection)? != VERSION {
            rebuild(&mut connection)?;
        }
        // Readers and one writer at once, and no wait for the disk: what a crash of the machine takes can be had again.
        connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")?;
        connection.execute_batch("PRAGMA journal_size_limit = 4194304;")?;
        let mut store = Self { connection, most };
        if store.bytes()? > most {
            store.evict()?;
            // Gives pages back one by one, as it is asked for rows.
            let mut vacuum = store.connection.prepare("PRAGMA incremental_vacuum")?;
            let mut rows = vacuum.query([])?;
            while rows.next()?.is_some() {}
        }
        Ok(store)
    }

    fn check(&self) -> Result<(), StoreError> {
        let said: String = self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if said == "ok" {
            return Ok(());
        }
        let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
        Err(rusqlite::Error::SqliteFailure(code, Some(said)).into())
    }

    /// The reply under a key, which counts as used now.
    pub fn get(&mut self, key: Key) -> Result<Option<Reply>, StoreError> {
        let found = self
            .connection
            .query_row("SELECT packed, digest, reply FROM replies WHERE key = ?1", [key.bytes()], |row| {
                Ok((row.get::<_, u32>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, Vec<u8>>(2)?))
            })
            .optional()?;
        let Some((size, digest, kept)) = found else { return Ok(None) };
        let Some(reply) = unpack(size as usize, &digest, kept) else {
            self.forget(key)?;
            return Ok(None);
        };
        let touched = self
            .connection
            .execute(&format!("UPDATE replies SET used = {NOW} WHERE key = ?1"), [key.bytes()])
            .map_err(StoreError::from);
        match touched {
            // It only goes a little earlier than it should.
            Err(error) if error.is_busy() => {}
            result => drop(result?),
        }
        Ok(Some(reply))
    }

    /// Keeps a reply, in place of an older one. What takes an eighth of the room by itself is not kept.
    pub fn keep(&mut self, key: Key, reply: &Reply) -> Result<(), StoreError> {
        let text = serde_json::to_vec(reply)?;
        let digest = digest(&text);
        // 0: as it is.
        let (size, kept) = match u32::try_from(text.len()) {
            Ok(size) if text.len() >= WORTH_PACKING => (size, zstd::bulk::compress(&text, 3)?),
            _ => (0, text),
        };
        if kept.len() as u64 > self.most / 8 {
            return Ok(());
        }
        let change = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        change.execute(
            &format!(
                "INSERT OR REPLACE INTO replies (key, packed, digest, reply, used) VALUES (?1, ?2, ?3, ?4, {NOW})"
            ),
            params![key.bytes(), size, &digest[..], kept],
        )?;
        change.commit()?;
        if self.bytes()? > self.most {
            self.evict()?;
        }
        Ok(())
    }

    pub fn forget(&mut self, key: Key) -> Result<(), StoreError> {
        self.connection.execute("DELETE FROM replies WHERE key = ?1", [key.bytes()])?;
        Ok(())
    }

    /// Drops what was not used for longest, until a tenth of the room is free.
    fn evict(&mut self) -> Result<(), StoreError> {
        let change = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // A sixteenth at a time.
        let oldest = "DELETE FROM replies WHERE id IN
            (SELECT id FROM replies ORDER BY used LIMIT (SELECT count(*) / 16 + 1 FROM replies))";
        while in_use(&change)? > self.most / 10 * 9 && change.execute(oldest, [])? > 0 {}
        change.commit()?;
        Ok(())
    }

    fn bytes(&self) -> Result<u64, StoreError> {
        Ok(in_use(&self.connection)?)
    }
}

/// What is in the file, which is not changed; `None` when there is none.
pub(super) fn stats(path: &Path) -> Result<Option<Stats>, StoreError> {
    if !path.is_file() {
        return Ok(None);
    }
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    if version(&connection)? != VERSION {
        return Ok(None);
    }
    let replies: i64 = connection.query_row("SELECT count(*) FROM replies", [], |row| row.get(0))?;
    Ok(Some(Stats { replies: replies.unsigned_abs(), bytes: in_use(&connection)? }))
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

fn in_use(connection: &Connection) -> rusqlite::Result<u64> {
    connection.query_row(IN_USE, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
}

/// Makes an empty table of this version, whatever is there.
fn rebuild(connection: &mut Connection) -> rusqlite::Result<()> {
    // Has to come before the first table; on a file with tables it does nothing.
    connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL;")?;
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    change.execute_batch("DROP TABLE IF EXISTS replies;")?;
    change.execute_batch(TABLE)?;
    change.execute_batch(&format!("PRAGMA user_version = {VERSION};"))?;
    change.commit()
}

fn digest(text: &[u8]) -> [u8; DIGEST] {
    let mut digest = [0; DIGEST];
    digest.copy_from_slice(&blake3::hash(text).as_bytes()[..DIGEST]);
    digest
}

/// The reply as it was kept; `None` when the bytes are not those any more. `size` is 0 when it is not compressed.
fn unpack(size: usize, expected: &[u8], kept: Vec<u8>) -> Option<Reply> {
    let text = if size == 0 { kept } else { zstd::bulk::decompress(&kept, size).ok()? };
    (digest(&text) == expected).then(|| serde_json::from_slice(&text).ok()).flatten()
}

#[cfg(test)]
mod tests;
