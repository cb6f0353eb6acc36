//! Pieces of a scope that fill a token budget: modules stay whole where they can, and what belongs together stands together.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::folders::{Folders, holds};
use super::join::{Group, join, settle};
use super::pieces::pieces;
use super::{ModulesQuery, Survey, modules};
use crate::cancel::Cancel;
use crate::graph::{Found, GraphError};
use crate::workspace::{RelPath, Snapshot};

/// A bundle of files, or of parts of one file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bundle {
    pub id: String,
    /// What is in it, in a few words.
    pub title: String,
    pub files: Vec<String>,
    /// The lines, when the bundle has not all of its file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// Estimated, of its text with line numbers.
    pub tokens: u64,
    /// The repository's modules that the files belong to, the one with most of it first.
    pub modules: Vec<String>,
}

/// Lines of a file, 1-based and inclusive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    pub path: String,
    pub from: u64,
    pub to: u64,
}

/// Fewer tokens than this do not hold a header and a few lines.
const LEAST: u64 = 1_000;

/// How full bundles are meant to be, in percent; what is indivisible needs room.
const FULL: u64 = 92;

/// Divides these files (in any order, each counted once) into bundles of at most `most` tokens. Only a single line that is
/// longer makes a bigger one.
///
/// # Errors
/// When `most` is too small, or the question is cancelled.
pub fn partition(
    snapshot: &Snapshot,
    survey: &Survey,
    paths: &[&str],
    most: u64,
    cancel: &Cancel,
) -> Result<Found<Bundle>, GraphError> {
    if most < LEAST {
        return Err(GraphError::TooSmall { given: most, least: LEAST });
    }
    let scope: BTreeSet<usize> = paths.iter().filter_map(|path| survey.position(path)).collect();
    let (big, rest): (Vec<usize>, Vec<usize>) = scope.into_iter().partition(|file| survey.files[*file].tokens > most);
    let mut notes = survey.notes.clone();
    let mut bundles: Vec<(usize, Bundle)> = Vec::new();
    for file in big {
        if cancel.is_cancelled() {
            return Err(GraphError::Cancelled);
        }
        cut(snapshot, survey, file, most, &mut bundles, &mut notes);
    }
    for group in grouped(survey, &rest, most) {
        if cancel.is_cancelled() {
            return Err(GraphError::Cancelled);
        }
        let files: Vec<String> = group.files.iter().map(|file| survey.files[*file].path.clone()).collect();
        let bundle = Bundle {
            id: String::new(),
            title: title(survey, &group),
            files,
            parts: Vec::new(),
            tokens: group.weight,
            modules: Vec::new(),
        };
        bundles.push((group.files[0], bundle));
    }
    bundles.sort_by_key(|(first, bundle)| (*first, bundle.parts.first().map(|part| part.from)));
    let mut bundles: Vec<Bundle> = bundles.into_iter().map(|(_, bundle)| bundle).collect();
    let places = modules(snapshot, survey, "", &ModulesQuery { limit: Some(usize::MAX) })?.items;
    let places: Vec<&str> = places.iter().map(|module| module.path.as_str()).collect();
    for (at, bundle) in bundles.iter_mut().enumerate() {
        bundle.id = format!("b{}", at + 1);
        bundle.modules = modules_of(survey, &places, &bundle.files);
    }
    let mut found = Found::cut(bundles, usize::MAX, notes);
    // Nothing of the scope is missing.
    found.truncated = false;
    Ok(found)
}

/// A file that is bigger than a bundle, by its lines.
fn cut(
    snapshot: &Snapshot,
    survey: &Survey,
    file: usize,
    most: u64,
    bundles: &mut Vec<(usize, Bundle)>,
    notes: &mut Vec<String>,
) {
    let path = &survey.files[file].path;
    let text = RelPath::parse(path).ok().and_then(|path| snapshot.glance(&path).ok());
    let all = text.map_or(Vec::new(), |(text, _)| pieces(path, &text, most));
    if all.iter().any(|piece| piece.tokens > most) || all.is_empty() {
        notes.push(format!("{path} has lines that are longer than a bundle; read it in slices"));
    }
    let last = all.last().map_or(0, |piece| piece.to);
    let whole = all.len() < 2;
    let parts = |from, to| if whole { Vec::new() } else { vec![Part { path: path.clone(), from, to }] };
    let named = |from, to| if whole { path.clone() } else { format!("{path}, lines {from}-{to} of {last}") };
    let mut add = |from, to, tokens| {
        let (title, files) = (named(from, to), vec![path.clone()]);
        let bundle = Bundle { id: String::new(), title, files, parts: parts(from, to), tokens, modules: Vec::new() };
        bundles.push((file, bundle));
    };
    all.iter().for_each(|piece| add(piece.from, piece.to, piece.tokens));
    if all.is_empty() {
        add(1, 1, survey.files[file].tokens);
    }
}

/// Groups of files, none above `most`, of about one size.
fn grouped(survey: &Survey, files: &[usize], most: u64) -> Vec<Group> {
    if files.is_empty() {
        return Vec::new();
    }
    let paths = files.iter().map(|file| (survey.files[*file].path.as_str(), survey.files[*file].tokens));
    let tree = Folders::new(paths);
    let total = tree.get(0).weight;
    if total <= most {
        return vec![Group::new(survey, files.to_vec())];
    }
    let aim = total / (total * 100).div_ceil(most * FULL).max(1);
    let limit = (aim * 110 / 100).min(most);
    let split = Split { survey, files, tree: &tree, most, limit };
    settle(survey, split.folder(0), limit / 3, most)
}

struct Split<'a> {
    survey: &'a Survey,
    files: &'a [usize],
    tree: &'a Folders<'a>,
    most: u64,
    limit: u64,
}

impl Split<'_> {
    /// A folder that fits stays whole, and so do the files right in it. What is in one that does not is joined to groups.
    fn folder(&self, at: usize) -> Vec<Group> {
        let folder = self.tree.get(at);
        if folder.weight <= self.most {
            return vec![Group::new(self.survey, self.files[folder.files.clone()].to_vec())];
        }
        let direct: Vec<usize> = folder.direct.iter().map(|file| self.files[*file]).collect();
        let mut groups: Vec<Group> = folder.folders.iter().flat_map(|child| self.folder(*child)).collect();
        if folder.direct_weight > self.most {
            groups.extend(direct.into_iter().map(|file| Group::new(self.survey, vec![file])));
        } else if !direct.is_empty() {
            groups.push(Group::new(self.survey, direct));
        }
        join(self.survey, groups, self.limit)
    }
}

/// `folder: a, b and 3 more` with what there is most of.
fn title(survey: &Survey, group: &Group) -> String {
    let home = group.home(survey);
    let mut parts = vec![("", group.weight, group.files.clone())];
    // What most of the group is in is taken apart, so that it does not hide what that is.
    while let Some(at) = parts.iter().position(|(path, weight, files)| {
        *weight * 4 >= group.weight * 3 && files.iter().any(|file| inside(survey, home, *file).len() > path.len())
    }) {
        let (path, _, files) = parts.swap_remove(at);
        let mut deeper = BTreeMap::<&str, (u64, Vec<usize>)>::new();
        for file in files {
            let rest = inside(survey, home, file);
            let from = if path.is_empty() { 0 } else { path.len() + 1 };
            let end = rest[from..].find('/').map_or(rest.len(), |slash| from + slash);
            let part = deeper.entry(&rest[..end]).or_default();
            part.0 += survey.files[file].tokens;
            part.1.push(file);
        }
        parts.extend(deeper.into_iter().map(|(path, (weight, files))| (path, weight, files)));
    }
    parts.sort_by_key(|(path, weight, _)| (std::cmp::Reverse(*weight), *path));
    const SHOWN: usize = 4;
    let shown: Vec<&str> = parts.iter().take(SHOWN).map(|(name, ..)| *name).collect();
    let more = if parts.len() > SHOWN { format!(" and {} more", parts.len() - SHOWN) } else { String::new() };
    let list = format!("{}{more}", shown.join(", "));
    if home.is_empty() { list } else { format!("{home}: {list}") }
}

/// A file's path from a folder on.
fn inside<'a>(survey: &'a Survey, home: &str, file: usize) -> &'a str {
    survey.files[file].path[home.len()..].trim_start_matches('/')
}

/// The modules of some files, those with most tokens first.
fn modules_of(survey: &Survey, modules: &[&str], files: &[String]) -> Vec<String> {
    let mut weights = BTreeMap::<&str, u64>::new();
    for path in files {
        let tokens = survey.position(path).map_or(0, |at| survey.files[at].tokens);
        let owner = modules.iter().find(|module| match module.strip_suffix("/*") {
            Some(folder) => holds(folder, path) && !path[folder.len()..].trim_start_matches('/').contains('/'),
            None => path == *module || holds(module, path),
        });
        if let Some(owner) = owner {
            *weights.entry(owner).or_default() += tokens;
        }
    }
    let mut weights: Vec<(&str, u64)> = weights.into_iter().collect();
    weights.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    weights.into_iter().map(|(path, _)| path.to_owned()).collect()
}
