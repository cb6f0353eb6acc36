//! Rust's modules: which file a path in a `use` names, by the folders below a crate's root.

use crate::syntax::{Form, Imported};

use super::paths::{Paths, ancestors, folder, joined, last};
use super::resolve::{Resolver, Target};

/// The packages of the repository.
#[derive(Default)]
pub(in crate::graph) struct Crates(Vec<Package>);

/// A package of the repository.
pub(in crate::graph) struct RustPackage {
    /// As code writes it.
    pub name: String,
    /// The library's root file.
    pub library: Option<String>,
    /// Root files: those that the manifest names, and those in the folders that it need not name.
    pub roots: Vec<String>,
    /// Paths in `use` start at the crate's root.
    pub edition_2015: bool,
}

struct Package {
    /// As code writes it.
    name: String,
    folder: String,
    /// The library's root file.
    library: Option<String>,
    /// Root files that the manifest names.
    roots: Vec<String>,
    /// Paths in `use` start at the crate's root.
    edition_2015: bool,
}

impl Crates {
    fn read(paths: &Paths) -> Self {
        Self(paths.named("Cargo.toml").iter().filter_map(|path| Package::read(paths, path)).collect())
    }

    /// The package with this name; of several the closest.
    fn named(&self, name: &str, from: &str, paths: &Paths) -> Option<&Package> {
        let all: Vec<&Package> = self.0.iter().filter(|package| package.name == name).collect();
        match all.as_slice() {
            [] => None,
            [only] => Some(only),
            _ => {
                let libraries: Vec<&str> =
                    all.iter().filter_map(|package| paths.file(package.library.as_deref()?)).collect();
                let closest = paths.closest(from, &libraries)?;
                all.into_iter().find(|package| package.library.as_deref() == Some(closest))
            }
        }
    }

    fn around(&self, path: &str) -> Option<&Package> {
        ancestors(path).find_map(|folder| self.0.iter().find(|package| package.folder == folder))
    }
}

impl Package {
    fn read(paths: &Paths, manifest: &str) -> Option<Self> {
        let toml: toml::Table = paths.read(manifest)?.parse().ok()?;
        let package = toml.get("package")?;
        let at = folder(manifest);
        let text = |value: Option<&toml::Value>| value?.as_str().map(str::to_owned);
        let file = |value: &toml::Value| joined(at, value.get("path")?.as_str()?);
        let lib = toml.get("lib");
        let name = lib.and_then(|lib| text(lib.get("name"))).or_else(|| text(package.get("name")))?;
        let library = lib.and_then(file).or_else(|| joined(at, "src/lib.rs")).filter(|path| paths.file(path).is_some());
        let tables = ["bin", "test", "bench", "example"].into_iter().filter_map(|kind| toml.get(kind)?.as_array());
        let mut roots: Vec<String> = tables.flatten().filter_map(file).chain(library.clone()).collect();
        roots.extend(joined(at, text(package.get("build")).as_deref().unwrap_or("build.rs")));
        Some(Self {
            name: name.replace('-', "_"),
            folder: at.to_owned(),
            library,
            roots,
            edition_2015: package.get("edition").is_none_or(|edition| edition.as_str() == Some("2015")),
        })
    }
}

/// A module: the crate's root file, and the names from there.
struct Module {
    root: String,
    names: Vec<String>,
}

impl Module {
    fn root(root: &str) -> Self {
        Self { root: root.to_owned(), names: Vec::new() }
    }

    /// The file that holds exactly this module.
    fn file(&self, paths: &Paths) -> Option<String> {
        if self.names.is_empty() {
            return Some(self.root.clone());
        }
        let path = joined(folder(&self.root), &self.names.join("/"))?;
        paths.first([format!("{path}.rs"), format!("{path}/mod.rs")]).map(str::to_owned)
    }

    /// The file that holds this module or the closest one around it.
    fn nearest_file(mut self, paths: &Paths) -> Option<String> {
        loop {
            if let Some(file) = self.file(paths) {
                return Some(file);
            }
            self.names.pop()?;
        }
    }
}

impl Resolver<'_> {
    fn crates(&self) -> &Crates {
        self.crates.get_or_init(|| Crates::read(&self.paths))
    }

    /// The packages of the repository.
    pub(in crate::graph) fn rust_packages(&self) -> Vec<RustPackage> {
        let all = self.crates().0.iter();
        all.map(|package| {
            let mut roots = package.roots.clone();
            for inside in ["tests", "examples", "benches", "src/bin"] {
                let Some(at) = joined(&package.folder, inside) else { continue };
                let direct = self.paths.below(&at).filter(|path| folder(path) == at && path.ends_with(".rs"));
                roots.extend(direct.map(str::to_owned));
            }
            let (name, library) = (package.name.clone(), package.library.clone());
            RustPackage { name, library, roots, edition_2015: package.edition_2015 }
        })
        .collect()
    }

    /// The crates whose library is this file, or is below this folder.
    pub(super) fn crate_names(&self, path: &str) -> Vec<String> {
        let is_here = |library: &String| library == path || path.ends_with('/') && library.starts_with(path);
        let here = self.crates().0.iter().filter(|package| package.library.as_ref().is_some_and(is_here));
        here.map(|package| package.name.clone()).collect()
    }

    /// The root file of the crate that a file belongs to, and the names of its module from there, by where it is.
    pub(in crate::graph) fn rust_place(&self, path: &str) -> (String, Vec<String>) {
        let module = self.module_of(path);
        (module.root, module.names)
    }

    /// The file of a module of the crate with this root.
    pub(in crate::graph) fn rust_file(&self, root: &str, names: &[String]) -> Option<String> {
        Module { root: root.to_owned(), names: names.to_vec() }.file(&self.paths)
    }

    fn module_of(&self, path: &str) -> Module {
        let package = self.crates().around(path);
        let root = self.root_of(path, package);
        let inside = if root == path { "" } else { path.strip_prefix(folder(&root)).unwrap_or("") };
        let inside = inside.trim_start_matches('/').trim_end_matches(".rs");
        let mut names: Vec<String> = inside.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        if names.last().is_some_and(|name| name == "mod") {
            names.pop();
        }
        Module { root, names }
    }

    /// The root file of the crate that a file belongs to; the file itself when it looks like one.
    fn root_of(&self, path: &str, package: Option<&Package>) -> String {
        let own = folder(path);
        let is_target = package.is_some_and(|package| {
            let inside = own.strip_prefix(package.folder.as_str()).unwrap_or(own).trim_start_matches('/');
            package.roots.iter().any(|root| root == path)
                || matches!(inside, "tests" | "examples" | "benches" | "src/bin")
        });
        if is_target || matches!(last(path), "lib.rs" | "main.rs") {
            return path.to_owned();
        }
        for at in ancestors(path) {
            let named = |name: &str| joined(at, name).filter(|path| self.paths.file(path).is_some());
            let by_manifest = package.and_then(|package| package.roots.iter().find(|root| folder(root) == at).cloned());
            let by_manifest = by_manifest.filter(|root| last(root) != "build.rs");
            if let Some(root) = by_manifest.or_else(|| named("lib.rs")).or_else(|| named("main.rs")) {
                return root;
            }
            if package.is_some_and(|package| package.folder == at) {
                break;
            }
        }
        path.to_owned()
    }

    pub(super) fn rust_crate(&self, path: &str, name: &str) -> Target {
        let library = self.crates().named(name, path, &self.paths).and_then(|package| package.library.clone());
        library.map_or(Target::External, Target::Here)
    }

    pub(super) fn rust_mod(&self, path: &str, imported: &Imported, given: Option<&str>) -> Target {
        let mut module = self.module_of(path);
        module.names.extend(imported.within.iter().cloned());
        if let Some(given) = given {
            // Inside of an inline module the path is relative to that module's folder.
            let at = if imported.within.is_empty() {
                Some(folder(path).to_owned())
            } else {
                joined(folder(&module.root), &module.names.join("/"))
            };
            let file = at.and_then(|at| joined(&at, given)).and_then(|path| self.paths.file(&path));
            return file.map_or(Target::Lost, |file| Target::Here(file.to_owned()));
        }
        module.names.push(imported.module.trim_start_matches("r#").to_owned());
        module.file(&self.paths).map_or(Target::Lost, Target::Here)
    }

    pub(super) fn rust_use(&self, path: &str, text: &str, imported: &Imported, name: &str) -> Target {
        let mut parts: Vec<&str> = imported.module.split("::").map(|part| part.trim_start_matches("r#")).collect();
        let absolute = imported.module.starts_with("::");
        parts.retain(|part| !part.is_empty());
        if !matches!(name, "self" | "*") {
            parts.push(name.trim_start_matches("r#"));
        }
        let Some(first) = parts.first().copied() else { return Target::Lost };
        let mut module = self.module_of(path);
        let mut rest = &parts[..];
        let here = |module: Module, rest: &[&str]| {
            let mut module = module;
            module.names.extend(rest.iter().map(|part| (*part).to_owned()));
            module.nearest_file(&self.paths).map_or(Target::Lost, Target::Here)
        };
        if absolute {
            return self.rust_external(path, rest);
        }
        match first {
            "crate" => return here(Module::root(&module.root), &rest[1..]),
            "self" | "super" => {
                module.names.extend(imported.within.iter().cloned());
                while let Some((part, after)) =
                    rest.split_first().filter(|(part, _)| matches!(**part, "self" | "super"))
                {
                    if *part == "super" {
                        module.names.pop();
                    }
                    rest = after;
                }
                return here(module, rest);
            }
            "std" | "core" | "alloc" | "proc_macro" | "test" => return Target::External,
            _ => {}
        }
        let package = self.crates().around(path);
        if package.is_some_and(|package| package.edition_2015) {
            let root = Module { root: module.root.clone(), names: vec![first.to_owned()] };
            if root.file(&self.paths).is_some() {
                return here(Module::root(&module.root), rest);
            }
        }
        module.names.extend(imported.within.iter().cloned());
        let child = Module { root: module.root.clone(), names: [&module.names[..], &[first.to_owned()]].concat() };
        if child.file(&self.paths).is_some_and(|file| file != path) {
            return here(module, rest);
        }
        // Enums, and modules in braces, of this file.
        if first.starts_with(char::is_uppercase) || text.contains(&format!("mod {first} ")) {
            return Target::Here(path.to_owned());
        }
        self.rust_external(path, rest)
    }

    /// The file that `module::name` in a text leads to, or the closest module around it.
    ///
    /// `within`: the inline modules around it.
    pub(in crate::graph) fn rust_path(
        &self,
        path: &str,
        text: &str,
        module: &str,
        name: &str,
        within: Vec<String>,
    ) -> Option<String> {
        let imported = Imported {
            span: 0..0,
            line: 1,
            text: String::new(),
            form: Form::Use,
            module: module.to_owned(),
            names: Vec::new(),
            local: None,
            within,
        };
        match self.rust_use(path, text, &imported, name) {
            Target::Here(path) => Some(path),
            Target::Lost | Target::External => None,
        }
    }

    /// A path that starts with the name of a crate.
    fn rust_external(&self, path: &str, parts: &[&str]) -> Target {
        let Some((first, rest)) = parts.split_first() else { return Target::Lost };
        let package = self.crates().named(first, path, &self.paths);
        let Some(library) = package.and_then(|package| package.library.clone()) else { return Target::External };
        let module = Module { root: library, names: rest.iter().map(|part| (*part).to_owned()).collect() };
        module.nearest_file(&self.paths).map_or(Target::Lost, Target::Here)
    }
}
