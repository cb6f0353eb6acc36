//! What is kept of a workspace from one start to the next: one file in the user's cache folder, with the listing, and what
//! stands in the text tier. It can always be made anew, and whatever is not right about it makes that happen.
//!
//! A kept listing counts when nothing that decides it changed (`rules`), a kept file when it has the stamp that it had before
//! it was read; all else is looked at as if nothing were known of it.

mod files;
mod form;
mod mapped;
mod rows;
mod rules;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use self::form::{Form, Part, put_text};
use self::rows::{Columns, Row};
use self::rules::Rules;
use super::RelPath;
use super::jail::Jail;
use super::standing::Standing;
use super::walk::{self, Listing};
use crate::index::Index;

/// The place of a workspace's file.
#[derive(Debug)]
pub(super) struct Shelf {
    folder: PathBuf,
    file: PathBuf,
    /// Bytes that the files of all workspaces may have.
    most: u64,
    /// Whether somebody looked at what is there.
    is_read: AtomicBool,
    /// Whether nothing can be written there.
    is_unusable: AtomicBool,
    last: Mutex<Last>,
}

/// What this process last read or wrote.
#[derive(Debug, Default)]
struct Last {
    index: Option<Arc<Index>>,
    /// Whether the next start will have use for the listing.
    holds: bool,
    written: Option<Instant>,
}

/// What is kept without being asked for is written at most once in this time.
const PAUSE: Duration = Duration::from_secs(60);

/// What was kept.
pub(super) struct Restored {
    pub(super) standing: Standing,
    /// Files that are not what they were, or of which that is not certain.
    pub(super) differing: Vec<RelPath>,
    /// `None` when it may be another now.
    pub(super) listing: Option<Listing>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub path: PathBuf,
    pub bytes: u64,
}

impl Shelf {
    /// For the folders of a jail, in a cache folder of which files of workspaces may take up to `most` bytes.
    pub(super) fn new(cache: &Path, most: u64, jail: &Jail) -> Self {
        let folder = cache.join("workspaces");
        let folders = jail.folders.iter().map(|folder| (folder.prefix.as_deref(), &*folder.root));
        let (is_read, is_unusable, last) = Default::default();
        Self { file: files::path(&folder, &form::name(folders)), folder, most, is_read, is_unusable, last }
    }

    pub(super) fn path(&self) -> &Path {
        &self.file
    }

    /// Leaves what is there alone.
    pub(super) fn pass_over(&self) {
        self.is_read.store(true, Ordering::Relaxed);
    }

    /// What is there, compared with the disk, for the first who asks. A file that is of no use is as good as none.
    pub(super) fn restore(&self, jail: &Jail) -> Option<Restored> {
        if self.is_read.swap(true, Ordering::Relaxed) {
            return None;
        }
        let mapped = match files::map(&self.file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            mapped => mapped.map_err(|error| error.to_string()),
        };
        let read = |mapped| {
            let form = Form::read(mapped).map_err(|error| error.to_string())?;
            let index = Index::read(form.index()).map_err(|error| error.to_string())?;
            read(&form, index, jail).map_err(|error| error.to_string())
        };
        let read = mapped.and_then(read);
        let restored =
            read.inspect_err(|error| tracing::debug!("{}: is not used: {error}", self.file.display())).ok()?;
        let index = Some(restored.standing.index.clone());
        *self.last() = Last { index, holds: restored.listing.is_some(), written: None };
        Some(restored)
    }

    /// Keeps what stands, unless the next start would gain little by that. Nobody depends on it: what goes wrong is one
    /// line in the log, and then nothing is tried again.
    pub(super) fn keep_if_due(&self, jail: &Jail, standing: &Standing) {
        let is_due = {
            let last = self.last();
            let is_known = last.index.as_ref().is_some_and(|index| Arc::ptr_eq(index, &standing.index));
            !(is_known && last.holds) && last.written.is_none_or(|written| written.elapsed() > PAUSE)
        };
        if is_due && !self.is_unusable.load(Ordering::Relaxed) {
            match self.keep(jail, standing) {
                Ok(kept) => tracing::debug!("{}: {} bytes are kept", kept.path.display(), kept.bytes),
                Err(error) => {
                    self.is_unusable.store(true, Ordering::Relaxed);
                    tracing::info!("{}: the index of the workspace cannot be kept: {error}", self.file.display());
                }
            }
        }
    }

    /// Keeps what stands, and a listing that is walked for it. Makes room for it among the files of other workspaces.
    ///
    /// # Errors
    /// When it could not be written; the file that was there stays.
    pub(super) fn keep(&self, jail: &Jail, standing: &Standing) -> io::Result<Kept> {
        self.keep_as_of(jail, standing, SystemTime::now())
    }

    /// The same, given the time of now.
    fn keep_as_of(&self, jail: &Jail, standing: &Standing, began: SystemTime) -> io::Result<Kept> {
        let listing = walk::walk(&jail.folders, false).map_err(io::Error::other)?;
        let rules = Rules::of(jail, &listing, began);
        let columns = Columns::of(standing, &listing);
        let section = |part| {
            let mut out = Vec::new();
            match part {
                Part::Roots => {
                    for folder in &jail.folders {
                        put_text(&mut out, &folder.root.to_string_lossy());
                    }
                }
                Part::Rules => {
                    if let Some(rules) = &rules {
                        rules.write(&mut out);
                    }
                }
                Part::Paths => out.clone_from(&columns.paths),
                Part::Ends => out.clone_from(&columns.ends),
                Part::Stamps => out.clone_from(&columns.stamps),
                Part::Flags => out.clone_from(&columns.flags),
                Part::Index => {}
            }
            out
        };
        let written = files::write(&self.file, |out| form::write(out, section, |out| standing.index.write(out)));
        let bytes = written.inspect_err(|error| {
            // What stands came from that file, and turned out not to be what was written.
            if error.kind() == io::ErrorKind::InvalidData {
                files::remove(&self.file);
            }
        })?;
        *self.last() =
            Last { index: Some(standing.index.clone()), holds: rules.is_some(), written: Some(Instant::now()) };
        self.make_room();
        Ok(Kept { path: self.file.clone(), bytes })
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        // Nothing in here can be left half done.
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn make_room(&self) {
        let is_gone = |path: &Path| {
            let roots = files::map(path).ok().and_then(form::roots);
            roots.is_some_and(|roots| roots.iter().any(|root| !Path::new(root).is_dir()))
        };
        if let Err(error) = files::prune(&self.folder, self.most, &self.file, is_gone) {
            tracing::debug!("{}: {error}", self.folder.display());
        }
    }
}

fn read(form: &Form, index: Index, jail: &Jail) -> Result<Restored, form::Unusable> {
    let mut rules = form.section(Part::Rules)?;
    let rules = if rules.is_empty() { None } else { Some(Rules::read(&mut rules)?) };
    let rules = rules.filter(Rules::hold);
    let rows = Row::read_all(form, jail)?;
    let (known, besides) = rows.split_at_checked(index.files() as usize).ok_or(form::Unusable::Damaged)?;
    let listing = rules.and_then(|rules| {
        let entries = rows.iter().map(|row| row.entry(jail)).collect::<Option<Vec<_>>>()?;
        let mut files: Vec<_> = entries.into_iter().flatten().collect();
        if !besides.is_empty() {
            files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        }
        Some(Listing { files, folders: rules.folders().collect(), skipped: rules.skipped })
    });
    if !known.is_sorted_by(|one, other| one.path < other.path) {
        return Err(form::Unusable::Damaged);
    }
    let differing = known.iter().filter(|row| !row.is_same()).map(|row| row.path.clone()).collect();
    let standing = Standing {
        paths: known.iter().map(|row| row.path.clone()).collect(),
        stamps: known.iter().map(Row::settled).collect(),
        binary: known.iter().map(Row::is_binary).collect(),
        index: Arc::new(index),
    };
    Ok(Restored { standing, differing, listing })
}
