//! Changes on disk: the client tells of them if it can, else the folders are watched here.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{Event, RecursiveMode, Watcher};
use serde_json::json;
use tokio::sync::Notify;
use tower_lsp::ls_types::{DidChangeWatchedFilesParams, FileChangeType, Registration};

use super::files::file_path;
use super::state::State;

/// Changes within this time are one.
const DEBOUNCE: Duration = Duration::from_millis(100);

/// Folders that are watched.
const MOST: usize = 20_000;

/// Folders whose making says nothing about the repository; the walk knows of others.
const IGNORED: &[&str] = &["node_modules", "target", "__pycache__", "venv"];

/// What the client is asked to tell.
pub fn registration() -> Registration {
    Registration {
        id: "spelunk/files".to_owned(),
        method: "workspace/didChangeWatchedFiles".to_owned(),
        register_options: Some(json!({ "watchers": [{ "globPattern": "**/*" }] })),
    }
}

/// Follows what the client tells.
pub fn take(state: &State, params: &DidChangeWatchedFilesParams) {
    let changed: Vec<PathBuf> = params.changes.iter().filter_map(|change| file_path(&change.uri)).collect();
    let listing = params.changes.iter().any(|change| change.typ != FileChangeType::CHANGED);
    state.refresh(&changed, listing || changed.iter().any(|path| says_what_is_ignored(path)));
}

fn says_what_is_ignored(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with("ignore"))
}

/// What was heard of the disk since it was last looked at.
#[derive(Default)]
struct Heard {
    /// Files that were written to.
    changed: HashSet<PathBuf>,
    /// Files came or went, or events were lost.
    listing: bool,
    /// Folders may have come or gone.
    folders: bool,
    made: Vec<PathBuf>,
    gone: Vec<PathBuf>,
}

/// Watches the folders of the workspace until the session ends.
pub async fn run(state: Arc<State>) {
    let heard = Arc::new(Mutex::new(Heard { listing: true, folders: true, ..Heard::default() }));
    let stirred = Arc::new(Notify::new());
    let (to, wake) = (heard.clone(), stirred.clone());
    let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if to.lock().unwrap_or_else(PoisonError::into_inner).take(event) {
            wake.notify_one();
        }
    });
    let mut folders = match watcher {
        Ok(watcher) => Folders { watcher, watched: HashSet::new(), warned: false },
        Err(error) => return tracing::warn!("files cannot be watched: {error}"),
    };
    loop {
        let news = std::mem::take(&mut *heard.lock().unwrap_or_else(PoisonError::into_inner));
        let changed: Vec<PathBuf> = news.changed.iter().cloned().collect();
        state.refresh(&changed, news.listing);
        if news.folders {
            let work = state.clone();
            let follow = tokio::task::spawn_blocking(move || {
                folders.follow(&work, &news);
                folders
            });
            match follow.await {
                Ok(followed) => folders = followed,
                Err(error) => return tracing::error!("files are not watched any more: {error}"),
            }
            // What came between the walk and the watch.
            state.refresh(&[], true);
        }
        tokio::select! {
            () = stirred.notified() => tokio::time::sleep(DEBOUNCE).await,
            () = state.folders_changed.notified() => {
                let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
                (heard.listing, heard.folders) = (true, true);
            }
            () = state.ended.cancelled() => return,
        }
    }
}

impl Heard {
    /// Takes an event. False when it changes nothing.
    fn take(&mut self, event: notify::Result<Event>) -> bool {
        let Ok(event) = event else {
            // Events were lost; anything may have happened.
            (self.listing, self.folders) = (true, true);
            return true;
        };
        match event.kind {
            // Our own reading comes back as an access.
            EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write) => return false,
            EventKind::Create(_) => {
                self.make(&event.paths);
                self.listing = true;
            }
            EventKind::Remove(_) => {
                self.gone.extend(event.paths.iter().cloned());
                self.listing = true;
            }
            // Which of the two names is there tells what to do about each.
            EventKind::Modify(ModifyKind::Name(_)) => {
                self.make(&event.paths);
                self.gone.extend(event.paths.iter().cloned());
                self.listing = true;
            }
            _ if event.need_rescan() => (self.listing, self.folders) = (true, true),
            _ => self.listing |= event.paths.iter().any(|path| says_what_is_ignored(path)),
        }
        self.folders |= !self.made.is_empty() || !self.gone.is_empty();
        self.changed.extend(event.paths);
        true
    }

    fn make(&mut self, paths: &[PathBuf]) {
        let folders = paths.iter().filter(|path| path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()));
        self.made.extend(folders.filter(|path| !is_ignored(path)).cloned());
    }
}

fn is_ignored(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') || IGNORED.contains(&&*name)
}

/// The folders that are watched: those that hold files of the workspace, so none that git ignores.
struct Folders {
    watcher: notify::RecommendedWatcher,
    watched: HashSet<PathBuf>,
    warned: bool,
}

impl Folders {
    fn follow(&mut self, state: &State, heard: &Heard) {
        for gone in heard.gone.iter().filter(|path| self.watched.contains(*path)).cloned().collect::<Vec<_>>() {
            // A folder of this name that comes back is another one.
            let below: Vec<PathBuf> = self.watched.iter().filter(|path| path.starts_with(&gone)).cloned().collect();
            for path in below {
                self.watched.remove(&path);
                // It is mostly unwatched already, by its end.
                drop(self.watcher.unwatch(&path));
            }
        }
        for made in &heard.made {
            self.watch(made, RecursiveMode::Recursive);
        }
        let snapshot = state.view().snapshot;
        // First, so that the way up from a file ends here.
        for (_, folder) in state.folders() {
            self.watch(&folder, RecursiveMode::NonRecursive);
        }
        let files = match snapshot.files() {
            Ok(files) => files,
            Err(error) => return tracing::warn!("the folders to watch are not known: {error}"),
        };
        for file in files {
            let Some(path) = snapshot.absolute(&file.path) else { continue };
            for folder in path.ancestors().skip(1) {
                if !self.watch(folder, RecursiveMode::NonRecursive) {
                    break;
                }
            }
        }
    }

    /// Watches a folder. False when there is nothing to do about those above it either.
    fn watch(&mut self, path: &Path, mode: RecursiveMode) -> bool {
        if self.watched.contains(path) || self.watched.len() >= MOST {
            return false;
        }
        self.watched.insert(path.to_owned());
        match self.watcher.watch(path, mode) {
            Ok(()) => true,
            Err(error) => {
                if !std::mem::replace(&mut self.warned, true) {
                    tracing::warn!("some folders cannot be watched: {error}");
                }
                false
            }
        }
    }
}
