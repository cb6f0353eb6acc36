//! One thread's look at the program: files on demand, what is remembered, and what keeps it from going on forever.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, LazyLock, OnceLock, PoisonError, RwLock};

use crate::graph::meaning::{Program, Spot};
use crate::syntax::{Budget, Family, Language, Parsed};

use super::exports::Exports;
use super::kin::Word;
use super::tree::{At, Id};
use super::types::{Sym, Ty, Type, ty};
use super::unit::Unit;

/// What the language itself brings, written as declarations.
const LIBRARY: &str = include_str!("../../../../queries/typescript/lib.d.ts");

/// The library's place among the units.
pub(super) const LIB: u32 = 0;

static LIBRARY_UNIT: LazyLock<Option<Arc<Loaded>>> = LazyLock::new(|| {
    let language = Language::of("lib.d.ts")?;
    let parsed = Parsed::new(language, LIBRARY, &Budget::default())?;
    Some(Arc::new(Loaded::new(Unit::new("", LIBRARY.into(), language, &parsed))))
});

/// A file with what it exports.
pub(super) struct Loaded {
    pub unit: Unit,
    exports: OnceLock<Exports>,
    modules: OnceLock<HashMap<String, Option<String>>>,
}

impl Loaded {
    fn new(unit: Unit) -> Self {
        Self { unit, exports: OnceLock::new(), modules: OnceLock::new() }
    }

    pub fn exports(&self) -> &Exports {
        self.exports.get_or_init(|| Exports::of(&self.unit))
    }
}

impl std::ops::Deref for Loaded {
    type Target = Unit;

    fn deref(&self) -> &Unit {
        &self.unit
    }
}

#[derive(Default)]
struct Units {
    by_path: HashMap<String, Option<u32>>,
    all: Vec<Arc<Loaded>>,
}

/// A thing whose type is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// An expression, or a type where it stands.
    Node(At),
    /// What a declaration declares.
    Declared(At),
    Returned(At),
    Context(At),
}

/// Symbols by the name that they declare.
pub(super) type Declared = HashMap<String, Vec<Sym>>;

/// What was found out about the program so far.
#[derive(Default)]
pub(in crate::graph::meaning) struct World {
    units: RwLock<Units>,
    types: RwLock<HashMap<Key, Ty>>,
    pub(super) globals: RwLock<HashMap<String, Option<Sym>>>,
    /// What blocks of `declare global` declare, by name.
    pub(super) added: RwLock<Option<Arc<Declared>>>,
    /// What was found out about words.
    pub(super) words: RwLock<HashMap<String, Arc<Word>>>,
}

/// Types within types that are looked into before it is given up.
const DEEPEST: usize = 160;

/// Steps that the question about one place may take.
const FUEL: u32 = 60_000;

pub(super) struct Engine<'p, 'a> {
    pub program: &'p Program<'a>,
    pub world: &'p World,
    stack: Vec<Key>,
    /// The lowest key of the stack that something depended on before it was known.
    lowest: usize,
    depth: usize,
    pub fuel: u32,
    local: HashMap<u32, Arc<Loaded>>,
}

impl<'p, 'a> Engine<'p, 'a> {
    pub fn new(program: &'p Program<'a>) -> Self {
        let world = &program.ecmascript;
        Self { program, world, stack: Vec::new(), lowest: usize::MAX, depth: 0, fuel: FUEL, local: HashMap::new() }
    }

    /// Begins another question.
    pub fn refuel(&mut self) {
        self.fuel = FUEL;
    }

    /// The unit of a file.
    pub fn open(&mut self, path: &str) -> Option<u32> {
        {
            let units = self.world.units.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = units.by_path.get(path) {
                return *known;
            }
        }
        let made = self.program.source(path).filter(|source| source.family == Family::JavaScript);
        let made = made.map(|source| {
            Arc::new(Loaded::new(Unit::new(&source.path, source.text.clone(), source.language, &source.tree)))
        });
        let mut units = self.world.units.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = units.by_path.get(path) {
            return *known;
        }
        if units.all.is_empty() {
            units.all.extend(LIBRARY_UNIT.clone());
        }
        let id = made.map(|made| {
            units.all.push(made);
            (units.all.len() - 1) as u32
        });
        units.by_path.insert(path.to_owned(), id);
        id
    }

    /// A unit by its number. There is no number without a unit.
    pub fn unit(&mut self, unit: u32) -> Arc<Loaded> {
        if let Some(known) = self.local.get(&unit) {
            return known.clone();
        }
        let found = {
            let units = self.world.units.read().unwrap_or_else(PoisonError::into_inner);
            units.all.get(unit as usize).cloned()
        };
        let found = found.or_else(|| LIBRARY_UNIT.clone());
        let found = found.unwrap_or_else(|| Arc::new(Loaded::new(Unit::bare())));
        self.local.insert(unit, found.clone());
        found
    }

    /// Where a module that a file names is: `None` outside of the repository, or when it was not found.
    pub fn module(&mut self, from: u32, name: &str) -> Option<u32> {
        let loaded = self.unit(from);
        let program = self.program;
        let modules = loaded.modules.get_or_init(|| {
            let Some(source) = program.source(&loaded.path) else { return HashMap::new() };
            let imports = program.imports(&source).iter();
            imports.map(|import| (import.module.clone(), import.target.clone())).collect()
        });
        let target = modules.get(name).cloned().flatten()?;
        self.open(&target)
    }

    /// What is remembered under a key, or else what the closure finds. What depends on itself is not known there.
    pub fn remembered(&mut self, key: Key, find: impl FnOnce(&mut Self) -> Ty) -> Ty {
        {
            let types = self.world.types.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = types.get(&key) {
                return known.clone();
            }
        }
        if let Some(at) = self.stack.iter().rposition(|other| *other == key) {
            self.lowest = self.lowest.min(at);
            return ty(Type::Unsure);
        }
        let outer = std::mem::replace(&mut self.lowest, usize::MAX);
        let index = self.stack.len();
        self.stack.push(key);
        let found = self.deeper(|engine| find(engine));
        self.stack.pop();
        let found = found.unwrap_or_else(|| ty(Type::Unsure));
        if self.lowest >= index {
            self.lowest = outer;
            let mut types = self.world.types.write().unwrap_or_else(PoisonError::into_inner);
            types.insert(key, found.clone());
        } else {
            self.lowest = self.lowest.min(outer);
        }
        found
    }

    /// Goes one level deeper, if that is not too deep.
    pub fn deeper<T>(&mut self, find: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= DEEPEST || self.fuel == 0 {
            // What is found without this is not the last word.
            self.lowest = 0;
            return None;
        }
        self.fuel -= 1;
        self.depth += 1;
        let found = find(self);
        self.depth -= 1;
        Some(found)
    }

    pub fn kind(&mut self, at: At) -> &'static str {
        self.unit(at.unit).kind(at.node)
    }

    pub fn field(&mut self, at: At, name: &str) -> Option<At> {
        self.unit(at.unit).tree.field(at.node, name).map(|node| At { node, ..at })
    }

    pub fn text(&mut self, at: At) -> String {
        self.unit(at.unit).slice(at.node).to_owned()
    }

    pub fn named(&mut self, at: At) -> Vec<At> {
        let unit = self.unit(at.unit);
        unit.tree.named(at.node).map(|node| At { node, ..at }).collect()
    }

    pub fn first(&mut self, at: At) -> Option<At> {
        self.unit(at.unit).tree.first(at.node).map(|node| At { node, ..at })
    }

    /// Where a name stands; `None` for the library's.
    pub fn spot(&mut self, name: At) -> Option<Spot> {
        let unit = self.unit(name.unit);
        (name.unit != LIB).then(|| Spot { path: unit.path.clone(), offset: unit.offset(name.node) })
    }

    /// Where a declaration's name stands.
    pub fn declared_at(&mut self, declaration: At) -> Option<Spot> {
        let node: Id = self.unit(declaration.unit).name_of(declaration.node);
        self.spot(At { node, ..declaration })
    }
}
