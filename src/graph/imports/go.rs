//! Go's packages: a module's path from go.mod, and folders below it.

use super::paths::{folder, joined, last};
use super::resolve::{Resolver, Target};

impl Resolver<'_> {
    /// Modules as (path, folder), longest path first.
    fn go_modules(&self) -> &[(String, String)] {
        self.go_modules.get_or_init(|| {
            let read = |manifest: &&str| {
                let text = self.paths.read(manifest)?;
                let line = text.lines().find_map(|line| line.trim().strip_prefix("module"))?;
                let name = line.split("//").next()?.trim().trim_matches('"').to_owned();
                Some((name, folder(manifest).to_owned()))
            };
            let mut modules: Vec<_> = self.paths.named("go.mod").iter().filter_map(read).collect();
            modules.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
            modules
        })
    }

    /// The last parts of the paths of modules whose root is this file's folder, or this folder.
    pub(super) fn go_names(&self, path: &str) -> Vec<String> {
        let here = self.go_modules().iter().filter(|(_, at)| folder(path) == at);
        here.map(|(name, _)| last(name).to_owned()).collect()
    }

    pub(super) fn go(&self, module: &str) -> Target {
        for (name, at) in self.go_modules() {
            // The standard library's own packages have no prefix.
            let inside = if name == "std" { Some(module) } else { module.strip_prefix(name.as_str()) };
            let Some(inside) = inside.filter(|rest| rest.is_empty() || rest.starts_with('/') || name == "std") else {
                continue;
            };
            let folders = [joined(at, inside), joined(at, &format!("vendor/{module}"))];
            if let Some(found) = folders.into_iter().flatten().find(|path| self.has_go(path)) {
                return Target::Here(if found.is_empty() { ".".to_owned() } else { found });
            }
            if name != "std" {
                return Target::Lost;
            }
        }
        let vendored = format!("vendor/{module}");
        if self.has_go(&vendored) { Target::Here(vendored) } else { Target::External }
    }

    fn has_go(&self, at: &str) -> bool {
        self.paths.below(at).any(|path| path.ends_with(".go") && folder(path) == at)
    }
}
