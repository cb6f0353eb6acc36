//! Java's packages and classes: folders and files wherever a source root may be.

use super::resolve::{Resolver, Target};

impl Resolver<'_> {
    /// `star`: all of the package or class.
    pub(super) fn java(&self, path: &str, module: &str, star: bool) -> Target {
        let mut parts: Vec<&str> = module.split('.').collect();
        // An inner class is in its outer class's file.
        while !parts.is_empty() {
            let found = self.paths.ending(&format!("{}.java", parts.join("/")));
            if let Some(found) = self.paths.closest(path, &found) {
                return Target::Here(found.to_owned());
            }
            if !found.is_empty() {
                return Target::Lost;
            }
            if !parts.last().is_some_and(|part| part.starts_with(char::is_uppercase)) {
                break;
            }
            parts.pop();
        }
        let tail = parts.join("/");
        let mut folders = if tail.is_empty() { Vec::new() } else { self.paths.folders_ending(&tail) };
        folders
            .retain(|at| self.paths.below(at).any(|path| path.ends_with(".java") && super::paths::folder(path) == *at));
        match self.paths.closest(path, &folders) {
            Some(found) if star => Target::Here(found.to_owned()),
            _ if !folders.is_empty() => Target::Lost,
            _ => Target::External,
        }
    }
}
