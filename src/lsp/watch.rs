//! Changes on disk: the client tells of them if it can, else the folders are watched here.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{Event, RecursiveMode, Watcher};
use serde_json::json;
use tower_lsp::ls_types::{DidChangeWatchedFilesParams, Registration};

use super::files::file_path;
use super::state::State;

/// Folders that are watched.
const MOST: usize = 20_000;

/// Where the system watches all that is below a folder at once, and each watch is dear.
const WHOLE: bool = cfg!(any(target_os = "macos", windows));

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
    state.hear(params.changes.iter().filter_map(|change| file_path(&change.uri)).collect());
}

/// Watches the folders of the workspace until the session ends.
pub async fn run(state: Arc<State>) {
    let watched = Watched::default();
    let (listener, all) = (state.clone(), watched.clone());
    let watcher = notify::recommended_watcher(move |event| hear(&listener, &all, event));
    let mut folders = match watcher {
        Ok(watcher) => Folders { watcher, watched, warned: false, failed: false },
        Err(error) => return tracing::warn!("files cannot be watched: {error}"),
    };
    loop {
        let work = state.clone();
        let follow = tokio::task::spawn_blocking(move || (folders.follow(&work), folders));
        let more;
        match follow.await {
            Ok(followed) => (more, folders) = followed,
            Err(error) => return tracing::error!("files are not watched any more: {error}"),
        }
        if more {
            // What came between the walk and the watch.
            state.hear_of_anything();
        }
        tokio::select! {
            () = state.disk.relisted.notified() => {}
            () = state.ended.cancelled() => return,
        }
    }
}

fn hear(state: &State, watched: &Watched, event: notify::Result<Event>) {
    match event {
        Ok(event) if !event.need_rescan() => {
            match event.kind {
                // Our own reading comes back as an access.
                EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write) => return,
                EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)) => watched.lose(&event.paths),
                _ => {}
            }
            state.hear(event.paths);
        }
        // Events were lost.
        Ok(_) | Err(_) => state.hear_of_anything(),
    }
}

/// The folders that are watched. Locked for moments only: the watcher waits for whoever listens to it.
#[derive(Clone, Default)]
struct Watched(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    folders: HashSet<PathBuf>,
    /// Those of them that are gone, or that have another name. One of this name that is there again is another folder.
    lost: Vec<PathBuf>,
}

impl Watched {
    fn lose(&self, paths: &[PathBuf]) {
        let known = &mut *self.lock();
        known.lost.extend(paths.iter().filter(|path| known.folders.contains(*path)).cloned());
    }

    /// Takes out what is lost with all that is below, and what `keep` does not want any more.
    fn clear(&self, keep: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
        let known = &mut *self.lock();
        let lost: HashSet<PathBuf> = known.lost.drain(..).collect();
        let ends = |path: &PathBuf| !keep(path) || path.ancestors().any(|above| lost.contains(above));
        known.folders.extract_if(ends).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Folders {
    watcher: notify::RecommendedWatcher,
    watched: Watched,
    warned: bool,
    /// Whether some folder could not be watched when they were last gone through.
    failed: bool,
}

impl Folders {
    /// Watches the folders that the walk goes into, so none that git ignores. Whether there are more than before.
    fn follow(&mut self, state: &State) -> bool {
        let disk = state.on_disk().1;
        self.failed = false;
        let roots: Vec<PathBuf>;
        let folders = match disk.folders() {
            Ok(_) if WHOLE => {
                roots = disk.root_paths().into_iter().map(Path::to_owned).collect();
                &roots
            }
            Ok(folders) => folders,
            Err(error) => {
                tracing::warn!("the folders to watch are not known: {error}");
                disk.follow(false);
                return false;
            }
        };
        let wanted: HashSet<&Path> = folders.iter().take(MOST).map(PathBuf::as_path).collect();
        for path in self.watched.clear(|path| wanted.contains(path)) {
            // The system has mostly dropped it already.
            drop(self.watcher.unwatch(&path));
        }
        if folders.len() > MOST {
            self.warn(format_args!("there are {} of them, and {MOST} are watched", folders.len()));
        }
        // Without `any`, which would end at the first.
        let more = folders.iter().take(MOST).filter(|path| self.watch(path)).count() > 0;
        disk.follow(!self.failed && folders.len() <= MOST);
        more
    }

    /// Whether the folder was not watched before and is now.
    fn watch(&mut self, path: &Path) -> bool {
        if !self.watched.lock().folders.insert(path.to_owned()) {
            return false;
        }
        let mode = if WHOLE { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
        let watching = self.watcher.watch(path, mode);
        if let Err(error) = &watching {
            self.warn(format_args!("{error}"));
            self.watched.lock().folders.remove(path);
            // What is in a folder that is gone is heard of by the folder above it.
            self.failed |= path.exists();
        }
        watching.is_ok()
    }

    fn warn(&mut self, reason: std::fmt::Arguments<'_>) {
        if !std::mem::replace(&mut self.warned, true) {
            tracing::warn!("some folders are not watched: {reason}");
        }
    }
}
