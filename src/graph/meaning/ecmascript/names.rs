//! Which declaration a name means: through scopes, imports and what other files pass on.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use crate::syntax::{Family, Language};

use super::engine::{Engine, LIB};
use super::exports::Export;
use super::tree::{At, Id};
use super::types::{Sym, Ty, Type, ty};
use super::unit::{ANY, SPACE, Symbol, VALUE};

/// What stands behind a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entity {
    Symbol(Sym),
    Module(u32),
    /// A value without a symbol.
    Value(At),
    /// It comes from a package that is not here.
    Foreign,
    /// It is not there.
    Missing,
}

/// A name followed to its end.
#[derive(Debug, Clone)]
pub(super) struct Link {
    /// The names that are changed with it: where the declaration has it, or where it was last given another one.
    pub names: Vec<At>,
    pub entity: Entity,
}

/// Files that a name is passed through at most.
const HOPS: u8 = 24;

impl Engine<'_, '_> {
    /// The symbol that a name means at a node.
    pub fn lookup(&mut self, at: At, name: &str, meanings: u8) -> Option<Sym> {
        let unit = self.unit(at.unit);
        if let Some((_, id)) = unit.lookup(at.node, name, meanings) {
            return Some(Sym { unit: at.unit, id });
        }
        // The other blocks of the namespaces around.
        let blocks: Vec<Id> = unit
            .tree
            .above(at.node)
            .filter(|id| matches!(unit.kind(*id), "internal_module" | "module"))
            .filter_map(|id| unit.tree.field(id, "name"))
            .collect();
        for block in blocks {
            let Some(space) = unit.lookup(block, unit.slice(block), SPACE).map(|(_, id)| Sym { unit: at.unit, id })
            else {
                continue;
            };
            if let Some(found) = self.in_space(space, name, meanings) {
                return Some(found);
            }
        }
        self.global(name).filter(|found| self.meanings(*found) & meanings != 0)
    }

    /// A namespace's own symbol.
    pub fn in_space(&mut self, space: Sym, name: &str, meanings: u8) -> Option<Sym> {
        self.declarations(space).into_iter().find_map(|declaration| {
            let body = self.field(declaration, "body")?;
            let unit = self.unit(body.unit);
            if !matches!(unit.kind(declaration.node), "internal_module" | "module") {
                return None;
            }
            let id = unit.own(body.node, name)?;
            (unit.symbols[id as usize].meanings & meanings != 0).then_some(Sym { unit: body.unit, id })
        })
    }

    /// What every file sees: the language's own, and what scripts and `declare global` declare.
    pub fn global(&mut self, name: &str) -> Option<Sym> {
        {
            let known = self.world.globals.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(found) = known.get(name) {
                return *found;
            }
        }
        let found = self.find_global(name);
        let mut known = self.world.globals.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(name.to_owned(), found);
        found
    }

    fn find_global(&mut self, name: &str) -> Option<Sym> {
        if let Some(id) = self.unit(LIB).own(0, name) {
            return Some(Sym { unit: LIB, id });
        }
        if let Some(first) = self.added(name).first() {
            return Some(*first);
        }
        let spots = self.program.defined(name).ok()?;
        spots.iter().take(64).find_map(|spot| {
            let number = self.open(&spot.path)?;
            let unit = self.unit(number);
            let node = unit.tree.at(spot.offset);
            let (scope, id) = unit.lookup(node, name, ANY)?;
            let around = unit.tree.parent(scope).filter(|up| scope != 0 && unit.tree.has(*up, "global"));
            let seen = around.is_some() || (scope == 0 && !unit.is_module);
            let declares = unit.symbols[id as usize].names.iter().any(|(named, _)| unit.offset(*named) == spot.offset);
            (seen && declares).then_some(Sym { unit: number, id })
        })
    }

    /// What the blocks of `declare global` in the repository declare under a name.
    pub fn added(&mut self, name: &str) -> Vec<Sym> {
        let known = self.world.added.read().unwrap_or_else(PoisonError::into_inner).clone();
        let added = known.unwrap_or_else(|| {
            let found = Arc::new(self.find_added());
            *self.world.added.write().unwrap_or_else(PoisonError::into_inner) = Some(found.clone());
            found
        });
        added.get(name).cloned().unwrap_or_default()
    }

    fn find_added(&mut self) -> HashMap<String, Vec<Sym>> {
        let mut found: HashMap<String, Vec<Sym>> = HashMap::new();
        for path in self.program.files_with("global").unwrap_or_default() {
            let ours = Language::of(&path).and_then(Language::family) == Some(Family::JavaScript);
            let Some(number) = Some(path).filter(|_| ours).and_then(|path| self.open(&path)) else { continue };
            let unit = self.unit(number);
            let blocks = (0..unit.tree.len()).filter(|id| unit.kind(*id) == "global");
            for block in blocks.filter_map(|id| unit.tree.parent(id)) {
                let Some(body) = unit.tree.child(block, "statement_block") else { continue };
                for (name, id) in unit.all(body) {
                    found.entry(name.to_owned()).or_default().push(Sym { unit: number, id });
                }
            }
        }
        found
    }

    pub fn symbol<T>(&mut self, sym: Sym, read: impl FnOnce(&Symbol) -> T) -> Option<T> {
        self.unit(sym.unit).symbols.get(sym.id as usize).map(read)
    }

    pub fn meanings(&mut self, sym: Sym) -> u8 {
        self.symbol(sym, |symbol| symbol.meanings).unwrap_or(0)
    }

    /// The nodes that declare a symbol.
    pub fn declarations(&mut self, sym: Sym) -> Vec<At> {
        let own = |engine: &mut Self, sym: Sym| {
            let nodes = engine.symbol(sym, |symbol| symbol.names.iter().map(|(_, at)| *at).collect::<Vec<_>>());
            nodes.unwrap_or_default().into_iter().map(move |node| At { unit: sym.unit, node })
        };
        let mut all: Vec<At> = own(self, sym).collect();
        if sym.unit == LIB {
            let name = self.symbol(sym, |symbol| symbol.name.clone()).unwrap_or_default();
            for other in self.added(&name) {
                all.extend(own(self, other));
            }
        }
        all
    }

    pub fn names(&mut self, sym: Sym) -> Vec<At> {
        let nodes = self.symbol(sym, |symbol| symbol.names.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        nodes.unwrap_or_default().into_iter().map(|node| At { unit: sym.unit, node }).collect()
    }

    /// Follows a symbol that is an import to what it means.
    pub fn link(&mut self, sym: Sym) -> Link {
        self.link_from(sym, 0)
    }

    fn link_from(&mut self, sym: Sym, hops: u8) -> Link {
        let names = self.names(sym);
        let own = |entity| Link { names: names.clone(), entity };
        let alias = self.symbol(sym, |symbol| symbol.alias).unwrap_or(false);
        if !alias || hops > HOPS {
            return own(Entity::Symbol(sym));
        }
        let declarations = self.declarations(sym);
        let Some(declaration) = declarations.first().copied() else { return own(Entity::Missing) };
        let unit = self.unit(sym.unit);
        let tree = &unit.tree;
        if unit.kind(declaration.node) == "import_alias" {
            let target = tree.named(declaration.node).last().map(|node| At { node, ..declaration });
            return own(target.map_or(Entity::Missing, |target| self.entity_of_path(target)));
        }
        let statement = tree.around(declaration.node, |kind| kind == "import_statement");
        let source = statement
            .and_then(|statement| tree.field(statement, "source"))
            .or_else(|| tree.field(declaration.node, "source"));
        let Some(module) = source.and_then(|source| unit.literal(source)) else { return own(Entity::Missing) };
        let Some(target) = self.module(sym.unit, module) else {
            let renamed = unit.kind(declaration.node) != "import_specifier" || tree.has(declaration.node, "as");
            return if renamed { own(Entity::Foreign) } else { Link { names: Vec::new(), entity: Entity::Foreign } };
        };
        match unit.kind(declaration.node) {
            "import_specifier" => {
                let Some(name) = tree.field(declaration.node, "name") else { return own(Entity::Missing) };
                let there = self.exported_from(target, &unit.key(name), hops + 1);
                let there = there.unwrap_or(Link { names: Vec::new(), entity: Entity::Missing });
                if tree.has(declaration.node, "as") { own(there.entity) } else { there }
            }
            "import_clause" => {
                let there = self.exported_from(target, "default", hops + 1);
                own(there.map_or(Entity::Module(target), |there| there.entity))
            }
            "import_require_clause" => {
                let there = self.exported_from(target, "export=", hops + 1);
                own(there.map_or(Entity::Module(target), |there| there.entity))
            }
            _ => own(Entity::Module(target)),
        }
    }

    /// What a file offers under a name.
    pub fn exported(&mut self, unit: u32, name: &str) -> Option<Link> {
        self.exported_from(unit, name, 0)
    }

    fn exported_from(&mut self, number: u32, name: &str, hops: u8) -> Option<Link> {
        if hops > HOPS {
            return None;
        }
        let loaded = self.unit(number);
        let at = |node| At { unit: number, node };
        match loaded.exports().named.get(name) {
            Some(Export::Local(id)) => {
                let link = self.link_from(Sym { unit: number, id: *id }, hops + 1);
                return Some(if name == "default" { Link { names: Vec::new(), ..link } } else { link });
            }
            Some(Export::Specifier { local, name }) => {
                let found = self.lookup(at(*local), loaded.slice(*local), ANY);
                let link = found.map(|sym| self.link_from(sym, hops + 1));
                let entity = link.as_ref().map_or(Entity::Missing, |link| link.entity.clone());
                if local != name {
                    return Some(Link { names: vec![at(*name)], entity });
                }
                return link.or(Some(Link { names: Vec::new(), entity }));
            }
            Some(Export::From { module, theirs, name, renamed }) => {
                let target = self.module(number, module);
                let link = target.and_then(|target| self.exported_from(target, theirs, hops + 1));
                let lost = if target.is_none() { Entity::Foreign } else { Entity::Missing };
                let entity = link.as_ref().map_or(lost, |link| link.entity.clone());
                if *renamed {
                    return Some(Link { names: vec![at(*name)], entity });
                }
                return link.or(Some(Link { names: Vec::new(), entity }));
            }
            Some(Export::Space { module, name }) => {
                let entity = self.module(number, module).map_or(Entity::Foreign, Entity::Module);
                return Some(Link { names: vec![at(*name)], entity });
            }
            Some(Export::Value { value, name }) => {
                let mut entity = Entity::Value(at(*value));
                if loaded.kind(*value) == "identifier"
                    && let Some(sym) = self.lookup(at(*value), loaded.slice(*value), ANY)
                {
                    entity = self.link_from(sym, hops + 1).entity;
                }
                return Some(Link { names: name.iter().map(|name| at(*name)).collect(), entity });
            }
            None => {}
        }
        if name != "default" && name != "export=" {
            for module in &loaded.exports().stars {
                let found = match self.module(number, module) {
                    Some(target) => self.exported_from(target, name, hops + 1),
                    None => None,
                };
                if found.is_some() {
                    return found;
                }
            }
        }
        // `export = space` and `module.exports = { name }`.
        if name != "export=" && loaded.exports().named.contains_key("export=") {
            let whole = self.exported_from(number, "export=", hops + 1)?.entity;
            let found = self.member_of_entity(&whole, name);
            return (!found.names.is_empty()).then_some(found);
        }
        None
    }

    /// A member of something that is not a value with a type, but a namespace.
    pub fn member_of_entity(&mut self, whole: &Entity, name: &str) -> Link {
        let missing = Link { names: Vec::new(), entity: Entity::Missing };
        match whole {
            Entity::Foreign => Link { names: Vec::new(), entity: Entity::Foreign },
            Entity::Module(unit) => self.exported(*unit, name).unwrap_or(missing),
            Entity::Symbol(sym) => match self.in_space(*sym, name, ANY) {
                Some(inner) => self.link(inner),
                None => {
                    let value = ty(Type::Value(*sym));
                    self.member_link(&value, name).unwrap_or(missing)
                }
            },
            Entity::Value(at) => {
                let value = self.expression(*at);
                self.member_link(&value, name).unwrap_or(missing)
            }
            Entity::Missing => missing,
        }
    }

    fn member_link(&mut self, of: &Ty, name: &str) -> Option<Link> {
        let members = self.members(of, name).found?;
        let first = members.first()?.at;
        let mut names = Vec::new();
        for member in &members {
            let node = self.unit(member.at.unit).name_of(member.at.node);
            names.push(At { node, ..member.at });
        }
        Some(Link { names, entity: Entity::Value(first) })
    }

    /// What `a.b.C` stands for, written as a type's name, a heritage clause or an import's target.
    pub fn entity_of_path(&mut self, path: At) -> Entity {
        self.link_of_path(path).map_or(Entity::Missing, |link| link.entity)
    }

    pub fn link_of_path(&mut self, path: At) -> Option<Link> {
        let unit = self.unit(path.unit);
        let tree = &unit.tree;
        match unit.kind(path.node) {
            "identifier" | "type_identifier" => {
                let role = tree.role(path.node);
                let outer = tree.parent(path.node).map_or("", |up| unit.kind(up));
                let meanings = match (unit.kind(path.node), outer, role) {
                    ("type_identifier", ..) => super::unit::TYPE,
                    (_, "nested_type_identifier" | "nested_identifier", _) => SPACE,
                    (_, "type_query", _) => VALUE,
                    _ => ANY,
                };
                let name = unit.slice(path.node);
                let sym = self.lookup(path, name, meanings).or_else(|| self.lookup(path, name, meanings | ANY))?;
                Some(self.link(sym))
            }
            "nested_type_identifier" | "nested_identifier" | "member_expression" => {
                let object = ["module", "object"].iter().find_map(|field| tree.field(path.node, field))?;
                let name = ["name", "property"].iter().find_map(|field| tree.field(path.node, field))?;
                let whole = self.entity_of_path(At { node: object, ..path });
                Some(self.member_of_entity(&whole, unit.slice(name)))
            }
            "call_expression" => {
                // `import("./a")`.
                let arguments = tree.field(path.node, "arguments")?;
                let module = tree.first(arguments).and_then(|source| unit.literal(source))?;
                let entity = self.module(path.unit, module).map_or(Entity::Foreign, Entity::Module);
                Some(Link { names: Vec::new(), entity })
            }
            _ => None,
        }
    }
}
