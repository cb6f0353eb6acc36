//! Who imports a file, a folder, or a module that is somewhere else.

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde::Deserialize;

use crate::cancel::Cancel;
use crate::search::files_with_word;
use crate::syntax::{Family, Language};
use crate::workspace::{RelPath, Snapshot};

use super::paths::{folder, last, stem};
use super::{Import, Resolver};
use crate::graph::parsed::{below, by_path};
use crate::graph::{Found, GraphError};

/// Which importers are asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportersQuery {
    /// Only below this file or folder.
    #[serde(default)]
    pub path: Option<String>,
    #[serde(default)]
    pub limit: Option<usize>,
}

/// Imports that are returned when no limit is given.
const LIMIT: usize = 200;

/// Files that one question parses.
const FILES: usize = 5_000;

/// The statements that import a file, a folder (then from outside of it), or a module by its name.
///
/// # Errors
/// When the file list cannot be had, the search fails, or the question is cancelled.
pub fn importers(
    snapshot: &Snapshot,
    path: &str,
    query: &ImportersQuery,
    cancel: &Cancel,
) -> Result<Found<Import>, GraphError> {
    let resolver = Resolver::new(snapshot)?;
    let asked = path.trim().trim_start_matches("./").trim_end_matches('/');
    let mut notes = Vec::new();
    let goal = Goal::of(asked, &resolver, &mut notes);
    let mut candidates: BTreeSet<RelPath> = BTreeSet::new();
    for word in goal.words(&resolver) {
        candidates.extend(files_with_word(snapshot, &word, cancel)?);
    }
    for folder in goal.files.iter().filter_map(|file| inside(file)) {
        candidates.extend(resolver.paths.below(folder).filter_map(|path| RelPath::parse(path).ok()));
    }
    let has_imports = |path: &RelPath| Language::of(path.as_str()).is_some_and(Language::has_grammar);
    let mut files: Vec<RelPath> = candidates
        .into_iter()
        .filter(|path| has_imports(path) && below(query.path.as_deref(), path.as_str()))
        .collect();
    files.sort_by(|a, b| by_path(a.as_str(), b.as_str()));
    if files.len() > FILES {
        notes.push(format!(
            "{} of {} files were not looked at; give a path to narrow it",
            files.len() - FILES,
            files.len()
        ));
        files.truncate(FILES);
    }
    let found: Vec<Vec<Import>> = files
        .into_par_iter()
        .map(|path| {
            if cancel.is_cancelled() {
                return Err(GraphError::Cancelled);
            }
            let Ok(text) = snapshot.text(&path) else { return Ok(Vec::new()) };
            let Some(language) = Language::detect(path.as_str(), &text) else { return Ok(Vec::new()) };
            let mut imports = resolver.imports(path.as_str(), language, &text);
            imports.retain(|import| goal.is_met(import, language));
            Ok(imports)
        })
        .collect::<Result<_, _>>()?;
    Ok(Found::cut(found.into_iter().flatten().collect(), query.limit.unwrap_or(LIMIT), notes))
}

/// What has to be imported.
#[derive(Default)]
struct Goal<'a> {
    files: Vec<&'a str>,
    folders: Vec<String>,
    /// The name of a module that is not in the repository.
    module: Option<String>,
}

impl<'a> Goal<'a> {
    fn of(asked: &str, resolver: &Resolver<'a>, notes: &mut Vec<String>) -> Self {
        let paths = &resolver.paths;
        if let Some(file) = paths.file(asked) {
            return Self { files: vec![file], ..Self::default() };
        }
        if !asked.is_empty() && paths.has_folder(asked) {
            return Self { folders: vec![asked.to_owned()], ..Self::default() };
        }
        let tail = asked.replace("::", "/");
        let mut goal = Self { files: paths.ending(&tail), ..Self::default() };
        if goal.files.is_empty() {
            let folders = paths.folders_ending(&tail);
            goal.folders = folders.into_iter().map(str::to_owned).collect();
        }
        if goal.files.is_empty() && goal.folders.is_empty() {
            let tail = if tail.contains('/') { tail } else { tail.replace('.', "/") };
            let endings = [
                "rs", "py", "ts", "tsx", "js", "mjs", "h", "hpp", "java", "cs", "rb", "php", "kt", "swift", "scala",
                "lua", "sh", "zig", "ex", "hs", "ml",
            ];
            goal.files = endings.iter().flat_map(|ending| paths.ending(&format!("{tail}.{ending}"))).collect();
        }
        let taken: Vec<&str> = goal.files.iter().copied().chain(goal.folders.iter().map(String::as_str)).collect();
        match taken.as_slice() {
            [] => {}
            [first, rest @ ..] => {
                let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
                notes.push(format!("{asked} was taken to mean {first}{more}"));
            }
        }
        goal.module = Some(asked.to_owned());
        goal
    }

    /// Words of which an importing file has at least one.
    fn words(&self, resolver: &Resolver) -> BTreeSet<String> {
        let mut words = BTreeSet::new();
        for file in &self.files {
            words.insert(if is_index(file) { last(folder(file)).to_owned() } else { stem(file).to_owned() });
            let family = Language::of(file).and_then(Language::family);
            if by_package(family) || stem(file) == "init" {
                words.insert(last(folder(file)).to_owned());
            }
            // Modules are called `UserStore` there whose files are `user_store`.
            if matches!(family, Some(Family::Elixir | Family::OCaml)) {
                words.insert(capitalised(stem(file), family == Some(Family::Elixir)));
            }
            words.extend(resolver.other_names(file));
        }
        for at in &self.folders {
            words.insert(last(at).to_owned());
            words.extend(resolver.other_names(&format!("{at}/")));
        }
        if let Some(module) = &self.module {
            let stem = stem(module);
            let word = module.rsplit(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').next().unwrap_or(module);
            words.insert(if module.contains('/') { stem.to_owned() } else { word.to_owned() });
        }
        words.remove("");
        words
    }

    fn is_met(&self, import: &Import, language: Language) -> bool {
        // All files of a package are imported with it.
        let by_package = by_package(language.family());
        if let Some(target) = &import.target {
            let is_file = |file: &&str| target == file || by_package && target == folder(file);
            let is_inside = |at: &str| {
                let below = |path: &str| path == at || path.strip_prefix(at).is_some_and(|rest| rest.starts_with('/'));
                below(target) && !below(&import.path)
            };
            return target != &import.path
                && (self.files.iter().any(is_file) || self.folders.iter().any(|at| is_inside(at)));
        }
        self.module.as_ref().is_some_and(|module| is_named(import, module))
    }
}

/// Whether a statement names this module or something in it.
fn is_named(import: &Import, module: &str) -> bool {
    let starts = |written: &str| {
        written.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/', ':']))
    };
    let separator = if import.text.contains("::") { "::" } else { "." };
    let joined = |name: &String| match import.module.as_str() {
        "" => name.clone(),
        written => format!("{written}{separator}{name}"),
    };
    starts(import.module.trim_start_matches("::"))
        || import.module.strip_suffix(module).is_some_and(|before| before.ends_with('/'))
        || import.names.iter().any(|name| starts(&joined(name)))
}

/// Whether a module may be a folder with all of its files.
fn by_package(family: Option<Family>) -> bool {
    use Family::{CSharp, Go, Java, Kotlin, Scala, Swift};
    matches!(family, Some(Go | Java | CSharp | Kotlin | Scala | Swift))
}

/// A name that begins with a capital letter, as each of its words does where words are joined.
fn capitalised(name: &str, joined: bool) -> String {
    let parts: Vec<&str> = if joined { name.split('_').collect() } else { vec![name] };
    let first = |part: &&str| part.chars().take(1).flat_map(char::to_uppercase).chain(part.chars().skip(1)).collect();
    parts.iter().map(first).collect::<Vec<String>>().concat()
}

/// Files that stand for their folder.
fn is_index(path: &str) -> bool {
    matches!(stem(path), "mod" | "lib" | "main" | "index" | "__init__")
}

/// The folder whose files may import this one without its name: by `super`, `crate`, `.` or `..`.
fn inside(path: &str) -> Option<&str> {
    if is_index(path) {
        return Some(folder(path));
    }
    path.strip_suffix(".rs")
}
