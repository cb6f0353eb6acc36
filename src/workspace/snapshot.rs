//! One immutable view of the workspace: which files there are, and their text.

use std::borrow::Borrow;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use rayon::prelude::*;

use super::base::{Base, Walked, find};
use super::decode::{self, BINARY_PROBE};
use super::indexed::Indexed;
use super::jail::{Jail, Opened};
use super::news::{self, News};
use super::overlay::Overlay;
use super::path::on_disk;
use super::pins::{Mark, Pin, Stamp};
use super::saved::{Kept, Shelf};
use super::scope::Scope;
use super::slice::{self, Slice, Streamed};
use super::tier::{Look, Suspect, Suspects};
use super::walk::{Listing, is_hidden};
use super::{Globs, RelPath, Skipped, TextHash, WorkspaceError, git};
use crate::cancel::Cancel;
use crate::index::Need;

/// Bigger files are not read whole.
const TEXT_LIMIT: u64 = 64 << 20;

/// Lines of bigger files are streamed, and no slice is longer.
const SLICE_LIMIT: usize = 8 << 20;

/// How often a file that is written to while we read it is read again.
const ATTEMPTS: usize = 3;

/// A file of the snapshot.
#[derive(Debug, Clone)]
pub struct FileEntry {
    pub path: RelPath,
    /// Whether a component of the path starts with a dot.
    pub hidden: bool,
    /// See [`Snapshot::size`]. Only some who list files ask for it, and it takes as long as listing them.
    pub(super) bytes: OnceLock<u64>,
}

impl FileEntry {
    /// A file that may be somewhere.
    pub fn new(path: RelPath, hidden: bool) -> Self {
        Self { path, hidden, bytes: OnceLock::new() }
    }

    /// A file of a size that is known, in bytes.
    pub(super) fn sized(path: RelPath, hidden: bool, bytes: u64) -> Self {
        Self { path, hidden, bytes: bytes.into() }
    }
}

/// Where the bytes of a file come from: the disk, through the jail, or memory.
pub enum Source {
    File {
        file: File,
        /// How long it was when it was opened.
        bytes: u64,
    },
    Memory(Arc<[u8]>),
}

/// How the bytes of a file are related to its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// They are the text.
    Utf8,
    /// A byte order mark and the text.
    Utf8Bom,
    /// UTF-16, or bytes that are no UTF-8: the text cannot be turned back into them.
    Other,
}

/// One immutable view of the workspace. Clones share it.
///
/// Which files there are is settled when they are first asked for (the hidden ones apart). A file that was handed out by
/// [`Self::text`], [`Self::lines`] or [`Self::hash`] stays as it was; where that cannot be had any more, reading it again
/// says [`WorkspaceError::Changed`]. [`Self::open`] honours this, but hands out without holding on.
#[derive(Clone)]
pub struct Snapshot(Arc<View>);

struct View {
    base: Arc<Base>,
    overlay: Overlay,
    scope: Vec<Scope>,
    visible: Walked,
    hidden: Walked,
}

impl View {
    /// Whether the files it sees are those of the base with the buffers.
    fn is_whole(&self) -> bool {
        self.scope.is_empty() && !self.overlay.is_empty()
    }
}

impl Drop for View {
    fn drop(&mut self) {
        if self.is_whole()
            && let Some(listing) = self.visible.take()
        {
            self.base.spare.put(&self.overlay, listing.files);
        }
    }
}

impl Snapshot {
    pub(super) fn new(name: Arc<str>, jail: Arc<Jail>, shelf: Option<Arc<Shelf>>) -> Self {
        Self::view(Arc::new(Base::new(name, jail, shelf)), Overlay::default(), Vec::new())
    }

    fn view(base: Arc<Base>, overlay: Overlay, scope: Vec<Scope>) -> Self {
        let (visible, hidden) = Default::default();
        Self(Arc::new(View { base, overlay, scope, visible, hidden }))
    }

    /// The same state seen through globs as ripgrep's `-g` has them; a plain path stands for a folder with its contents
    /// too. What is outside can neither be listed nor read. Narrowing again narrows further.
    pub fn scoped<S: AsRef<str>>(&self, globs: &[S]) -> Result<Self, WorkspaceError> {
        let mut scope = self.0.scope.clone();
        if !globs.is_empty() {
            scope.push(Scope::Globs(Globs::for_scope(globs)?));
        }
        Ok(Self::view(self.0.base.clone(), self.0.overlay.clone(), scope))
    }

    /// The same state with nothing but these files, which `name` says for people. Narrowing again narrows further.
    pub fn only(&self, paths: impl IntoIterator<Item = RelPath>, name: &str) -> Self {
        let mut scope = self.0.scope.clone();
        scope.push(Scope::Files { paths: Arc::new(paths.into_iter().collect()), name: name.into() });
        Self::view(self.0.base.clone(), self.0.overlay.clone(), scope)
    }

    /// The same state with open buffers before the files on disk. Buffers of secret files are left out:
    /// reading those is refused as ever.
    pub fn with_overlay(&self, buffers: impl IntoIterator<Item = (RelPath, Arc<str>)>) -> Self {
        let overlay = self.0.overlay.with(buffers);
        Self::view(self.0.base.clone(), overlay, self.0.scope.clone())
    }

    /// The workspace as it is now, when `changed` names the files whose contents changed since, and `listing_changed` says
    /// whether files came or went, or what is ignored. Cheap, nothing on disk is looked at: a changed listing is walked
    /// on first use, and texts that were read stay while their files do. This snapshot stays as it is.
    pub fn refreshed(&self, changed: &[RelPath], listing_changed: bool) -> Self {
        let base = self.0.base.refreshed(changed, listing_changed);
        Self::view(Arc::new(base), self.0.overlay.clone(), self.0.scope.clone())
    }

    /// What it takes to follow changes that were heard of, from looking at each. Paths that say nothing are left out: those
    /// outside of the folders, secret ones, and those that are neither listed nor would be. Waits for a walk that is under
    /// way, but begins none: before the first one there is nothing to follow.
    pub fn news<'p>(&self, heard: impl IntoIterator<Item = &'p Path>) -> News {
        news::sift(&self.0.base, heard.into_iter().filter_map(|path| self.relative(path)))
    }

    /// The folders that hold what [`Self::files`] lists, or may come to: their canonical paths.
    pub fn folders(&self) -> Result<&[PathBuf], WorkspaceError> {
        self.0.base.folders()
    }

    /// The folder's name, or the names of all folders.
    pub fn name(&self) -> &str {
        &self.0.base.name
    }

    /// The canonical paths of the folders.
    pub fn root_paths(&self) -> Vec<&Path> {
        self.0.base.jail.folders.iter().map(|folder| folder.root.as_path()).collect()
    }

    /// The workspace's path for an absolute one, whether or not there is such a file. `None` outside of every folder.
    pub fn relative(&self, path: &Path) -> Option<RelPath> {
        self.0.base.jail.folders.iter().find_map(|folder| {
            let inside = path.strip_prefix(&folder.root).or_else(|_| path.strip_prefix(&folder.given)).ok()?;
            RelPath::from_disk(folder.prefix.as_deref(), inside)
        })
    }

    /// The absolute path of a workspace's path, below the folder as it was named when it was opened.
    pub fn absolute(&self, path: &RelPath) -> Option<PathBuf> {
        self.0.base.jail.folders.iter().find_map(|folder| {
            let inside = match &folder.prefix {
                Some(prefix) => path.as_str().strip_prefix(&**prefix)?.strip_prefix('/')?,
                None => path.as_str(),
            };
            Some(folder.given.join(on_disk(inside)?))
        })
    }

    /// The canonical path of the folder that a workspace's path is in, and its name on disk below that.
    pub fn rooted(&self, path: &RelPath) -> Option<(&Path, PathBuf)> {
        self.0.base.jail.locate(path).ok().map(|(folder, name)| (folder.root.as_path(), name))
    }

    /// Branch and commit, with the folder's name when there are several; `None` outside of git.
    pub fn revision(&self) -> Option<&str> {
        self.0.base.revision()
    }

    /// Files with changes that git has not got: all staged and changed ones, and those of `touched` that it does not know.
    /// By their workspace paths, or absolute ones outside of its folders. Empty without git.
    ///
    /// # Errors
    /// For a repository that cannot be read.
    pub fn uncommitted(&self, touched: &[&RelPath]) -> Result<Vec<String>, WorkspaceError> {
        let mut all = Vec::new();
        for folder in &self.0.base.jail.folders {
            let inside = |path: &&RelPath| {
                let (its, name) = self.0.base.jail.locate(path).ok()?;
                std::ptr::eq(its, folder).then(|| folder.root.join(name))
            };
            let touched: Vec<PathBuf> = touched.iter().filter_map(inside).collect();
            let changed = git::uncommitted(&folder.root, &touched)
                .map_err(|reason| WorkspaceError::Git { path: folder.root.display().to_string(), reason })?;
            let shown = |path: &PathBuf| match self.relative(path) {
                Some(path) => path.to_string(),
                None => path.display().to_string(),
            };
            all.extend(changed.iter().map(shown));
        }
        all.dedup();
        Ok(all)
    }

    /// The files that ripgrep would search here, without secrets, sorted by path bytes. Walked on first use.
    pub fn files(&self) -> Result<&[FileEntry], WorkspaceError> {
        self.listing(false)
    }

    /// The files of [`Self::files`] and the hidden ones (neither ignored nor secret), sorted alike.
    pub fn files_with_hidden(&self) -> Result<&[FileEntry], WorkspaceError> {
        self.listing(true)
    }

    /// How long a file is, in bytes: on disk when this is first asked of a listing, 0 if it is gone by then; as an editor has
    /// it, if it does.
    pub fn size(&self, entry: &FileEntry) -> u64 {
        *entry.bytes.get_or_init(|| self.0.base.size(entry))
    }

    /// The sizes of files, added.
    pub fn total_size<E: Borrow<FileEntry> + Sync>(&self, entries: &[E]) -> u64 {
        entries.par_iter().map(|entry| self.size(entry.borrow())).sum()
    }

    /// Reads the workspace's visible files, those that were not read yet or may have changed, so that searches of this state
    /// and later ones open few of them. Blocks, on as many threads as there are cores; ends early when cancelled. Not part
    /// of any answer: searches find the same without it, and with one that is out of date.
    pub fn index(&self, cancel: &Cancel) -> Result<(), WorkspaceError> {
        self.index_while(&|| !cancel.is_cancelled())?;
        if !cancel.is_cancelled() {
            self.keep_if_due();
        }
        Ok(())
    }

    /// The same; ends where `goes_on`, which is asked before each file and may block, says no.
    pub fn index_while(&self, goes_on: &(dyn Fn() -> bool + Sync)) -> Result<(), WorkspaceError> {
        self.0.base.tier.update(&self.0.base, false, goes_on)
    }

    /// The same, with all files read again, and without keeping their texts in memory.
    pub fn index_anew(&self, goes_on: &(dyn Fn() -> bool + Sync)) -> Result<(), WorkspaceError> {
        self.0.base.tier.update(&self.0.base, true, goes_on)
    }

    /// Keeps what [`Self::index`] found out for the next start, if there is a place for it and that start would gain by it.
    /// What goes wrong with that is a line in the log. Blocks as long as [`Self::keep`].
    pub fn keep_if_due(&self) {
        let Base { shelf: Some(shelf), tier, jail, .. } = &*self.0.base else { return };
        tier.with_standing(|standing| shelf.keep_if_due(jail, standing));
    }

    /// What [`Self::index`] found, for people. `None` before that.
    pub fn indexed(&self) -> Option<Indexed> {
        let Base { tier, jail, .. } = &*self.0.base;
        tier.with_standing(|standing| Indexed::of(standing, jail))
    }

    /// Whether [`Self::index`] was done, or is under way.
    pub fn is_indexed(&self) -> bool {
        self.0.base.tier.is_begun()
    }

    /// Bytes that [`Self::index`] keeps apart from the texts of files, and bytes of texts.
    pub fn index_memory(&self) -> (usize, usize) {
        self.0.base.tier.memory()
    }

    /// Keeps what [`Self::index`] found out for the next start; `None` when there is nothing to keep, or no place for it:
    /// see [`super::Workspace::kept_in`]. Blocks about as long as a walk, and until all of it is on disk.
    pub fn keep(&self) -> Result<Option<Kept>, WorkspaceError> {
        let Base { shelf: Some(shelf), tier, jail, .. } = &*self.0.base else { return Ok(None) };
        let Some(kept) = tier.with_standing(|standing| shelf.keep(jail, standing)) else { return Ok(None) };
        kept.map(Some).map_err(|source| WorkspaceError::Unkept { path: shelf.path().display().to_string(), source })
    }

    /// Says for this state and later ones whether all changes on disk will be heard of from now on, through [`Self::hear`],
    /// [`Self::news`] or [`Self::refreshed`]. Until it is said, searches compare what [`Self::index`] knows with the disk.
    pub fn follow(&self, followed: bool) {
        self.0.base.tier.follow(followed);
    }

    /// Takes note at once of paths under which something happened. What follows from it, [`Self::news`] says.
    pub fn hear<'p>(&self, paths: impl IntoIterator<Item = &'p Path>) {
        let paths: Vec<RelPath> = paths.into_iter().filter_map(|path| self.relative(path)).collect();
        self.0.base.tier.hear(&paths);
    }

    /// Takes note that anything may have happened.
    pub fn hear_of_anything(&self) {
        self.0.base.tier.hear_of_anything();
    }

    /// Which of `entries`, sorted by path, have to be looked at to find what is needed, for a search that began when it
    /// says; `None` when all have to be opened.
    pub fn suspects(&self, need: &Need, entries: &[&FileEntry], began: Instant) -> Option<Suspects> {
        let base = &self.0.base;
        base.tier.suspects(need, entries, base, self.0.overlay.paths(), began)
    }

    /// How a suspect, whose path this is, has to be looked at.
    pub fn look(&self, suspect: &Suspect, path: &RelPath) -> Look {
        suspect.look(|| self.0.base.jail.stamp(path))
    }

    /// What the walk for [`Self::files`], or for [`Self::files_with_hidden`], left out in the whole workspace.
    pub fn skipped(&self, hidden: bool) -> Result<Skipped, WorkspaceError> {
        Ok(self.0.base.listing(hidden)?.skipped)
    }

    /// The entry of a file, hidden or not.
    pub fn entry(&self, path: &RelPath) -> Result<Option<&FileEntry>, WorkspaceError> {
        match find(self.files()?, path) {
            None if is_hidden(Path::new(path.as_str())) => Ok(find(self.files_with_hidden()?, path)),
            found => Ok(found),
        }
    }

    /// Whether a file is among the snapshot's files, hidden or not.
    pub fn contains(&self, path: &RelPath) -> Result<bool, WorkspaceError> {
        Ok(self.entry(path)?.is_some())
    }

    /// Opens a file for reading from its start. Secrets, ignored files, and whatever is not a regular file, are refused.
    pub fn open(&self, path: &RelPath) -> Result<Source, WorkspaceError> {
        self.open_where(path, false)
    }

    /// The same for an entry. Of those that [`Self::files`] and [`Self::files_with_hidden`] gave it is known that they are
    /// listed.
    pub fn open_entry(&self, entry: &FileEntry) -> Result<Source, WorkspaceError> {
        let View { base, visible, hidden, .. } = &*self.0;
        let is_listed = visible.holds(entry) || hidden.holds(entry) || base.holds(entry);
        self.open_where(&entry.path, is_listed)
    }

    fn open_where(&self, path: &RelPath, is_listed: bool) -> Result<Source, WorkspaceError> {
        self.in_scope(path)?;
        if let Some(text) = self.buffer(path) {
            return Ok(Source::Memory(text.clone().into()));
        }
        // What another snapshot read counts while the disk still has it, and then it is what the disk has.
        let Some(pin) = self.0.base.pins.get(path) else {
            let Opened { file, bytes, .. } = self.opened(path, is_listed)?;
            return Ok(Source::File { file, bytes });
        };
        if let Ok(Opened { file, bytes, .. }) = self.opened(path, is_listed)
            && stamp(path, &file)? == pin.stamp
        {
            return Ok(Source::File { file, bytes });
        }
        match pin.hash {
            Some(_) => Ok(Source::Memory(self.text(path)?.into())),
            None => Err(changed(path)),
        }
    }

    /// The whole text, decoded as ripgrep would (BOM sniffed, else UTF-8 with replacement). Binary files, and those over
    /// 64 MiB, are refused.
    pub fn text(&self, path: &RelPath) -> Result<Arc<str>, WorkspaceError> {
        self.in_scope(path)?;
        if let Some(text) = self.buffer(path) {
            return not_binary(path, text);
        }
        let pin = self.pin(path);
        if let Some(text) = pin.as_ref().and_then(|pin| pin.text.clone()) {
            return Ok(text);
        }
        let (text, stamp) = match self.read(path) {
            Err(WorkspaceError::NotFound { .. }) if pin.is_some() => return Err(changed(path)),
            read => read?,
        };
        self.0.base.pins.keep(path, stamp, text.into()).ok_or_else(|| changed(path))
    }

    /// Whether a plan may change the file of this path: it is listed, and no symlink leads to it. For files that are not
    /// there yet ask [`super::Sites`].
    ///
    /// # Errors
    /// Why it may not.
    pub fn writable(&self, path: &RelPath) -> Result<(), WorkspaceError> {
        match self.settle(path)? == *path {
            true => Ok(()),
            false => Err(WorkspaceError::Link { path: path.to_string(), at: path.to_string() }),
        }
    }

    /// The same state without these files.
    pub fn without(&self, paths: impl IntoIterator<Item = RelPath>) -> Self {
        let mut scope = self.0.scope.clone();
        scope.push(Scope::Without { paths: Arc::new(paths.into_iter().collect()) });
        Self::view(self.0.base.clone(), self.0.overlay.clone(), scope)
    }

    /// How the bytes on disk are related to the text that is there. A file that is only in a buffer counts as UTF-8.
    pub fn encoding(&self, path: &RelPath) -> Result<Encoding, WorkspaceError> {
        self.in_scope(path)?;
        let file = match self.open_on_disk(path) {
            Err(WorkspaceError::NotFound { .. }) if self.buffer(path).is_some() => return Ok(Encoding::Utf8),
            file => file?,
        };
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::Read::take(&file, TEXT_LIMIT), &mut bytes)
            .map_err(|source| io(path, source))?;
        let (head, rest) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) => (Encoding::Utf8Bom, rest),
            None => (Encoding::Utf8, &bytes[..]),
        };
        let marked = rest.starts_with(b"\xff\xfe") || rest.starts_with(b"\xfe\xff");
        Ok(if marked || std::str::from_utf8(rest).is_err() { Encoding::Other } else { head })
    }

    /// The text of a file as it is now, for whoever looks at many and keeps none: nothing is pinned, so two glances may
    /// differ. Refuses what [`Self::text`] refuses.
    pub fn glance(&self, path: &RelPath) -> Result<(Arc<str>, Mark), WorkspaceError> {
        self.in_scope(path)?;
        match self.buffer(path) {
            Some(text) => Ok((not_binary(path, text)?, Mark::of_text(text))),
            None => self.read(path).map(|(text, stamp)| (text.into(), Mark::of_stamp(&stamp))),
        }
    }

    /// The mark that a glance would give, without reading the file.
    pub fn mark(&self, path: &RelPath) -> Result<Mark, WorkspaceError> {
        self.in_scope(path)?;
        match self.buffer(path) {
            Some(text) => Ok(Mark::of_text(text)),
            None => Ok(Mark::of_stamp(&stamp(path, &self.open_on_disk(path)?)?)),
        }
    }

    /// Reads and decodes a file on disk that nobody writes to meanwhile.
    fn read(&self, path: &RelPath) -> Result<(String, Stamp), WorkspaceError> {
        for _ in 0..ATTEMPTS {
            let file = self.open_on_disk(path)?;
            let metadata = file.metadata().map_err(|source| io(path, source))?;
            let bytes = metadata.len();
            if bytes > TEXT_LIMIT {
                return Err(WorkspaceError::TooBig { path: path.to_string(), bytes, limit: TEXT_LIMIT });
            }
            // A file that grows meanwhile is read to where it ended.
            let text =
                decode::text(std::io::Read::take(&file, bytes), bytes as usize).map_err(|source| io(path, source))?;
            if stamp(path, &file)? != Stamp::of(&metadata) {
                continue;
            }
            let Some(text) = text else { return Err(WorkspaceError::Binary { path: path.to_string(), bytes }) };
            return Ok((text, Stamp::of(&metadata)));
        }
        Err(changed(path))
    }

    /// What this snapshot has pinned. What an earlier one handed out counts while the disk still has it.
    fn pin(&self, path: &RelPath) -> Option<Pin> {
        let pins = &self.0.base.pins;
        let inherited = || {
            let file = pins.may_inherit(path).then(|| self.open_on_disk(path).ok())??;
            pins.inherit(path, stamp(path, &file).ok()?)
        };
        pins.get(path).or_else(inherited)
    }

    fn buffer(&self, path: &RelPath) -> Option<&Arc<str>> {
        self.0.overlay.get(path, &self.0.base)
    }

    /// The lines `from..=to` (1-based), or those of them that exist; at least `from` has to. Big files are not read whole,
    /// and a slice ends at 8 MiB, which [`Slice::cut`] says.
    pub fn lines(&self, path: &RelPath, from: u64, to: u64) -> Result<Slice, WorkspaceError> {
        let no_such_lines = |reason| WorkspaceError::NoSuchLines { path: path.to_string(), from, to, reason };
        if from == 0 || to < from {
            return Err(no_such_lines("lines are counted from 1, and the last one comes after the first".to_owned()));
        }
        let binary = |bytes| WorkspaceError::Binary { path: path.to_string(), bytes };
        let (streamed, bytes) = match self.big_file(path)? {
            Some(file) => {
                let before = stamp(path, &file)?;
                if !self.0.base.pins.note(path, before) {
                    return Err(changed(path));
                }
                let streamed = slice::stream(&file, from, to, SLICE_LIMIT).map_err(|source| io(path, source))?;
                if stamp(path, &file)? != before {
                    return Err(changed(path));
                }
                (streamed, file.metadata().map_or(0, |metadata| metadata.len()))
            }
            None => {
                let text = self.text(path)?;
                let mut streamed =
                    slice::stream(text.as_bytes(), from, to, SLICE_LIMIT).map_err(|source| io(path, source))?;
                if let Streamed::Slice(slice) = &mut streamed {
                    slice.total = slice::count(text.as_bytes()).map_err(|source| io(path, source))?;
                }
                (streamed, text.len() as u64)
            }
        };
        match streamed {
            Streamed::Slice(slice) => Ok(slice),
            Streamed::Binary => Err(binary(bytes)),
            Streamed::PastEnd { total } => {
                Err(no_such_lines(format!("the file has {total} {}", if total == 1 { "line" } else { "lines" })))
            }
        }
    }

    /// How many lines a file has. Streams it; nothing is kept.
    pub fn line_count(&self, path: &RelPath) -> Result<u64, WorkspaceError> {
        let (counted, bytes) = match self.open(path)? {
            Source::File { file, bytes } => (slice::count(&file), bytes),
            Source::Memory(bytes) => (slice::count(&bytes[..]), bytes.len() as u64),
        };
        let binary = || WorkspaceError::Binary { path: path.to_string(), bytes };
        counted.map_err(|source| io(path, source))?.ok_or_else(binary)
    }

    /// The hash of the file's text, which is read (and so pinned) for it.
    pub fn hash(&self, path: &RelPath) -> Result<TextHash, WorkspaceError> {
        let text = self.text(path)?;
        let pinned = self.buffer(path).is_none().then(|| self.pin(path)).flatten();
        Ok(pinned.and_then(|pin| pin.hash).unwrap_or_else(|| blake3::hash(text.as_bytes())))
    }

    fn listing(&self, hidden: bool) -> Result<&[FileEntry], WorkspaceError> {
        let View { base, overlay, scope, .. } = &*self.0;
        let listing = base.listing(hidden)?;
        if overlay.is_empty() && scope.is_empty() {
            return Ok(&listing.files);
        }
        let view = if hidden { &self.0.hidden } else { &self.0.visible };
        let seen = view.get(|| {
            let spare = (self.0.is_whole() && !hidden).then(|| base.spare.take(overlay)).flatten();
            let mut files = spare.unwrap_or_else(|| overlay.over(&listing.files, base, hidden));
            files.retain(|entry| scope.iter().all(|part| part.matches(&entry.path)));
            Ok(Listing { files, folders: Vec::new(), skipped: listing.skipped })
        })?;
        Ok(&seen.files)
    }

    pub(super) fn base(&self) -> &Base {
        &self.0.base
    }

    pub(super) fn in_scope(&self, path: &RelPath) -> Result<(), WorkspaceError> {
        match self.0.scope.iter().find(|part| !part.matches(path)) {
            None => Ok(()),
            Some(part) => Err(WorkspaceError::OutOfScope { path: path.to_string(), scope: part.to_string() }),
        }
    }

    /// Opens a file of the walk, or one that a symlink leads to.
    fn open_on_disk(&self, path: &RelPath) -> Result<File, WorkspaceError> {
        Ok(self.opened(path, false)?.file)
    }

    /// The same, with what is known of it; whether the path is listed may be known before.
    fn opened(&self, path: &RelPath, is_listed: bool) -> Result<Opened, WorkspaceError> {
        let opened = self.0.base.jail.open(path)?;
        match is_listed && opened.real.is_same(path) || self.0.base.lists(&opened.real)? {
            true => Ok(opened),
            false => Err(WorkspaceError::NotListed { path: path.to_string() }),
        }
    }

    /// A file on disk that is too big to be read whole for some of its lines.
    fn big_file(&self, path: &RelPath) -> Result<Option<File>, WorkspaceError> {
        self.in_scope(path)?;
        let in_memory = self.buffer(path).is_some() || self.pin(path).is_some_and(|pin| pin.text.is_some());
        if in_memory {
            return Ok(None);
        }
        let Opened { file, bytes, .. } = self.opened(path, false)?;
        Ok((bytes > SLICE_LIMIT as u64).then_some(file))
    }
}

fn not_binary(path: &RelPath, text: &Arc<str>) -> Result<Arc<str>, WorkspaceError> {
    match memchr::memchr(0, &text.as_bytes()[..text.len().min(BINARY_PROBE)]) {
        Some(_) => Err(WorkspaceError::Binary { path: path.to_string(), bytes: text.len() as u64 }),
        None => Ok(text.clone()),
    }
}

fn stamp(path: &RelPath, file: &File) -> Result<Stamp, WorkspaceError> {
    file.metadata().map(|metadata| Stamp::of(&metadata)).map_err(|source| io(path, source))
}

fn changed(path: &RelPath) -> WorkspaceError {
    WorkspaceError::Changed { path: path.to_string() }
}

fn io(path: &RelPath, source: std::io::Error) -> WorkspaceError {
    WorkspaceError::Io { path: path.to_string(), source }
}
