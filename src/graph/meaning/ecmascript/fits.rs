//! Whether one type may stand for another, and what type parameters stand for when it does.

use super::engine::Engine;
use super::tree::{At, is_function};
use super::types::{Sym, Ty, Type, mentions, parts, present, ty, union};

impl Engine<'_, '_> {
    /// Whether a type may stand where another is wanted. `None` when that cannot be told. What parameters of the wanted one
    /// stand for is added to the bindings.
    pub fn fits(&mut self, actual: &Ty, wanted: &Ty, bindings: &mut Vec<(At, Ty)>) -> Option<bool> {
        self.deeper(|engine| engine.compared(actual, wanted, bindings)).flatten()
    }

    fn compared(&mut self, actual: &Ty, wanted: &Ty, bindings: &mut Vec<(At, Ty)>) -> Option<bool> {
        if actual == wanted {
            return Some(true);
        }
        let (actual, wanted) = (self.opened(actual), self.opened(wanted));
        match (&*actual, &*wanted) {
            (_, Type::Any | Type::Unknown) => Some(true),
            (_, Type::Param(at)) => {
                bindings.push((*at, actual.clone()));
                match self.constraint_of(&wanted) {
                    Some(base) if !mentions(&base, &|_| true, 0) => self.fits(&actual, &base, &mut Vec::new()),
                    _ => Some(true),
                }
            }
            (Type::Any | Type::Foreign | Type::Unsure | Type::Index(..) | Type::Cond(..) | Type::KeyOf(_), _)
            | (_, Type::Foreign | Type::Unsure | Type::Index(..) | Type::Cond(..) | Type::KeyOf(_)) => None,
            (Type::Never, _) => Some(true),
            (_, Type::Never) => Some(false),
            (Type::Param(_), _) => match self.constraint_of(&actual) {
                Some(base) => self.fits(&base, &wanted, bindings).filter(|yes| *yes),
                None => None,
            },
            (Type::Union(all), _) => {
                let verdicts: Vec<Option<bool>> = all
                    .iter()
                    .filter(|part| ***part != Type::Nullish)
                    .map(|part| self.fits(part, &wanted, bindings))
                    .collect();
                if verdicts.contains(&Some(false)) {
                    Some(false)
                } else if verdicts.contains(&None) {
                    None
                } else {
                    Some(true)
                }
            }
            (_, Type::Union(all)) => {
                let mut unsure = false;
                for part in all {
                    match self.fits(&actual, part, bindings) {
                        Some(true) => return Some(true),
                        None => unsure = true,
                        Some(false) => {}
                    }
                }
                if unsure { None } else { Some(false) }
            }
            (_, Type::Inter(all)) => {
                let verdicts: Vec<Option<bool>> = all.iter().map(|part| self.fits(&actual, part, bindings)).collect();
                verdicts.into_iter().find(|one| *one != Some(true)).unwrap_or(Some(true))
            }
            (Type::Inter(all), _) => {
                let verdicts: Vec<Option<bool>> = all.iter().map(|part| self.fits(part, &wanted, bindings)).collect();
                if verdicts.contains(&Some(true)) {
                    Some(true)
                } else if verdicts.contains(&None) {
                    None
                } else {
                    self.structure(&actual, &wanted, bindings)
                }
            }
            (Type::Nullish, Type::Nullish) => Some(true),
            (Type::Nullish, _) | (_, Type::Nullish) => Some(false),
            (Type::Str(_), Type::Prim("String"))
            | (Type::Num(_), Type::Prim("Number"))
            | (Type::Bool(_), Type::Prim("Boolean")) => Some(true),
            (Type::Prim("Boolean"), Type::Bool(_)) => None,
            (Type::Prim(one), Type::Prim(other)) => Some(one == other),
            (
                Type::Str(_) | Type::Num(_) | Type::Bool(_) | Type::Prim(_),
                Type::Str(_) | Type::Num(_) | Type::Bool(_) | Type::Prim(_),
            ) => Some(false),
            (_, Type::Prim("Object")) => Some(true),
            (_, Type::Str(_) | Type::Num(_) | Type::Bool(_) | Type::Prim(_)) => Some(false),
            (Type::Tuple(elements), Type::Tuple(slots)) => self.tuples(elements, slots, bindings),
            (Type::Tuple(elements), Type::Ref(..)) => {
                let array = self.as_array(elements);
                self.fits(&array, &wanted, bindings)
            }
            (Type::Ref(sym, arguments), Type::Ref(other, slots)) if sym == other => {
                let mut all = Some(true);
                for (argument, slot) in arguments.iter().zip(slots) {
                    match self.fits(argument, slot, bindings) {
                        Some(true) => {}
                        Some(false) if !mentions(slot, &|_| true, 0) => return Some(false),
                        _ => all = None,
                    }
                }
                all
            }
            (Type::Ref(..), Type::Ref(other, _)) => {
                if let Some(base) = self.as_base(&actual, *other) {
                    return self.fits(&base, &wanted, bindings);
                }
                self.structure(&actual, &wanted, bindings)
            }
            _ => {
                let ways = self.signatures(&wanted, false);
                if !ways.is_empty() {
                    let own = self.signatures(&actual, false);
                    if own.is_empty() {
                        return Some(false);
                    }
                    self.unify(&wanted, &actual, bindings);
                    return Some(true);
                }
                let made = self.signatures(&wanted, true);
                if !made.is_empty() {
                    if self.signatures(&actual, true).is_empty() {
                        return Some(false);
                    }
                    self.unify(&wanted, &actual, bindings);
                    return Some(true);
                }
                self.structure(&actual, &wanted, bindings)
            }
        }
    }

    fn tuples(&mut self, elements: &[Ty], slots: &[Ty], bindings: &mut Vec<(At, Ty)>) -> Option<bool> {
        let mut all = Some(true);
        for (index, slot) in slots.iter().enumerate() {
            if let Type::Rest(inner) = &**slot {
                let behind = slots.len() - index - 1;
                let rest = elements.get(index..elements.len().saturating_sub(behind)).unwrap_or_default();
                let rest = ty(Type::Tuple(rest.to_vec()));
                self.fits(&rest, inner, bindings);
                for (slot, element) in slots[index + 1..].iter().rev().zip(elements.iter().rev()) {
                    self.fits(element, slot, bindings);
                }
                return all;
            }
            match elements.get(index) {
                Some(element) => match self.fits(element, slot, bindings) {
                    Some(true) => {}
                    other => all = other,
                },
                None => return Some(false),
            }
        }
        if elements.len() > slots.len() { Some(false) } else { all }
    }

    /// By the members that are wanted.
    fn structure(&mut self, actual: &Ty, wanted: &Ty, bindings: &mut Vec<(At, Ty)>) -> Option<bool> {
        let names = self.member_names(wanted)?;
        let mut all = Some(true);
        for name in names.iter().take(24) {
            let members = self.members(wanted, name);
            let Some(first) = members.found.and_then(|found| found.into_iter().next()) else { continue };
            let unit = self.unit(first.at.unit);
            let optional = unit.tree.has(first.at.node, "?");
            match self.property(actual, name) {
                Some(own) => {
                    let Some(slot) = self.property(wanted, name) else { continue };
                    match self.fits(&own, &slot, bindings) {
                        Some(true) => {}
                        Some(false)
                            if matches!(
                                &*self.opened(&slot),
                                Type::Str(_) | Type::Num(_) | Type::Bool(_) | Type::Prim(_)
                            ) =>
                        {
                            return Some(false);
                        }
                        _ => all = None,
                    }
                }
                None if optional => {}
                None => return Some(false),
            }
        }
        all
    }

    /// A type as one of those that it extends or implements.
    pub fn as_base(&mut self, of: &Ty, wanted: Sym) -> Option<Ty> {
        self.deeper(|engine| {
            let of = engine.opened(of);
            match &*of {
                Type::Ref(sym, _) if *sym == wanted => Some(of.clone()),
                Type::Ref(sym, arguments) => {
                    let bases = engine.bases(*sym, arguments, &of);
                    let found = bases.iter().find_map(|base| engine.as_base(base, wanted));
                    if found.is_some() {
                        return found;
                    }
                    let promises = engine.promises(*sym);
                    let own: Vec<(At, Ty)> =
                        engine.declarations(*sym).into_iter().flat_map(|one| engine.filled(one, arguments)).collect();
                    let env = super::types::Env::new(own);
                    promises.iter().find_map(|one| engine.as_base(&super::types::substitute(one, &env), wanted))
                }
                Type::Inter(all) => all.iter().find_map(|part| engine.as_base(part, wanted)),
                Type::Tuple(elements) => {
                    let array = engine.as_array(elements);
                    engine.as_base(&array, wanted)
                }
                _ => None,
            }
        })?
    }

    /// What the parameters in a pattern stand for, if the other type is what it describes.
    pub fn unify(&mut self, pattern: &Ty, actual: &Ty, bindings: &mut Vec<(At, Ty)>) {
        self.deeper(|engine| engine.unified(pattern, actual, bindings));
    }

    fn unified(&mut self, pattern: &Ty, actual: &Ty, bindings: &mut Vec<(At, Ty)>) {
        match (&**pattern, &**actual) {
            (Type::Param(at), _) => bindings.push((*at, actual.clone())),
            (Type::Alias(one, slots), Type::Alias(other, arguments)) if one == other => {
                for (slot, argument) in slots.iter().zip(arguments) {
                    self.unify(slot, argument, bindings);
                }
            }
            (Type::Ref(one, slots), Type::Ref(other, arguments)) if one == other => {
                for (slot, argument) in slots.iter().zip(arguments) {
                    self.unify(slot, argument, bindings);
                }
            }
            (Type::Alias(..), _) => {
                let opened = self.opened(pattern);
                if !matches!(&*opened, Type::Alias(..)) {
                    self.unify(&opened, actual, bindings);
                }
            }
            (Type::Union(all), _) => self.unify_union(all, actual, bindings),
            (Type::Inter(all), _) => {
                for part in all {
                    self.unify(part, actual, bindings);
                }
            }
            (_, Type::Alias(..) | Type::Index(..) | Type::Cond(..)) => {
                let opened = self.opened(actual);
                if opened != *actual {
                    self.unify(pattern, &opened, bindings);
                }
            }
            (_, Type::Union(all)) => {
                for part in all.iter().filter(|part| ***part != Type::Nullish) {
                    self.unify(pattern, part, bindings);
                }
            }
            (Type::Tuple(slots), Type::Tuple(elements)) => {
                self.tuples(elements, slots, bindings);
            }
            (Type::Ref(sym, slots), _) => {
                if let Some(base) = self.as_base(actual, *sym) {
                    if let Type::Ref(_, arguments) = &*base {
                        for (slot, argument) in slots.iter().zip(arguments) {
                            self.unify(slot, argument, bindings);
                        }
                    }
                    return;
                }
                let library = sym.unit == super::engine::LIB;
                let iterable = library
                    && self
                        .symbol(*sym, |symbol| symbol.name.contains("Itera") || symbol.name.contains("Array"))
                        .unwrap_or(false);
                if iterable {
                    if let (Some(slot), Some(element)) = (slots.first(), self.element(actual)) {
                        self.unify(slot, &element, bindings);
                    }
                    return;
                }
                if slots.iter().any(|slot| mentions(slot, &|_| true, 0)) {
                    self.unify_structure(pattern, actual, bindings);
                }
            }
            (Type::Cond(at, env), _) => {
                for field in ["consequence", "alternative"] {
                    if let Some(branch) = self.field(*at, field) {
                        let branch = self.evaluate(branch, env);
                        self.unify(&branch, actual, bindings);
                    }
                }
            }
            (Type::Shape(at, env), _) => {
                let kind = self.kind(*at);
                if is_function(kind) {
                    self.unify_functions(pattern, actual, kind == "constructor_type", bindings);
                    return;
                }
                if let Some(clause) = self.mapped(*at) {
                    if let Some(keys) = self.field(clause, "type")
                        && let Some(source) = self.mapped_source(keys, env)
                        && matches!(&*source, Type::Param(_))
                    {
                        self.unify_mapped(clause, env, &source, actual, bindings);
                    } else if let Some(keys) = self.field(clause, "type") {
                        let keys = self.evaluate(keys, env);
                        if let (Type::Param(_), Some(names)) = (&*keys, self.member_names(actual)) {
                            let names = union(names.into_iter().map(|name| ty(Type::Str(name))));
                            self.unify(&keys, &names, bindings);
                        }
                        let unit = self.unit(clause.unit);
                        let template = unit.tree.parent(clause.node).and_then(|up| unit.tree.field(up, "type"));
                        if let Some(node) = template {
                            let template = self.evaluate(At { node, ..clause }, env);
                            let member = self.any_member(actual);
                            self.unify(&template, &member, bindings);
                        }
                    }
                    return;
                }
                self.unify_functions(pattern, actual, false, bindings);
                self.unify_functions(pattern, actual, true, bindings);
                self.unify_structure(pattern, actual, bindings);
            }
            _ => {}
        }
    }

    /// `{ [K in keyof T]: Box<T[K]> }` against an object or a tuple: `T` has what is in the boxes.
    fn unify_mapped(
        &mut self,
        clause: At,
        env: &super::types::Env,
        source: &Ty,
        actual: &Ty,
        bindings: &mut Vec<(At, Ty)>,
    ) {
        let unit = self.unit(clause.unit);
        let Some(node) = unit.tree.parent(clause.node).and_then(|up| unit.tree.field(up, "type")) else { return };
        let template = self.evaluate(At { node, ..clause }, env);
        let opened = self.opened(actual);
        if let Type::Tuple(elements) = &*opened {
            let mut inner = Vec::new();
            for element in elements {
                let (rest, element) = match &**element {
                    Type::Rest(array) => (true, self.element(array).unwrap_or_else(|| ty(Type::Unsure))),
                    _ => (false, element.clone()),
                };
                let boxed = self.unboxed(&template, source, clause, &element).unwrap_or_else(|| ty(Type::Unsure));
                inner.push(if rest { ty(Type::Rest(self.array(boxed))) } else { boxed });
            }
            self.unify(source, &ty(Type::Tuple(inner)), bindings);
            return;
        }
        if let Type::Ref(sym, arguments) = &*opened
            && sym.unit == super::engine::LIB
            && let Some(element) = arguments.first()
        {
            let boxed = self.unboxed(&template, source, clause, element).unwrap_or_else(|| ty(Type::Unsure));
            let array = self.array(boxed);
            self.unify(source, &array, bindings);
            return;
        }
        self.unify(source, actual, bindings);
    }

    fn unboxed(&mut self, template: &Ty, source: &Ty, clause: At, actual: &Ty) -> Option<Ty> {
        let slot = ty(Type::Index(source.clone(), ty(Type::Param(clause))));
        if *template == slot {
            return Some(actual.clone());
        }
        let Type::Ref(sym, slots) = &**template else {
            let opened = self.opened(template);
            return match &*opened {
                Type::Union(all) => all.iter().find_map(|part| self.unboxed(part, source, clause, actual)),
                Type::Ref(..) if opened != *template => self.unboxed(&opened, source, clause, actual),
                _ => None,
            };
        };
        let index = slots.iter().position(|one| *one == slot)?;
        let base = self.as_base(actual, *sym);
        match base.as_deref() {
            Some(Type::Ref(_, arguments)) => arguments.get(index).cloned(),
            _ => self.element(actual),
        }
    }

    fn unify_union(&mut self, all: &[Ty], actual: &Ty, bindings: &mut Vec<(At, Ty)>) {
        let (naked, others): (Vec<Ty>, Vec<Ty>) = all.iter().cloned().partition(|one| matches!(**one, Type::Param(_)));
        let opened = self.opened(actual);
        let mut left = Vec::new();
        for part in parts(&opened) {
            let mut taken = false;
            for other in &others {
                if self.fits(&part, other, &mut Vec::new()) == Some(true) && **other != Type::Unknown {
                    taken = true;
                    self.unify(other, &part, bindings);
                    break;
                }
            }
            if !taken {
                if naked.is_empty() {
                    for other in &others {
                        self.unify(other, &part, bindings);
                    }
                }
                left.push(part);
            }
        }
        if let (Some(only), false) = (naked.first(), left.is_empty()) {
            let left = union(left);
            self.unify(only, &left, bindings);
        }
    }

    fn unify_functions(&mut self, pattern: &Ty, actual: &Ty, construct: bool, bindings: &mut Vec<(At, Ty)>) {
        let (slots, ways) = (self.signatures(pattern, construct), self.signatures(actual, construct));
        let (Some(slot), Some(way)) = (slots.first(), ways.last()) else { return };
        let count = self.parameter_nodes(slot.at).len().max(self.parameter_nodes(way.at).len());
        for index in 0..count.min(16) {
            let Some(wanted) = self.parameter_at(slot, index) else { break };
            let own = self.parameter_nodes(way.at).get(index).copied();
            let annotated = own.is_some_and(|own| self.field(own, "type").is_some());
            if !annotated {
                continue;
            }
            if let Some(own) = self.parameter_at(way, index) {
                let own = self.erased(&own, &way.free);
                self.unify(&wanted, &own, bindings);
            }
        }
        let wanted = self.result(slot, &slot.env);
        let predicate = self.predicate(slot.at).zip(self.predicate(way.at));
        if let Some(((_, wanted), (_, own))) = predicate {
            let (wanted, own) = (self.evaluate(wanted, &slot.env), self.evaluate(own, &way.env));
            self.unify(&wanted, &own, bindings);
            return;
        }
        let own = self.result(way, &way.env);
        let own = self.erased(&own, &way.free);
        self.unify(&wanted, &own, bindings);
    }

    /// A generic function's type, with what its own parameters have to be in their place.
    fn erased(&mut self, of: &Ty, free: &[At]) -> Ty {
        if free.is_empty() {
            return of.clone();
        }
        let mut pairs = Vec::new();
        for at in free {
            let base = self.constraint_of(&ty(Type::Param(*at))).unwrap_or_else(|| ty(Type::Unknown));
            pairs.push((*at, base));
        }
        super::types::substitute(of, &super::types::Env::new(pairs))
    }

    fn unify_structure(&mut self, pattern: &Ty, actual: &Ty, bindings: &mut Vec<(At, Ty)>) {
        let Some(names) = self.member_names(pattern) else { return };
        let actual = present(actual);
        for name in names.iter().take(24) {
            if let (Some(slot), Some(own)) = (self.property(pattern, name), self.property(&actual, name)) {
                self.unify(&slot, &own, bindings);
            }
        }
    }
}
