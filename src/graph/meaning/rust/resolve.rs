//! Names in modules: what a path leads to, by items, `use` trees, globs and the prelude.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::{Arc, PoisonError};

use super::hir::{DefId, Item, NOWHERE, Path, UseKind, UseLeaf, Word};
use super::universe::{STUB, Universe};

/// The names that this thread is looking up, and how often it came back to one of them.
#[derive(Default)]
struct Open {
    keys: HashSet<(DefId, Word)>,
    cuts: usize,
}

thread_local! {
    static OPEN: RefCell<Open> = RefCell::default();
}

/// Re-exports that are followed one after the other.
const DEEPEST: usize = 24;

/// What a name in a module is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    pub target: Target,
    /// Where the name is given by `as`.
    pub alias: Option<(u32, u32)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Def(DefId),
    /// Something of a crate whose text is not here.
    Foreign,
}

/// Which of the things of one name are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    Type,
    Value,
    Macro,
    Any,
}

impl Universe {
    pub fn fits(&self, id: DefId, space: Space) -> bool {
        match (&self.def(id).item, space) {
            (_, Space::Any) | (Item::Variant { .. }, Space::Type | Space::Value) => true,
            (Item::Macro { .. }, space) => space == Space::Macro,
            (Item::Function(_) | Item::Constant { .. }, space) => space == Space::Value,
            (Item::Struct { is_tuple, .. }, Space::Value) => *is_tuple,
            (Item::Param { constant, .. }, Space::Value) => constant.is_some(),
            (_, space) => space == Space::Type,
        }
    }

    /// What a name means directly in a module: its items and imports.
    pub fn lookup(&self, module: DefId, name: &str, space: Space) -> Vec<Hit> {
        let all = self.lookup_all(module, name, 0);
        all.iter().filter(|hit| self.hit_fits(hit, space)).cloned().collect()
    }

    fn hit_fits(&self, hit: &Hit, space: Space) -> bool {
        match hit.target {
            Target::Def(id) => self.fits(id, space),
            Target::Foreign => true,
        }
    }

    fn lookup_all(&self, module: DefId, name: &str, depth: usize) -> Arc<Vec<Hit>> {
        let key = (module, name.into());
        let lock = || self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return Arc::clone(known);
        }
        if depth > DEEPEST || !OPEN.with_borrow_mut(|open| open.keys.insert(key.clone())) {
            OPEN.with_borrow_mut(|open| open.cuts += 1);
            // `pub use wrap::wrap` asks for the module of the name that it gives.
            let own = self.named(module, name).iter();
            return Arc::new(own.map(|id| Hit { target: Target::Def(*id), alias: None }).collect());
        }
        let before = OPEN.with_borrow(|open| open.cuts);
        let found = Arc::new(self.search(module, name, depth));
        let cuts = OPEN.with_borrow_mut(|open| {
            open.keys.remove(&key);
            open.cuts - before
        });
        // What a cycle has cut off may be found from elsewhere.
        if cuts == 0 || depth == 0 {
            lock().insert(key, Arc::clone(&found));
        }
        found
    }

    fn search(&self, module: DefId, name: &str, depth: usize) -> Vec<Hit> {
        let mut found: Vec<Hit> =
            self.named(module, name).iter().map(|id| Hit { target: Target::Def(*id), alias: None }).collect();
        let extend = |found: &mut Vec<Hit>, hits: Vec<Hit>| {
            for hit in hits {
                if !found.contains(&hit) {
                    found.push(hit);
                }
            }
        };
        match &self.def(module).item {
            Item::Enum { .. } => {
                found.extend(self.member(module, name).map(|id| Hit { target: Target::Def(id), alias: None }));
                return found;
            }
            Item::Module { .. } => {}
            _ => return found,
        }
        let Item::Module { uses, .. } = &self.def(module).item else { return found };
        // Exported macros are the crate's, wherever they are written.
        if module.index == 0 && module.file != STUB && self.around(module).is_none() {
            for id in self.macros.get(name).into_iter().flatten().filter(|id| self.root(self.scope(**id)) == module) {
                extend(&mut found, vec![Hit { target: Target::Def(*id), alias: None }]);
            }
        }
        let names = |leaf: &&UseLeaf| leaf.local.as_ref().is_some_and(|local| &*local.word == name);
        // What is imported under a condition only leaves room for what comes by a glob.
        let mut sure = found.clone();
        for leaf in uses.iter().filter(names) {
            let alias = leaf.local.as_ref().filter(|local| local.at != NOWHERE).map(|local| (module.file, local.at));
            let mut hits = self.leaf(module, leaf, depth + 1);
            if alias.is_some() {
                hits.iter_mut().for_each(|hit| hit.alias = alias);
            }
            if !leaf.conditional {
                extend(&mut sure, hits.clone());
            }
            extend(&mut found, hits);
        }
        let has = |space| sure.iter().any(|hit| self.hit_fits(hit, space));
        if has(Space::Type) && has(Space::Value) {
            return found;
        }
        let mut by_glob = Vec::new();
        for leaf in uses.iter().filter(|leaf| matches!(leaf.kind, UseKind::Glob)) {
            for hit in self.leaf(module, leaf, depth + 1) {
                let Target::Def(id) = hit.target else { continue };
                let inside = self.as_module(id).or_else(|| {
                    let target =
                        if let Item::Alias { .. } = self.def(id).item { self.alias_target(id) } else { Some(id) };
                    target.filter(|id| matches!(self.def(*id).item, Item::Enum { .. }))
                });
                if let Some(inside) = inside.filter(|inside| *inside != module) {
                    extend(&mut by_glob, self.lookup_all(inside, name, depth + 1).to_vec());
                }
            }
        }
        for hit in by_glob {
            let Target::Def(id) = hit.target else { continue };
            let space = [Space::Macro, Space::Value, Space::Type].into_iter().find(|space| self.fits(id, *space));
            let taken = sure.iter().any(|own| {
                own.alias.is_none()
                    && matches!(own.target, Target::Def(own) if space.is_some_and(|space| self.fits(own, space)))
            });
            if !taken && !found.contains(&hit) {
                found.push(hit);
            }
        }
        found
    }

    /// What an alias of an enum names.
    fn alias_target(&self, id: DefId) -> Option<DefId> {
        let Item::Alias { ty: Some(super::hir::Type::Path(path)), .. } = &self.def(id).item else { return None };
        let hits = self.walk(self.scope(id), path, path.segments.len(), Space::Type, 1, &mut |_, _| {});
        hits.into_iter().find_map(|hit| if let Target::Def(id) = hit.target { Some(id) } else { None })
    }

    /// What a leaf of a `use` tree leads to.
    fn leaf(&self, module: DefId, leaf: &UseLeaf, depth: usize) -> Vec<Hit> {
        self.import(module, leaf, depth, &mut |_, _| {})
    }

    /// Follows a leaf, and tells what each of its segments is.
    pub fn import(&self, module: DefId, leaf: &UseLeaf, depth: usize, tell: &mut dyn FnMut(usize, &[Hit])) -> Vec<Hit> {
        self.walk(module, &leaf.path, leaf.path.segments.len(), Space::Any, depth, tell)
    }

    /// Follows the first `count` segments of a path that are modules and enums, the last one in the given space.
    ///
    /// `tell` hears what each segment is.
    pub fn walk(
        &self,
        scope: DefId,
        path: &Path,
        count: usize,
        space: Space,
        depth: usize,
        tell: &mut dyn FnMut(usize, &[Hit]),
    ) -> Vec<Hit> {
        if depth > DEEPEST {
            return Vec::new();
        }
        let mut at: Vec<Hit> = Vec::new();
        for (step, segment) in path.segments.iter().take(count).enumerate() {
            let word = &*segment.name.word;
            let space = if step + 1 == count { space } else { Space::Type };
            let one = |id: DefId| vec![Hit { target: Target::Def(id), alias: None }];
            let next = if step == 0 {
                match word {
                    _ if path.global => self.crate_named(word, scope).map_or_else(foreign, one),
                    "crate" => one(self.root(scope)),
                    "self" => one(self.module(scope)),
                    "super" => self.parent_module(scope).map_or_else(Vec::new, one),
                    // A name imported from its own module is another's.
                    _ => self.first(scope, word, space, depth),
                }
            } else {
                let mut next = Vec::new();
                for hit in &at {
                    match hit.target {
                        Target::Foreign => next.extend(foreign()),
                        Target::Def(id) => {
                            let Some(inside) = self.inside(id) else { continue };
                            match word {
                                "self" => next.extend(one(inside)),
                                "super" => next.extend(
                                    self.parent_module(inside).map(|id| Hit { target: Target::Def(id), alias: None }),
                                ),
                                _ => {
                                    let all = self.lookup_all(inside, word, depth + 1);
                                    next.extend(all.iter().filter(|hit| self.hit_fits(hit, space)).cloned());
                                    // What the stubs leave out is the library's all the same.
                                    if next.is_empty() && id.file == STUB {
                                        next.extend(foreign());
                                    }
                                }
                            }
                        }
                    }
                }
                next
            };
            // A crate that is not here.
            let next = if step == 0 && next.is_empty() && (count > 1 || space == Space::Any) && word != "super" {
                foreign()
            } else {
                next
            };
            tell(step, &next);
            if next.is_empty() {
                return next;
            }
            at = next;
        }
        at
    }

    /// The module or enum that a definition's names are looked up in.
    fn inside(&self, id: DefId) -> Option<DefId> {
        match &self.def(id).item {
            Item::Enum { .. } => Some(id),
            Item::ExternCrate { local } => self.crate_named(local, id),
            Item::Alias { .. } => self.alias_target(id).filter(|id| matches!(self.def(*id).item, Item::Enum { .. })),
            _ => self.as_module(id),
        }
    }

    /// What the first segment of a path is: by the blocks around it, its module, the crates, the prelude.
    pub fn first(&self, scope: DefId, word: &str, space: Space, depth: usize) -> Vec<Hit> {
        let fits = |all: &[Hit]| -> Vec<Hit> { all.iter().filter(|hit| self.hit_fits(hit, space)).cloned().collect() };
        for around in self.roots_of(scope) {
            let found = fits(&self.lookup_all(around, word, depth));
            if !found.is_empty() {
                return found;
            }
            if !self.is_block(around) {
                break;
            }
        }
        if matches!(space, Space::Type | Space::Any) {
            if let Some(root) = self.crate_named(word, scope) {
                return vec![Hit { target: Target::Def(root), alias: None }];
            }
            // Before 2018 imports begin at the crate's root.
            let root = self.root(scope);
            let found =
                if self.old.contains(&root) { fits(&self.lookup_all(root, word, depth + 1)) } else { Vec::new() };
            if found.iter().any(|hit| matches!(hit.target, Target::Def(id) if self.as_module(id).is_some())) {
                return found;
            }
        }
        if let Some(std) = self.crate_named("std", scope)
            && let Some(prelude) = self.named(std, "prelude").first()
        {
            return fits(&self.lookup_all(*prelude, word, depth + 1));
        }
        Vec::new()
    }
}

fn foreign() -> Vec<Hit> {
    vec![Hit { target: Target::Foreign, alias: None }]
}
