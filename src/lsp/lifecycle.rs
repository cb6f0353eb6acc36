//! `initialize` and what follows from it: encoding, folders, configuration, trust.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tower_lsp::ls_types::{
    DidChangeWorkspaceFoldersParams, InitializeParams, InitializeResult, MessageType, Registration, ServerInfo,
    WorkspaceFolder,
};

use super::files::file_path;
use super::lines::Encoding;
use super::options::Options;
use super::state::{Session, State};
use super::{Error, capabilities, disk, parent, settings, texts, watch};
use crate::config::Config;

/// How long the client may take to register something.
const PATIENCE: Duration = Duration::from_secs(10);

/// Settles the session.
///
/// # Errors
/// When the options or the configuration cannot be used; the client may try again.
pub fn initialize(state: &Arc<State>, params: InitializeParams) -> Result<InitializeResult, Error> {
    let offered = params.capabilities.general.as_ref().and_then(|general| general.position_encodings.clone());
    let encoding = Encoding::negotiate(&offered.unwrap_or_default());
    let folders = folders(&params);
    let options = Options::read(params.initialization_options.clone())?;
    for key in options.unknown() {
        tracing::warn!("initializationOptions.{key} is not known");
    }
    let config = Config::load().map_err(|error| Error::failed(error.to_string()))?;
    let mut config = config.with_machine(&options.machine).map_err(|error| Error::params(error.to_string()))?;
    if options.editor_model.is_some() {
        config = config.with_default_model("editor");
    }
    if let Some(trace) = params.trace {
        state.relay.trace(trace);
    }
    parent::watch(&params, &state.client_gone, &state.ended);
    let capabilities = capabilities::capabilities(encoding.kind(), &params.capabilities);
    let session = Session { encoding, client: Arc::new(params.capabilities), options, config };
    if state.session.set(session).is_err() {
        return Err(Error::params("the session has begun already"));
    }
    tokio::spawn(disk::follow(state.clone()));
    tokio::spawn(texts::keep(state.clone()));
    // The client is told once it has its answer.
    *state.unopened() = state.open_folders(folders);
    Ok(InitializeResult {
        capabilities,
        server_info: Some(ServerInfo {
            name: "spelunk".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
        offset_encoding: None,
    })
}

/// Follows `initialized`: asks the client for what it offers, each beside the others. It is never waited for here.
pub fn initialized(state: &Arc<State>) {
    let unopened = std::mem::take(&mut *state.unopened());
    tell_unopened(state, &unopened);
    if state.client_has(|client| client.workspace.as_ref()?.configuration) {
        let state = state.clone();
        tokio::spawn(async move { settings::pull(&state).await });
    }
    if state.client_has(|c| c.workspace.as_ref()?.did_change_configuration.as_ref()?.dynamic_registration) {
        let state = state.clone();
        tokio::spawn(async move { register(&state, settings::registration()).await });
    }
    let tells = state.client_has(|c| c.workspace.as_ref()?.did_change_watched_files.as_ref()?.dynamic_registration);
    let state = state.clone();
    tokio::spawn(async move {
        if tells && register(&state, watch::registration()).await {
            state.client_tells();
        } else {
            watch::run(state).await;
        }
    });
}

async fn register(state: &State, registration: Registration) -> bool {
    let method = registration.method.clone();
    match tokio::time::timeout(PATIENCE, state.client.register_capability(vec![registration])).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!("the client did not register {method}: {}", error.message);
            false
        }
        Err(_) => {
            tracing::warn!("the client did not say whether it registers {method}");
            false
        }
    }
}

/// The folders of the workspace, by the newest way in which the client names them.
#[expect(deprecated, reason = "clients without workspace folders name a root")]
fn folders(params: &InitializeParams) -> Vec<(String, PathBuf)> {
    match (&params.workspace_folders, &params.root_uri, &params.root_path) {
        (Some(folders), ..) if !folders.is_empty() => folders.iter().filter_map(named).collect(),
        (_, Some(uri), _) => file_path(uri).map(by_its_name).into_iter().collect(),
        (_, None, Some(path)) => {
            Some(PathBuf::from(path)).filter(|p| p.is_absolute()).map(by_its_name).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn named(folder: &WorkspaceFolder) -> Option<(String, PathBuf)> {
    let (name, path) = by_its_name(file_path(&folder.uri)?);
    // A client may name a folder as it likes; paths begin with the name only if it can stand in one.
    let usable = !matches!(folder.name.as_str(), "" | "." | "..") && !folder.name.contains(['/', '\\', '\0']);
    Some((if usable { folder.name.clone() } else { name }, path))
}

fn by_its_name(path: PathBuf) -> (String, PathBuf) {
    let name = path.file_name().map_or_else(|| "root".to_owned(), |name| name.to_string_lossy().into_owned());
    (name, path)
}

/// Opens and closes folders.
pub fn change_folders(state: &Arc<State>, params: &DidChangeWorkspaceFoldersParams) {
    let mut folders = state.folders();
    let removed: Vec<PathBuf> = params.event.removed.iter().filter_map(|folder| file_path(&folder.uri)).collect();
    folders.retain(|(_, path)| !removed.contains(path));
    for folder in params.event.added.iter().filter_map(named) {
        if !folders.iter().any(|(_, path)| *path == folder.1) {
            folders.push(folder);
        }
    }
    let unopened = state.open_folders(folders);
    tell_unopened(state, &unopened);
}

/// Says which folders cannot be opened: nothing in them is found, and nobody would know why.
fn tell_unopened(state: &State, problems: &[String]) {
    for problem in problems {
        tracing::warn!("{problem}");
        let message = format!("spelunk cannot open a folder of the workspace: {problem}");
        state.out.say(MessageType::WARNING, &message);
    }
}
