//! Which files a scope has: folders, modules and files by their path, everything else as globs.

use std::collections::HashSet;

use super::{RepoHost, failure, graph_failure, search_failure};
use crate::cancel::Cancel;
use crate::graph;
use crate::repl::{CallError, to_json};
use crate::search;
use crate::workspace::{FileEntry, RelPath, Snapshot};

/// A part of what a host sees.
pub struct Narrowed {
    pub snapshot: Snapshot,
    pub files: usize,
    pub bytes: u64,
    /// Bytes of the whole.
    pub of: u64,
}

impl RepoHost {
    /// Whether a file is in this view.
    pub fn has(&self, path: &str) -> bool {
        RelPath::parse(path).is_ok_and(|path| self.snapshot.contains(&path).unwrap_or(false))
    }

    /// The part of this view that has only the files of a scope; an empty scope has none. Blocks.
    pub fn narrowed(&self, scope: &[String]) -> Result<Narrowed, CallError> {
        let all = self.snapshot.files().map_err(failure)?;
        let of = self.snapshot.total_size(all);
        let inside: HashSet<&str> =
            if scope.is_empty() { HashSet::new() } else { self.in_scope(scope)?.into_iter().collect() };
        if inside.is_empty() && !scope.is_empty() {
            let message =
                format!("no file is in {}; repo.modules() and repo.tree() show what there is", scope.join(", "));
            return Err(CallError { name: "RangeError", message });
        }
        // Hidden files are in it when a glob names them.
        let hidden = self.snapshot.files_with_hidden().map_err(failure)?;
        let files: Vec<&FileEntry> = hidden.iter().filter(|file| inside.contains(file.path.as_str())).collect();
        let bytes = self.snapshot.total_size(&files);
        let paths: Vec<RelPath> = files.iter().map(|file| file.path.clone()).collect();
        let name = if scope.is_empty() { "of no files".to_owned() } else { shortened(scope) };
        Ok(Narrowed { snapshot: self.snapshot.only(paths, &name), files: files.len(), bytes, of })
    }

    pub(super) fn partition(&self, scope: &[String], most: u64, cancel: &Cancel) -> Result<String, CallError> {
        let paths = self.in_scope(scope)?;
        if paths.is_empty() {
            let message = format!(
                "repo.partition: no file is in {}; repo.modules() and repo.tree() show what there is",
                if scope.is_empty() { "an empty scope".to_owned() } else { scope.join(", ") }
            );
            return Err(CallError { name: "RangeError", message });
        }
        let survey = self.surveys.of(&self.snapshot, cancel).map_err(graph_failure)?;
        let bundles = graph::partition(&self.snapshot, &survey, &paths, most, cancel).map_err(graph_failure)?;
        to_json(&bundles)
    }

    /// The paths of the files in a scope; some of them may come twice.
    fn in_scope(&self, scope: &[String]) -> Result<Vec<&str>, CallError> {
        let files = self.snapshot.files().map_err(failure)?;
        let (mut paths, mut globs) = (Vec::new(), Vec::new());
        let narrows = scope.iter().any(|place| place.starts_with('!'));
        for place in scope {
            let inside = if narrows { Vec::new() } else { graph::module_files(files, place) };
            paths.extend(inside.iter().map(|file| file.path.as_str()));
            if inside.is_empty() {
                let file = files.iter().find(|file| file.path.as_str() == place && !narrows);
                paths.extend(file.map(|file| file.path.as_str()));
                globs.extend(file.is_none().then(|| place.clone()));
            }
        }
        if !globs.is_empty() {
            let globs = self.folders_as_globs(&globs).map_err(failure)?;
            let selected = search::select(&self.snapshot, &globs, false).map_err(search_failure)?;
            paths.extend(selected.iter().map(|file| file.path.as_str()));
        }
        Ok(paths)
    }
}

/// The first places of a scope, for people.
fn shortened(scope: &[String]) -> String {
    const MOST: usize = 5;
    let more = scope.len().saturating_sub(MOST);
    let shown = scope[..scope.len().min(MOST)].join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}
