//! The crates of the repository: their files, modules and definitions, and the signatures of the standard library.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use crate::graph::imports::RustPackage;
use crate::syntax::Language;
use crate::workspace::RelPath;

use super::super::{Program, Spot};
use super::convert::Signature;
use super::hir::{Def, DefId, FileDefs, Item, Local, Word};
use super::resolve::Hit;
use super::stack::each;
use super::ty::{Bound, Ty};

/// Signatures of the standard library, and of crates that hand out what they are given.
const STUBS: &str = include_str!("../../../../queries/rust/std.rs");

/// The file of the stubs among the loaded ones.
pub(super) const STUB: u32 = 0;

/// Bytes of Rust that one question reads.
const BYTES: u64 = 48 << 20;

pub(super) struct File {
    pub path: String,
    pub defs: Arc<FileDefs>,
}

/// What names in modules were found to be.
type Lookups = HashMap<(DefId, Word), Arc<Vec<Hit>>>;

/// What is known of parameters inside of an item.
pub(super) type Environment = Arc<Vec<(Ty, Bound)>>;

/// What the program's Rust files define.
pub(super) struct Universe {
    pub files: Vec<File>,
    pub by_path: HashMap<String, u32>,
    /// The module that declares a file.
    parents: HashMap<u32, DefId>,
    /// The files that `mod x;` leads to.
    declared: HashMap<DefId, u32>,
    /// Root modules of crates whose imports begin at the root.
    pub old: std::collections::HashSet<DefId>,
    /// Root modules by the crate's name.
    crates: HashMap<String, Vec<DefId>>,
    /// Items of each module by name.
    names: HashMap<DefId, HashMap<Word, Vec<DefId>>>,
    /// All definitions by name, but for the stubs'.
    pub by_name: HashMap<Word, Vec<DefId>>,
    /// Names that the stubs define.
    pub outside_names: std::collections::HashSet<Word>,
    pub macros: HashMap<Word, Vec<DefId>>,
    pub impls: Vec<DefId>,
    /// Functions of traits by name.
    pub trait_items: HashMap<Word, Vec<DefId>>,
    pub(super) found: Mutex<Lookups>,
    pub(super) signatures: Mutex<HashMap<DefId, Arc<Signature>>>,
    pub(super) environments: Mutex<HashMap<DefId, Environment>>,
    /// Types of what rules of macros give.
    pub(super) given: Mutex<HashMap<DefId, Ty>>,
    pub(super) import_twins: OnceLock<HashMap<DefId, Vec<DefId>>>,
    pub(super) headers: OnceLock<super::traits::Headers>,
}

impl Universe {
    pub fn load(program: &Program) -> Self {
        let (kept, budget) = (program.cache.rust(), program.cache.budget());
        let mut universe = Self {
            files: vec![File { path: String::new(), defs: kept.of(STUBS, budget) }],
            by_path: HashMap::new(),
            parents: HashMap::new(),
            declared: HashMap::new(),
            old: std::collections::HashSet::new(),
            crates: HashMap::new(),
            names: HashMap::new(),
            by_name: HashMap::new(),
            outside_names: std::collections::HashSet::new(),
            macros: HashMap::new(),
            impls: Vec::new(),
            trait_items: HashMap::new(),
            found: Mutex::default(),
            signatures: Mutex::default(),
            environments: Mutex::default(),
            given: Mutex::default(),
            import_twins: OnceLock::new(),
            headers: OnceLock::new(),
        };
        let mut texts = Vec::new();
        let mut left = BYTES;
        for file in program.snapshot.files().unwrap_or_default() {
            let path = file.path.as_str();
            if !Language::of(path).is_some_and(|language| language.family() == Some(crate::syntax::Family::Rust)) {
                continue;
            }
            let Some(rest) = left.checked_sub(program.snapshot.size(file)) else { break };
            if program.cancel.is_cancelled() {
                break;
            }
            left = rest;
            let text = RelPath::parse(path).ok().and_then(|path| program.snapshot.text(&path).ok());
            texts.extend(text.map(|text| (path.to_owned(), text)));
        }
        for ((path, _), defs) in texts.iter().zip(each(&texts, |(_, text)| kept.of(text, budget))) {
            universe.by_path.insert(path.clone(), universe.files.len() as u32);
            universe.files.push(File { path: path.clone(), defs });
        }
        universe.link(&program.resolver.rust_packages());
        universe.index();
        universe.read_headers();
        universe
    }

    /// Finds the files that modules declare, and the roots of crates.
    fn link(&mut self, packages: &[RustPackage]) {
        let stub_root = DefId { file: STUB, index: 0 };
        if let Item::Module { items, .. } = &self.def(stub_root).item {
            let named: Vec<(String, DefId)> = items
                .iter()
                .map(|index| DefId { file: STUB, index: *index })
                .map(|id| (self.def(id).name.word.to_string(), id))
                .collect();
            for (name, id) in named {
                self.crates.entry(name).or_default().push(id);
            }
        }
        for package in packages {
            if package.edition_2015 {
                let roots = package.roots.iter().filter_map(|path| self.by_path.get(path));
                self.old.extend(roots.map(|file| DefId { file: *file, index: 0 }));
            }
            if let Some(file) = package.library.as_ref().and_then(|path| self.by_path.get(path)) {
                self.crates.entry(package.name.clone()).or_default().push(DefId { file: *file, index: 0 });
            }
        }
        let is_root = |path: &str| {
            let last = path.rsplit('/').next().unwrap_or(path);
            matches!(last, "lib.rs" | "main.rs" | "mod.rs")
                || packages.iter().any(|package| package.roots.iter().any(|root| root == path))
        };
        for file in 1..self.files.len() as u32 {
            for index in 0..self.files[file as usize].defs.defs.len() as Local {
                let id = DefId { file, index };
                let Item::Declared { path: given } = &self.def(id).item else { continue };
                let own = &self.files[file as usize].path;
                let folder = own.rsplit_once('/').map_or("", |(folder, _)| folder);
                let mut within: Vec<&str> = Vec::new();
                let mut scope = self.def(id).scope;
                while scope != 0 {
                    let around = self.def(DefId { file, index: scope });
                    if !around.name.word.is_empty() {
                        within.insert(0, &around.name.word);
                    }
                    scope = around.scope;
                }
                let stem = own.rsplit('/').next().unwrap_or(own).trim_end_matches(".rs");
                let in_folder = [folder, "/"].concat();
                let name = &self.def(id).name.word;
                let mut options = Vec::new();
                match given {
                    Some(given) => options.push([&in_folder, &within.join("/"), "/", given].concat()),
                    None => {
                        // A root's modules are beside it, another file's in the folder of its name.
                        let beside = [&in_folder, &*within.join("/"), "/"].concat();
                        let below = [&in_folder, stem, "/", &*within.join("/"), "/"].concat();
                        let roots = if is_root(own) { [beside, below] } else { [below, beside] };
                        for at in roots {
                            options.push([&at, &**name, ".rs"].concat());
                            options.push([&at, &**name, "/mod.rs"].concat());
                        }
                    }
                }
                let target = options.iter().find_map(|path| self.by_path.get(&plain(path))).copied();
                if let Some(target) = target.filter(|target| *target != file) {
                    self.declared.insert(id, target);
                    let parent = DefId { file, index: self.def(id).scope };
                    // A tree that leads back to itself is cut.
                    if self.roots_of(parent).all(|module| module.file != target) {
                        self.parents.entry(target).or_insert(parent);
                    }
                }
            }
        }
    }

    fn index(&mut self) {
        for (file, data) in self.files.iter().enumerate() {
            let file = file as u32;
            for (index, def) in data.defs.defs.iter().enumerate() {
                let id = DefId { file, index: index as Local };
                let names_nothing = def.name.word.is_empty();
                match &def.item {
                    Item::Module { items, .. } => {
                        let names = self.names.entry(id).or_default();
                        for item in items {
                            let id = DefId { file, index: *item };
                            let name = &data.defs.defs[*item as usize].name.word;
                            if !name.is_empty() {
                                names.entry(name.clone()).or_default().push(id);
                            }
                        }
                    }
                    Item::Impl { .. } => self.impls.push(id),
                    Item::Trait { items, .. } => {
                        for item in items {
                            let name = data.defs.defs[*item as usize].name.word.clone();
                            self.trait_items.entry(name).or_default().push(DefId { file, index: *item });
                        }
                    }
                    Item::Macro { .. } => self.macros.entry(def.name.word.clone()).or_default().push(id),
                    _ => {}
                }
                if !names_nothing && file == STUB {
                    self.outside_names.insert(def.name.word.clone());
                } else if !names_nothing && def.name.at != super::hir::NOWHERE {
                    self.by_name.entry(def.name.word.clone()).or_default().push(id);
                }
            }
        }
    }

    pub fn def(&self, id: DefId) -> &Def {
        &self.files[id.file as usize].defs.defs[id.index as usize]
    }

    pub fn parent(&self, id: DefId) -> Option<DefId> {
        self.def(id).parent.map(|index| DefId { file: id.file, index })
    }

    pub fn scope(&self, id: DefId) -> DefId {
        DefId { file: id.file, index: self.def(id).scope }
    }

    pub fn members<'u>(&'u self, id: DefId) -> impl Iterator<Item = DefId> + use<'u> {
        let members: &[Local] = match &self.def(id).item {
            Item::Struct { fields, .. } | Item::Variant { fields, .. } => fields,
            Item::Enum { variants } => variants,
            Item::Trait { items, .. } | Item::Impl { items, .. } | Item::Module { items, .. } => items,
            _ => &[],
        };
        members.iter().map(move |index| DefId { file: id.file, index: *index })
    }

    pub fn member(&self, id: DefId, name: &str) -> Option<DefId> {
        self.members(id).find(|member| &*self.def(*member).name.word == name)
    }

    /// The modules of the program with what they import.
    pub fn uses(&self) -> impl Iterator<Item = (DefId, &[super::hir::UseLeaf])> {
        self.files.iter().enumerate().skip(1).flat_map(|(file, data)| {
            data.defs.defs.iter().enumerate().filter_map(move |(index, def)| match &def.item {
                Item::Module { uses, .. } => Some((DefId { file: file as u32, index: index as Local }, &uses[..])),
                _ => None,
            })
        })
    }

    pub fn is_stub(&self, id: DefId) -> bool {
        id.file == STUB
    }

    pub fn spot(&self, id: DefId) -> Spot {
        Spot { path: self.files[id.file as usize].path.clone(), offset: self.def(id).name.at as usize }
    }

    /// The definition whose name stands there.
    pub fn at(&self, path: &str, offset: usize) -> Option<DefId> {
        let file = *self.by_path.get(path)?;
        let defs = &self.files[file as usize].defs.defs;
        let index = defs.iter().position(|def| def.name.at as usize == offset)?;
        Some(DefId { file, index: index as Local })
    }

    /// The items of a module with a name.
    pub fn named(&self, module: DefId, name: &str) -> &[DefId] {
        self.names.get(&module).and_then(|names| names.get(name)).map_or(&[], Vec::as_slice)
    }

    /// The module that a definition is, if it is one.
    pub fn as_module(&self, id: DefId) -> Option<DefId> {
        match &self.def(id).item {
            Item::Module { .. } => Some(id),
            Item::Declared { .. } => self.declared.get(&id).map(|file| DefId { file: *file, index: 0 }),
            _ => None,
        }
    }

    pub fn is_block(&self, module: DefId) -> bool {
        matches!(self.def(module).item, Item::Module { is_block: true, .. })
    }

    /// The module or block around a module or block.
    pub fn around(&self, module: DefId) -> Option<DefId> {
        if module.index == 0 { self.parents.get(&module.file).copied() } else { Some(self.scope(module)) }
    }

    /// A module and those around it, up to the crate's.
    pub fn roots_of(&self, module: DefId) -> impl Iterator<Item = DefId> {
        std::iter::successors(Some(module), |at| self.around(*at)).take(64)
    }

    /// The closest module that is no block.
    pub fn module(&self, scope: DefId) -> DefId {
        self.roots_of(scope).find(|at| !self.is_block(*at)).unwrap_or(scope)
    }

    pub fn parent_module(&self, module: DefId) -> Option<DefId> {
        self.around(self.module(module)).map(|around| self.module(around))
    }

    pub fn root(&self, scope: DefId) -> DefId {
        if scope.file == STUB {
            let top = self.roots_of(scope).filter(|at| at.index != 0).last();
            return top.unwrap_or(scope);
        }
        self.roots_of(scope).last().unwrap_or(scope)
    }

    /// The root module of another crate.
    pub fn crate_named(&self, name: &str, from: DefId) -> Option<DefId> {
        let name = if matches!(name, "core" | "alloc") { "std" } else { name };
        let all = self.crates.get(name)?;
        let near = |id: &&DefId| {
            let (path, own) = (&self.files[id.file as usize].path, &self.files[from.file as usize].path);
            path.bytes().zip(own.bytes()).take_while(|(a, b)| a == b).count()
        };
        all.iter().max_by_key(near).copied()
    }
}

/// A path without empty parts, `.` and `..`.
fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
