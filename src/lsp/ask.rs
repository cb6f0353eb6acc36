//! From a question of the client's to what a run needs.

use std::sync::Arc;

use tower_lsp::ls_types::{Range, Uri};

use super::Error;
use super::protocol::{AskParams, Place};
use super::state::{State, View};
use crate::agent::event::Emit;
use crate::agent::{At, Setup, setup};
use crate::cancel::Cancel;
use crate::config::Config;
use crate::journal::event::EndReason;
use crate::journal::{self, Journal};

/// A record that was opened for a run. Dropped before the run begins, it says that the run was cancelled.
pub struct Opened(Option<Journal>);

impl Opened {
    /// The run ends its record itself.
    pub fn begin(mut self) {
        self.0 = None;
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        if let Some(journal) = self.0.take() {
            let (detail, totals) = Default::default();
            journal.write(journal::Event::End { reason: EndReason::Cancelled, detail, totals });
        }
    }
}

/// Everything for one run.
pub struct Asked {
    pub setup: Setup,
    pub opened: Opened,
    /// What the client's text was when it asked.
    pub view: View,
    pub question: String,
    pub model: String,
    pub leaf_model: String,
    /// What the client's user should know of the choice of model.
    pub note: Option<String>,
}

/// Puts together what a run needs.
pub async fn prepare(
    state: &Arc<State>,
    view: View,
    params: AskParams,
    emit: Emit,
    cancel: &Cancel,
) -> Result<Asked, Error> {
    let config = state.config().ok_or_else(|| Error::internal("there is no session"))?;
    let (state, cancel) = (state.clone(), cancel.clone());
    // Opening a journal and asking git for the revision go to the disk.
    let work = tokio::task::spawn_blocking(move || build(&state, &params, emit, view, &config, &cancel));
    work.await.map_err(|_| Error::internal("the run could not be prepared; the log has more"))?
}

fn build(
    state: &State,
    params: &AskParams,
    emit: Emit,
    view: View,
    config: &Config,
    cancel: &Cancel,
) -> Result<Asked, Error> {
    let failed = |error: setup::SetupError| Error::failed(error.to_string());
    let scope: Vec<String> = params.scope.to_vec().iter().map(|scope| in_workspace(&view, scope)).collect();
    let snapshot = if scope.is_empty() {
        view.snapshot.clone()
    } else {
        let scoped = view.snapshot.scoped(&scope)?;
        if scoped.files()?.is_empty() {
            return Err(Error::params(format!("no file matches the scope {}", scope.join(", "))));
        }
        scoped
    };
    if snapshot.root_paths().is_empty() {
        return Err(Error::failed("no folder is open; open the one that the question is about"));
    }
    let models = setup::models(config, state.endpoints(config)).map_err(failed)?;
    let options = setup::options(config).map_err(failed)?;
    let at = params.at.as_ref().map(|place| at(&view, place)).transpose()?;
    let question = params.question.trim().to_owned();
    // The last moment at which no trace is left.
    if cancel.is_cancelled() {
        return Err(Error::cancelled());
    }
    let journal = setup::journal(config, &snapshot, &question, &models, &options);
    let opened = Opened(Some(journal.clone()));
    let (model, leaf_model) = (models.root.name.clone(), models.leaf.name.clone());
    let mut setup = setup::run(config, snapshot, models, options, journal, emit);
    setup.at = at;
    setup.symbols = state.symbols.clone();
    Ok(Asked { setup, opened, view, question, model, leaf_model, note: note(state, config) })
}

/// Says when trust, and not the user, chose the model.
fn note(state: &State, config: &Config) -> Option<String> {
    let session = state.session()?;
    (!session.options.trusted && session.config.model != config.model).then(|| {
        format!(
            "the workspace is not trusted, so {} was not asked; trust the workspace to use it",
            session.config.model
        )
    })
}

/// A scope may be a URI of a file or folder of the workspace.
fn in_workspace(view: &View, scope: &str) -> String {
    let path = scope.starts_with("file:").then(|| scope.parse::<Uri>().ok()).flatten();
    path.and_then(|uri| view.path(&uri)).map_or_else(|| scope.to_owned(), |path| path.to_string())
}

/// The lines of a cursor or a selection. A place outside of the workspace is refused: its text is none of the run's.
fn at(view: &View, place: &Place) -> Result<At, Error> {
    let outside = || Error::params(format!("{} is in no folder of the workspace", place.uri.as_str()));
    let path = view.path(&place.uri).ok_or_else(outside)?;
    let text = view.text(&place.uri)?;
    let cursor = place.position.map(|position| Range { start: position, end: position });
    let range = place.range.or(cursor).unwrap_or_default();
    let last =
        if range.end.character == 0 && range.end.line > range.start.line { range.end.line - 1 } else { range.end.line };
    Ok(At {
        path: path.to_string(),
        from: u64::from(range.start.line) + 1,
        to: u64::from(last.max(range.start.line)) + 1,
        // A file that runs may not read gives no name away either.
        symbol: view.snapshot.text(&path).ok().and_then(|_| super::requests::symbol_at(view, &text, range)),
    })
}
