//! From a name to the variable that it means, and from a variable to where it is defined.

use std::sync::Arc;

use super::infer::Infer;
use super::modules::Led;
use super::tree::*;
use super::types::Type;
use crate::graph::meaning::Spot;

/// A name of a scope.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Var {
    pub module: usize,
    pub scope: ScopeId,
    pub name: Arc<str>,
}

/// Imports follow each other no further.
const HOPS: usize = 12;

impl Infer<'_, '_> {
    /// The variable that a name means in a scope.
    pub fn variable(&mut self, module: &Module, scope: ScopeId, name: &str) -> Option<Var> {
        let var = |module: usize, scope| Some(Var { module, scope, name: name.into() });
        let mut at = Some(scope);
        while let Some(id) = at {
            let here = &module.scopes[id];
            if here.globals.contains(name) {
                at = Some(0);
                if id == 0 {
                    return None;
                }
                continue;
            }
            let hidden = matches!(here.kind, ScopeKind::Class(_)) && id != scope;
            if !hidden && !here.nonlocals.contains(name) && here.bindings.contains_key(name) {
                return var(module.id, id);
            }
            if id == 0 {
                break;
            }
            at = here.parent;
        }
        if let Some(found) = self.by_star(module, name, 0) {
            return Some(found);
        }
        let builtins = super::modules::stub(self.program, "builtins")?;
        if module.id == builtins {
            return None;
        }
        self.module(builtins).scopes[0].bindings.contains_key(name).then_some(()).and_then(|()| var(builtins, 0))
    }

    /// A name of a module, as others see it.
    pub fn member_of_module(&mut self, id: usize, name: &str) -> Option<Var> {
        self.member_at(id, name, 0)
    }

    fn member_at(&mut self, id: usize, name: &str, depth: usize) -> Option<Var> {
        let module = self.module(id);
        if module.scopes[0].bindings.contains_key(name) {
            return Some(Var { module: id, scope: 0, name: name.into() });
        }
        if let Some(found) = self.by_star(&module, name, depth) {
            return Some(found);
        }
        // Some names are only there for those who check types.
        let described = module.path.strip_suffix(".py").map(|stem| format!("{stem}.pyi"))?;
        let described = super::modules::of_path(self.program, &described)?;
        let known = self.module(described).scopes[0].bindings.contains_key(name);
        known.then(|| Var { module: described, scope: 0, name: name.into() })
    }

    fn by_star(&mut self, module: &Module, name: &str, depth: usize) -> Option<Var> {
        if depth > HOPS {
            return None;
        }
        for star in &module.scopes[0].stars {
            let Led::Module(from) = self.resolve(module, &module.imports[*star].module, None) else { continue };
            let listed = self.module(from);
            let mut exported =
                listed.places.iter().filter(|place| matches!(place.kind, PlaceKind::Exported)).peekable();
            let visible = match exported.peek() {
                Some(_) => exported.any(|place| listed.slice(place.span) == name),
                None => !name.starts_with('_'),
            };
            if visible && let Some(found) = self.member_at(from, name, depth + 1) {
                return Some(found);
            }
        }
        None
    }

    /// Where a variable is defined; nothing for those of libraries, and for modules.
    pub fn definitions(&mut self, var: &Var) -> Vec<Spot> {
        let mut found = Vec::new();
        self.collect_definitions(var, &mut found, 0);
        found.sort();
        found.dedup();
        found
    }

    fn collect_definitions(&mut self, var: &Var, found: &mut Vec<Spot>, depth: usize) {
        let module = self.module(var.module);
        if depth > HOPS || module.stub {
            return;
        }
        let Some(bindings) = module.scopes[var.scope].bindings.get(&*var.name) else { return };
        let mut own = false;
        for binding in bindings {
            match &binding.bound {
                Bound::Import(import) => {
                    let import = &module.imports[*import];
                    match (&import.name, import.renamed) {
                        (_, true) => own = true,
                        (Some(name), false) => {
                            if let Some(target) = self.taken(&module, &import.module, name) {
                                self.collect_definitions(&target, found, depth + 1);
                            }
                        }
                        (None, false) => {}
                    }
                }
                Bound::Parameter(function, _) => match self.fixture(&module, *function, &var.name) {
                    Some(fixture) => self.collect_definitions(&fixture, found, depth + 1),
                    None => own = true,
                },
                _ => own = true,
            }
        }
        if own {
            let first = bindings.iter().find(|binding| match binding.bound {
                Bound::Import(import) => module.imports[import].renamed,
                _ => true,
            });
            found.extend(first.map(|first| Spot { path: module.path.clone(), offset: first.name.0 }));
        }
    }

    /// What `from module import name` takes, unless that is a module itself.
    pub fn taken(&mut self, from: &Module, module: &str, name: &str) -> Option<Var> {
        match self.resolve(from, module, None) {
            Led::Module(id) => self.member_of_module(id, name),
            _ => None,
        }
    }

    /// All places that bind a variable.
    pub fn bindings(&mut self, var: &Var) -> (Arc<Module>, Vec<Binding>) {
        let module = self.module(var.module);
        let bindings = module.scopes[var.scope].bindings.get(&*var.name).cloned().unwrap_or_default();
        (module, bindings)
    }

    /// The fixture that a parameter of a test means.
    pub fn fixture(&mut self, module: &Module, function: FunctionId, name: &str) -> Option<Var> {
        let definition = &module.functions[function];
        if definition.is_lambda || !(module.slice(definition.name).starts_with("test") || is_fixture(module, function))
        {
            return None;
        }
        let given = |place: &Place| {
            matches!(place.kind, PlaceKind::Argument(of) if of == function) && module.slice(place.span) == name
        };
        if matches!(name, "self" | "cls" | "request") || module.places.iter().any(given) {
            return None;
        }
        self.fixture_from(module, Some(function), name)
    }

    /// The fixture that a name means in a file: of its own, or of a `conftest.py` above it.
    pub fn fixture_from(&mut self, module: &Module, user: Option<FunctionId>, name: &str) -> Option<Var> {
        let class = user.and_then(|user| module.functions[user].class).map(|class| module.classes[class].scope);
        for scope in class.into_iter().chain([0]) {
            let bindings = module.scopes[scope].bindings.get(name).into_iter().flatten();
            for binding in bindings {
                match binding.bound {
                    Bound::Function(other) if Some(other) != user && is_fixture(module, other) => {
                        return Some(Var { module: module.id, scope, name: name.into() });
                    }
                    Bound::Import(_) => return Some(Var { module: module.id, scope, name: name.into() }),
                    _ => {}
                }
            }
        }
        let mut folder = module.path.as_str();
        while let Some((above, _)) = folder.rsplit_once('/') {
            folder = above;
            let path = format!("{folder}/conftest.py");
            if path == module.path {
                continue;
            }
            let found = super::modules::of_path(self.program, &path).map(|id| self.module(id));
            let found = found.and_then(|conftest| self.fixture_in(&conftest, name));
            if found.is_some() {
                return found;
            }
        }
        let root = super::modules::of_path(self.program, "conftest.py").map(|id| self.module(id))?;
        self.fixture_in(&root, name)
    }

    fn fixture_in(&mut self, module: &Module, name: &str) -> Option<Var> {
        let bindings = module.scopes[0].bindings.get(name)?;
        let found = bindings.iter().any(|binding| match binding.bound {
            Bound::Function(function) => is_fixture(module, function),
            Bound::Import(_) => true,
            _ => false,
        });
        found.then(|| Var { module: module.id, scope: 0, name: name.into() })
    }

    /// The variable that a dotted path in the code means, if it is one.
    pub fn dotted_variable(&mut self, module: &Module, expr: ExprId) -> Option<Var> {
        match module.exprs[expr].kind {
            Kind::Name => self.variable(module, module.exprs[expr].scope, module.name_of(expr)?),
            Kind::Attribute { object, name } => match self.infer(module, object) {
                Type::Module(id) => self.member_of_module(id, module.slice(name)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Whether a function is decorated as a fixture.
pub(super) fn is_fixture(module: &Module, function: FunctionId) -> bool {
    module.functions[function].decorators.iter().any(|decorator| {
        let called = match module.exprs[*decorator].kind {
            Kind::Call { function, .. } => function,
            _ => *decorator,
        };
        module.dotted(called).is_some_and(|name| name == "fixture" || name.ends_with(".fixture"))
    })
}
