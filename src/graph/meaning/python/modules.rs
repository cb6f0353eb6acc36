//! The modules of the program and of the libraries that are described, and what imports lead to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::infer::Infer;
use super::read::read;
use super::tree::{Import, Module};
use super::types::Type;
use crate::graph::imports::Target;
use crate::graph::meaning::{Program, Source};
use crate::syntax::{Budget, Language, Parsed};

/// Libraries that are described, by the name of their module.
const STUBS: &[(&str, &str)] = &[
    ("builtins", include_str!("../../../../queries/python/stubs/builtins.pyi")),
    ("typing", include_str!("../../../../queries/python/stubs/typing.pyi")),
    ("library", include_str!("../../../../queries/python/stubs/library.pyi")),
    ("pytest", include_str!("../../../../queries/python/stubs/pytest.pyi")),
];

/// Modules that come with the language.
const STANDARD: &str = include_str!("../../../../queries/python/standard.txt");

/// Modules whose names one of the stubs has.
fn stub_of(module: &str) -> Option<&'static str> {
    Some(match module {
        "builtins" => "builtins",
        "typing" | "typing_extensions" | "collections.abc" | "types" => "typing",
        "pytest" | "_pytest.monkeypatch" | "_pytest.fixtures" => "pytest",
        _ if is_standard(module) => "library",
        _ => return None,
    })
}

pub(super) fn is_standard(module: &str) -> bool {
    let first = module.split('.').next().unwrap_or_default();
    STANDARD.lines().any(|line| line == first)
}

/// What was read so far.
#[derive(Default)]
pub(super) struct Modules {
    all: Mutex<Read>,
}

#[derive(Default)]
struct Read {
    modules: Vec<Arc<Module>>,
    by_path: HashMap<String, usize>,
}

impl Modules {
    pub fn get(&self, id: usize) -> Arc<Module> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).modules[id].clone()
    }

    fn known(&self, path: &str) -> Option<usize> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).by_path.get(path).copied()
    }

    /// Reads without the lock; two threads may read one file, and the first to be done is kept.
    fn keep(&self, path: &str, make: impl FnOnce(usize) -> Module) -> usize {
        let mut module = make(0);
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = all.by_path.get(path) {
            return *id;
        }
        let id = all.modules.len();
        module.id = id;
        all.modules.push(Arc::new(module));
        all.by_path.insert(path.to_owned(), id);
        id
    }
}

/// Where an import leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Led {
    Module(usize),
    Folder(String),
    /// A library's, with the module's name.
    Outside(String),
    Lost,
}

pub(super) fn of_source(program: &Program, source: &Source) -> usize {
    let modules = &program.python.modules;
    modules.known(&source.path).unwrap_or_else(|| {
        modules
            .keep(&source.path, |id| read(id, &source.path, source.text.clone(), false, source.language, &source.tree))
    })
}

pub(super) fn of_path(program: &Program, path: &str) -> Option<usize> {
    if let Some(known) = program.python.modules.known(path) {
        return Some(known);
    }
    let source = program.source(path)?;
    (source.family == crate::syntax::Family::Python).then(|| of_source(program, &source))
}

pub(super) fn stub(program: &Program, name: &str) -> Option<usize> {
    let path = format!("<{name}>");
    let modules = &program.python.modules;
    if let Some(known) = modules.known(&path) {
        return Some(known);
    }
    let text = STUBS.iter().find(|(stub, _)| *stub == name)?.1;
    let language = Language::of("x.py")?;
    let parsed = Parsed::new(language, text, &Budget::default())?;
    Some(modules.keep(&path, |id| read(id, &path, text.into(), true, language, &parsed)))
}

impl Infer<'_, '_> {
    /// The module that a dotted path in a file means, or `name` in it if that is one.
    pub fn resolve(&mut self, from: &Module, module: &str, name: Option<&str>) -> Led {
        if from.stub {
            return stub_of(module)
                .and_then(|stub| self::stub(self.program, stub))
                .map_or_else(|| Led::Outside(module.to_owned()), Led::Module);
        }
        let key = (from.path.clone(), module.to_owned(), name.map(str::to_owned));
        if let Some(known) = self.targets.get(&key) {
            return known.clone();
        }
        let found = match self.program.resolver.python(&from.path, module, name) {
            Target::Here(path) if path.ends_with(".py") || path.ends_with(".pyi") => {
                of_path(self.program, &path).map_or(Led::Lost, Led::Module)
            }
            // A folder of that name is no package of it.
            Target::Here(path) if is_standard(module) || path.ends_with(".pyx") => Led::Outside(module.to_owned()),
            Target::Here(path) => Led::Folder(path),
            Target::Lost => Led::Lost,
            Target::External => Led::Outside(module.to_owned()),
        };
        let found = match found {
            Led::Outside(module) => match stub_of(&module).and_then(|name| self::stub(self.program, name)) {
                Some(stub) => Led::Module(stub),
                None => Led::Outside(module),
            },
            found => found,
        };
        self.targets.insert(key, found.clone());
        found
    }

    /// The module that an import binds, where it binds one: of `import a.b` that of `a`.
    pub fn imported_module(&mut self, from: &Module, import: &Import) -> Type {
        let (module, name) = match (&import.name, import.renamed) {
            (None, false) => (import.module.split('.').next().unwrap_or_default(), None),
            (None, true) => (import.module.as_str(), None),
            (Some(name), _) => (import.module.as_str(), Some(name.as_str())),
        };
        match self.resolve(from, module, name) {
            Led::Module(id) => Type::Module(id),
            Led::Folder(path) => Type::Folder(path.into()),
            Led::Outside(_) => Type::Foreign,
            Led::Lost => Type::Unknown,
        }
    }

    /// The module below a package's file or folder.
    pub fn submodule(&mut self, package: &Type, name: &str) -> Option<Type> {
        let folder = match package {
            Type::Module(id) => {
                let module = self.module(*id);
                let folder =
                    module.path.strip_suffix("/__init__.py").or_else(|| module.path.strip_suffix("/__init__.pyi"))?;
                folder.to_owned()
            }
            Type::Folder(path) => path.to_string(),
            _ => return None,
        };
        [format!("{folder}/{name}.py"), format!("{folder}/{name}/__init__.py"), format!("{folder}/{name}.pyi")]
            .iter()
            .find_map(|path| of_path(self.program, path))
            .map(Type::Module)
    }
}

impl Infer<'_, '_> {
    /// The files of Python that have a word, in order.
    pub fn python_files_with(&mut self, word: &str) -> Vec<String> {
        let kept = &self.program.python.files;
        if let Some(known) = kept.lock().unwrap_or_else(PoisonError::into_inner).get(word) {
            return known.clone();
        }
        let mut files = self.program.files_with(word).unwrap_or_default();
        files.retain(|path| Language::of(path).and_then(Language::family) == Some(crate::syntax::Family::Python));
        kept.lock().unwrap_or_else(PoisonError::into_inner).insert(word.to_owned(), files.clone());
        files
    }
}
