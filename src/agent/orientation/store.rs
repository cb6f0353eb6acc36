//! The maps on disk: one SQLite file for all workspaces and processes, readable by its owner alone. Nothing here fails: a
//! map that cannot be had is an empty one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, params};

/// blake3 of what it stands for.
pub type Key = [u8; 32];

const FILE: &str = "maps.sqlite";
const VERSION: i64 = 1;

/// Modules that are kept of one workspace, and of all.
const MOST_OF_ONE: i64 = 400;
const MOST: i64 = 8_000;

/// How long another process may hold the file.
const PATIENCE: Duration = Duration::from_secs(2);

const SCHEMA: &str = "
    DROP TABLE IF EXISTS modules;
    CREATE TABLE modules (
        workspace BLOB NOT NULL,
        path TEXT NOT NULL,
        hash BLOB NOT NULL,
        summary TEXT NOT NULL,
        -- The question whose run wrote it.
        origin BLOB NOT NULL,
        -- Counts the writes: the oldest go first.
        at INTEGER NOT NULL,
        PRIMARY KEY (workspace, path)
    ) WITHOUT ROWID;
    PRAGMA user_version = 1;
";

/// What is said of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub path: String,
    /// Of its files as they were.
    pub hash: [u8; 32],
    /// Empty when its author had nothing to say.
    pub summary: String,
}

/// The maps of this installation. The file is open only while it is used, so processes hardly meet.
#[derive(Debug, Clone)]
pub struct Maps {
    file: PathBuf,
}

impl Maps {
    pub fn new(state_dir: &Path) -> Self {
        Self { file: state_dir.join(FILE) }
    }

    /// What is known of a workspace, newest first, but for what this `origin` wrote.
    pub fn read(&self, workspace: &Key, origin: Option<&Key>) -> Vec<Entry> {
        if !self.file.exists() {
            return Vec::new();
        }
        self.try_use(|connection| {
            let mut rows = connection.prepare(
                "SELECT path, hash, summary FROM modules WHERE workspace = ?1 AND origin IS NOT ?2
                 ORDER BY at DESC, path",
            )?;
            let entry =
                |row: &rusqlite::Row<'_>| Ok(Entry { path: row.get(0)?, hash: row.get(1)?, summary: row.get(2)? });
            rows.query_map(params![workspace, origin], entry)?.collect()
        })
        .unwrap_or_default()
    }

    /// Keeps entries in the place of those of the same modules.
    pub fn write(&self, workspace: &Key, origin: &Key, entries: &[Entry]) {
        if entries.is_empty() {
            return;
        }
        self.try_use(|connection| {
            let all = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let at: i64 = all.query_row("SELECT coalesce(max(at), 0) + 1 FROM modules", [], |row| row.get(0))?;
            for Entry { path, hash, summary } in entries {
                all.execute(
                    "INSERT OR REPLACE INTO modules VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![workspace, path, hash, summary, origin, at],
                )?;
            }
            all.execute(
                "DELETE FROM modules WHERE workspace = ?1 AND path NOT IN
                 (SELECT path FROM modules WHERE workspace = ?1 ORDER BY at DESC, path LIMIT ?2)",
                params![workspace, MOST_OF_ONE],
            )?;
            all.execute(
                "DELETE FROM modules WHERE at <= (SELECT at FROM modules ORDER BY at DESC LIMIT 1 OFFSET ?1)",
                params![MOST],
            )?;
            all.commit()
        });
    }

    /// Uses the file, which is made when there is none, and made anew when it is no database.
    fn try_use<T>(&self, work: impl Fn(&mut Connection) -> rusqlite::Result<T>) -> Option<T> {
        let result = self.open().and_then(|mut connection| work(&mut connection));
        let result = match result {
            Err(error) if is_broken(&error) => {
                tracing::warn!(file = %self.file.display(), %error, "the map cannot be read and is set aside");
                self.set_aside();
                self.open().and_then(|mut connection| work(&mut connection))
            }
            result => result,
        };
        result.inspect_err(|error| tracing::debug!(file = %self.file.display(), %error, "no map")).ok()
    }

    fn open(&self) -> rusqlite::Result<Connection> {
        self.create();
        let mut connection = Connection::open(&self.file)?;
        connection.busy_timeout(PATIENCE)?;
        let version = |connection: &Connection| -> rusqlite::Result<i64> {
            connection.pragma_query_value(None, "user_version", |row| row.get(0))
        };
        if version(&connection)? != VERSION {
            let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            // Another process may have been first.
            if version(&change)? != VERSION {
                change.execute_batch(SCHEMA)?;
            }
            change.commit()?;
        }
        Ok(connection)
    }

    /// SQLite would make the file readable by others.
    #[expect(clippy::disallowed_methods, reason = "the maps' one door to their file")]
    fn create(&self) {
        let mut options = std::fs::OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // When it fails, opening the database fails too, and says why.
        drop(options.open(&self.file));
    }

    #[expect(clippy::disallowed_methods, reason = "the maps' one door to their file")]
    fn set_aside(&self) {
        if let Err(error) = std::fs::rename(&self.file, self.file.with_extension("broken")) {
            tracing::debug!(%error, "the map stays where it is");
        }
    }
}

fn is_broken(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests break files")]
mod tests {
    use super::*;

    fn entry(path: &str, summary: &str) -> Entry {
        Entry { path: path.to_owned(), hash: [7; 32], summary: summary.to_owned() }
    }

    fn paths(entries: &[Entry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.path.as_str()).collect()
    }

    #[test]
    fn what_is_written_is_read_by_others() {
        let state = tempfile::tempdir().unwrap();
        let maps = Maps::new(state.path());
        assert_eq!(maps.read(&[1; 32], None), []);
        maps.write(&[1; 32], &[2; 32], &[entry("a/*", "one"), entry("b/*", "two")]);
        maps.write(&[1; 32], &[3; 32], &[entry("b/*", "three")]);
        let all = Maps::new(state.path()).read(&[1; 32], None);
        assert_eq!(all, [entry("b/*", "three"), entry("a/*", "one")]);
        assert_eq!(paths(&maps.read(&[1; 32], Some(&[3; 32]))), ["a/*"]);
        assert_eq!(maps.read(&[9; 32], None), []);
    }

    #[test]
    fn the_oldest_go() {
        let state = tempfile::tempdir().unwrap();
        let maps = Maps::new(state.path());
        maps.write(&[1; 32], &[2; 32], &[entry("old", "x")]);
        let many: Vec<Entry> = (0..MOST_OF_ONE).map(|at| entry(&format!("{at:04}"), "x")).collect();
        maps.write(&[1; 32], &[2; 32], &many);
        let kept = maps.read(&[1; 32], None);
        assert_eq!(kept.len() as i64, MOST_OF_ONE);
        assert!(!paths(&kept).contains(&"old"));
    }

    #[test]
    fn several_write_at_once() {
        let state = tempfile::tempdir().unwrap();
        let maps = Maps::new(state.path());
        std::thread::scope(|scope| {
            for writer in 0..4_u8 {
                let maps = maps.clone();
                scope.spawn(move || maps.write(&[1; 32], &[2; 32], &[entry(&format!("{writer}/*"), "x")]));
            }
        });
        assert_eq!(maps.read(&[1; 32], None).len(), 4);
    }

    #[test]
    fn a_broken_file_is_set_aside_and_a_folder_that_is_not_there_is_no_error() {
        let state = tempfile::tempdir().unwrap();
        let maps = Maps::new(state.path());
        std::fs::write(state.path().join(FILE), "this is no database, and long enough to be taken for one".repeat(90))
            .unwrap();
        assert_eq!(maps.read(&[1; 32], None), []);
        maps.write(&[1; 32], &[2; 32], &[entry("a/*", "x")]);
        assert_eq!(maps.read(&[1; 32], None).len(), 1);
        let nowhere = Maps::new(&state.path().join("none"));
        nowhere.write(&[1; 32], &[2; 32], &[entry("a/*", "x")]);
        assert_eq!(nowhere.read(&[1; 32], None), []);
    }
}
