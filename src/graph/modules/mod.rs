//! The modules of a repository, who imports whom, and pieces of it that fit into a budget.

mod folders;
mod join;
mod level;
mod package;
mod partition;
mod pieces;
mod rank;
mod role;
mod survey;
#[cfg(test)]
mod tests;

pub use partition::{Bundle, Part, partition};
pub use rank::Ranks;
pub use role::Role;
pub use survey::{Survey, Surveys};

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Found, GraphError};
use crate::workspace::{FileEntry, Snapshot};

use folders::{Folders, holds};
use level::{Level, Place};

/// Which modules are asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModulesQuery {
    #[serde(default)]
    pub limit: Option<usize>,
}

/// Modules that are returned when no limit is given.
const LIMIT: usize = 200;

/// A part of the repository. On each level a file belongs to exactly one.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Module {
    /// A folder with all that is below it, `folder/*` for what stands in it directly, or a file.
    pub path: String,
    /// As its manifest calls it, or the folder.
    pub name: String,
    /// What it is, when it is not the program's own code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    pub files: usize,
    pub lines: u64,
    /// Estimated, of its text with line numbers.
    pub tokens: u64,
    /// Files by language, most first.
    pub languages: serde_json::Map<String, serde_json::Value>,
    /// Most first. What is outside of the level is named by the folder next to it.
    pub imports: Vec<Link>,
    pub imported_by: Vec<Link>,
}

/// The other end of imports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// A module's path.
    pub module: String,
    /// How many files have such imports.
    pub files: usize,
}

/// The modules of the repository, or those inside of one (`path`), own code first.
///
/// # Errors
/// When there is no such folder.
pub fn modules(
    snapshot: &Snapshot,
    survey: &Survey,
    path: &str,
    query: &ModulesQuery,
) -> Result<Found<Module>, GraphError> {
    let files = &survey.files;
    let weight = |file: &survey::Surveyed| {
        let is_code = file.language.is_some_and(|language| language.has_definitions());
        if is_code { file.tokens } else { file.tokens / 8 }
    };
    let tree = Folders::new(files.iter().map(|file| (file.path.as_str(), weight(file))));
    let asked = clean(path);
    let only_direct = asked == "*" || asked.ends_with("/*");
    let folder = asked.trim_end_matches('*').trim_end_matches('/');
    let root = tree.find(folder).ok_or_else(|| GraphError::NoFolder { path: path.to_owned() })?;
    let packages = package::packages(files.iter().map(|file| file.path.as_str()));
    let level = Level::new(&tree, &packages, root);
    let mut modules: Vec<(Module, Vec<usize>)> = Vec::new();
    if only_direct || tree.get(root).folders.is_empty() {
        let direct = &tree.get(root).direct;
        modules.extend(direct.iter().map(|at| (Module::of_file(&files[*at].path), vec![*at])));
    } else {
        for place in level.places() {
            let role = level.role_of(place);
            let (path, name, inside) = match place {
                Place::Folder(at) => {
                    let folder = tree.get(at);
                    let name = package::name(snapshot, folder.path).unwrap_or_else(|| folder.name().to_owned());
                    (folder.path.to_owned(), name, folder.files.clone().collect())
                }
                Place::Direct(at) => {
                    let folder = tree.get(at);
                    let path = folder.path;
                    let name = if path.is_empty() { "files at the top".to_owned() } else { format!("files in {path}") };
                    (format!("{path}/*"), name, folder.direct.clone())
                }
            };
            modules.push((Module::new(path, name, role), inside));
        }
    }
    if modules.is_empty() {
        return Err(GraphError::NoFolder { path: path.to_owned() });
    }
    count(&mut modules, survey, folder);
    let mut modules: Vec<Module> = modules.into_iter().map(|(module, _)| module).collect();
    modules.sort_by_key(|module| module.role);
    Ok(Found::cut(modules, query.limit.unwrap_or(LIMIT), survey.notes.clone()))
}

/// The files of a module's path: those of a folder, or with `/*` those that stand in it directly; none when there is no
/// such folder.
pub fn module_files<'a>(files: &'a [FileEntry], path: &str) -> Vec<&'a FileEntry> {
    let path = clean(path);
    let folder = path.trim_end_matches('*').trim_end_matches('/');
    let is_direct = path.ends_with('*');
    if is_direct && path != "*" && !path.ends_with("/*") {
        return Vec::new();
    }
    let rest = |file: &str| if folder.is_empty() { file.to_owned() } else { file[folder.len() + 1..].to_owned() };
    let inside = files.iter().filter(|file| holds(folder, file.path.as_str()));
    inside.filter(|file| !is_direct || !rest(file.path.as_str()).contains('/')).collect()
}

/// Counts what is in the modules and who imports whom. `root`: the folder whose modules they are.
fn count(modules: &mut [(Module, Vec<usize>)], survey: &Survey, root: &str) {
    let files = &survey.files;
    let mut owner = vec![None; files.len()];
    for (at, (_, inside)) in modules.iter().enumerate() {
        inside.iter().for_each(|file| owner[*file] = Some(at));
    }
    let paths: Vec<String> = modules.iter().map(|(module, _)| module.path.clone()).collect();
    let place = |file: usize| match owner[file] {
        Some(at) => paths[at].clone(),
        None => outside(root, &files[file].path),
    };
    let mut imports = vec![BTreeMap::<String, usize>::new(); modules.len()];
    let mut imported_by = imports.clone();
    for (at, file) in files.iter().enumerate() {
        let own = owner[at];
        let targets: BTreeSet<(Option<usize>, Option<String>)> = file
            .imports
            .iter()
            .map(|(to, _)| *to as usize)
            .filter(|to| own.is_some() || owner[*to].is_some())
            .map(|to| (owner[to], owner[to].is_none().then(|| place(to))))
            .filter(|(to, _)| *to != own)
            .collect();
        for (to, elsewhere) in targets {
            let name = elsewhere.or_else(|| Some(paths[to?].clone())).unwrap_or_default();
            if let Some(own) = own {
                *imports[own].entry(name).or_default() += 1;
            }
            if let Some(to) = to {
                *imported_by[to].entry(place(at)).or_default() += 1;
            }
        }
    }
    for (((module, inside), imports), imported_by) in modules.iter_mut().zip(imports).zip(imported_by) {
        let mut languages = BTreeMap::<&str, u64>::new();
        for file in inside.iter().map(|at| &files[*at]) {
            module.files += 1;
            module.lines += file.lines;
            module.tokens += file.tokens;
            if let Some(language) = file.language {
                *languages.entry(language.name()).or_default() += 1;
            }
        }
        let mut languages: Vec<_> = languages.into_iter().collect();
        languages.sort_by_key(|(_, files)| std::cmp::Reverse(*files));
        module.languages = languages.into_iter().map(|(name, files)| (name.to_owned(), files.into())).collect();
        module.imports = links(imports);
        module.imported_by = links(imported_by);
    }
}

fn links(counts: BTreeMap<String, usize>) -> Vec<Link> {
    let mut links: Vec<Link> = counts.into_iter().map(|(module, files)| Link { module, files }).collect();
    links.sort_by_key(|link| std::cmp::Reverse(link.files));
    links
}

/// A file outside of a folder, by what stands beside the folder or beside one around it.
fn outside(root: &str, path: &str) -> String {
    let mut shared = 0;
    for (slash, _) in path.match_indices('/') {
        if root != &path[..slash] && !holds(&path[..slash], root) {
            return path[..slash].to_owned();
        }
        shared = slash;
    }
    format!("{}/*", &path[..shared])
}

fn clean(path: &str) -> &str {
    let path = path.trim().trim_start_matches("./").trim_matches('/');
    if path == "." { "" } else { path }
}

impl Module {
    fn new(path: String, name: String, role: Option<Role>) -> Self {
        Self {
            path,
            name,
            role,
            files: 0,
            lines: 0,
            tokens: 0,
            languages: serde_json::Map::new(),
            imports: Vec::new(),
            imported_by: Vec::new(),
        }
    }

    fn of_file(path: &str) -> Self {
        Self::new(path.to_owned(), path.rsplit('/').next().unwrap_or(path).to_owned(), None)
    }
}
