//! Which definitions share one name.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, PoisonError};

use rayon::prelude::*;

use super::infer::Infer;
use super::scopes::Var;
use super::tree::*;
use super::types::ClassRef;
use crate::graph::meaning::{Kin, Meaning, Spot};

/// Places where a name may mean several members, with those.
pub(super) type Together = Vec<(String, Vec<Spot>)>;

/// Whose a name is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Owner {
    Member(ClassRef),
    Variable(Var),
}

impl Infer<'_, '_> {
    /// The definitions that have one name together with the one at a spot.
    pub fn kin_of(&mut self, spot: &Spot) -> Kin {
        let key = spot.clone();
        let kept = &self.program.python.kin;
        if let Some(known) = kept.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let found = self.related(spot);
        let mut all = kept.lock().unwrap_or_else(PoisonError::into_inner);
        for member in &found.members {
            all.insert(member.clone(), found.clone());
        }
        all.insert(key, found.clone());
        found
    }

    fn related(&mut self, spot: &Spot) -> Kin {
        let alone = || Kin { members: vec![spot.clone()], ..Kin::default() };
        let Some(id) = super::modules::of_path(self.program, &spot.path) else { return alone() };
        let module = self.module(id);
        let Some(place) = module.places.iter().find(|place| place.span.0 == spot.offset).cloned() else {
            return alone();
        };
        let word = module.slice(place.span).to_owned();
        match self.owner_at(&module, &place, &word) {
            Some(Owner::Member(class)) => self.kin_of_member(class, &word),
            Some(Owner::Variable(var)) => self.kin_of_variable(&var),
            None => alone(),
        }
    }

    fn owner_at(&mut self, module: &Module, place: &Place, word: &str) -> Option<Owner> {
        let scope = match &place.kind {
            PlaceKind::Name(expr) => module.exprs[*expr].scope,
            PlaceKind::Bound(scope) | PlaceKind::Elsewhere(scope) => *scope,
            PlaceKind::Parameter(function) => module.functions[*function].scope,
            PlaceKind::Attribute(_) => {
                let class = module.classes.iter().position(|class| {
                    class.attributes.get(word).is_some_and(|set| set.iter().any(|set| set.name == place.span))
                })?;
                return Some(Owner::Member(ClassRef { module: module.id, class }));
            }
            _ => return None,
        };
        let var = self.variable(module, scope, word)?;
        let home = self.module(var.module);
        Some(match home.scopes[var.scope].kind {
            ScopeKind::Class(class) => Owner::Member(ClassRef { module: var.module, class }),
            _ => Owner::Variable(var),
        })
    }

    /// A variable's bindings, and those of the same name in the stub file beside it.
    fn kin_of_variable(&mut self, var: &Var) -> Kin {
        let mut members = BTreeSet::new();
        let mut bound = None;
        let mut waiting = vec![var.clone()];
        let mut seen = HashSet::new();
        while let Some(var) = waiting.pop() {
            if !seen.insert(var.clone()) || seen.len() > 64 {
                continue;
            }
            let (module, bindings) = self.bindings(&var);
            if module.stub {
                continue;
            }
            for binding in &bindings {
                match binding.bound {
                    Bound::Import(import) if !module.imports[import].renamed => {
                        // A definition that stands in for an import has its name.
                        let import = &module.imports[import];
                        match import.name.as_ref().map(|name| self.taken(&module, &import.module, name)) {
                            Some(Some(target)) if !self.module(target.module).stub => waiting.push(target),
                            _ if bindings.len() > 1 => {
                                bound = bound.or_else(|| {
                                    Some(format!("it stands in for `{}` of another package", import.module))
                                });
                            }
                            _ => {}
                        }
                    }
                    Bound::Parameter(function, _) => match self.fixture(&module, function, &var.name) {
                        Some(fixture) => waiting.push(fixture),
                        None => {
                            members.insert(Spot { path: module.path.clone(), offset: binding.name.0 });
                            waiting.extend(self.overriding_parameters(&module, function, &var.name));
                        }
                    },
                    _ => _ = members.insert(Spot { path: module.path.clone(), offset: binding.name.0 }),
                }
            }
            if var.scope == 0 {
                waiting.extend(self.counterparts(&var));
            }
        }
        if var.name.starts_with("__") && var.name.ends_with("__") {
            bound = Some("the language gives this name a meaning".to_owned());
        }
        Kin { members: members.into_iter().collect(), bound, doubts: Vec::new() }
    }

    /// The parameters of one name in methods that override each other: a keyword may mean any of them.
    fn overriding_parameters(&mut self, module: &Module, function: FunctionId, name: &str) -> Vec<Var> {
        let definition = &module.functions[function];
        let Some(class) = definition.class else { return Vec::new() };
        let at = definition.params.iter().position(|param| module.slice(param.name) == name);
        let method = module.slice(definition.name);
        if at == Some(0) || at.is_none_or(|at| definition.params[at].stars > 0) || method.starts_with("__") {
            return Vec::new();
        }
        let kin = self.kin_of_member(ClassRef { module: module.id, class }, method);
        let mut found = Vec::new();
        for spot in kin.members {
            let Some(id) = super::modules::of_path(self.program, &spot.path) else { continue };
            let other = self.module(id);
            let Some(method) = other.functions.iter().find(|method| method.name.0 == spot.offset) else { continue };
            if method.params.iter().any(|param| param.stars == 0 && other.slice(param.name) == name) {
                found.push(Var { module: id, scope: method.scope, name: name.into() });
            }
        }
        found
    }

    /// The kin of a definition, with those that the same code uses with it: where a value is one thing or another, both
    /// have to go by one name.
    pub fn kin_by_use(&mut self, spot: &Spot) -> Kin {
        let mut kin = self.kin_of(spot);
        let Some(source) = self.program.source(&spot.path) else { return kin };
        let rest = source.text.get(spot.offset..).unwrap_or_default();
        let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let together = self.used_together(&word);
        let mut again = true;
        while again {
            again = false;
            for (place, spots) in together.iter() {
                let ours = spots.iter().any(|spot| kin.members.contains(spot));
                let Some(other) = spots.iter().find(|spot| !kin.members.contains(spot)).filter(|_| ours) else {
                    continue;
                };
                let more = self.kin_of(other);
                kin.members.extend(more.members);
                kin.bound = kin.bound.or(more.bound);
                kin.doubts.extend(more.doubts);
                kin.doubts.push(format!("{place} uses it and another of the name as one, so both are renamed"));
                again = true;
            }
        }
        kin.members.sort();
        kin.members.dedup();
        kin.doubts.sort();
        kin.doubts.dedup();
        kin
    }

    /// The places where a name may mean several members, with those.
    fn used_together(&mut self, word: &str) -> Arc<Together> {
        let kept = &self.program.python.together;
        if let Some(known) = kept.lock().unwrap_or_else(PoisonError::into_inner).get(word) {
            return known.clone();
        }
        let program = self.program;
        let in_file = |path: &String| {
            let mut infer = Infer::new(program);
            let Some(id) = super::modules::of_path(program, path) else { return Vec::new() };
            let module = infer.module(id);
            let mut found = Vec::new();
            for place in &module.places {
                if module.slice(place.span) != word {
                    continue;
                }
                if let Meaning::These(spots) = infer.meaning(&module, place)
                    && spots.len() > 1
                {
                    let line = module.text[..place.span.0].matches('\n').count() + 1;
                    found.push((format!("{path}:{line}"), spots));
                }
            }
            found
        };
        let files = self.python_files_with(word);
        let all: Vec<Together> = files.par_iter().map(in_file).collect();
        let all = Arc::new(all.into_iter().flatten().collect::<Vec<_>>());
        kept.lock().unwrap_or_else(PoisonError::into_inner).insert(word.to_owned(), all.clone());
        all
    }

    /// A member of a class, and those that it overrides or that override it.
    fn kin_of_member(&mut self, class: ClassRef, word: &str) -> Kin {
        let candidates: Vec<ClassRef> =
            self.classes_with(word).into_iter().map(|(module, class)| ClassRef { module, class }).collect();
        let mut kin = vec![class];
        let mut at = 0;
        let mut bound = None;
        let mut doubts = Vec::new();
        while at < kin.len() {
            let one = kin[at];
            at += 1;
            let line = self.line(one, &[]);
            for (above, _) in line.classes.iter().skip(1) {
                if !self.declares(*above, word) {
                    continue;
                }
                let home = self.module(above.module);
                if home.stub {
                    let name = home.slice(home.classes[above.class].name).to_owned();
                    bound = bound.or_else(|| Some(format!("it overrides a member of `{name}`")));
                } else if !kin.contains(above) {
                    kin.push(*above);
                }
            }
            if line.foreign || line.unknown {
                let doubt = "a class above it is another package's, and may have this member".to_owned();
                if !doubts.contains(&doubt) {
                    doubts.push(doubt);
                }
            }
            for other in &candidates {
                let related = !kin.contains(other) && (self.is_below(*other, one) || self.fulfils(*other, one, word));
                if related {
                    kin.push(*other);
                }
            }
            for beside in self.class_counterparts(one) {
                if self.declares(beside, word) && !kin.contains(&beside) {
                    kin.push(beside);
                }
            }
        }
        if word.starts_with("__") && word.ends_with("__") {
            bound = Some("the language gives this name a meaning".to_owned());
        }
        let mut members = BTreeSet::new();
        for class in kin {
            let set = self.set_without_underscore(class, word);
            doubts.extend(set.into_iter().map(|at| format!("{at} sets it by a keyword that has no underscore")));
            members.extend(self.all_spots(class, word));
        }
        Kin { members: members.into_iter().collect(), bound, doubts }
    }

    /// Whether one of two classes is a protocol that the other has all members of.
    fn fulfils(&mut self, one: ClassRef, other: ClassRef, word: &str) -> bool {
        let (protocol, class) = match (self.is_protocol(one), self.is_protocol(other)) {
            (true, false) => (one, other),
            (false, true) => (other, one),
            _ => return false,
        };
        let module = self.module(protocol.module);
        let names: Vec<String> = module.scopes[module.classes[protocol.class].scope].bindings.keys().cloned().collect();
        let line = self.line(class, &[]);
        names.iter().any(|name| name == word)
            && names.iter().filter(|name| !name.starts_with("__")).all(|name| self.owner(&line, name).is_some())
    }

    /// Every place in the body of a class that defines a member, and where a method sets it first.
    fn all_spots(&mut self, class: ClassRef, word: &str) -> Vec<Spot> {
        let module = self.module(class.module);
        let definition = &module.classes[class.class];
        let spot = |offset: usize| Spot { path: module.path.clone(), offset };
        let bindings = module.scopes[definition.scope].bindings.get(word).into_iter().flatten();
        let mut found: Vec<Spot> = bindings
            .filter(|binding| !matches!(binding.bound, Bound::Import(_)))
            .map(|binding| spot(binding.name.0))
            .collect();
        let set = definition.attributes.get(word).and_then(|set| set.first());
        found.extend(set.map(|set| spot(set.name.0)));
        found
    }
}
