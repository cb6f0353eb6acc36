//! The repository half of the REPL's host: answers `repo.*` calls from a snapshot, and says which lines were looked at.

mod central;
mod options;
mod rows;
mod scope;
mod text;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use serde_json::Value;

use self::options::{DefinitionOptions, FilesOptions, Globs, PartitionOptions, SearchOptions, TextOptions};
pub use self::options::{Scope, Target};
use self::rows::{FileRow, Rows};
pub use self::scope::Narrowed;
use crate::cancel::{Cancel, CancelOnDrop};
pub use crate::graph::Symbols;
use crate::graph::{self, CallsQuery, GraphError, ImportersQuery, ModulesQuery, Ranks, ReferencesQuery, Surveys};
use crate::repl::{Arguments, Call, CallError, to_json};
use crate::search::{self, Pattern, Query, SearchError};
use crate::syntax::Language;
use crate::workspace::{self, RelPath, Snapshot, WorkspaceError};

/// Of fewer files an outline says enough.
const MANY_FILES: usize = 40;

/// Files that a prompt names as central.
const CENTRAL: usize = 8;

/// Lines that a call brought back. Lines are 1-based and inclusive.
#[derive(Debug, Clone, Copy)]
pub enum Sighting<'a> {
    /// As a match or a reference.
    Found { path: &'a str, from: u64, to: u64 },
    /// As a definition, whose name is in `line`.
    Defined { path: &'a str, line: u64, from: u64, to: u64 },
    /// As the text of a read that starts at line `from`.
    Read { path: &'a str, from: u64, text: &'a str },
    /// Something that depends on which files there are, and how large they are.
    Listed,
}

/// Hears of every sighting. Called from the threads that answer calls.
pub type Sighted = Arc<dyn Fn(Sighting<'_>) + Send + Sync>;

/// What the repository is, without content.
#[derive(Debug, Clone, Serialize)]
pub struct Info {
    pub name: String,
    pub revision: Option<String>,
    pub files: u64,
    pub bytes: u64,
    /// Files by language, most first.
    pub languages: Languages,
}

/// Counts in their order; a JSON object.
#[derive(Debug, Clone)]
pub struct Languages(Vec<(String, u64)>);

impl Languages {
    pub fn iter(&self) -> impl Iterator<Item = &(String, u64)> {
        self.0.iter()
    }
}

impl Serialize for Languages {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, count)| (name, count)))
    }
}

/// Answers `repo.*`.
pub struct RepoHost {
    snapshot: Snapshot,
    symbols: Arc<Symbols>,
    surveys: Surveys,
    sighted: Sighted,
    /// Whether the index of texts was begun here; ends it when the host goes.
    indexing: OnceLock<CancelOnDrop>,
}

impl RepoHost {
    /// `symbols` may be shared with other hosts: it goes by content.
    pub fn new(snapshot: Snapshot, symbols: Arc<Symbols>, sighted: Sighted) -> Self {
        Self { snapshot, symbols, surveys: Surveys::default(), sighted, indexing: OnceLock::new() }
    }

    /// Answers one call with JSON. Blocks; fails with an error that names what to do.
    pub fn call(&self, call: &Call, cancel: &Cancel) -> Result<String, CallError> {
        let mut args = Arguments::parse(call)?;
        const LISTINGS: [&str; 6] =
            ["repo.info", "repo.files", "repo.tree", "repo.lines", "repo.modules", "repo.partition"];
        if LISTINGS.contains(&call.name.as_str()) {
            (self.sighted)(Sighting::Listed);
        }
        match call.name.as_str() {
            "repo.info" => to_json(&self.info().map_err(failure)?),
            "repo.files" => {
                let globs: Globs = args.or_default("glob")?;
                let options: FilesOptions = args.or_default("options")?;
                self.files(&globs, &options)
            }
            "repo.tree" => {
                let path: Option<String> = args.next("path")?;
                let depth: Option<usize> = args.next("depth")?;
                to_json(&self.tree(path.as_deref(), depth.unwrap_or(2), cancel).map_err(failure)?)
            }
            "repo.read" => {
                let path = self.file(&args.next::<String>("path")?)?;
                let from: Option<u64> = args.next("from")?;
                let to: Option<u64> = args.next("to")?;
                to_json(&self.read(&path, from, to)?)
            }
            "repo.lines" => {
                let path = self.file(&args.next::<String>("path")?)?;
                to_json(&self.snapshot.line_count(&path).map_err(failure)?)
            }
            "repo.search" => {
                let pattern: Pattern = args.next("pattern")?;
                let options: SearchOptions = args.or_default("options")?;
                self.search(options.query(pattern), cancel)
            }
            "repo.outline" => {
                let path = self.file(&args.next::<String>("path")?)?;
                let list = graph::outline(&self.snapshot, &self.symbols, path.as_str()).map_err(graph_failure)?;
                for definition in &list.items {
                    self.defined(definition);
                }
                to_json(&list)
            }
            "repo.symbols" => {
                let query: options::Symbols = args.next("query")?;
                let query = query
                    .query()
                    .map_err(|error| CallError { name: "TypeError", message: format!("repo.symbols: {error}") })?;
                let list = graph::symbols(&self.snapshot, &self.symbols, &self.surveys, &query, cancel)
                    .map_err(graph_failure)?;
                for definition in &list.items {
                    self.defined(definition);
                }
                to_json(&list)
            }
            "repo.definition" => {
                let target: Target = args.next("name")?;
                let options: DefinitionOptions = args.or_default("options")?;
                let DefinitionOptions { at, path, limit } = options;
                let limit = limit.unwrap_or(100);
                let most = if path.is_some() { usize::MAX } else { limit };
                let mut list =
                    graph::definition(&self.snapshot, &self.symbols, &target.name(), at.as_ref(), most, cancel)
                        .map_err(graph_failure)?;
                if let Some(path) = path {
                    list.items.retain(|definition| is_below(&definition.path, &path));
                    list.total = list.items.len();
                    list.truncated |= list.total > limit;
                    list.items.truncate(limit);
                }
                for definition in &list.items {
                    self.defined(definition);
                }
                to_json(&list)
            }
            "repo.references" => {
                let target: Target = args.next("of")?;
                let query: ReferencesQuery = args.or_default("options")?;
                let at = target.site();
                let list =
                    graph::references(&self.snapshot, &self.symbols, &target.name(), at.as_ref(), &query, cancel)
                        .map_err(graph_failure)?;
                for reference in &list.items {
                    self.found(&reference.path, u64::from(reference.line), u64::from(reference.line));
                }
                to_json(&list)
            }
            "repo.callers" | "repo.callees" => {
                let target: Target = args.next("of")?;
                let query: CallsQuery = args.or_default("options")?;
                let ask = if call.name == "repo.callers" { graph::callers } else { graph::callees };
                let at = target.site();
                let list = ask(&self.snapshot, &self.symbols, &target.name(), at.as_ref(), &query, cancel)
                    .map_err(graph_failure)?;
                for edge in &list.items {
                    self.found(&edge.path, u64::from(edge.line), u64::from(edge.line));
                    for call in &edge.calls {
                        self.found(&call.path, u64::from(call.line), u64::from(call.line));
                    }
                }
                to_json(&list)
            }
            "repo.imports" => {
                let path = self.file(&args.next::<String>("path")?)?;
                let list = graph::imports(&self.snapshot, path.as_str(), cancel).map_err(graph_failure)?;
                self.imported(&list.items);
                to_json(&list)
            }
            "repo.importers" => {
                let path: String = args.next("path")?;
                let query: ImportersQuery = args.or_default("options")?;
                let list = graph::importers(&self.snapshot, &path, &query, cancel).map_err(graph_failure)?;
                self.imported(&list.items);
                to_json(&list)
            }
            "repo.modules" => {
                let path: String = args.or_default("path")?;
                let query: ModulesQuery = args.or_default("options")?;
                let survey = self.surveys.of(&self.snapshot, cancel).map_err(graph_failure)?;
                to_json(&graph::modules(&self.snapshot, &survey, &path, &query).map_err(graph_failure)?)
            }
            "repo.partition" => {
                let scope: Scope = args.next("scope")?;
                let options: PartitionOptions = args.or_default("options")?;
                self.partition(&scope.0, options.max_tokens.unwrap_or(100_000), cancel)
            }
            "repo.text" => {
                let what: Value = args.next("x")?;
                let options: TextOptions = args.or_default("options")?;
                to_json(&self.text(&what, options.context, cancel)?)
            }
            other => Err(CallError { name: "TypeError", message: format!("there is no {other}") }),
        }
    }

    /// What the repository is.
    pub fn info(&self) -> Result<Info, WorkspaceError> {
        let files = self.snapshot.files()?;
        let mut languages: BTreeMap<&str, u64> = BTreeMap::new();
        for file in files {
            if let Some(language) = Language::of(file.path.as_str()) {
                *languages.entry(language.name()).or_default() += 1;
            }
        }
        let mut languages: Vec<(String, u64)> =
            languages.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
        languages.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(Info {
            name: self.snapshot.name().to_owned(),
            revision: self.snapshot.revision().map(str::to_owned),
            files: files.len() as u64,
            bytes: self.snapshot.total_size(files),
            languages: Languages(languages),
        })
    }

    /// The outline that a prompt starts with, and the files that most of the rest leads to, drawn towards those that `about`
    /// names. Blocks for about a second at most, where imports have to be read for it.
    pub fn overview(&self, about: &str, cancel: &Cancel) -> Result<String, WorkspaceError> {
        let mut text = self.tree(None, 1, cancel)?;
        let files = self.snapshot.files()?;
        if files.len() < MANY_FILES {
            return Ok(text);
        }
        let near = central::named(files, about);
        if let Some(ranks) = self.ranks(&near, cancel) {
            let mut paths: Vec<&str> = ranks.first(CENTRAL).into_iter().map(|(path, _)| path).collect();
            // Ranks that are close change places with every edit.
            paths.sort_unstable();
            if !paths.is_empty() {
                let _ = write!(text, "\nimported most: {}\n", paths.join(", "));
            }
        }
        Ok(text)
    }

    /// First and last line of the innermost definition around these lines.
    pub fn definition_around(&self, path: &str, from: u64, to: u64) -> Option<(u64, u64)> {
        self.innermost(path, from, to).map(|definition| (u64::from(definition.from), u64::from(definition.to)))
    }

    /// The name of the innermost definition around these lines.
    pub fn name_around(&self, path: &str, from: u64, to: u64) -> Option<String> {
        self.innermost(path, from, to).map(|definition| definition.name)
    }

    /// The names that a file defines at its top.
    pub fn names(&self, path: &str) -> Vec<String> {
        let outline = graph::outline(&self.snapshot, &self.symbols, path);
        outline.map(|list| list.items.into_iter().map(|definition| definition.name).collect()).unwrap_or_default()
    }

    fn innermost(&self, path: &str, from: u64, to: u64) -> Option<graph::Definition> {
        let mut level = graph::outline(&self.snapshot, &self.symbols, path).ok()?.items;
        let mut innermost = None;
        while let Some(at) = level.iter().position(|d| u64::from(d.from) <= from && u64::from(d.to) >= to) {
            let mut definition = level.swap_remove(at);
            level = std::mem::take(&mut definition.children);
            innermost = Some(definition);
        }
        innermost
    }

    fn files(&self, globs: &Globs, options: &FilesOptions) -> Result<String, CallError> {
        let globs = self.folders_as_globs(&globs.0).map_err(failure)?;
        let files = search::select(&self.snapshot, &globs, options.hidden).map_err(search_failure)?;
        let limit = options.limit.unwrap_or(100_000);
        let items = files.iter().take(limit).map(|file| FileRow {
            path: file.path.as_str(),
            language: Language::of(file.path.as_str()).map(Language::name),
            bytes: self.snapshot.size(file),
        });
        to_json(&Rows { items: items.collect::<Vec<_>>(), total: files.len() as u64, truncated: files.len() > limit })
    }

    /// How central files are; `None` where that would take long, or the question is cancelled: an order is worth no error.
    fn ranks(&self, near: &[&str], cancel: &Cancel) -> Option<Ranks> {
        self.surveys.ranks(&self.snapshot, near, cancel).ok().flatten()
    }

    fn tree(&self, path: Option<&str>, depth: usize, cancel: &Cancel) -> Result<String, WorkspaceError> {
        let path = match path.map(|path| path.trim_matches('/')) {
            None | Some("" | ".") => None,
            Some(path) => Some(RelPath::parse(path)?),
        };
        let files = match &path {
            // A hidden folder that is asked for by name is wanted.
            Some(path) if path.as_str().split('/').any(|part| part.starts_with('.')) => {
                self.snapshot.files_with_hidden()?
            }
            _ => self.snapshot.files()?,
        };
        let outline = |rank: &dyn Fn(&str) -> f64| {
            let missing =
                || WorkspaceError::NotFound { path: path.as_ref().map_or_else(String::new, RelPath::to_string) };
            workspace::tree(files, path.as_ref(), depth, &|file| self.snapshot.size(file), rank).ok_or_else(missing)
        };
        let tree = outline(&|_| 0.0)?;
        if !tree.is_whole
            && let Some(ranks) = self.ranks(&[], cancel)
        {
            return Ok(outline(&|path| ranks.of(path))?.text);
        }
        Ok(tree.text)
    }

    fn read(&self, path: &RelPath, from: Option<u64>, to: Option<u64>) -> Result<String, CallError> {
        if from.is_none() && to.is_none() {
            let text = self.snapshot.text(path).map_err(failure)?;
            (self.sighted)(Sighting::Read { path: path.as_str(), from: 1, text: &text });
            return Ok(text.to_string());
        }
        let from = from.unwrap_or(1).max(1);
        let to = to.unwrap_or(u64::MAX);
        if to < from {
            let message = format!("repo.read: lines {from} to {to} of {path} are not a range; both ends are inclusive");
            return Err(CallError { name: "RangeError", message });
        }
        let slice = match self.snapshot.lines(path, from, to) {
            Err(WorkspaceError::NoSuchLines { reason, .. }) if to == u64::MAX => {
                let message = format!("repo.read: {path} has no line {from}: {reason}");
                return Err(CallError { name: "RangeError", message });
            }
            slice => slice.map_err(failure)?,
        };
        (self.sighted)(Sighting::Read { path: path.as_str(), from: slice.from, text: &slice.text });
        Ok(slice.text)
    }

    /// A glob that is just the name of a folder means everything in it.
    fn folders_as_globs(&self, globs: &[String]) -> Result<Vec<String>, WorkspaceError> {
        let files = if globs.is_empty() { &[] } else { self.snapshot.files()? };
        let widen = |glob: &String| {
            let place = glob.trim_start_matches("./").trim_matches('/');
            let is_folder = !place.is_empty()
                && !place.contains(['*', '?', '[', '{', '!'])
                && files.iter().any(|file| file.path.as_str() != place && is_below(file.path.as_str(), place));
            if is_folder { format!("/{place}/**") } else { glob.clone() }
        };
        Ok(globs.iter().map(widen).collect())
    }

    fn search(&self, mut query: Query, cancel: &Cancel) -> Result<String, CallError> {
        query.glob = self.folders_as_globs(&query.glob).map_err(failure)?;
        let matches = search::search(&self.snapshot, &query, cancel).map_err(search_failure)?;
        self.index();
        for found in &matches.items {
            let (before, after) = (found.before.len() as u64, found.after.len() as u64);
            self.found(&found.path, found.line - before, found.line + after);
        }
        to_json(&matches)
    }

    /// Begins to index the texts, unless somebody did: after one search come more.
    fn index(&self) {
        self.indexing.get_or_init(|| {
            let (snapshot, cancel) = (self.snapshot.clone(), Cancel::new());
            let stop = cancel.clone();
            let work = move || {
                if let Err(error) = snapshot.index(&cancel) {
                    tracing::debug!("the texts are not indexed: {error}");
                }
            };
            if !self.snapshot.is_indexed()
                && let Err(error) = std::thread::Builder::new().name("texts".to_owned()).spawn(work)
            {
                tracing::debug!("the texts are not indexed: {error}");
            }
            stop.drop_guard()
        });
    }

    fn found(&self, path: &str, from: u64, to: u64) {
        (self.sighted)(Sighting::Found { path, from, to });
    }

    fn imported(&self, imports: &[graph::Import]) {
        for import in imports {
            self.found(&import.path, u64::from(import.line), u64::from(import.line));
        }
    }

    fn defined(&self, definition: &graph::Definition) {
        let [line, from, to] = [definition.line, definition.from, definition.to].map(u64::from);
        (self.sighted)(Sighting::Defined { path: &definition.path, line, from, to });
        for child in &definition.children {
            self.defined(child);
        }
    }

    /// The path of a file that exists, with an error that names near ones when it does not.
    fn file(&self, path: &str) -> Result<RelPath, CallError> {
        let path = RelPath::parse(path).map_err(failure)?;
        if self.snapshot.contains(&path).map_err(failure)? {
            return Ok(path);
        }
        // The jail knows best why: a folder, a secret, or nothing at all.
        match self.snapshot.open(&path) {
            Ok(_) => Ok(path),
            Err(WorkspaceError::NotFound { .. }) => {
                let name = path.as_str().rsplit('/').next().unwrap_or_default();
                let near: Vec<&str> = self
                    .snapshot
                    .files()
                    .map_err(failure)?
                    .iter()
                    .map(|file| file.path.as_str())
                    .filter(|other| other.rsplit('/').next() == Some(name))
                    .take(5)
                    .collect();
                let hint = if near.is_empty() { String::new() } else { format!("; there is {}", near.join(", ")) };
                Err(CallError { name: "RangeError", message: format!("{path}: no such file{hint}") })
            }
            Err(error) => Err(failure(error)),
        }
    }
}

/// Whether `path` is `place`, or stands below it.
fn is_below(path: &str, place: &str) -> bool {
    let place = place.trim_start_matches("./").trim_end_matches('/');
    place.is_empty() || path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn failure(error: WorkspaceError) -> CallError {
    CallError { name: "RangeError", message: error.to_string() }
}

fn search_failure(error: SearchError) -> CallError {
    let name = match &error {
        SearchError::Regex(_) => "SyntaxError",
        SearchError::Cancelled => "Cancelled",
        _ => "RangeError",
    };
    CallError { name, message: error.to_string() }
}

fn graph_failure(error: GraphError) -> CallError {
    let name = match &error {
        GraphError::Cancelled => "Cancelled",
        _ => "RangeError",
    };
    CallError { name, message: error.to_string() }
}
