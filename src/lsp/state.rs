//! What the server knows: the session that was agreed on, the workspace, the open documents; and views of it for requests.

mod view;

pub use view::{Text, View};

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tower_lsp::Client;
use tower_lsp::ls_types::{ClientCapabilities, TextDocumentContentChangeEvent, Uri};

use super::Error;
use super::catalogue::Catalogue;
use super::conversations::Conversations;
use super::disk::Disk;
use super::documents::{Documents, Stray};
use super::files::file_path;
use super::filling;
use super::lent::Lent;
use super::lines::Encoding;
use super::log::Relay;
use super::options::Options;
use super::out::Out;
use super::plans::Plans;
use super::reading::LONG;
use super::runs::Runs;
use super::settings::Kept;
use crate::agent::setup;
use crate::cache::Cache;
use crate::cancel::Cancel;
use crate::config::{Config, EditorSettings};
use crate::graph::{Symbols, near};
use crate::model::Endpoints;
use crate::model::editor::Editor;
use crate::workspace::{RelPath, Snapshot, Workspace};

/// What `initialize` settled; it never changes after.
pub struct Session {
    pub encoding: Encoding,
    pub client: Arc<ClientCapabilities>,
    pub options: Options,
    /// The machine's configuration. Settings of the workspace come on top of it.
    pub config: Config,
}

/// The server's state. What changes is behind locks that are held for moments: never across an await, and never while
/// something is walked, read or parsed.
pub struct State {
    /// For requests to the client.
    pub client: Client,
    /// For notifications, which keep their order beside answers.
    pub out: Out,
    /// Fires when the server ends.
    pub ended: Cancel,
    /// Fires when the client's process is gone.
    pub client_gone: Cancel,
    pub session: OnceLock<Session>,
    pub symbols: Arc<Symbols>,
    pub catalogue: Arc<Catalogue>,
    pub runs: Runs,
    pub conversations: Conversations,
    /// What the last runs planned.
    pub plans: Plans,
    /// The editor's own model.
    pub lent: Lent,
    /// The way of log lines to the client.
    pub relay: Relay,
    /// What is heard of the disk.
    pub disk: Disk,
    endpoints: OnceLock<Endpoints>,
    cache: OnceLock<Cache>,
    /// Counts the fillings of the symbol table.
    fillings: AtomicU64,
    /// Where tasks go that are started from threads that block.
    pub runtime: tokio::runtime::Handle,
    settings: Mutex<Kept>,
    /// Why folders could not be opened at the start, until the client is told.
    unopened: Mutex<Vec<String>>,
    texts: Mutex<Texts>,
}

/// How long a document has to stay as it is before it is read anew.
const QUIET: Duration = Duration::from_millis(300);

/// The workspace and the documents: what a view is made of.
struct Texts {
    /// Counts the changes of folders and documents.
    version: u64,
    folders: Vec<(String, PathBuf)>,
    /// Counts the changes of folders.
    opened: u64,
    /// The workspace on disk.
    disk: Snapshot,
    documents: Documents,
    /// `disk` with the documents over it, until either changes.
    joined: Option<(Snapshot, Arc<HashMap<RelPath, Uri>>)>,
}

impl State {
    pub fn new(client: Client, out: Out, relay: Relay) -> Self {
        let disk = Workspace::none().snapshot();
        let (folders, documents) = Default::default();
        let texts = Texts { version: 0, folders, opened: 0, disk, documents, joined: None };
        let (ended, client_gone, session, symbols, catalogue) = Default::default();
        let (runs, conversations, plans, lent, endpoints, cache, settings, disk) = Default::default();
        Self {
            client,
            out,
            ended,
            client_gone,
            session,
            symbols,
            catalogue,
            runs,
            conversations,
            plans,
            lent,
            relay,
            disk,
            endpoints,
            cache,
            fillings: AtomicU64::new(0),
            runtime: tokio::runtime::Handle::current(),
            settings,
            unopened: Mutex::default(),
            texts: Mutex::new(texts),
        }
    }

    /// The session; `None` before `initialize`.
    pub fn session(&self) -> Option<&Session> {
        self.session.get()
    }

    /// The session.
    ///
    /// # Errors
    /// Before `initialize`.
    pub fn begun(&self) -> Result<&Session, Error> {
        self.session().ok_or_else(|| Error::internal("there is no session"))
    }

    /// Where runs are recorded.
    ///
    /// # Errors
    /// Before `initialize`.
    pub fn state_dir(&self) -> Result<PathBuf, Error> {
        Ok(self.begun()?.config.state_dir.clone())
    }

    pub fn encoding(&self) -> Encoding {
        self.session().map(|session| session.encoding).unwrap_or_default()
    }

    /// The configuration of the next run: the machine's, with what the workspace may change of it. A workspace that is not
    /// trusted gets `builtin` alone.
    ///
    /// # Errors
    /// Before `initialize`.
    pub fn config(&self) -> Result<Config, Error> {
        let session = self.begun()?;
        let told = self.settings().config.clone();
        let mut config = told.map_or_else(|| session.config.clone(), |config| (*config).clone());
        if !session.options.trusted {
            config.model = "builtin".to_owned();
            config.leaf_model = None;
        }
        Ok(config)
    }

    /// The endpoints of all runs, which share connections and back off together; the editor's model among them.
    pub fn endpoints(&self, config: &Config) -> &Endpoints {
        self.endpoints.get_or_init(|| {
            let endpoints = setup::endpoints(config);
            match self.session().and_then(|session| session.options.editor_model.as_ref()) {
                Some(offered) => {
                    let (editor, jobs) = Editor::new(offered.tools);
                    self.runtime.spawn(self.lent.clone().serve(self.client.clone(), jobs));
                    endpoints.with_model(Arc::new(editor))
                }
                None => endpoints,
            }
        })
    }

    /// The replies that were kept, for all runs. A workspace has no say in it.
    pub fn cache(&self, config: &Config) -> &Cache {
        self.cache.get_or_init(|| setup::cache(config))
    }

    /// Whether the client said at the start that it can do something.
    pub fn client_has(&self, what: impl FnOnce(&ClientCapabilities) -> Option<bool>) -> bool {
        self.session().and_then(|session| what(&session.client)).unwrap_or_default()
    }

    /// What a request sees from now on.
    pub fn view(&self) -> View {
        let (encoding, settings) = (self.encoding(), self.editor_settings());
        let client = self.session().map(|session| session.client.clone()).unwrap_or_default();
        let texts = &mut *self.texts();
        let (snapshot, open) = texts.joined.get_or_insert_with(|| join(&texts.disk, &texts.documents)).clone();
        View {
            snapshot,
            documents: texts.documents.clone(),
            version: texts.version,
            encoding,
            client,
            settings,
            symbols: self.symbols.clone(),
            catalogue: self.catalogue.clone(),
            open,
        }
    }

    /// Changes the open documents.
    pub fn edit<T>(&self, change: impl FnOnce(&mut Documents) -> T) -> T {
        let texts = &mut *self.texts();
        texts.version += 1;
        texts.joined = None;
        change(&mut texts.documents)
    }

    /// Applies changes to an open document, and lets go of what is known of its text before.
    ///
    /// # Errors
    /// When the change is not for this document as it is; nothing changes then.
    pub fn change(&self, uri: &Uri, version: i32, changes: &[TextDocumentContentChangeEvent]) -> Result<(), Stray> {
        let encoding = self.encoding();
        let former = self.edit(|documents| {
            let former = documents.get(uri).cloned();
            documents.change(uri, version, changes, encoding).map(|()| former)
        })?;
        if let Some(former) = former {
            former.reading.forget(&self.symbols);
        }
        Ok(())
    }

    /// Has the symbols of a document's neighbours read before others, while there is much left to read.
    pub fn approach(self: &Arc<Self>, uri: &Uri) {
        if !self.editor_settings().symbol_table || self.catalogue.state().complete {
            return;
        }
        let (this, uri) = (self.clone(), uri.clone());
        self.runtime.spawn_blocking(move || {
            let view = this.view();
            let Some(path) = view.path(&uri) else { return };
            match near(&view.snapshot, &path, &this.ended) {
                Ok(paths) => this.catalogue.prefer(paths),
                Err(error) => tracing::debug!("the neighbours of {path} are not known: {error}"),
            }
        });
    }

    /// Reads a document again beside requests once nothing was changed for a moment.
    pub fn settle(self: &Arc<Self>, uri: &Uri) {
        let Some(version) = self.texts().documents.get(uri).map(|document| document.version) else { return };
        let (this, uri) = (self.clone(), uri.clone());
        self.runtime.spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(QUIET) => {}
                () = this.ended.cancelled() => return,
            }
            let work = move || {
                let view = this.view();
                let Some(document) = view.documents.get(&uri).filter(|document| document.version == version) else {
                    return;
                };
                document.reading.settle(&document.text, &view.symbols);
                if document.text.len() > LONG
                    && let Some(language) = document.language()
                {
                    document.reading.found(language, &document.text, &view.symbols);
                    this.catalogue.take(&this.view(), &uri);
                }
            };
            if let Err(error) = tokio::task::spawn_blocking(work).await {
                tracing::error!("a document was not read again: {error}");
            }
        });
    }

    /// The folders of the workspace.
    pub fn folders(&self) -> Vec<(String, PathBuf)> {
        self.texts().folders.clone()
    }

    /// Opens these folders instead of those before. Folders that cannot be opened are left out, with the reason.
    pub fn open_folders(&self, folders: Vec<(String, PathBuf)>) -> Vec<String> {
        let mut problems = Vec::new();
        let usable: Vec<(String, PathBuf)> = folders
            .into_iter()
            .filter(|(_, path)| Workspace::open(path).map_err(|error| problems.push(error.to_string())).is_ok())
            .collect();
        let disk = if usable.is_empty() { Ok(Workspace::none()) } else { Workspace::open_folders(&usable) };
        match disk {
            Ok(workspace) => {
                let workspace = match self.session() {
                    Some(Session { config, .. }) => workspace.kept_in(&config.cache_dir, config.index_size),
                    None => workspace,
                };
                {
                    let texts = &mut *self.texts();
                    texts.version += 1;
                    texts.opened += 1;
                    texts.folders = usable;
                    texts.disk = workspace.snapshot();
                    texts.disk.follow(self.disk.client_tells.load(Ordering::Relaxed));
                    texts.joined = None;
                }
                self.fill();
            }
            Err(error) => problems.push(error.to_string()),
        }
        self.disk.relisted.notify_one();
        self.disk.taken_over.notify_one();
        problems
    }

    /// From now on the client tells of all changes on disk.
    pub fn client_tells(&self) {
        self.disk.client_tells.store(true, Ordering::Relaxed);
        self.on_disk().1.follow(true);
        // What was read before it told is compared with the disk once, instead of in every search.
        self.disk.taken_over.notify_one();
    }

    /// Something happened on disk under these paths. What they were counts for nothing from now on; what else follows,
    /// later.
    pub fn hear(&self, paths: Vec<PathBuf>) {
        self.on_disk().1.hear(paths.iter().map(PathBuf::as_path));
        self.disk.hear(paths);
    }

    /// Anything may have happened on disk.
    pub fn hear_of_anything(&self) {
        self.on_disk().1.hear_of_anything();
        self.disk.hear_of_anything();
    }

    /// A number that tells the workspace's folders from those before and after.
    pub fn opened(&self) -> u64 {
        self.texts().opened
    }

    /// The workspace on disk, and a number that tells its folders from those before and after.
    pub fn on_disk(&self) -> (u64, Snapshot) {
        let texts = self.texts();
        (texts.opened, texts.disk.clone())
    }

    /// Takes a snapshot whose files were listed anew, unless the folders are others by now.
    pub fn relist(&self, folders: u64, disk: &Snapshot) -> bool {
        let texts = &mut *self.texts();
        if texts.opened != folders {
            return false;
        }
        // What was saved since the walk began is known only to what was there until now.
        texts.disk = disk.refreshed(&[], false);
        texts.joined = None;
        true
    }

    /// Takes some files as they are now, unless the folders are others by now.
    pub fn reread(&self, folders: u64, changed: &[RelPath]) {
        let texts = &mut *self.texts();
        if texts.opened == folders {
            texts.disk = texts.disk.refreshed(changed, false);
            texts.joined = None;
        }
    }

    /// Takes a document's file as it is now, at once; what else follows from it, later.
    pub fn refresh_file(&self, uri: &Uri) {
        let Some(path) = file_path(uri) else { return };
        let (folders, disk) = self.on_disk();
        if let Some(path) = disk.relative(&path) {
            self.reread(folders, &[path]);
        }
        self.disk.hear([path]);
    }

    /// Fills the symbol table in the background, if there is to be one.
    pub fn fill(&self) {
        if self.editor_settings().symbol_table {
            let number = self.fillings.fetch_add(1, Ordering::Relaxed);
            let (report, cancel) = (filling::report(self, number), self.ended.child_token());
            // The lock keeps an earlier snapshot from coming in behind a later one.
            let texts = self.texts();
            self.catalogue.fill(texts.disk.clone(), number, cancel, report);
        }
    }

    /// What of the server is wanted.
    pub fn editor_settings(&self) -> EditorSettings {
        self.settings().config.as_ref().map(|config| config.editor.clone()).unwrap_or_default()
    }

    /// The settings, and what is known about them. Never held across an await.
    pub fn settings(&self) -> MutexGuard<'_, Kept> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn unopened(&self) -> MutexGuard<'_, Vec<String>> {
        self.unopened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn texts(&self) -> MutexGuard<'_, Texts> {
        // A panic inside leaves documents and snapshots whole: they are only ever replaced.
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn join(disk: &Snapshot, documents: &Documents) -> (Snapshot, Arc<HashMap<RelPath, Uri>>) {
    let (mut buffers, mut open) = (Vec::new(), HashMap::new());
    for document in documents.iter() {
        if let Some(path) = file_path(&document.uri).and_then(|path| disk.relative(&path)) {
            buffers.push((path.clone(), document.text.clone()));
            open.insert(path, document.uri.clone());
        }
    }
    (disk.with_overlay(buffers), Arc::new(open))
}
