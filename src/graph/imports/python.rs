//! Python's modules: packages and files below the folders that an interpreter would look in.

use super::paths::{ancestors, joined, stem};
use super::resolve::{Resolver, Target};

impl Resolver<'_> {
    /// `name`: what is taken out of the module; it may be a module of its own.
    pub(in crate::graph) fn python(&self, path: &str, module: &str, name: Option<&str>) -> Target {
        let name = name.filter(|name| *name != "*");
        let dots = module.bytes().take_while(|byte| *byte == b'.').count();
        let parts: Vec<&str> = module[dots..].split('.').filter(|part| !part.is_empty()).collect();
        if dots > 0 {
            let Some(base) = ancestors(path).nth(dots - 1) else { return Target::Lost };
            return self.python_in(base, &parts, name).unwrap_or(Target::Lost);
        }
        let Some(first) = parts.first() else { return Target::Lost };
        let is_package = |at: &str| joined(at, "__init__.py").is_some_and(|path| self.paths.file(&path).is_some());
        let around = ancestors(path).filter(|at| at.is_empty() || !is_package(at));
        let mut local = false;
        for base in around.chain(["src", "lib", "Lib", "python"]) {
            if let Some(found) = self.python_in(base, &parts, name) {
                return found;
            }
            local |= self.python_at(base, &[first]).is_some();
        }
        if parts.len() > 1 {
            let tail = parts.join("/");
            let mut found = self.paths.ending(&format!("{tail}.py"));
            found.extend(self.paths.ending(&format!("{tail}/__init__.py")));
            if let Some(found) = self.paths.closest(path, &found) {
                return Target::Here(found.to_owned());
            }
        }
        if local { Target::Lost } else { Target::External }
    }

    /// The file of a module below a folder, of its submodule `name` if that is one.
    fn python_in(&self, base: &str, parts: &[&str], name: Option<&str>) -> Option<Target> {
        let submodule = name.and_then(|name| self.python_at(base, &[parts, &[name]].concat()));
        let found = submodule.or_else(|| self.python_at(base, parts)).or_else(|| {
            // `os.path`: an attribute of a module that is a file.
            let (_, outer) = parts.split_last().filter(|(_, outer)| !outer.is_empty())?;
            self.python_at(base, outer).filter(|file| file.ends_with(".py") && stem(file) != "__init__")
        })?;
        Some(Target::Here(found))
    }

    fn python_at(&self, base: &str, parts: &[&str]) -> Option<String> {
        let path = joined(base, &parts.join("/"))?;
        let inside = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
        let file = |ending: &str| format!("{path}{ending}");
        let files = [inside("__init__.py"), file(".py"), inside("__init__.pyi"), file(".pyi"), file(".pyx")];
        if let Some(file) = self.paths.first(files) {
            return Some(file.to_owned());
        }
        let is_namespace = !path.is_empty() && self.paths.below(&path).any(|file| file.ends_with(".py"));
        is_namespace.then_some(path)
    }
}
