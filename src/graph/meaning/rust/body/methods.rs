//! Methods and fields: what is found first on the way from a value over its dereferences.

use super::super::convert::{Res, Sort, Taken};
use super::super::hir::{DefId, Item, Name, Segment};
use super::super::traits::{Answer, Source};
use super::super::ty::{Subst, Ty, VarKind};
use super::Body;

/// A method that was found.
struct Found {
    id: DefId,
    subst: Subst,
    res: Res,
    /// The type that `self` is, below the reference it is taken by.
    of: Ty,
}

impl Body<'_> {
    /// The parameters behind `self` and the result of a method on a value; records its name.
    pub(super) fn method(&mut self, receiver: &Ty, segment: &Segment, count: usize) -> (Vec<Ty>, Ty) {
        let name = &segment.name;
        let args: Vec<Ty> = segment.args.iter().map(|ty| self.ty(ty)).collect();
        let steps = self.s.derefs(receiver);
        let mut steps: Vec<Ty> = steps;
        if let Some(Ty::Array(element)) = steps.last() {
            steps.push(Ty::Slice(element.clone()));
        }
        if let Some(found) = self.probe(&steps, name, count) {
            self.scene.put(name, found.res.clone());
            let (params, result, taken) = self.instantiated(found.id, found.subst, &args);
            if let Some(taken) = taken {
                self.s.coerce(&found.of, &taken);
            }
            return (params, result);
        }
        let last = steps.last().cloned().unwrap_or(Ty::Unknown);
        let res = match &last {
            Ty::Unknown | Ty::Var(_) | Ty::Never => Res::Member(Sort::Method, super::unknown(name)),
            Ty::Foreign => self.foreign_member(name),
            _ if steps.iter().any(|ty| matches!(ty, Ty::Unknown | Ty::Var(_))) => {
                Res::Member(Sort::Method, super::unknown(name))
            }
            // Derived, or by a trait that the stubs leave out.
            _ => Res::Outside,
        };
        self.scene.put(name, res);
        (Vec::new(), Ty::Unknown)
    }

    fn probe(&mut self, steps: &[Ty], name: &Name, count: usize) -> Option<Found> {
        for step in steps {
            if matches!(step, Ty::Unknown | Ty::Foreign) || self.is_open(step) {
                return None;
            }
            // By value: `self` of this very type, or `&self` where this is a reference.
            if let Some(found) = self.inherent(step, name, count, false) {
                return Some(found);
            }
            let below = if let Ty::Ref(inner) = step { Some(self.s.shallow(inner)) } else { None };
            // What is not known would fit whatever type comes first.
            if below.as_ref().is_some_and(|below| *below == Ty::Unknown || self.is_open(below)) {
                return None;
            }
            if let Some(below) = &below
                && let Some(found) = self.inherent(below, name, count, true)
            {
                return Some(found);
            }
            if let Some(found) = self.of_trait(step, name, count, false) {
                return Some(found);
            }
            if let Some(below) = &below
                && !matches!(below, Ty::Var(_) | Ty::Unknown)
                && let Some(found) = self.of_trait(below, name, count, true)
            {
                return Some(found);
            }
            // By reference.
            if let Some(found) = self.inherent(step, name, count, true) {
                return Some(found);
            }
            if let Some(found) = self.of_trait(step, name, count, true) {
                return Some(found);
            }
            let by_ref = step.clone().reference();
            if let Some(found) = self.of_trait(&by_ref, name, count, false) {
                return Some(found);
            }
        }
        None
    }

    /// Whether it may still become any type.
    fn is_open(&self, ty: &Ty) -> bool {
        matches!(ty, Ty::Var(at) if self.s.table.kind(*at) == VarKind::Any)
    }

    fn takes(&self, id: DefId, by_ref: bool, count: usize) -> bool {
        if !matches!(self.u.def(id).item, Item::Function(_)) {
            return false;
        }
        let signature = self.u.signature(id);
        let fits = match &signature.receiver {
            Some(Taken::Value) => !by_ref,
            Some(Taken::Ref) => by_ref,
            Some(Taken::Typed(_)) => true,
            None => false,
        };
        // A call with another number of arguments is still this one while it is being written.
        let _ = count;
        fits
    }

    fn inherent(&mut self, ty: &Ty, name: &Name, count: usize, by_ref: bool) -> Option<Found> {
        if let Ty::Param(_) | Ty::Dyn(_) | Ty::Opaque(_) | Ty::Assoc(..) = ty {
            let bounds = self.s.bounds_of(ty);
            for bound in &bounds {
                let Some(of) = bound.of else { continue };
                let Some(id) = self.u.member(of, &name.word).filter(|id| self.takes(*id, by_ref, count)) else {
                    continue;
                };
                let mut subst = self.trait_subst(ty, of, Some(&bound.args));
                subst.set(of, ty.clone());
                return Some(Found { id, subst, res: self.res(id), of: self.taken(ty, by_ref) });
            }
        }
        let mut found: Option<Found> = None;
        let mut all: Vec<DefId> = Vec::new();
        let mut doubtful: Vec<(DefId, DefId)> = Vec::new();
        for (impl_, id) in self.u.inherent(&name.word) {
            if !self.takes(*id, by_ref, count) {
                continue;
            }
            let Some(header) = self.u.header(*impl_) else { continue };
            if matches!(header.self_ty, Ty::Unknown | Ty::Foreign) {
                doubtful.push((*impl_, *id));
                continue;
            }
            let mark = self.s.table.mark();
            let subst = self.s.fresh(&header.params);
            let self_ty = self.s.instance(&header.self_ty, &subst);
            if !self.s.unify(&self_ty, ty) {
                self.s.table.back(mark);
                continue;
            }
            all.push(*id);
            if found.is_some() {
                self.s.table.back(mark);
                continue;
            }
            let subst = self.with_self(*impl_, subst, ty);
            found = Some(Found { id: *id, subst, res: Res::Outside, of: self.taken(ty, by_ref) });
        }
        if let Some(found) = &mut found {
            // The twins under `cfg` are of one shape.
            found.res = self.res_all(&all);
        }
        found
    }

    fn taken(&self, ty: &Ty, by_ref: bool) -> Ty {
        if by_ref { ty.clone().reference() } else { ty.clone() }
    }

    fn of_trait(&mut self, ty: &Ty, name: &Name, count: usize, by_ref: bool) -> Option<Found> {
        let candidates = self.u.trait_items.get(&*name.word)?;
        let mut maybe: Vec<DefId> = Vec::new();
        for id in candidates {
            if !self.takes(*id, by_ref, count) {
                continue;
            }
            let Some(of) = self.u.parent(*id) else { continue };
            let mark = self.s.table.mark();
            let mut subst = self.trait_subst(ty, of, None);
            let wanted: Vec<Ty> = subst.0.iter().skip(1).map(|(_, ty)| ty.clone()).collect();
            let answer = self.s.implements(ty, of, &wanted, 0);
            match &answer {
                Answer::Yes(source) => {
                    // Which impl it is may depend on what the arguments are.
                    let several =
                        !wanted.is_empty() && matches!(source, Source::Impl(..)) && self.u.impls_of(of).len() > 1;
                    if several {
                        self.s.table.back(mark);
                        subst = self.trait_subst(ty, of, None);
                    }
                    let res = if several { self.several(*id, ty, of) } else { self.source_res(*id, &answer) };
                    subst.set(of, ty.clone());
                    return Some(Found { id: *id, subst, res, of: self.taken(ty, by_ref) });
                }
                Answer::Maybe => maybe.push(*id),
                Answer::No => {}
            }
            self.s.table.back(mark);
        }
        // One that may be it, and nothing else that is.
        let [id] = maybe[..] else { return None };
        if matches!(ty, Ty::Foreign | Ty::Unknown | Ty::Var(_)) {
            return None;
        }
        let of = self.u.parent(id)?;
        let mut subst = self.trait_subst(ty, of, None);
        subst.set(of, ty.clone());
        Some(Found { id, subst, res: self.res(id), of: self.taken(ty, by_ref) })
    }

    /// The method of a trait that a type has more than once, with other arguments.
    fn several(&mut self, id: DefId, ty: &Ty, of: DefId) -> Res {
        let mut ours = Vec::new();
        for impl_ in self.u.impls_of(of) {
            let Some(header) = self.u.header(*impl_) else { continue };
            let mark = self.s.table.mark();
            let subst = self.s.fresh(&header.params);
            let self_ty = self.s.instance(&header.self_ty, &subst);
            let fits = self.s.unify(&self_ty, ty);
            self.s.table.back(mark);
            let own = self.u.member(*impl_, &self.u.def(id).name.word).filter(|own| !self.u.is_stub(*own));
            ours.extend(own.filter(|_| fits));
        }
        if ours.is_empty() { self.res(id) } else { Res::Defs(ours) }
    }

    /// The type of a field of a value; records its name.
    pub(super) fn field(&mut self, receiver: &Ty, name: &Name) -> Ty {
        let steps = self.s.derefs(receiver);
        for step in &steps {
            match step {
                Ty::Adt(id, args) => {
                    let is_struct = matches!(self.u.def(*id).item, Item::Struct { .. });
                    if let Some(field) = self.u.member(*id, &name.word).filter(|_| is_struct) {
                        self.scene.put(name, self.res(field));
                        let subst = self.adt_subst(*id, args);
                        let ty = self.u.field_ty(field);
                        return self.s.instance(&ty, &subst);
                    }
                }
                Ty::Tuple(all) => {
                    if let Some(ty) = name.word.parse::<usize>().ok().and_then(|at| all.get(at)) {
                        return ty.clone();
                    }
                }
                _ => {}
            }
        }
        let res = match steps.last() {
            Some(Ty::Foreign) => Res::Outside,
            None | Some(Ty::Unknown | Ty::Var(_)) => Res::Member(Sort::Field, super::unknown(name)),
            Some(_) => Res::Outside,
        };
        self.scene.put(name, res);
        Ty::Unknown
    }
}
