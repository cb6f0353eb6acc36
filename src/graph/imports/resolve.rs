//! From import statements to files: what the languages share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use crate::syntax::{Budget, Family, Form, Imported, Language, Taken, imports};
use crate::workspace::{Snapshot, WorkspaceError};

use super::Import;
use super::ecmascript::{Packages, TsConfig};
use super::paths::Paths;
use super::rust::Crates;

/// Where a module is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::graph) enum Target {
    /// A file or a folder of the repository.
    Here(String),
    /// It should be in the repository, but was not found there.
    Lost,
    External,
}

/// Resolves imports against one snapshot. Manifests are read once, when they are first needed.
pub(in crate::graph) struct Resolver<'a> {
    pub(super) paths: Paths<'a>,
    pub(super) crates: OnceLock<Crates>,
    pub(super) go_modules: OnceLock<Vec<(String, String)>>,
    pub(super) packages: OnceLock<Packages>,
    pub(super) ts_configs: Mutex<HashMap<String, Option<Arc<TsConfig>>>>,
}

impl<'a> Resolver<'a> {
    pub fn new(snapshot: &'a Snapshot) -> Result<Self, WorkspaceError> {
        Ok(Self {
            paths: Paths::new(snapshot)?,
            crates: OnceLock::new(),
            go_modules: OnceLock::new(),
            packages: OnceLock::new(),
            ts_configs: Mutex::default(),
        })
    }

    /// The imports of a text, each with what it leads to.
    pub fn imports(&self, path: &str, language: Language, text: &str) -> Vec<Import> {
        let mut found = Vec::new();
        for imported in imports(language, text, &Budget::default()) {
            for (names, target) in self.targets(path, text, &imported) {
                let (target, external) = match target {
                    Target::Here(target) => (Some(target), false),
                    Target::Lost => (None, false),
                    Target::External => (None, true),
                };
                found.push(Import {
                    path: path.to_owned(),
                    line: imported.line,
                    text: imported.text.clone(),
                    module: imported.module.clone(),
                    names: names.iter().map(|taken| taken.name.clone()).collect(),
                    target,
                    external,
                    taken: names,
                    local: imported.local.clone(),
                });
            }
        }
        found
    }

    /// The file, or folder of a package, that a module leads to which a file names. `name` is what is taken out of it, which may
    /// be a module of its own.
    pub(in crate::graph) fn leads(
        &self,
        path: &str,
        family: Family,
        module: &str,
        name: Option<&str>,
    ) -> Option<String> {
        let target = match family {
            Family::JavaScript => self.script(path, module),
            Family::Python => self.python(path, module, name),
            _ => return None,
        };
        match target {
            Target::Here(path) => Some(path),
            Target::Lost | Target::External => None,
        }
    }

    /// Names that manifests give to what is at a path (of a folder, with a `/` at the end).
    pub(super) fn other_names(&self, path: &str) -> Vec<String> {
        let mut names = self.crate_names(path);
        names.extend(self.go_names(path));
        names.extend(self.package_names(path));
        names
    }

    /// Names that are modules themselves lead somewhere else than the others of the same statement.
    fn targets(&self, path: &str, text: &str, imported: &Imported) -> Vec<(Vec<Taken>, Target)> {
        let each = |resolve: &dyn Fn(&Taken) -> Target| {
            let mut groups: Vec<(Vec<Taken>, Target)> = Vec::new();
            for taken in &imported.names {
                let target = resolve(taken);
                match groups.iter_mut().find(|(_, other)| *other == target) {
                    Some((names, _)) => names.push(taken.clone()),
                    None => groups.push((vec![taken.clone()], target)),
                }
            }
            groups
        };
        let whole = |target| vec![(imported.names.clone(), target)];
        let module = imported.module.as_str();
        match &imported.form {
            Form::Use => each(&|taken| self.rust_use(path, text, imported, &taken.name)),
            Form::Mod { path: given } => whole(self.rust_mod(path, imported, given.as_deref())),
            Form::ExternCrate => whole(self.rust_crate(path, module)),
            Form::Python if imported.names.is_empty() => whole(self.python(path, module, None)),
            Form::Python => each(&|taken| self.python(path, module, Some(&taken.name))),
            Form::Script => whole(self.script(path, module)),
            Form::Go => whole(self.go(module)),
            Form::Include { local } => whole(self.include(path, module, *local)),
            Form::File => whole(self.beside(path, module)),
            Form::Named if imported.names.is_empty() => whole(self.by_name(path, module, None)),
            Form::Named => each(&|taken| self.by_name(path, module, Some(&taken.name))),
            Form::Java { .. } => whole(self.java(path, module, imported.names.iter().any(|taken| taken.name == "*"))),
        }
    }
}
