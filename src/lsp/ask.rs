//! From a question of the client's to what a run needs.

use std::sync::Arc;

use tower_lsp::ls_types::{Range, Uri};

use super::Error;
use super::confirm::confirm;
use super::files::file_path;
use super::lines::Encoding;
use super::protocol::{AskParams, Place};
use super::runs::Purpose;
use super::state::{State, Text, View};
use crate::agent::event::Emit;
use crate::agent::{At, Schema, Setup, setup};
use crate::cancel::Cancel;
use crate::config::Config;
use crate::journal::event::EndReason;
use crate::journal::{self, Journal};
use crate::text::LineIndex;
use crate::workspace::Snapshot;

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
    purpose: Purpose,
    emit: Emit,
    cancel: &Cancel,
) -> Result<Asked, Error> {
    let config = state.config()?;
    confirm(state, &config, &view, &params, cancel).await?;
    let (state, cancel) = (state.clone(), cancel.clone());
    // Opening a journal and asking git for the revision go to the disk.
    let work = tokio::task::spawn_blocking(move || build(&state, &params, purpose, emit, view, &config, &cancel));
    work.await.map_err(|_| Error::internal("the run could not be prepared; the log has more"))?
}

fn build(
    state: &State,
    params: &AskParams,
    purpose: Purpose,
    emit: Emit,
    view: View,
    config: &Config,
    cancel: &Cancel,
) -> Result<Asked, Error> {
    let failed = |error: setup::SetupError| Error::failed(error.to_string());
    let snapshot = scoped(&view, params)?;
    if snapshot.root_paths().is_empty() {
        return Err(Error::failed("no folder is open; open the one that the question is about"));
    }
    let models = setup::models(config, state.endpoints(config)).map_err(failed)?;
    let schema = params.schema.clone().map(Schema::new).transpose().map_err(Error::params)?;
    if schema.is_some() && models.root.model.provider() == "builtin" {
        return Err(Error::failed("builtin answers in Markdown, and cannot satisfy a schema; choose a language model"));
    }
    let mut options = setup::options(config, setup::seed(params.question.trim())).map_err(failed)?;
    options.plan = purpose == Purpose::Plan;
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
    setup.schema = schema;
    setup.symbols = state.symbols.clone();
    setup.cache = state.cache(config).clone();
    Ok(Asked { setup, opened, view, question, model, leaf_model, note: note(state, config) })
}

/// The part of the workspace that a question is about.
pub fn scoped(view: &View, params: &AskParams) -> Result<Snapshot, Error> {
    let scope = scope(view, params.scope.to_vec());
    if scope.is_empty() {
        return Ok(view.snapshot.clone());
    }
    let scoped = view.snapshot.scoped(&scope)?;
    if scoped.files()?.is_empty() {
        return Err(Error::params(format!("no file matches the scope {}", scope.join(", "))));
    }
    Ok(scoped)
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

/// A scope may be the URI of a file or folder of the workspace; that of the one folder means all of it.
fn scope(view: &View, given: Vec<String>) -> Vec<String> {
    let (mut scope, mut all) = (Vec::new(), false);
    for glob in given {
        let uri = glob.starts_with("file:").then(|| glob.parse::<Uri>().ok()).flatten();
        // What a file in it would be called: a folder of the workspace itself has no path.
        let inside = uri.and_then(|uri| view.snapshot.relative(&file_path(&uri)?.join("x")));
        match inside.as_ref().and_then(|inside| inside.as_str().strip_suffix('x')) {
            Some("") => all = true,
            Some(path) => {
                let path = format!("/{}", literal(path.trim_end_matches('/')));
                scope.push(format!("{path}/**"));
                scope.push(path);
            }
            None => scope.push(glob),
        }
    }
    // Beside all, only what is left out says something.
    scope.retain(|glob| !all || glob.starts_with('!'));
    scope
}

/// A path as a glob that matches it alone.
fn literal(path: &str) -> String {
    let mut glob = String::with_capacity(path.len());
    for c in path.chars() {
        if c.is_ascii() && !c.is_ascii_alphanumeric() && !matches!(c, '/' | '.' | '-' | '_') {
            glob.push('\\');
        }
        glob.push(c);
    }
    glob
}

/// The lines of a cursor or a selection. A place outside of the workspace is refused: its text is none of the run's.
fn at(view: &View, place: &Place) -> Result<At, Error> {
    let outside = || Error::params(format!("{} is in no folder of the workspace", place.uri.as_str()));
    let path = view.path(&place.uri).ok_or_else(outside)?;
    let text = view.text(&place.uri)?;
    let cursor = place.position.map(|position| Range { start: position, end: position });
    let range = place.range.or(cursor).unwrap_or_default();
    let (from, to) = lines(&text, range, view.encoding);
    Ok(At {
        path: path.to_string(),
        from,
        to,
        // A file that runs may not read gives no name away either.
        symbol: view.snapshot.text(&path).ok().and_then(|_| super::requests::symbol_at(view, &text, range)),
    })
}

/// The first and the last line of a range as people and runs count them: from 1, and ended by LF alone. A range that ends
/// where a line starts does not have that line.
pub fn lines(text: &Text, range: Range, encoding: Encoding) -> (u64, u64) {
    let offset = |position| text.lines.offset(&text.text, position, encoding);
    let (start, end) = (offset(range.start), offset(range.end));
    let index = LineIndex::new(&text.text);
    let has_last = range.end.character > 0 || end <= start;
    let last = if has_last { end.max(start) } else { end - 1 };
    (u64::from(index.line_of(start)), u64::from(index.line_of(last)))
}

#[cfg(test)]
mod tests {
    use tower_lsp::ls_types::Position;

    use super::*;
    use crate::lsp::lines::Lines;

    #[test]
    fn lines_are_those_of_the_repository() {
        let check = |text: &str, range: [(u32, u32); 2], expect: (u64, u64)| {
            let text = Text {
                path: None,
                text: text.into(),
                lines: Arc::new(Lines::new(text)),
                language: None,
                reading: None,
            };
            let [start, end] = range.map(|(line, column)| Position::new(line, column));
            assert_eq!(lines(&text, Range { start, end }, Encoding::Utf16), expect, "{:?} {range:?}", text.text);
        };
        check("a\nb\nc\n", [(1, 0), (1, 0)], (2, 2));
        check("a\nb\nc\n", [(0, 1), (1, 1)], (1, 2));
        check("a\nb\nc\n", [(0, 0), (2, 0)], (1, 2));
        check("a\nb\nc\n", [(9, 0), (9, 9)], (4, 4));
        check("a\r\nb\r\nc", [(1, 0), (2, 0)], (2, 2));
        // A lone CR ends a line for the protocol only.
        check("a\rb\rc\nd\n", [(2, 0), (2, 1)], (1, 1));
        check("a\rb\rc\nd\n", [(1, 0), (3, 1)], (1, 2));
        check("", [(0, 0), (0, 0)], (1, 1));
    }

    #[test]
    fn a_path_as_a_glob_is_that_path() {
        let check = |path: &str, expect: &str| assert_eq!(literal(path), expect);
        check("src/a-b_c.rs", "src/a-b_c.rs");
        check("app/[id]/{x}*?.js", "app/\\[id\\]/\\{x\\}\\*\\?.js");
        check("é !\\", "é\\ \\!\\\\");
    }
}
